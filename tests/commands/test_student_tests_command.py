"""`schoolcrm students test`: recording and listing results (R55)."""

import json
from pathlib import Path

import pytest
from answers import answer, refusal
from builders import TODAY, add_client, add_entry, add_group, make_school, run_cli, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        add_client(school, "Анна Иванова", student="Петя")
        add_client(school, "Борис Ли", student="Яна")
        add_entry(school, "teachers", "Ольга")
        add_group(school, "Робо 1", "Роботы")
    return path


def test_a_result_is_recorded_and_listed(db: Path) -> None:
    words = ("--on", "2026-08-30", "--group", "Робо", "--teacher", "Ольга", "--note", "Молодец")
    assert answer(db, "students", "test", "add", "Петя", "4,5", *words) == {"id": 1, "student_id": 1}
    code, out, err = run_cli("students", "test", "add", "Яна", "87", db=db)
    assert (code, out) == (0, "")
    assert err == "Test result 2 recorded: Яна, 87, 2026-09-01.\n"
    told = answer(db, "students", "test", "list")["rows"]
    assert [row["id"] for row in told] == [2, 1]
    assert told[1] == {
        "id": 1,
        "date": "2026-08-30",
        "student_id": 1,
        "student": "Петя",
        "client": "Анна Иванова",
        "subject": "Роботы",
        "group": "Робо 1",
        "teacher": "Ольга",
        "result": 4.5,
        "note": "Молодец",
    }
    assert [row["id"] for row in answer(db, "students", "test", "list", "Петя")["rows"]] == [1]


def test_archived_people_are_listed_when_named(db: Path) -> None:
    run_cli("students", "test", "add", "Петя", "4", db=db)
    with writing_school(db, TODAY) as school:
        school.db.execute("UPDATE client SET archived_on = '2026-09-01' WHERE id = 1")
    assert answer(db, "students", "test", "list")["rows"] == []
    assert len(answer(db, "students", "test", "list", "Петя")["rows"]) == 1


def test_names_used_for_the_first_time_are_added_with_new(db: Path) -> None:
    assert "Танцы" in refusal(db, "students", "test", "add", "Петя", "4", "--subject", "Танцы")
    assert run_cli("students", "test", "add", "Петя", "4", "--subject", "Танцы", "--new", db=db)[0] == 0
    assert answer(db, "students", "test", "list")["rows"][0]["subject"] == "Танцы"


@pytest.mark.parametrize(
    "words",
    [
        ("Зоя", "4"),
        ("Петя", "пять"),
        ("Петя", "4.255"),
        ("Петя", "4", "--on", "завтрак"),
        ("Петя", "4", "--group", "Ы"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_written(db: Path, words: tuple[str, ...]) -> None:
    wrong = {"Зоя", "пять", "4.255", "завтрак", "Ы"} & set(words)
    assert wrong.pop() in refusal(db, "students", "test", "add", *words)
    assert answer(db, "students", "test", "list")["rows"] == []


def test_dry_run_changes_nothing_and_undo_knows_the_command(db: Path) -> None:
    code, out, _err = run_cli("students", "test", "add", "Петя", "4", "--dry-run", "--format", "json", db=db)
    assert (code, json.loads(out)["student_id"]) == (0, 1)
    assert answer(db, "students", "test", "list")["rows"] == []


def test_a_day_after_today_needs_even_so(db: Path) -> None:
    words = ("students", "test", "add", "Петя", "4", "--on", "2026-09-02")
    assert refusal(db, *words) == (
        "error: 2026-09-02 is after today.\nhint: Repeat with --even-so to record it all the same.\n"
    )
    assert answer(db, *words, "--even-so")["id"] == 1
