"""What lists compute in Python for SQL: folded text, and how far a client's money reaches (R38, R39)."""

import sqlite3
from datetime import date
from functools import cache

from schoolcrm.core.rules.names import fold


def install_functions(db: sqlite3.Connection, today: date) -> None:
    """Make fold(text), lessons_left(client id) and expires_on(client id) known to the connection.

    The money of a client is followed once a client and only when a statement asks for it.
    """

    @cache
    def coverage(client_id: int) -> tuple[int, str | None]:
        from schoolcrm.core.money.coverage import client_coverage

        found = client_coverage(db, client_id, today)
        return found.lessons, found.expires_on.isoformat() if found.expires_on else None

    db.create_function("fold", 1, _fold, deterministic=True)
    db.create_function("lessons_left", 1, lambda client_id: coverage(client_id)[0])
    db.create_function("expires_on", 1, lambda client_id: coverage(client_id)[1])


def _fold(text: object) -> str | None:
    return None if text is None else fold(str(text))
