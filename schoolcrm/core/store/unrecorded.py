"""Work on a copy of the file that is no change of the school: no trigger records it, none forbids it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from schoolcrm.core.store.foreign_keys import unfollowed_references


@contextmanager
def without_triggers(db: sqlite3.Connection) -> Iterator[None]:
    """Take every trigger away and put all back at the end, in one transaction of this connection.

    References are not followed meanwhile: rows may come in any order. An exception takes everything back.
    """
    with unfollowed_references(db):
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            db.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in triggers:
            db.execute(sql)
