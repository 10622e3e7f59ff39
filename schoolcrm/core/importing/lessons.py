"""Lessons with attendance from a file: put together, and held as any other, so that charges follow (R23, R31, R66)."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue, SchoolError
from schoolcrm.core.importing.client_row import Problem, RejectedRow
from schoolcrm.core.importing.gathering import insert_many
from schoolcrm.core.importing.lesson_fields import (
    LESSON_FIELDS,
    lesson_readers,
    own_values,
    own_values_of_lesson,
)
from schoolcrm.core.importing.people_named import NamedPeople, Said
from schoolcrm.core.importing.records import Record, Records, required
from schoolcrm.core.importing.rehearsal import Outcome, Rehearsal
from schoolcrm.core.importing.rejected import RejectedRows
from schoolcrm.core.importing.transfer import STEP, Kind, Progress, TableFile, Transferred, Wishes, transfer
from schoolcrm.core.language import _
from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.lesson_lookup import UNKNOWN_TIME, blank_lesson, lesson_of_group, lesson_of_student
from schoolcrm.core.learning.lessons import hold
from schoolcrm.core.learning.timetable import PlannedLesson
from schoolcrm.core.people.custom_fields import find_field, set_values
from schoolcrm.core.store.transaction import WritableSchool

LESSONS = Kind(
    "lessons",
    "lessons import",
    LESSON_FIELDS,
    # What rows are read with, and what holding a lesson looks at or changes.
    frozenset(
        (
            *("client", "student", "contact", "study_group", "membership", "schedule", "holiday", "lesson_type"),
            *("lesson", "mark", "absence_reason", "freeze", "freeze_extension", "trial", "status", "status_change"),
            *("plan", "subscription", "subscription_subject", "subscription_lesson_type", "upfront_charge"),
            *("discount", "discount_subject", "discount_lesson_type", "contract", "setting", "field", "lesson_field"),
        )
    ),
)

_CHUNK = 2_000
_GATHERED = "on_date, time, group_id, owner_id, student_id, attended, reason_id, topic, own, line, cells"
_PUT_IN_ORDER = """
    CREATE TEMP TABLE imported_in_order AS
    SELECT * FROM temp.imported_mark ORDER BY on_date, time, group_id, owner_id, line
