"""Whatever changes charges that were there already says so (R31): holidays, freezes, the schedule, groups, lessons."""

from pathlib import Path

import pytest
from answers import answer
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

ANEW = "Lessons held this month are priced anew: the balance of Анна was {} and is {}."
CHARGED = "Charges of subscriptions are priced anew: the balance of Анна was {} and is {}."


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Petya pays 400 a month for Tuesdays; of five in September the first was held."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        petya = student_of(school, add_client(school, "Анна", student="Петя"))
        group = add_group(school, "Робо")
        join(school, group, petya, school.today)
        add_schedule(school, group_id=group, days="tue")
        sell_plan(school, petya, add_plan(school, "month", 40_000), school.today)
        hold(school, group, school.today, present=[petya])
    return path


def said(path: Path, *words: str, today: str = "2026-09-01") -> list[str]:
    code, _out, err = run_cli(*words, db=path, today=today)
    assert code == 0, err
    return [line for line in err.splitlines() if "anew" in line]


@pytest.mark.parametrize(
    ("words", "now"),
    [
        ("schedule holiday add 2026-09-08", "-100.00"),
        ("subscription freeze Петя --from 2026-09-07 --to 2026-09-13", "-100.00"),
        ("groups freeze Робо --from 2026-09-07 --to 2026-09-13", "-100.00"),
        ("schedule end Робо --on 2026-09-15", "-133.33"),
        ("schedule add Робо --days mon --at 18:00", "-44.44"),
        ("lessons plan Робо --on 2026-09-10 --at 18:00", "-66.66"),
        ("lessons move Робо 2026-09-29 --to 2026-10-01", "-100.00"),
        ("lessons cancel Робо 2026-09-08", "-100.00"),
        ("groups leave Робо Петя --on 2026-09-08", "-200.00"),
    ],
)
def test_r31_what_changes_the_months_lessons_tells_the_balance(db: Path, words: str, now: str) -> None:
    assert said(db, *words.split()) == [ANEW.format("-80.00", now)]
    assert answer(db, "clients", "show", "Анна")["rows"][0]["balance"] == now


@pytest.mark.parametrize(
    ("words", "back", "between"),
    [
        ("schedule holiday add 2026-09-08", "schedule holiday remove 2026-09-08 --yes", "-100.00"),
        (
            "subscription freeze Петя --from 2026-09-07 --to 2026-09-13",
            "subscription unfreeze Петя --yes",
            "-100.00",
        ),
        ("lessons cancel Робо 2026-09-08", "lessons restore Робо 2026-09-08", "-100.00"),
        ("groups archive Робо", "groups restore Робо", "-400.00"),
    ],
)
def test_r31_what_takes_it_back_tells_so_too(db: Path, words: str, back: str, between: str) -> None:
    assert said(db, *words.split(), today="2026-09-02") == [ANEW.format("-80.00", between)]
    assert said(db, *back.split(), today="2026-09-02") == [ANEW.format(between, "-80.00")]


def test_r31_another_group_tells_so_too(db: Path) -> None:
    with writing_school(db) as school:
        add_schedule(school, group_id=add_group(school, "Шахматы"), days="thu")
    assert said(db, "groups", "join", "Шахматы", "Петя") == [ANEW.format("-80.00", "-44.44")]
    with writing_school(db) as school:
        add_schedule(school, group_id=add_group(school, "Го"), days="mon,wed")
    moved = said(db, "groups", "transfer", "Петя", "Шахматы", "Го", "--on", "2026-09-02")
    assert moved == [ANEW.format("-44.44", "-28.57")]


def test_r25_an_extension_that_is_charged_upfront_is_told(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        petya = student_of(school, add_client(school, "Анна", student="Петя"))
        group = add_group(school, "Робо")
        join(school, group, petya, school.today)
        month = add_plan(school, "month", 30_000, billing="upfront")
        sell_plan(school, petya, month, school.today, last_on=school.today.replace(day=15))
    words = ("--from", "2026-09-07", "--to", "2026-09-09", "--excused")
    assert said(path, "groups", "freeze", "Робо", *words) == [CHARGED.format("-150.00", "-180.00")]
    assert said(path, "subscription", "unfreeze", "Петя", "--yes") == [CHARGED.format("-180.00", "-150.00")]


def test_r23_a_held_lesson_cancelled_tells_its_own_charge_only_once(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        petya = student_of(school, add_client(school, "Анна", student="Петя"))
        group = add_group(school, "Робо")
        join(school, group, petya, school.today)
        sell_plan(school, petya, add_plan(school, "lesson", 70_000), school.today)
        hold(school, group, school.today, present=[petya])
    assert said(path, "lessons", "cancel", "1") == []


def test_of_a_whole_school_ten_clients_are_named(db: Path) -> None:
    with writing_school(db) as school:
        for number in range(11):
            student = student_of(school, add_client(school, f"Клиент {number}"))
            join(school, 1, student, school.today)
            sell_plan(school, student, 1, school.today)
            hold(school, 1, school.today, present=[student])
    told = said(db, "schedule", "holiday", "add", "2026-09-08")
    assert len(told) == 11
    assert told[0] == ANEW.format("-80.00", "-100.00")
    assert told[-1] == "Priced anew is also what 2 more clients owe."
