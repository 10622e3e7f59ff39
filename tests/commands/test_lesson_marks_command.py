"""Single marks written and changed from the command line, and lessons made up for (R23, R24)."""

from pathlib import Path

import pytest
from builders import reading_school
from robo_school import FIRST, charges, held, made, refused, school_of_robo


@pytest.fixture
def school(tmp_path: Path) -> Path:
    return school_of_robo(tmp_path)


def test_r23_marking_again_replaces_the_mark_and_its_charge(school: Path) -> None:
    lesson = held(school, "2026-09-01")
    number = str(lesson["id"])
    marked = made(
        school, "lessons", "mark", number, "Лев", "absent", "--reason", "УП", "--note", "звонила мама",
        "--homework-grade", "4+",
    )  # fmt: skip
    assert (marked["charge"], marked["attended"], marked["reason"]) == ("0.00", False, "УП")
    assert charges(school, "Лев Смирнов") == [("2026-09-01", 0)]
    made(school, "lessons", "mark", number, "Лев", "present")
    assert charges(school, "Лев Смирнов") == [("2026-09-01", 70_000)]
    with reading_school(school, FIRST) as opened:
        kept = opened.db.execute("SELECT note, homework_grade FROM mark WHERE student_id = 2").fetchone()
    assert kept == ("звонила мама", "4+")


def test_marking_one_at_a_lesson_not_yet_held_names_the_others(school: Path) -> None:
    assert "Пётр" in refused(school, "lessons", "mark", "Робо 1", "Лев", "present", "--on", "2026-09-01")
    made(school, "lessons", "plan", "--student", "Пётр", "--on", "2026-09-03", "--at", "12:00")
    made(school, "lessons", "mark", "Пётр", "Пётр", "present", "--on", "2026-09-03")
    assert charges(school, "Пётр Иванов") == [("2026-09-03", 66_666)]


# Make-ups -------------------------------------------------------------------------------------------------


@pytest.fixture
def missed(school: Path) -> Path:
    """Leo missed the lesson of 1 September for a reason that costs 30 %, and came on the 8th."""
    made(school, "catalog", "absence-reasons", "add", "Поздно предупредил", "--short", "ПП", "--charged", "30")
    made(school, "lessons", "hold", "Робо 1", "2026-09-01", "--all-present", "--absent", "Лев:ПП")
    held(school, "2026-09-08")
    return school


def test_r24_a_make_up_costs_what_the_absence_left(missed: Path) -> None:
    assert charges(missed, "Лев Смирнов") == [("2026-09-01", 21_000), ("2026-09-08", 70_000)]
    marked = made(missed, "lessons", "mark", "2", "Лев", "present", "--makes-up", "2026-09-01")
    assert marked["charge"] == "490.00"
    assert charges(missed, "Лев Смирнов") == [("2026-09-01", 21_000), ("2026-09-08", 49_000)]


def test_r24_a_missed_lesson_is_made_up_for_once(missed: Path) -> None:
    made(missed, "lessons", "mark", "2", "Лев", "present", "--makes-up", "1")
    held(missed, "2026-09-15")
    assert "made up for on 2026-09-08 already" in refused(
        missed, "lessons", "mark", "3", "Лев", "present", "--makes-up", "2026-09-01"
    )
    made(missed, "lessons", "mark", "2", "Лев", "present", "--makes-up", "1")
    made(missed, "lessons", "mark", "2", "Лев", "present")
    assert charges(missed, "Лев Смирнов")[1] == ("2026-09-08", 70_000)
    made(missed, "lessons", "mark", "3", "Лев", "present", "--makes-up", "2026-09-01")


def test_r24_marking_the_absence_anew_changes_the_price_of_the_make_up(missed: Path) -> None:
    made(missed, "lessons", "mark", "2", "Лев", "present", "--makes-up", "1")
    made(missed, "lessons", "mark", "1", "Лев", "absent", "--reason", "УП")
    assert charges(missed, "Лев Смирнов") == [("2026-09-01", 0), ("2026-09-08", 70_000)]
    made(missed, "lessons", "mark", "1", "Лев", "absent", "--reason", "НП")
    assert charges(missed, "Лев Смирнов") == [("2026-09-01", 70_000), ("2026-09-08", 0)]
    assert "made up for this lesson on 2026-09-08" in refused(missed, "lessons", "mark", "1", "Лев", "present")
    assert "made up for this lesson" in refused(missed, "lessons", "cancel", "1")
    made(missed, "lessons", "cancel", "2")
    made(missed, "lessons", "mark", "1", "Лев", "present")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2", "Лев", "present", "--makes-up", "2026-09-08"], "was at the lesson"),
        (["2", "Лев", "present", "--makes-up", "2026-09-02"], "no missed lesson"),
        (["2", "Лев", "present", "--makes-up", "77"], "no missed lesson"),
        (["2", "Лев", "maybe"], "neither present nor absent"),
        (["77", "Лев", "present"], "77"),
        (["2", "Никто", "present"], "Никто"),
        (["2", "Лев", "absent", "--reason", "XX"], "XX"),
    ],
)
def test_bad_marks_are_refused(missed: Path, arguments: list[str], said: str) -> None:
    before = charges(missed, "Лев Смирнов")
    assert said in refused(missed, "lessons", "mark", *arguments)
    assert charges(missed, "Лев Смирнов") == before


def test_r25_a_mark_inside_a_freeze_is_refused_and_names_it(school: Path) -> None:
    made(school, "subscription", "freeze", "Лев", "--from", "2026-09-05", "--to", "2026-09-10")
    assert "frozen on 2026-09-08" in refused(
        school, "lessons", "hold", "Робо 1", "2026-09-08", "--present", "Лев", "--present", "Пётр"
    )
    lesson = held(school, "2026-09-08")
    assert [mark["student"] for mark in lesson["marks"]] == ["Пётр Иванов"]
