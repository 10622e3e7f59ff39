"""Which lesson is meant: a stored one, one of the schedule, or one outside it that is like the others (R22)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
from schoolcrm.core.rules.dates import human_date, human_day

DEFAULT_MINUTES = 60
UNKNOWN_TIME = "00:00"


@dataclass(frozen=True, slots=True)
class Choice:
    """The lesson meant by a group and a day; `extra`: the schedule knows of none there."""

    lesson: PlannedLesson
    extra: bool


# The lesson by its number, or the stored one that has taken the place of a computed or an extra one.
_STORED = """
    SELECT on_date, time, minutes, group_id, student_id, subject_id, teacher_id, room_id, lesson_type_id, id,
           schedule_id, occurrence_on, state
      FROM lesson
"""
_BY_ID = _STORED + " WHERE id = ?"
_BY_OCCURRENCE = _STORED + " WHERE schedule_id = ? AND occurrence_on = ?"
_BY_TIME = _STORED + " WHERE group_id IS ? AND student_id IS ? AND on_date = ? AND time = ? AND state <> 'cancelled'"

# What a lesson outside the schedule is like: the group's or student's line of the schedule, else their nearest lesson.
_ALIKE = """
    SELECT time, minutes, subject_id, teacher_id, room_id, lesson_type_id
      FROM (SELECT 0 AS rank, first_on AS day, time, minutes, subject_id, teacher_id, room_id, lesson_type_id
              FROM schedule WHERE group_id = :owner
            UNION ALL
            SELECT 1, on_date, time, minutes, subject_id, teacher_id, room_id, lesson_type_id
              FROM lesson WHERE group_id = :owner)
     ORDER BY rank, abs(julianday(day) - julianday(:on)), time
     LIMIT 1
