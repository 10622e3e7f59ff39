"""Periods: every way to write one, both ends included."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.dates import Period, month_of, parse_period

TODAY = date(2026, 11, 21)  # a Saturday
FIRST_OF_SEPTEMBER = date(2026, 9, 1)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-09", date(2026, 9, 1), date(2026, 9, 30)),
        ("2024-2", date(2024, 2, 1), date(2024, 2, 29)),
        ("09.2026", date(2026, 9, 1), date(2026, 9, 30)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-кв1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2199-Q4", date(2199, 10, 1), date(2199, 12, 31)),
        ("this-month", date(2026, 11, 1), date(2026, 11, 30)),
        ("этот-месяц", date(2026, 11, 1), date(2026, 11, 30)),
        ("last-month", date(2026, 10, 1), date(2026, 10, 31)),
        ("прошлый месяц", date(2026, 10, 1), date(2026, 10, 31)),
        ("next-month", date(2026, 12, 1), date(2026, 12, 31)),
        ("this-week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last-week", date(2026, 11, 9), date(2026, 11, 15)),
        ("следующая-неделя", date(2026, 11, 23), date(2026, 11, 29)),
        ("this-year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
        ("next-year", date(2027, 1, 1), date(2027, 12, 31)),
        ("today", TODAY, TODAY),
        ("вчера", date(2026, 11, 20), date(2026, 11, 20)),
        ("01.09.2026", FIRST_OF_SEPTEMBER, FIRST_OF_SEPTEMBER),
        ("all", None, None),
        ("всё", None, None),
        ("2026-09-01..2026-09-15", FIRST_OF_SEPTEMBER, date(2026, 9, 15)),
        ("01.09.2026 .. today", FIRST_OF_SEPTEMBER, TODAY),
        ("2026-09..2026-10", FIRST_OF_SEPTEMBER, date(2026, 10, 31)),
        ("2026-09..", FIRST_OF_SEPTEMBER, None),
        ("..-1m", None, date(2026, 10, 21)),
        ("today..today", TODAY, TODAY),
    ],
)
def test_periods(text: str, first: date | None, last: date | None) -> None:
    assert parse_period(text, TODAY) == Period(first, last)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a period"),
        ("..", "not a period"),
        ("soon", "not a period"),
        ("2026-13", "not a period"),
        ("0000-05", "not a period"),
        ("2026-Q5", "not a period"),
        ("２０２６", "not a period"),
        ("2026-01..2026-02..2026-03", "not a period"),
        ("today..yesterday", "ends before it begins"),
        ("2026-02-30", "There is no such day"),
        ("1899", "not between"),
        ("2200-01", "not between"),
    ],
)
def test_refuses_other_periods(text: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason):
        parse_period(text, TODAY)


def test_a_period_includes_both_ends_and_may_be_open() -> None:
    september = parse_period("2026-09", TODAY)
    assert september.contains(date(2026, 9, 1))
    assert september.contains(date(2026, 9, 30))
    assert not september.contains(date(2026, 8, 31))
    assert not september.contains(date(2026, 10, 1))
    assert Period(None, TODAY).contains(date.min)
    assert not Period(None, TODAY).contains(TODAY + timedelta(days=1))
    assert Period(TODAY, None).contains(date.max)
    assert Period(None, None).contains(TODAY)


@given(days, st.sampled_from(["week", "month", "year"]))
def test_neighbouring_periods_touch(today: date, unit: str) -> None:
    last, this, following = (parse_period(f"{when}-{unit}", today) for when in ("last", "this", "next"))
    assert this.contains(today)
    assert last.last is not None and this.first is not None and this.last is not None
    assert last.last + timedelta(days=1) == this.first
    assert this.last + timedelta(days=1) == following.first


@given(days)
def test_month_of_a_day(day: date) -> None:
    month = month_of(day)
    assert month == parse_period(f"{day:%Y-%m}", TODAY)
    assert month.first is not None and month.last is not None
    assert month.first.day == 1
    assert (month.last + timedelta(days=1)).day == 1
