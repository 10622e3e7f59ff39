"""Refusals that keep what happened: leaving a group, holding lessons, naming reasons and subjects."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, make_school, run_cli, writing_school

SATURDAY = "2026-09-05"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A school with «Робо 1» on Saturdays and one member, and «Пусто» with none."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school, "Анна Иванова", student="Петя Иванов")
        add_client(school, "Олег Сидоров", student="Коля Сидоров")
    answer(path, "groups", "add", "Робо 1", "--subject", "Роботы", "--new")
    answer(path, "groups", "add", "Пусто")
    answer(path, "groups", "join", "Робо 1", "Петя", "--from", "2026-09-01")
    answer(path, "schedule", "add", "Робо 1", "--days", "sat", "--at", "10:00")
    return path


def hold(db: Path, *words: str) -> str:
    code, _out, err = run_cli("lessons", "hold", *words, db=db, today=SATURDAY)
    assert code == 0, err
    return err


def refused(db: Path, *words: str) -> str:
    code, out, err = run_cli("lessons", "hold", *words, db=db, today=SATURDAY)
    assert (code, out) == (1, "")
    return err


def test_r21_nobody_leaves_before_a_membership_that_has_begun(db: Path) -> None:
    said = refusal(db, "groups", "leave", "Робо 1", "Петя", "--on", "2026-08-31")
    assert "only since 2026-09-01" in said
    assert "hint: " in said
    assert column(db, "from", "groups", "show", "Робо 1") == ["2026-09-01"]


def test_r21_an_earlier_stay_is_not_shortened_over_a_later_one_that_has_begun(db: Path) -> None:
    answer(db, "groups", "leave", "Робо 1", "Петя", "--on", "2026-09-02")
    answer(db, "groups", "join", "Робо 1", "Петя", "--from", "2026-09-10")
    leave = ("groups", "leave", "Робо 1", "Петя", "--on", "2026-09-01")
    code, _out, err = run_cli(*leave, db=db, today="2026-09-20")
    assert (code, "again since 2026-09-10" in err) == (1, True)
    assert answer(db, *leave, today="2026-09-09")["last_on"] == "2026-09-01"  # the later one was still to begin
    assert column(db, "from", "groups", "show", "Робо 1") == ["2026-09-01"]


def test_r23_a_lesson_of_nobody_is_not_held(db: Path) -> None:
    said = refused(db, "Пусто", "--at", "12:00")
    assert "Nobody belongs to the lesson" in said
    assert "--present NAME" in said
    assert column(db, "date", "lessons", "list", "--group", "Пусто", today=SATURDAY) == []
    assert "1 student came" in hold(db, "Пусто", "--at", "12:00", "--present", "Коля")  # a guest


def test_r23_a_lesson_held_again_with_nobody_named_stays_as_it_is(db: Path) -> None:
    hold(db, "Робо 1", "--all-present")
    said = refused(db, "Робо 1")
    assert "is held already" in said
    assert "--present or --absent" in said
    assert 'topic is now "Моторы"' in hold(db, "Робо 1", "--topic", "Моторы")
    assert column(db, "topic", "report", "journal", "Анна", "--period", "2026-09")[0] == "Моторы"


def test_a_number_of_a_group_and_of_a_lesson_is_ambiguous(db: Path) -> None:
    hold(db, "Пусто", "--at", "12:00", "--present", "Коля")  # lesson 1, of group 2
    said = refused(db, "1", "--all-present")
    assert "1 is the group Робо 1 and also the lesson of 2026-09-05 12:00" in said
    assert f"lessons hold 1 {SATURDAY}" in said
    assert f"lessons hold 'Пусто' {SATURDAY} --at 12:00" in said
    assert "Lesson 2 of 2026-09-05 10:00 held" in hold(db, "1", SATURDAY, "--all-present")
    assert "Lesson 1 of" in hold(db, "Пусто", SATURDAY, "--at", "12:00", "--absent", "Коля")


def test_a_number_of_a_group_and_of_its_own_lesson_today_is_both(db: Path) -> None:
    hold(db, "1", "--all-present")
    assert "Lesson 1 of 2026-09-05 10:00 held" in hold(db, "1", "--absent", "Петя")


def test_an_unknown_reason_or_subject_says_what_there_is(db: Path) -> None:
    assert "The reasons are: УП" in refused(db, "Робо 1", "--absent", "Петя:ЩЩЩЩ")
    said = refusal(db, "report", "journal", "Анна", "--subject", "Нету")
    assert "'schoolcrm catalog subjects list' shows all." in said


def test_the_journal_shows_the_time_where_a_day_has_two_lessons(db: Path) -> None:
    journal = ("report", "journal", "Анна", "--period", "2026-09")
    assert "10:00" not in run_cli(*journal, db=db, today="2026-09-20")[1]
    answer(db, "schedule", "add", "Робо 1", "--days", "sat", "--at", "12:00")
    out = run_cli(*journal, db=db, today="2026-09-20")[1]
    assert "10:00" in out
    assert "12:00" in out
    assert "planned: the lesson is not held yet" in out
