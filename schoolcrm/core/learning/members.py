"""Naming a student beside a group or a lesson: the members are meant first, then anybody of the school."""

import sqlite3
from datetime import date

from schoolcrm.core.learning.lessons import trial_guests
from schoolcrm.core.learning.timetable import PlannedLesson
from schoolcrm.core.people.own_students import answering, find_among
from schoolcrm.core.people.references import find_student

_ON_THE_DAY = """
    SELECT student_id FROM membership
     WHERE group_id = :group AND first_on <= :day AND ifnull(last_on, :day) >= :day
"""
_EVER = "SELECT student_id FROM membership WHERE group_id = :group"
_IN_SIGHT = """
    SELECT id FROM student
     WHERE id IN ({query})
       AND (:archived OR (student.archived_on IS NULL
                          AND EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client_id)))
"""
_MARKED = "SELECT student_id FROM mark WHERE lesson_id = :lesson"


def find_member(db: sqlite3.Connection, group_id: int, day: date, ref: str, *, include_archived: bool = False) -> int:
    """Return the student named: a member of the group that day, else one of another day, else anybody.

    Archived students are found only with `include_archived`. Raises Ambiguous, NotFound, BadValue.
    """
    asked = {"group": group_id, "day": day.isoformat()}
    for query in (_ON_THE_DAY, _EVER):
        circle = _students(db, query, asked, include_archived=include_archived)
        if answering(db, circle, ref):
            return find_among(db, circle, ref)
    return find_student(db, ref, include_archived=include_archived)


def find_pupil(db: sqlite3.Connection, lesson: PlannedLesson, ref: str) -> int:
    """Return the student named: one marked at the lesson, expected there or booked for a trial, else anybody.

    Raises Ambiguous, NotFound, BadValue.
    """
    asked = {"group": lesson.group_id, "day": lesson.on.isoformat(), "lesson": lesson.lesson_id}
    pupils = _students(db, f"{_MARKED} UNION {_ON_THE_DAY} UNION SELECT :own", {**asked, "own": lesson.student_id})
    return find_among(db, {*pupils, *(guest.student_id for guest in trial_guests(db, lesson))}, ref)


def _students(
    db: sqlite3.Connection, query: str, asked: dict[str, object], *, include_archived: bool = False
) -> list[int]:
    """Return the students of the query, those out of sight only if asked for."""
    rows = db.execute(_IN_SIGHT.format(query=query), asked | {"archived": include_archived})
    return [number for (number,) in rows]
