"""The list of lessons of a period, past and to come (R22, R23)."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any

from schoolcrm.core.language import _
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
from schoolcrm.core.listing.lesson_fields import LESSONS, list_lessons
from schoolcrm.core.rules.dates import Period, add_months
from schoolcrm.reports.listings import column_of, listing_table
from schoolcrm.reports.names import names_of
from schoolcrm.reports.table import Fact, Kind, Table

if TYPE_CHECKING:
    from schoolcrm.core.listing.rows import Listing, Wish

OPEN_MONTHS = 12
"""How far a period without first or last day reaches from today."""


def _choose_lessons(
    db: sqlite3.Connection,
    period: Period,
    today: date,
    *,
    group_id: int | None = None,
    student_id: int | None = None,
    unheld: bool = False,
) -> list[PlannedLesson]:
    """Return the lessons of the period by date and time; `unheld`: only those up to today still to be held."""
    first, last = period.first, period.last
    lessons = planned_lessons(
        db,
        first=first or add_months(min(today, last or today), -OPEN_MONTHS),
        last=min(last or today, today) if unheld else last or add_months(max(today, first or today), OPEN_MONTHS),
        group_id=group_id,
        student_ids=None if student_id is None else [student_id],
    )
    return [lesson for lesson in lessons if not unheld or lesson.state == "planned"]


def find_lessons(
    db: sqlite3.Connection,
    period: Period,
    today: date,
    *,
    group_id: int | None = None,
    student_id: int | None = None,
    unheld: bool = False,
) -> list[tuple[Any, ...]]:
    """Return rows of `lessons list` with the usual columns, of the lessons that `_choose_lessons` returns."""
    shown = _choose_lessons(db, period, today, group_id=group_id, student_id=student_id, unheld=unheld)
    names = {
        "group": names_of(db, "study_group", (lesson.group_id for lesson in shown)),
        "student": names_of(db, "student", (lesson.student_id for lesson in shown)),
        "subject": names_of(db, "subject", (lesson.subject_id for lesson in shown)),
        "teacher": names_of(db, "teacher", (lesson.teacher_id for lesson in shown)),
        "room": names_of(db, "room", (lesson.room_id for lesson in shown)),
    }
    return [_row(lesson, names) for lesson in shown]


def find_listing(
    db: sqlite3.Connection,
    period: Period,
    today: date,
    wish: "Wish",
    *,
    group_id: int | None = None,
    student_id: int | None = None,
    unheld: bool = False,
) -> "Listing":
    """Return those of the lessons that answer to the query, as rows of the columns asked for; raises BadValue."""
    shown = _choose_lessons(db, period, today, group_id=group_id, student_id=student_id, unheld=unheld)
    return list_lessons(db, today, shown, wish)


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
    columns = [column_of(LESSONS.fields[key]) for key in LESSONS.default_columns]
    return Table(report="lessons", title=_("Lessons"), parameters=(_period(period),), columns=columns, rows=rows)


def lessons_listing(listing: "Listing", wish: "Wish", period: Period) -> Table:
    """Return the list as a table with the columns asked for; the head says what was asked."""
    table = listing_table(listing, wish, report="lessons", title=_("Lessons"))
    return table._replace(parameters=[_period(period), *table.parameters])


def _period(period: Period) -> Fact:
    return Fact("period", _("Period"), Kind.PERIOD, period)
