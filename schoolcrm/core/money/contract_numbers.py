"""The numbers that people know contracts by: nothing keeps two from having the same (R42)."""

import sqlite3

from schoolcrm.core.money.contracts import Contract, contract_of

_CALLED_SO = """
    SELECT id FROM contract
     WHERE ifnull(number, school_number || '') = :called AND id <> :id
     ORDER BY school_number LIMIT 1
"""


def first_called_as(db: sqlite3.Connection, contract: Contract) -> Contract | None:
    """Return the first other contract that people know by the same number; None: there is no other."""
    row = db.execute(_CALLED_SO, {"called": contract.called, "id": contract.id}).fetchone()
    return contract_of(db, row[0]) if row else None
