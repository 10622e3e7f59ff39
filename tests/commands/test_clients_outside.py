"""Clients who are not of this school, who are their own students, and statuses that contradict what is said (R7)."""

from pathlib import Path

import pytest
from answers import answer, column, refusal, signed_answer
from builders import make_school, run_cli


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    answer(path, "clients", "add", "Завхоз")
    answer(path, "clients", "add", "Анна Иванова", "--student", "Петя")
    return path


def base(db: Path, name: str) -> str:
    (found,) = column(db, "base", "clients", "list", name, "--columns", "base")
    return str(found)


def test_r7_a_known_client_becomes_one_of_the_administrator(db: Path) -> None:
    answer(db, "clients", "edit", "Завхоз", "--outside")
    assert base(db, "Завхоз") == "for-admin"
    assert signed_answer(db, "clients", "edit", "Завхоз", "--outside")["operation"] is None
    answer(db, "students", "add", "Завхоз", "Маша")
    assert base(db, "Завхоз") == "new"


def test_a_client_with_students_is_of_this_school(db: Path) -> None:
    assert "Анна Иванова" in refusal(db, "clients", "edit", "Анна Иванова", "--outside")
    assert "Завхоз" in refusal(db, "clients", "edit", "Завхоз", "--outside", "--student", "Маша")
    assert base(db, "Анна Иванова") == base(db, "Завхоз") == "new"


@pytest.mark.parametrize("command", [("add", "Гость"), ("edit", "Завхоз")])
def test_outside_and_another_status_contradict_one_another(db: Path, command: tuple[str, str]) -> None:
    code, _out, err = run_cli("clients", *command, "--outside", "--status", "reserve", db=db)
    assert code == 2
    assert "--outside" in err
    assert "hint: " in err
    assert "reserve" not in column(db, "base", "clients", "list", "--columns", "base")
    assert run_cli("clients", *command, "--outside", "--status", "for-admin", db=db)[0] == 0
    assert base(db, command[1]) == "for-admin"


def test_nobody_is_recorded_as_deleted(db: Path) -> None:
    assert "archive" in refusal(db, "clients", "add", "Гость", "--status", "deleted")
    answer(db, "clients", "edit", "Завхоз", "--status", "deleted")
    assert column(db, "name", "clients", "list") == ["Анна Иванова"]


def test_who_is_their_own_student_is_not_another_one_of_that_name_too(db: Path) -> None:
    made = answer(db, "clients", "add", "Ольга Орлова", "--self", "--student", "ольга  орлова:2001-02-03")
    assert len(made["student_ids"]) == 1
    record = answer(db, "students", "show", str(made["student_ids"][0]))["rows"][0]
    assert record["birthday"] == "2001-02-03"
    made = answer(db, "clients", "add", "Иван Орлов", "--self", "--student", "Вера", "--student", "Иван Орлов")
    assert [answer(db, "students", "show", str(each))["rows"][0]["name"] for each in made["student_ids"]] == [
        "Иван Орлов",
        "Вера",
    ]


def test_a_father_and_a_son_of_one_name_are_two(db: Path) -> None:
    words = ("Пётр Орлов", "--self", "--birthday", "1980-05-06", "--student", "Пётр Орлов:2015-01-02")
    assert len(answer(db, "clients", "add", *words)["student_ids"]) == 2
