"""Clashes of the schedule, in sentences and as a list (R22)."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from schoolcrm.core.language import N_, _, quoted, translated
from schoolcrm.core.learning.calendar import PlannedLesson
from schoolcrm.core.learning.clashes import Clash, find_clashes
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.rules.dates import Period, human_date
from schoolcrm.reports.names import names_of
from schoolcrm.reports.schedule import Names
from schoolcrm.reports.table import Column, Fact, Kind, Table

_SENTENCES = {
    "room": N_("The room {name} is used twice on {day}: {one} at {one_time} and {other} at {other_time}."),
    "teacher": N_("{name} teaches twice at once on {day}: {one} at {one_time} and {other} at {other_time}."),
    "student": N_("{name} is in two places on {day}: {one} at {one_time} and {other} at {other_time}."),
}

WHAT_WORDS = {"room": N_("room"), "teacher": N_("teacher"), "student": N_("student")}


def find_all_clashes(db: sqlite3.Connection, period: Period) -> list[tuple[Any, ...]]:
    """Return every clash of the period's lessons, by date and time; the period has both ends."""
    assert period.first is not None and period.last is not None
    lessons = planned_lessons(db, first=period.first, last=period.last)
    clashes = list(find_clashes(lessons))
    owners = Names(db, [lesson for clash in clashes for lesson in (clash.one, clash.other)])
    names = {what: names_of(db, what, {clash.id for clash in clashes if clash.what == what}) for what in WHAT_WORDS}
    return [
        (
            clash.one.on,
            clash.what,
            names[clash.what].get(clash.id),
            *_side(clash.one, owners),
            *_side(clash.other, owners),
        )
        for clash in clashes
    ]


def _side(lesson: PlannedLesson, owners: Names) -> tuple[Any, ...]:
    return lesson.time, lesson.minutes, owners.owner_of(lesson), lesson.schedule_id


def clashes_table(rows: Sequence[Sequence[Any]], period: Period) -> Table:
    """Return the clashes as a table; `line` and `other_line` are their lines in the schedule."""
    columns = (
        Column("date", _("Date"), Kind.DATE),
        Column("clash", _("Twice at once"), Kind.CODE, words=translated(WHAT_WORDS)),
        Column("name", _("Name")),
        Column("time", _("Time"), Kind.TIME),
        Column("minutes", _("Minutes"), Kind.INTEGER),
        Column("lesson", _("Lesson")),
        Column("line", _("Line"), Kind.INTEGER),
        Column("other_time", _("Other time"), Kind.TIME),
        Column("other_minutes", _("Other minutes"), Kind.INTEGER),
        Column("other_lesson", _("Other lesson")),
        Column("other_line", _("Other line"), Kind.INTEGER),
    )
    parameters = (Fact("period", _("Period"), Kind.PERIOD, period),)
    return Table("clashes", _("Clashes of the schedule"), columns, rows, parameters)


def clash_sentences(db: sqlite3.Connection, clashes: Iterable[Clash]) -> list[str]:
    """Return a sentence for each pair of lessons that clash, that of the first day only when they repeat."""
    first_of: dict[tuple[object, ...], Clash] = {}
    for clash in clashes:
        pair = frozenset(_whose(lesson) for lesson in (clash.one, clash.other))
        first_of.setdefault((clash.what, clash.id, pair), clash)
    return [_sentence(db, clash) for clash in first_of.values()]


def _sentence(db: sqlite3.Connection, clash: Clash) -> str:
    return _(_SENTENCES[clash.what]).format(
        name=_name(db, clash.what, clash.id),
        day=human_date(clash.one.on),
        one=_name_of_lesson(db, clash.one),
        one_time=clash.one.time,
        other=_name_of_lesson(db, clash.other),
        other_time=clash.other.time,
    )


def _whose(lesson: PlannedLesson) -> tuple[int | None, int | None, int | None]:
    return lesson.group_id, lesson.student_id, lesson.schedule_id


def _name_of_lesson(db: sqlite3.Connection, lesson: PlannedLesson) -> str:
    if lesson.group_id is not None:
        return _name(db, "study_group", lesson.group_id)
    return _name(db, "student", lesson.student_id)


def _name(db: sqlite3.Connection, table: str, number: int | None) -> str:
    row = db.execute(f"SELECT name FROM {table} WHERE id = ?", (number,)).fetchone()  # noqa: S608
    return quoted(row[0])
