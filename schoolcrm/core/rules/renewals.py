"""The average interval between a client's purchases, and the day the next one is expected (R13)."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

_FEWEST_WITH_EXTREMES = 3


class Rhythm(NamedTuple):
    """The school's choices about intervals, in days; 0 leaves a choice out.

    Longer intervals than `longest_days` don't count, nor do purchases more than `look_back_days` ago;
    `drop_extremes` leaves out one shortest and one longest of three intervals or more; who has bought nothing
    for more than `forget_days` is expected no more.
    """

    longest_days: int = 0
    drop_extremes: bool = False
    look_back_days: int = 0
    forget_days: int = 0


class Renewal(NamedTuple):
    """When a client bought last, and the intervals between purchases: their sum in days and how many they are."""

    last_on: date
    total_days: int
    intervals: int

    @property
    def average_days(self) -> int | float:
        """The average interval in days, to two decimals; whole days are an int."""
        hundredths = (200 * self.total_days + self.intervals) // (2 * self.intervals)
        return hundredths / 100 if hundredths % 100 else hundredths // 100

    @property
    def expected_on(self) -> date:
        """The day of the next purchase: the last one and the exact average, rounded down to a whole day."""
        return self.last_on + timedelta(days=self.total_days // self.intervals)


def next_renewal(bought_on: Iterable[date], today: date, rhythm: Rhythm) -> Renewal | None:
    """Return what the days of purchases say of the next one; None when no interval counts, or it is forgotten (R13)."""
    days = sorted(set(bought_on))
    if not days or (rhythm.forget_days and (today - days[-1]).days > rhythm.forget_days):
        return None
    intervals = used_intervals(days, today, rhythm)
    return Renewal(days[-1], sum(intervals), len(intervals)) if intervals else None


def used_intervals(bought_on: Iterable[date], today: date, rhythm: Rhythm) -> list[int]:
    """Return the intervals in days that count, shortest first; several purchases of one day are one (R13)."""
    days = sorted(set(bought_on))
    if rhythm.look_back_days:
        days = [day for day in days if (today - day).days <= rhythm.look_back_days]
    intervals = sorted([(after - before).days for before, after in pairwise(days)])
    if rhythm.longest_days:
        intervals = [interval for interval in intervals if interval <= rhythm.longest_days]
    if rhythm.drop_extremes and len(intervals) >= _FEWEST_WITH_EXTREMES:
        return intervals[1:-1]
    return intervals
