"""A copy of the school to show others: everybody in it is invented, figures, dates and courses stay (R53)."""

import sqlite3
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from schoolcrm.core.office.invariants import MERGED
from schoolcrm.core.rules.invented import invented_contact, invented_name
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.backup import (
    Backup,
    copy_database,
    disk_errors,
    refuse_existing,
    require_place,
    require_sound,
)
from schoolcrm.core.store.database import SCHEMA_VERSION, connect, database_errors, require_file
from schoolcrm.core.store.files import partial_file, publish, replace
from schoolcrm.core.store.journal import begin_operation, end_operation, journaled_tables
from schoolcrm.core.store.migrations import climb
from schoolcrm.core.store.unrecorded import without_triggers

NOTE = "Вымышленная заметка"
_NOTE = f"iif({{column}} IS NULL, NULL, '{NOTE}')"
# A client's own student has the client's name, and keeps it together with the client.
_STUDENT = """(
    SELECT invented_name(client.id, iif(client.name_key = student.name_key, client.id, -student.id),
                         ifnull(student.sex, client.sex), student.name)
      FROM client WHERE client.id = student.client_id)"""
_BIRTHDAY = "substr(birthday, 1, 8) || '15'"
_GRADE = "iif({column} GLOB '[0-9]*' AND length({column}) <= 3, {column}, NULL)"

REPLACED: Mapping[str, Mapping[str, str]] = {
    # Students first: whether one is the client is told by the names as they were.
    "student": {"name": _STUDENT, "birthday": _BIRTHDAY, "note": _NOTE},
    "client": {
        "name": "invented_name(id, id, sex, name)",
        "birthday": _BIRTHDAY,
        "manager": "iif(manager IS NULL, NULL, 'Менеджер')",
        "note": _NOTE,
        "passport": "iif(passport IS NULL, NULL, '0000 ' || printf('%06d', id))",
    },
    "contact": {"value": "invented_contact(kind, id)", "note": _NOTE},
    "client_field": {"value": "invented_value(field_id, value)"},
    "student_field": {"value": "invented_value(field_id, value)"},
    "lesson_field": {"value": "invented_value(field_id, value)"},
    "teacher": {"name": "invented_name(id, id, NULL, name || ' — —')"},
    "location": {"name": "'Адрес ' || id"},
    "source": {"name": "'Источник ' || id"},
    "study_group": {"name": "'Группа ' || id"},
    "lesson": {"topic": _NOTE, "homework": _NOTE, "note": _NOTE},
    "mark": {"grade": _GRADE, "homework_grade": _GRADE, "note": _NOTE},
    "payment": {"payer": _NOTE, "note": _NOTE, "void_reason": _NOTE},
    "contract": {"number": "NULL", "terms": _NOTE},
    "subscription": {"note": _NOTE},
    "freeze": {"reason": _NOTE},
    "discount": {"note": _NOTE},
    "test_result": {"note": _NOTE},
    "task": {"text": _NOTE},
    # Nothing is left to be sent to anybody.
    "message": {
        "text": _NOTE,
        "subject": _NOTE,
        "error": _NOTE,
        "address": "iif(address IS NULL, NULL, 'nobody@example.invalid')",
        "state": "iif(state IN ('queued', 'sending'), 'cancelled', state)",
    },
    "client_file": {
        "name": "'file-' || id || '.txt'",
        "media_type": "'text/plain'",
        "size": str(len(NOTE.encode())),
        "sha256": f"'{sha256(NOTE.encode()).hexdigest()}'",
        "note": _NOTE,
    },
    "file_content": {"content": f"'{b64encode(NOTE.encode()).decode()}'"},
    "status_change": {"user": "'user'", "note": _NOTE},
}
"""What stands in the place of texts that may tell of people: SQL by table and column."""

KEYS = {"name_key": "fold(name)", "value_key": "iif(kind IN ('mobile', 'home'), value, fold(value))"}
"""Columns that are made out of replaced ones."""

EMPTIED = ("automation_run", "automation", "change", "operation", "saved_filter", "saved_mapping")
"""Tables of which nothing is left: what was done, by whom or by itself, and what was looked for."""

_NAMED = frozenset({"name", "name_key"})
KEPT: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("account", "level", "plan", "room", "status", "subject"), _NAMED),
    "absence_reason": frozenset({"name", "name_key", "short", "short_key"}),
    "client": frozenset({"sex", "colour", "application"}),
    "field": frozenset({"entity", "name", "name_key", "type", "choices"}),
    "holiday": frozenset({"name"}),
    "lesson_type": frozenset({"name", "name_key", "code"}),
    # Forms are the school's own, as plans and rooms are: they say what is printed, and nobody's data is in them.
    "print_form": frozenset({"name", "name_key", "used_for", "format", "sha256"}),
    "print_form_content": frozenset({"content"}),
    "message": frozenset({"channel", "direction", "at", "sent_at"}),
    "setting": frozenset({"key", "value"}),
    "status_change": frozenset({"at", "reason"}),
    "student": frozenset({"sex"}),
}
"""Texts that stay, besides those everywhere that SQLite itself holds to a few words or to a day."""

