"""Long work done on a private copy of the school first: the lock is held only to write down what came of it (R66)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from schoolcrm.core.importing.gathering import insert_many
from schoolcrm.core.store.database import OwnTransaction, connect
from schoolcrm.core.store.journal import (
    begin_operation,
    columns_of,
    key_columns_of,
    key_values,
    last_change,
    tables_changed_since,
)
from schoolcrm.core.store.transaction import WritableSchool, flush

_CHUNK = 2_000
_CACHE = -16_000  # kibibytes, written as SQLite wants them
_ORDER = ("client", "lesson", "trial", "mark")  # of foreign keys; the others after them
_PREPARED = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA synchronous = OFF",
    "PRAGMA journal_mode = MEMORY",  # of one attempt at a time: small
    f"PRAGMA cache_size = {_CACHE}",
)


class Rehearsal:
    """The copy, in a temporary file that has no name and goes with the connection; `school` is open for writing.

    Nothing that is done there leaves it but by `gather` and `repeat`.
    """

    def __init__(self, db: sqlite3.Connection, today: date, *, user: str, command: str) -> None:
        self._copy = sqlite3.connect("", isolation_level=None, factory=OwnTransaction)
        path = next(name for _number, schema, name in db.execute("PRAGMA database_list") if schema == "main")
        # A connection of its own: one that has begun to write can't be copied from.
        with closing(connect(Path(path))) as source:
            source.backup(self._copy)
        for pragma in _PREPARED:
            self._copy.execute(pragma)
        self.school = WritableSchool(self._copy, today, user)
        self._seen = last_change(self._copy)
        self.school.operation_id = begin_operation(self._copy, user, command)

    @contextmanager
    def attempt(self) -> Iterator[WritableSchool]:
        """Give the school for one piece of work, which is taken back if it fails."""
        self._copy.execute("BEGIN")
        try:
            yield self.school
            flush(self.school)
        except BaseException:
            self._copy.execute("ROLLBACK")
            self.school.forget()
            raise
        self._copy.execute("COMMIT")

    def gather(self, db: sqlite3.Connection) -> "Outcome":
        """Note all records that became others, as they are now, in temporary tables of `db`; the copy is gone then."""
        outcome = Outcome(db)
        for table in sorted(tables_changed_since(self._copy, self._seen), key=_place):
            outcome.add(self._copy, table, self._seen)
        self._copy.close()
        return outcome


class Outcome:
    """What a rehearsal made of the school; `write` makes the same of the school itself, in a few statements."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._tables: list[str] = []

    def add(self, copy: sqlite3.Connection, table: str, seen: int) -> None:
        """Note the records of a table that were changed after the change `seen`."""
        columns = ", ".join(f'"{name}"' for name in columns_of(copy, table))
        keys = key_columns_of(copy, table)
        query = f'SELECT {columns} FROM "{table}" WHERE ' + " AND ".join(f'"{name}" = ?' for name in keys)  # noqa: S608
        self._db.execute(f'DROP TABLE IF EXISTS temp."rehearsed_{table}"')
        self._db.execute(f'CREATE TEMP TABLE "rehearsed_{table}" ({columns})')
        records = copy.execute("SELECT DISTINCT record FROM change WHERE id > ? AND entity = ?", (seen, table))
        while chunk := records.fetchmany(_CHUNK):
            # Lessons are held, marked and priced, never deleted: a record that is gone would be a mistake here.
            rows = [copy.execute(query, key_values(record, len(keys))).fetchone() for (record,) in chunk]
            insert_many(self._db, f'temp."rehearsed_{table}"', rows)
        self._tables.append(table)

    def write(self) -> None:
        """Write the records in the current transaction; they must be what they were when the copy was made."""
        for table in self._tables:
            names = columns_of(self._db, table)
            columns = ", ".join(f'"{name}"' for name in names)
            keys = key_columns_of(self._db, table)
            changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in keys)
            self._db.execute(
                f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM temp."rehearsed_{table}"'  # noqa: S608
                f" WHERE true ORDER BY rowid ON CONFLICT DO UPDATE SET {changed}"
            )


def _place(table: str) -> tuple[int, str]:
    return (_ORDER.index(table) if table in _ORDER else len(_ORDER)), table
