"""What people write about people (R50, R63)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.people.values import (
    read_application,
    read_birthday,
    read_email,
    read_line,
    read_name,
    read_note,
    read_number,
    read_sex,
    read_yes_no,
)
from schoolcrm.core.rules.safetext import printable

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("text", "name"), [("  Анна   Иванова ", "Анна Иванова"), ("O'Neil", "O'Neil"), ("\x1b[31mАня", "[31mАня")]
)
def test_names_are_tidy(text: str, name: str) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize("text", ["", " ", "123", "—", "а" * 201])
def test_a_name_needs_a_letter_and_an_end(text: str) -> None:
    with pytest.raises(BadValue):
        read_name(text)


@pytest.mark.parametrize(
    ("text", "day"), [("1.9.85", date(1985, 9, 1)), ("2016-05-01", date(2016, 5, 1)), ("01.09.26", date(2026, 9, 1))]
)
def test_two_digit_years_of_birth_lie_in_the_past(text: str, day: date) -> None:
    assert read_birthday(text, TODAY) == day


@pytest.mark.parametrize("text", ["2026-09-02", "1.1.1900", "никогда", "", "31.02.2016"])
def test_what_is_no_birthday_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_birthday(text, TODAY)


@pytest.mark.parametrize(("text", "sex"), [("f", "f"), ("Ж.", "f"), ("девочка", "f"), ("M", "m"), ("муж.", "m")])
def test_sex_in_both_languages(text: str, sex: str) -> None:
    assert read_sex(text) == sex


@pytest.mark.parametrize(
    ("text", "yes"), [("да", True), ("YES", True), ("1", True), ("нет", False), ("0", False), ("−", False)]
)
def test_yes_and_no_in_both_languages(text: str, yes: bool) -> None:
    assert read_yes_no(text) is yes


@pytest.mark.parametrize(("text", "number"), [("120", "120"), ("12,5", "12.5"), ("−7", "-7"), ("1 200", "1200")])
def test_numbers_are_kept_plain(text: str, number: str) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("read", [read_sex, read_yes_no, read_number, read_application, read_email])
@pytest.mark.parametrize("text", ["x", "", "1..2", "\ud800"])
def test_other_words_are_refused(read: object, text: str) -> None:
    with pytest.raises(BadValue):
        read(text)  # type: ignore[operator]


def test_a_note_keeps_its_lines() -> None:
    assert read_note(" строгая \r\n\x1b[31m мама\n") == "строгая\n[31m мама"


@given(st.text())
def test_any_text_becomes_clean_or_a_bad_value(text: str) -> None:
    note = read_note(text)
    assert note == printable(note)
    assert note.encode().decode() == note
    try:
        line = read_line(text)
    except BadValue:
        return
    assert "\n" not in line
    assert read_line(line) == line
