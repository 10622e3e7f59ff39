"""What a client's coming lessons will cost, and how far the money reaches (R38, R39, forecast)."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from schoolcrm.core.learning.agenda import Agenda
from schoolcrm.core.learning.timetable import PlannedLesson, read_calendar
from schoolcrm.core.money.ledger import balances_of
from schoolcrm.core.money.terms import marks_since, terms_of_clients, terms_of_student, used_before
from schoolcrm.core.rules.charging import Charge, Mark, Occasion, Terms, price_marks, price_package, projected_by_month
from schoolcrm.core.rules.coverage import (
    Coverage,
    ProjectedCharge,
    account_of,
    in_date_order,
    lessons_left,
    placed,
    walk,
)
from schoolcrm.core.rules.dates import add_months
from schoolcrm.core.rules.paying import package_size
from schoolcrm.core.rules.prices import for_any_lesson, month_end

MONTHS_AHEAD = 120
"""How far an open-ended schedule is walked; what lasts longer, or costs nothing, has no end that could be told."""
_BEYOND = 12
"""Months after those in which a lesson shows that the schedule goes on."""
AT_ONCE = 5000
"""How many clients are read together, so that the memory does not grow with the school."""
_NOTHING = Coverage(lessons=0, expires_on=None, ended=True)


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
    sold = terms_of_clients(db, client_ids, today.replace(day=1))
    offers = {one: own for theirs in sold.values() for one, own in theirs.items() if _last_paid_day(own) >= today}
    outlook = _read_outlook(db, offers, today)
    waiting = {client_id: [one for one in sorted(own) if one in outlook.students] for client_id, own in sold.items()}
    horizon, furthest = add_months(today, MONTHS_AHEAD), add_months(today, MONTHS_AHEAD + _BEYOND)
    for client_id, accounts in balances_of(db, [client_id for client_id, own in waiting.items() if own]).items():
        streams = [
            outlook.charges(one, min(furthest, _last_paid_day(outlook.offers[one]))) for one in waiting[client_id]
        ]
        charges = streams[0] if len(streams) == 1 else in_date_order(*streams)
        charged = {account_of(terms) for one in waiting[client_id] for terms in outlook.offers[one]}
        found[client_id] = walk({account: accounts.get(account, 0) for account in charged}, charges, horizon)
    return found


def coming_charges(db: sqlite3.Connection, student_id: int, today: date, last: date) -> Iterator[ComingCharge]:
    """Yield the student's lessons not yet held from today to `last`, each with what it will cost (R31–R34).

    Later lessons of the last month are looked at too: a month plan's price is shared among them all.
    """
    month = today.replace(day=1)
    offers = [terms for terms in terms_of_student(db, student_id) if (terms.last_on or month) >= month]
    outlook = _read_outlook(db, {student_id: offers}, today)
    for account, charge in outlook.charges(student_id, month_end(last)):
        if charge.occasion.on > last:
            return
        yield ComingCharge(student_id, outlook.agenda.lesson(charge.occasion, student_id), charge, account)


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What the coming charges of some students are made from; `students` are those who have lessons to come."""

    today: date
    offers: Mapping[int, list[Terms]]
    students: Set[int]
    used: Mapping[int, int]
    held: Mapping[int, list[Mark]]
    agenda: Agenda

    def charges(self, student_id: int, last: date) -> Iterator[ProjectedCharge]:
        """Return the student's charges to come, in order, up to the last day."""
        offers, month = self.offers[student_id], self.today.replace(day=1)
        unheld: list[Occasion] = []
        if self.today > month and any(terms.kind == "month" for terms in offers):
            passed = self.agenda.months(student_id, month, self.today - timedelta(days=1))
            unheld = list(chain.from_iterable(passed))
        months = self.agenda.months(student_id, self.today, last)
        held = {terms.id: self.held[terms.id] for terms in offers if terms.id in self.held}
        used = {terms.id: self.used[terms.id] for terms in offers if terms.id in self.used}
        return placed(offers, projected_by_month(offers, held, months, unheld=unheld, used=used))


def _read_outlook(db: sqlite3.Connection, offers: Mapping[int, list[Terms]], today: date) -> _Outlook:
    """Read what the charges of these students, with their subscriptions, depend on."""
    month = today.replace(day=1)
    agenda = Agenda(read_calendar(db, student_ids=offers, first=month))
    students = agenda.students & offers.keys()
    # A price by lesson does not depend on other marks; of a month plan those of the month matter.
    by_marks = [terms.id for student_id in students for terms in offers[student_id] if terms.kind != "lesson"]
    used, marked = used_before(db, by_marks, month)
    return _Outlook(today, offers, students, used, marks_since(db, marked, month), agenda)


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


def _last_paid_day(offers: list[Terms]) -> date:
    """Return the last day on which any of the subscriptions can pay a lesson."""
    return max((terms.last_on or date.max for terms in offers), default=date.min)
