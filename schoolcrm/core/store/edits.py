"""What operations did to records, each record told once an operation: as it was before, and as it was after (R54)."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from schoolcrm.core.store.journal import LiveRecords, image_of, last_change

Record = tuple[str, int | str]

AT_FIRST, AT_ONCE = 100, 1_000
"""Changes looked at in one read: at first few, for mostly few are asked for; others can write between two reads."""


# Of the operations that change no record only purges are kept: they take people out of the journal itself.
_PURGED = "client"


class Edit(NamedTuple):
    """What one operation did to one record; `before` is None for one it made, `after` for one it removed.

    `at` is UTC; `last` is the number of the last change, by which edits follow one another. A purge that changed the
    journal alone is an edit of no record: it has neither, and no number.
    """

    operation: int
    at: str
    user: str
    command: str
    entity: str
    record: int | str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    last: int


class Wanted(NamedTuple):
    """Which edits are asked for; `since` and `before` are moments in UTC, empty: no bound."""

    since: str = ""
    before: str = ""
    user: str = ""
    operation: int | None = None
    entity: str = ""


_WANTED = """
    operation.id BETWEEN ifnull(:operation, 0) AND ifnull(:operation, 9223372036854775807)
    AND (:user = '' OR operation.user = :user)
    AND operation.at >= :since AND (:before = '' OR operation.at < :before)
"""
_OPERATIONS = f"""
    SELECT id, at, user, command, first_change FROM operation
     WHERE {_WANTED} AND operation.id < :below ORDER BY id DESC LIMIT {AT_ONCE}
"""  # noqa: S608
_LAST_OF_RECORDS = """
    SELECT id, entity, record FROM change
     WHERE id BETWEEN :from AND :to AND (:entity = '' OR entity = :entity)
       AND NOT EXISTS (SELECT 1 FROM change AS next
                        WHERE next.entity = change.entity AND next.record = change.record
                          AND next.id > change.id AND next.id <= :last)
     ORDER BY id DESC
"""
_BEFORE = "SELECT before FROM change WHERE entity = ? AND record = ? AND id >= ? ORDER BY id LIMIT 1"
_OF_RECORD = f"""
    SELECT operation.id, operation.at, operation.user, operation.command, change.id, change.before, {_WANTED}
      FROM change JOIN operation ON operation.id = change.operation_id
     WHERE change.entity = :entity AND change.record = :record
     ORDER BY change.id
"""  # noqa: S608


def newest_edits(db: sqlite3.Connection, wanted: Wanted, pause: Callable[[], None] = lambda: None) -> Iterator[Edit]:
    """Yield the edits of the whole school, the newest first; as many as are taken are read.

    `pause` is called between two reads, with no statement under way: what others write meanwhile is not told of, and
    does not change what is, for the journal only grows.
    """
    live = LiveRecords(db)
    last = last_change(db)
    looked_at = 0
    for number, at, user, command, first in _operations(db, wanted):
        until = min(_last_of(db, number, last), last)
        if first > until and wanted.entity in ("", _PURGED) and first <= last + 1:
            yield Edit(number, at, user, command, _PURGED, "", None, None, until)
        for begin, end in _portions(first, until):
            bounds = {"from": begin, "to": end, "last": until, "entity": wanted.entity}
            for change, entity, record in db.execute(_LAST_OF_RECORDS, bounds).fetchall():
                (text,) = db.execute(_BEFORE, (entity, record, first)).fetchone()
                before, after = image_of(text), _after(db, entity, record, change, live)
                if before != after:
                    yield Edit(number, at, user, command, entity, record, before, after, change)
            looked_at += end - begin + 1
            if looked_at >= AT_ONCE:
                looked_at = 0
                pause()


def _operations(db: sqlite3.Connection, wanted: Wanted) -> Iterator[Any]:
    below = 1 << 62
    while portion := db.execute(_OPERATIONS, {**wanted._asdict(), "below": below}).fetchall():
        yield from portion
        below = portion[-1][0]


def _portions(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of portions of these numbers, the last first."""
    size = AT_FIRST
    while first <= last:
        yield max(first, last - size + 1), last
        last -= size
        size = min(2 * size, AT_ONCE)


def _last_of(db: sqlite3.Connection, operation: int, last: int) -> int:
    row = db.execute("SELECT first_change - 1 FROM operation WHERE id > ? ORDER BY id LIMIT 1", (operation,)).fetchone()
    return int(row[0]) if row else last


def _after(
    db: sqlite3.Connection, entity: str, record: int | str, change: int, live: LiveRecords
) -> dict[str, Any] | None:
    row = db.execute(_BEFORE, (entity, record, change + 1)).fetchone()
    return image_of(row[0]) if row else live.read(entity, record)


def edits_of(db: sqlite3.Connection, records: Iterable[Record], wanted: Wanted) -> list[Edit]:
    """Return the edits of these records, the newest first."""
    live = LiveRecords(db)
    found = [
        edit
        for entity, record in records
        if wanted.entity in ("", entity)
        for edit in _edits_of_one(db, entity, record, wanted, live)
    ]
    return sorted(found, key=lambda edit: edit.last, reverse=True)


def _edits_of_one(
    db: sqlite3.Connection, entity: str, record: int | str, wanted: Wanted, live: LiveRecords
) -> Iterator[Edit]:
    rows = db.execute(_OF_RECORD, {**wanted._asdict(), "entity": entity, "record": record}).fetchall()
    steps = [list(changes) for _number, changes in groupby(rows, key=lambda row: row[0])]
    images = [image_of(changes[0][5]) for changes in steps]
    if steps:
        images.append(live.read(entity, record))
    for changes, (before, after) in zip(steps, pairwise(images), strict=True):
        number, at, user, command = changes[0][:4]
        if before != after and changes[0][6]:
            yield Edit(number, at, user, command, entity, record, before, after, changes[-1][4])


def last_image(
    db: sqlite3.Connection, entity: str, record: int | str, before: int | None = None
) -> dict[str, Any] | None:
    """Return the record as it is, or as it was when it was removed; None if it never was.

    With `before`, the number of a change: as it was last before that, when another had its number.
    """
    now = LiveRecords(db).read(entity, record) if before is None else None
    if now is not None:
        return now
    row = db.execute(
        "SELECT before FROM change WHERE entity = ? AND record = ? AND id < ifnull(?, 1 << 62) AND before IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        (entity, record, before),
    ).fetchone()
    if row is None and before is not None:
        return last_image(db, entity, record)
    return image_of(row[0]) if row else None


def makings(db: sqlite3.Connection, entity: str, record: int | str) -> list[int]:
    """Return the changes by which a record of that number was made: more than one if it was made anew."""
    rows = db.execute(
        "SELECT id FROM change WHERE entity = ? AND record = ? AND kind = 'insert' ORDER BY id", (entity, record)
    )
    return [number for (number,) in rows]
