"""Which table refers to which, as the schema of the file has it."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from schoolcrm.core.store.journal import journaled_tables


class Reference(NamedTuple):
    """One foreign key: `columns` of `table` name `targets` of `parent`; the first of them names the record."""

    table: str
    columns: tuple[str, ...]
    parent: str
    targets: tuple[str, ...]

    def is_broken(self, row: str) -> str:
        """Return the SQL condition that the row, under that alias, refers to a record that isn't there."""
        given = " AND ".join(f"{row}.{column} IS NOT NULL" for column in self.columns)
        pairs = zip(self.targets, self.columns, strict=True)
        meant = " AND ".join(f"aim.{target} = {row}.{column}" for target, column in pairs)
        return f'({given} AND NOT EXISTS (SELECT 1 FROM "{self.parent}" AS aim WHERE {meant}))'  # noqa: S608


def references(db: sqlite3.Connection) -> list[Reference]:
    """Return every foreign key of every table of the school."""
    return [reference for table in journaled_tables(db) for reference in references_of(db, table)]


def references_of(db: sqlite3.Connection, table: str) -> Iterator[Reference]:
    """Yield the foreign keys of one table."""
    keys: dict[int, list[tuple[int, str, str, str]]] = {}
    for number, place, parent, column, target, *_actions in db.execute(f'PRAGMA foreign_key_list("{table}")'):
        keys.setdefault(number, []).append((place, parent, column, target or "id"))
    for parts in keys.values():
        parts.sort()
        yield Reference(table, tuple(part[2] for part in parts), parts[0][1], tuple(part[3] for part in parts))
