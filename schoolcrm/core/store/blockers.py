"""What stands in the way of taking an operation back: what was changed since, and what refers to it (R54)."""

import re
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from schoolcrm.core.store.foreign_keys import Reference, references
from schoolcrm.core.store.journal import LiveRecords, image_of, key_columns_of, record_key
from schoolcrm.core.store.undo import bounds_of
from schoolcrm.core.store.writing_back import Taken

MOST_BLOCKERS = 500

_CHANGED_LATER = """
    SELECT entity, record FROM temp.concerned
     WHERE EXISTS (SELECT 1 FROM main.change
                    WHERE change.entity = concerned.entity AND change.record = concerned.record AND change.id > ?)
     ORDER BY (SELECT max(id) FROM main.change
                WHERE change.entity = concerned.entity AND change.record = concerned.record) DESC
"""
# Undone operations and what undid them leave a record as they found it.
_LATER_OPERATIONS = """
    SELECT DISTINCT operation.id, operation.command,
           operation.undoes IS NULL
           AND NOT EXISTS (SELECT 1 FROM operation AS undo WHERE undo.undoes = operation.id
               AND NOT EXISTS (SELECT 1 FROM operation AS redo WHERE redo.undoes = undo.id)) AS holds
      FROM change JOIN operation ON operation.id = change.operation_id
     WHERE change.entity = ? AND change.record = ? AND change.id > ?
     ORDER BY operation.id
"""


class Blocker(NamedTuple):
    """A record that stands in the way, and the later operation that is the reason, if one can be told."""

    operation: int | None
    command: str
    entity: str
    record: int | str


def blockers(db: sqlite3.Connection, number: int) -> list[Blocker]:
    """Return what stands in the way; to be called after `writing_back.gather`.

    That is a record which is not as the operation left it, and one that refers to a record which would go:
    of each kind those that changed last, MOST_BLOCKERS at most.
    """
    _first, last = bounds_of(db, number)
    return list(dict.fromkeys([*_changed_since(db, last), *_referring_since(db, last)]))


def _changed_since(db: sqlite3.Connection, last: int) -> Iterator[Blocker]:
    told = 0
    live = LiveRecords(db)
    for entity, record in db.execute(_CHANGED_LATER, (last,)):
        if _is_as_left(db, entity, record, last, live.read(entity, record)):
            continue
        yield from later_operations(db, entity, record, last)
        told += 1
        if told == MOST_BLOCKERS:
            return


def _is_as_left(db: sqlite3.Connection, entity: str, record: int | str, last: int, now: dict[str, Any] | None) -> bool:
    query = "SELECT before FROM change WHERE entity = ? AND record = ? AND id > ? ORDER BY id LIMIT 1"
    left = image_of(db.execute(query, (entity, record, last)).fetchone()[0])
    if left is None or now is None:
        return left is now
    # A column that a migration has added since is not in the image.
    return all(left.get(name) == now.get(name) for name in left.keys() | now.keys())


def later_operations(
    db: sqlite3.Connection, entity: str, record: int | str, last: int, *, holding_only: bool = False
) -> list[Blocker]:
    """Return the operations that changed the record after that change and hold; if none does, all, or none."""
    rows = db.execute(_LATER_OPERATIONS, (entity, record, last)).fetchall()
    holding = [row for row in rows if row[2]]
    return [
        Blocker(number, command, entity, record)
        for number, command, _holds in holding or (() if holding_only else rows)
    ]


def _referring_since(db: sqlite3.Connection, last: int) -> Iterator[Blocker]:
    """Yield the records, not concerned themselves, that refer to what the operation made and its undo would delete."""
    made = "SELECT record FROM temp.concerned WHERE entity = ? AND was_made"
    for reference in references(db):
        if not db.execute(f"{made} LIMIT 1", (reference.parent,)).fetchone():
            continue
        name = record_key(key_columns_of(db, reference.table), reference.table)
        # The plus keeps the column's type out of the comparison, which else goes without the index.
        query = f"""
            SELECT {name} FROM "{reference.table}"
             WHERE {reference.columns[0]} IN ({made})
               AND NOT EXISTS (SELECT 1 FROM temp.concerned WHERE entity = ? AND record = +{name})
             ORDER BY (SELECT max(id) FROM change WHERE change.entity = ? AND change.record = +{name}) DESC
             LIMIT {MOST_BLOCKERS}
        """  # noqa: S608
        names = (reference.parent, reference.table, reference.table)
        for (record,) in db.execute(query, names).fetchall():
            yield from later_operations(db, reference.table, record, last) or [_unexplained(reference.table, record)]


