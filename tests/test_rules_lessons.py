"""Trial lessons, memberships and holding lessons (R7, R12, R20–R23), through the commands of a school."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, add_group, add_schedule, add_student, join, make_school, student_of, writing_school

FIRST = date(2026, 9, 1)  # a Tuesday
LATE = "2026-09-30"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A client with two children in a group that meets on Tuesdays; nothing was bought, no trial used."""
    path = make_school(tmp_path)
    with writing_school(path, FIRST) as school:
        client = add_client(school, "Анна Иванова", student="Петя Иванов")
        children = [student_of(school, client), add_student(school, client, "Маша Иванова")]
        group = add_group(school, "Робо 1")
        for child in children:
            join(school, group, child, FIRST)
        add_schedule(school, group_id=group, days="tue", first_on=FIRST)
    return path


def marks(db: Path, on: str, *words: str) -> dict[str, tuple[str, str]]:
    """Hold the group's lesson of the day; return basis and charge by student."""
    held = answer(db, "lessons", "hold", "Робо 1", on, *words, today=LATE)
    return {mark["student"]: (mark["basis"], mark["charge"]) for mark in held["marks"]}


def status(db: Path) -> str:
    return str(column(db, "base", "clients", "list", "--columns", "base")[0])


def trial_on(db: Path) -> str | None:
    value: str | None = column(db, "trial", "clients", "list", "--columns", "trial")[0]
    return value


def test_r12_the_first_attended_mark_is_free_and_one_trial_serves_all_children(db: Path) -> None:
    absent = ("--absent", "Петя:УП", "--absent", "Маша:УП")
    assert set(marks(db, "2026-09-01", *absent).values()) == {("none", "0.00")}
    assert (status(db), trial_on(db)) == ("new", None)  # an absence does not use the trial up
    told = marks(db, "2026-09-08", "--all-present", "--absent", "Маша:УП")
    assert told["Петя Иванов"] == ("trial", "0.00")
    assert (status(db), trial_on(db)) == ("trial-done", "2026-09-08")
    assert marks(db, "2026-09-15", "--all-present") == {
        "Маша Иванова": ("none", "0.00"),
        "Петя Иванов": ("none", "0.00"),
    }
    assert trial_on(db) == "2026-09-08"


def test_r12_a_trial_marked_absent_after_all_is_given_back(db: Path) -> None:
    marks(db, "2026-09-01", "--all-present", "--absent", "Маша:УП")
    marks(db, "2026-09-01", "--absent", "Петя:УП")
    assert (status(db), trial_on(db)) == ("new", None)
    assert marks(db, "2026-09-08", "--all-present", "--absent", "Петя:УП")["Маша Иванова"] == ("trial", "0.00")


def test_r12_who_has_bought_gets_no_free_trial(db: Path) -> None:
    answer(db, "subscription", "plans", "add", "Занятие", "--kind", "lesson", "--price", "700")
    answer(db, "subscription", "sell", "Маша", "Занятие")
    told = marks(db, "2026-09-01", "--all-present")
    assert told == {"Маша Иванова": ("paid", "700.00"), "Петя Иванов": ("none", "0.00")}
    assert status(db) == "bought"


def test_r7_a_trial_subscription_is_no_purchase_and_pays_for_the_trial(db: Path) -> None:
    answer(db, "subscription", "plans", "add", "Пробное", "--kind", "lesson", "--price", "300")
    answer(db, "subscription", "sell", "Петя", "Пробное", "--trial")
    assert status(db) == "new"
    told = marks(db, "2026-09-01", "--all-present", "--absent", "Маша:УП")
    assert told["Петя Иванов"] == ("paid", "300.00")
    assert status(db) == "trial-done"


def test_r20_an_absence_costs_what_its_reason_says_and_all_without_one(db: Path) -> None:
    answer(db, "catalog", "absence-reasons", "add", "Болезнь", "--short", "Б", "--charged", "50")
    answer(db, "subscription", "plans", "add", "Занятие", "--kind", "lesson", "--price", "700")
    answer(db, "subscription", "sell", "Петя", "Занятие")
    days = (("2026-09-01", "Петя:УП"), ("2026-09-08", "Петя:НП"), ("2026-09-15", "Петя"), ("2026-09-22", "Петя:Б"))
    charges = [marks(db, on, "--absent", name, "--absent", "Маша:УП")["Петя Иванов"][1] for on, name in days]
    assert charges == ["0.00", "700.00", "700.00", "350.00"]


def test_r21_who_left_stays_at_the_lessons_held(db: Path) -> None:
    marks(db, "2026-09-01", "--all-present")
    answer(db, "groups", "leave", "Робо 1", "Маша", "--on", "2026-09-07")
    assert set(marks(db, "2026-09-08", "--all-present")) == {"Петя Иванов"}
    journal = ("report", "journal", "Анна", "--student", "Маша", "--period", "2026-09", "--group-by", "none")
    assert column(db, "date", *journal) == ["2026-09-01"]


def test_r22_a_held_lesson_takes_the_place_of_the_planned_one(db: Path) -> None:
    marks(db, "2026-09-08", "--all-present")
    rows = answer(db, "lessons", "list", "--period", "2026-09")["rows"]
    assert [(row["date"][-2:], row["state"]) for row in rows] == [
        ("01", "planned"),
        ("08", "held"),
        ("15", "planned"),
        ("22", "planned"),
        ("29", "planned"),
    ]


def test_r23_every_member_must_be_named(db: Path) -> None:
    said = refusal(db, "lessons", "hold", "Робо 1", "2026-09-01", "--present", "Петя")
    assert "Маша Иванова" in said
    assert "Петя Иванов" not in said
    assert column(db, "state", "lessons", "list", "--to", "2026-09-01") == ["planned"]


def test_r23_marking_again_replaces_the_mark_and_its_charge(db: Path) -> None:
    answer(db, "subscription", "plans", "add", "Занятие", "--kind", "lesson", "--price", "700")
    answer(db, "subscription", "sell", "Петя", "Занятие")
    marks(db, "2026-09-01", "--all-present")
    assert column(db, "balance", "clients", "list") == ["-700.00"]
    assert set(marks(db, "2026-09-01", "--absent", "Петя:УП")) == {"Петя Иванов"}
    assert column(db, "balance", "clients", "list") == ["0.00"]
    assert answer(db, "report", "journal", "Анна")["totals"]["missed"] == 1


def test_r23_a_student_of_no_membership_comes_as_a_guest(db: Path) -> None:
    answer(db, "clients", "add", "Гость Олег", "--self")
    assert set(marks(db, "2026-09-01", "--all-present", "--present", "Гость")) == {
        "Гость Олег",
        "Маша Иванова",
        "Петя Иванов",
    }


def test_r23_a_lesson_after_today_needs_even_so(db: Path) -> None:
    words = ("lessons", "hold", "Робо 1", "2026-09-08", "--all-present")
    assert "--even-so" in refusal(db, *words, today="2026-09-07")
    assert len(answer(db, *words, "--even-so", today="2026-09-07")["marks"]) == 2


def test_r7_nothing_is_sold_to_a_deleted_client(db: Path) -> None:
    answer(db, "subscription", "plans", "add", "Занятие", "--kind", "lesson", "--price", "700")
    answer(db, "status", "set", "deleted", "Анна")
    refusal(db, "subscription", "sell", "Петя", "Занятие")
    assert answer(db, "clients", "list")["rows"] == []
    assert column(db, "name", "clients", "list", "--all") == ["Анна Иванова"]