FEW_WORDS = frozenset({"kind", "state", "basis", "billing", "origin", "scale", "base", "time"})
SETTINGS_KEPT = (
    "refusal_months",
    "regular_purchases",
    "sleeping_days",
    "interval_longest_days",
    "interval_drop_extremes",
    "interval_look_back_days",
    "interval_forget_days",
    "active_definition",
    "currency",
    "time_zone",
    "language",
    "backup_count",
)
"""Settings that stay; of others it is not known whether they tell of somebody."""


def anonymise(path: Path, target: Path, *, overwrite: bool = False) -> Backup:
    """Write a copy of the school to `target` in which nobody can be recognised; the school's file is only read.

    The same school gives the same copy. Its history of changes is empty but for one operation, `db anonymise`.
    Raises Refused if there is a file at `target` and it is not to be overwritten, Damaged, Busy, DiskTrouble.
    """
    require_file(path)
    with disk_errors(target):
        require_place(path, target, overwrite=overwrite)
        with partial_file(target) as partial:
            schema = copy_database(path, partial)
            with database_errors(target), closing(connect(partial, writable=True)) as db:
                climb(db, schema)
                _replace_people(db)
                db.execute("VACUUM")
            require_sound(partial, path)
            if overwrite:
                replace(partial, target)
            elif not publish(partial, target):
                refuse_existing(target)
        return Backup(target, target.stat().st_size, SCHEMA_VERSION)


def _replace_people(db: sqlite3.Connection) -> None:
    _add_functions(db)
    with without_triggers(db):
        _join_histories(db)
        for table in EMPTIED:
            db.execute(f"DELETE FROM {table}")  # noqa: S608
        kept = ", ".join(f"'{key}'" for key in SETTINGS_KEPT)
        db.execute(f"DELETE FROM setting WHERE key NOT IN ({kept})")  # noqa: S608
        for table in (*REPLACED, *(name for name in journaled_tables(db) if name not in REPLACED)):
            _replace(db, table)
        end_operation(db, begin_operation(db, "anonymise", "db anonymise"))


def _join_histories(db: sqlite3.Connection) -> None:
    """Make one history of those of clients who were put together: the copy's journal won't tell that they were two."""
    query = f"""
        SELECT client.id, status.scale, status.id
          FROM client JOIN status ON status.id IN (client.status_id, client.stage_id)
         WHERE client.id IN ({MERGED}) ORDER BY client.id, status.scale
    """  # noqa: S608
    changes = "SELECT id, to_id FROM status_change WHERE client_id = ? AND scale = ? ORDER BY id"
    for client, scale, stands in db.execute(query).fetchall():
        # What they stand at comes last, though the other client's history may have gone on for longer.
        db.execute(
            "UPDATE status_change SET id = (SELECT max(id) + 1 FROM status_change)"
            " WHERE id = (SELECT max(id) FROM status_change WHERE client_id = ? AND scale = ? AND to_id = ?)",
            (client, scale, stands),
        )
        before = None
        for number, to in db.execute(changes, (client, scale)).fetchall():
            db.execute("UPDATE status_change SET from_id = ? WHERE id = ?", (before, number))
            before = to


def _replace(db: sqlite3.Connection, table: str) -> None:
    columns = {row[1]: row[2] for row in db.execute(f'PRAGMA table_info("{table}")')}
    sets = {name: sql.format(column=name) for name, sql in REPLACED.get(table, {}).items()}
    # What nobody has thought of yet is taken for a note rather than given away.
    sets |= {name: _NOTE.format(column=name) for name, kind in columns.items() if not is_decided(table, name, kind)}
    for changes in (sets, {name: KEYS[name] for name in columns if name in KEYS and table in REPLACED}):
        if changes:
            db.execute(f'UPDATE "{table}" SET ' + ", ".join(f'"{name}" = {sql}' for name, sql in changes.items()))  # noqa: S608


def is_decided(table: str, column: str, kind: str) -> bool:
    """Tell whether a column of that type is known to tell of nobody, or what is to stand in its place."""
    return (
        kind == "INTEGER"
        or column in REPLACED.get(table, {})
        or (column in KEYS and table in REPLACED)
        or column in KEPT.get(table, ())
        or column in FEW_WORDS
        or column.endswith(("_on", "on_date"))
        or table in EMPTIED
    )


def _add_functions(db: sqlite3.Connection) -> None:
    types = dict(db.execute("SELECT id, type FROM field"))
    instead = {"text": NOTE, "number": "0", "date": "2000-01-15"}
    db.create_function("fold", 1, fold, deterministic=True)
    db.create_function("invented_name", 4, invented_name, deterministic=True)
    db.create_function("invented_contact", 2, invented_contact, deterministic=True)
    db.create_function("invented_value", 2, lambda field, value: instead.get(types[field], value), deterministic=True)
