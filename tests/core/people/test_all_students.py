"""Naming all students of a client, or one: exact names decide, parts of both kinds of names are asked about."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, refusal
from builders import add_client, add_phone, add_student, make_school, reading_school, writing_school

from schoolcrm.core.errors import Ambiguous, NotFound
from schoolcrm.core.people.all_students import students_named
from schoolcrm.core.people.references import find_client, find_student


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 1)) as school:
        mother = add_client(school, "Медведева Светлана", student="Медведева Варвара", phone="+79161234567")
        add_student(school, mother, "Медведев Пётр")
        add_client(school, "Орлова Мария", student="Орлова Мария", phone="+74951234567")
    return path


def test_part_of_a_students_and_of_the_clients_name_is_asked_about(db: Path) -> None:
    with reading_school(db) as school, pytest.raises(Ambiguous) as error:
        students_named(school.db, "Медведева")
    assert [named for named, _label in error.value.candidates] == [1, "client:1"]
    assert "client:1" in error.value.hint
    assert "client:1" in refusal(db, "discounts", "add", "Медведева", "--percent", "5")
    assert answer(db, "discounts", "list")["rows"] == []


@pytest.mark.parametrize(
    ("ref", "students"),
    [
        ("медведева светлана", [1, 2]),
        ("Светлана", [1, 2]),
        ("client:1", [1, 2]),
        ("Медведева Варвара", [1]),
        ("Варвара", [1]),
        ("2", [2]),
        ("8 916 123-45-67", [1, 2]),
        ("Орлова", [3]),
        ("Орлова Мария", [3]),
        ("495 123-45-67", [3]),
    ],
)
def test_what_is_not_doubtful_is_given_at_once(db: Path, ref: str, students: list[int]) -> None:
    with reading_school(db) as school:
        assert students_named(school.db, ref) == students


def test_the_end_of_two_phones_is_asked_about(db: Path) -> None:
    with reading_school(db) as school, pytest.raises(Ambiguous) as error:
        students_named(school.db, "123-45-67")
    assert [named for named, _label in error.value.candidates] == ["client:1", "client:2"]


@pytest.mark.parametrize("ref", ["123-45-67", "123 45 67", "тел. 1234567", "23-45-67"])
def test_the_end_of_a_phone_names_clients_and_students(db: Path, ref: str) -> None:
    with reading_school(db) as school:
        for find, count in ((find_client, 2), (find_student, 3)):
            with pytest.raises(Ambiguous) as error:
                find(school.db, ref)
            assert len(error.value.candidates) == count


@pytest.mark.parametrize("ref", ["45-67", "161-23-45", "1234567890", "123-45-67 доб. 3"])
def test_the_middle_of_a_phone_or_a_shorter_end_names_nobody(db: Path, ref: str) -> None:
    with reading_school(db) as school:
        for find in (find_client, find_student):
            with pytest.raises(NotFound):
                find(school.db, ref)


def test_one_phone_of_that_end_is_enough_and_a_whole_one_decides(db: Path) -> None:
    with writing_school(db, date(2026, 9, 1)) as school:
        add_phone(school, 2, "+79167654321")
    with reading_school(db) as school:
        assert find_client(school.db, "765-43-21") == 2
        assert find_student(school.db, "65 43 21") == 3
        assert find_client(school.db, "8 (495) 123-45-67") == 2
