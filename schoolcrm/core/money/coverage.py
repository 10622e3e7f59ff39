"""What a client's coming lessons will cost, and how far the money reaches (R38, R39, forecast)."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from schoolcrm.core.learning.agenda import Agenda
from schoolcrm.core.learning.timetable import PlannedLesson, read_calendar
from schoolcrm.core.money.ledger import balances_of
from schoolcrm.core.money.terms import marks_since, marks_under, terms_of_student, terms_of_students, used_before
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
from schoolcrm.core.rules.prices import for_any_lesson, month_end

MONTHS_AHEAD = 120
"""How far an open-ended schedule is walked."""
AT_ONCE = 5000
"""How many clients are read together, so that the memory does not grow with the school."""
_NOTHING = Coverage(lessons=0, expires_on=None, ended=True)
_STUDENTS = """
    SELECT client_id, id FROM student
     WHERE client_id IN (SELECT value FROM json_each(?)) AND archived_on IS NULL
     ORDER BY client_id, id
"""


@dataclass(frozen=True, slots=True)
class ComingCharge:
    """A lesson to come of one student, what it will cost attended, and the account that pays (0: the general)."""

    student_id: int
    lesson: PlannedLesson
    charge: Charge
    account: int


def client_coverage(db: sqlite3.Connection, client_id: int, today: date) -> Coverage:
    """Return how many lessons of all the client's students the money covers, and until when (R38, R39)."""
    return client_coverages(db, [client_id], today)[client_id]


def client_coverages(db: sqlite3.Connection, client_ids: Sequence[int], today: date) -> dict[int, Coverage]:
    """Return the coverage of each of the clients: every table is read once for many of them, however many there are."""
    found: dict[int, Coverage] = {}
    for first in range(0, len(client_ids), AT_ONCE):
        found |= _together(db, client_ids[first : first + AT_ONCE], today)
    return found


def _together(db: sqlite3.Connection, client_ids: Sequence[int], today: date) -> dict[int, Coverage]:
    found = dict.fromkeys(client_ids, _NOTHING)
    outlook = _read_outlook(db, _students_by_client(db, client_ids), today)
    waiting = [client_id for client_id, students in outlook.students.items() if students]
    for client_id, accounts in balances_of(db, waiting).items():
        offers = [outlook.offers[student_id] for student_id in outlook.students[client_id]]
        streams = [outlook.charges(student_id) for student_id in outlook.students[client_id]]
        charges = streams[0] if len(streams) == 1 else in_date_order(*streams)
        found[client_id] = walk(accounts, charges, free_until=max(map(last_free_day, offers)))
    return found


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What the coming charges of some clients' students are made from; `students` are those who can be charged."""

    today: date
    horizon: date
    students: Mapping[int, list[int]]
    offers: Mapping[int, list[Terms]]
    used: Mapping[int, int]
    held: Mapping[int, list[Mark]]
    agenda: Agenda

    def charges(self, student_id: int) -> Iterator[ProjectedCharge]:
        """Return the student's charges to come, in order."""
        offers = self.offers[student_id]
        last, month = min(_last_paid_day(offers), self.horizon), self.today.replace(day=1)
        unheld: list[Occasion] = []
        if self.today > month and any(terms.kind == "month" for terms in offers):
            unheld = list(self.agenda.lessons(student_id, month, self.today - timedelta(days=1)))
        coming = self.agenda.lessons(student_id, self.today, last)
        held = {terms.id: self.held[terms.id] for terms in offers if terms.id in self.held}
        used = {terms.id: self.used[terms.id] for terms in offers if terms.id in self.used}
        return placed(offers, projected(offers, held, coming, unheld=unheld, used=used))


def _read_outlook(db: sqlite3.Connection, students: Mapping[int, list[int]], today: date) -> _Outlook:
    """Read of the students who have a subscription to come what their charges depend on."""
    month = today.replace(day=1)
    everybody = [student_id for own in students.values() for student_id in own]
    offers = {
        student_id: own
        for student_id, own in terms_of_students(db, everybody, month).items()
        if _last_paid_day(own) >= today
    }
    sold = [terms for own in offers.values() for terms in own]
    # A price by lesson does not depend on other marks; of a month plan those of the month matter.
    packages = [terms.id for terms in sold if terms.kind == "package"]
    by_marks = [terms.id for terms in sold if terms.kind != "lesson"]
    return _Outlook(
        today,
        add_months(today, MONTHS_AHEAD),
        {client_id: [one for one in own if one in offers] for client_id, own in students.items()},
        offers,
        used_before(db, packages, month),
        marks_since(db, by_marks, month),
        Agenda(read_calendar(db, student_ids=offers, first=month)),
    )


def _students_by_client(db: sqlite3.Connection, client_ids: Sequence[int]) -> Mapping[int, list[int]]:
    students: dict[int, list[int]] = {}
    for client_id, student_id in db.execute(_STUDENTS, (json.dumps(list(client_ids)),)):
        students.setdefault(client_id, []).append(student_id)
    return students


def coming_charges(db: sqlite3.Connection, student_id: int, today: date, last: date) -> Iterator[ComingCharge]:
    """Yield the student's lessons not yet held from today to `last`, each with what it will cost (R31–R34).

    Later lessons of the last month are looked at too: a month plan's price is shared among them all.
    """
    coming = _coming(db, student_id, terms_of_student(db, student_id), today, month_end(last))
    return takewhile(lambda one: one.lesson.on <= last, coming)


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
