"""Holding lessons: which lesson is meant, who is expected, and the marks that make it held (R22, R23)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.attendance import Attendance, MarkWritten, mark_students
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
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


def stored_lesson(db: sqlite3.Connection, lesson_id: int) -> PlannedLesson | None:
    """Return a stored lesson that wasn't cancelled, or None."""
    row = db.execute("SELECT on_date, group_id, student_id FROM lesson WHERE id = ?", (lesson_id,)).fetchone()
    if row is None:
        return None
    on = date.fromisoformat(row[0])
    owner = {"group_id": row[1]} if row[1] is not None else {"student_ids": [row[2]]}
    found = planned_lessons(db, **owner, first=on, last=on)
    lesson = next((one for one in found if one.lesson_id == lesson_id), None)
    if lesson is None or lesson.state == "cancelled":
        raise Refused(
            _("The lesson {id} was cancelled.").format(id=lesson_id),
            _("Plan another one, or name a lesson that takes place."),
        )
    return lesson


def lesson_of_group(db: sqlite3.Connection, group_id: int, on: date, time: str = "") -> Choice:
    """Return the group's lesson of that day: planned, held already, or an extra one outside the schedule (R23).

    Raises Refused when the day has several and no time tells which.
    """
    that_day = [
        lesson for lesson in planned_lessons(db, group_id=group_id, first=on, last=on) if lesson.state != "cancelled"
    ]
    matching = [lesson for lesson in that_day if not time or lesson.time == time]
    if len(matching) > 1:
        times = ", ".join(lesson.time for lesson in matching)
        raise Refused(
            _("The group has {count} lessons on {day}.").format(count=len(matching), day=on),
            _("Say which with --at: {times}.").format(times=times),
        )
    if matching:
        return Choice(matching[0], extra=False)
    return Choice(_extra_lesson(db, group_id, on, time), extra=True)


def _extra_lesson(db: sqlite3.Connection, group_id: int, on: date, time: str) -> PlannedLesson:
    """Return a lesson outside the schedule, like the nearest known one of the group where nothing else is said."""
    like = db.execute(
        """
        SELECT time, minutes, subject_id, teacher_id, room_id, lesson_type_id FROM (
            SELECT 0 AS rank, first_on AS day, * FROM schedule WHERE group_id = :group
            UNION ALL
            SELECT 1, on_date, id, group_id, student_id, 0, time, minutes, 1, lesson_type_id, subject_id, teacher_id,
                   room_id, on_date, NULL
              FROM lesson WHERE group_id = :group)
         ORDER BY rank, abs(julianday(day) - julianday(:on)), time LIMIT 1
        """,
        {"group": group_id, "on": on.isoformat()},
    ).fetchone()
    subject_id, teacher_id, room_id = db.execute(
        "SELECT subject_id, teacher_id, room_id FROM study_group WHERE id = ?", (group_id,)
    ).fetchone()
    if like is None:
        like = (UNKNOWN_TIME, DEFAULT_MINUTES, subject_id, teacher_id, room_id, group_lesson_type(db))
    return PlannedLesson(
        on=on,
        time=time or like[0],
        minutes=like[1],
        group_id=group_id,
        student_id=None,
        subject_id=like[2] or subject_id,
        teacher_id=like[3] or teacher_id,
        room_id=like[4] or room_id,
        lesson_type_id=like[5],
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
    today (unless `even_so`) and when a member has neither a mark nor an attendance here, naming them.
    """
    if lesson.on > school.today and not even_so:
        raise Refused(
            _("The lesson of {day} is after today.").format(day=lesson.on),
            _("Repeat with --even-so to hold it all the same."),
        )
    named = {attendance.student_id for attendance in attendances}
    missing = [
        one.name for one in expected_students(school.db, lesson) if not one.marked and one.student_id not in named
    ]
    if missing:
        raise Refused(
            _("Nothing is said about: {names}.").format(names=", ".join(missing)),
            _("Name them with --present or --absent, or give --all-present."),
        )
    lesson_id = _store(school, lesson, topic)
    return Held(lesson_id, lesson.on, lesson.time, mark_students(school, lesson_id, list(attendances)))


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
