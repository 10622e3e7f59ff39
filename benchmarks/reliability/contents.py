"""What is in a school's file, as one digest: two files with the same digest hold the same, journal included."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

MOMENTS = {"at"}
"""Columns that hold the moment of a command: the same command run twice differs in them alone."""
JOURNAL = {"operation", "change", "journal_state"}


def digest(path: Path, *, journal: bool = True, moments: bool = False) -> str:
    """Return the digest of every row of every table.

    `journal` False: but those of the journal of changes; `moments`: with the moments at which things were written.
    """
    with closing(sqlite3.connect(path)) as db:
        return digest_of(db, journal=journal, moments=moments)


def digest_of(db: sqlite3.Connection, *, journal: bool = True, moments: bool = False) -> str:
    """Return the digest of an open file."""
    sums = hashlib.blake2b()
    sums.update(repr(db.execute("PRAGMA user_version").fetchone()).encode())
    tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    for (table,) in tables.fetchall():
        if journal or table not in JOURNAL:
            columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
            names = ", ".join(f'"{name}"' for name in columns if moments or name not in MOMENTS)
            sums.update(f"{table} {names}".encode())
            for row in db.execute(f'SELECT {names} FROM "{table}"'):  # noqa: S608
                sums.update(repr(row).encode())
    return sums.hexdigest()[:16]


def faults_of_pages(path: Path) -> list[str]:
    """Return what is wrong with the file itself: its pages, its indexes, its references."""
    with closing(sqlite3.connect(path)) as db:
        found = [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return found + [f"reference {row}" for row in db.execute("PRAGMA foreign_key_check")]


def faults(path: Path) -> list[str]:
    """Return what is wrong with the file, and with what must hold in every school (`db check`)."""
    from schoolcrm.core.errors import SchoolError
    from schoolcrm.core.office.invariants import check_school

    found = faults_of_pages(path)
    try:
        return [*found, *(f"{one.code}: {one.examples}" for one in check_school(path) if one.found)]
    except SchoolError as error:
        return [*found, error.sentence]
