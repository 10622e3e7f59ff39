"""Balances: sums of the view `ledger_entry`, the only definition of what moves a client's money (R36).

For the sake of speed some queries here read the tables under the view; the tests hold them to the same sums.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date

from schoolcrm.core.store.numbers import number_list

GENERAL = 0

_BALANCES = "SELECT account, sum(amount) FROM ledger_entry WHERE client_id = ? GROUP BY account"
_BALANCE_BEFORE = """
    SELECT ifnull(sum(amount), 0) FROM ledger_entry
     WHERE client_id = :client AND on_date < :first
       AND (:account IS NULL OR account = :account) AND (:student IS NULL OR student_id = :student)
"""
# The view's entries of some clients: it is read by its indexes for one client at a time only.
_ENTRIES_OF = (
    """
    SELECT payment.client_id, ifnull(separate_id, 0) AS account, on_date, effect AS amount
      FROM json_each(:clients)
     CROSS JOIN payment ON payment.client_id = json_each.value
     WHERE voided_on IS NULL AND on_date <= :last
    """,
    """
    SELECT student.client_id, iif(subscription.separate, subscription.id, 0) AS account, on_date, -amount AS amount
      FROM json_each(:clients)
     CROSS JOIN student ON student.client_id = json_each.value
     CROSS JOIN subscription ON subscription.student_id = student.id
     CROSS JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
     WHERE on_date <= :last
    """,
    """
    SELECT student.client_id, ifnull(separate_id, 0) AS account, on_date, -charge AS amount
      FROM json_each(:clients)
     CROSS JOIN student ON student.client_id = json_each.value
     CROSS JOIN mark ON mark.student_id = student.id
     WHERE on_date <= :last
    """,
)

# The same in brief: a text for all payments of a client, for all marks of a student, read four times as fast as rows.
_ENTRIES_IN_BRIEF = """
    SELECT json_each.value,
           (SELECT group_concat(on_date || (effect > 0) || effect || ifnull('/' || separate_id, '')) FROM payment
             WHERE client_id = json_each.value AND voided_on IS NULL AND effect <> 0 AND on_date <= :last)
      FROM json_each(:clients)
    UNION ALL
    SELECT student.client_id,
           (SELECT group_concat(on_date || '0' || -charge || ifnull('/' || separate_id, '')) FROM mark
             WHERE student_id = student.id AND charge > 0 AND on_date <= :last)
      FROM json_each(:clients)
     CROSS JOIN student ON student.client_id = json_each.value
    UNION ALL
    SELECT student.client_id, on_date || '0' || -amount || iif(subscription.separate, '/' || subscription.id, '')
      FROM json_each(:clients)
     CROSS JOIN student ON student.client_id = json_each.value
     CROSS JOIN subscription ON subscription.student_id = student.id
     CROSS JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
     WHERE amount > 0 AND on_date <= :last
"""

# Of most clients all money is on the general account: sums over all accounts need no sorting, which takes longest.
_SUMS_OF = (
    """
    SELECT client_id, sum(effect), count(separate_id)
      FROM payment
     WHERE client_id IN (SELECT value FROM json_each(:clients)) AND voided_on IS NULL
     GROUP BY client_id
    """,
    """
    SELECT student.client_id, -sum(charge), count(separate_id)
      FROM student
     CROSS JOIN mark ON mark.student_id = student.id
     WHERE student.id IN (SELECT id FROM student WHERE client_id IN (SELECT value FROM json_each(:clients)))
     GROUP BY student.id
    """,
)

BALANCES_NOW = "SELECT client_id, account, balance FROM account_balance"
"""Query of every account: client, account and balance in kopecks, of all entries."""
BALANCES_UP_TO_DAY = """
    SELECT client_id, account, sum(amount) AS balance FROM (
        SELECT client_id, 0 AS account, sum(effect) AS amount
          FROM payment
         WHERE separate_id IS NULL AND voided_on IS NULL AND on_date <= :day
         GROUP BY client_id
        UNION ALL
        SELECT client_id, separate_id, sum(effect)
          FROM payment
         WHERE separate_id IS NOT NULL AND voided_on IS NULL AND on_date <= :day
         GROUP BY separate_id, client_id
        UNION ALL
        SELECT student.client_id, iif(subscription.separate, subscription.id, 0), -upfront_charge.amount
          FROM upfront_charge
          JOIN subscription ON subscription.id = upfront_charge.subscription_id
          JOIN student ON student.id = subscription.student_id
         WHERE upfront_charge.on_date <= :day
        UNION ALL
        SELECT student.client_id, 0, -charged.amount
          FROM (SELECT student_id, sum(charge) AS amount FROM mark
                 WHERE separate_id IS NULL AND on_date <= :day GROUP BY student_id) AS charged
         CROSS JOIN student ON student.id = charged.student_id
        UNION ALL
        SELECT student.client_id, charged.separate_id, -charged.amount
          FROM (SELECT student_id, separate_id, sum(charge) AS amount FROM mark
                 WHERE separate_id IS NOT NULL AND on_date <= :day GROUP BY separate_id, student_id) AS charged
         CROSS JOIN student ON student.id = charged.student_id)
     GROUP BY client_id, account
