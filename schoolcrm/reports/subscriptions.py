"""The lists of plans and of sold subscriptions (R30, R41)."""

import sqlite3
from datetime import date
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.money.coverage import lessons_left_of
from schoolcrm.core.money.terms import marks_under, terms_of
from schoolcrm.core.rules.coverage import account_of
from schoolcrm.core.rules.paying import Terms
from schoolcrm.core.rules.prices import price_at_sale, price_on
from schoolcrm.core.store.spool import Rows, keep_rows
from schoolcrm.reports.table import Column, Fact, Kind, Table

KIND_WORDS = {"lesson": N_("by lesson"), "package": N_("package"), "month": N_("month")}
BILLING_WORDS = {"by-lesson": N_("each lesson"), "upfront": N_("upfront")}
STATE_WORDS = {
    "running": N_("running"),
    "coming": N_("to begin"),
    "used": N_("used up"),
    "ended": N_("ended"),
    "deleted": N_("deleted"),
}
ALL_STATES = "all"
_PLANS = """
    SELECT id, name, kind, price, lessons, length_days, length_months, billing, separate, burn, stop_at_end,
           (SELECT json_group_array(subject.name) FROM plan_subject
              JOIN subject ON subject.id = plan_subject.subject_id WHERE plan_subject.plan_id = plan.id),
           (SELECT json_group_array(lesson_type.name) FROM plan_lesson_type
              JOIN lesson_type ON lesson_type.id = plan_lesson_type.lesson_type_id
             WHERE plan_lesson_type.plan_id = plan.id),
           archived_on
      FROM plan
     WHERE :archived OR archived_on IS NULL
     ORDER BY name_key
"""
_SOLD = """
    SELECT subscription.id, student.client_id, client.name, student.id, student.name, plan.name, subscription.kind,
           subscription.price, subscription.lessons,
           (SELECT count(*) FROM mark WHERE mark.subscription_id = subscription.id AND mark.share > 0),
           subscription.sold_on, subscription.first_on, subscription.last_on, subscription.billing,
           subscription.separate, subscription.is_trial, subscription.deleted_on, subscription.burn
      FROM subscription
      JOIN student ON student.id = subscription.student_id
      JOIN {clients} AS client ON client.id = student.client_id
      JOIN plan ON plan.id = subscription.plan_id
     WHERE (:deleted OR subscription.deleted_on IS NULL)"""
_OF_CLIENT = " AND student.client_id = :client"
_OF_VISIBLE = " AND student.archived_on IS NULL"
_ONE = " AND subscription.id = :subscription"
_NEWEST_FIRST = " ORDER BY subscription.sold_on DESC, subscription.id DESC"
_ACCOUNTS = "SELECT client_id, account, balance FROM account_balance"
_ACCOUNTS_OF_CLIENT = """
    SELECT client_id, account, sum(amount) FROM ledger_entry WHERE client_id = :client GROUP BY account
"""


def find_plans(db: sqlite3.Connection, *, archived: bool = False) -> list[tuple[Any, ...]]:
    """Return the plans of the catalogue by name, archived ones only if asked."""
    import json

    rows = db.execute(_PLANS, {"archived": archived})
    return [(*row[:11], tuple(json.loads(row[11])), tuple(json.loads(row[12])), row[13]) for row in rows]


def find_sold(db: sqlite3.Connection, today: str, *, client_id: int | None = None, state: str = "") -> Rows:
    """Return the sold subscriptions, newest first, with their lessons left (R38) and their state today.

    Those deleted are there only with the `state` "deleted" or "all"; those of archived students and of archived
    or deleted clients only when the client is asked for (R7). BadValue for a state that there is not.
    """
    _check_state(state)
    asked = {"client": client_id, "deleted": state in ("deleted", ALL_STATES)}
    query = _ACCOUNTS if client_id is None else _ACCOUNTS_OF_CLIENT
    accounts = {(client, account): balance for client, account, balance in db.execute(query, asked)}
    sold = _SOLD.format(clients="visible_client" if client_id is None else "client")
    whose = _OF_VISIBLE if client_id is None else _OF_CLIENT
    rows = db.execute(sold + whose + _NEWEST_FIRST, asked)
    day = date.fromisoformat(today)
    wanted = (row for row in rows if state in ("", ALL_STATES, _state(row, day)))
    return keep_rows(_with_state(db, row, accounts, day) for row in wanted)


def find_one_sold(db: sqlite3.Connection, today: date, subscription_id: int) -> tuple[Any, ...]:
    """Return one sold subscription's row of the list, whoever has it and whatever its state is."""
    asked = {"subscription": subscription_id, "deleted": True}
    row = db.execute(_SOLD.format(clients="client") + _ONE, asked).fetchone()
    of_client = db.execute(_ACCOUNTS_OF_CLIENT, {"client": row[1]})
    accounts = {(client, account): balance for client, account, balance in of_client}
    return _with_state(db, row, accounts, today)


def _check_state(state: str) -> None:
    """Raise BadValue, listing them, when subscriptions have no such state."""
    if state and state != ALL_STATES and state not in STATE_WORDS:
        raise BadValue(
            _('There is no state of subscriptions "{value}".').format(value=state),
            _("It is one of: {known}.").format(known=", ".join([*STATE_WORDS, ALL_STATES])),
        )


