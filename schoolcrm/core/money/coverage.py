"""What a client's coming lessons will cost, and how far the money reaches (R38, R39, forecast)."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from schoolcrm.core.learning.timetable import PlannedLesson, read_calendar
from schoolcrm.core.money.ledger import balances
from schoolcrm.core.money.terms import marks_of_student, terms_of_student
from schoolcrm.core.rules.charging import Charge, Terms, projected
from schoolcrm.core.rules.coverage import Coverage, ProjectedCharge, in_date_order, last_free_day, placed, walk
from schoolcrm.core.rules.dates import add_months

MONTHS_AHEAD = 120
"""How far an open-ended schedule is walked."""


@dataclass(frozen=True, slots=True)
class ComingCharge:
    """A lesson to come of one student, what it will cost attended, and the account that pays (0: the general)."""

    student_id: int
    lesson: PlannedLesson
    charge: Charge
    account: int


def client_coverage(db: sqlite3.Connection, client_id: int, today: date) -> Coverage:
    """Return how many lessons of all the client's students the money covers, and until when (R38, R39)."""
    streams, free_until = [], date.min
    for student_id in students_of(db, client_id):
        offers = terms_of_student(db, student_id)
        free_until = max(free_until, last_free_day(offers))
        coming = _coming(db, student_id, offers, today, min(_last_paid_day(offers), add_months(today, MONTHS_AHEAD)))
        streams.append(ProjectedCharge(one.account, one.charge) for one in coming)
    return walk(balances(db, client_id), in_date_order(*streams), free_until=free_until)


def coming_charges(db: sqlite3.Connection, student_id: int, today: date, last: date) -> Iterator[ComingCharge]:
    """Yield the student's lessons not yet held from today to `last`, each with what it will cost (R31–R34)."""
    return _coming(db, student_id, terms_of_student(db, student_id), today, last)


def students_of(db: sqlite3.Connection, client_id: int) -> list[int]:
    """Return the client's students, those in the archive left out."""
    rows = db.execute("SELECT id FROM student WHERE client_id = ? AND archived_on IS NULL ORDER BY id", (client_id,))
    return [number for (number,) in rows]


def _coming(
    db: sqlite3.Connection, student_id: int, offers: list[Terms], today: date, last: date
) -> Iterator[ComingCharge]:
    month = today.replace(day=1)
    calendar = read_calendar(db, student_ids=[student_id], first=month)
    unheld = [lesson.occasion for lesson in calendar.lessons(month, today) if _waiting(lesson) and lesson.on < today]
    read: list[PlannedLesson] = []

    def upcoming() -> Iterator[PlannedLesson]:
        for lesson in takewhile(lambda lesson: lesson.on <= last, calendar.coming(today)):
            if _waiting(lesson):
                read.append(lesson)
                yield lesson

    held = marks_of_student(db, student_id)
    charges = projected(offers, held, (lesson.occasion for lesson in upcoming()), unheld=unheld)
    for account, charge in placed(offers, charges):
        yield ComingCharge(student_id, read.pop(0), charge, account)


def _waiting(lesson: PlannedLesson) -> bool:
    return lesson.state == "planned"


def _last_paid_day(offers: list[Terms]) -> date:
    """Return the last day on which any of the subscriptions can pay a lesson."""
    return max((terms.last_on or date.max for terms in offers), default=date.min)
