"""Naming a student where only a few are meant."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_student, make_school, student_of, writing_school

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound, Refused
from schoolcrm.core.people.own_students import find_among, find_student_of

FEW = (1, 2, 3)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Маша Иванова, Мария Сидорова, Ваня Петров are the few; another Маша and Олег are not."""
    with writing_school(make_school(tmp_path)) as school:
        client = add_client(school, "Анна", student="Маша Иванова")
        assert [add_student(school, client, name) for name in ("Мария Сидорова", "Ваня Петров")] == [2, 3]
        other = add_client(school, "Борис", student="Маша Ли")
        assert (student_of(school, other), add_student(school, other, "Олег")) == (4, 5)
        yield school


@pytest.mark.parametrize(
    ("ref", "number"),
    [
        ("2", 2),
        ("маша", 1),  # the other Маша is not one of them
        ("МАША  ИВАНОВА", 1),
        ("Сидорова", 2),
        ("сидор", 2),
        ("Ва", 3),  # a beginning goes before the middle of Иванова
        ("етров", 3),
        ("Олег", 5),
        ("Маша Ли", 4),
        ("5", 5),
    ],
)
def test_the_few_come_first_then_the_school(school: Any, ref: str, number: int) -> None:
    assert find_among(school.db, FEW, ref) == number


def test_several_of_the_few_are_candidates_nobody_else(school: Any) -> None:
    with pytest.raises(Ambiguous) as caught:
        find_among(school.db, FEW, "Ма")
    assert [number for number, _label in caught.value.candidates] == [1, 2]


def test_nobody_and_nothing(school: Any) -> None:
    with pytest.raises(NotFound):
        find_among(school.db, FEW, "Зоя")
    with pytest.raises(BadValue):
        find_among(school.db, FEW, " ")


def test_a_student_of_the_client_only(school: Any) -> None:
    assert find_student_of(school.db, 1, "Маша") == 1
    assert find_student_of(school.db, 2, "Маша") == 4
    with pytest.raises(Refused, match="Борис") as caught:
        find_student_of(school.db, 2, "Ваня")
    assert "Маша Ли, Олег" in caught.value.hint
