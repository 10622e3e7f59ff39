"""Balances: sums of the view `ledger_entry`, the only definition of what moves a client's money (R36)."""

import sqlite3
from datetime import date

GENERAL = 0

_BALANCES = "SELECT account, sum(amount) FROM ledger_entry WHERE client_id = ? GROUP BY account"
_BALANCE_BEFORE = """
    SELECT ifnull(sum(amount), 0) FROM ledger_entry
     WHERE client_id = :client AND on_date < :first
       AND (:account IS NULL OR account = :account) AND (:student IS NULL OR student_id = :student)
"""


def balances(db: sqlite3.Connection, client_id: int) -> dict[int, int]:
    """Return the client's accounts in kopecks: 0 the general one, else the subscription with its own balance.

    The general account is always there; a separate one as soon as money moved on it.
    """
    return {GENERAL: 0} | dict(db.execute(_BALANCES, (client_id,)).fetchall())


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
