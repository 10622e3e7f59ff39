"""Filters saved under a name (R52)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, make_school, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Wish
from schoolcrm.core.listing.saved_filters import (
    SavedFilter,
    filter_name,
    find_saved,
    refuse_unusable,
    remove_saved,
    save_filter,
    saved_filters,
)
from schoolcrm.core.people.custom_fields import add_field, remove_field

DEBTORS = SavedFilter("Должники", ["is:debtor", "^group:Робо 1"], ["name", "debt"], ["-debt"])


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


def test_what_is_saved_is_found_under_its_name_in_any_writing(school: Any) -> None:
    save_filter(school, "client", DEBTORS)
    assert find_saved(school.db, "client", " должники ") == DEBTORS
    assert saved_filters(school.db, "client") == [DEBTORS]
    assert saved_filters(school.db, "student") == []
    save_filter(school, "student", DEBTORS._replace(terms=["is:lead"]))
    assert find_saved(school.db, "client", "Должники") == DEBTORS


def test_saving_again_replaces_and_the_same_leaves_no_trace(school: Any) -> None:
    number = save_filter(school, "client", DEBTORS)
    changes = "SELECT count(*) FROM change WHERE entity = 'saved_filter'"
    before = school.db.execute(changes).fetchone()
    assert save_filter(school, "client", DEBTORS) == number
    assert school.db.execute(changes).fetchone() == before
    other = SavedFilter("ДОЛЖНИКИ", ["debt:1000.."])
    assert save_filter(school, "client", other) == number
    assert saved_filters(school.db, "client") == [SavedFilter("ДОЛЖНИКИ", ["debt:1000.."], [], [])]


def test_terms_are_added_and_columns_and_sort_keys_win() -> None:
    assert DEBTORS.widened(Wish(["анна"], limit=5)) == Wish(
        ["is:debtor", "^group:Робо 1", "анна"], ["name", "debt"], ["-debt"], 5
    )
    widened = DEBTORS.widened(Wish(columns=["id"], sort=["name"]))
    assert (widened.columns, widened.sort) == (["id"], ["name"])


def test_an_unknown_name_has_suggestions(school: Any) -> None:
    with pytest.raises(NotFound) as caught:
        find_saved(school.db, "client", "x")
    assert caught.value.hint == "A list is saved as a filter with --save NAME; none is saved yet."
    save_filter(school, "client", DEBTORS)
    with pytest.raises(NotFound) as caught:
        find_saved(school.db, "client", "Должнеки")
    assert (caught.value.sentence, caught.value.hint) == (
        'No saved filter is called "Должнеки".', "Did you mean: Должники?"
    )  # fmt: skip
    with pytest.raises(NotFound) as caught:
        remove_saved(school, "client", "Осень")
    assert caught.value.hint == "There are: Должники."


def test_a_removed_filter_is_gone(school: Any) -> None:
    save_filter(school, "client", DEBTORS)
    assert remove_saved(school, "client", "должники") == DEBTORS
    assert saved_filters(school.db, "client") == []


@pytest.mark.parametrize(
    "saved",
    [
        SavedFilter("Рост", ["field.Рост:100.."]),
        SavedFilter("Рост", [], ["name", "field.Рост"]),
        SavedFilter("Рост", [], [], ["-field.Рост"]),
    ],
)
def test_a_filter_with_a_field_removed_since_is_told_of(school: Any, saved: SavedFilter) -> None:
    number = add_field(school, "client", "Рост", type="number")
    refuse_unusable(school.db, TODAY, CLIENTS, saved)
    remove_field(school, "client", number)
    with pytest.raises(BadValue) as caught:
        refuse_unusable(school.db, TODAY, CLIENTS, saved)
    sentence = 'The saved filter "Рост" can\'t be used any more: There is no field "field.Рост".'
    assert caught.value.sentence == sentence
    assert "clients filters remove" in caught.value.hint


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_a_filter_needs_a_name(text: str) -> None:
    with pytest.raises(BadValue):
        filter_name(text)
    assert filter_name(" a  b ") == "a b"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]))), min_size=3, max_size=3))
def test_any_text_comes_back_as_it_was(school: Any, parts: list[list[str]]) -> None:
    saved = SavedFilter("Любой", *parts)
    save_filter(school, "client", saved)
    assert find_saved(school.db, "client", "Любой") == saved
