"""Writing an operation's records back as it found them: whole stretches of the journal at once (R54).

What the operation made is deleted first, table by table. That only frees names and numbers, so what it changed and
removed can then be written back stretch by stretch, the last one first: the records pass through states that they
have been in. Of a long stretch every record is written once, as it was at the stretch's beginning; a rule of the
table that this would break (two records that exchanged a name) makes it go change by change.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from schoolcrm.core.store.journal import image_of, key_columns_of, key_values

LONG = 100
"""Changes of a stretch from which on one statement for all is quicker than one for each."""

AT_ONCE = 100_000
"""Changes read in one statement: others can write between two of them."""


class Taken(Exception):
    """A record can't be again what it was: it would break a rule of its table; `image` is what it would be."""

    def __init__(self, entity: str, image: dict[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.entity = entity
        self.image = image
        self.reason = reason


class Stretch(NamedTuple):
    """Changes of one kind to one table that follow one another, by the numbers of the first and the last."""

    kind: str
    entity: str
    first: int
    last: int
    changes: int


def gather(db: sqlite3.Connection, first: int, last: int) -> dict[str, int]:
    """Note the records that these changes concern, for what follows; return how many there are of each entity."""
    db.execute("DROP TABLE IF EXISTS temp.concerned")
    db.execute(
        "CREATE TEMP TABLE concerned (entity TEXT NOT NULL, record NOT NULL, was_made INTEGER NOT NULL,"
        " PRIMARY KEY (entity, record)) WITHOUT ROWID"
    )
    for bounds in _portions(first, last):
        db.execute(
            "INSERT OR IGNORE INTO temp.concerned SELECT entity, record, kind = 'insert' FROM main.change"
            " WHERE id BETWEEN ? AND ? ORDER BY id",
            bounds,
        )
    rows = db.execute("SELECT entity, count(*) FROM temp.concerned GROUP BY entity ORDER BY count(*) DESC, entity")
    return dict(rows.fetchall())


def stretches(db: sqlite3.Connection, first: int, last: int) -> list[Stretch]:
    """Return what is to be written back once the records that were made are gone, the last first; after `gather`."""
    if db.execute("SELECT 1 FROM temp.concerned WHERE NOT was_made LIMIT 1").fetchone() is None:
        return []
    found: list[Stretch] = []
    for portion in reversed(list(_portions(first, last))):
        rows = db.execute(
            "SELECT change.id, change.kind, change.entity FROM main.change CROSS JOIN temp.concerned"
            " ON concerned.entity = change.entity AND concerned.record = change.record"
            " WHERE change.id BETWEEN ? AND ? AND NOT was_made ORDER BY change.id DESC",
            portion,
        )
        for (kind, entity), run in groupby(rows, key=lambda row: (row[1], row[2])):
            _lengthen(found, kind, entity, [row[0] for row in run])
    return found


def _lengthen(found: list[Stretch], kind: str, entity: str, changes: list[int]) -> None:
    """Add changes, the last first, to the stretch that they go on with, or begin one."""
    last, count = changes[0], len(changes)
    if found and (found[-1].kind, found[-1].entity) == (kind, entity):
        latest = found.pop()
        last, count = latest.last, latest.changes + count
    found.append(Stretch(kind, entity, changes[-1], last, count))


def _portions(first: int, last: int) -> Iterator[tuple[int, int]]:
    for begin in range(first, last + 1, AT_ONCE):
        yield begin, min(begin + AT_ONCE - 1, last)


def write_back(db: sqlite3.Connection, found: Iterable[Stretch]) -> None:
    """Delete the records that were made and write back the stretches; after `gather` and `stretches`.

    Raises Taken when a record can't be again what it was; the transaction is then to be given up.
    """
    made = [entity for (entity,) in db.execute("SELECT DISTINCT entity FROM temp.concerned WHERE was_made")]
    for entity in made:
        _delete_made(db, entity)
    writers: dict[tuple[str, str], _Writer] = {}
    for stretch in found:
        like = (stretch.kind, stretch.entity)
        writer = writers.get(like) or writers.setdefault(like, _Writer(db, *like, stretch.entity in made))
        writer.write(stretch)


def _delete_made(db: sqlite3.Connection, entity: str) -> None:
    keys = key_columns_of(db, entity)
    made = "SELECT record FROM temp.concerned WHERE entity = ? AND was_made"
    if len(keys) == 1:
        db.execute(f'DELETE FROM "{entity}" WHERE "{keys[0]}" IN ({made})', (entity,))  # noqa: S608
        return
    # A list of pairs would be looked up by going through the whole table.
    names = (key_values(record, len(keys)) for (record,) in db.execute(made, (entity,)))
    db.executemany(f'DELETE FROM "{entity}" WHERE {_named(keys)}', names)  # noqa: S608


class _Writer:
    """What takes back the changes of one kind to one table; `some_made`: among them are records that are gone."""

    def __init__(self, db: sqlite3.Connection, kind: str, entity: str, some_made: bool) -> None:
        self._db = db
        self._kind = kind
        self._entity = entity
        self._keys = key_columns_of(db, entity)
        self._where = _named(self._keys)
        self._changes = "id BETWEEN ? AND ? AND entity = ? AND kind = ?"
        if some_made:
            self._changes += (
                " AND NOT EXISTS (SELECT 1 FROM temp.concerned WHERE concerned.entity = found.entity"
                " AND concerned.record = found.record AND was_made)"
            )

    def write(self, stretch: Stretch) -> None:
        """Take back the changes of a stretch."""
        if stretch.changes >= LONG and self._kind != "insert":
            try:
                self._write_all(stretch)
            except sqlite3.IntegrityError:
                pass  # nothing of it was written
            else:
                return
        self._write_each(stretch)

    def _write_all(self, stretch: Stretch) -> None:
        bounds = self._bounds(stretch)
        images = {name: f"json_extract(found.before, '$.{name}')" for name in self._image_at(stretch.first)}
        if self._kind == "delete":
            self._db.execute(
                f'INSERT INTO "{self._entity}" ({_quoted(images)}) SELECT {", ".join(images.values())}'  # noqa: S608
                f" FROM change AS found WHERE {self._changes} ORDER BY id",
                bounds,
            )
            return
        parts = zip(self._keys, _key_parts(self._keys, "found.record"), strict=True)
        meant = " AND ".join(f'"{self._entity}"."{name}" = {part}' for name, part in parts)
        earliest = (
            f"found.id IN (SELECT min(id) FROM change AS found WHERE {self._changes} GROUP BY record) AND {meant}"  # noqa: S608
        )
        changed = self._changed(images, earliest, bounds)
        if changed:
            values = ", ".join(f'"{name}" = {images[name]}' for name in changed)
            self._db.execute(f'UPDATE "{self._entity}" SET {values} FROM change AS found WHERE {earliest}', bounds)  # noqa: S608

    def _changed(self, images: dict[str, str], earliest: str, bounds: tuple[Any, ...]) -> list[str]:
        """Return the columns that any record of the stretch has otherwise now: only their indexes need be written."""
        differ = ", ".join(f'max({image} IS NOT "{self._entity}"."{name}")' for name, image in images.items())
        row = self._db.execute(
            f'SELECT {differ} FROM change AS found CROSS JOIN "{self._entity}" WHERE {earliest}',  # noqa: S608
            bounds,
        ).fetchone()
        return [name for name, differs in zip(images, row, strict=True) if differs]

    def _image_at(self, change: int) -> dict[str, Any]:
        (text,) = self._db.execute("SELECT before FROM change WHERE id = ?", (change,)).fetchone()
        return image_of(text) or {}

    def _bounds(self, stretch: Stretch) -> tuple[Any, ...]:
        return (stretch.first, stretch.last, self._entity, self._kind)

    def _write_each(self, stretch: Stretch) -> None:
        rows = self._db.execute(
            f"SELECT record, before FROM change AS found WHERE {self._changes} ORDER BY id DESC",  # noqa: S608
            self._bounds(stretch),
        )
        for record, before in rows:
            image: dict[str, Any] = json.loads(before or "{}")
            key = [] if self._kind == "delete" else key_values(record, len(self._keys))
            try:
                self._db.execute(self._statement(list(image)), [*image.values(), *key])
            except sqlite3.IntegrityError as error:
                raise Taken(self._entity, image, str(error)) from error

    def _statement(self, columns: list[str]) -> str:
        if self._kind == "insert":
            return f'DELETE FROM "{self._entity}" WHERE {self._where}'  # noqa: S608
        if self._kind == "delete":
            places = ", ".join("?" * len(columns))
            return f'INSERT INTO "{self._entity}" ({_quoted(columns)}) VALUES ({places})'  # noqa: S608
        values = ", ".join(f'"{name}" = ?' for name in columns)
        return f'UPDATE "{self._entity}" SET {values} WHERE {self._where}'  # noqa: S608


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _named(keys: list[str]) -> str:
    return " AND ".join(f'"{name}" = ?' for name in keys)


def _key_parts(keys: list[str], record: str) -> list[str]:
    """Return the SQL expressions of a record's key columns, out of the record's name in the journal."""
    if len(keys) == 1:
        return [record]
    slash = f"instr({record}, '/')"
    return [f"CAST(substr({record}, 1, {slash} - 1) AS INTEGER)", f"CAST(substr({record}, {slash} + 1) AS INTEGER)"]
