"""Which table refers to which, as the schema of the file has it; and a transaction that doesn't follow them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def unfollowed_references(db: sqlite3.Connection) -> Iterator[None]:
    """Keep other writers out and follow no reference, in one transaction: rows and tables may come in any order.

    An exception takes everything back. Readers aren't kept out: a second connection may copy the file meanwhile.
    """
    db.execute("PRAGMA foreign_keys = OFF")  # SQLite takes no notice of it once the transaction has begun.
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    finally:
        db.execute("PRAGMA foreign_keys = ON")
