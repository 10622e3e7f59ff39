"""`schoolcrm schedule`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_entry, add_group, hold, join, make_school, run_cli, student_of, writing_school

KEYS = ["weekday", "date", "time", "minutes", "location", "room", "teacher", "subject", "group", "student"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A school with a group of one student, who also has lessons alone."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        location = add_entry(school, "locations", "Ленина 1")
        room = add_entry(school, "rooms", "101", location_id=location)
        teacher = add_entry(school, "teachers", "Пётр Ильин")
        group = add_group(school, "Робо 1", "Роботы", room_id=room, teacher_id=teacher)
        join(school, group, student_of(school, add_client(school, "Анна Иванова", student="Петя Иванов")), school.today)
        add_client(school, "Олег Сидоров", student="Коля Сидоров")
    return path


def answer(path: Path, *words: str) -> Any:
    code, out, err = run_cli("schedule", "list", *words, "--format", "json", db=path)
    assert (code, err) == (0, "")
    return json.loads(out)


def add(path: Path, *words: str, lang: str = "en") -> tuple[int, str, str]:
    return run_cli("schedule", "add", *words, db=path, lang=lang)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_line_becomes_lessons(path: Path, lang: str) -> None:
    code, out, err = add(path, "робо", "--days", "пн,thu", "--at", "18.00", "--minutes", "45", lang=lang)
    assert (code, out, err.count("\n")) == (0, "", 1)
    found = answer(path, "--period", "this-week")
    assert [column["key"] for column in found["columns"]] == KEYS
    assert found["parameters"] == {"period": {"from": "2026-08-31", "to": "2026-09-06"}}
    assert found["rows"] == [
        {"weekday": 4, "date": "2026-09-03", "time": "18:00", "minutes": 45, "location": "Ленина 1", "room": "101",
         "teacher": "Пётр Ильин", "subject": "Роботы", "group": "Робо 1", "student": None},
    ]  # fmt: skip
    assert len(answer(path)["rows"]) == 8  # this month
    assert len(answer(path, "--from", "2026-09-07", "--to", "2026-09-14")["rows"]) == 3


def test_a_students_line_is_their_own(path: Path) -> None:
    code, out, _err = add(
        path, "--student", "Петя", "--days", "fri", "--at", "9:00", "--subject", "Шахматы", "--new",
        "--teacher", "Новый Учитель", "--room", "102", "--type", "Пробное", "--from", "2026-09-07",
        "--to", "2026-09-30", "--every", "2", "--format", "json",
    )  # fmt: skip
    assert (code, json.loads(out)) == (0, {"id": 1, "operation": 3})
    rows = answer(path, "--period", "all", "--client", "Анна")["rows"]
    assert [(row["date"], row["student"], row["group"], row["subject"]) for row in rows] == [
        ("2026-09-11", "Петя Иванов", None, "Шахматы"),
        ("2026-09-25", "Петя Иванов", None, "Шахматы"),
    ]
    assert answer(path, "--lines")["rows"] == [
        {"id": 1, "weekdays": [5], "time": "09:00", "minutes": 60, "every_weeks": 2, "group": None,
         "student": "Петя Иванов", "subject": "Шахматы", "teacher": "Новый Учитель", "room": "102",
         "type": "Пробное", "from": "2026-09-07", "to": "2026-09-30"},
    ]  # fmt: skip


def test_filters_narrow_the_list(path: Path) -> None:
    add(path, "Робо 1", "--days", "mon", "--at", "18:00")
    add(path, "--student", "Коля", "--days", "tue", "--at", "9:00", "--teacher", "Вторая", "--new")
    one, two = "2026-09-07", "2026-09-01"

    def days(*words: str) -> list[str]:
        return [row["date"] for row in answer(path, "--from", "2026-09-01", "--to", "2026-09-07", *words)["rows"]]

    assert days() == [two, one]
    assert days("--group", "робо") == days("--student", "Петя") == days("--client", "Анна") == [one]
    assert days("--teacher", "ильин") == days("--room", "101") == [one]
    assert days("--student", "Коля") == days("--teacher", "Вторая") == [two]
    assert days("--student", "Коля", "--group", "робо") == []
    assert [row["group"] for row in answer(path, "--lines", "--student", "Петя")["rows"]] == ["Робо 1"]
    assert [row["id"] for row in answer(path, "--lines", "--client", "Олег")["rows"]] == [2]
    assert [row["id"] for row in answer(path, "--lines", "--room", "101")["rows"]] == [1]


def test_the_student_is_named_when_a_client_is_asked_for(path: Path) -> None:
    add(path, "Робо 1", "--days", "mon", "--at", "18:00")
    (row,) = answer(path, "--from", "2026-09-07", "--to", "2026-09-07", "--client", "Анна")["rows"]
    assert (row["group"], row["student"]) == ("Робо 1", "Петя Иванов")


def test_held_lessons_stay_and_cancelled_ones_go(path: Path) -> None:
    add(path, "Робо 1", "--days", "tue", "--at", "18:00")
    with writing_school(path) as school:
        hold(school, 1, school.today, present=[1])
        school.db.execute(
            "INSERT INTO lesson (group_id, on_date, time, minutes, state, lesson_type_id, schedule_id, occurrence_on)"
            " VALUES (1, '2026-09-08', '18:00', 60, 'cancelled', 1, 1, '2026-09-08')"
        )
    assert [row["date"] for row in answer(path)["rows"]] == ["2026-09-01", "2026-09-15", "2026-09-22", "2026-09-29"]


def test_columns_are_left_out(path: Path) -> None:
    hidden = ["--hide", "room, teacher,subject"]
    assert [column["key"] for column in answer(path, *hidden)["columns"]] == [
        key for key in KEYS if key not in ("room", "teacher", "subject")
    ]
    assert "room" not in [column["key"] for column in answer(path, "--lines", *hidden)["columns"]]
    code, _out, err = run_cli("schedule", "list", "--hide", "date", db=path)
    assert (code, '"date"' in err) == (1, True)


def test_an_open_period_reaches_a_year(path: Path) -> None:
    add(path, "Робо 1", "--days", "mon", "--at", "18:00")
    found = answer(path, "--from", "2030-01-01")["parameters"]["period"]
    assert found == {"from": "2030-01-01", "to": "2031-01-01"}
    found = answer(path, "--to", "2020-01-01")["parameters"]["period"]
    assert found == {"from": "2019-01-01", "to": "2020-01-01"}
    rows = answer(path, "--period", "all")["rows"]
    assert (rows[0]["date"], rows[-1]["date"]) == ("2026-09-07", "2027-08-30")


def test_r22_a_clash_is_a_warning_not_a_refusal(path: Path) -> None:
    add(path, "Робо 1", "--days", "mon", "--at", "18:00")
    code, _out, err = add(path, "--student", "Коля", "--days", "mon", "--at", "18:30", "--room", "101")
    assert code == 0
    assert err.splitlines()[0] == (
        'warning: The room "101" is used twice on 2026-09-07: "Робо 1" at 18:00 and "Коля Сидоров" at 18:30.'
    )
    assert len(answer(path, "--lines")["rows"]) == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Робо 1", "--at", "18:00"), 2, "--days"),
        (("Робо 1", "--days", "mon"), 2, "--at"),
        (("--days", "mon", "--at", "18:00"), 2, "group or a student"),
        (("Робо 1", "--student", "Петя", "--days", "mon", "--at", "18:00"), 2, "group or a student"),
        (("Робо 1", "--days", "xx", "--at", "18:00"), 1, '"xx"'),
        (("Робо 1", "--days", "mon", "--at", "25:00"), 1, '"25:00"'),
        (("Робо 1", "--days", "mon", "--at", "18:00", "--minutes", "час"), 1, "час"),
        (("Робо 1", "--days", "mon", "--at", "18:00", "--minutes", "0"), 1, "0 minutes"),
        (("Робо 1", "--days", "mon", "--at", "18:00", "--every", "0"), 1, "every 0 weeks"),
        (("Робо 1", "--days", "mon", "--at", "18:00", "--to", "yesterday"), 1, "2026-08-31, is before the first"),
        (("Робо 1", "--days", "mon", "--at", "18:00", "--teacher", "Никто"), 1, '"Никто"'),
        (("Робо 2", "--days", "mon", "--at", "18:00"), 1, '"Робо 2"'),
    ],
)
def test_what_is_refused(path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    before = path.read_bytes()
    refused, out, err = add(path, *words)
    assert (refused, out) == (code, "")
    assert said in err
    assert err.splitlines()[1].startswith("hint: ")
    assert path.read_bytes() == before


def test_reading_the_schedule_imports_nothing_heavy(path: Path) -> None:
    add(path, "Робо 1", "--days", "mon", "--at", "18:00")
    for words in (["schedule", "list"], ["groups", "list"], ["groups", "show", "1"], ["catalog", "rooms", "list"]):
        script = (
            f"import sys; from schoolcrm.cli import main; main({words!r});"
            "print(sorted({'sqlalchemy', 'pydantic', 'sqlmodel', 'rich', 'openpyxl'} & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            encoding="utf-8",
            check=True,
            env={"SCHOOLCRM_DB": str(path), "SCHOOLCRM_TODAY": "2026-09-01", "HOME": str(path.parent)},
        )
        assert done.stdout.splitlines()[-1] == "[]", words
