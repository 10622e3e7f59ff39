"""The average interval between purchases and the next one expected (R13)."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.renewals import Renewal, Rhythm, next_renewal, used_intervals

TODAY = date(2026, 4, 1)
EXAMPLE = [date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 12)]
USUAL = Rhythm()

DAYS = st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), max_size=12)
LIMITS = st.integers(0, 3650)
RHYTHMS = st.builds(Rhythm, LIMITS, st.booleans(), LIMITS, LIMITS)


def days_apart(*intervals: int) -> list[date]:
    """The days of purchases, the last one today, with these intervals between them."""
    days = [TODAY]
    for interval in reversed(intervals):
        days.append(days[-1] - timedelta(days=interval))
    return days


def test_r13_worked_example() -> None:
    renewal = next_renewal(EXAMPLE, TODAY, USUAL)
    assert used_intervals(EXAMPLE, TODAY, USUAL) == [30, 31]
    assert renewal == Renewal(date(2026, 3, 12), 61, 2)
    assert renewal.average_days == 30.5
    assert renewal.expected_on == date(2026, 4, 11)


@pytest.mark.parametrize("days", [[], EXAMPLE[:1], EXAMPLE[:1] * 3], ids=["none", "one", "one day thrice"])
def test_r13_without_an_interval_nothing_is_expected(days: list[date]) -> None:
    assert next_renewal(days, TODAY, USUAL) is None


@pytest.mark.parametrize(("longest", "used"), [(0, [10, 31, 200]), (200, [10, 31, 200]), (199, [10, 31]), (9, [])])
def test_r13_longer_intervals_are_ignored(longest: int, used: list[int]) -> None:
    days = days_apart(31, 200, 10)
    rhythm = Rhythm(longest_days=longest)
    assert used_intervals(days, TODAY, rhythm) == used
    assert (next_renewal(days, TODAY, rhythm) is None) == (not used)


@pytest.mark.parametrize(
    ("intervals", "used"),
    [((5, 9), [5, 9]), ((5, 9, 7), [7]), ((5, 5, 9, 9), [5, 9]), ((5, 400, 9), [5, 9]), ((5, 400, 9, 7), [7])],
)
def test_r13_extremes_are_dropped_when_three_are_left_after_the_filter(
    intervals: tuple[int, ...], used: list[int]
) -> None:
    rhythm = Rhythm(longest_days=399, drop_extremes=True)
    assert used_intervals(days_apart(*intervals), TODAY, rhythm) == used


def test_r13_looking_back_so_many_days_the_first_of_them_counts() -> None:
    first = (TODAY - EXAMPLE[0]).days
    assert used_intervals(EXAMPLE, TODAY, Rhythm(look_back_days=first)) == [30, 31]
    assert used_intervals(EXAMPLE, TODAY, Rhythm(look_back_days=first - 1)) == [30]
    assert next_renewal(EXAMPLE, TODAY, Rhythm(look_back_days=20)) is None


def test_r13_who_has_bought_nothing_for_longer_is_left_out() -> None:
    silence = (TODAY - EXAMPLE[-1]).days
    assert next_renewal(EXAMPLE, TODAY, Rhythm(forget_days=silence)) is not None
    assert next_renewal(EXAMPLE, TODAY, Rhythm(forget_days=silence - 1)) is None


@pytest.mark.parametrize(
    ("total", "count", "average"), [(92, 3, 30.67), (91, 3, 30.33), (90, 3, 30), (1, 8, 0.13), (603, 200, 3.02)]
)
def test_r13_the_average_is_shown_to_two_decimals(total: int, count: int, average: float) -> None:
    shown = Renewal(TODAY, total, count).average_days
    assert shown == average
    assert isinstance(shown, int) == (total % count == 0)


@given(DAYS, RHYTHMS)
def test_r13_the_average_lies_among_the_intervals_and_its_day_is_rounded_down(days: list[date], rhythm: Rhythm) -> None:
    used = used_intervals(days, TODAY, rhythm)
    renewal = next_renewal(days, TODAY, rhythm)
    if renewal is None:
        assert not used or rhythm.forget_days
        return
    exact = Fraction(sum(used), len(used))
    assert min(used) <= renewal.average_days <= max(used)
    assert abs(exact - Fraction(renewal.average_days)) <= Fraction(1, 199)
    assert renewal.last_on == max(days)
    assert renewal.expected_on - renewal.last_on <= timedelta(days=float(exact))
    assert renewal.expected_on - renewal.last_on > timedelta(days=float(exact) - 1)


@given(DAYS, RHYTHMS, st.randoms(use_true_random=False))
def test_r13_neither_the_order_of_purchases_nor_two_on_a_day_matter(
    days: list[date], rhythm: Rhythm, random: Random
) -> None:
    shuffled = [*days, *random.choices(days, k=3)] if days else []
    random.shuffle(shuffled)
    assert next_renewal(shuffled, TODAY, rhythm) == next_renewal(days, TODAY, rhythm)


@given(DAYS, RHYTHMS)
def test_r13_what_is_left_out_is_never_more_than_the_settings_say(days: list[date], rhythm: Rhythm) -> None:
    every = used_intervals(days, TODAY, Rhythm(look_back_days=rhythm.look_back_days))
    used = used_intervals(days, TODAY, rhythm)
    short = [interval for interval in every if not rhythm.longest_days or interval <= rhythm.longest_days]
    assert len(short) - len(used) == (2 if rhythm.drop_extremes and len(short) >= 3 else 0)
    assert every == [] or all(interval > 0 for interval in every)
