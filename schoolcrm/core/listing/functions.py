"""What lists compute in Python for SQL: folded text, how far money reaches (R38, R39), the next purchase (R13)."""

import sqlite3
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from schoolcrm.core.rules.names import fold

if TYPE_CHECKING:
    from schoolcrm.core.rules.renewals import Rhythm


def install_functions(db: sqlite3.Connection, today: date) -> None:
    """Make fold(text), lessons_left(client id), expires_on(client id) and next_purchase(…) known to the connection.

    next_purchase takes the days of sales, separated by commas, and the imported last purchase. The money of a
    client is followed once a client and only when a statement asks for it.
    """

    @cache
    def coverage(client_id: int) -> tuple[int, str | None]:
        from schoolcrm.core.money.coverage import client_coverage

        found = client_coverage(db, client_id, today)
        return found.lessons, found.expires_on.isoformat() if found.expires_on else None

    @cache
    def rhythm() -> "Rhythm":
        from schoolcrm.core.statuses.numbers import read_rhythm

        return read_rhythm(db)

    def next_purchase(sold_on: str | None, imported_on: str | None) -> str | None:
        from schoolcrm.core.rules.renewals import next_renewal

        days = {day for day in [*(sold_on or "").split(","), imported_on] if day}
        renewal = next_renewal(map(date.fromisoformat, days), today, rhythm()) if len(days) > 1 else None
        return renewal.expected_on.isoformat() if renewal else None

    db.create_function("next_purchase", 2, next_purchase)
    db.create_function("fold", 1, _fold, deterministic=True)
    db.create_function("lessons_left", 1, lambda client_id: coverage(client_id)[0])
    db.create_function("expires_on", 1, lambda client_id: coverage(client_id)[1])


def _fold(text: object) -> str | None:
    return None if text is None else fold(str(text))
