"""Clients who may be one person: the same phone, or the same name."""

import sqlite3
from collections.abc import Collection

from schoolcrm.core.people.references import client_label
from schoolcrm.core.rules.names import fold

_LIKELY = """
SELECT id FROM visible_client
 WHERE name_key = ? OR id IN (SELECT client_id FROM contact WHERE value_key IN ({marks}) AND kind IN ('mobile', 'home'))
 ORDER BY name_key, id"""


def likely_duplicates(db: sqlite3.Connection, name: str, phones: Collection[str]) -> list[str]:
    """Return those who have the name or one of the phones (E.164), each with the id and what tells them apart."""
    query = _LIKELY.format(marks=", ".join("?" * len(phones)))
    rows = db.execute(query, (fold(name), *phones)).fetchall()
    return [f"{number} {client_label(db, number)}" for (number,) in rows]
