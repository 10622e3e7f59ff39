"""Whether the file itself is sound: its pages, its references, its journal; and how much of it is free."""

import sqlite3
from collections.abc import Iterator

from schoolcrm.core.store.journal import journaled_tables

MOST_FAULTS = 100
_GUARDS = ("change_is_final", "change_is_kept", "operation_is_final", "operation_is_kept")


def faults_of_file(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what SQLite finds wrong with the pages, indexes and constraints, at most MOST_FAULTS."""
    for (verdict,) in db.execute(f"PRAGMA integrity_check({MOST_FAULTS})"):
        if verdict != "ok":
            yield " ".join(str(verdict).split())


def lost_references(db: sqlite3.Connection) -> Iterator[str]:
    """Yield each row that refers to one that is not there."""
    for table, row, parent, _number in db.execute("PRAGMA foreign_key_check"):
        yield f"{table} {row} → {parent}" if row is not None else f"{table} → {parent}"


def gaps_of_journal(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the triggers that are missing, an operation left open, and changes of no operation."""
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    kinds = ("insert", "update", "delete")
    expected = [f"journal_{table}_{kind}" for table in journaled_tables(db) for kind in kinds]
    yield from (name for name in (*expected, *_GUARDS) if name not in there)
    for (number,) in db.execute("SELECT operation_id FROM journal_state WHERE operation_id IS NOT NULL"):
        yield f"journal_state: operation {number}"
    query = "SELECT DISTINCT operation_id FROM change WHERE operation_id NOT IN (SELECT id FROM operation)"
    yield from (f"change: operation {number}" for (number,) in db.execute(query))


def free_bytes(db: sqlite3.Connection) -> int:
    """Return how many bytes of the file hold nothing."""
    (pages,) = db.execute("PRAGMA freelist_count").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)
