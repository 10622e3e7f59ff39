"""Fields of the school's own of lessons, and `lessons list` by the registry: columns, filters, sort keys (R50, R52)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from answers import refusal
from builders import (
    add_client,
    add_entry,
    add_group,
    add_schedule,
    join,
    make_school,
    run_cli,
    student_of,
    writing_school,
)

FIRST = date(2026, 8, 3)
"""A Monday; the lessons are on Tuesdays, and today is Tuesday, 1 September."""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        client = add_client(school, "Анна", student="Петя")
        teacher = add_entry(school, "teachers", "Ольга")
        group = add_group(school, "Робо", "Роботы", teacher_id=teacher)
        join(school, group, student_of(school, client), FIRST)
        add_schedule(school, group_id=group, days="tue", first_on=FIRST)
    for words in (["Зал"], ["Mood", "--type", "choice", "--choice", "good", "--choice", "bad"]):
        run(path, "fields", "add", "--of", "lesson", *words)
    run(path, "fields", "add", "--of", "lesson", "Guests", "--type", "number")
    return path


def run(db: Path, *words: str) -> str:
    code, out, err = run_cli(*words, db=db, lang="en")
    assert code == 0, err
    return out


def listed(db: Path, *words: str) -> list[dict[str, Any]]:
    rows = json.loads(run(db, "lessons", "list", *words, "--format", "json"))["rows"]
    assert isinstance(rows, list)
    return rows


def dates(db: Path, *words: str) -> list[str]:
    return [row["date"] for row in listed(db, *words)]


def test_a_planned_a_held_and_an_edited_lesson_keep_the_values(db: Path) -> None:
    run(db, "lessons", "plan", "Робо", "--on", "2026-09-03", "--at", "17:00", "--field", "зал=Большой")
    run(db, "lessons", "hold", "Робо", "2026-08-25", "--all-present", "--field", "Mood=GOOD", "--field", "Guests=2,5")
    run(db, "lessons", "edit", "Робо", "2026-09-08", "--field", "Mood=bad")
    rows = listed(db, "--period", "all", "--columns", "date,field.Зал,field.mood,field.Guests", "field.mood:good,bad")
    assert rows == [
        {"date": "2026-08-25", "field.Зал": None, "field.Mood": "good", "field.Guests": 2.5},
        {"date": "2026-09-08", "field.Зал": None, "field.Mood": "bad", "field.Guests": None},
    ]
    assert [row["field.Зал"] for row in listed(db, "field.Зал:больш", "--columns", "field.Зал")] == ["Большой"]


def test_a_value_that_can_not_be_read_leaves_the_lesson_as_it_was(db: Path) -> None:
    before = listed(db, "--period", "all")
    for command in (["hold", "Робо", "2026-08-25", "--all-present"], ["edit", "Робо", "2026-08-25"]):
        error = refusal(db, "lessons", *command, "--field", "Mood=worse")
        assert "worse" in error
        assert "good, bad" in error
    assert '"Mod"' in refusal(db, "lessons", "edit", "Робо", "2026-08-25", "--field", "Mod=good")
    assert listed(db, "--period", "all") == before


def test_own_fields_and_facts_can_be_emptied(db: Path) -> None:
    run(db, "lessons", "edit", "Робо", "2026-09-08", "--field", "Зал=1", "--topic", "Циклы", "--homework", "Стр. 5")
    run(db, "lessons", "edit", "Робо", "2026-09-08", "--unset", "Topic", "--unset", "field.зал", "--homework", "Стр. 6")
    (row,) = listed(db, "homework:стр", "--columns", "topic,homework,field.Зал")
    assert row == {"topic": None, "homework": "Стр. 6", "field.Зал": None}
    assert "topic, homework, note, teacher, room, field.NAME" in refusal(
        db, "lessons", "edit", "Робо", "2026-09-08", "--unset", "date"
    )


def test_the_history_tells_of_them_in_words(db: Path) -> None:
    run(db, "lessons", "edit", "Робо", "2026-09-08", "--field", "Mood=bad")
    run(db, "lessons", "edit", "Робо", "2026-09-08", "--field", "Mood=good")
    rows = json.loads(run(db, "history", "lesson:1", "--format", "json"))["rows"]
    changes = [(row["field"], row["before"], row["after"]) for row in rows if row["entity"] == "lesson_field"]
    assert changes == [("field.Mood", "bad", "good"), ("field.Mood", None, "bad")]


def test_r52_every_field_of_a_lesson_is_column_filter_and_sort_key(db: Path) -> None:
    run(db, "lessons", "edit", "Робо", "2026-09-08", "--field", "Mood=bad", "--topic", "Циклы")
    keys = "id date time group student state subject teacher room location minutes type topic homework note field.Mood"
    for key in keys.split():
        assert [list(row) for row in listed(db, "--columns", key)] == [[key]] * 5
        assert len(dates(db, "--sort", f"-{key},date")) == 5
        assert len(dates(db, f"{key}:")) + len(dates(db, f"^{key}:")) == 5


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["Циклы"], ["2026-09-08"]),
        (["teacher:ольга", "date:2026-09-20.."], ["2026-09-22", "2026-09-29"]),
        (["time:17:30..18:30", "date:2026-09-01"], ["2026-09-01"]),
        (["time:19:00"], []),
        (["state:cancelled,held"], []),
        (["is:unheld"], ["2026-09-01"]),
        (["minutes:..59"], []),
        (["subject:=роботы", "--limit", "2", "--offset", "1"], ["2026-09-08", "2026-09-15"]),
        (["--sort", "-date", "--limit", "1"], ["2026-09-29"]),
    ],
)
def test_lessons_that_answer_to_the_query(db: Path, terms: list[str], expected: list[str]) -> None:
    run(db, "lessons", "edit", "Робо", "2026-09-08", "--topic", "Циклы")
    assert dates(db, *terms) == expected


def test_without_a_query_the_list_is_as_it_was(db: Path) -> None:
    usual = listed(db)
    assert listed(db, "--sort", "date,time") == usual
    assert list(usual[0]) == ["id", "date", "time", "group", "student", "state", "subject", "teacher", "room"]


@pytest.mark.parametrize("words", [["lesson:1"], ["--columns", "lesson"], ["--sort", "lesson"], ["tema:x"]])
def test_an_unknown_field_of_lessons_lists_the_known(db: Path, words: list[str]) -> None:
    assert "homework, note, field.Guests, field.Mood, field.Зал" in refusal(db, "lessons", "list", *words)


def test_a_bad_value_of_a_filter_is_told(db: Path) -> None:
    assert "25:00" in refusal(db, "lessons", "list", "time:25:00")
    assert "is:held" in refusal(db, "lessons", "list", "is:held").replace('"', "").replace('"', "")


def test_values_of_own_fields_are_told_in_words(db: Path) -> None:
    for name, kind in (("Day", "date"), ("Paid", "bool")):
        run(db, "fields", "add", "--of", "lesson", name, "--type", kind)
    told = ("--field", "Guests=2,5", "--field", "Day=2026-10-01", "--field", "Paid=да")
    run(db, "lessons", "edit", "Робо", "2026-09-08", *told)
    _code, out, _err = run_cli("history", "lesson:1", db=db, lang="ru")
    assert [line.split()[-1] for line in out.splitlines() if "поле занятия" in line] == ["да", "01.10.2026", "2,5"]
    rows = json.loads(run(db, "history", "lesson:1", "--format", "json"))["rows"]
    values = [row["after"] for row in rows if row["entity"] == "lesson_field"]
    assert values == ["true", "2026-10-01", "2.5"]
