"""The list of lessons of a period, past and to come (R22, R23)."""

import sqlite3
from datetime import date
from typing import Any

from schoolcrm.core.language import N_, _
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
from schoolcrm.core.rules.dates import Period, add_months
from schoolcrm.reports.names import names_of
from schoolcrm.reports.table import Column, Fact, Kind, Table

STATE_WORDS = {"planned": N_("planned"), "held": N_("held"), "cancelled": N_("cancelled")}
OPEN_MONTHS = 12
"""How far a period without first or last day reaches from today."""


def find_lessons(
    db: sqlite3.Connection,
    period: Period,
    today: date,
    *,
    group_id: int | None = None,
    student_id: int | None = None,
    unheld: bool = False,
) -> list[tuple[Any, ...]]:
    """Return rows of `lessons list`, by date and time; `unheld`: only those up to today still to be held."""
    first, last = period.first, period.last
    lessons = planned_lessons(
        db,
        first=first or add_months(min(today, last or today), -OPEN_MONTHS),
        last=min(last or today, today) if unheld else last or add_months(max(today, first or today), OPEN_MONTHS),
        group_id=group_id,
        student_ids=None if student_id is None else [student_id],
    )
    shown = [lesson for lesson in lessons if not unheld or lesson.state == "planned"]
    names = {
        "group": names_of(db, "study_group", (lesson.group_id for lesson in shown)),
        "student": names_of(db, "student", (lesson.student_id for lesson in shown)),
        "subject": names_of(db, "subject", (lesson.subject_id for lesson in shown)),
        "teacher": names_of(db, "teacher", (lesson.teacher_id for lesson in shown)),
        "room": names_of(db, "room", (lesson.room_id for lesson in shown)),
    }
    return [_row(lesson, names) for lesson in shown]


def _row(lesson: PlannedLesson, names: dict[str, dict[int | None, str]]) -> tuple[Any, ...]:
    return (
        lesson.lesson_id,
        lesson.on,
        lesson.time,
        names["group"].get(lesson.group_id),
        names["student"].get(lesson.student_id),
        lesson.state,
        names["subject"].get(lesson.subject_id),
        names["teacher"].get(lesson.teacher_id),
        names["room"].get(lesson.room_id),
    )


def lessons_table(rows: list[tuple[Any, ...]], period: Period) -> Table:
    """Return the list as a table; a lesson that is only computed from the schedule has no number yet."""
    return Table(
        report="lessons",
        title=_("Lessons"),
        parameters=(Fact("period", _("Period"), Kind.PERIOD, period),),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("date", _("Date"), Kind.DATE),
            Column("time", _("Time"), Kind.TIME),
            Column("group", _("Group")),
            Column("student", _("Student")),
            Column("state", _("State"), Kind.CODE, words={code: _(word) for code, word in STATE_WORDS.items()}),
            Column("subject", _("Subject")),
            Column("teacher", _("Teacher")),
            Column("room", _("Room")),
        ),
        rows=rows,
    )
