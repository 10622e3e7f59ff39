"""Discounts of students: given, taken away, and what they touch priced anew at once (R35)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.language import _
from schoolcrm.core.money.charges import Touched, price_anew
from schoolcrm.core.money.sales import charge_upfront
from schoolcrm.core.people.own_students import client_of_student
from schoolcrm.core.rules.dates import Period, human_date
from schoolcrm.core.rules.discounts import WHOLE
from schoolcrm.core.statuses.events import require_active
from schoolcrm.core.store.transaction import WritableSchool

_CHARGES = """
    SELECT mark.subscription_id, mark.on_date, mark.lesson_id, mark.charge
      FROM mark
      JOIN subscription ON subscription.id = mark.subscription_id
     WHERE mark.student_id = ? AND mark.on_date BETWEEN ? AND ? AND subscription.deleted_on IS NULL
"""
_UPFRONT = """
    SELECT subscription.id, upfront_charge.on_date, upfront_charge.amount
      FROM subscription
      JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
     WHERE subscription.student_id = ? AND upfront_charge.on_date BETWEEN ? AND ? AND subscription.deleted_on IS NULL
"""


@dataclass(frozen=True, slots=True)
class NewDiscount:
    """What is given: `percent` in hundredths (1250 is 12.5 %) or `amount` in kopecks, days inclusive (None: open).

    No subjects or lesson types: all of them.
    """

    percent: int | None = None
    amount: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    subject_ids: Sequence[int] = ()
    lesson_type_ids: Sequence[int] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A discount of a student, and how many charges it has changed."""

    id: int
    student_id: int
    client_id: int
    repriced: int


def add_discount(school: WritableSchool, student_id: int, new: NewDiscount) -> Given:
    """Give a student a discount and price anew what it touches: marks and upfront charges of its days (R35).

    Raises BadValue for a value or days that can't be, Refused for a student whose client is deleted.
    """
    from schoolcrm.core.store.models import Discount

    client_id = client_of_student(school.db, student_id)
    require_active(school.db, client_id)
    _check(new)
    discount = school.add(
        Discount,
        student_id=student_id,
        percent=new.percent,
        amount=new.amount,
        first_on=new.first_on,
        last_on=new.last_on,
        note=new.note.strip() or None,
    )
    _cover(school.db, discount.id, new)
    return Given(discount.id, student_id, client_id, _price_days(school, student_id, Period(new.first_on, new.last_on)))


def remove_discount(school: WritableSchool, discount_id: int) -> Given:
    """Take a discount away and price anew what it touched, as if it had never been; NotFound if there is none."""
    student_id, days = require_discount(school.db, discount_id)
    for table in ("discount_subject", "discount_lesson_type"):
        school.db.execute(f"DELETE FROM {table} WHERE discount_id = ?", (discount_id,))  # noqa: S608
    school.db.execute("DELETE FROM discount WHERE id = ?", (discount_id,))
    client_id = client_of_student(school.db, student_id)
    return Given(discount_id, student_id, client_id, _price_days(school, student_id, days))


def require_discount(db: sqlite3.Connection, discount_id: int) -> tuple[int, Period]:
    """Return the student and the days of a discount; NotFound if there is none of that number."""
    row = db.execute("SELECT student_id, first_on, last_on FROM discount WHERE id = ?", (discount_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no discount {id}.").format(id=discount_id),
            _("'schoolcrm discounts list' shows all."),
        )
    first, last = (date.fromisoformat(day) if day else None for day in row[1:])
    return row[0], Period(first, last)


def _check(new: NewDiscount) -> None:
    if (new.percent is None) == (new.amount is None):
        raise BadValue(_("A discount is either a percentage or a sum."), _("Give --percent or --amount."))
    if new.percent is not None and not 0 < new.percent <= WHOLE:
        raise BadValue(_("A discount is above 0 and up to 100 percent."), _("Write it like 10 or 12.5."))
    if new.amount is not None and new.amount <= 0:
        raise BadValue(_("A discount must be above 0."), _("Give the sum that is taken off, for example 150."))
    if new.first_on and new.last_on and new.last_on < new.first_on:
        raise BadValue(
            _("The discount would end on {last}, before its first day {first}.").format(
                last=human_date(new.last_on), first=human_date(new.first_on)
            ),
            _("Give a later --to, or an earlier --from."),
        )


def _cover(db: sqlite3.Connection, discount_id: int, new: NewDiscount) -> None:
    db.executemany(
        "INSERT INTO discount_subject (discount_id, subject_id) VALUES (?, ?)",
        [(discount_id, number) for number in dict.fromkeys(new.subject_ids)],
    )
    db.executemany(
        "INSERT INTO discount_lesson_type (discount_id, lesson_type_id) VALUES (?, ?)",
        [(discount_id, number) for number in dict.fromkeys(new.lesson_type_ids)],
    )


def _price_days(school: WritableSchool, student_id: int, days: Period) -> int:
    """Price the student's marks and upfront charges of those days anew; return how many of them have changed.

    What a deleted subscription charged stays as it is (R41).
    """
    first, last = (days.first or date.min).isoformat(), (days.last or date.max).isoformat()
    before = school.db.execute(_CHARGES, (student_id, first, last)).fetchall()
    price_anew(school, [Touched(number, date.fromisoformat(on)) for number, on, _lesson, _charge in before])
    changed = set(before) - set(school.db.execute(_CHARGES, (student_id, first, last)))
    return len(changed) + _price_upfront(school, student_id, first, last)


def _price_upfront(school: WritableSchool, student_id: int, first: str, last: str) -> int:
    before = school.db.execute(_UPFRONT, (student_id, first, last)).fetchall()
    for subscription_id in {number for number, _on, _amount in before}:
        charge_upfront(school, subscription_id)
    return len(set(before) - set(school.db.execute(_UPFRONT, (student_id, first, last))))
