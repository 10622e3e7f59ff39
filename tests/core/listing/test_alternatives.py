"""Commas of the query language: those between two values and those within one (R52)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.listing.alternatives import alternatives
from schoolcrm.core.listing.client_fields import BALANCE
from schoolcrm.core.listing.fields import Field
from schoolcrm.core.rules.money import parse_money

NAME = Field("name", "Name")
GROUPS = Field("groups", "Groups", "list")
AGE = Field("age", "Age", "list", items="integer")
SIZE = Field("field.Размер", "Размер", choices=("7,5", "8", "9"))


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("1 500,50", ["1 500,50"]),
        ("849,50", ["849,50"]),
        ("1,50", ["1,50"]),
        ("-1\u00a0500,50 ₽", ["-1\u00a0500,50 ₽"]),
        ("1 500,50..2 000,50", ["1 500,50..2 000,50"]),
        ("..2 000,50", ["..2 000,50"]),
        ("849,50..", ["849,50.."]),
        ("100,200,300", ["100", "200", "300"]),
        ("100,50,200,75", ["100,50", "200,75"]),
        ("1 500,50 000", ["1 500", "50 000"]),
        ("100,50.25", ["100", "50.25"]),
        ("10.00,20,50", ["10.00", "20,50"]),
        ("1500, 50", ["1500", " 50"]),
        (r"100\,50", ["100,50"]),
        (",", []),
    ],
)
def test_a_comma_before_two_digits_is_a_decimal_one(text: str, sums: list[str]) -> None:
    assert alternatives(BALANCE, text) == sums
    assert all(".." in each or parse_money(each) is not None for each in sums)


@pytest.mark.parametrize("text", ["1,5", "10,20,30", "1,000", "1,250", "1,250.50", "100,50..7,5", "1,2,3"])
def test_a_sum_with_two_readings_is_refused_with_both_ways_out(text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        alternatives(BALANCE, text)
    assert text in refusal.value.sentence
    assert refusal.value.hint.startswith("Write kopecks after a point (1500.50), and a space after a comma")


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
def test_what_the_hint_says_is_understood(sums: list[int]) -> None:
    with_points = ", ".join(f"{each // 100}.{each % 100:02}" for each in sums)
    with_commas = ", ".join(f"{each // 100},{each % 100:02}" for each in sums)
    for text in (with_points, with_commas):
        assert [parse_money(each) for each in alternatives(BALANCE, text)] == sums


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        (NAME, "Занятие по 850,00", ["Занятие по 850,00"]),
        (NAME, "анна,егор", ["анна", "егор"]),
        (GROUPS, "Робо 1,5 года,Шахматы", ["Робо 1,5 года", "Шахматы"]),
        (GROUPS, "Робо 1, 2 ступень", ["Робо 1", " 2 ступень"]),
        (NAME, r"Иванова\, Анна,Егор", ["Иванова, Анна", "Егор"]),
        (AGE, "7,9", ["7", "9"]),
        (SIZE, "7,5", ["7,5"]),
        (SIZE, "8,9", ["8", "9"]),
    ],
)
def test_a_comma_between_digits_is_part_of_a_text(field: Field, text: str, values: list[str]) -> None:
    assert alternatives(field, text) == values
