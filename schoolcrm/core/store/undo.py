"""Taking an operation back: every record as it was before it, or not at all (R54).

What an operation found is in the journal, and is written back from there (`writing_back`). Foreign keys are off
meanwhile (`connection`): with them on, SQLite would look through whole tables for each record that goes. They are
checked by `blockers.broken_references` instead, for all records that are concerned, before the transaction ends.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from schoolcrm.core.errors import NotFound
from schoolcrm.core.language import _
from schoolcrm.core.store.journal import BLANKED, bounds
from schoolcrm.core.store.transaction import writable_connection

_OPERATION = """
    SELECT operation.id, operation.at, operation.user, operation.command, operation.undoes,
           (SELECT origin.undoes FROM operation AS origin WHERE origin.id = operation.undoes),
           (SELECT max(later.id) FROM operation AS later WHERE later.undoes = operation.id AND later.id <> :running
               AND NOT EXISTS (SELECT 1 FROM operation AS redo WHERE redo.undoes = later.id))
      FROM operation
"""


_CACHE_KILOBYTES = 64 * 1024
_GREATEST = (1 << 63) - 1


class Operation(NamedTuple):
    """One operation of the journal; `at` is UTC. `origin` is what the operation that it undoes has undone itself.

    `undoes` alone makes it an undo, with `origin` it is a redo. `undone_by` is the operation that has taken it back
    and was not taken back itself.
    """

    id: int
    at: str
    user: str
    command: str
    undoes: int | None
    origin: int | None
    undone_by: int | None


@contextmanager
def connection(path: Path, *, dry_run: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the file for an undo: foreign keys are off and must be checked before the end."""
    with writable_connection(path, dry_run=dry_run) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(f"PRAGMA cache_size = -{_CACHE_KILOBYTES}")
        yield db


def read_operation(db: sqlite3.Connection, number: int, running: int = 0) -> Operation | None:
    """Return the operation with that number, if there is one; `running` is the undo that is under way, if any."""
    wanted = {"number": number, "running": running}
    row = db.execute(f"{_OPERATION} WHERE operation.id = :number", wanted).fetchone()
    return Operation(*row) if row else None


def require_operation(db: sqlite3.Connection, number: int) -> Operation:
    """Return the operation with that number; NotFound."""
    found = read_operation(db, number) if 0 < number <= _GREATEST else None
    if found is None:
        raise NotFound(
            _("There is no operation {number}.").format(number=number), _("'schoolcrm history' shows the operations.")
        )
    return found


def known_as(db: sqlite3.Connection, operation: Operation) -> Operation:
    """Return the operation that people know it by: the one itself, or for an undo the one that it has undone."""
    undone = read_operation(db, operation.undoes) if operation.undoes is not None else None
    return undone or operation


def last_operation(db: sqlite3.Connection, user: str, skipped: Iterable[str] = ()) -> Operation | None:
    """Return the last operation of the user that holds: neither undone nor an undo itself, nor a skipped command."""
    query = f"{_OPERATION} WHERE operation.user = :user AND operation.undoes IS NULL ORDER BY operation.id DESC"
    passed_over = frozenset(skipped)
    found = (Operation(*row) for row in db.execute(query, {"user": user, "running": 0}))
    return next((one for one in found if one.undone_by is None and one.command not in passed_over), None)


def last_undo(db: sqlite3.Connection, user: str) -> Operation | None:
    """Return the last undo of the user that holds."""
    query = f"{_OPERATION} WHERE operation.user = :user AND operation.undoes IS NOT NULL ORDER BY operation.id DESC"
    found = (Operation(*row) for row in db.execute(query, {"user": user, "running": 0}))
    return next((one for one in found if one.undone_by is None and one.origin is None), None)


def last_doing(db: sqlite3.Connection, number: int) -> int:
    """Return the operation whose changes put in place what an operation did: its last redo, or the one itself."""
    row = db.execute(
        "SELECT max(redo.id) FROM operation AS undo JOIN operation AS redo ON redo.undoes = undo.id"
        " WHERE undo.undoes = ?",
        (number,),
    ).fetchone()
    return int(row[0] or number)


def is_blanked(db: sqlite3.Connection, number: int) -> bool:
    """Return whether a purge has taken texts out of what the operation found."""
    rows = db.execute(
        f"SELECT 1 FROM change WHERE id BETWEEN ? AND ? AND json_extract(before, '$.{BLANKED}') LIMIT 1",  # noqa: S608
        bounds_of(db, number),
    )
    return rows.fetchone() is not None


def state_of(db: sqlite3.Connection) -> int:
    """Return what is another number once another connection has changed the file; for this connection only."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def bounds_of(db: sqlite3.Connection, number: int) -> tuple[int, int]:
    """Return the first and last number that changes of an operation, which must be there, can have."""
    found = bounds(db, number)
    if found is None:
        raise LookupError(number)
    return found
