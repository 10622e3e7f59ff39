"""Texts with places for facts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.letters import fill_letter, places_of, unknown_place

names = st.text("abc._ д", min_size=1, max_size=5).filter(lambda text: text.strip() == text)
plain = st.text(st.characters(exclude_characters="{", codec="utf-8"), max_size=8)


def test_places_are_filled_and_two_braces_are_one() -> None:
    text = "Hello {name}, {{ {field.Школа} { name }}"
    assert places_of(text) == ["name", "field.Школа"]
    assert fill_letter(text, {"name": "Anna", "field.Школа": "№ 5"}) == "Hello Anna, { № 5 Anna}"


def test_a_value_is_never_taken_for_a_place() -> None:
    assert fill_letter("{name}", {"name": "{balance} {{"}) == "{balance} {{"


@pytest.mark.parametrize("text", ["Hello {name", "{", "{}", "a { b", "{na\nme}"])
def test_a_brace_that_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="not closed"):
        places_of(text)


@settings(deadline=None)
@given(st.lists(st.tuples(plain, names), max_size=5), plain)
def test_the_rest_of_the_text_stays_as_it_is(parts: list[tuple[str, str]], end: str) -> None:
    template = "".join(f"{text}{{{name}}}" for text, name in parts) + end
    values = {name: f"<{name}>" for _text, name in parts}
    assert set(places_of(template)) == set(values)
    assert fill_letter(template, values) == "".join(f"{text}<{name}>" for text, name in parts) + end


def test_an_unknown_place_names_those_that_are_known() -> None:
    error = unknown_place("balanse", ["name", "balance"])
    assert "{balanse}" in error.sentence
    assert "Did you mean: balance?" in error.hint
    assert "Known fields: name, balance." in unknown_place("zzz", ["name", "balance"]).hint
