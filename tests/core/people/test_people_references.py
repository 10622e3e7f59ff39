"""Naming clients and students (cli.md §1)."""

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest
from builders import add_client, add_student, make_school, writing_school

from schoolcrm.core.errors import Ambiguous, NotFound
from schoolcrm.core.people.references import find_client, find_student


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


@pytest.fixture
def db(school: Any) -> Connection:
    anna = add_client(school, "Анна Иванова", student="Пётр Иванов", phone="+79161234567")
    add_student(school, anna, "Маша Иванова")
    add_client(school, "Семён Ёлкин", phone="+79169999999")
    add_client(school, "Анна Петрова", student="Ольга")
    db: Connection = school.db
    return db


@pytest.mark.parametrize(
    ("ref", "client"),
    [
        ("2", 2),
        ("анна иванова", 1),
        ("Иванова Анна", 1),
        ("петр иванов", 1),
        ("Маша", 1),
        ("8 (916) 123-45-67", 1),
        ("+79161234567", 1),
        ("9169999999", 2),
        ("елкин", 2),
        ("ольга", 3),
    ],
)
def test_a_client_answers_to_id_name_phone_and_students_name(db: Connection, ref: str, client: int) -> None:
    assert find_client(db, ref) == client


def test_an_exact_name_is_never_ambiguous(db: Connection, school: Any) -> None:
    exact = add_client(school, "Анна")
    assert find_client(db, "анна") == exact


def test_two_of_one_name_are_told_apart_by_phone_and_students(db: Connection) -> None:
    with pytest.raises(Ambiguous) as caught:
        find_client(db, "анна")
    assert caught.value.candidates == (
        (1, "Анна Иванова · +7 916 123-45-67 · Пётр Иванов, Маша Иванова"),
        (3, "Анна Петрова · Ольга"),
    )


@pytest.mark.parametrize(
    "column", ["archived_on = '2026-01-01'", "status_id = (SELECT id FROM status WHERE base = 'deleted')"]
)
@pytest.mark.parametrize("ref", ["2", "Семён Ёлкин", "9169999999", "елкин"])
def test_archived_and_deleted_clients_are_found_only_when_asked_for(db: Connection, column: str, ref: str) -> None:
    db.execute(f"UPDATE client SET {column} WHERE id = 2")
    with pytest.raises(NotFound) as caught:
        find_client(db, ref)
    assert "Семён Ёлкин" in caught.value.hint
    with pytest.raises(NotFound):
        find_student(db, ref if ref != "2" else "3")
    assert find_client(db, ref, include_archived=True) == 2


@pytest.mark.parametrize(
    ("ref", "student"),
    [("1", 1), ("маша", 2), ("Иванова Маша", 2), ("семен елкин", 3), ("8 916 999 99 99", 3), ("анна петрова", 4)],
)
def test_a_student_answers_to_id_name_and_the_clients_name_or_phone(db: Connection, ref: str, student: int) -> None:
    assert find_student(db, ref) == student


def test_the_name_of_a_client_with_two_students_is_ambiguous(db: Connection) -> None:
    db.execute("UPDATE student SET birthday = '2016-05-01' WHERE id = 2")
    with pytest.raises(Ambiguous) as caught:
        find_student(db, "+79161234567")
    assert caught.value.candidates == ((2, "Маша Иванова · 2016 · Анна Иванова"), (1, "Пётр Иванов · Анна Иванова"))


def test_an_archived_student_stands_for_the_client_only_when_asked_for(db: Connection) -> None:
    db.execute("UPDATE student SET archived_on = '2026-01-01' WHERE id = 2")
    with pytest.raises(NotFound):
        find_client(db, "маша")
    assert find_client(db, "маша", include_archived=True) == 1
    assert find_student(db, "анна иванова") == 1


@pytest.mark.parametrize("ref", ["%", "_", "'; DROP TABLE client; --", "[red]", "\x1b[31m", "a" * 5000, "\ud800", "-1"])
def test_hostile_names_are_just_not_found(db: Connection, ref: str) -> None:
    for find in (find_client, find_student):
        with pytest.raises(NotFound) as caught:
            find(db, ref)
        assert caught.value.sentence.isprintable()
