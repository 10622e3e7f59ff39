"""Widths of texts and columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.reports.writers.layout import fit, line_maker, width_of, wrap


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("Ёжик", 4), ("№ «1» — 5 ₽", 11), ("и\u0306", 1), ("漢字", 4), ("😀", 2), ("", 0), ("−5", 2)],
)
def test_width_of_text_on_a_screen(text: str, width: int) -> None:
    assert width_of(text) == width


def test_the_widest_column_gives_way_first() -> None:
    assert fit([10, 40, 8], [[10, 5, 8]], 40) == [10, 22, 8]
    assert fit([30, 32, 8], [[5, 5, 8]], 48) == [20, 20, 8]


def test_later_limits_are_for_when_the_first_are_not_enough() -> None:
    assert fit([10, 20], [[10, 15], [4, 4]], 25) == [10, 15]
    assert fit([10, 20], [[10, 15], [4, 4]], 14) == [7, 7]
    assert fit([10, 20], [[10, 15], [4, 4]], 3) == [4, 4]


_columns = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8)


@given(_columns, st.integers(0, 200))
def test_columns_are_never_narrower_than_their_limit_nor_wider_than_their_content(
    columns: list[tuple[int, int]], room: int
) -> None:
    natural = [max(pair) for pair in columns]
    least = [min(pair) for pair in columns]
    widths = fit(natural, [least], room)
    assert all(low <= width <= high for low, width, high in zip(least, widths, natural, strict=True))
    assert sum(widths) <= room or widths == least
    assert sum(widths) == sum(natural) or sum(widths) >= room


def test_a_line_is_aligned_and_ends_without_spaces() -> None:
    line = line_maker([4, 6], [False, True])
    assert line(["ab", "1.00"]) == "ab      1.00"
    assert line(["漢", "1"]) == "漢         1"
    assert line(["ab", ""]) == "ab"
    assert line(["100%s", "{0}"]) == "100%s     {0}"


def test_text_is_wrapped_between_words_and_after_commas() -> None:
    assert wrap("Медведева Ева, Медведева Анна", 14) == ["Медведева Ева,", "Медведева Анна"]
    assert wrap("один,два,три 1,250.00", 9) == ["один,два,", "три", "1,250.00"]
    assert wrap("1\u00a0250,00 руб", 8) == ["1\u00a0250,00", "руб"]


def test_only_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("ab превосходительство c", 10) == ["ab", "превосходи", "тельство c"]


@given(st.text("аб ,1漢", max_size=40), st.integers(2, 12))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