def _unexplained(entity: str, record: int | str) -> Blocker:
    return Blocker(None, "", entity, record)


def broken_references(db: sqlite3.Connection) -> list[Blocker]:
    """Return what keeps the records concerned from holding together, MOST_BLOCKERS at most; after `write_back`.

    Of a record that refers to one which is gone, the operation named is the one that did away with it.
    """
    found = []
    for reference in references(db):
        found += [*_lacking(db, reference)]
        if len(reference.columns) > 1:
            found += [*_left_behind(db, reference)]
    return list(dict.fromkeys(found))[:MOST_BLOCKERS]


def _lacking(db: sqlite3.Connection, reference: Reference) -> Iterator[Blocker]:
    """Yield the records that are wanted by one that was written back, and are gone."""
    query = f"""
        SELECT DISTINCT child.{reference.columns[0]}
          FROM temp.concerned CROSS JOIN "{reference.table}" AS child ON {_named(db, reference.table)}
         WHERE concerned.entity = ? AND {reference.is_broken("child")} LIMIT {MOST_BLOCKERS}
    """  # noqa: S608
    for (record,) in db.execute(query, (reference.table,)).fetchall():
        yield last_touched(db, reference.parent, record)


def _left_behind(db: sqlite3.Connection, reference: Reference) -> Iterator[Blocker]:
    """Yield the records that refer to one which was written back with another date, as marks do to lessons."""
    name = record_key(key_columns_of(db, reference.table), "child")
    query = f"""
        SELECT {name} FROM "{reference.table}" AS child
         WHERE child.{reference.columns[0]} IN (SELECT record FROM temp.concerned WHERE entity = ?)
           AND {reference.is_broken("child")} LIMIT {MOST_BLOCKERS}
    """  # noqa: S608
    for (record,) in db.execute(query, (reference.parent,)).fetchall():
        yield last_touched(db, reference.table, record)


def _named(db: sqlite3.Connection, table: str) -> str:
    """Return the condition that `child` is the record concerned, such that its key is looked up."""
    keys = key_columns_of(db, table)
    if len(keys) == 1:
        return f'child."{keys[0]}" = concerned.record'
    slash = "instr(concerned.record, '/')"
    first = f"CAST(substr(concerned.record, 1, {slash} - 1) AS INTEGER)"
    second = f"CAST(substr(concerned.record, {slash} + 1) AS INTEGER)"
    return f'child."{keys[0]}" = {first} AND child."{keys[1]}" = {second}'


def holders(db: sqlite3.Connection, taken: Taken) -> list[Blocker]:
    """Return the records that have what a record would need for itself alone, by the values that must be unique."""
    columns = re.findall(r"\w+\.(\w+)", taken.reason)
    if not columns:
        return []
    keys = key_columns_of(db, taken.entity)
    meant = " AND ".join(f'"{column}" IS ?' for column in columns)
    others = " AND ".join(f'"{key}" IS ?' for key in keys)
    query = f"""
        SELECT {record_key(keys, f'"{taken.entity}"')} FROM "{taken.entity}"
         WHERE {meant} AND NOT ({others}) LIMIT {MOST_BLOCKERS}
    """  # noqa: S608
    rows = db.execute(query, [taken.image[name] for name in (*columns, *keys)]).fetchall()
    return [last_touched(db, taken.entity, record) for (record,) in rows]


def last_touched(db: sqlite3.Connection, entity: str, record: int | str) -> Blocker:
    """Return the operation that changed the record last, before the one that is running."""
    row = db.execute(
        "SELECT operation.id, operation.command FROM change JOIN operation ON operation.id = change.operation_id"
        " WHERE change.entity = ? AND change.record = ?"
        " AND change.id < (SELECT max(first_change) FROM operation) ORDER BY change.id DESC LIMIT 1",
        (entity, record),
    ).fetchone()
    return Blocker(row[0], row[1], entity, record) if row else _unexplained(entity, record)
