"""Days of the week in both languages, one by one and from one to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import use_language
from schoolcrm.core.rules.dates import human_weekday
from schoolcrm.core.rules.weekdays import parse_weekdays


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon,thu", {1, 4}),
        ("пн,чт", {1, 4}),
        ("Пн., чт.", {1, 4}),
        ("понедельник; Thursday", {1, 4}),
        ("tue sat", {2, 6}),
        ("mon-fri", {1, 2, 3, 4, 5}),
        ("пт – вс", {5, 6, 7}),
        ("sat-mon,wed", {6, 7, 1, 3}),
        ("sun", {7}),
    ],
)
def test_weekdays_of_both_languages(text: str, expected: set[int]) -> None:
    assert parse_weekdays(text) == expected


@pytest.mark.parametrize("text", ["", ",", "mo", "1,3", "mon,foo", "mon-", "-mon", "mon-tue-wed"])
def test_refuses_other_weekdays(text: str) -> None:
    with pytest.raises(BadValue, match="not a day of the week"):
        parse_weekdays(text)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_weekday_names_read_back(language: str) -> None:
    use_language(language)
    assert [parse_weekdays(human_weekday(number)) for number in range(1, 8)] == [{n} for n in range(1, 8)]
    assert human_weekday(1) == ("пн" if language == "ru" else "Mon")


@given(st.text(max_size=30) | st.text("monпнсб-–,;. ", max_size=12))
def test_any_text_is_weekdays_or_refused(text: str) -> None:
    try:
        days = parse_weekdays(text)
        assert days and days <= set(range(1, 8))
    except BadValue as refusal:
        assert refusal.sentence and refusal.hint
