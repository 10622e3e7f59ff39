"""The journal of changes: triggers on every table, so that no code path can forget it (R54).

A change keeps what it would otherwise destroy: the row as it was before. The row as it is after is
the `before` of the same record's next change, or the live row; `read_changes` puts the two together.
So an inserted row costs one small entry, which is what makes a bulk import cheap, and nothing is lost.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from schoolcrm.core.clock import utc_now
from schoolcrm.core.store.triggers import lifted_triggers

# Whose a record was, by the image of it: the client, else the student, else the subscription.
OWNER = (
    "coalesce(json_extract(before, '$.client_id'), json_extract(before, '$.student_id'),"
    " json_extract(before, '$.subscription_id'))"
)
BLANKED = "~blanked"
"""The key that an image has besides its columns once a purge has taken the person's texts out of it."""

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS operation (
    id           INTEGER PRIMARY KEY,
    at           TEXT NOT NULL,
    user         TEXT NOT NULL,
    command      TEXT NOT NULL,
    undoes       INTEGER REFERENCES operation (id),
    first_change INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS change (
    id           INTEGER PRIMARY KEY,
    operation_id INTEGER NOT NULL,
    entity       TEXT NOT NULL,
    record       ANY NOT NULL,
    kind         TEXT NOT NULL,
    before       TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS change_of_record ON change (entity, record, id);
CREATE INDEX IF NOT EXISTS change_of_owner ON change (entity, {OWNER}) WHERE before IS NOT NULL;
CREATE INDEX IF NOT EXISTS operation_taken_back ON operation (undoes) WHERE undoes IS NOT NULL;
CREATE TABLE IF NOT EXISTS journal_state (
    only         INTEGER PRIMARY KEY CHECK (only = 1),
    operation_id INTEGER REFERENCES operation (id)
) STRICT;
INSERT OR IGNORE INTO journal_state (only, operation_id) VALUES (1, NULL);
CREATE TRIGGER IF NOT EXISTS change_is_final BEFORE UPDATE ON change
BEGIN SELECT raise(ABORT, 'the journal of changes is never rewritten'); END;
CREATE TRIGGER IF NOT EXISTS change_is_kept BEFORE DELETE ON change
BEGIN SELECT raise(ABORT, 'the journal of changes is never rewritten'); END;
CREATE TRIGGER IF NOT EXISTS operation_is_final BEFORE UPDATE ON operation
BEGIN SELECT raise(ABORT, 'the journal of changes is never rewritten'); END;
CREATE TRIGGER IF NOT EXISTS operation_is_kept BEFORE DELETE ON operation
BEGIN SELECT raise(ABORT, 'the journal of changes is never rewritten'); END;
"""  # noqa: S608
OWN_TABLES = frozenset({"operation", "change", "journal_state"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record: `before` is None for a new record, `after` for a deleted one."""

    id: int
    operation_id: int
    entity: str
    record: int | str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def journaled_tables(db: sqlite3.Connection) -> list[str]:
    """Return the tables whose changes are recorded: all but the journal's own."""
    rows = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return sorted(name for (name,) in rows if name not in OWN_TABLES)


def install_journal(db: sqlite3.Connection) -> None:
    """Make the journal's tables and one trigger for each kind of change of each table.

    Called at the end of every migration, inside its transaction, so that new tables and columns are covered.
    """
    for statement in statements(SCHEMA):
        db.execute(statement)
    for table in journaled_tables(db):
        for trigger in _triggers(db, table):
            db.execute(trigger)


def drop_triggers(db: sqlite3.Connection) -> None:
    """Take the recording triggers away, for the length of a migration's transaction."""
    names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'journal\\_%' ESCAPE '\\'")
    for (name,) in names.fetchall():
        db.execute(f'DROP TRIGGER "{name}"')


def begin_operation(db: sqlite3.Connection, user: str, command: str, undoes: int | None = None) -> int:
    """Open an operation in the current transaction and return its number; changes are recorded under it."""
    number = db.execute(
        "INSERT INTO operation (at, user, command, undoes, first_change)"
        " SELECT ?, ?, ?, ?, ifnull(max(id), 0) + 1 FROM change RETURNING id",
        (utc_now(), user, command, undoes),
    ).fetchone()[0]
    db.execute("UPDATE journal_state SET operation_id = ?", (number,))
    return int(number)


def end_operation(db: sqlite3.Connection, number: int) -> bool:
    """Close the operation; return whether it recorded any change."""
    db.execute("UPDATE journal_state SET operation_id = NULL")
    row = db.execute(
        "SELECT (SELECT ifnull(max(id), 0) FROM change) >= first_change FROM operation WHERE id = ?",
        (number,),
    )
    return bool(row.fetchone()[0])


@contextmanager
def recorded_together(db: sqlite3.Connection, *tables: str) -> Iterator[None]:
    """Record the new records of these tables at the end of the block: a trigger for each takes half of the writing.

    For a block of the running operation that does nothing to the tables but add records with keys above those that
    are there, the first column of a key deciding. The triggers are back before the operation ends; when it fails they
    come back with all the rest.
    """
    keys = {table: key_columns_of(db, table) for table in tables}
    last = {table: _greatest(db, table, first) for table, (first, *_others) in keys.items()}
    triggers = {_name_of_trigger(table, "insert"): table for table in tables}
    with lifted_triggers(db, triggers) as lifted:
        yield
        for table in (table for name, table in triggers.items() if name in lifted):
            added = f' FROM "{table}" WHERE {keys[table][0]} > {last[table]} ORDER BY {", ".join(keys[table])}'
            db.execute(_entry(table, record_key(keys[table], f'"{table}"'), "'insert'", "NULL", added))


def _greatest(db: sqlite3.Connection, table: str, column: str) -> int:
    return int(db.execute(f'SELECT ifnull(max({column}), 0) FROM "{table}"').fetchone()[0])  # noqa: S608


def last_change(db: sqlite3.Connection) -> int:
    """Return the number of the newest change, which tells whether anything has changed since."""
    return _greatest(db, "change", "id")


def tables_changed_since(db: sqlite3.Connection, change: int) -> set[str]:
    """Return the tables in which anything was changed after that change."""
    return {table for (table,) in db.execute("SELECT DISTINCT entity FROM change WHERE id > ?", (change,))}


def read_changes(db: sqlite3.Connection, operation_id: int) -> Iterator[Change]:
    """Yield the changes of one operation in the order they happened, each with both images."""
    found = bounds(db, operation_id)
    if found is None:
        return
    rows = db.execute(
        "SELECT id, operation_id, entity, record, kind, before FROM change"
        " WHERE id BETWEEN ? AND ? AND operation_id = ? ORDER BY id",
        (*found, operation_id),
    )
    lookups: dict[str, str] = {}
    for number, operation, entity, record, kind, before in rows:
        after = None
        if kind != "delete":
            lookup = lookups.get(entity) or lookups.setdefault(entity, _live_image(db, entity))
            after = _image_after(db, number, entity, record, lookup)
        yield Change(number, operation, entity, record, image_of(before), after)


def bounds(db: sqlite3.Connection, operation_id: int) -> tuple[int, int] | None:
    """Return the first and last number that changes of the operation can have; None if there is no such operation.

    The changes of one operation follow one another without a gap.
    """
    row = db.execute(
        "SELECT first_change, coalesce((SELECT first_change - 1 FROM operation AS later"
        " WHERE later.id > operation.id AND later.first_change > operation.first_change ORDER BY later.id LIMIT 1),"
        " (SELECT ifnull(max(id), 0) FROM change)) FROM operation WHERE id = ?",
        (operation_id,),
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def image_of(text: str | None) -> dict[str, Any] | None:
    """Return the record that an image tells of; None for no record."""
    return json.loads(text) if text else None


class LiveRecords:
    """Records as they are now, asked for one by one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._queries: dict[str, str] = {}

    def read(self, entity: str, record: int | str) -> dict[str, Any] | None:
        """Return the record; None if it is gone."""
        query = self._queries.get(entity) or self._queries.setdefault(entity, _live_image(self._db, entity))
        row = self._db.execute(query, key_values(record, query.count("?"))).fetchone()
        return image_of(row[0]) if row else None


def _image_after(
    db: sqlite3.Connection, number: int, entity: str, record: int | str, live_image: str
) -> dict[str, Any] | None:
    row = db.execute(
        "SELECT before FROM change WHERE entity = ? AND record = ? AND id > ? ORDER BY id LIMIT 1",
        (entity, record, number),
    ).fetchone()
    if row is None:
        row = db.execute(live_image, key_values(record, live_image.count("?"))).fetchone()
    return image_of(row[0]) if row else None


def _live_image(db: sqlite3.Connection, entity: str) -> str:
    """Return the query of a record as it is now; its parameters are the values of the record's key."""
    image = _image(columns_of(db, entity), f'"{entity}"')
    where = " AND ".join(f'"{name}" = ?' for name in key_columns_of(db, entity))
    return f'SELECT {image} FROM "{entity}" WHERE {where}'  # noqa: S608


def key_values(record: int | str, columns: int) -> list[int | str]:
    """Return the values of the key columns of the record of that name."""
    return [record] if columns == 1 else [int(part) for part in str(record).split("/")]


def _triggers(db: sqlite3.Connection, table: str) -> Iterator[str]:
    keys = key_columns_of(db, table)
    new, old = record_key(keys, "new"), record_key(keys, "old")
    image = _image(columns_of(db, table), "old")
    changed = " OR ".join(f'old."{name}" IS NOT new."{name}"' for name in columns_of(db, table))
    yield from _trigger(table, "insert", "", _entry(table, new, "'insert'", "NULL"))
    yield from _trigger(table, "delete", "", _entry(table, old, "'delete'", image))
    # A record that gets another key is gone under the old one and new under the other.
    yield from _trigger(
        table,
        "update",
        f"WHEN {changed} ",
        _entry(table, old, f"iif({old} = {new}, 'update', 'delete')", image)
        + _entry(table, new, "'insert'", "NULL", f" WHERE {old} <> {new}"),
    )


def _name_of_trigger(table: str, kind: str) -> str:
    return f"journal_{table}_{kind}"


def _trigger(table: str, kind: str, condition: str, body: str) -> Iterator[str]:
    name = _name_of_trigger(table, kind)
    yield f'DROP TRIGGER IF EXISTS "{name}"'
    yield f'CREATE TRIGGER "{name}" AFTER {kind.upper()} ON "{table}" {condition}BEGIN {body}END'


def _entry(table: str, record: str, kind: str, image: str, condition: str = "") -> str:
    values = f"(SELECT operation_id FROM journal_state), '{table}', {record}, {kind}, {image}"  # noqa: S608
    return f"INSERT INTO change (operation_id, entity, record, kind, before) SELECT {values}{condition}; "


def columns_of(db: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of the table's columns."""
    return [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]


def key_columns_of(db: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns that name a record for good.

    A mark is named by student and lesson: its date follows the lesson's when that is moved.
    """
    if table == "mark":
        return ["student_id", "lesson_id"]
    keyed = [(row[5], row[1]) for row in db.execute(f'PRAGMA table_info("{table}")') if row[5]]
    return [name for _, name in sorted(keyed)]


def record_key(keys: list[str], row: str) -> str:
    """Return the SQL expression of a record's name in the journal; `row` is the table or its alias."""
    return " || '/' || ".join(f'{row}."{name}"' for name in keys)


def _image(columns: list[str], row: str) -> str:
    return "json_object(" + ", ".join(f"'{name}', {row}.\"{name}\"" for name in columns) + ")"


def statements(script: str) -> Iterator[str]:
    """Split a script into statements without leaving the current transaction, as executescript would."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending
