"""Regular schedules: on which days a lesson that repeats takes place (R22)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from schoolcrm.core.language import N_

DAYS_IN_WEEK = 7
STATE_WORDS: Mapping[str, str] = {"planned": N_("planned"), "held": N_("held"), "cancelled": N_("cancelled")}
"""The states of a lesson, with their English names."""
_NOTHING: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of a regular schedule, of a group or of one student (R22).

    ``weekdays`` are ISO weekdays (Monday 1), ``time`` is "HH:MM", ``last_on`` is inclusive (None: open end).
    It takes place every ``every_weeks`` weeks, counted from the Monday of the week of ``first_on``.
    """

    id: int
    weekdays: frozenset[int]
    time: str
    minutes: int
    first_on: date
    last_on: date | None
    every_weeks: int
    group_id: int | None
    student_id: int | None
    subject_id: int | None
    teacher_id: int | None
    room_id: int | None
    lesson_type_id: int


def occurrences(slot: Slot, first: date, last: date, without: Collection[date] = _NOTHING) -> list[date]:
    """Return the days of the slot from ``first`` to ``last``, both inclusive, in order (R22).

    ``without`` are days that don't count: holidays, and days of which a stored lesson has taken the place.
    """
    days = _days(slot, first, last)
    return [day for day in days if day not in without] if without else list(days)


def weekday_mask(weekdays: Iterable[int]) -> int:
    """Return the ISO weekdays as bits, bit 0 being Monday; ValueError if a number is no weekday."""
    mask = 0
    for weekday in weekdays:
        if not 1 <= weekday <= DAYS_IN_WEEK:
            raise ValueError(f"not an ISO weekday: {weekday}")
        mask |= 1 << (weekday - 1)
    return mask


@cache
def weekdays_of(mask: int) -> frozenset[int]:
    """Return the ISO weekdays whose bits are set in ``mask``; ValueError if it has other bits."""
    if not 0 <= mask < 1 << DAYS_IN_WEEK:
        raise ValueError(f"not a mask of weekdays: {mask}")
    return frozenset(weekday for weekday in range(1, DAYS_IN_WEEK + 1) if mask >> (weekday - 1) & 1)


def _days(slot: Slot, first: date, last: date) -> Iterator[date]:
    start = max(first, slot.first_on).toordinal()
    end = min(last, slot.last_on or last).toordinal()
    step = DAYS_IN_WEEK * slot.every_weeks
    anchor = slot.first_on.toordinal() - slot.first_on.weekday()
    monday = anchor + (start - anchor) // step * step
    offsets = sorted(weekday - 1 for weekday in slot.weekdays)
    for week in range(monday, end + 1, step):
        for offset in offsets:
            if start <= week + offset <= end:
                yield date.fromordinal(week + offset)
