"""The funnel counted from histories: worked examples of who entered, went further, stayed how long."""

from datetime import date

import pytest

from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.funnel import CHAIN, Step, Tally, count_funnel
from schoolcrm.core.rules.status import FUNNEL

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))


def _steps(*histories: str, line: int | None = None) -> list[Step]:
    """Return the histories of clients 1, 2, …, written as "09-01 new, 09-05 bought"."""
    return [
        (client, line, base, date.fromisoformat(f"2026-{day}"))
        for client, history in enumerate(histories, 1)
        for day, base in (step.split() for step in history.split(", "))
    ]


def _count(*histories: str, period: Period = SEPTEMBER) -> dict[str, Tally]:
    return dict(count_funnel(_steps(*histories), period)[None])


def test_a_client_all_the_way_through_the_funnel() -> None:
    counted = _count("09-01 new, 09-03 in-work, 09-08 trial-booked, 09-12 trial-done, 09-20 bought")
    assert [counted[base].entered for base in CHAIN] == [1, 1, 1, 1, 1]
    assert [counted[base].now for base in CHAIN] == [0, 0, 0, 0, 1]
    assert [counted[base].share(base) for base in CHAIN] == [1, 1, 1, 1, None]
    assert [counted[base].median_days() for base in CHAIN] == [2, 5, 4, 8, None]


def test_going_further_may_leave_bases_out_and_come_after_the_period() -> None:
    counted = _count("09-01 new, 11-20 bought", "09-02 new, 10-01 refused", "09-03 new", "09-04 new, 09-05 in-work")
    assert counted["new"].entered == 4
    assert counted["new"].share("new") == 0.5
    assert counted["new"].now == 3
    assert counted["in-work"].share("in-work") == 0


def test_what_came_before_does_not_count_as_further() -> None:
    counted = _count("08-01 bought, 08-20 refused, 09-05 in-work, 09-06 new")
    assert counted["in-work"].share("in-work") == 0
    assert counted["new"].share("new") == 0


def test_a_base_beside_the_way_has_no_share_and_does_not_count_as_further() -> None:
    counted = _count("09-01 for-admin, 09-02 group-search, 09-03 reserve, 09-04 refused, 09-05 deleted, 09-06 bought")
    beside = set(FUNNEL) - set(CHAIN)
    assert {counted[base].entered for base in beside} == {1}
    assert {counted[base].share(base) for base in beside} == {None}
    assert _count("09-01 trial-done, 09-02 group-search")["trial-done"].share("trial-done") == 0


def test_nobody_entered_has_no_share() -> None:
    assert _count("08-01 new")["new"].share("new") is None


def test_a_move_within_a_base_is_no_entry_and_does_not_end_the_stay() -> None:
    counted = _count("08-30 new, 09-10 new, 09-11 in-work, 09-14 in-work, 09-21 bought")
    assert (counted["new"].entered, counted["new"].median_days()) == (0, None)
    assert (counted["in-work"].entered, counted["in-work"].median_days()) == (1, 10)


def test_a_client_who_enters_twice_is_counted_once_and_both_stays_are_measured() -> None:
    counted = _count("09-01 in-work, 09-03 reserve, 09-10 in-work, 09-20 refused")
    assert counted["in-work"].entered == 1
    assert counted["in-work"].median_days() == 6
    assert counted["in-work"].share("in-work") == 0


def test_the_first_entry_of_the_period_decides_who_went_further() -> None:
    counted = _count("09-01 in-work, 09-03 trial-booked, 09-10 in-work")
    assert counted["in-work"].share("in-work") == 1


def test_the_bounds_of_the_period_belong_to_it() -> None:
    counted = _count("09-01 new, 09-30 bought", "08-31 new, 10-01 bought")
    assert (counted["new"].entered, counted["bought"].entered) == (1, 1)
    assert (counted["new"].now, counted["bought"].now) == (1, 1)


def test_a_stay_that_ends_after_the_period_is_measured_and_one_from_before_it_is_not() -> None:
    counted = _count("09-30 new, 11-30 bought", "08-01 new, 09-15 bought")
    assert counted["new"].median_days() == 61


@pytest.mark.parametrize(("lengths", "median"), [((3,), 3), ((3, 4), 3.5), ((0, 30, 1), 1), ((2, 4), 3), ((), None)])
def test_the_median_is_a_whole_number_or_has_a_half(lengths: tuple[int, ...], median: float | None) -> None:
    found = _count("08-01 deleted", *(f"09-01 new, 10-{1 + length:02} bought" for length in lengths))
    days = found["new"].median_days()
    assert days == (None if median is None else median + 30)
    assert days is None or isinstance(days, int) or days % 1 == 0.5


def test_lines_are_counted_apart_and_one_without_anybody_is_left_out() -> None:
    steps = [*_steps("09-01 new", line=7), *_steps("10-01 new", line=8), *_steps("08-01 new", line=None)]
    counted = count_funnel(steps, SEPTEMBER)
    assert {line: tallies["new"].entered for line, tallies in counted.items()} == {7: 1, None: 0}


def test_an_open_period_has_no_bounds() -> None:
    counted = _count("01-01 new, 12-31 bought", period=Period(None, None))
    assert (counted["new"].entered, counted["bought"].now) == (1, 1)


def test_no_history_is_no_line() -> None:
    assert count_funnel([], SEPTEMBER) == {}
