"""Single lessons planned, marked, cancelled, moved and edited from the command line (R22–R24, R31)."""

from pathlib import Path

import pytest
from builders import (
    add_client,
    add_plan,
    add_student,
    join,
    make_school,
    reading_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)
from robo_school import FIRST, charges, held, made, refused, school_of_robo


@pytest.fixture
def school(tmp_path: Path) -> Path:
    return school_of_robo(tmp_path)


def command(path: Path, *arguments: str, today: str = "2026-09-30") -> tuple[int, str, str]:
    return run_cli(*arguments, db=path, today=today, lang="en")


def listed(path: Path, *more: str) -> list[tuple[str, str, str]]:
    rows = made(path, "lessons", "list", "--period", "2026-09", *more)["rows"]
    return [(row["date"], row["time"], row["state"]) for row in rows]


# Planned --------------------------------------------------------------------------------------------------


def test_r22_a_single_lesson_is_like_the_others_of_its_group(school: Path) -> None:
    planned = made(school, "lessons", "plan", "Робо 1", "--on", "2026-09-03", "--at", "12:00")
    assert ("2026-09-03", "12:00", "planned") in listed(school)
    with reading_school(school, FIRST) as opened:
        row = opened.db.execute(
            "SELECT minutes, code, schedule_id FROM lesson JOIN lesson_type ON lesson_type.id = lesson_type_id"
            " WHERE lesson.id = ?",
            (planned["id"],),
        ).fetchone()
    assert row == (60, "group", None)


def test_r22_a_single_lesson_of_one_student(school: Path) -> None:
    made(
        school, "lessons", "plan", "--student", "Пётр", "--on", "2026-09-03", "--at", "12:00", "--minutes", "45",
        "--teacher", "Ольга", "--new",
    )  # fmt: skip
    (row,) = made(school, "lessons", "list", "--period", "2026-09-03")["rows"]
    assert (row["student"], row["teacher"], row["group"]) == ("Пётр Иванов", "Ольга", None)
    made(school, "lessons", "hold", "Пётр", "2026-09-03", "--all-present")
    assert charges(school, "Пётр Иванов") == [("2026-09-03", 66_666)]


def test_two_lessons_at_one_minute_are_refused_and_a_double_room_warned_about(school: Path) -> None:
    assert "already" in refused(school, "lessons", "plan", "Робо 1", "--on", "2026-09-08", "--at", "10:00")
    code, _out, err = command(school, "lessons", "plan", "--student", "Пётр", "--on", "2026-09-08", "--at", "10:30")
    assert code == 0
    assert "in two places" in err


# Cancelled ------------------------------------------------------------------------------------------------


def test_r22_a_lesson_to_come_is_cancelled(school: Path) -> None:
    made(school, "lessons", "cancel", "Робо 1", "2026-09-08", "--reason", "болеет учитель")
    assert ("2026-09-08", "10:00", "cancelled") in listed(school)
    assert "was cancelled" in refused(school, "lessons", "cancel", "Робо 1", "2026-09-08")
    assert "no lesson" in refused(school, "lessons", "cancel", "Робо 1", "2026-09-09")


def test_r23_cancelling_a_held_lesson_takes_its_charges_back_and_prices_the_package_anew(school: Path) -> None:
    first = held(school, "2026-09-01")
    held(school, "2026-09-08")
    held(school, "2026-09-15")
    assert charges(school, "Пётр Иванов") == [("2026-09-01", 66_666), ("2026-09-08", 66_666), ("2026-09-15", 66_668)]
    cancelled = made(school, "lessons", "cancel", str(first["id"]))
    assert (cancelled["marks"], cancelled["amount"]) == (2, "1366.66")
    assert charges(school, "Пётр Иванов") == [("2026-09-08", 66_666), ("2026-09-15", 66_666)]
    assert charges(school, "Лев Смирнов") == [("2026-09-08", 70_000), ("2026-09-15", 70_000)]


