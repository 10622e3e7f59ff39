"""The regular schedule of groups and of single students (R22)."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.timetable import Slot, occurrences, weekday_mask, weekdays_of
from schoolcrm.core.store.numbers import number_list

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

LONGEST = 24 * 60
MOST_WEEKS = 52
# Two lines of any rhythm meet within this time or hardly ever: 52 weeks and 51 weeks take half a century.
_LOOK_AHEAD = timedelta(weeks=2 * MOST_WEEKS)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the schedule to be added, of a group or of one student; what is None comes from the group.

    `weekdays` are ISO numbers, `time` is "HH:MM", `last_on` is inclusive (None: open end).
    """

    weekdays: Collection[int]
    time: str
    first_on: date
    minutes: int = 60
    last_on: date | None = None
    every_weeks: int = 1
    group_id: int | None = None
    student_id: int | None = None
    subject_id: int | None = None
    teacher_id: int | None = None
    room_id: int | None = None
    lesson_type_id: int | None = None


def add_slot(school: "WritableSchool", line: Line) -> int:
    """Add a line to the regular schedule and return its id (R22).

    Raises BadValue for a length, rhythm or period that can't be; Refused for an archived group or student, or
    when the same group or student has a lesson at that very time already.
    """
    slot = _as_slot(line)
    check_slot(slot)
    if line.group_id is not None:
        line_type, subject_id, teacher_id, room_id = _of_group(school.db, line.group_id)
    else:
        line_type, subject_id, teacher_id, room_id = _of_student(school.db, line.student_id)
    require_free_time(school.db, slot)
    slot = replace(
        slot,
        lesson_type_id=line.lesson_type_id or line_type,
        subject_id=line.subject_id or subject_id,
        teacher_id=line.teacher_id or teacher_id,
        room_id=line.room_id or room_id,
    )
    number = insert_slot(school, slot)
    price_months_anew(school, students_of(school.db, line), line.first_on, line.last_on)
    return number


def insert_slot(school: "WritableSchool", slot: Slot) -> int:
    """Write the line as it is and return its number; `slot.id` doesn't count."""
    from schoolcrm.core.store.models import Schedule

    record = school.add(
        Schedule,
        group_id=slot.group_id,
        student_id=slot.student_id,
        weekdays=weekday_mask(slot.weekdays),
        time=slot.time,
        minutes=slot.minutes,
        every_weeks=slot.every_weeks,
        lesson_type_id=slot.lesson_type_id,
        subject_id=slot.subject_id,
        teacher_id=slot.teacher_id,
        room_id=slot.room_id,
        first_on=slot.first_on,
        last_on=slot.last_on,
    )
    assert record.id is not None
    return record.id


_SLOTS = """
SELECT id, weekdays, time, minutes, first_on, last_on, every_weeks, group_id, student_id, subject_id, teacher_id,
       room_id, lesson_type_id
  FROM schedule"""
_IN_FORCE = """
 WHERE (:group IS NULL OR group_id = :group) AND (:teacher IS NULL OR teacher_id = :teacher)
   AND (:room IS NULL OR room_id = :room)
   AND (:students IS NULL OR student_id IN (SELECT value FROM json_each(:students))
        OR group_id IN (SELECT group_id FROM membership
                         WHERE student_id IN (SELECT value FROM json_each(:students))
                           AND first_on <= :last AND ifnull(last_on, :first) >= :first))
   AND first_on <= :last AND ifnull(last_on, :first) >= :first
   AND (group_id IS NULL OR group_id IN (SELECT id FROM study_group WHERE archived_on IS NULL))
   AND (student_id IS NULL OR :students IS NOT NULL
        OR student_id IN (SELECT student.id FROM student JOIN visible_client ON visible_client.id = student.client_id
                           WHERE student.archived_on IS NULL))"""


