"""Which of a student's discounts applies, and what a price is after it (R35), in kopecks."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from schoolcrm.core.rules.money import prorate

WHOLE = 10_000
"""100 %, in the hundredths of a percent that discounts are kept in."""


class Discount(NamedTuple):
    """A discount of one student: either ``percent`` (hundredths: 1250 is 12.5 %) or ``amount`` in kopecks.

    Both days are inclusive, None: open. Empty ``subjects`` or ``lesson_types`` mean all of them.
    """

    id: int
    student_id: int
    percent: int | None
    amount: int | None
    first_on: date | None
    last_on: date | None
    subjects: frozenset[int]
    lesson_types: frozenset[int]

    def holds_on(self, day: date) -> bool:
        """Tell whether the day lies within the discount's days."""
        return (self.first_on is None or self.first_on <= day) and (self.last_on is None or day <= self.last_on)

    def covers(self, subject_id: int | None, lesson_type_id: int) -> bool:
        """Tell whether the discount is for lessons of that subject and type."""
        return (not self.subjects or subject_id in self.subjects) and (
            not self.lesson_types or lesson_type_id in self.lesson_types
        )

    def covers_all(self, subjects: frozenset[int], lesson_types: frozenset[int]) -> bool:
        """Tell whether it is for every lesson of what covers these (empty: all) subjects and lesson types."""
        return _within(subjects, self.subjects) and _within(lesson_types, self.lesson_types)

    def taken_off(self, price: int) -> int:
        """Return the price after the discount, rounded half up to the kopeck, never below 0."""
        return prorate(self.leaves(price), 1, WHOLE)

    def leaves(self, price: int) -> int:
        """Return the price after the discount, not rounded: in ten-thousandths of a kopeck, never below 0."""
        if self.percent is not None:
            return price * (WHOLE - self.percent)
        return max(0, price - (self.amount or 0)) * WHOLE


def best_of(discounts: Iterable[Discount], price: int) -> Discount | None:
    """Return the one discount worth most in money on that price (tie: lower id); they are not summed."""
    return min(discounts, key=lambda discount: (discount.taken_off(price), discount.id), default=None)


def after_best(discounts: Iterable[Discount], price: int) -> int:
    """Return the price after the best of the discounts, the price itself if there are none."""
    best = best_of(discounts, price)
    return price if best is None else best.taken_off(price)


def share_after_best(discounts: Iterable[Discount], price: int, share: int) -> int:
    """Return that percentage of the price after the best of the discounts, rounded half up only once (R31).

    The share of a price that was rounded before can be a kopeck more or less: 10 % off 55.65 leaves 50.085, half of
    which is 25.04.
    """
    finest = min((discount.leaves(price) for discount in discounts), default=price * WHOLE)
    return prorate(finest, share, 100 * WHOLE)


def _within(cover: frozenset[int], wider: frozenset[int]) -> bool:
    return not wider or (bool(cover) and cover <= wider)
