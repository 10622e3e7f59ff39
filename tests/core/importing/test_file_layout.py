"""Delimiters and the row of headings (R60)."""

import pytest

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.layout import find_heading, named_delimiter, recognise_delimiter

KNOWN = CLIENT_FIELDS.headings


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_r60_all_four_delimiters(delimiter: str) -> None:
    rows = [["ФИО", "Телефон", "Остаток"], ["Иванов Иван", "1", '"1 250,50"'], ["Ли, Юн;", "2", "5"]]
    rows[2][0] = f'"{rows[2][0]}"'
    sample = "\n".join(delimiter.join(row) for row in rows)
    assert recognise_delimiter(sample, KNOWN) == delimiter


def test_decimal_commas_do_not_win_over_semicolons() -> None:
    assert recognise_delimiter("a;b\n1,5;2,5\n3,5;4,5\n", KNOWN) == ";"


def test_unknown_headings_are_split_by_the_delimiter_with_the_most_even_rows() -> None:
    assert recognise_delimiter("a b, c|d\nx|y\nz, w|v\n", KNOWN) == "|"


def test_known_headings_decide_where_both_delimiters_make_an_even_table() -> None:
    assert recognise_delimiter("ФИО|Остаток; руб\nЛи|1;5\nКим|2;5\n", KNOWN) == "|"


def test_delimiters_inside_quotes_do_not_count() -> None:
    sample = 'ФИО,Примечание\nИванов,"a;b;c\nd;e;f"\nПетров,"g;h;i"\n'
    assert recognise_delimiter(sample, KNOWN) == ","


def test_a_single_column_takes_the_delimiter_that_splits_nothing() -> None:
    assert recognise_delimiter("ФИО\nИванов, Иван\nПетров, Пётр\n", KNOWN) == ";"


@pytest.mark.parametrize(("text", "delimiter"), [("tab", "\t"), ("\\t", "\t"), (";", ";"), ("comma", ","), ("^", "^")])
def test_delimiters_can_be_named(text: str, delimiter: str) -> None:
    assert named_delimiter(text) == delimiter


@pytest.mark.parametrize("text", ["", ";;", "a", '"', "\n", " ", "5"])
def test_what_cannot_be_a_delimiter_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        named_delimiter(text)


def test_title_lines_above_the_headings_are_recognised() -> None:
    rows = [["Список клиентов", ""], [], ["на 01.09.2026"], ["№", "ФИО клиента", "Телефон"], ["1", "Ли", "2"]]
    heading = find_heading(rows, KNOWN)
    assert heading is not None
    assert heading.place == 3


def test_a_wide_first_row_is_the_heading_even_if_later_cells_look_like_one() -> None:
    rows = [["a", "b", "c"], ["ФИО", "Телефон", "Пол"]]
    heading = find_heading(rows, KNOWN)
    assert heading is not None
    assert heading.place == 0


def test_without_a_filled_row_there_is_no_heading() -> None:
    assert find_heading([[], ["", " "]], KNOWN) is None