def find_slots(
    db: sqlite3.Connection,
    *,
    group_id: int | None = None,
    student_ids: Collection[int] | None = None,
    teacher_id: int | None = None,
    room_id: int | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[Slot]:
    """Return the lines in force on any of those days (None: no limit), by weekday and time.

    Of a group, of students (with their groups of that time), of a teacher, in a room: every filter given
    narrows. Those of archived groups are left out, as are those of archived students who are not asked for.
    """
    asked = {
        "group": group_id,
        "students": None if student_ids is None else number_list(student_ids),
        "teacher": teacher_id,
        "room": room_id,
        "first": (first or date.min).isoformat(),
        "last": (last or date.max).isoformat(),
    }
    slots = map(_slot, db.execute(_SLOTS + _IN_FORCE, asked))
    return sorted(slots, key=lambda slot: (min(slot.weekdays), slot.time, slot.id))


def find_slot(db: sqlite3.Connection, slot_id: int) -> Slot:
    """Return a line of the schedule by its id; NotFound."""
    row = db.execute(_SLOTS + " WHERE id = ?", (slot_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no line {id} in the schedule.").format(id=slot_id),
            _("'schoolcrm schedule list --lines' shows the lines of the schedule."),
        )
    return _slot(row)


def _slot(row: tuple[Any, ...]) -> Slot:
    number, mask, time, minutes, first_on, last_on, *rest = row
    last = date.fromisoformat(last_on) if last_on else None
    return Slot(number, weekdays_of(mask), time, minutes, date.fromisoformat(first_on), last, *rest)


def check_slot(line: Slot) -> None:
    """Raise BadValue for a line without an owner or a day, a length or rhythm that can't be, an empty period."""
    if (line.group_id is None) == (line.student_id is None):
        raise BadValue(_("A line of the schedule belongs to a group or to a student."), _("Name one of the two."))
    if not line.weekdays:
        raise BadValue(_("A day of the week is missing."), _("Write days like mon,thu."))
    check_minutes(line.minutes)
    if not 1 <= line.every_weeks <= MOST_WEEKS:
        raise BadValue(
            _("A lesson can't repeat every {value} weeks.").format(value=line.every_weeks),
            _("Give a number from 1 (every week) to {most}.").format(most=MOST_WEEKS),
        )
    if line.last_on is not None and line.last_on < line.first_on:
        raise BadValue(
            _("The last day, {last}, is before the first, {first}.").format(
                first=human_date(line.first_on), last=human_date(line.last_on)
            ),
            _("Look at --from and --to."),
        )
    if line.last_on is not None and not occurrences(line, line.first_on, line.last_on):
        raise BadValue(
            _("There is no such lesson from {first} to {last}.").format(
                first=human_date(line.first_on), last=human_date(line.last_on)
            ),
            _("Look at --from, --to and --days."),
        )


def check_minutes(minutes: int) -> None:
    """Raise BadValue for a length that no lesson has."""
    if not 1 <= minutes <= LONGEST:
        raise BadValue(
            _("A lesson can't take {value} minutes.").format(value=minutes),
            _("Give a length from 1 to {most} minutes.").format(most=LONGEST),
        )


def _of_group(db: sqlite3.Connection, group_id: int) -> tuple[int, int | None, int | None, int | None]:
    """Return the lesson type, subject, teacher and room that lessons of the group have unless said."""
    from schoolcrm.core.learning.groups import require_open_group

    require_open_group(db, group_id)
    line_type, subject_id, teacher_id, room_id = db.execute(
        "SELECT lesson_type.id, subject_id, teacher_id, room_id FROM study_group, lesson_type"
        " WHERE study_group.id = ? AND lesson_type.code = 'group'",
        (group_id,),
    ).fetchone()
    return line_type, subject_id, teacher_id, room_id


def _of_student(db: sqlite3.Connection, student_id: int | None) -> tuple[int, None, None, None]:
    """Return the lesson type of a single student's lessons."""
    from schoolcrm.core.learning.groups import require_active_student

    require_active_student(db, student_id)
    row = db.execute("SELECT id FROM lesson_type WHERE code = 'individual'").fetchone()
    return row[0], None, None, None


def require_free_time(db: sqlite3.Connection, line: Slot) -> None:
    """Refuse a second lesson of the same group or student at the same minute of the same day, but for its own."""
    rows = db.execute(
        _SLOTS + " WHERE group_id IS ? AND student_id IS ? AND time = ? AND id <> ?",
        (line.group_id, line.student_id, line.time, line.id),
    )
    last = line.first_on + _LOOK_AHEAD
    wanted = set(occurrences(line, line.first_on, last))
    for slot in map(_slot, rows):
        if days := wanted.intersection(occurrences(slot, line.first_on, last)):
            raise Refused(
                _("There is a lesson on {day} at {time} in the schedule already.").format(
                    day=human_date(min(days)), time=line.time
                ),
                _("'schoolcrm schedule list --lines' shows the lines of the schedule."),
            )


def _as_slot(line: Line) -> Slot:
    return Slot(
        id=0,
        weekdays=frozenset(line.weekdays),
        time=line.time,
        minutes=line.minutes,
        first_on=line.first_on,
        last_on=line.last_on,
        every_weeks=line.every_weeks,
        group_id=line.group_id,
        student_id=line.student_id,
        subject_id=line.subject_id,
        teacher_id=line.teacher_id,
        room_id=line.room_id,
        lesson_type_id=line.lesson_type_id or 0,
    )


def students_of(db: sqlite3.Connection, line: Line | Slot) -> list[int]:
    """Return whose lessons the line makes: the one student, or all who were, are or will be in the group."""
    if line.student_id is not None:
        return [line.student_id]
    rows = db.execute("SELECT DISTINCT student_id FROM membership WHERE group_id = ?", (line.group_id,))
    return [number for (number,) in rows]
