"""Holding lessons: who is expected, and the marks that make a lesson held (R23)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.attendance import Attendance, MarkWritten, mark_students
from schoolcrm.core.learning.lesson_lookup import as_stored
from schoolcrm.core.learning.timetable import PlannedLesson
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.store.cells import group_name, student_name
from schoolcrm.core.store.transaction import WritableSchool

_TRIAL_GUESTS = """
    SELECT student.id, student.name
      FROM trial
      JOIN visible_client AS client ON client.id = trial.client_id
      JOIN student ON student.client_id = client.id AND student.archived_on IS NULL
       AND (student.id = trial.student_id
            OR (trial.student_id IS NULL
                AND (SELECT count(*) FROM student AS child
                      WHERE child.client_id = client.id AND child.archived_on IS NULL) = 1))
     WHERE trial.state = 'booked' AND trial.on_date = :on AND trial.group_id = :group
     ORDER BY student.name_key, student.id
"""


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


def expected_students(db: sqlite3.Connection, lesson: PlannedLesson) -> list[Expected]:
    """Return who belongs to the lesson, by name: the group's members of that day, or its one student (R21).

    Students who are frozen then (R25) or in the archive, and those of clients in the archive or marked deleted, are
    not expected.
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
           AND NOT EXISTS (SELECT 1 FROM freeze WHERE freeze.student_id = student.id
                              AND freeze.first_on <= :on AND freeze.last_on >= :on)
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


def trial_guests(db: sqlite3.Connection, lesson: PlannedLesson) -> list[Expected]:
    """Return who is booked for a trial at this lesson of the group without belonging to it (R12a).

    Where the booking names no student, the client's only one is meant; of several nobody knows who will come.
    """
    rows = db.execute(_TRIAL_GUESTS, {"group": lesson.group_id, "on": lesson.on.isoformat()})
    members = {one.student_id for one in expected_students(db, lesson)}
    return [Expected(number, name, False) for number, name in rows if number not in members]


def hold(
    school: WritableSchool,
    lesson: PlannedLesson,
    attendances: Sequence[Attendance],
    *,
    topic: str = "",
    even_so: bool = False,
    one_by_one: bool = False,
) -> Held:
    """Hold the lesson: mark every student of that day and any guests, and charge them (R23).

    Marks of a lesson held before are replaced one by one; those not named stay. Raises Refused for a day after
    today (unless `even_so`), when a member has neither a mark nor an attendance here, naming them, when nobody
    would be at the lesson, when a lesson held would stay as it is, and when it was cancelled meanwhile.
    `one_by_one`: of a lesson held before, members without a mark may wait for theirs.
    """
    lesson = as_stored(school.db, lesson)
    if not even_so:
        require_due(lesson, school.today)
    named = {attendance.student_id for attendance in attendances}
    missing = [
        one.name for one in expected_students(school.db, lesson) if not one.marked and one.student_id not in named
    ]
    if missing and one_by_one and lesson.state != "held":
        raise _not_held_yet(school.db, lesson, missing)
    if missing and not one_by_one:
        raise Refused(
            _("Nothing is said about: {names}.").format(names=", ".join(missing)),
            _("Name them with --present or --absent, or give --all-present."),
        )
    if not (attendances or (topic and lesson.state == "held")):
        raise _nothing_to_hold(lesson)
    lesson_id = store(school, lesson, "held")
    _note_topic(school, lesson_id, topic)
    return Held(lesson_id, lesson.on, lesson.time, mark_students(school, lesson_id, attendances))


def _not_held_yet(db: sqlite3.Connection, lesson: PlannedLesson, missing: Sequence[str]) -> Refused:
    """Return why one student alone can't be marked: only a lesson held can wait for the others' marks."""
    from shlex import quote

    whose = group_name(db, lesson.group_id) if lesson.student_id is None else student_name(db, lesson.student_id)
    return Refused(
        _("The lesson of {day} {time} is not held yet, and also waiting for a mark: {names}.").format(
            day=human_date(lesson.on), time=lesson.time, names=", ".join(missing)
        ),
        _("Hold it first, all marked at once: 'schoolcrm lessons hold {whose} {on} --at {time}'.").format(
            whose=quote(whose), on=lesson.on, time=lesson.time
        ),
    )


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


def store(school: WritableSchool, lesson: PlannedLesson, state: str) -> int:
    """Write the lesson in that state, in place of the computed or the stored one; return its id (R22)."""
    if lesson.lesson_id is not None:
        school.db.execute("UPDATE lesson SET state = ? WHERE id = ?", (state, lesson.lesson_id))
        return lesson.lesson_id
    return school.insert(
        "lesson",
        group_id=lesson.group_id,
        student_id=lesson.student_id,
        on_date=lesson.on,
        time=lesson.time,
        minutes=lesson.minutes,
        state=state,
        lesson_type_id=lesson.lesson_type_id,
        subject_id=lesson.subject_id,
        teacher_id=lesson.teacher_id,
        room_id=lesson.room_id,
        schedule_id=lesson.schedule_id,
        occurrence_on=lesson.occurrence_on,
    )


def _note_topic(school: WritableSchool, lesson_id: int, topic: str) -> None:
    if topic:
        school.db.execute("UPDATE lesson SET topic = ? WHERE id = ?", (topic, lesson_id))
