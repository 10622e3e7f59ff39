"""Forecast («Прогноз»): what the coming lessons will cost, and what is to pay (R31–R36)."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.money.coverage import ComingCharge, coming_charges, students_of
from schoolcrm.core.money.ledger import balances
from schoolcrm.core.rules.coverage import GENERAL, ProjectedCharge, sum_by_account, to_pay
from schoolcrm.core.rules.dates import Period, add_months, human_date, month_of
from schoolcrm.core.store.cells import client_name
from schoolcrm.reports.names import account_name, names_of, student_names
from schoolcrm.reports.table import Column, Fact, Kind, Table

BASIS_WORDS = {
    "paid": N_("from the balance"),
    "upfront": N_("paid upfront"),
    "over": N_("used up, into debt"),
    "none": N_("no subscription"),
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """The report's data: lessons to come in order and what pays each (the basis of its charge), sums in kopecks.

    `balance_from` is the balance expected on the first day, when the lessons before it are held and nothing is paid;
    None: it is today's. `accounts` says which account pays each lesson, 0 the general one; empty: there is no other.
    """

    client: str
    student: str | None
    period: Period
    balance_now: int
    balance_from: int | None
    charges: int
    to_pay: int
    rows: list[tuple[Any, ...]]
    bases: list[str]
    accounts: list[int]


def forecast_period(today: date) -> Period:
    """Return the period of a forecast when none is asked for: today to the end of next month."""
    return Period(today, month_of(add_months(today.replace(day=1), 1)).last)


def period_from_today(period: Period, today: date, *, named: bool) -> Period:
    """Return the period asked for; of one that has a name and is running ("this-month") the rest from today on.

    Without a last day it ends with next month.
    """
    first = today if named and period.contains(today) else period.first
    return Period(first, period.last or forecast_period(max(today, first or today)).last)


def forecast(
    db: sqlite3.Connection, client_id: int, period: Period, today: date, *, student_id: int | None = None
) -> Forecast:
    """Return the client's lessons of the period not yet held, each with its charge and the balance after it.

    Lessons between today and the first day are walked too, for they use up packages and money before it.
    Raises BadValue when the period begins before today or ends before it begins.
    """
    first, last = _checked(period, today)
    coming = sorted(
        (one for student in students_of(db, client_id) for one in coming_charges(db, student, today, last)),
        key=lambda one: (one.charge.occasion.moment, one.student_id),
    )
    now = balances(db, client_id)
    before = _sums(one for one in coming if one.lesson.on < first)
    accounts = {account: now.get(account, 0) - before.get(account, 0) for account in now.keys() | before.keys()}
    shown = [one for one in coming if one.lesson.on >= first and student_id in (None, one.student_id)]
    sums = _sums(shown)
    names = student_names(db, client_id)
    return Forecast(
        client=client_name(db, client_id),
        student=names.get(student_id),
        period=Period(first, last),
        balance_now=sum(now.values()),
        balance_from=sum(accounts.values()) if first > today else None,
        charges=sum(sums.values()),
        to_pay=to_pay(accounts, sums),
        rows=_rows(db, shown, names, sum(accounts.values())),
        bases=[one.charge.basis for one in shown],
        accounts=[one.account for one in shown] if {GENERAL} < accounts.keys() | sums.keys() else [],
    )


def _sums(coming: Iterable[ComingCharge]) -> dict[int, int]:
    return sum_by_account(ProjectedCharge(one.account, one.charge) for one in coming)


def _checked(period: Period, today: date) -> tuple[date, date]:
    first = period.first or today
    if first < today:
        raise BadValue(
            _("A forecast can't begin on {day}, before today.").format(day=human_date(first)),
            _("Begin it today or later; what was charged so far is in 'report reconciliation'."),
        )
    assert period.last is not None
    if period.last < first:
        raise BadValue(
            _("The forecast would end on {last}, before its first day {first}.").format(
                last=human_date(period.last), first=human_date(first)
            ),
            _("Give a later --to."),
        )
    return first, period.last


def _rows(
    db: sqlite3.Connection, coming: list[ComingCharge], students: dict[int | None, str], balance: int
) -> list[tuple[Any, ...]]:
    groups = names_of(db, "study_group", (one.lesson.group_id for one in coming))
    subjects = names_of(db, "subject", (one.lesson.subject_id for one in coming))
    rooms = _rooms(db, coming)
    rows = []
    for one in coming:
        lesson = one.lesson
        balance -= one.charge.amount
        rows.append(
            (
                lesson.on,
                lesson.time,
                students.get(one.student_id),
                groups.get(lesson.group_id),
                lesson.minutes,
                subjects.get(lesson.subject_id),
                *rooms.get(lesson.room_id, (None, None)),
                one.charge.amount,
                balance,
            )
        )
    return rows


def _rooms(db: sqlite3.Connection, coming: list[ComingCharge]) -> dict[int | None, tuple[str | None, str]]:
    """Return the location and the name of each room."""
    query = (
        "SELECT location.name, room.name FROM room LEFT JOIN location ON location.id = room.location_id"
        " WHERE room.id = ?"
    )
    ids = {one.lesson.room_id for one in coming if one.lesson.room_id is not None}
    return {number: db.execute(query, (number,)).fetchone() for number in ids}


def forecast_table(found: Forecast) -> Table:
    """Return the forecast as a table; people see what pays the lessons where it is not the balance for all (R33)."""
    parameters = [
        Fact("client", _("Client"), Kind.TEXT, found.client),
        Fact("period", _("Period"), Kind.PERIOD, found.period),
    ]
    if found.student is not None:
        parameters.append(Fact("student", _("Student"), Kind.TEXT, found.student))
    head = [Fact("balance_now", _("Balance now"), Kind.MONEY, found.balance_now)]
    if found.balance_from is not None and found.period.first is not None:
        label = _("Balance on {day}").format(day=human_date(found.period.first))
        head.append(Fact("balance_from", label, Kind.MONEY, found.balance_from))
    return Table(
        report="forecast",
        title=_("Forecast: {client}").format(client=found.client),
        parameters=parameters,
        columns=_columns(found),
        rows=_table_rows(found),
        head=head,
        totals=(
            Fact("charges", _("Charges"), Kind.MONEY, found.charges),
            Fact("to_pay", _("To pay"), Kind.MONEY, found.to_pay),
        ),
    )


def _columns(found: Forecast) -> list[Column]:
    columns = [
        Column("date", _("Date"), Kind.DATE),
        Column("time", _("Time"), Kind.TIME),
        Column("student", _("Student")),
        Column("group", _("Group")),
        Column("minutes", _("Minutes"), Kind.INTEGER),
        Column("subject", _("Subject")),
        Column("location", _("Location")),
        Column("room", _("Room")),
        Column("charge", _("Charge"), Kind.MONEY),
        Column("balance", _("Balance"), Kind.MONEY),
        Column(
            "basis",
            _("Paid"),
            Kind.CODE,
            words=translated(BASIS_WORDS),
            hidden=all(basis == "paid" for basis in found.bases),
        ),
    ]
    if found.accounts:
        words = {_account_code(account): account_name(account) for account in found.accounts}
        columns.append(Column("account", _("Account"), Kind.CODE, words=words))
    return columns


def _table_rows(found: Forecast) -> list[tuple[Any, ...]]:
    rows = [(*row, basis) for row, basis in zip(found.rows, found.bases, strict=True)]
    if not found.accounts:
        return rows
    return [(*row, _account_code(account)) for row, account in zip(rows, found.accounts, strict=True)]


def _account_code(account: int) -> str:
    """Return the account as `report reconciliation --account` takes it."""
    return str(account) if account else "general"
