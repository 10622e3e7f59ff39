from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.rules.timetable import Slot, occurrences, weekday_mask, weekdays_of

TUESDAY = date(2021, 4, 6)
DAYS = st.dates(date(2019, 12, 1), date(2022, 2, 1))
WEEKLY = Slot(
    id=1,
    weekdays=frozenset({2}),
    time="17:00",
    minutes=60,
    first_on=TUESDAY,
    last_on=None,
    every_weeks=1,
    group_id=1,
    student_id=None,
    subject_id=None,
    teacher_id=None,
    room_id=None,
    lesson_type_id=1,
)


def test_r22_a_weekly_slot_takes_place_on_its_weekday_both_ends_included() -> None:
    days = occurrences(WEEKLY, date(2021, 4, 6), date(2021, 4, 27))
    assert days == [date(2021, 4, 6), date(2021, 4, 13), date(2021, 4, 20), date(2021, 4, 27)]


def test_r22_a_period_may_end_on_the_monday_itself() -> None:
    slot = replace(WEEKLY, weekdays=frozenset({1}))
    assert occurrences(slot, date(2021, 4, 12), date(2021, 4, 12)) == [date(2021, 4, 12)]


def test_r22_nothing_before_the_first_or_after_the_last_day() -> None:
    slot = replace(WEEKLY, last_on=date(2021, 4, 19))
    assert occurrences(slot, date(2020, 1, 1), date(2030, 1, 1)) == [date(2021, 4, 6), date(2021, 4, 13)]
    assert occurrences(slot, date(2021, 5, 1), date(2021, 4, 1)) == []


def test_r22_holidays_and_replaced_days_are_left_out() -> None:
    without = frozenset({date(2021, 4, 13), date(2021, 4, 14)})
    assert occurrences(WEEKLY, TUESDAY, date(2021, 4, 20), without) == [date(2021, 4, 6), date(2021, 4, 20)]


def test_r22_every_second_week_counts_from_the_monday_of_the_first_week() -> None:
    slot = replace(WEEKLY, weekdays=frozenset({1, 4}), every_weeks=2)  # from a Tuesday: that Monday is past
    days = occurrences(slot, date(2021, 4, 1), date(2021, 5, 6))
    assert days == [
        date(2021, 4, 8),
        date(2021, 4, 19),
        date(2021, 4, 22),
        date(2021, 5, 3),
        date(2021, 5, 6),
    ]
    assert occurrences(slot, date(2021, 4, 20), date(2021, 4, 30)) == [date(2021, 4, 22)]


def test_an_open_end_goes_on_up_to_the_last_day_there_is() -> None:
    assert occurrences(WEEKLY, date(2521, 1, 1), date(2521, 1, 20)) == [date(2521, 1, 7), date(2521, 1, 14)]
    assert [day.year for day in occurrences(WEEKLY, date(9999, 12, 20), date.max)] == [9999, 9999]
    assert occurrences(WEEKLY, TUESDAY, date(2021, 4, 19), frozenset({TUESDAY})) == [date(2021, 4, 13)]


@settings(max_examples=150)
@given(
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    every=st.integers(1, 5),
    first_on=DAYS,
    last_on=st.none() | DAYS,
    first=DAYS,
    last=DAYS,
    without=st.frozensets(DAYS, max_size=20),
)
def test_r22_the_same_days_as_looking_at_every_day(
    weekdays: frozenset[int],
    every: int,
    first_on: date,
    last_on: date | None,
    first: date,
    last: date,
    without: frozenset[date],
) -> None:
    slot = replace(WEEKLY, weekdays=weekdays, every_weeks=every, first_on=first_on, last_on=last_on)
    monday = first_on - timedelta(days=first_on.weekday())
    every_day = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    expected = [
        day
        for day in every_day
        if day >= first_on
        and (last_on is None or day <= last_on)
        and day.isoweekday() in weekdays
        and (day - monday).days // 7 % every == 0
        and day not in without
    ]
    assert occurrences(slot, first, last, without) == expected


@given(st.frozensets(st.integers(1, 7)))
def test_a_mask_of_weekdays_reads_back(weekdays: frozenset[int]) -> None:
    assert weekdays_of(weekday_mask(weekdays)) == weekdays


def test_the_lowest_bit_is_monday() -> None:
    assert weekday_mask({1}) == 1
    assert weekday_mask([1, 4, 4]) == 0b1001
    assert weekdays_of(0b1000000) == {7}


@pytest.mark.parametrize("weekday", [0, 8, -1])
def test_a_number_that_is_no_weekday_is_refused(weekday: int) -> None:
    with pytest.raises(ValueError, match=str(weekday)):
        weekday_mask([weekday])


@pytest.mark.parametrize("mask", [-1, 128])
def test_a_number_that_is_no_mask_is_refused(mask: int) -> None:
    with pytest.raises(ValueError, match=str(mask)):
        weekdays_of(mask)
