"""Text from data steers no terminal, hides nothing, starts no formula."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.safetext import escape_json, guard_formula, one_line, printable, starts_formula

_STEERING = ["\x1b", "\x9b", "\x00", "\x7f", "\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\u00ad"]


@pytest.mark.parametrize("text", ["", "Иванова Мария", "O'Brien; 5 %", "1\u00a0250,50 ₽", "семья 👨\u200d👩\u200d👧"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text
    assert printable(text) == text


@pytest.mark.parametrize("character", _STEERING)
def test_control_and_direction_characters_go(character: str) -> None:
    assert one_line(f"a{character}b") == "ab"
    assert printable(f"a{character}b") == "ab"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\f"])
def test_line_ends_become_a_space_or_one_kind_of_line_end(end: str) -> None:
    assert one_line(f"one{end}two") == "one two"
    assert printable(f"one{end}two") == "one\ntwo"


def test_a_tab_is_a_space_on_one_line_and_stays_in_a_block() -> None:
    assert one_line("a\tb") == "a b"
    assert printable("a\tb") == "a\tb"


@given(st.text(st.characters()))
def test_one_line_is_free_of_everything_dangerous_and_can_be_written(text: str) -> None:
    cleaned = one_line(text)
    cleaned.encode("utf-8")
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(character) for character in cleaned}
    assert not {"RLE", "LRE", "RLO", "LRO", "PDF", "LRI", "RLI", "FSI", "PDI"} & {
        unicodedata.bidirectional(character) for character in cleaned
    }
    assert one_line(cleaned) == cleaned


@given(st.text(st.characters()))
def test_escaped_json_means_the_same_and_is_safe(text: str) -> None:
    escaped = escape_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(escaped) == text
    assert one_line(escaped) == escaped


@pytest.mark.parametrize("text", ["=1+1", "+7 916", "-1", "@A1", "\t=1", "\r=1", " =1", "＝1+1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_guarded(text: str) -> None:
    assert starts_formula(text)
    assert guard_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "Иванова", "1=1", "a-b", "(=1)", "'=1"])
def test_other_text_is_not_guarded(text: str) -> None:
    assert not starts_formula(text)
    assert guard_formula(text) == text
