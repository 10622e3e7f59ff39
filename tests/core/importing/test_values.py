"""Cells become typed values or are refused with a reason; nothing is guessed or cut (R63)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import CustomField
from schoolcrm.core.importing.values import (
    custom_reader_for,
    read_birthday,
    read_choice,
    read_emails,
    read_label,
    read_labels,
    read_name,
    read_names,
    read_note,
    read_number,
    read_past_day,
    read_price,
    read_sex,
    read_yes_no,
    reader_for,
)
from schoolcrm.core.rules.names import tidy

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Иванова Анна", "Иванова Анна"),
        ("  Иванова \u00a0 Анна ", "Иванова Анна"),
        ("Салтыков-Щедрин М. Е.", "Салтыков-Щедрин М. Е."),
        ("O'Neil \u202eEva", "O'Neil Eva"),
        ("Оглы 2-й", "Оглы 2-й"),
        ("李", "李"),
    ],
)
def test_r63_names_are_tidied(text: str, name: str) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize("text", ["123", "—", "", "  ", "...", "\u200b", "#REF!", "#н/д", "А" * 201])
def test_r63_a_name_needs_a_letter_and_an_end(text: str) -> None:
    with pytest.raises(BadValue):
        read_name(text)


@given(st.text(alphabet=st.sampled_from("Ёё яЯAz-. '\u00a0\u0301\u202e"), min_size=1))
def test_a_quickly_read_name_is_as_tidy_as_any_other(text: str) -> None:
    try:
        assert read_name(text) == tidy(text)
    except BadValue:
        assert not any(map(str.isalpha, text))


@pytest.mark.parametrize("text", ["#REF!", "#Н/Д", "#value!"])
def test_an_error_of_the_spreadsheet_is_no_text(text: str) -> None:
    with pytest.raises(BadValue, match="error of the spreadsheet"):
        read_label(text)


def test_a_note_keeps_its_lines() -> None:
    assert read_note(" одна \r\n две\u202e \n\n") == "одна\nдве"
    assert read_note("а \u00a0 б") == "а б"


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Робо 1", ("Робо 1",)),
        ("Робо 1, Танцы; Английский\nШахматы", ("Робо 1", "Танцы", "Английский", "Шахматы")),
        (" Робо  1 ;; робо 1 ", ("Робо 1",)),
        ("101", ("101",)),
        (" ; ", ()),
        ("  ", ()),
    ],
)
def test_r62_groups_of_a_cell(text: str, groups: tuple[str, ...]) -> None:
    assert read_labels(text) == groups


def test_teachers_of_a_cell_need_letters() -> None:
    assert read_names("Орлова Е. В., Ким") == ("Орлова Е. В.", "Ким")
    with pytest.raises(BadValue):
        read_names("Ким, 12")


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("anna@example.com", ("anna@example.com",)),
        (" a.b+c@mail.example.co ; d@пример.рф ", ("a.b+c@mail.example.co", "d@пример.рф")),
        (" ", ()),
    ],
)
def test_emails(text: str, emails: tuple[str, ...]) -> None:
    assert read_emails(text) == emails


@pytest.mark.parametrize(
    "text", ["нет", "a@b", "@example.com", "a@@b.co", "a b@c.de", "a@b..co", "a@.co", "A" * 300 + "@b.co"]
)
def test_what_is_no_email_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="not an email address"):
        read_emails(text)


@pytest.mark.parametrize(
    ("text", "day"), [("01.09.2016", date(2016, 9, 1)), ("1.9.16", date(2016, 9, 1)), ("5/3/59", date(1959, 3, 5))]
)
def test_r63_birth_dates(text: str, day: date) -> None:
    assert read_birthday(text, TODAY) == day


@pytest.mark.parametrize("text", ["02.09.2026", "01.01.1900", "32.01.2016", "7"])
def test_r63_impossible_birth_dates_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_birthday(text, TODAY)


def test_a_last_visit_in_the_future_is_refused() -> None:
    assert read_past_day("01.09.2026", TODAY) == TODAY
    with pytest.raises(BadValue, match="future"):
        read_past_day("02.09.2026", TODAY)


def test_a_price_is_not_below_zero() -> None:
    assert read_price("1 200,50 ₽") == 120050
    with pytest.raises(BadValue, match="below zero"):
        read_price("-1")


@pytest.mark.parametrize(("text", "sex"), [("М", "m"), ("жен.", "f"), ("Мальчик", "m"), ("F", "f")])
def test_sex(text: str, sex: str) -> None:
    assert read_sex(text) == sex


def test_any_other_sex_is_refused() -> None:
    with pytest.raises(BadValue):
        read_sex("да")


@pytest.mark.parametrize(("text", "answer"), [("Да", True), ("TRUE", True), ("+", True), ("нет.", False), ("0", False)])
def test_r63_yes_and_no_in_both_languages(text: str, answer: bool) -> None:
    assert read_yes_no(text) is answer


def test_perhaps_is_neither_yes_nor_no() -> None:
    with pytest.raises(BadValue):
        read_yes_no("может быть")


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", "5"), ("−1,5", "-1.5"), ("1 234 567.25", "1234567.25"), ("0,125", "0.125"), ("12345,678", "12345.678")],
)
def test_numbers(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1,000", "1.000", "пять", "1e5", "--1", "1 23"])
def test_what_is_no_number_or_two_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_number(text)


def test_a_choice_is_spelt_as_the_school_spells_it() -> None:
    field = CustomField("Смена", "choice", ("Первая", "Вторая"))
    assert read_choice(" первая", field) == "Первая"
    with pytest.raises(BadValue, match="Первая"):
        read_choice("перваяя", field)


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("text", " a  b ", "a b"),
        ("number", "1,5", Decimal("1.5")),
        ("date", "1.9.26", date(2026, 9, 1)),
        ("bool", "да", True),
    ],
)
def test_custom_fields_have_types(type_: str, text: str, value: object) -> None:
    assert custom_reader_for(CustomField("x", type_), TODAY)(text) == value


@given(st.sampled_from(sorted(CLIENT_FIELDS.fields)), st.text(min_size=1, max_size=30))
def test_any_text_of_any_field_is_read_or_refused(key: str, text: str) -> None:
    try:
        reader_for(key, TODAY)(text)
    except BadValue as refusal:
        assert refusal.sentence


@given(st.sampled_from(["text", "number", "date", "bool", "choice"]), st.text(min_size=1, max_size=30))
def test_any_text_of_any_custom_field_is_read_or_refused(type_: str, text: str) -> None:
    try:
        custom_reader_for(CustomField("x", type_, ("a", "b")), TODAY)(text)
    except BadValue as refusal:
        assert refusal.sentence