def test_r31_a_cancelled_lesson_makes_a_months_others_dearer(school: Path) -> None:
    with writing_school(school, FIRST) as opened:
        client = add_client(opened, "Зоя Белова", student="Яна Белова")
        join(opened, 1, student_of(opened, client), FIRST)
        sell_plan(opened, student_of(opened, client), add_plan(opened, "month", 300_000), FIRST)
    held(school, "2026-09-01")
    assert charges(school, "Яна Белова") == [("2026-09-01", 60_000)]
    _code, _out, err = command(school, "lessons", "cancel", "Робо 1", "2026-09-29")
    assert "the balance of Зоя Белова was -600.00 and is -750.00" in err
    assert charges(school, "Яна Белова") == [("2026-09-01", 75_000)]
    made(school, "lessons", "plan", "Робо 1", "--on", "2026-09-30", "--at", "10:00")
    assert charges(school, "Яна Белова") == [("2026-09-01", 60_000)]


def test_r12_cancelling_the_trial_gives_it_back(school: Path) -> None:
    with writing_school(school, FIRST) as opened:
        client = add_client(opened, "Зоя Белова", student="Яна Белова")
        join(opened, 1, student_of(opened, client), FIRST)
    lesson = held(school, "2026-09-01")
    assert [mark["basis"] for mark in lesson["marks"] if mark["student"] == "Яна Белова"] == ["trial"]
    made(school, "lessons", "cancel", str(lesson["id"]))
    explained = made(school, "status", "explain", "Зоя")["rows"][0]
    assert explained["base"] == "new"
    second = held(school, "2026-09-08")
    assert [mark["basis"] for mark in second["marks"] if mark["student"] == "Яна Белова"] == ["trial"]


def test_r22_a_lesson_cancelled_by_mistake_takes_place_again(school: Path) -> None:
    before = listed(school)
    cancelled = made(school, "lessons", "cancel", "Робо 1", "2026-09-08")
    assert "was cancelled" in refused(school, "lessons", "cancel", "Робо 1", "2026-09-08")
    assert "lessons restore 1" in refused(school, "lessons", "move", "Робо 1", "2026-09-08", "--to", "2026-09-09")
    restored = made(school, "lessons", "restore", "Робо 1", "2026-09-08")
    assert restored["id"] == cancelled["id"]
    assert listed(school) == before
    assert "was not cancelled" in refused(school, "lessons", "restore", "1")
    assert "77" in refused(school, "lessons", "restore", "77")
    assert "was cancelled on" in refused(school, "lessons", "restore", "Робо 1", "2026-09-09")


def test_r22_a_lesson_held_in_place_of_a_cancelled_one_is_said_to_be_an_extra(school: Path) -> None:
    made(school, "lessons", "cancel", "Робо 1", "2026-09-08")
    code, _out, err = command(school, "lessons", "hold", "Робо 1", "2026-09-08", "--all-present")
    assert code == 0
    assert "was cancelled" in err
    assert "already" in refused(school, "lessons", "restore", "1")


# Moved ----------------------------------------------------------------------------------------------------


def test_r22_a_lesson_to_come_is_moved_and_is_not_in_its_old_place(school: Path) -> None:
    made(school, "lessons", "move", "Робо 1", "2026-09-08", "--to", "2026-09-09", "--at", "11:30")
    found = listed(school)
    assert ("2026-09-09", "11:30", "planned") in found
    assert not [row for row in found if row[0] == "2026-09-08"]
    assert "already" in refused(school, "lessons", "move", "Робо 1", "2026-09-09", "--to", "2026-09-09")
    assert "already" in refused(
        school, "lessons", "move", "Робо 1", "2026-09-09", "--to", "2026-09-15", "--at", "10:00"
    )


def test_r31_moving_a_held_lesson_changes_the_order_of_the_package(school: Path) -> None:
    first = held(school, "2026-09-01")
    held(school, "2026-09-08")
    held(school, "2026-09-15")
    made(school, "lessons", "move", str(first["id"]), "--to", "2026-09-16")
    assert charges(school, "Пётр Иванов") == [("2026-09-08", 66_666), ("2026-09-15", 66_666), ("2026-09-16", 66_668)]
    assert "after today" in refused(school, "lessons", "move", str(first["id"]), "--to", "2026-10-01")
    made(school, "lessons", "move", str(first["id"]), "--to", "2026-10-01", "--even-so")


