"""Cells become typed values or are refused with a reason; nothing is guessed or cut (R63)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.own_fields import CustomField
from schoolcrm.core.importing.values import (
    custom_reader_for,
    read_choice,
    read_emails,
    read_labels,
    read_name,
    read_name_and_key,
    read_names,
    read_past_day,
    read_price,
    reader_for,
)
from schoolcrm.core.rules import personal
from schoolcrm.core.rules.names import fold

TODAY = date(2026, 9, 1)


def outcome(read: Callable[[str], object], text: str) -> object:
    """What a reader makes of the text: the value, or the sentence of its refusal."""
    try:
        return read(text)
    except BadValue as refusal:
        return refusal.sentence


@given(st.text(alphabet=st.sampled_from("Ёё яЯAz-. '1#\n\u00a0\u0301\u202e")))
def test_a_quickly_read_name_is_what_the_rule_makes_of_it(text: str) -> None:
    name = outcome(personal.read_name, text)
    assert outcome(read_name, text) == name
    with suppress(BadValue):
        assert read_name_and_key(text) == (name, fold(read_name(text)))


@pytest.mark.parametrize(
    "text", ["Иванова", "Ли Анна ", "Ли Анна  Юн", "Салтыков-Щедрин М. Е.", "А" * 200, "А" * 201, "#REF!", "12", ""]
)
def test_names_of_cells_follow_the_rule(text: str) -> None:
    assert outcome(read_name, text) == outcome(personal.read_name, text)


@given(st.lists(st.text(alphabet=st.sampled_from("aZя1.-+_<\u200d\u0301"), max_size=8), min_size=2, max_size=3))
def test_a_quickly_read_email_is_what_the_rule_makes_of_it(parts: list[str]) -> None:
    text = "@".join(parts)
    assert outcome(lambda word: "".join(read_emails(word)), text) == outcome(personal.read_email, text)


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("anna@example.com", ("anna@example.com",)),
        (" a.b+c@mail.example.co ; d@пример.рф ", ("a.b+c@mail.example.co", "d@пример.рф")),
        ("a@b.co d@e.fg,\ng@h.ij", ("a@b.co", "d@e.fg", "g@h.ij")),
        (" ", ()),
    ],
)
def test_emails_of_a_cell(text: str, emails: tuple[str, ...]) -> None:
    assert read_emails(text) == emails


@pytest.mark.parametrize("text", ["нет", "a@b", "a@@b.co", "a b@c.de", "a@b.co; нет", "A" * 300 + "@b.co"])
def test_a_cell_with_a_word_that_is_no_email_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="not an email address"):
        read_emails(text)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Робо 1", ("Робо 1",)),
        ("Робо 1, Танцы; Английский\nШахматы", ("Робо 1", "Танцы", "Английский", "Шахматы")),
        (" Робо  1 ;; робо 1 ", ("Робо 1",)),
        ("101", ("101",)),
        ("Робо 1 (пн,ср)", ("Робо 1 (пн,ср)",)),
        ("Робо 1 (пн, ср; (вт,чт)), Танцы (сб\nвс)", ("Робо 1 (пн, ср; (вт,чт))", "Танцы (сб вс)")),
        ("Робо (пн, Танцы), Ким; (", ("Робо (пн, Танцы)", "Ким", "(")),
        ("Робо (пн, Танцы", ("Робо (пн", "Танцы")),
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


def test_a_last_visit_in_the_future_is_refused() -> None:
    assert read_past_day("01.09.2026", TODAY) == TODAY
    with pytest.raises(BadValue, match="future"):
        read_past_day("02.09.2026", TODAY)


def test_the_whole_cell_is_named_when_it_is_no_email() -> None:
    with pytest.raises(BadValue, match=r'^"не знаю" is not an email address'):
        read_emails(" не  знаю")


def test_a_price_is_not_below_zero_and_zero_says_nothing() -> None:
    assert read_price("0,00") is None
    assert read_price("1 200,50 ₽") == 120050
    with pytest.raises(BadValue, match="below zero"):
        read_price("-1")


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
