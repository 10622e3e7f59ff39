"""`schoolcrm lessons`: what it takes, answers and refuses, off a terminal."""

import json
from pathlib import Path
from typing import Any

import pytest
from answers import answer, column, refusal
from builders import (
    TODAY,
    add_client,
    add_group,
    add_plan,
    add_schedule,
    join,
    make_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """The group Робо 1 on Tuesdays (1 September 2026 is one): Маша Иванова, who pays 700, Мария Ли, Олег Ким."""
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        group = add_group(school, "Робо 1", "Роботы")
        for name in ("Маша Иванова", "Мария Ли", "Олег Ким"):
            client = add_client(school, f"Родитель: {name}", student=name)
            school.db.execute("UPDATE client SET trial_spent = 1")
            join(school, group, student_of(school, client), TODAY)
        sell_plan(school, 1, add_plan(school, "lesson", 700_00), TODAY)
        add_schedule(school, group_id=group, days="tue", first_on=TODAY)
        add_client(school, "Гость", student="Яна Гость")
    return path


def told(db: Path, *words: str, today: str = "2026-09-30") -> dict[str, tuple[bool, str]]:
    marks = answer(db, "lessons", "hold", *words, today=today)["marks"]
    return {mark["student"]: (mark["attended"], mark["charge"]) for mark in marks}


def test_hold_answers_with_the_lesson_and_its_marks(db: Path) -> None:
    held = answer(db, "lessons", "hold", "робо", "--all-present", "--absent", "Олег:УП", "--topic", "Моторы")
    assert (held["id"], held["date"], held["time"]) == (1, "2026-09-01", "18:00")
    assert {"student_id", "student", "attended", "charge", "basis"} <= held["marks"][0].keys()
    by_name = {mark["student"]: mark for mark in held["marks"]}
    assert by_name["Маша Иванова"] | {"charge": "700.00", "basis": "paid", "attended": True} == by_name["Маша Иванова"]
    assert by_name["Олег Ким"] | {"charge": "0.00", "basis": "none", "attended": False} == by_name["Олег Ким"]
    assert column(db, "topic", "report", "journal", "Маша", "--to", "2026-09-01") == ["Моторы"]


def test_hold_says_in_a_sentence_what_was_done(db: Path) -> None:
    code, out, err = run_cli("lessons", "hold", "Робо 1", "--all-present", "--absent", "Олег", db=db)
    assert (code, out) == (0, "")
    assert "700.00" in err
    assert "Мария Ли" in err  # no subscription
    code, out, err = run_cli("-q", "lessons", "hold", "Робо 1", "--present", "Олег", db=db)
    assert (code, out, err) == (0, "", "")


def test_r23_off_a_terminal_every_member_must_be_named(db: Path) -> None:
    said = refusal(db, "lessons", "hold", "Робо 1", "--present", "Маша")
    assert "Мария Ли, Олег Ким" in said
    assert "Маша Иванова" not in said
    assert column(db, "state", "lessons", "list", "--to", "2026-09-01") == ["planned"]
    assert "Мария Ли, Маша Иванова, Олег Ким" in refusal(db, "lessons", "hold", "Робо 1")


def test_names_may_stand_together_or_apart_with_or_without_reasons(db: Path) -> None:
    marks = told(db, "Робо 1", "2026-09-01", "--present", "Маша, 2", "--absent", "олег:нп")
    assert marks == {"Маша Иванова": (True, "700.00"), "Мария Ли": (True, "0.00"), "Олег Ким": (False, "0.00")}
    marks = told(db, "Робо 1", "2026-09-01", "--absent", "Маша:УП", "--absent", "Олег")
    assert marks == {"Маша Иванова": (False, "0.00"), "Олег Ким": (False, "0.00")}


def test_a_guest_is_named_like_a_member(db: Path) -> None:
    marks = told(db, "Робо 1", "2026-09-01", "--all-present", "--present", "Яна")
    assert marks["Яна Гость"] == (True, "0.00")
    assert len(marks) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--present", "Ма"), "Мария Ли"),
        (("--present", "Зоя"), "Зоя"),
        (("--absent", "Маша:ЪЪ"), "ЪЪ"),
        (("2026-09-31",), "2026-09-31"),
        (("--at", "25:00"), "25:00"),
        (("2026-09-08", "--all-present"), "--even-so"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_written(db: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refusal(db, "lessons", "hold", "Робо 1", *words)
    assert column(db, "id", "lessons", "list") == [None] * 5


def test_a_student_named_twice_is_wrong_usage(db: Path) -> None:
    code, out, err = run_cli("lessons", "hold", "Робо 1", "--present", "Маша", "--absent", "1", db=db)
    assert (code, out) == (2, "")
    assert "Маша Иванова" in err


def test_a_lesson_after_today_with_even_so(db: Path) -> None:
    assert len(told(db, "Робо 1", "+7d", "--all-present", "--even-so", today="2026-09-01")) == 3


def test_an_extra_lesson_is_held_and_said_to_be_one(db: Path) -> None:
    words = ("lessons", "hold", "Робо 1", "2026-09-03", "--all-present")
    code, _out, err = run_cli(*words, db=db, today="2026-09-30")
    assert code == 0
    assert "2026-09-03 at 18:00" in err
    assert told(db, "Робо 1", "2026-09-03", "--at", "9:30", "--all-present").keys() == {
        "Маша Иванова",
        "Мария Ли",
        "Олег Ким",
    }
    times = column(db, "time", "lessons", "list", "--from", "2026-09-03", "--to", "2026-09-03")
    assert times == ["09:30", "18:00"]


def test_of_two_lessons_of_a_day_one_is_named_by_its_time(db: Path) -> None:
    answer(db, "schedule", "add", "Робо 1", "--days", "tue", "--at", "10:00", "--from", "2026-09-01")
    assert "10:00, 18:00" in refusal(db, "lessons", "hold", "Робо 1", "--all-present")
    assert answer(db, "lessons", "hold", "Робо 1", "--all-present", "--at", "10:00")["time"] == "10:00"


def test_the_lesson_of_one_student_is_named_by_the_student(db: Path) -> None:
    answer(db, "schedule", "add", "--student", "Яна", "--days", "wed", "--at", "16:00", "--from", "2026-09-01")
    assert told(db, "Яна", "2026-09-02", "--all-present") == {"Яна Гость": (True, "0.00")}
    assert "2026-09-03" in refusal(db, "lessons", "hold", "Яна", "2026-09-03", "--all-present", today="2026-09-30")


def test_a_lesson_is_named_by_its_number_to_be_marked_again(db: Path) -> None:
    for day in ("2026-09-01", "2026-09-08"):
        told(db, "Робо 1", day, "--all-present")
    assert told(db, "2", "--absent", "Маша:УП") == {"Маша Иванова": (False, "0.00")}
    report = answer(db, "report", "reconciliation", "Маша", "--period", "2026-09", today="2026-09-30")
    assert [row["expense"] for row in report["rows"]] == ["700.00", "0.00"]


def test_dry_run_answers_and_changes_nothing(db: Path) -> None:
    held = answer(db, "lessons", "hold", "Робо 1", "--all-present", "--dry-run")
    assert len(held["marks"]) == 3
    assert column(db, "state", "lessons", "list", "--to", "2026-09-01") == ["planned"]
    code, _out, err = run_cli("lessons", "hold", "Робо 1", "--all-present", "--dry-run", db=db)
    assert code == 0
    assert "--dry-run" in err


def test_list_has_the_keys_of_the_contract_and_its_filters(db: Path) -> None:
    told(db, "Робо 1", "2026-09-01", "--all-present")
    report = answer(db, "lessons", "list", "--period", "2026-09")
    keys = [column["key"] for column in report["columns"]]
    assert " ".join(keys) == "id date time group student state subject teacher room"
    assert [list(row) for row in report["rows"]] == [keys] * 5
    assert report["rows"][0] == dict(
        zip(keys, [1, "2026-09-01", "18:00", "Робо 1", None, "held", "Роботы", None, None], strict=True)
    )
    assert column(db, "date", "lessons", "list", "--unheld", today="2026-09-16") == ["2026-09-08", "2026-09-15"]
    assert column(db, "date", "lessons", "list", "--student", "Яна") == []
    assert len(column(db, "date", "lessons", "list", "--group", "робо", "--period", "2026-10")) == 4


@pytest.mark.parametrize(("words", "code"), [(("hold",), 2), (("hold", "Нету"), 1), (("list", "--period", "xyz"), 1)])
def test_exit_codes(db: Path, words: tuple[str, ...], code: int) -> None:
    assert run_cli("lessons", *words, db=db)[0] == code


def test_russian_says_the_same(db: Path) -> None:
    code, out, err = run_cli("lessons", "hold", "Робо 1", "--all-present", "--format", "json", db=db, lang="ru")
    assert (code, err) == (0, "")
    marks: list[dict[str, Any]] = json.loads(out)["marks"]
    assert {mark["basis"] for mark in marks} == {"paid", "none"}
