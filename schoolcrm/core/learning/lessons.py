"""Holding lessons: which lesson is meant, who is expected, and the marks that make it held (R22, R23)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.attendance import Attendance, MarkWritten, mark_students
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.store.transaction import WritableSchool

DEFAULT_MINUTES = 60
UNKNOWN_TIME = "00:00"


@dataclass(frozen=True, slots=True)
class Expected:
    """A student who belongs to a lesson; `marked`: there is a mark already."""

    student_id: int
    name: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A lesson held: its id and the marks just written."""

    id: int
    on: date
    time: str
    marks: list[MarkWritten]


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
              FROM schedule WHERE group_id = :group
            UNION ALL
            SELECT 1, on_date, time, minutes, subject_id, teacher_id, room_id, lesson_type_id
              FROM lesson WHERE group_id = :group)
     ORDER BY rank, abs(julianday(day) - julianday(:on)), time
     LIMIT 1
"""


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


def _extra_lesson(db: sqlite3.Connection, group_id: int, on: date, time: str) -> PlannedLesson:
    """Return a lesson outside the schedule, like the nearest known one of the group where nothing else is said."""
    alike = db.execute(_ALIKE, {"group": group_id, "on": on.isoformat()}).fetchone()
    subject_id, teacher_id, room_id = db.execute(
        "SELECT subject_id, teacher_id, room_id FROM study_group WHERE id = ?", (group_id,)
    ).fetchone()
    if alike is None:
        alike = (UNKNOWN_TIME, DEFAULT_MINUTES, subject_id, teacher_id, room_id, group_lesson_type(db))
    return PlannedLesson(
        on=on,
        time=time or alike[0],
        minutes=alike[1],
        group_id=group_id,
        student_id=None,
        subject_id=alike[2] or subject_id,
        teacher_id=alike[3] or teacher_id,
        room_id=alike[4] or room_id,
        lesson_type_id=alike[5],
        lesson_id=None,
        schedule_id=None,
        occurrence_on=None,
        state="planned",
    )


def group_lesson_type(db: sqlite3.Connection) -> int:
    """Return the lesson type that lessons of a group have unless another is given."""
    return int(db.execute("SELECT id FROM lesson_type WHERE code = 'group'").fetchone()[0])


def expected_students(db: sqlite3.Connection, lesson: PlannedLesson) -> list[Expected]:
    """Return who belongs to the lesson, by name: the group's members of that day, or its one student (R21).

    Students and clients in the archive, and clients marked deleted, are not expected.
    """
    if lesson.group_id is None:
        whose = "SELECT :student"
    else:
        whose = (
            "SELECT student_id FROM membership WHERE group_id = :group"
            " AND first_on <= :on AND (last_on IS NULL OR last_on >= :on)"
        )
    rows = db.execute(
        f"""
        SELECT student.id, student.name, mark.student_id IS NOT NULL
          FROM student
          JOIN visible_client ON visible_client.id = student.client_id
          LEFT JOIN mark ON mark.student_id = student.id AND mark.on_date = :on AND mark.lesson_id = :lesson
         WHERE student.id IN ({whose}) AND student.archived_on IS NULL
         ORDER BY student.name_key, student.id
        """,  # noqa: S608
        {
            "student": lesson.student_id,
            "group": lesson.group_id,
            "on": lesson.on.isoformat(),
            "lesson": lesson.lesson_id,
        },
    )
    return [Expected(student_id, name, bool(marked)) for student_id, name, marked in rows]


def hold(
    school: WritableSchool,
    lesson: PlannedLesson,
    attendances: Sequence[Attendance],
    *,
    topic: str = "",
    even_so: bool = False,
) -> Held:
    """Hold the lesson: mark every student of that day and any guests, and charge them (R23).

    Marks of a lesson held before are replaced one by one; those not named stay. Raises Refused for a day after
    today (unless `even_so`), when a member has neither a mark nor an attendance here, naming them, when nobody
    would be at the lesson, when a lesson held would stay as it is, and when it was cancelled meanwhile.
    """
    lesson = _as_stored(school.db, lesson)
    if not even_so:
        require_due(lesson, school.today)
    named = {attendance.student_id for attendance in attendances}
    missing = [
        one.name for one in expected_students(school.db, lesson) if not one.marked and one.student_id not in named
    ]
    if missing:
        raise Refused(
            _("Nothing is said about: {names}.").format(names=", ".join(missing)),
            _("Name them with --present or --absent, or give --all-present."),
        )
    if not (attendances or (topic and lesson.state == "held")):
        raise _nothing_to_hold(lesson)
    lesson_id = _store(school, lesson, topic)
    return Held(lesson_id, lesson.on, lesson.time, mark_students(school, lesson_id, attendances))


def _nothing_to_hold(lesson: PlannedLesson) -> Refused:
    """Return why a lesson can't be held when nobody is named and no member waits for a mark."""
    if lesson.state == "held":
        return Refused(
            _("The lesson {id} of {day} {time} is held already.").format(
                id=lesson.lesson_id, day=human_date(lesson.on), time=lesson.time
            ),
            _("Name students with --present or --absent to mark them anew, or give --topic."),
        )
    return Refused(
        _("Nobody belongs to the lesson of {day} {time}.").format(day=human_date(lesson.on), time=lesson.time),
        _("Name guests with --present NAME, or add members with 'schoolcrm groups join'."),
    )


def require_due(lesson: PlannedLesson, today: date) -> None:
    """Raise Refused for a lesson after today (R23)."""
    if lesson.on > today:
        raise Refused(
            _("The lesson of {day} is after today.").format(day=human_date(lesson.on)),
            _("Repeat with --even-so to hold it all the same."),
        )


def _as_stored(db: sqlite3.Connection, lesson: PlannedLesson) -> PlannedLesson:
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
            _("The lesson {id} of {day} was cancelled.").format(id=facts[8], day=human_date(date.fromisoformat(on))),
            _("Name a lesson that takes place."),
        )
    occurrence = date.fromisoformat(occurrence_on) if occurrence_on else None
    return PlannedLesson(date.fromisoformat(on), *facts, occurrence, state)  # type: ignore[call-arg]


def _store(school: WritableSchool, lesson: PlannedLesson, topic: str) -> int:
    """Write the lesson as held, in place of the computed occurrence or the planned one."""
    if lesson.lesson_id is not None:
        school.db.execute(
            "UPDATE lesson SET state = 'held', topic = ifnull(?, topic) WHERE id = ?", (topic or None, lesson.lesson_id)
        )
        return lesson.lesson_id
    from schoolcrm.core.store.models import Lesson

    record = school.add(
        Lesson,
        group_id=lesson.group_id,
        student_id=lesson.student_id,
        on_date=lesson.on,
        time=lesson.time,
        minutes=lesson.minutes,
        state="held",
        lesson_type_id=lesson.lesson_type_id,
        subject_id=lesson.subject_id,
        teacher_id=lesson.teacher_id,
        room_id=lesson.room_id,
        topic=topic or None,
        schedule_id=lesson.schedule_id,
        occurrence_on=lesson.occurrence_on,
    )
    assert record.id is not None
    return record.id
