"""Rows on their way into temporary tables, so many at once (R65)."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

CHUNK = 2_000
_AT_ONCE = 50


class Gathered(NamedTuple):
    """A temporary table that rows are gathered in: its name, its columns, what to do with rows that are there."""

    name: str
    columns: str
    conflict: str = ""


class Gathering:
    """Gathers rows of several tables, which it makes anew; `tables` are known here by short names."""

    def __init__(self, db: sqlite3.Connection, tables: Mapping[str, Gathered]) -> None:
        self._db = db
        self._tables = tables
        self._waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in tables}
        for name, columns, _conflict in tables.values():
            db.execute(f"DROP TABLE IF EXISTS temp.{name}")
            db.execute(f"CREATE TEMP TABLE {name} ({columns})")

    def add(self, table: str, *values: Any) -> None:
        """Gather one row, its values in the order of the table's columns."""
        waiting = self._waiting[table]
        waiting.append(values)
        if len(waiting) >= CHUNK:
            self._flush(table)

    def finish(self) -> None:
        """Send everything that waits."""
        for table in self._tables:
            self._flush(table)

    def _flush(self, table: str) -> None:
        if waiting := self._waiting[table]:
            insert_many(self._db, f"temp.{self._tables[table].name}", waiting, self._tables[table].conflict)
            waiting.clear()


def insert_many(db: sqlite3.Connection, table: str, rows: Sequence[Sequence[Any]], conflict: str = "") -> None:
    """Insert rows of a temporary table's width into it: many by a statement take two thirds of one by one."""
    marks = f"({', '.join('?' * len(rows[0]))})" if rows else ""
    with together(db):
        for first in range(0, len(rows), _AT_ONCE):
            chunk = rows[first : first + _AT_ONCE]
            values = ", ".join([marks] * len(chunk))
            db.execute(f"INSERT INTO {table} VALUES {values}{conflict}", list(chain.from_iterable(chunk)))  # noqa: S608


@contextmanager
def together(db: sqlite3.Connection) -> Iterator[None]:
    """Write into temporary tables in one transaction: each statement by itself would be one."""
    own_transaction = not db.in_transaction  # planned anew under the lock there is one already
    if own_transaction:
        db.execute("BEGIN")
    yield
    if own_transaction:
        db.execute("COMMIT")
