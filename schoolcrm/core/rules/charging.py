"""What a lesson costs (R31–R34), in kopecks; who pays is decided in ``paying``, whose names are here too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Literal, NamedTuple

from schoolcrm.core.rules.money import share_of
from schoolcrm.core.rules.paying import (
    ATTENDED,
    Mark,
    Moment,
    Occasion,
    Terms,
    assign,
    choose,
    fits,
    package_size,
    paying_order,
    planned_id,
    planned_under,
    share_out,
    used_lessons,
)
from schoolcrm.core.rules.prices import month_end, price_at_sale, price_on, share_on, upfront_charges

__all__ = [
    "Basis",
    "Charge",
    "Mark",
    "Moment",
    "Occasion",
    "Terms",
    "assign",
    "choose",
    "fits",
    "free_charge",
    "paying_order",
    "planned_id",
    "planned_under",
    "price_at_sale",
    "price_marks",
    "price_month",
    "price_on",
    "price_package",
    "projected_by_month",
    "upfront_charges",
    "used_lessons",
]

Basis = Literal["paid", "upfront", "over", "none", "trial"]


class Charge(NamedTuple):
    """What a mark costs: ``amount`` = the lesson's ``price`` × the mark's share, rounded once (R31).

    ``basis``: 'paid'; 'upfront' (0, paid by the sale); 'over' (R34, a used-up package, into debt); 'none'
    (R33, no subscription, 0); 'trial' (R12, free). ``subscription_id`` is None for the last two.
    ``student_id``: the mark's (None: the student who has the subscription).
    """

    occasion: Occasion
    subscription_id: int | None
    price: int
    amount: int
    basis: Basis
    student_id: int | None = None

    @property
    def lesson_id(self) -> int:
        """Return the id of the lesson that is charged."""
        return self.occasion.id


def free_charge(occasion: Occasion, basis: Literal["none", "trial"], student_id: int | None = None) -> Charge:
    """Return the charge of 0 for a lesson without subscription (R33) or a free trial (R12)."""
    return Charge(occasion, None, 0, 0, basis, student_id)


def price_marks(terms: Terms, marks: Iterable[Mark], planned: Sequence[Occasion] = ()) -> list[Charge]:
    """Return the charges of marks under one subscription of any kind, in the order of the lessons (R31).

    A package needs all its marks, a month plan all marks of each month that is touched, and the ``planned``
    lessons that it will pay in those months (``planned_under``).
    """
    ordered = _in_order(marks)
    if terms.kind == "package":
        return price_package(terms, ordered)
    if terms.kind == "lesson":
        return [_price_lesson(terms, mark) for mark in ordered]
    charges: list[Charge] = []
    for month, group in groupby(ordered, key=lambda mark: mark.occasion.on.replace(day=1)):
        charges += price_month(terms, month, list(group), planned)
    return charges


def price_package(terms: Terms, marks: Iterable[Mark], used_before: int = 0) -> list[Charge]:
    """Return the charges of the marks under one package, in the order of the lessons (R31, R34).

    All its marks are needed, or those after the first ``used_before`` lessons used. The N-th lesson used
    costs what its own P (R35) leaves over N − 1 common prices; a share of 0 % uses none. Beyond N: the common
    price into debt, also of one paid upfront, or as R33 if the plan stops.
    """
    return _price_package(terms, _in_order(marks), used_before)


def price_month(terms: Terms, month: date, marks: Iterable[Mark], planned: Sequence[Occasion] = ()) -> list[Charge]:
    """Return the charges of the marks of one calendar month (``month``: its first day), in order (R31).

    ``planned`` are the lessons not yet held that the subscription will pay; other months' are left aside.
    They count in N, and the last lesson of all, held or planned, costs what its own P (R35) leaves over N − 1
    common prices.
    """
    ordered = _in_order(mark for mark in marks if mark.occasion.on.replace(day=1) == month)
    waiting = [lesson.moment for lesson in planned if lesson.on.replace(day=1) == month]
    count = len(waiting) + len(ordered)
    ends = bool(ordered) and all(moment < ordered[-1].occasion.moment for moment in waiting)
    return [_price_in_month(terms, mark, count, ends and mark is ordered[-1]) for mark in ordered]


def projected_by_month(
    offers: Iterable[Terms],
    held: Mapping[int, Sequence[Mark]],
    months: Iterable[Sequence[Occasion]],
    *,
    unheld: Sequence[Occasion] = (),
    used: Mapping[int, int] | None = None,
) -> Iterator[Charge]:
    """Yield the charges of one student's coming lessons, as holding them all, attended, would charge them.

    ``held`` are the marks so far by subscription: all of a package's, a month plan's of the running month on;
    ``used`` counts lessons of packages used up before those marks. ``months`` are the lessons to come, in order,
    put together by calendar months, none of them empty (read one at a time, so they need not end); ``unheld``
    those of the running month that passed without being held: they cost nothing here, but count in a month's N (R31).
    """
    outlook = _Outlook(offers, held, unheld, used or {})
    for lessons in months:
        yield from outlook.charge(lessons)


class _Outlook:
    """What is known of a student's subscriptions while the coming months are walked."""

    def __init__(
        self,
        offers: Iterable[Terms],
        held: Mapping[int, Sequence[Mark]],
        unheld: Sequence[Occasion],
        used: Mapping[int, int],
    ) -> None:
        self.offers = sorted(offers, key=paying_order)
        self.held = {key: _in_order(marks) for key, marks in held.items()}
        self.passed = dict(used)
        self.used = {terms.id: used.get(terms.id, 0) + used_lessons(held.get(terms.id, ())) for terms in self.offers}
        self.unheld = list(unheld)

    def charge(self, lessons: Sequence[Occasion]) -> Sequence[Charge]:
        """Return the charges of a month's lessons, in their order."""
        shares = share_out(self.offers, lessons, self.used)
        charges: list[Charge] = []
        for terms in self.offers:
            if terms.id in shares:
                self.used[terms.id] += len(shares[terms.id])
                charges += self._price(terms, shares[terms.id])
        if len(charges) == len(lessons) == max(map(len, shares.values()), default=0):
            return charges
        priced = {charge.occasion: charge for charge in charges}
        return [priced.get(lesson) or free_charge(lesson, "none") for lesson in lessons]

    def _price(self, terms: Terms, lessons: list[Occasion]) -> list[Charge]:
        if terms.kind == "lesson":
            return _price_lessons(terms, lessons)
        month = lessons[0].on.replace(day=1)
        held = self._held_in(terms, month)
        if terms.kind == "package" and not held:
            before = self.passed.get(terms.id, 0)
            self.passed[terms.id] = before + len(lessons)
            return _price_attended(terms, lessons, before)
        together = _in_order([*held, *map(Mark, lessons)])
        if terms.kind == "month":
            return price_month(terms, month, together, planned_under(terms, self.offers, self.unheld, self.used))
        before = self.passed.get(terms.id, 0)
        self.passed[terms.id] = before + used_lessons(together)
        return _price_package(terms, together, before)

    def _held_in(self, terms: Terms, month: date) -> list[Mark]:
        """Take out the marks up to the month's end; return the month's, count earlier ones as passed."""
        waiting = self.held.get(terms.id)
        if not waiting:
            return []
        end = month_end(month)
        due = [mark for mark in waiting if mark.occasion.on <= end]
        self.held[terms.id] = waiting[len(due) :]
        earlier = [mark for mark in due if mark.occasion.on < month]
        self.passed[terms.id] = self.passed.get(terms.id, 0) + used_lessons(earlier)
        return due[len(earlier) :]


