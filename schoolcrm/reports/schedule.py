"""The schedule of a client, student, group, teacher, room or of all: lessons, or the lines they come from."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schoolcrm.core.language import _
from schoolcrm.core.learning.schedule import find_slots
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons, students_asked
from schoolcrm.core.rules.dates import Period, add_months
from schoolcrm.core.rules.timetable import Slot
from schoolcrm.reports.names import names_in, names_of
from schoolcrm.reports.table import Column, Fact, Kind, Table

OPEN_MONTHS = 12
"""How far a period without first or last day reaches."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose lessons are asked for; every one given narrows, none: the whole school."""

    client_id: int | None = None
    student_id: int | None = None
    group_id: int | None = None
    teacher_id: int | None = None
    room_id: int | None = None

    @property
    def by_person(self) -> bool:
        """Whether a client or student was asked for, so that it matters who comes."""
        return self.client_id is not None or self.student_id is not None


def closed(period: Period, today: date) -> Period:
    """Return the period with both ends: an open one reaches a year from today, or from the day it does have."""
    first = period.first or add_months(min(today, period.last or today), -OPEN_MONTHS)
    return Period(first, period.last or add_months(max(today, first), OPEN_MONTHS))


def find_schedule(db: sqlite3.Connection, period: Period, scope: Scope) -> list[tuple[Any, ...]]:
    """Return rows of the schedule by date and time, cancelled lessons left out; the period has both ends.

    `student` is the one student of a lesson, or those of the client or student asked for.
    """
    lessons = lessons_of(db, period, scope)
    names = Names(db, lessons)
    return [_row(lesson, names, by_person=scope.by_person) for lesson in lessons if lesson.state != "cancelled"]


def lessons_of(db: sqlite3.Connection, period: Period, scope: Scope) -> list[PlannedLesson]:
    """Return the lessons asked for, cancelled ones too, in order; the period has both ends."""
    assert period.first is not None and period.last is not None
    return planned_lessons(
        db,
        first=period.first,
        last=period.last,
        client_id=scope.client_id,
        student_ids=None if scope.student_id is None else [scope.student_id],
        group_id=scope.group_id,
        teacher_id=scope.teacher_id,
        room_id=scope.room_id,
    )


class Names:
    """The names of everything the lessons refer to, each table read once: of people and groups only theirs."""

    def __init__(self, db: sqlite3.Connection, lessons: Sequence[PlannedLesson | Slot]) -> None:
        students: set[int | None] = set()
        for lesson in lessons:
            students.add(lesson.student_id)
            students.update(getattr(lesson, "student_ids", ()))
        self.students = names_of(db, "student", students)
        self.groups = names_of(db, "study_group", {lesson.group_id for lesson in lessons})
        self.subjects = names_in(db, "subject")
        self.teachers = names_in(db, "teacher")
        self.rooms = names_in(db, "room")
        self.lesson_types = names_in(db, "lesson_type")
        self.locations: dict[int | None, str] = dict(
            db.execute("SELECT room.id, location.name FROM room JOIN location ON location.id = room.location_id")
        )

    def owner_of(self, lesson: PlannedLesson | Slot) -> str:
        """Return the name of the group, or of the one student, whose lesson or line it is."""
        return self.groups.get(lesson.group_id) or self.students.get(lesson.student_id) or ""

    def of_students(self, ids: Iterable[int]) -> str | None:
        """Return the students' names as one text, None if there are none."""
        return ", ".join(self.students[number] for number in ids) or None


def _row(lesson: PlannedLesson, names: Names, *, by_person: bool) -> tuple[Any, ...]:
    students = lesson.student_ids if by_person else (lesson.student_id,) if lesson.student_id else ()
    return (
        lesson.on.isoweekday(),
        lesson.on,
        lesson.time,
        lesson.minutes,
        names.locations.get(lesson.room_id),
        names.rooms.get(lesson.room_id),
        names.teachers.get(lesson.teacher_id),
        names.subjects.get(lesson.subject_id),
        names.groups.get(lesson.group_id),
        names.of_students(students),
    )


