"""What lists compute in Python for SQL: folded text, how far money reaches (R38, R39), the next purchase (R13)…"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.numbers import number_list

if TYPE_CHECKING:
    from schoolcrm.core.rules.renewals import Rhythm


MOST_AHEAD = 1024
Reach = tuple[int | None, str | None]
"""How many lessons a client's money covers, and the day until when."""

FOLLOWING = ("lessons_left", "expires_on")
_NEXT = "SELECT id FROM client WHERE id >= ? ORDER BY id LIMIT ?"


class Reaches:
    """How far the money of clients reaches, followed when a statement asks for it, once a client.

    Clients that are announced (`expect`) are followed together. Of others, a statement that goes through the
    clients in order has the next ones followed too, more each time as long as it does come to them.
    """

    def __init__(self, db: sqlite3.Connection, today: date) -> None:
        self._db = db
        self._today = today
        self._known: dict[int, Reach] = {}
        self._expected: set[int] = set()
        self._ahead: list[int] = []
        self._asked: set[int] = set()

    def expect(self, client_ids: Iterable[int]) -> None:
        """Announce clients that will be asked about."""
        self._expected.update(client_ids)

    def of(self, client_id: int) -> Reach:
        """Return how far the client's money reaches (R38, R39)."""
        found = self._known.get(client_id)
        if found is None:
            announced = client_id in self._expected
            self._follow(sorted(self._expected - self._known.keys()) if announced else self._next(client_id))
            found = self._known[client_id]
        if self._ahead:
            self._asked.add(client_id)
        return found

    def _next(self, client_id: int) -> list[int]:
        """Return the client and those after it: twice as many as last time if half of these were asked about."""
        in_order = bool(self._ahead) and client_id > self._ahead[-1]
        used = 2 * len(self._asked.intersection(self._ahead)) >= len(self._ahead)
        count = min(2 * len(self._ahead), MOST_AHEAD) if in_order and used else 1
        self._ahead = [number for (number,) in self._db.execute(_NEXT, (client_id, count))]
        return self._ahead

    def _follow(self, client_ids: Sequence[int]) -> None:
        from schoolcrm.core.money.coverage import client_coverages

        for client_id, found in client_coverages(self._db, client_ids, self._today).items():
            self._known[client_id] = found.lessons, found.expires_on.isoformat() if found.expires_on else None


def follows_money(sql: str) -> bool:
    """Tell whether the expressions ask how far the money of clients reaches."""
    return any(f"{name}(" in sql for name in FOLLOWING)


def install_functions(db: sqlite3.Connection, today: date) -> Reaches:
    """Make the functions that lists compute in Python known to the connection.

    They are fold(text), lessons_left(client id), expires_on(client id), duplicate_ids() as JSON, and next_purchase,
    which takes the days of sales, separated by commas, and the imported last purchase. The clients whose money is to
    be followed may be announced to what is returned.
    """
    reaches = Reaches(db, today)

    @cache
    def rhythm() -> "Rhythm":
        from schoolcrm.core.statuses.numbers import read_rhythm

        return read_rhythm(db)

    def next_purchase(sold_on: str | None, imported_on: str | None) -> str | None:
        from schoolcrm.core.rules.renewals import next_renewal

        days = {day for day in [*(sold_on or "").split(","), imported_on] if day}
        renewal = next_renewal(map(date.fromisoformat, days), today, rhythm()) if len(days) > 1 else None
        return renewal.expected_on.isoformat() if renewal else None

    def duplicate_ids() -> str:
        from schoolcrm.core.people.duplicates import find_duplicates

        return number_list([one.client_id for one in find_duplicates(db)])

    db.create_function("next_purchase", 2, next_purchase)
    db.create_function("duplicate_ids", 0, duplicate_ids)
    db.create_function("fold", 1, _fold, deterministic=True)
    for place, name in enumerate(FOLLOWING):
        db.create_function(name, 1, lambda client_id, place=place: reaches.of(client_id)[place])
    return reaches


def _fold(text: object) -> str | None:
    return None if text is None else fold(str(text))
