"""None"""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import use_language
from schoolcrm.core.rules.dates import add_months, human_date, parse_date, parse_period, parse_time, read_date

TODAY = date(2026, 11, 21)  # a Saturday
FIRST_OF_SEPTEMBER = date(2026, 9, 1)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
WRITINGS = (
    "{0:%Y-%m-%d}",
    "{0.year}-{0.month}-{0.day}",
    "{0:%d.%m.%Y}",
    "{0.day}.{0.month}.{0.year}",
    "{0:%d/%m/%Y}",
)
CELL_WRITINGS = (
    *WRITINGS,
    "{0:%Y-%m-%d} 00:00:00",
    "{0:%Y-%m-%d}T18:30:05.000",
    "{0:%d.%m.%Y} 9:05",
    "{0:%d-%m-%Y}",
    "{0:%Y.%m.%d}",
    " {0:%d.%m.%Y}\u00a0г.",
)
date_like = st.text(st.sampled_from("0123456789.-/+ :TQqdwmyднмгки１٣"), max_size=14)
any_text = st.one_of(st.text(), date_like)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-01", FIRST_OF_SEPTEMBER),
        ("01.09.2026", FIRST_OF_SEPTEMBER),
        ("1.9.26", FIRST_OF_SEPTEMBER),
        ("today", TODAY),
        ("Today ", TODAY),
        ("сегодня", TODAY),
        ("yesterday", date(2026, 11, 20)),
        ("вчера", date(2026, 11, 20)),
        ("tomorrow", date(2026, 11, 22)),
        ("Завтра", date(2026, 11, 22)),
        ("+7d", date(2026, 11, 28)),
        ("+7д", date(2026, 11, 28)),
        ("-2w", date(2026, 11, 7)),
        ("−2н", date(2026, 11, 7)),
        ("+1m", date(2026, 12, 21)),
        ("-1м", date(2026, 10, 21)),
        ("+1y", date(2027, 11, 21)),
        ("sat", TODAY),
        ("сб", TODAY),
        ("sun", date(2026, 11, 22)),
        ("mon", date(2026, 11, 23)),
        ("понедельник", date(2026, 11, 23)),
        ("Friday", date(2026, 11, 27)),
    ],
)
def test_dates_of_the_command_line(text: str, day: date) -> None:
    assert parse_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    ["2026", "46266", "+7", "7d", "+1q", "soon", "1.9", "2026-09", "2026-09-01 00:00", "+99999d", "１.９.26"],
)
def test_the_command_line_refuses_what_is_not_a_date(text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_date(text, TODAY)
    assert text in refusal.value.sentence
    assert "01.09.2026" in refusal.value.hint


@given(days, st.sampled_from(WRITINGS))
def test_every_written_date_reads_back(day: date, writing: str) -> None:
    assert parse_date(writing.format(day), TODAY) == day


@given(days, st.sampled_from(CELL_WRITINGS))
def test_r63_every_written_cell_reads_back(day: date, writing: str) -> None:
    assert read_date(writing.format(day), today=TODAY) == day


@given(days, st.sampled_from(["en", "ru"]))
def test_human_dates_read_back(day: date, language: str) -> None:
    use_language(language)
    assert parse_date(human_date(day), TODAY) == day
    assert read_date(human_date(day), today=TODAY) == day


@given(st.dates(date(1906, 1, 8), date(2173, 10, 13)), st.sampled_from(["{}", "{}.0", "{}.75", "{},5"]))
def test_r63_spreadsheet_serials(day: date, writing: str) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read_date(writing.format(serial), today=TODAY) == day


def test_r63_worked_dates() -> None:
    for text in ("01.09.2026", "1.9.26", "2026-09-01", "01/09/2026", "1/9/26", "46266", "46266.0"):
        assert read_date(text, today=TODAY) == FIRST_OF_SEPTEMBER


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1.9.15", date(2015, 9, 1)),
        ("21.11.26", TODAY),
        ("22.11.26", date(1926, 11, 22)),
        ("1.9.78", date(1978, 9, 1)),
        ("29.02.00", date(2000, 2, 29)),
        ("1.9.1978", date(1978, 9, 1)),
        ("42248", date(2015, 9, 1)),
    ],
)
def test_r63_two_digit_birth_years_are_never_in_the_future(text: str, day: date) -> None:
    assert read_date(text, today=TODAY, birth=True) == day


