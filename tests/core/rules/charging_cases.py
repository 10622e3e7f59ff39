"""Subscriptions and lessons in one line each, for the tests of charging and coverage."""

from collections.abc import Iterable
from datetime import date

from schoolcrm.core.rules.charging import Occasion, Terms
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
) -> Terms:
    covers = frozenset(subjects), frozenset(lesson_types)
    return Terms(id, 1, kind, price, lessons, first_on, last_on, billing, separate, stop_at_end, *covers)


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
