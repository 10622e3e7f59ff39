"""Subscriptions changed after the sale: taken back, closed early, extended, moved to a sibling (R41)."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.learning.groups import require_active_student
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.money.sales import charge_upfront
from schoolcrm.core.people.own_students import client_of_student
from schoolcrm.core.rules.dates import human_date, human_day
from schoolcrm.core.statuses.events import sale_withdrawn
from schoolcrm.core.store.cells import student_name
from schoolcrm.core.store.transaction import WritableSchool

MOST_LESSONS_NAMED = 10
_SOLD = """
    SELECT subscription.id, student.client_id, student.id, student.name, plan.name, subscription.first_on,
           subscription.last_on, subscription.is_trial, subscription.origin, subscription.deleted_on
      FROM subscription
      JOIN student ON student.id = subscription.student_id
      JOIN plan ON plan.id = subscription.plan_id
     WHERE subscription.id = ?
"""
_LATER_MARKS = """
    SELECT mark.on_date, lesson.time, student.name
      FROM mark
      JOIN lesson ON lesson.id = mark.lesson_id
      JOIN student ON student.id = mark.student_id
     WHERE mark.subscription_id = ? AND mark.on_date > ?
     ORDER BY mark.on_date, lesson.time, student.name_key
"""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A sold subscription, as far as changing it is concerned; both days are inclusive, `last_on` None: open."""

    id: int
    client_id: int
    student_id: int
    student: str
    plan: str
    first_on: date
    last_on: date | None
    is_purchase: bool
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What deleting a subscription left behind: marks that keep charges in all, what was charged upfront (kopecks)."""

    subscription: Subscription
    marks: int
    kept: int
    returned: int


def sold_subscription(db: sqlite3.Connection, subscription_id: int) -> Subscription:
    """Return a sold subscription, also a deleted one; NotFound."""
    row = db.execute(_SOLD, (subscription_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no subscription {id}.").format(id=subscription_id),
            _("'schoolcrm subscription list' shows the numbers."),
        )
    number, client_id, student_id, student, plan, first, last, is_trial, origin, deleted_on = row
    return Subscription(
        id=number,
        client_id=client_id,
        student_id=student_id,
        student=student,
        plan=plan,
        first_on=date.fromisoformat(first),
        last_on=date.fromisoformat(last) if last else None,
        is_purchase=not is_trial and origin == "sale",
        is_deleted=deleted_on is not None,
    )


def delete_subscription(school: WritableSchool, subscription_id: int) -> TakenBack:
    """Take a sale back: it pays, covers and counts no more, and what it charged upfront is given back (R41).

    Its marks keep their charges, payments stay. A client whose only purchase it was gets the status from before
    that sale (R7). Raises Refused for one that is deleted already.
    """
    db = school.db
    sold = _living(db, subscription_id)
    marks, kept = db.execute(
        "SELECT count(*), ifnull(sum(charge), 0) FROM mark WHERE subscription_id = ?", (sold.id,)
    ).fetchone()
    (returned,) = db.execute(
        "SELECT ifnull(sum(amount), 0) FROM upfront_charge WHERE subscription_id = ?", (sold.id,)
    ).fetchone()
    db.execute("UPDATE subscription SET deleted_on = ? WHERE id = ?", (school.today.isoformat(), sold.id))
    db.execute("DELETE FROM upfront_charge WHERE subscription_id = ?", (sold.id,))
    if sold.is_purchase:
        sale_withdrawn(school, sold.client_id, sold.id)
    price_months_anew(school, [sold.student_id], sold.first_on)
    return TakenBack(sold, marks, kept, returned)


def close_subscription(school: WritableSchool, subscription_id: int, on: date) -> Subscription:
    """End a subscription early: `on` is its last day, inclusive; return it as it is now (R41).

    A month that is covered in part costs less, and upfront charges of later months are taken back (R31). Raises
    Refused for a deleted or ended one, a day before its first, and marks after the day, naming them.
    """
    sold = _living(school.db, subscription_id)
    _check_closing(school.db, sold, on)
    return _set_end(school, sold, on)


def extend_subscription(
    school: WritableSchool, subscription_id: int, *, days: int | None = None, to: date | None = None
) -> Subscription:
    """Move a subscription's last day by so many `days`, or `to` a later day; return it as it is now (R41).

    Raises Refused for a deleted one, one without end, and one whose student or client is in the archive or deleted
    (R7); BadValue for a day that is no later.
    """
    sold = _living(school.db, subscription_id)
    require_active_student(school.db, sold.student_id)
    if sold.last_on is None:
        raise Refused(
            _("The subscription {id} has no last day: it needs no extension.").format(id=sold.id),
            _("'schoolcrm subscription close' gives it one."),
        )
    last_on = to or _days_after(sold.last_on, days or 0)
    if to is None and last_on <= sold.last_on:
        raise BadValue(
            _("{value} days are no extension: from {last} they lead to {day}.").format(
                value=days, last=human_date(sold.last_on), day=human_date(last_on)
            ),
            _("Give 1 or more with --days, or a later day with --to; 'schoolcrm subscription close' ends it earlier."),
        )
    if last_on <= sold.last_on:
        raise BadValue(
            _("{day} is no extension: the subscription {id} is valid to {last}.").format(
                day=human_date(last_on), id=sold.id, last=human_date(sold.last_on)
            ),
            _("Give a later day with --to, or 1 or more with --days; 'schoolcrm subscription close' ends it earlier."),
        )
    if to is not None:
        _forget_extensions(school.db, sold)
    return _set_end(school, sold, last_on)


def move_subscription(school: WritableSchool, subscription_id: int, student_id: int) -> Subscription:
    """Give a subscription to another student of the same client; return it as it is now (R41).

    Marks so far stay with who attended, at the price of that student's discounts; a package counts on. What is
    charged upfront goes by the discounts of the student who has it now (R35). Raises Refused for a deleted
    subscription, another client's student, one in the archive, and the student who has it.
    """
    sold = _living(school.db, subscription_id)
    client_id = client_of_student(school.db, student_id)
    name = student_name(school.db, student_id)
    if client_id != sold.client_id:
        raise Refused(
            _("{student} is no student of the client who bought the subscription {id}.").format(
                student=name, id=sold.id
            ),
            _("It can be moved to another student of the same client only."),
        )
    if student_id == sold.student_id:
        raise Refused(
            _("The subscription {id} is {student}'s already.").format(id=sold.id, student=name),
            _("Name another student of the same client."),
        )
    require_active_student(school.db, student_id)
    school.db.execute("UPDATE subscription SET student_id = ? WHERE id = ?", (student_id, sold.id))
    _forget_extensions(school.db, sold)
    charge_upfront(school, sold.id)
    price_months_anew(school, [sold.student_id, student_id], sold.first_on)
    return sold_subscription(school.db, sold.id)


def _living(db: sqlite3.Connection, subscription_id: int) -> Subscription:
    sold = sold_subscription(db, subscription_id)
    if sold.is_deleted:
        raise Refused(
            _("The subscription {id} is deleted.").format(id=sold.id),
            _("'schoolcrm subscription list' shows those that are not."),
        )
    return sold


def _check_closing(db: sqlite3.Connection, sold: Subscription, on: date) -> None:
    if on < sold.first_on:
        raise Refused(
            _("The subscription {id} begins on {first}: it can't end on {day}.").format(
                id=sold.id, first=human_date(sold.first_on), day=human_date(on)
            ),
            _("Give a later day with --on, or take the sale back with 'schoolcrm subscription delete'."),
        )
    if sold.last_on is not None and on >= sold.last_on:
        raise Refused(
            _("The subscription {id} ends on {last} anyway.").format(id=sold.id, last=human_date(sold.last_on)),
            _("Give an earlier day with --on; 'schoolcrm subscription extend' makes it longer."),
        )
    later = db.execute(_LATER_MARKS, (sold.id, on.isoformat())).fetchall()
    if later:
        raise Refused(
            ngettext(
                "The subscription {id} pays {count} lesson after {day}: {lessons}.",
                "The subscription {id} pays {count} lessons after {day}: {lessons}.",
                len(later),
            ).format(id=sold.id, count=len(later), day=human_date(on), lessons=_named(later)),
            _("Give the day of the last one with --on, or a later one."),
        )


def _named(marks: list[tuple[str, str, str]]) -> str:
    shown = [f"{human_day(on)} {time} {name}" for on, time, name in marks[:MOST_LESSONS_NAMED]]
    return ", ".join(shown if len(shown) == len(marks) else [*shown, "…"])


def _set_end(school: WritableSchool, sold: Subscription, last_on: date) -> Subscription:
    """Write the last day and price anew what depends on it, also who pays what on its other days (R32)."""
    if sold.last_on is None or last_on < sold.last_on:
        _forget_extensions(school.db, sold)
    school.db.execute("UPDATE subscription SET last_on = ? WHERE id = ?", (last_on.isoformat(), sold.id))
    charge_upfront(school, sold.id)
    price_months_anew(school, [sold.student_id], sold.first_on)
    return sold_subscription(school.db, sold.id)


def _forget_extensions(db: sqlite3.Connection, sold: Subscription) -> None:
    """An end that was set by hand is not moved back when a freeze that had moved it is taken back (R25)."""
    db.execute("DELETE FROM freeze_extension WHERE subscription_id = ?", (sold.id,))


def _days_after(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise BadValue(
            _("{days} days are too many.").format(days=days), _("Give the last day with --to instead.")
        ) from None
