"""Subscriptions and lessons in one line each, for the tests of charging and coverage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from hypothesis import strategies as st

from schoolcrm.core.rules.charging import Charge, Mark, Occasion, Terms, projected_by_month
from schoolcrm.core.rules.discounts import Discount
from schoolcrm.core.rules.timetable import Slot, occurrences

START = date(2026, 9, 1)
OPEN = date(2020, 1, 1)


def subscription(
    kind: str = "lesson",
    price: int = 70000,
    lessons: int | None = None,
    *,
    id: int = 1,
    first_on: date = OPEN,
    last_on: date | None = None,
    billing: str = "by-lesson",
    separate: bool = False,
    stop_at_end: bool = False,
    subjects: Iterable[int] = (),
    lesson_types: Iterable[int] = (),
    discounts: Iterable[Discount] = (),
) -> Terms:
    covers = frozenset(subjects), frozenset(lesson_types)
    facts = (kind, price, lessons, first_on, last_on, billing, separate, stop_at_end)
    return Terms(id, 1, *facts, *covers, tuple(discounts))


def percent(hundredths: int, **days_and_cover: Any) -> Discount:
    return _discount(hundredths, None, **days_and_cover)


def money(amount: int, **days_and_cover: Any) -> Discount:
    return _discount(None, amount, **days_and_cover)


def _discount(
    hundredths: int | None,
    amount: int | None,
    *,
    id: int = 1,
    student: int = 1,
    first_on: date | None = None,
    last_on: date | None = None,
    subjects: Iterable[int] = (),
    lesson_types: Iterable[int] = (),
) -> Discount:
    covers = frozenset(subjects), frozenset(lesson_types)
    return Discount(id, student, hundredths, amount, first_on, last_on, *covers)


DISCOUNTS = st.lists(
    st.builds(
        lambda worth, first_on, length, **cover: worth(
            first_on=first_on, last_on=length if length is None else (first_on or START) + length, **cover
        ),
        worth=st.integers(1, 10_000).map(lambda one: partial(percent, one))
        | st.integers(1, 400_000).map(lambda one: partial(money, one)),
        first_on=st.none() | st.dates(date(2026, 8, 20), date(2026, 11, 1)),
        length=st.none() | st.timedeltas(timedelta(0), timedelta(60)),
        id=st.integers(1, 99),
        subjects=st.frozensets(st.integers(1, 2), max_size=1),
        lesson_types=st.frozensets(st.integers(1, 2), max_size=1),
    ),
    max_size=3,
    unique_by=lambda discount: discount.id,
)


def lesson(on: date = START, id: int = 1, time: str = "17:00", subject: int | None = 1, type: int = 1) -> Occasion:
    return Occasion(on, time, id, subject, type)


def weekly(first_on: date, last: date, last_on: date | None = None) -> list[Occasion]:
    """Lessons of a weekly slot from its first day to ``last``."""
    weekdays = frozenset({first_on.isoweekday()})
    slot = Slot(1, weekdays, "17:00", 60, first_on, last_on, 1, 1, None, 1, None, None, 1)
    return [lesson(day) for day in occurrences(slot, first_on, last)]


def september(*days: int) -> list[Occasion]:
    """Lessons on those days of September 2026, with the day as id."""
    return [lesson(date(2026, 9, day), day) for day in days]


def by_month(lessons: Iterable[Occasion]) -> Iterator[list[Occasion]]:
    """Put lessons, which are in order, together by calendar months."""
    return (list(month) for _first, month in groupby(lessons, key=lambda one: one.on.replace(day=1)))


def project(
    offers: Iterable[Terms], held: Mapping[int, Sequence[Mark]], upcoming: Sequence[Occasion], **passed: Any
) -> list[Charge]:
    """What holding the coming lessons, attended, would charge: one charge for each, in their order."""
    return list(projected_by_month(offers, held, by_month(upcoming), **passed))


def price_of_next(terms: Terms, marks: Sequence[Mark], *upcoming: Occasion) -> int:
    """What the first of the coming lessons, attended, would cost after these marks."""
    return project([terms], {terms.id: marks}, upcoming)[0].price