def schedule_table(rows: Sequence[Sequence[Any]], parameters: Sequence[Fact], hide: Sequence[str] = ()) -> Table:
    """Return the schedule as a table; the columns in `hide` are left out of every format."""
    columns = (
        Column("weekday", _("Day"), Kind.WEEKDAY),
        Column("date", _("Date"), Kind.DATE),
        Column("time", _("Time"), Kind.TIME),
        Column("minutes", _("Minutes"), Kind.INTEGER),
        Column("location", _("Location")),
        Column("room", _("Room")),
        Column("teacher", _("Teacher")),
        Column("subject", _("Subject")),
        Column("group", _("Group")),
        Column("student", _("Student")),
    )
    return _without(hide, Table("schedule", _("Schedule"), columns, rows, parameters))


def _without(hide: Sequence[str], table: Table) -> Table:
    kept = [at for at, column in enumerate(table.columns) if column.key not in hide]
    return table._replace(
        columns=[table.columns[at] for at in kept],
        rows=[[row[at] for at in kept] for row in table.rows],
    )


def find_lines(db: sqlite3.Connection, period: Period, scope: Scope) -> list[tuple[Any, ...]]:
    """Return the lines of the regular schedule in force in the period, by weekday and time."""
    students = None if scope.student_id is None else [scope.student_id]
    slots = find_slots(
        db,
        group_id=scope.group_id,
        student_ids=students_asked(db, scope.client_id, students),
        teacher_id=scope.teacher_id,
        room_id=scope.room_id,
        first=period.first,
        last=period.last,
    )
    return _lines(db, slots)


def lines_of_students(db: sqlite3.Connection, student_ids: Collection[int], today: date) -> list[tuple[Any, ...]]:
    """Return the lines of those students and of their groups that go on or are still to begin."""
    return _lines(db, find_slots(db, student_ids=student_ids, first=today)) if student_ids else []


def _lines(db: sqlite3.Connection, slots: Sequence[Slot]) -> list[tuple[Any, ...]]:
    names = Names(db, slots)
    return [_line(slot, names) for slot in slots]


def _line(slot: Slot, names: Names) -> tuple[Any, ...]:
    return (
        slot.id,
        sorted(slot.weekdays),
        slot.time,
        slot.minutes,
        slot.every_weeks,
        names.groups.get(slot.group_id),
        names.students.get(slot.student_id),
        names.subjects.get(slot.subject_id),
        names.teachers.get(slot.teacher_id),
        names.rooms.get(slot.room_id),
        names.lesson_types.get(slot.lesson_type_id),
        slot.first_on,
        slot.last_on,
    )


def lines_table(rows: Sequence[Sequence[Any]], parameters: Sequence[Fact], hide: Sequence[str] = ()) -> Table:
    """Return the lines of the regular schedule as a table; the columns in `hide` are left out."""
    columns = (
        Column("id", _("No."), Kind.INTEGER),
        Column("weekdays", _("Days"), Kind.LIST, items=Kind.WEEKDAY),
        Column("time", _("Time"), Kind.TIME),
        Column("minutes", _("Minutes"), Kind.INTEGER),
        Column("every_weeks", _("Every, weeks"), Kind.INTEGER),
        Column("group", _("Group")),
        Column("student", _("Student")),
        Column("subject", _("Subject")),
        Column("teacher", _("Teacher")),
        Column("room", _("Room")),
        Column("type", _("Lesson type")),
        Column("from", _("From"), Kind.DATE),
        Column("to", _("To"), Kind.DATE),
    )
    return _without(hide, Table("schedule-lines", _("Regular schedule"), columns, rows, parameters))


def schedule_parameters(db: sqlite3.Connection, period: Period, scope: Scope) -> list[Fact]:
    """Return what made the schedule: the period, and the names of whoever was asked for."""
    asked = (
        ("client", _("Client"), "client", scope.client_id),
        ("student", _("Student"), "student", scope.student_id),
        ("group", _("Group"), "study_group", scope.group_id),
        ("teacher", _("Teacher"), "teacher", scope.teacher_id),
        ("room", _("Room"), "room", scope.room_id),
    )
    facts = [Fact("period", _("Period"), Kind.PERIOD, period)]
    for key, label, table, number in asked:
        if number is not None:
            row = db.execute(f"SELECT name FROM {table} WHERE id = ?", (number,)).fetchone()  # noqa: S608
            facts.append(Fact(key, label, Kind.TEXT, row[0]))
    return facts