def _state(row: tuple[Any, ...], today: date) -> str:
    lessons, used, first, last, deleted = row[8], row[9], row[11], row[12], row[16]
    if deleted:
        return "deleted"
    if last and last < today.isoformat():
        return "ended"
    if lessons is not None and used >= lessons:
        return "used"
    return "coming" if first > today.isoformat() else "running"


def _with_state(
    db: sqlite3.Connection, row: tuple[Any, ...], accounts: dict[tuple[int, int], int], today: date
) -> tuple[Any, ...]:
    client_id, lessons, used, burns = row[1], row[8], row[9], row[17]
    state = _state(row, today)
    if state == "deleted":
        return (*row[:9], 0, *row[10:16], state, None, None)
    if state == "ended":
        burnt = max(0, lessons - used) if burns and lessons is not None else None
        burnt_sum = _burnt_sum(db, row[0], used) if burnt else burnt
        return (*row[:9], 0, *row[10:16], state, burnt, burnt_sum)
    terms = terms_of(db, row[0])
    balance = accounts.get((client_id, account_of(terms)), 0)
    left = lessons_left_of(db, terms, used, balance, today)
    return (*row[:9], left, *row[10:16], state, None, None)


def _burnt_sum(db: sqlite3.Connection, subscription_id: int, used: int) -> int:
    """Return what the used lessons of an ended package did not cost (R31, R35): the sum of those that burnt (R34)."""
    terms = terms_of(db, subscription_id)
    whole = _price_at_end(db, terms)
    return whole - used * (whole // (terms.lessons or 1))


def _price_at_end(db: sqlite3.Connection, terms: Terms) -> int:
    """Return the package's price after discount: the one it was sold at, or that of a lesson on its last day.

    Of lessons nobody held neither subject nor type is known: they are taken to be as the last one used.
    """
    if terms.billing == "upfront":
        return price_at_sale(terms, terms.first_on)
    last_on = terms.last_on or terms.first_on
    lessons = [mark.occasion for mark in marks_under(db, terms.id) if mark.share > 0]
    if not lessons:
        return price_at_sale(terms, last_on)
    last = max(lessons, key=lambda occasion: occasion.moment)
    return price_on(terms, last._replace(on=last_on))


def plans_table(rows: list[tuple[Any, ...]]) -> Table:
    """Return the catalogue of plans as a table."""
    return Table(
        report="plans",
        title=_("Plans"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("name", _("Plan")),
            Column("kind", _("Kind"), Kind.CODE, words=translated(KIND_WORDS)),
            Column("price", _("Price"), Kind.MONEY),
            Column("lessons", _("Lessons"), Kind.INTEGER),
            Column("length_days", _("Days"), Kind.INTEGER),
            Column("length_months", _("Months"), Kind.INTEGER),
            Column("billing", _("Billing"), Kind.CODE, words=translated(BILLING_WORDS)),
            Column("separate", _("Own balance"), Kind.BOOL),
            Column("burn", _("Burns"), Kind.BOOL),
            Column("stop_at_end", _("Stops at end"), Kind.BOOL),
            Column("subjects", _("Subjects"), Kind.LIST),
            Column("lesson_types", _("Lesson types"), Kind.LIST),
            Column("archived", _("Archived"), Kind.DATE, hidden=True),
        ),
        rows=rows,
    )


def sold_table(rows: Rows, *, state: str = "", client: str = "") -> Table:
    """Return sold subscriptions as a table; burnt lessons and their sum are shown where there are any (R34)."""
    burnt = any(row[-2] for row in rows)
    return Table(
        report="subscriptions",
        title=_("Subscriptions"),
        parameters=_parameters(state, client),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("student_id", _("Student no."), Kind.INTEGER, hidden=True),
            Column("student", _("Student")),
            Column("plan", _("Plan")),
            Column("kind", _("Kind"), Kind.CODE, words=translated(KIND_WORDS)),
            Column("price", _("Price"), Kind.MONEY),
            Column("lessons", _("Lessons"), Kind.INTEGER),
            Column("lessons_left", _("Lessons the money covers"), Kind.INTEGER),
            Column("sold", _("Sold"), Kind.DATE),
            Column("first", _("First day"), Kind.DATE),
            Column("last", _("Last day"), Kind.DATE),
            Column("billing", _("Billing"), Kind.CODE, words=translated(BILLING_WORDS)),
            Column("separate", _("Own balance"), Kind.BOOL),
            Column("trial", _("Trial"), Kind.BOOL),
            Column("state", _("State"), Kind.CODE, words=translated(STATE_WORDS)),
            Column("burnt", _("Burnt lessons"), Kind.INTEGER, hidden=not burnt),
            Column("burnt_sum", _("Burnt sum"), Kind.MONEY, hidden=not burnt),
        ),
        rows=rows,
        totals=[
            Fact("burnt", _("Burnt lessons"), Kind.INTEGER, sum(row[-2] or 0 for row in rows)),
            Fact("burnt_sum", _("Burnt sum"), Kind.MONEY, sum(row[-1] or 0 for row in rows)),
        ]
        if burnt
        else (),
    )


def _parameters(state: str, client: str) -> list[Fact]:
    facts = [Fact("client", _("Client"), Kind.TEXT, client)] if client else []
    words = {**translated(STATE_WORDS), ALL_STATES: _("all")}
    return [*facts, Fact("state", _("State"), Kind.CODE, state, words=words)] if state else facts
