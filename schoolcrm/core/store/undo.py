"""Taking an operation back: every record as it was before it, or not at all (R54).

What an operation found is in the journal; it is written back change by change, the last one first, so that the
records pass through states that they have been in. Foreign keys are off meanwhile (`connection`): with them on,
SQLite would look through whole tables for each record that goes. They are checked here instead, for all records
that are concerned, before the transaction ends.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from schoolcrm.core.store.journal import BLANKED, bounds, key_columns_of, key_values
from schoolcrm.core.store.transaction import writable_connection

_OPERATION = """
    SELECT operation.id, operation.at, operation.user, operation.command, operation.undoes,
           (SELECT origin.undoes FROM operation AS origin WHERE origin.id = operation.undoes),
           (SELECT max(later.id) FROM operation AS later WHERE later.undoes = operation.id AND later.id <> :running
               AND NOT EXISTS (SELECT 1 FROM operation AS redo WHERE redo.undoes = later.id))
      FROM operation
"""


_CACHE_KILOBYTES = 64 * 1024


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


class Taken(Exception):
    """A record can't be again what it was: it would break a rule of its table; `image` is what it would be."""

    def __init__(self, entity: str, image: dict[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.entity = entity
        self.image = image
        self.reason = reason


@contextmanager
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for an undo: foreign keys are off and must be checked by `blockers.broken_references`."""
    with writable_connection(path) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(f"PRAGMA cache_size = -{_CACHE_KILOBYTES}")
        yield db


def read_operation(db: sqlite3.Connection, number: int, running: int = 0) -> Operation | None:
    """Return the operation with that number, if there is one; `running` is the undo that is under way, if any."""
    wanted = {"number": number, "running": running}
    row = db.execute(f"{_OPERATION} WHERE operation.id = :number", wanted).fetchone()
    return Operation(*row) if row else None


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


def gather(db: sqlite3.Connection, number: int) -> dict[str, int]:
    """Note the records that the operation concerns, for what follows; return how many there are of each entity."""
    db.execute("DROP TABLE IF EXISTS temp.concerned")
    db.execute(
        "CREATE TEMP TABLE concerned (entity TEXT NOT NULL, record NOT NULL, was_made INTEGER NOT NULL,"
        " PRIMARY KEY (entity, record)) WITHOUT ROWID"
    )
    db.execute(
        "INSERT OR IGNORE INTO temp.concerned SELECT entity, record, kind = 'insert' FROM main.change"
        " WHERE id BETWEEN ? AND ? ORDER BY id",
        bounds_of(db, number),
    )
    rows = db.execute("SELECT entity, count(*) FROM temp.concerned GROUP BY entity ORDER BY count(*) DESC, entity")
    return dict(rows.fetchall())


def is_blanked(db: sqlite3.Connection, number: int) -> bool:
    """Return whether a purge has taken texts out of what the operation found."""
    rows = db.execute(
        f"SELECT 1 FROM change WHERE id BETWEEN ? AND ? AND json_extract(before, '$.{BLANKED}') LIMIT 1",  # noqa: S608
        bounds_of(db, number),
    )
    return rows.fetchone() is not None


def take_back(db: sqlite3.Connection, number: int) -> None:
    """Write back what each change of the operation found, from the last one to the first.

    Raises Taken when a record can't be again what it was; the transaction is then to be given up.
    """
    first, last = bounds_of(db, number)
    rows = db.execute(
        "SELECT kind, entity, record, before FROM change WHERE id BETWEEN ? AND ? ORDER BY id DESC", (first, last)
    )
    writers: dict[tuple[str, str], _Writer] = {}
    for like, run in groupby(rows, key=lambda row: (row[0], row[1])):
        writer = writers.get(like) or writers.setdefault(like, _Writer(db, *like))
        writer.write(run)


class _Writer:
    """What takes back the changes of one kind to one table."""

    def __init__(self, db: sqlite3.Connection, kind: str, entity: str) -> None:
        self._db = db
        self._kind = kind
        self._entity = entity
        self._keys = key_columns_of(db, entity)
        self._statements: dict[tuple[str, ...], str] = {}
        self._where = " AND ".join(f'"{name}" = ?' for name in self._keys)

    def write(self, run: Iterable[tuple[str, str, int | str, str | None]]) -> None:
        """Take back changes that follow one another."""
        if self._kind == "insert":
            statement = f'DELETE FROM "{self._entity}" WHERE {self._where}'  # noqa: S608
            keys = (key_values(record, len(self._keys)) for _kind, _entity, record, _before in run)
            self._db.executemany(statement, keys)
            return
        for _kind, _entity, record, before in run:
            image: dict[str, Any] = json.loads(before or "{}")
            key = [] if self._kind == "delete" else key_values(record, len(self._keys))
            try:
                self._db.execute(self._statement(tuple(image)), [*image.values(), *key])
            except sqlite3.IntegrityError as error:
                raise Taken(self._entity, image, str(error)) from error

    def _statement(self, columns: tuple[str, ...]) -> str:
        if columns not in self._statements:
            self._statements[columns] = self._made(columns)
        return self._statements[columns]

    def _made(self, columns: tuple[str, ...]) -> str:
        names = [f'"{name}"' for name in columns]
        if self._kind == "delete":
            return f'INSERT INTO "{self._entity}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608
        return f'UPDATE "{self._entity}" SET {" = ?, ".join(names)} = ? WHERE {self._where}'  # noqa: S608


def bounds_of(db: sqlite3.Connection, number: int) -> tuple[int, int]:
    """Return the first and last number that changes of an operation, which must be there, can have."""
    found = bounds(db, number)
    if found is None:
        raise LookupError(number)
    return found
