"""What a client's coming lessons will cost, and how far the money reaches (R38, R39, forecast)."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from schoolcrm.core.learning.timetable import PlannedLesson, read_calendar
from schoolcrm.core.money.ledger import balances
from schoolcrm.core.money.terms import marks_under, terms_of_student
from schoolcrm.core.rules.charging import Charge, Mark, Occasion, Terms, price_marks, price_package, projected
from schoolcrm.core.rules.coverage import (
    Coverage,
    ProjectedCharge,
    in_date_order,
    last_free_day,
    lessons_left,
    placed,
    walk,
)
from schoolcrm.core.rules.dates import add_months
from schoolcrm.core.rules.paying import package_size
from schoolcrm.core.rules.prices import for_any_lesson

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
        last = min(_last_paid_day(offers), add_months(today, MONTHS_AHEAD))
        if last < today:
            continue
        coming = _coming(db, student_id, offers, today, last)
        streams.append(ProjectedCharge(one.account, one.charge) for one in coming)
    return walk(balances(db, client_id), in_date_order(*streams), free_until=free_until)


def coming_charges(db: sqlite3.Connection, student_id: int, today: date, last: date) -> Iterator[ComingCharge]:
    """Yield the student's lessons not yet held from today to `last`, each with what it will cost (R31–R34)."""
    return _coming(db, student_id, terms_of_student(db, student_id), today, last)


def lessons_left_of(db: sqlite3.Connection, terms: Terms, used: int, balance: int, today: date) -> int | None:
    """Return how many lessons of a subscription its account's `balance` pays, negative in debt (R38).

    `used`: its lessons used up, of a package. 0 once it has ended; None when its lessons cost nothing.
    """
    if terms.last_on is not None and terms.last_on < today:
        return 0
    package_left = max(0, package_size(terms) - used) if terms.kind == "package" else None
    return lessons_left(balance, _price_of_next(db, terms, used, today), package_left)


def _price_of_next(db: sqlite3.Connection, terms: Terms, used: int, today: date) -> int:
    """Return what the next lesson costs, attended: of a month plan or with discounts the next one in the schedule.

    With none in the month to come, any lesson that the subscription covers.
    """
    if terms.discounts or (terms.kind == "month" and terms.billing == "by-lesson"):
        last = min(terms.last_on or date.max, add_months(max(today, terms.first_on), 1))
        for one in coming_charges(db, terms.student_id, today, last):
            if one.charge.subscription_id == terms.id:
                return one.charge.price
    mark = Mark(Occasion(max(today, terms.first_on), "", 0, None, 0))
    usual = for_any_lesson(terms)
    charges = price_package(usual, [mark], used) if terms.kind == "package" else price_marks(usual, [mark])
    return charges[0].price


def students_of(db: sqlite3.Connection, client_id: int) -> list[int]:
    """Return the client's students, those in the archive left out."""
    rows = db.execute("SELECT id FROM student WHERE client_id = ? AND archived_on IS NULL ORDER BY id", (client_id,))
    return [number for (number,) in rows]


def _coming(
    db: sqlite3.Connection, student_id: int, offers: list[Terms], today: date, last: date
) -> Iterator[ComingCharge]:
    month = today.replace(day=1)
    offers = [terms for terms in offers if terms.last_on is None or terms.last_on >= month]
    calendar = read_calendar(db, student_ids=[student_id], first=month)
    unheld = [lesson.occasion for lesson in calendar.lessons(month, today) if _waiting(lesson) and lesson.on < today]
    read: list[PlannedLesson] = []

    def upcoming() -> Iterator[PlannedLesson]:
        for lesson in takewhile(lambda lesson: lesson.on <= last, calendar.coming(today)):
            if _waiting(lesson):
                read.append(lesson)
                yield lesson

    # A price by lesson does not depend on other marks.
    held = {terms.id: marks_under(db, terms.id) for terms in offers if terms.kind != "lesson"}
    charges = projected(offers, held, (lesson.occasion for lesson in upcoming()), unheld=unheld)
    for account, charge in placed(offers, charges):
        yield ComingCharge(student_id, read.pop(0), charge, account)


def _waiting(lesson: PlannedLesson) -> bool:
    return lesson.state == "planned"


def _last_paid_day(offers: list[Terms]) -> date:
    """Return the last day on which any of the subscriptions can pay a lesson."""
    return max((terms.last_on or date.max for terms in offers), default=date.min)