def test_r63_two_digit_years_are_of_this_century() -> None:
    assert read_date("1.9.78", today=TODAY) == date(2078, 9, 1)
    assert parse_date("1.9.78", TODAY) == date(2078, 9, 1)


@pytest.mark.parametrize("text", ["22.11.2026", "2026-11-22", "46348", "1.1.2199"])
def test_r63_a_birth_in_the_future_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="in the future"):
        read_date(text, today=TODAY, birth=True)
    assert read_date(text, today=TODAY) > TODAY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31.02.2026", "There is no such day as 31.02.2026"),
        ("29.02.2026", "There is no such day"),
        ("2026-02-30", "There is no such day"),
        ("00.01.2026", "There is no such day"),
        ("1.0.2026", "There is no such day"),
        ("01.01.0000", "There is no such day"),
        ("01/13/2026", "01/13/2026 has no such month: the day comes first"),
        ("2026-13-01", "no such day as 2026-13-01: a year has 12 months"),
        ("31.12.1899", "not between 1900 and 2199"),
        ("1899-12-31", "not between 1900 and 2199"),
        ("01.01.2200", "not between 1900 and 2199"),
        ("01.01.0026", "not between 1900 and 2199"),
        ("2015", "2015 is a year"),
        ("7", "not a date"),
        ("0", "not a date"),
        ("046266", "not a date"),
        ("101126", "not a date"),
        ("20260901", "not a date"),
        ("2958465", "not a date"),
        ("-46266", "not a date"),
        ("01-09-26", "not a date"),
        ("1.9-26", "not a date"),
        ("2026-09-01T21:00:00Z", "not a date"),
        ("2026-09-01 21:00:00+03:00", "not a date"),
        ("2026-09-01 25:00", "not a date"),
        ("today", "not a date"),
        ("2026-W36-2", "not a date"),
        ("１2.09.2026", "not a date"),
        ("٠١.٠٩.٢٠٢٦", "not a date"),
        ("４６２６６", "not a date"),
        ("+1.09.2026", "not a date"),
        ("1_.09.2026", "not a date"),
        ("01.09.2026, 02.09.2026", "not a date"),
        ("1" * 5000, "not a date"),
        ("", "missing"),
        (" \u00a0", "missing"),
    ],
)
def test_r63_rejects_dates_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason) as refusal:
        read_date(text, today=TODAY)
    assert len(refusal.value.sentence) < 200


@given(any_text, st.booleans())
def test_any_text_is_a_date_or_refused(text: str, birth: bool) -> None:
    for read in (partial(read_date, text, today=TODAY, birth=birth), partial(parse_date, text, TODAY)):
        try:
            assert 1900 <= read().year <= 2199
        except BadValue as refusal:
            assert refusal.sentence and refusal.hint


@given(any_text)
def test_any_text_is_a_period_or_time_or_refused(text: str) -> None:
    parsers: list[Callable[[], object]] = [
        partial(parse_period, text, TODAY),
        partial(parse_time, text),
    ]
    for parse in parsers:
        try:
            assert parse() is not None
        except BadValue as refusal:
            assert refusal.sentence and refusal.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("18:00", "18:00"), ("9:30", "09:30"), ("09:05", "09:05"), ("18.30", "18:30")),
        *(("18-00", "18:00"), ("18:00:00", "18:00"), (" 0:00 ", "00:00"), ("23:59", "23:59")),
    ],
)
def test_times_of_day(text: str, expected: str) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["24:00", "18:60", "18", "1800", "18:00:30", "6pm", "-1:00", "１８:00", "", "18:0"])
def test_refuses_other_times(text: str) -> None:
    with pytest.raises(BadValue, match="not a time of day"):
        parse_time(text)


def test_months_are_added_from_the_anchor() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), 2) == date(2026, 3, 31)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_dates_are_shown_in_the_language() -> None:
    assert human_date(FIRST_OF_SEPTEMBER) == "2026-09-01"
    use_language("ru")
    assert human_date(FIRST_OF_SEPTEMBER) == "01.09.2026"