def test_r33_a_lesson_moved_out_of_the_subscription_is_no_longer_paid_by_it(school: Path) -> None:
    with writing_school(school, FIRST) as opened:
        opened.db.execute("UPDATE subscription SET last_on = '2026-09-10' WHERE student_id = 2")
    lesson = held(school, "2026-09-08", "--topic", "тема")
    made(school, "lessons", "mark", str(lesson["id"]), "Лев", "present", "--grade", "5")
    made(school, "lessons", "move", str(lesson["id"]), "--to", "2026-09-12")
    assert charges(school, "Лев Смирнов") == [("2026-09-12", 0)]
    with reading_school(school, FIRST) as opened:
        kept = opened.db.execute("SELECT grade, basis FROM mark WHERE student_id = 2").fetchone()
        assert kept == ("5", "none")
        assert opened.db.execute("SELECT topic FROM lesson WHERE id = ?", (lesson["id"],)).fetchone() == ("тема",)


def test_lessons_are_moved_back_where_they_came_from(school: Path) -> None:
    before = listed(school)
    moved = made(school, "lessons", "move", "Робо 1", "2026-09-08", "--to", "2026-09-09")
    made(school, "lessons", "move", str(moved["id"]), "--to", "2026-09-08")
    assert listed(school) == before


# Edited and marked ----------------------------------------------------------------------------------------


def test_edit_writes_topic_and_homework_of_a_lesson_to_come_and_of_a_held_one(school: Path) -> None:
    made(school, "lessons", "edit", "Робо 1", "2026-09-08", "--topic", "Датчики", "--homework", "стр. 5")
    lesson = held(school, "2026-09-08")
    made(school, "lessons", "edit", str(lesson["id"]), "--homework", "стр. 6", "--teacher", "Ольга", "--new")
    with reading_school(school, FIRST) as opened:
        rows = opened.db.execute("SELECT topic, homework, state, teacher_id FROM lesson").fetchall()
    assert rows == [("Датчики", "стр. 6", "held", 1)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "Робо 1"],
        ["plan", "--on", "2026-09-03", "--at", "12:00"],
        ["move", "Робо 1", "2026-09-08"],
        ["edit", "Робо 1", "2026-09-08"],
        ["mark", "Робо 1", "Лев", "present", "--reason", "УП"],
        ["mark", "Робо 1", "Лев", "absent", "--makes-up", "1"],
    ],
)
def test_what_is_not_said_is_asked_for(school: Path, arguments: list[str]) -> None:
    refused(school, "lessons", *arguments, code=2)


def test_r25_a_frozen_student_gets_no_single_lesson(school: Path) -> None:
    made(school, "subscription", "freeze", "Лев", "--from", "2026-09-05", "--to", "2026-09-10")
    plan = ["lessons", "plan", "--student", "Лев", "--at", "12:00", "--on"]
    assert "frozen" in refused(school, *plan, "2026-09-08")
    made(school, *plan, "2026-09-11")
    assert "frozen" in refused(school, "lessons", "move", "Лев", "2026-09-11", "--to", "2026-09-10")


def test_nobody_archived_gets_a_single_lesson(school: Path) -> None:
    with writing_school(school, FIRST) as opened:
        add_student(opened, 1, "Ира Иванова")
        opened.db.execute("UPDATE student SET archived_on = '2026-09-01' WHERE name = 'Ира Иванова'")
    refused(school, "lessons", "plan", "--student", "Ира", "--on", "2026-09-03", "--at", "12:00")


@pytest.mark.parametrize("words", [("move", "77", "--to", "+7d"), ("cancel", "77"), ("edit", "77", "--topic", "x")])
def test_a_number_of_no_lesson_is_said_to_be_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, out, err = run_cli("lessons", *words, db=make_school(tmp_path))
    assert (code, out) == (1, "")
    assert err.startswith("error: There is no lesson 77, nor a group of that number.\nhint: ")
