"""Debtors («Должники»): clients with an account below zero, and how old the debt is (R36)."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import BALANCES_NOW, BALANCES_UP_TO_DAY, entries_of
from schoolcrm.reports.table import Column, Fact, Kind, Table

BUCKETS = ((30, "age_0_30"), (60, "age_31_60"), (90, "age_61_90"))
OLDEST = "age_over_90"

_DEBTORS = """
    WITH standing AS ({standing}),
         debt AS MATERIALIZED (
             SELECT client_id, -sum(min(balance, 0)) AS amount, sum(balance) AS balance
               FROM standing
              GROUP BY client_id
             HAVING min(balance) < 0)
    SELECT client.id, client.name,
           (SELECT value FROM contact
             WHERE client_id = client.id AND kind IN ('mobile', 'home') ORDER BY kind = 'home', id LIMIT 1),
           (SELECT group_concat(name, ', ') FROM
               (SELECT name FROM student WHERE client_id = client.id AND archived_on IS NULL ORDER BY name_key)),
           debt.amount, debt.balance,
           (SELECT max(on_date) FROM payment
             WHERE client_id = client.id AND kind = 'income' AND voided_on IS NULL AND on_date <= :day),
           (SELECT max(on_date) FROM (
                SELECT (SELECT on_date FROM mark WHERE mark.student_id = student.id AND attended = 1 AND on_date <= :day
                         ORDER BY on_date DESC LIMIT 1) AS on_date
                  FROM student WHERE student.client_id = client.id
                UNION ALL SELECT client.last_visit_on WHERE client.last_visit_on <= :day))
      FROM debt
     CROSS JOIN client ON client.id = debt.client_id
     WHERE debt.amount >= :at_least
       AND (:archived OR client.archived_on IS NULL)
       AND client.status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')
     ORDER BY debt.amount DESC, client.name_key, client.id
"""
AT_ONCE = 1000
"""Of how many debtors the entries are read at once, so that the memory does not grow with their number."""


class Debtor(NamedTuple):
    """A client with an account below zero; sums in kopecks, `since` the day it went below, `days` since then."""

    client_id: int
    client: str
    phone: str | None
    students: str | None
    debt: int
    balance: int
    since: date
    days: int
    last_payment_on: str | None
    last_visit_on: str | None


def find_debtors(
    db: sqlite3.Connection,
    today: date,
    *,
    as_of: date | None = None,
    at_least: int = 0,
    archived: bool = False,
) -> list[Debtor]:
    """Return clients whose accounts below zero make up a debt of `at_least` kopecks, largest first (R36).

    All entries count, or with `as_of` those up to that day. Deleted clients are never there, archived ones on
    demand. Of several accounts below zero the one longest so gives the days.
    """
    day = as_of or date.max
    asked = {"day": day.isoformat(), "at_least": at_least, "archived": archived}
    query = _DEBTORS.format(standing=BALANCES_UP_TO_DAY if as_of else BALANCES_NOW)
    rows = db.execute(query, asked).fetchall()
    starts = in_debt_since(db, [row[0] for row in rows], day)
    debtors = []
    for number, name, phone, students, debt, balance, paid_on, visited_on in rows:
        since = date.fromisoformat(starts[number])
        days = max(0, ((as_of or today) - since).days)
        debtors.append(Debtor(number, name, phone, students, debt, balance, since, days, paid_on, visited_on))
    return debtors


def in_debt_since(db: sqlite3.Connection, client_ids: Sequence[int], day: date) -> dict[int, str]:
    """Return for each client with a debt at the end of the day the earliest day since which an account has been
    below zero; clients without a debt are left out."""
    starts: dict[int, str] = {}
    for first in range(0, len(client_ids), AT_ONCE):
        for (client_id, _account), days in _days(db, client_ids[first : first + AT_ONCE], day).items():
            start = went_below(days)
            if start:
                starts[client_id] = min(start, starts.get(client_id, start))
    return starts


def _days(db: sqlite3.Connection, client_ids: Sequence[int], day: date) -> Mapping[tuple[int, int], Mapping[str, int]]:
    """Return the sum of each day up to the given one, by client and account."""
    accounts: defaultdict[tuple[int, int], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for client_id, account, on, amount in entries_of(db, client_ids, day):
        accounts[client_id, account][on] += amount
    return accounts


def went_below(days: Mapping[str, int]) -> str | None:
    """Return the day since which an account has been below zero at each day's end; None if it is not.

    `days` are the sums of each day's amounts, in any order; only the days of the debt are walked, back from its end.
    """
    balance = sum(days.values())
    if balance >= 0:
        return None
    start = ""
    for start in sorted(days, reverse=True):
        balance -= days[start]
        if balance >= 0:
            break
    return start


def bucket_of(days: int) -> str:
    """Return the ageing bucket of a debt that old."""
    return next((key for most, key in BUCKETS if days <= most), OLDEST)


def debtors_table(
    found: list[Debtor], today: date, *, as_of: date | None = None, at_least: int = 0, archived: bool = False
) -> Table:
    """Return the debtors as a table with the total and its ageing."""
    parameters = [Fact("today", _("Today"), Kind.DATE, today)]
    if as_of:
        parameters.append(Fact("as_of", _("As of"), Kind.DATE, as_of))
    if at_least:
        parameters.append(Fact("at_least", _("Debt of at least"), Kind.MONEY, at_least))
    if archived:
        parameters.append(Fact("archived", _("With archived clients"), Kind.BOOL, True))
    return Table(
        report="debtors",
        title=_("Debtors"),
        parameters=parameters,
        columns=(
            Column("client_id", _("No."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("phone", _("Phone"), Kind.PHONE),
            Column("students", _("Students")),
            Column("debt", _("Debt"), Kind.MONEY),
            Column("balance", _("Balance"), Kind.MONEY),
            Column("since", _("In debt since"), Kind.DATE),
            Column("days", _("Days"), Kind.INTEGER),
            Column("last_payment", _("Last payment"), Kind.DATE),
            Column("last_visit", _("Last visit"), Kind.DATE),
        ),
        rows=[_row(debtor) for debtor in found],
        totals=_totals(found),
    )


def _row(debtor: Debtor) -> tuple[object, ...]:
    return (
        debtor.client_id,
        debtor.client,
        debtor.phone,
        debtor.students,
        debtor.debt,
        debtor.balance,
        debtor.since,
        debtor.days,
        debtor.last_payment_on,
        debtor.last_visit_on,
    )


def _totals(found: list[Debtor]) -> list[Fact]:
    ages = dict.fromkeys((*(key for _most, key in BUCKETS), OLDEST), 0)
    for debtor in found:
        ages[bucket_of(debtor.days)] += debtor.debt
    labels = {
        "age_0_30": _("0–30 days"),
        "age_31_60": _("31–60 days"),
        "age_61_90": _("61–90 days"),
        OLDEST: _("over 90 days"),
    }
    return [
        Fact("clients", _("Clients"), Kind.INTEGER, len(found)),
        Fact("debt", _("Debt"), Kind.MONEY, sum(debtor.debt for debtor in found)),
        *(Fact(key, labels[key], Kind.MONEY, amount) for key, amount in ages.items()),
    ]