"""
_NEXT = "SELECT rowid, * FROM temp.imported_in_order WHERE rowid > ? ORDER BY rowid LIMIT ?"


@dataclass(frozen=True, slots=True)
class ImportedLessons:
    """What an import of lessons did: lessons held, marks written, what these cost in kopecks."""

    lessons: int
    marks: int
    charged: int
    skipped: int
    passed_over: int
    transferred: Transferred


def import_lessons(
    path: Path, file: TableFile, today: date | None, *, user: str, progress: Progress | None = None
) -> ImportedLessons:
    """Import a file of lessons as one operation (R66); raises RowsRefused as `transfer` does."""
    plan, done = transfer(
        path,
        file,
        today,
        user=user,
        plan=lambda db, day: _planned(LessonPlan(db, day, file.wishes, progress), file, user),
    )
    return ImportedLessons(plan.lessons, plan.marks, plan.charged, plan.skipped, plan.passed_over, done)


class _Mark(NamedTuple):
    """One row of a lesson."""

    on: str
    time: str
    group_id: int | None
    owner_id: int | None
    student_id: int
    attended: bool
    reason_id: int | None
    topic: str
    own: str
    line: int
    cells: str

    @property
    def lesson(self) -> tuple[object, ...]:
        """What the rows of one lesson have in common."""
        return self[:4]

    def rejected(self, reason: str) -> RejectedRow:
        """Return the row as it stands in the file, rejected for that reason."""
        return RejectedRow(self.line, json.loads(self.cells), (Problem("", "", reason),))


class LessonPlan:
    """Takes the rows one by one; `rehearse` holds the lessons in the order of their days, `write` writes the same."""

    def __init__(self, db: sqlite3.Connection, today: date, wishes: Wishes, progress: Progress | None) -> None:
        self.rejected = RejectedRows()
        self.lessons = self.marks = self.charged = self.skipped = self.passed_over = self.good = 0
        self.readers = lesson_readers(db, today, even_so=wishes.even_so)
        self.progress = progress
        self._db = db
        self._today = today
        self._wishes = wishes
        self._outcome = Outcome(db)
        self._people = NamedPeople(db)
        self._waiting: list[tuple[Any, ...]] = []
        db.execute("DROP TABLE IF EXISTS temp.imported_mark")
        db.execute(f"CREATE TEMP TABLE imported_mark ({_GATHERED})")

    def add(self, record: Record) -> None:
        """Gather the row; BadValue rejects it."""
        values = record.values
        on = required(values, "date", _("date")).isoformat()
        presence = required(values, "attended", _("present or absent"))
        reason_id = values.get("reason", presence.reason_id)
        if presence.attended and reason_id is not None:
            raise BadValue(_("The row says that the student came, and why not."))
        if presence.reason_id not in (None, reason_id):
            raise BadValue(_("The row says two reasons of one absence."))
        said = self._people.said_of_student(
            values.get("student", ""), values.get("phone", ()), values.get("student_id")
        )
        if said == Said():
            raise BadValue(_("The student's name is missing."))
        student = self._people.student(said)
        group = values.get("group")
        whose = (group, None) if group is not None else (None, student)
        own = json.dumps(own_values(values))
        what = (student, presence.attended, reason_id, values.get("topic", ""), own, record.line)
        self._waiting.append((on, values.get("time", ""), *whose, *what, json.dumps(record.cells)))
        self.good += 1
        if len(self._waiting) >= _CHUNK:
            self.finish()

    def settle(self) -> None:
        """Do nothing: whatever the lessons rest on makes the plan anew."""

    def finish(self) -> None:
        """Send the rows that wait to where they are put in order."""
        insert_many(self._db, "temp.imported_mark", self._waiting)
        self._waiting.clear()

    def rehearse(self, user: str) -> None:
        """Hold the lessons on a copy; one that the rules refuse is left out whole, its rows are rejected."""
        done = 0
        self._db.execute("DROP TABLE IF EXISTS temp.imported_in_order")
        self._db.execute(_PUT_IN_ORDER)
        rehearsal = Rehearsal(self._db, self._today, user=user, command=LESSONS.command)
        for _lesson, of_lesson in groupby(_in_order(self._db), key=lambda mark: mark.lesson):
            marks = list(of_lesson)
            self._hold_or_reject(rehearsal, marks)
            done += len(marks)
            if self.progress is not None and done // STEP > (done - len(marks)) // STEP:
                self.progress(done)
        self._outcome = rehearsal.gather(self._db)

    def write(self, school: WritableSchool) -> None:
        """Write the lessons, marks, charges, trials and statuses that the rehearsal came to."""
        self._outcome.write()

    def _hold_or_reject(self, rehearsal: Rehearsal, marks: Sequence[_Mark]) -> None:
        try:
            with rehearsal.attempt() as school:
                self._hold(school, marks)
        except SchoolError as refusal:
            self._reject(marks, refusal.sentence)

    def _reject(self, marks: Sequence[_Mark], reason: str) -> None:
        for mark in marks:
            self.rejected.add(mark.rejected(reason))
        self.good -= len(marks)

    def _hold(self, school: WritableSchool, marks: Sequence[_Mark]) -> None:
        """Hold the lesson of these rows; students marked already are passed over. Raises Refused."""
        lesson = _lesson_of(school.db, marks[0])
        wanted = _by_student(marks)
        query = "SELECT student_id FROM mark WHERE lesson_id = ?"
        known = {student for (student,) in school.db.execute(query, (lesson.lesson_id,))}
        new = [mark for student, mark in wanted.items() if student not in known]
        if new:
            attendances = [Attendance(mark.student_id, mark.attended, mark.reason_id) for mark in new]
            topic = _topic_of(marks)
            own = own_values_of_lesson(json.loads(mark.own) for mark in marks)
            held = hold(school, lesson, attendances, topic=topic, even_so=self._wishes.even_so)
            fields = {find_field(school.db, "lesson", name): value for name, value in own.items()}
            set_values(school, "lesson", held.id, fields)
            self.lessons += lesson.state != "held"
            self.marks += len(new)
            self.charged += sum(mark.charge for mark in held.marks)
        self.skipped += len(marks) - len(new)


def _in_order(db: sqlite3.Connection) -> Iterator[_Mark]:
    """Yield the rows, day by day, without keeping them all in memory."""
    last = 0
    while rows := db.execute(_NEXT, (last, _CHUNK)).fetchall():
        last = rows[-1][0]
        yield from (_Mark._make(row[1:]) for row in rows)


def _lesson_of(db: sqlite3.Connection, mark: _Mark) -> PlannedLesson:
    """Return the lesson of a row: of the timetable, stored, or a new one like the others."""
    on = date.fromisoformat(mark.on)
    if mark.group_id is not None:
        return lesson_of_group(db, mark.group_id, on, mark.time).lesson
    assert mark.owner_id is not None
    lesson = lesson_of_student(db, mark.owner_id, on, mark.time)
    return lesson or blank_lesson(db, on, mark.time or UNKNOWN_TIME, student_id=mark.owner_id)


def _by_student(marks: Sequence[_Mark]) -> dict[int, _Mark]:
    """Return the row of each student; BadValue when two rows say different things of one."""
    wanted: dict[int, _Mark] = {}
    for mark in marks:
        first = wanted.setdefault(mark.student_id, mark)
        if (first.attended, first.reason_id) != (mark.attended, mark.reason_id):
            raise BadValue(
                _("Rows {first} and {second} say different things of the same student at the same lesson.").format(
                    first=first.line, second=mark.line
                )
            )
    return wanted


def _topic_of(marks: Sequence[_Mark]) -> str:
    topics = list(dict.fromkeys(mark.topic for mark in marks if mark.topic))
    if len(topics) > 1:
        sentence = _('The rows of the lesson have different topics: "{first}" and "{second}".')
        raise BadValue(sentence.format(first=topics[0], second=topics[1]))
    return topics[0] if topics else ""


def _planned(plan: LessonPlan, file: TableFile, user: str) -> LessonPlan:
    records = Records(file.source, file.headings, plan.readers, ("date",))
    for count, record in enumerate(records, start=1):
        if isinstance(record, RejectedRow):
            plan.rejected.add(record)
            continue
        try:
            plan.add(record)
        except BadValue as fault:
            plan.rejected.add(record.rejected(fault))
        if plan.progress is not None and count % STEP == 0:
            plan.progress(count)
    plan.finish()
    plan.rehearse(user)
    plan.passed_over = records.passed_over
    return plan
