"""`schoolcrm schedule end|remove|clashes|holiday`."""

import json
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, add_entry, add_group, add_schedule, hold, join, make_school, run_cli, student_of
from builders import writing_school as writing


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Two groups with one teacher, room and student; the second meets half an hour after the first on Wednesdays."""
    path = make_school(tmp_path)
    with writing(path) as school:
        needs = {"teacher_id": add_entry(school, "teachers", "Илья"), "room_id": add_entry(school, "rooms", "101")}
        student = student_of(school, add_client(school, "Анна", student="Петя"))
        for name, days, time in (("Робо", "tue,wed", "18:00"), ("Шахматы", "wed", "18:30")):
            group = add_group(school, name, **needs)
            join(school, group, student, school.today)
            add_schedule(school, group_id=group, days=days, time=time, **needs)
    return path


def test_end_and_remove(db: Path) -> None:
    assert answer(db, "schedule", "end", "Робо", "--on", "2026-09-09") == {"id": 1, "last_on": "2026-09-09"}
    assert column(db, "date", "schedule", "list", "--group", "Робо") == [
        "2026-09-01", "2026-09-02", "2026-09-08", "2026-09-09",
    ]  # fmt: skip
    assert "Шахматы, Wed 18:30 (60 min)" in refusal(db, "schedule", "remove", "Шахматы")
    code, out, err = run_cli("schedule", "remove", "2", "--dry-run", db=db)
    assert (code, out) == (0, "")
    assert "--dry-run" in err
    assert answer(db, "schedule", "remove", "2", "--yes") == {"id": 2}
    assert column(db, "id", "schedule", "list", "--lines") == [1]
    assert "line 2" in refusal(db, "schedule", "remove", "2", "--yes")


def test_end_today_and_warn_of_lessons_that_stay(db: Path) -> None:
    with writing(db) as school:
        hold(school, 1, school.today, present=[1])
        hold(school, 1, school.today.replace(day=8), present=[1], even_so=True)
    code, out, err = run_cli("schedule", "end", "1", db=db)
    assert (code, out) == (0, "")
    assert err.startswith("warning: 1 lesson after that day was stored by itself and stays: 2026-09-08 18:00.\n")
    assert "schedule end 1" in refusal(db, "schedule", "remove", "1", "--yes")


def test_r22_clashes_name_both_lessons(db: Path) -> None:
    found = answer(db, "schedule", "clashes")
    assert found["parameters"] == {"period": {"from": "2026-09-01", "to": "2026-10-06"}}
    assert found["rows"][:3] == [
        {"date": "2026-09-02", "clash": what, "name": name, "time": "18:00", "minutes": 60, "lesson": "Робо", "line": 1,
         "other_time": "18:30", "other_minutes": 60, "other_lesson": "Шахматы", "other_line": 2}
        for what, name in (("room", "101"), ("teacher", "Илья"), ("student", "Петя"))
    ]  # fmt: skip
    assert len(found["rows"]) == 15
    assert column(db, "date", "schedule", "clashes", "--from", "2026-09-30", "--to", "2026-10-06") == ["2026-09-30"] * 3
    answer(db, "schedule", "holiday", "add", "2026-09-02")
    answer(db, "subscription", "freeze", "Петя", "--from", "2026-09-09", "--to", "2026-09-09")
    assert column(db, "clash", "schedule", "clashes", "--period", "2026-09-02..2026-09-09") == []
    assert run_cli("schedule", "clashes", "--period", "2026-09-02", db=db)[0] == 0


def test_holidays(db: Path) -> None:
    made = answer(db, "schedule", "holiday", "add", "2026-09-08", "--to", "2026-09-09", "--name", "Ремонт")
    assert made == {"id": 1, "from": "2026-09-08", "to": "2026-09-09", "name": "Ремонт"}
    answer(db, "schedule", "holiday", "add", "2026-11-04")
    assert answer(db, "schedule", "holiday", "list")["rows"] == [
        {"id": 1, "from": "2026-09-08", "to": "2026-09-09", "days": 2, "name": "Ремонт"},
        {"id": 2, "from": "2026-11-04", "to": "2026-11-04", "days": 1, "name": None},
    ]
    assert column(db, "id", "schedule", "holiday", "list", "--period", "2026-09") == [1]
    dates = column(db, "date", "schedule", "list", "--group", "Робо", "--to", "2026-09-15", "--from", "2026-09-01")
    assert dates == ["2026-09-01", "2026-09-02", "2026-09-15"]
    assert '"Ремонт"' in refusal(db, "schedule", "holiday", "remove", "ремонт")
    assert answer(db, "schedule", "holiday", "remove", "2026-09-08", "--yes") == made
    assert column(db, "id", "schedule", "holiday", "list") == [2]


def test_a_holiday_on_a_held_lesson_warns(db: Path) -> None:
    with writing(db) as school:
        hold(school, 1, school.today, present=[1])
    code, out, err = run_cli("schedule", "holiday", "add", "today", "--format", "json", db=db)
    assert (code, json.loads(out)["id"]) == (0, 1)
    assert err == "warning: 1 lesson was held or planned by hand then and stays: 2026-09-01 18:00 Робо (1).\n"


def test_bad_input(db: Path) -> None:
    assert "begins on 2026-09-01" in refusal(db, "schedule", "end", "1", "--on", "2026-08-01")
    assert "2026-09-31" in refusal(db, "schedule", "holiday", "add", "2026-09-31")
    assert "никто" in refusal(db, "schedule", "end", "никто")
    assert '"5"' in refusal(db, "schedule", "holiday", "remove", "5", "--yes")