"""
"""The same of the entries up to `:day`, each table in the order in which it lies: sorting takes many times longer."""


def balances(db: sqlite3.Connection, client_id: int) -> dict[int, int]:
    """Return the client's accounts in kopecks: 0 the general one, else the subscription with its own balance.

    The general account is always there; a separate one as soon as money moved on it.
    """
    return {GENERAL: 0} | dict(db.execute(_BALANCES, (client_id,)).fetchall())


def balances_of(db: sqlite3.Connection, client_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Return the `balances` of each of the clients, read together."""
    found = {client_id: {GENERAL: 0} for client_id in client_ids}
    paid, sold, attended = _ENTRIES_OF
    for client_id, account, amount in _sums(db, sold, list(found)):
        found[client_id][account] = found[client_id].get(account, 0) + amount
    for of_all, entries in zip(_SUMS_OF, (paid, attended), strict=True):
        separate = set()
        for client_id, amount, others in db.execute(of_all, {"clients": number_list(found)}):
            found[client_id][GENERAL] += amount
            if others:
                separate.add(client_id)
        for client_id, account, amount in _sums(db, f"{entries} AND separate_id IS NOT NULL", sorted(separate)):
            accounts = found[client_id]
            accounts[account] = accounts.get(account, 0) + amount
            accounts[GENERAL] -= amount
    return found


def _sums(db: sqlite3.Connection, entries: str, client_ids: Sequence[int]) -> sqlite3.Cursor:
    """Return the sums of these entries of the clients, by client and account."""
    query = f"SELECT client_id, account, sum(amount) FROM ({entries}) GROUP BY client_id, account"  # noqa: S608
    return db.execute(query, _asked(client_ids, date.max))


def _asked(client_ids: Sequence[int], last: date) -> dict[str, str]:
    return {"clients": number_list(client_ids), "last": last.isoformat()}


def entries_in_brief(
    db: sqlite3.Connection, client_ids: Sequence[int], last: date = date.max
) -> dict[tuple[int, int], list[str]]:
    """Return the clients' entries up to the last day, by client and account, in no order; those of nothing left out.

    An entry is its day, 1 if money came in or 0, and the signed kopecks: "2026-09-0115000", "2026-09-030-70000".
    So the later is the greater, and of one day what came in is greater than what was charged.
    """
    found: dict[tuple[int, int], list[str]] = {}
    for client_id, text in db.execute(_ENTRIES_IN_BRIEF, _asked(client_ids, last)):
        entries = text.split(",") if text else []
        if text and "/" in text:
            for entry in entries:
                brief, _slash, account = entry.partition("/")
                found.setdefault((client_id, int(account or GENERAL)), []).append(brief)
        else:
            found.setdefault((client_id, GENERAL), []).extend(entries)
    return found


def balance(db: sqlite3.Connection, client_id: int) -> int:
    """Return the client's balance over all accounts, in kopecks, all entries counted (R36)."""
    return sum(balances(db, client_id).values())


def balance_before(
    db: sqlite3.Connection,
    client_id: int,
    first: date | None,
    *,
    student_id: int | None = None,
    account: int | None = None,
) -> int:
    """Return the balance by everything strictly before `first` (None: nothing), of one account or student or of all."""
    if first is None:
        return 0
    asked = {"client": client_id, "first": first.isoformat(), "account": account, "student": student_id}
    return int(db.execute(_BALANCE_BEFORE, asked).fetchone()[0])
