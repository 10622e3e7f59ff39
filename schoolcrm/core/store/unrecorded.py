"""Work on a copy of the file that is no change of the school: no trigger records it, none forbids it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from schoolcrm.core.store.foreign_keys import unfollowed_references
from schoolcrm.core.store.triggers import lifted_triggers


@contextmanager
def without_triggers(db: sqlite3.Connection) -> Iterator[None]:
    """Take every trigger away and put all back at the end, in one transaction of this connection.

    References are not followed meanwhile: rows may come in any order. An exception takes everything back.
    """
    with unfollowed_references(db), lifted_triggers(db):
        yield