def _price_lesson(terms: Terms, mark: Mark) -> Charge:
    if terms.billing == "upfront":
        return _charge(terms, mark, 0, "upfront")
    occasion, share, student_id = mark
    price = price_on(terms, occasion, student_id)
    if share == ATTENDED or not terms.discounts:
        return _charge(terms, mark, price, "paid")
    return Charge(occasion, terms.id, price, share_on(terms, occasion, share, student_id), "paid", student_id)


def _price_lessons(terms: Terms, lessons: list[Occasion]) -> list[Charge]:
    """Return the charges of lessons to come, all attended: without discounts one is like the other."""
    if terms.discounts:
        return [_price_lesson(terms, Mark(lesson)) for lesson in lessons]
    return _alike(_price_lesson(terms, Mark(lessons[0])), lessons)


def _price_attended(terms: Terms, lessons: list[Occasion], before: int) -> list[Charge]:
    """Return the charges of lessons to come of a package, all attended, after the first `before` lessons used."""
    size = package_size(terms)
    if terms.discounts or before < size <= before + len(lessons):
        return _price_package(terms, map(Mark, lessons), before)
    return _alike(_price_in_package(terms, Mark(lessons[0]), before + 1, size), lessons)


def _alike(first: Charge, lessons: list[Occasion]) -> list[Charge]:
    _occasion, payer, price, amount, basis, student_id = first
    return [Charge(lesson, payer, price, amount, basis, student_id) for lesson in lessons]


def _price_package(terms: Terms, ordered: Iterable[Mark], number: int) -> list[Charge]:
    """Return the charges of the marks, in order, after the first `number` lessons used."""
    charges, size = [], package_size(terms)
    for mark in ordered:
        charges.append(_price_in_package(terms, mark, number + 1, size))
        number += mark.share > 0
    return charges


def _price_in_package(terms: Terms, mark: Mark, number: int, size: int) -> Charge:
    whole = price_on(terms, mark.occasion, mark.student_id)
    common = whole // size
    if number > size and mark.share > 0:
        if terms.stop_at_end:
            return free_charge(mark.occasion, "none", mark.student_id)
        return _charge(terms, mark, common, "over")
    if terms.billing == "upfront":
        return _charge(terms, mark, 0, "upfront")
    price = whole - (size - 1) * common if number == size else common
    return _charge(terms, mark, price, "paid")


def _price_in_month(terms: Terms, mark: Mark, lessons: int, is_last: bool) -> Charge:
    if terms.billing == "upfront":
        return _charge(terms, mark, 0, "upfront")
    whole = price_on(terms, mark.occasion, mark.student_id)
    common = whole // lessons
    price = whole - (lessons - 1) * common if is_last else common
    return _charge(terms, mark, price, "paid")


def _charge(terms: Terms, mark: Mark, price: int, basis: Basis) -> Charge:
    occasion, share, student_id = mark
    return Charge(occasion, terms.id, price, price if share == ATTENDED else share_of(price, share), basis, student_id)


def _in_order(marks: Iterable[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda mark: mark.occasion.moment)
