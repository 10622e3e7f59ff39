"""`schoolcrm students`: what scripts and people get."""

from pathlib import Path

import pytest
from answers import answer
from builders import make_school, run_cli, writing_school


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    assert run_cli("clients", "add", "Анна Иванова", "--phone", "89161234567", "--outside", db=path)[0] == 0
    return path


def test_a_student_is_added_with_teachers_and_subjects(path: Path) -> None:
    words = ["--birthday", "1.9.2018", "--sex", "м", "--note", "левша", "--teacher", "Ким", "--teacher", "Ли"]
    subjects = ["--subject", "Шахматы:начальный", "--subject", "Робототехника", "--subject", "шахматы: второй"]
    made = answer(path, "students", "add", "8 916 123-45-67", "Петя", *words, *subjects, "--new")
    assert made == {"id": 1, "client_id": 1}
    (card,) = answer(path, "students", "show", "Петя")["rows"]
    assert (card["age"], card["sex"], card["note"], card["base"]) == (8, "m", "левша", "new")
    assert card["responsible_teacher"] == ["Ким", "Ли"]
    assert card["subjects"] == [{"subject": "Робототехника", "level": None}, {"subject": "Шахматы", "level": "второй"}]
    assert answer(path, "clients", "list", "teacher:ким", "--columns", "subjects,levels")["rows"] == [
        {"subjects": ["Робототехника", "Шахматы"], "levels": ["второй"]}
    ]


def test_the_list_has_the_keys_of_the_contract(path: Path) -> None:
    run_cli("students", "add", "Анна", "Петя", "--birthday", "2018-09-02", db=path)
    assert answer(path, "students", "list")["rows"] == [
        {
            "id": 1, "name": "Петя", "client": "Анна Иванова", "client_id": 1, "age": 7, "groups": [],
            "balance": "0.00", "lessons_left": 0, "expires": None, "last_visit": None, "status": "Новый",
        }
    ]  # fmt: skip
    assert answer(path, "students", "list", "age:8")["rows"] == []
    assert [row["name"] for row in answer(path, "students", "list", "анна", "--sort", "-birthday")["rows"]] == ["Петя"]


def test_a_second_student_of_the_name_is_warned_about(path: Path) -> None:
    assert run_cli("students", "add", "Анна", "Пётр", db=path)[2] == "Student 1 added to Анна Иванова: Пётр.\n"
    code, _out, err = run_cli("students", "add", "Анна", "петр", db=path)
    assert code == 0
    assert err == "warning: Анна Иванова has a student петр already.\nStudent 2 added to Анна Иванова: петр.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "Ольга", "Петя"], 'error: No client is called "Ольга".'),
        (["add", "Анна", "7"], 'error: "7" is not a name: it has no letter.'),
        (["add", "Анна", "Петя", "--birthday", "2030-01-01"], "error: The birth date 2030-01-01 is in the future."),
        (["add", "Анна", "Петя", "--teacher", "Ким"], 'error: No teacher is called "Ким".'),
        (["add", "Анна", "Петя", "--subject", "Шахматы"], 'error: No subject is called "Шахматы".'),
        (["add", "Анна", "Петя", "--field", "Класс=2"], 'error: There is no field "Класс".'),
        (["show", "Петя"], 'error: No student is called "Петя".'),
        (["list", "agee:5"], 'error: There is no field "agee".'),
    ],
)
def test_a_refusal_is_one_sentence(path: Path, words: list[str], sentence: str) -> None:
    code, out, err = run_cli("students", *words, db=path)
    assert (code, out) == (1, "")
    assert err.startswith(sentence + "\n")
    assert answer(path, "students", "list")["rows"] == []


def test_students_have_fields_of_their_own(path: Path) -> None:
    from schoolcrm.core.people.custom_fields import add_field

    with writing_school(path) as school:
        add_field(school, "student", "Класс")
    answer(path, "students", "add", "Анна", "Петя", "--field", "класс=2 А")
    assert answer(path, "students", "list", "field.класс:2", "--columns", "field.Класс")["rows"] == [
        {"field.Класс": "2 А"}
    ]


def test_r51_the_days_around_today_have_the_bounds_of_the_clients_card(path: Path) -> None:
    run_cli("students", "add", "Анна", "Петя", db=path)
    for days in ("6", "361"):
        told = run_cli("students", "show", "Петя", "--days", days, db=path)
        assert told == (1, "", f"error: {days} days can't be shown.\nhint: Give --days from 7 to 360.\n")


def test_a_student_without_lessons_is_told_so(path: Path) -> None:
    run_cli("students", "add", "Анна", "Петя", db=path)
    _code, out, _err = run_cli("students", "show", "Петя", "--days", "7", db=path)
    assert "No lessons within 7 days of today." in out
