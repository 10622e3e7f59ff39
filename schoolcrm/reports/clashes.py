"""Clashes of the schedule in sentences (R22)."""

import sqlite3
from collections.abc import Iterable

from schoolcrm.core.language import N_, _
from schoolcrm.core.learning.calendar import PlannedLesson
from schoolcrm.core.learning.clashes import Clash
from schoolcrm.core.rules.dates import human_date

_SENTENCES = {
    "room": N_("The room {name} is used twice on {day}: {one} at {one_time} and {other} at {other_time}."),
    "teacher": N_("{name} teaches twice at once on {day}: {one} at {one_time} and {other} at {other_time}."),
    "student": N_("{name} is in two places on {day}: {one} at {one_time} and {other} at {other_time}."),
}


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
    return f"«{row[0]}»"
