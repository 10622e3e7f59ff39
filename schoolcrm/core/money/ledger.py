"""Balances: sums of the view `ledger_entry`, the only definition of what moves a client's money (R36)."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date

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


def balances(db: sqlite3.Connection, client_id: int) -> dict[int, int]:
    """Return the client's accounts in kopecks: 0 the general one, else the subscription with its own balance.

    The general account is always there; a separate one as soon as money moved on it.
    """
    return {GENERAL: 0} | dict(db.execute(_BALANCES, (client_id,)).fetchall())


def balances_of(db: sqlite3.Connection, client_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Return the `balances` of each of the clients, read together."""
    found = {client_id: {GENERAL: 0} for client_id in client_ids}
    asked = {"clients": json.dumps(list(found)), "last": date.max.isoformat()}
    for entries in _ENTRIES_OF:
        sums = f"SELECT client_id, account, sum(amount) FROM ({entries}) GROUP BY client_id, account"  # noqa: S608
        for client_id, account, amount in db.execute(sums, asked):
            found[client_id][account] = found[client_id].get(account, 0) + amount
    return found


def entries_of(
    db: sqlite3.Connection, client_ids: Sequence[int], last: date = date.max
) -> Iterator[tuple[int, int, str, int]]:
    """Yield client, account, day and amount in kopecks of the clients' entries up to the last day, in no order."""
    asked = {"clients": json.dumps(list(client_ids)), "last": last.isoformat()}
    for entries in _ENTRIES_OF:
        yield from db.execute(entries, asked)


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
