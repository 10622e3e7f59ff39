"""Debtors («Должники»): clients with an account below zero, and how old the debt is (R36)."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import BALANCES_NOW, BALANCES_UP_TO_DAY, entries_in_brief
from schoolcrm.reports.table import Column, Fact, Kind, Table

BUCKETS = ((30, "age_0_30"), (60, "age_31_60"), (90, "age_61_90"))
OLDEST = "age_over_90"

_DEBTORS = """
    WITH standing AS ({standing}),
         debt AS MATERIALIZED (
             SELECT client_id, -sum(min(balance, 0)) AS amount, sum(balance) AS balance,
                    group_concat(iif(balance < 0, account || ' ' || balance, NULL)) AS accounts
               FROM standing
              GROUP BY client_id
             HAVING min(balance) < 0)
    SELECT client.id, client.name,
           (SELECT value FROM contact
             WHERE client_id = client.id AND kind IN ('mobile', 'home') ORDER BY kind = 'home', id LIMIT 1),
           (SELECT group_concat(name, ', ') FROM
               (SELECT name FROM student WHERE client_id = client.id AND archived_on IS NULL ORDER BY name_key)),
           debt.amount, debt.balance, debt.accounts,
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
AT_ONCE = 250
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
    starts = in_debt_since(db, {row[0]: _balances(row[6]) for row in rows}, day)
    debtors = []
    for number, name, phone, students, debt, balance, _accounts, paid_on, visited_on in rows:
        since = date.fromisoformat(starts[number])
        days = max(0, ((as_of or today) - since).days)
        debtors.append(Debtor(number, name, phone, students, debt, balance, since, days, paid_on, visited_on))
    return debtors


def _balances(accounts: str) -> dict[int, int]:
    """Return the balances of the accounts below zero, which the query has put into one text."""
    pairs = (account.split(" ") for account in accounts.split(","))
    return {int(account): int(balance) for account, balance in pairs}


def in_debt_since(db: sqlite3.Connection, debts: Mapping[int, Mapping[int, int]], day: date) -> dict[int, str]:
    """Return for each client the earliest day since which an account has been below zero.

    `debts`: by client the accounts below zero at the end of the day, with their balances in kopecks then.
    """
    starts = {}
    clients = iter(debts)
    while some := list(islice(clients, AT_ONCE)):
        entries = entries_in_brief(db, some, day)
        for client_id in some:
            accounts = debts[client_id].items()
            starts[client_id] = min(went_below(entries[client_id, account], balance) for account, balance in accounts)
    return starts


def went_below(entries: Iterable[str], balance: int) -> str:
    """Return the day since which an account with that balance, a negative one, has been below zero at each day's end.

    The entries are as of `entries_in_brief`. Only those of the debt are walked, back from its end; what came in on a
    day is taken back before what was charged on it, so that no sum within the day is above both of its ends.
    """
    entry = ""
    for entry in sorted(entries, reverse=True):
        balance -= int(entry[11:])
        if balance >= 0:
            break
    return entry[:10]


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
