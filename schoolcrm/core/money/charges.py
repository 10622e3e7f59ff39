"""Charging marks: who pays a lesson, what it costs, and what must be priced anew beside it (R31–R34)."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.money.terms import (
    mark_of,
    marks_under,
    terms_of,
    terms_of_student,
    used_of_packages,
    with_discounts_of,
)
from schoolcrm.core.rules.charging import Charge, Mark, Occasion, Terms, choose, planned_under, price_marks
from schoolcrm.core.rules.dates import Period, month_of
from schoolcrm.core.store.numbers import number_list
from schoolcrm.core.store.transaction import WritableSchool

_WRITE = """
    UPDATE mark
       SET basis = :basis, price = :price, charge = :charge, subscription_id = :subscription, separate_id = :separate
     WHERE student_id = :student AND on_date = :on AND lesson_id = :lesson
"""
_MONTHS_BESIDE = """
    SELECT DISTINCT month.id, substr(mark.on_date, 1, 7) || '-01'
      FROM subscription
      JOIN subscription AS month ON month.student_id = subscription.student_id AND month.kind = 'month'
       AND month.deleted_on IS NULL
      JOIN mark ON mark.subscription_id = month.id
     WHERE subscription.id IN (SELECT value FROM json_each(?)) AND month.id <> subscription.id
"""


@dataclass(frozen=True, slots=True)
class Touched:
    """A subscription whose marks must be priced anew because of a lesson on that day."""

    subscription_id: int
    on: date


def payer_of(db: sqlite3.Connection, student_id: int, occasion: Occasion) -> Terms | None:
    """Return the subscription that pays the student's lesson (R32, R34), its own mark not counted; None: R33."""
    offers = terms_of_student(db, student_id)
    used = used_of_packages(db, offers, without_lesson=occasion.id)
    return choose(offers, occasion, lambda terms: (terms.lessons or 0) - used.get(terms.id, 0))


def price_anew(school: WritableSchool, touched: Iterable[Touched]) -> None:
    """Write the charges of all marks whose price depends on the touched ones (R31).

    A package is priced as a whole, a month plan by its calendar month, a single lesson by itself. A package
    whose lessons left have changed leaves more or fewer planned lessons to the month plans beside it.
    Marks under a deleted subscription keep their charges (R41).
    """
    spans = {(one.subscription_id, _span(school.db, one)) for one in touched if _counts(school.db, one)}
    packages = [subscription_id for subscription_id, span in spans if span is None]
    beside = months_beside(school.db, packages) if packages else []
    spans |= {(one.subscription_id, month_of(one.on)) for one in beside}
    for subscription_id in {number for number, _days in spans}:
        marks = marks_under(school.db, subscription_id)
        terms = with_discounts_of(school.db, terms_of(school.db, subscription_id), marks)
        for days in [days for number, days in spans if number == subscription_id]:
            within = [mark for mark in marks if days is None or days.contains(mark.occasion.on)]
            planned = _planned_in_month(school.db, terms, days) if terms.kind == "month" and days else ()
            _write_each(school.db, terms, price_marks(terms, within, planned))


def months_beside(db: sqlite3.Connection, subscription_ids: Iterable[int]) -> list[Touched]:
    """Return the marked months of the month plans that the same students have beside those subscriptions."""
    rows = db.execute(_MONTHS_BESIDE, (number_list(subscription_ids),))
    return [Touched(number, date.fromisoformat(month)) for number, month in rows]


def _write_charges(db: sqlite3.Connection, student_id: int, terms: Terms, charges: Iterable[Charge]) -> None:
    """Write charges onto the student's marks."""
    db.executemany(
        _WRITE,
        [
            {
                "student": student_id,
                "on": charge.occasion.on.isoformat(),
                "lesson": charge.lesson_id,
                "basis": charge.basis,
                "price": charge.price,
                "charge": charge.amount,
                "subscription": charge.subscription_id,
                "separate": terms.id if terms.separate and charge.subscription_id is not None else None,
            }
            for charge in charges
        ],
    )


def _write_each(db: sqlite3.Connection, terms: Terms, charges: Sequence[Charge]) -> None:
    """Write each charge onto its student's mark: a subscription that was moved has marks of several (R41)."""
    for student_id in {charge.student_id for charge in charges}:
        theirs = [charge for charge in charges if charge.student_id == student_id]
        _write_charges(db, terms.student_id if student_id is None else student_id, terms, theirs)


def price_unpaid(school: WritableSchool, student_id: int, first_on: date) -> int:
    """Let the student's subscriptions pay the marks that had none since `first_on` (R33); return how many got one."""
    rows = school.db.execute(
        "SELECT mark.on_date, lesson.time, lesson.id, lesson.subject_id, lesson.lesson_type_id, mark.share"
        "  FROM mark JOIN lesson ON lesson.id = mark.lesson_id"
        " WHERE mark.student_id = ? AND mark.basis = 'none' AND mark.on_date >= ?"
        " ORDER BY mark.on_date, lesson.time, lesson.id",
        (student_id, first_on.isoformat()),
    )
    paid = []
    for mark in [mark_of(row) for row in rows]:
        payer = payer_of(school.db, student_id, mark.occasion)
        if payer is not None:
            _bind(school.db, student_id, mark, payer)
            paid.append(Touched(payer.id, mark.occasion.on))
    price_anew(school, paid)
    return len(paid)


def _bind(db: sqlite3.Connection, student_id: int, mark: Mark, payer: Terms) -> None:
    _write_charges(db, student_id, payer, [Charge(mark.occasion, payer.id, 0, 0, "paid")])


def _counts(db: sqlite3.Connection, touched: Touched) -> bool:
    row = db.execute("SELECT deleted_on IS NULL FROM subscription WHERE id = ?", (touched.subscription_id,)).fetchone()
    return bool(row[0])


def _span(db: sqlite3.Connection, touched: Touched) -> Period | None:
    """Return the days whose marks depend on one another; None: all of the subscription's (a package)."""
    (kind,) = db.execute("SELECT kind FROM subscription WHERE id = ?", (touched.subscription_id,)).fetchone()
    if kind == "package":
        return None
    return month_of(touched.on) if kind == "month" else Period(touched.on, touched.on)


def _planned_in_month(db: sqlite3.Connection, terms: Terms, month: Period) -> list[Occasion]:
    """Return the lessons of the month that are planned and that the subscription will pay (N of R31)."""
    assert month.first is not None and month.last is not None
    lessons = planned_lessons(db, student_ids=[terms.student_id], first=month.first, last=month.last)
    planned = [lesson.occasion for lesson in lessons if lesson.state == "planned"]
    offers = terms_of_student(db, terms.student_id)
    return planned_under(terms, offers, planned, used_of_packages(db, offers))
