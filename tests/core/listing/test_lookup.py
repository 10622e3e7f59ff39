"""Naming a thing: the one way all finders work."""

from collections.abc import Sequence

import pytest

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound
from schoolcrm.core.listing.lookup import Hit, Wording, contains_words, lookup, read_id
from schoolcrm.core.rules.names import fold

WORDING = Wording(absent="No thing is called {name}.", several="Several answer to {name}.", advice="Look.")
NAMES = {1: "Робо 1", 2: "Робо 2", 3: "Шахматы", 4: "Робо", 5: "Старая"}
HIDDEN = {5}


def find(ref: str, *, include_archived: bool = False) -> int:
    def some(wanted: Sequence[int]) -> list[Hit]:
        return [(number, number in HIDDEN) for number in wanted]

    steps = (
        lambda text: some([number for number in NAMES if number == read_id(text)]),
        lambda text: some([number for number, name in NAMES.items() if fold(name) == fold(text)]),
        lambda text: some([number for number, name in NAMES.items() if fold(text) in fold(name)]),
    )
    return lookup(
        ref,
        steps,
        labels=lambda ids: [(number, NAMES[number]) for number in ids],
        known=NAMES.values,
        wording=WORDING,
        include_archived=include_archived,
    )


@pytest.mark.parametrize(
    ("ref", "number"),
    [("3", 3), ("#3", 3), ("№3", 3), ("№ 3", 3), (" 2 ", 2), ("шахматы", 3), ("ШАХ", 3), ("робо", 4), ("Робо  1", 1)],
)
def test_the_first_step_that_finds_decides(ref: str, number: int) -> None:
    assert find(ref) == number


def test_several_are_candidates_with_ids() -> None:
    with pytest.raises(Ambiguous) as caught:
        find("роб")
    assert caught.value.sentence == 'Several answer to "роб".'
    assert caught.value.candidates == ((1, "Робо 1"), (2, "Робо 2"), (4, "Робо"))
    assert caught.value.hint == "Name one by its id: 1 Робо 1; 2 Робо 2; 4 Робо."


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("Шахмоты", "Did you mean: Шахматы?"),
        ("99", "Look."),
        ("Вокал", "Look."),
    ],
)
def test_nothing_found_suggests_or_advises(ref: str, hint: str) -> None:
    with pytest.raises(NotFound) as caught:
        find(ref)
    assert caught.value.sentence == f'No thing is called "{ref}".'
    assert caught.value.hint == hint


def test_a_word_that_is_nearly_part_of_a_longer_name_is_suggested() -> None:
    with pytest.raises(NotFound) as caught:
        lookup("Анно", [], labels=lambda _ids: [], known=lambda: ["Иванова Анна Петровна"], wording=WORDING)
    assert caught.value.hint == "Did you mean: Иванова Анна Петровна?"


def test_hidden_records_only_when_asked_for() -> None:
    with pytest.raises(NotFound) as caught:
        find("старая")
    assert caught.value.hint == "Старая (id 5) is in the archive."
    assert find("старая", include_archived=True) == 5
    assert find("5", include_archived=True) == 5


@pytest.mark.parametrize("ref", ["", "  ", "\t\n"])
def test_an_empty_name_is_a_bad_value(ref: str) -> None:
    with pytest.raises(BadValue):
        find(ref)


@pytest.mark.parametrize("text", ["", "x", "1x", "-1", "1.0", "²", "٣", "9" * 19, "+5"])
def test_what_is_no_plain_number_is_no_id(text: str) -> None:
    assert read_id(text) is None


def test_a_name_without_words_matches_nothing() -> None:
    assert contains_words("name_key", " \u200b ") == ("0", [])
