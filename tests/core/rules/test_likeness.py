"""Names that may be one person's (R52)."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.likeness import find_typos, near_words, word_key
from schoolcrm.core.rules.names import fold, is_near


def are_alike(one: str, other: str) -> bool:
    keys = [word_key(fold(one)), word_key(fold(other))]
    return keys[0] == keys[1] or bool(list(find_typos(keys)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванова Анна", "Анна  ИВАНОВА"),
        ("Семёнова Алёна Петровна", "Алена Петровна Семенова"),
        ("Иванова Марина", "Иванова Мраина"),
        ("Иванова Анна", "Иваново Анна"),
        ("Иваноба Марина", "Маринна Иванова"),
        ("Anna Smith", "Smith Anne"),
        ("Анна Иванов", "Анна Иванова"),
    ],
)
def test_r52_alike(one: str, other: str) -> None:
    assert are_alike(one, other)
    assert are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванова Анна", "Иванова Анна Петровна"),
        ("Иванова Анна", "Петрова Анна"),
        ("Ли Анна", "Ян Анна"),
        ("Марина", "Карина"),
        ("Евгений Петров", "Евгения Петрова"),
        ("Александр Чёрный", "Александра Черная"),
        ("Робо 2025 Иванов", "Робо 2026 Иванов"),
        ("Иванова Анна Анна", "Иванова Иванова Анна"),
    ],
)
def test_r52_not_alike(one: str, other: str) -> None:
    assert not are_alike(one, other)
    assert not are_alike(other, one)


WORDS = st.sets(st.text("абв", min_size=2, max_size=6), max_size=25)


@given(words=WORDS)
def test_near_words_are_those_of_all_pairs(words: set[str]) -> None:
    expected = {frozenset(pair) for pair in combinations(words, 2) if is_near(*pair) and len(min(pair, key=len)) >= 4}
    found = {frozenset((word, other)) for word, others in near_words(words).items() for other in others}
    assert {pair for pair in found if min(map(len, pair)) >= 4} == expected


@given(names=st.lists(st.lists(st.text("абв", min_size=4, max_size=5), min_size=2, max_size=2), max_size=12))
def test_one_typo_is_found_in_any_order_of_words(names: list[list[str]]) -> None:
    keys = {word_key(" ".join(words)) for words in names}
    found = {frozenset(pair) for pair in find_typos(keys)}
    for one, other in combinations(keys, 2):
        straight = one[0] == other[0] and is_near(one[1], other[1])
        crossed = one[1] == other[1] and is_near(one[0], other[0])
        if straight or crossed:
            assert frozenset((one, other)) in found
