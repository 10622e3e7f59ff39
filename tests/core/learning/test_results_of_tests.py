"""Results of tests on a student (R55)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_entry, add_group, make_school, student_of, writing_school
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.learning.test_results import Result, add_result, parse_score

TODAY = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as here:
        add_client(here, "Анна", student="Петя")
        yield here


@pytest.mark.parametrize(
    ("text", "hundredths"), [("4.5", 450), ("87", 8700), ("4,25", 425), (" 0 ", 0), ("3.05", 305), ("100.00", 10000)]
)
def test_scores_are_kept_in_hundredths(text: str, hundredths: int) -> None:
    assert parse_score(text) == hundredths


@pytest.mark.parametrize("text", ["", "-1", "4.255", "пять", "4.", ".5", "1 000", "1234567", "4.5.1", "٤"])
def test_what_is_no_score_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadValue) as error:
        parse_score(text)
    assert text in error.value.sentence
    assert "87" in error.value.hint


@given(st.integers(0, 99_999_999), st.sampled_from(".,"))
def test_every_score_is_read_back(hundredths: int, mark: str) -> None:
    assert parse_score(f"{hundredths // 100}{mark}{hundredths % 100:02}") == hundredths


def stored(school: Any, number: int) -> tuple[Any, ...]:
    query = "SELECT student_id, on_date, score, subject_id, group_id, teacher_id, note FROM test_result WHERE id = ?"
    return tuple(school.db.execute(query, (number,)).fetchone())


def test_r55_a_result_is_kept_of_a_student(school: Any) -> None:
    student = student_of(school, 1)
    subject, teacher = add_entry(school, "subjects", "Роботы"), add_entry(school, "teachers", "Ольга")
    number = add_result(school, Result(student, 450, TODAY, subject, None, teacher, " Молодец "))
    assert stored(school, number) == (student, "2026-09-01", 450, subject, None, teacher, "Молодец")
    assert stored(school, add_result(school, Result(student, 0, TODAY)))[3:] == (None, None, None, None)


def test_of_a_groups_test_subject_and_teacher_are_the_groups_unless_given(school: Any) -> None:
    teacher, other = add_entry(school, "teachers", "Ольга"), add_entry(school, "teachers", "Павел")
    group = add_group(school, "Робо 1", "Роботы", teacher_id=teacher)
    assert stored(school, add_result(school, Result(1, 1, TODAY, group_id=group)))[3:6] == (1, group, teacher)
    given_too = Result(1, 1, TODAY, group_id=group, teacher_id=other)
    assert stored(school, add_result(school, given_too))[3:6] == (1, group, other)
