"""Triggers taken away for a while, where each record by itself would cost too much."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager


@contextmanager
def lifted_triggers(db: sqlite3.Connection, names: Collection[str] | None = None) -> Iterator[list[str]]:
    """Take the triggers of these names away, all for None; yield which there were, and put them back at the end.

    In the caller's transaction, which brings them back when the block fails.
    """
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    lifted = [(name, sql) for name, sql in triggers if names is None or name in names]
    for name, _sql in lifted:
        db.execute(f'DROP TRIGGER "{name}"')
    yield [name for name, _sql in lifted]
    for _name, sql in lifted:
        db.execute(sql)
