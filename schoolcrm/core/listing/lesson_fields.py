"""Every field of a lesson: columns, sort keys and filters of `lessons list` (cli.md §4).

Lessons to come are computed, not stored (R22): those of the period asked for are put into a table of the connection's
own, and the list is made of it like any other.
"""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from schoolcrm.core.language import N_
from schoolcrm.core.listing.fields import Bound, Field, Registry, by_key
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.timetable import STATE_WORDS

if TYPE_CHECKING:
    from schoolcrm.core.learning.calendar import PlannedLesson
    from schoolcrm.core.listing.rows import Listing, Wish

_TABLE = """
CREATE TEMP TABLE listed_lesson (
    place INTEGER PRIMARY KEY, id, date, time, minutes, group_id, student_id, state, subject_id, teacher_id, room_id,
    lesson_type_id
)"""
_DROP = "DROP TABLE IF EXISTS temp.listed_lesson"
_INSERT = "INSERT INTO listed_lesson VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _name(table: str, column: str = "name") -> str:
    return f"(SELECT {table}.{column} FROM {table} WHERE {table}.id = listed.{_KEYS.get(table, table)}_id)"  # noqa: S608


_KEYS = {"study_group": "group"}
_LOCATION = (
    "(SELECT location.{column} FROM room JOIN location ON location.id = room.location_id"
    " WHERE room.id = listed.room_id)"
)


def _named(key: str, label: str, table: str) -> Field:
    return Field(key, label, sql=_name(table), folded=_name(table, "name_key"))


def _written(key: str, label: str) -> Field:
    return Field(key, label, sql=f"(SELECT {key} FROM lesson WHERE lesson.id = listed.id)")  # noqa: S608


def _match_type(text: str, exact: bool, bound: Bound) -> str:
    """Return the condition that the lesson type's name holds the text, or that a default one is called so (R20)."""
    from schoolcrm.core.store.defaults import default_names

    name = bound.add(fold(text))
    holds = f"name_key = {name}" if exact else f"instr(name_key, {name}) > 0"
    codes = ", ".join(map(bound.add, default_names("lesson_type", text)))
    default = f"code IN ({codes}) AND NOT EXISTS (SELECT 1 FROM lesson_type WHERE name_key = {name})"  # noqa: S608
    return f"listed.lesson_type_id IN (SELECT id FROM lesson_type WHERE {holds} OR {default})"  # noqa: S608


_FIELDS = by_key(
    Field("id", N_("No."), "integer", sql="listed.id"),
    Field("date", N_("Date"), "date", sql="listed.date", filled=True),
    Field("time", N_("Time"), "time", sql="listed.time", filled=True),
    _named("group", N_("Group"), "study_group"),
    _named("student", N_("Student"), "student"),
    Field("state", N_("State"), "code", sql="listed.state", words=STATE_WORDS, filled=True),
    _named("subject", N_("Subject"), "subject"),
    _named("teacher", N_("Teacher"), "teacher"),
    _named("room", N_("Room"), "room"),
    Field(
        "location",
        N_("Location"),
        sql=_LOCATION.format(column="name"),
        folded=_LOCATION.format(column="name_key"),
    ),
    Field("minutes", N_("Minutes"), "integer", sql="listed.minutes", filled=True),
    _named("type", N_("Lesson type"), "lesson_type")._replace(matches=_match_type),
    _written("topic", N_("Topic")),
    _written("homework", N_("Homework")),
    _written("note", N_("Note")),
)


def _words(text: str, bound: Bound) -> str:
    """Return the condition that a name, the topic or the note holds the text."""
    word = bound.add(fold(text))
    texts = [_FIELDS[key].folded for key in ("group", "student", "subject", "teacher")]
    texts += [f"fold({_FIELDS[key].sql})" for key in ("topic", "note")]
    return " OR ".join(f"instr({each}, {word}) > 0" for each in texts)


_SOURCE = "temp.listed_lesson AS listed WHERE 1"
LESSONS = Registry(
    entity="lesson",
    id="listed.place",
    scopes=dict.fromkeys(("visible", "deleted", "archived", "all"), _SOURCE),
    fields=_FIELDS,
    default_columns=("id", "date", "time", "group", "student", "state", "subject", "teacher", "room"),
    words=_words,
    flags={"unheld": "listed.state = 'planned' AND listed.date <= :today"},
    order="date",
    own="listed.id",
    client="NULL",
)
"""The fields of lessons; what is written about one lesson only a stored one has."""


def list_lessons(db: sqlite3.Connection, today: date, lessons: "Iterable[PlannedLesson]", wish: "Wish") -> "Listing":
    """Return those of the lessons that answer to the query, in their order unless sorted; raises BadValue."""
    from schoolcrm.core.listing.rows import list_rows

    db.execute(_DROP)
    db.execute(_TABLE)
    db.executemany(_INSERT, map(_row, enumerate(lessons)))
    try:
        return list_rows(db, today, LESSONS, wish)
    finally:
        db.execute(_DROP)


def _row(placed: "tuple[int, PlannedLesson]") -> tuple[int | str | None, ...]:
    place, lesson = placed
    return (
        place,
        lesson.lesson_id,
        lesson.on.isoformat(),
        lesson.time,
        lesson.minutes,
        lesson.group_id,
        lesson.student_id,
        lesson.state,
        lesson.subject_id,
        lesson.teacher_id,
        lesson.room_id,
        lesson.lesson_type_id,
    )
