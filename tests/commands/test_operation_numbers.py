"""The number of the operation in the JSON of changing commands: what `undo --op` takes."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from answers import signed_answer
from builders import add_client, add_group, join, make_school, student_of, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 1)) as school:
        for name in ("Анна Иванова", "Пётр Сидоров"):
            group = add_group(school, f"Группа: {name}")
            join(school, group, student_of(school, add_client(school, name)), date(2026, 9, 1))
    return path


def last_operation(db: Path) -> int:
    with closing(sqlite3.connect(db)) as connection:
        return int(connection.execute("SELECT max(id) FROM operation").fetchone()[0])


def test_the_operation_is_named_and_undone_by_its_number(db: Path) -> None:
    made = signed_answer(db, "payments", "add", "Анна Иванова", "100")
    assert made["id"] == 1
    assert made["operation"] == last_operation(db)
    undone = signed_answer(db, "undo", "--op", str(made["operation"]), "--yes")
    assert undone["undone"] == made["operation"]
    assert undone["operation"] == undone["id"] == last_operation(db)


def test_what_changed_nothing_has_no_number(db: Path) -> None:
    assert signed_answer(db, "payments", "add", "Анна Иванова", "100", "--dry-run")["operation"] is None
    assert signed_answer(db, "status", "set", "new", "Анна Иванова")["operation"] is None
    assert signed_answer(db, "messages", "deliver") == {
        "id": None,
        "sent": [],
        "failed": [],
        "left": [],
        "in_doubt": [],
        "operation": None,
    }


def test_where_not_one_record_was_made_the_id_is_the_operations(db: Path, tmp_path: Path) -> None:
    clients = tmp_path / "clients.csv"
    clients.write_text("ФИО\nОльга Новая\n", "utf-8")
    payments = tmp_path / "payments.csv"
    payments.write_text("Дата;Клиент;Сумма\n01.09.2026;Анна Иванова;100\n", "utf-8")
    lessons = tmp_path / "lessons.csv"
    lessons.write_text("Дата;Группа;Ученик;Посещение\n01.09.2026;Группа: Анна Иванова;Анна Иванова;был\n", "utf-8")
    for command in (
        ("clients", "bulk", "Анна", "--set", "note=Заметка"),
        ("import-csv", str(clients)),
        ("payments", "import", str(payments)),
        ("lessons", "import", str(lessons)),
        ("groups", "freeze", "Группа: Анна", "--from", "2026-09-10", "--to", "2026-09-12"),
    ):
        made = signed_answer(db, *command, "--yes")
        assert made["id"] == made["operation"] == last_operation(db), command


def test_status_set_names_the_clients(db: Path) -> None:
    made = signed_answer(db, "status", "set", "reserve", "Анна Иванова", "Пётр Сидоров")
    assert made["ids"] == [1, 2]
    assert made["status"] == "Резерв"
    assert made["operation"] == last_operation(db)
