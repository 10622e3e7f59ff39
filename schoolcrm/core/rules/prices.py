"""P of R31: what a subscription costs, after the discount that applies (R35), in kopecks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from schoolcrm.core.rules.discounts import Discount, after_best, share_after_best
from schoolcrm.core.rules.money import prorate
from schoolcrm.core.rules.paying import Occasion, Terms


def price_on(terms: Terms, occasion: Occasion, student_id: int | None = None) -> int:
    """Return P of R31 for that lesson of that student (None: who has the subscription).

    It is the plan's price after the one discount that applies to the lesson (R35), which is taken off the
    whole price of a package or month; of a month only the part that is covered.
    """
    price = terms.price
    if terms.discounts:
        price = after_best(_applying(terms, occasion, student_id), price)
    return price if terms.kind != "month" else _covered_part(terms, price, occasion.on)


def share_on(terms: Terms, occasion: Occasion, share: int, student_id: int | None = None) -> int:
    """Return that percentage of P of a ``lesson`` plan, the discount and the share rounded together, at the end (R31).

    It is never more than ``price_on``, and the same at 100 %. What a package or month costs is whole kopecks before
    it is shared out, so that its charges sum to it.
    """
    return share_after_best(_applying(terms, occasion, student_id), terms.price, share)


def price_at_sale(terms: Terms, day: date) -> int:
    """Return P of R31 for what is charged for the subscription as a whole on that day.

    Only a discount that is for all lessons the subscription covers applies to it (R35).
    """
    price = terms.price
    if terms.discounts:
        today = _holding(terms, terms.student_id, day)
        price = after_best((one for one in today if one.covers_all(terms.subjects, terms.lesson_types)), price)
    return _covered_part(terms, price, day)


def for_any_lesson(terms: Terms) -> Terms:
    """Return the subscription with only those discounts that any lesson it covers gets on their days (R35)."""
    general = [one for one in terms.discounts if one.covers_all(terms.subjects, terms.lesson_types)]
    return replace(
        terms, discounts=tuple(one._replace(subjects=frozenset(), lesson_types=frozenset()) for one in general)
    )


def upfront_charges(terms: Terms) -> list[tuple[date, int]]:
    """Return the days and sums that the sale itself charges (R31), none when billed by lesson.

    A package or lesson: P on the first day. A month plan: P of each month on its first covered day. P is after
    the discount of that day (``price_at_sale``). ValueError if a month plan has no last day, for such charges
    never end.
    """
    if terms.billing != "upfront":
        return []
    if terms.last_on is None and terms.kind == "month":
        raise ValueError(f"subscription {terms.id}: a month plan charged upfront needs a last day")
    if terms.last_on is not None and terms.last_on < terms.first_on:
        return []
    if terms.kind != "month" or terms.last_on is None:
        return [(terms.first_on, price_at_sale(terms, terms.first_on))]
    days = _first_days(terms.first_on, terms.last_on)
    return [(day, price_at_sale(terms, day)) for day in days]


def month_end(day: date) -> date:
    """Return the last day of that day's month."""
    if day.month == 12:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - timedelta(days=1)


def _applying(terms: Terms, occasion: Occasion, student_id: int | None) -> Iterator[Discount]:
    today = _holding(terms, student_id or terms.student_id, occasion.on)
    return (one for one in today if one.covers(occasion.subject_id, occasion.lesson_type_id))


def _holding(terms: Terms, student_id: int, day: date) -> Iterator[Discount]:
    return (one for one in terms.discounts if one.student_id == student_id and one.holds_on(day))


def _covered_part(terms: Terms, price: int, day: date) -> int:
    if terms.kind != "month":
        return price
    first, last = day.replace(day=1), month_end(day)
    covered_from, covered_to = max(first, terms.first_on), min(last, terms.last_on or last)
    return prorate(price, max(0, (covered_to - covered_from).days + 1), last.day)


def _first_days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day = month_end(day) + timedelta(days=1)
