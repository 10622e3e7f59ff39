"""Debtors («Должники»): clients with an account below zero, and how old the debt is (R36)."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.reports.table import Column, Fact, Kind, Table

BUCKETS = ((30, "age_0_30"), (60, "age_31_60"), (90, "age_61_90"))
OLDEST = "age_over_90"

# Of all entries the view has the sums ready; up to a day they are added up entry by entry.
_NOW = "SELECT client_id, account, balance FROM account_balance"
_UP_TO_DAY = """
    SELECT client_id, account, sum(amount) AS balance
      FROM ledger_entry
     WHERE on_date <= :day
     GROUP BY client_id, account
"""
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
_DAYS = """
    SELECT account, on_date, sum(amount)
      FROM ledger_entry
     WHERE client_id = ? AND on_date <= ?
     GROUP BY account, on_date
     ORDER BY account, on_date
"""


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
    day = (as_of or date.max).isoformat()
    asked = {"day": day, "at_least": at_least, "archived": archived}
    query = _DEBTORS.format(standing=_UP_TO_DAY if as_of else _NOW)
    debtors = []
    for number, name, phone, students, debt, balance, paid_on, visited_on in db.execute(query, asked).fetchall():
        since = went_below(db.execute(_DAYS, (number, day)))
        days = max(0, ((as_of or today) - since).days)
        debtors.append(Debtor(number, name, phone, students, debt, balance, since, days, paid_on, visited_on))
    return debtors


def went_below(days: Iterable[tuple[int, str, int]]) -> date:
    """Return the earliest day since which an account has been below zero without a break.

    `days` are (account, day, sum of that day's amounts) in order; at least one account ends below zero.
    """
    starts = []
    for _account, entries in groupby(days, key=itemgetter(0)):
        balance, start = 0, None
        for _same, day, amount in entries:
            balance += amount
            start = (start or day) if balance < 0 else None
        if start is not None:
            starts.append(start)
    return date.fromisoformat(min(starts))


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