"""
_ALIKE_OF_STUDENT = _ALIKE.replace("group_id", "student_id")


def stored_lesson(db: sqlite3.Connection, lesson_id: int) -> PlannedLesson | None:
    """Return a stored lesson, None if there is none of that number; Refused for a cancelled one."""
    return _that_takes_place(db.execute(_BY_ID, (lesson_id,)).fetchone())


def lesson_of_group(db: sqlite3.Connection, group_id: int, on: date, time: str = "") -> Choice:
    """Return the group's lesson of that day: planned, held already, or an extra one outside the schedule (R23).

    Raises Refused when the day has several and no time tells which.
    """
    that_day = planned_lessons(db, group_id=group_id, first=on, last=on)
    lesson = _one_of(that_day, on, time)
    return Choice(lesson or _extra_lesson(db, group_id, on, time), extra=lesson is None)


def lesson_of_student(db: sqlite3.Connection, student_id: int, on: date, time: str = "") -> PlannedLesson | None:
    """Return the student's own, individual lesson of that day, planned or held; None: there is none.

    Raises Refused when the day has several and no time tells which.
    """
    lessons = planned_lessons(db, student_ids=[student_id], first=on, last=on)
    return _one_of([lesson for lesson in lessons if lesson.student_id == student_id], on, time)


def _one_of(that_day: Sequence[PlannedLesson], on: date, time: str) -> PlannedLesson | None:
    matching = [lesson for lesson in that_day if lesson.state != "cancelled" and time in ("", lesson.time)]
    if len(matching) > 1:
        raise Refused(
            _("There are {count} lessons on {day}.").format(count=len(matching), day=human_date(on)),
            _("Say which with --at: {times}.").format(times=", ".join(lesson.time for lesson in matching)),
        )
    return matching[0] if matching else None


def blank_lesson(
    db: sqlite3.Connection, on: date, time: str, *, group_id: int | None = None, student_id: int | None = None
) -> PlannedLesson:
    """Return a lesson to be planned, like the others of the group or student where nothing else is said (R22).

    Raises Refused for a group or student in the archive, or whose client is deleted.
    """
    from schoolcrm.core.learning.groups import require_active_student, require_open_group

    if group_id is not None:
        require_open_group(db, group_id)
        return _extra_lesson(db, group_id, on, time)
    assert student_id is not None
    require_active_student(db, student_id)
    alike = db.execute(_ALIKE_OF_STUDENT, {"owner": student_id, "on": on.isoformat()}).fetchone()
    _time, minutes, *rest = alike or (None, DEFAULT_MINUTES, None, None, None, _lesson_type_of(db, "individual"))
    return _unstored(on, time, minutes, None, student_id, *rest)


def _extra_lesson(db: sqlite3.Connection, group_id: int, on: date, time: str) -> PlannedLesson:
    """Return a lesson outside the schedule, like the nearest known one of the group where nothing else is said."""
    alike = db.execute(_ALIKE, {"owner": group_id, "on": on.isoformat()}).fetchone()
    own = db.execute("SELECT subject_id, teacher_id, room_id FROM study_group WHERE id = ?", (group_id,)).fetchone()
    usual, minutes, *places, type_id = alike or (UNKNOWN_TIME, DEFAULT_MINUTES, *own, _lesson_type_of(db, "group"))
    subject_id, teacher_id, room_id = (place or of_group for place, of_group in zip(places, own, strict=True))
    return _unstored(on, time or usual, minutes, group_id, None, subject_id, teacher_id, room_id, type_id)


def _unstored(
    on: date,
    time: str,
    minutes: int,
    group_id: int | None,
    student_id: int | None,
    subject_id: int | None,
    teacher_id: int | None,
    room_id: int | None,
    lesson_type_id: int,
) -> PlannedLesson:
    """Return a lesson that is neither stored nor in the schedule."""
    return PlannedLesson(
        on=on,
        time=time,
        minutes=minutes,
        group_id=group_id,
        student_id=student_id,
        subject_id=subject_id,
        teacher_id=teacher_id,
        room_id=room_id,
        lesson_type_id=lesson_type_id,
        lesson_id=None,
        schedule_id=None,
        occurrence_on=None,
        state="planned",
    )


def _lesson_type_of(db: sqlite3.Connection, code: str) -> int:
    """Return the lesson type that the program knows by that code: 'group', 'individual', 'trial', 'make-up'."""
    return int(db.execute("SELECT id FROM lesson_type WHERE code = ?", (code,)).fetchone()[0])


def cancelled_lesson(
    db: sqlite3.Connection, on: date, time: str = "", *, group_id: int | None = None, student_id: int | None = None
) -> int | None:
    """Return the number of the group's or student's own lesson of that day that was cancelled; None: there is none."""
    row = db.execute(
        "SELECT id FROM lesson WHERE group_id IS ? AND student_id IS ? AND on_date = ? AND ? IN ('', time)"
        " AND state = 'cancelled' ORDER BY time, id",
        (group_id, student_id, on.isoformat(), time),
    ).fetchone()
    return int(row[0]) if row else None


def as_stored(db: sqlite3.Connection, lesson: PlannedLesson) -> PlannedLesson:
    """Return the lesson as it is stored by now, itself when it isn't; Refused when it was cancelled."""
    if lesson.lesson_id is not None:
        row = db.execute(_BY_ID, (lesson.lesson_id,)).fetchone()
    elif lesson.schedule_id is not None and lesson.occurrence_on is not None:
        row = db.execute(_BY_OCCURRENCE, (lesson.schedule_id, lesson.occurrence_on.isoformat())).fetchone()
    else:
        at = (lesson.group_id, lesson.student_id, lesson.on.isoformat(), lesson.time)
        row = db.execute(_BY_TIME, at).fetchone()
    return _that_takes_place(row) or lesson


def _that_takes_place(row: tuple[Any, ...] | None) -> PlannedLesson | None:
    """Return the stored lesson of a row; Refused when it was cancelled."""
    if row is None:
        return None
    on, *facts, occurrence_on, state = row
    if state == "cancelled":
        raise Refused(
            _("The lesson {id} of {day} was cancelled.").format(id=facts[8], day=human_day(on)),
            _("Name a lesson that takes place; 'schoolcrm lessons restore {id}' brings this one back.").format(
                id=facts[8]
            ),
        )
    occurrence = date.fromisoformat(occurrence_on) if occurrence_on else None
    return PlannedLesson(date.fromisoformat(on), *facts, occurrence, state)  # type: ignore[call-arg]
