"""What people write about people, in a cell or on the command line, is read exactly or refused (R50, R63)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.personal import (
    find_choice,
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
    ("text", "name"),
    [
        ("Иванова Анна", "Иванова Анна"),
        ("  Иванова \u00a0 Анна ", "Иванова Анна"),
        ("Салтыков-Щедрин М. Е.", "Салтыков-Щедрин М. Е."),
        ("O'Neil", "O'Neil"),
        ("O'Neil \u202eEva", "O'Neil Eva"),
        ("\x1b[31mАня", "[31mАня"),
        ("Оглы 2-й", "Оглы 2-й"),
        ("李", "李"),
        ("А" * 200, "А" * 200),
    ],
)
def test_r63_names_are_tidied(text: str, name: str) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize("text", ["123", "—", "", "  ", "...", "\u200b", "#REF!", "#н/д", "А" * 201])
def test_r63_a_name_needs_a_letter_and_an_end(text: str) -> None:
    with pytest.raises(BadValue):
        read_name(text)


def test_a_name_that_is_blank_is_called_missing() -> None:
    with pytest.raises(BadValue, match="A name is missing"):
        read_name(" \u00a0")


@pytest.mark.parametrize("text", ["#REF!", "#Н/Д", "#value!"])
def test_an_error_of_the_spreadsheet_is_no_text(text: str) -> None:
    with pytest.raises(BadValue, match="error of the spreadsheet"):
        read_line(text)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (" одна \r\n две\u202e \n\n", "одна\nдве"),
        (" строгая \r\n\x1b[31m мама\n", "строгая\n[31m мама"),
        ("а \u00a0 б", "а б"),
        ("а \u00a0 б\nв \t г", "а б\nв г"),
        (" \n ", ""),
    ],
)
def test_a_note_keeps_its_lines(text: str, note: str) -> None:
    assert read_note(text) == note


@given(st.text())
def test_any_text_becomes_clean_or_a_bad_value(text: str) -> None:
    note = read_note(text)
    assert note == printable(note)
    assert note == read_note(note)
    assert note.encode().decode() == note
    try:
        line = read_line(text)
    except BadValue:
        return
    assert "\n" not in line
    assert read_line(line) == line


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("anna@example.com", "anna@example.com"),
        (" a.b+c@mail.example.co ", "a.b+c@mail.example.co"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("анна@пример.рф", "анна@пример.рф"),
        ("a" * 242 + "@example.com", "a" * 242 + "@example.com"),
    ],
)
def test_emails(text: str, email: str) -> None:
    assert read_email(text) == email


@pytest.mark.parametrize(
    "text",
    [
        *("", "нет", "x", "anna", "a@b", "@example.com", "@b.c", "a@@b.co", "a b@c.de", "a@b..co", "a@.co", "a@.b.co"),
        *("a@b.co.", "<a@b.co>", "a@b.c\u200do", "\x1b[31ma@@b.co", "\ud800", "A" * 300 + "@b.co", "a" * 250 + "@b.co"),
        *("a@b.co,d@e.fg", "a@b.co d@e.fg"),
    ],
)
def test_what_is_no_email_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(BadValue, match="not an email address") as caught:
        read_email(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.09.2016", date(2016, 9, 1)),
        ("2016-05-01", date(2016, 5, 1)),
        ("1.9.16", date(2016, 9, 1)),
        ("1.9.85", date(1985, 9, 1)),
        ("5/3/59", date(1959, 3, 5)),
        ("01.09.26", date(2026, 9, 1)),
        ("02.09.26", date(1926, 9, 2)),
        ("01.01.1906", date(1906, 1, 1)),
    ],
)
def test_r63_birth_dates_lie_in_the_past(text: str, day: date) -> None:
    assert read_birthday(text, TODAY) == day


@pytest.mark.parametrize(
    "text", ["02.09.2026", "2026-09-02", "31.12.1905", "01.01.1900", "32.01.2016", "31.02.2016", "7", "никогда", ""]
)
def test_r63_impossible_birth_dates_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_birthday(text, TODAY)


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        *(("М", "m"), ("M", "m"), ("м.", "m"), ("муж.", "m"), ("Мальчик", "m"), ("юноша", "m"), ("man", "m")),
        *(("F", "f"), ("f.", "f"), ("Ж.", "f"), ("жен.", "f"), ("девочка", "f"), (" Женский ", "f"), ("girl", "f")),
    ],
)
def test_sex_in_both_languages(text: str, sex: str) -> None:
    assert read_sex(text) == sex


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(("Да", True), ("YES", True), ("TRUE", True), ("1", True), ("+", True), ("д.", True), ("есть", True)),
        *(("v", True), ("X", True), ("х", True)),
        *(("нет.", False), ("no", False), ("0", False), ("-", False), ("−", False), ("–", False), ("—", False)),
    ],
)
def test_r63_yes_and_no_in_both_languages(text: str, answer: bool) -> None:
    assert read_yes_no(text) is answer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", "5"),
        ("120", "120"),
        ("12,5", "12.5"),
        ("1.50", "1.50"),
        ("−7", "-7"),
        ("–1,5", "-1.5"),
        ("1 200", "1200"),
        ("1\u00a0234\u202f567.25", "1234567.25"),
        ("0,125", "0.125"),
        ("12345,678", "12345.678"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert str(read_number(text)) == number


@pytest.mark.parametrize("text", ["1,000", "1.000", "-12,345", "123,456"])
def test_r63_a_number_with_two_meanings_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="two ways"):
        read_number(text)


@pytest.mark.parametrize("text", ["пять", "1e5", "--1", "1 23", "1234 567", "1" * 16, "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="not a number"):
        read_number(text)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_written_number_is_read_back(number: Decimal) -> None:
    assert read_number(f"{number:,f}".replace(",", " ").replace(".", ",")) == number


@pytest.mark.parametrize("read", [read_sex, read_yes_no, read_number, read_application])
@pytest.mark.parametrize("text", ["z", "", ".", "1..2", "может быть", "\ud800"])
def test_other_words_are_refused_with_a_hint(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(BadValue) as caught:
        read(text)
    assert caught.value.hint


def test_yes_is_no_sex() -> None:
    with pytest.raises(BadValue):
        read_sex("да")


def test_ways_of_an_application() -> None:
    assert [read_application(text) for text in ("site", " Call", "APP")] == ["site", "call", "app"]


def test_a_choice_is_spelt_as_the_school_spells_it() -> None:
    choices = ("Первая", "Вторая", "ПЕРВАЯ")
    assert find_choice(" первая", choices) == "Первая"
    assert find_choice("перваяя", choices) is None
    assert find_choice("", choices) is None
