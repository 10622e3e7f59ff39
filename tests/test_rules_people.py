"""Clients, their card and their list (R50–R52), through the commands of a school."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import (
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)

TODAY = date(2026, 9, 1)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def names(db: Path, *query: str) -> list[str]:
    return column(db, "name", "clients", "list", *query)


def test_r50_a_client_with_contacts_whose_they_are_and_students(db: Path) -> None:
    words = ("--phone", "8 916 123-45-67", "--contact", "home:8 495 123-45-67:бабушка", "--email", "anna@example.com")
    more = ("--student", "Петя Иванов:01.09.2016", "--birthday", "5.5.1985", "--sex", "ж", "--note", "строгая")
    answer(db, "clients", "add", "Анна Иванова", *words, *more)
    (card,) = answer(db, "clients", "show", "89161234567")["rows"]
    assert [(contact["kind"], contact["value"], contact["note"]) for contact in card["contacts"]] == [
        ("mobile", "+79161234567", None),
        ("home", "+74951234567", "бабушка"),
        ("email", "anna@example.com", None),
    ]
    assert (card["birthday"], card["sex"], card["note"], card["lead"]) == ("1985-05-05", "f", "строгая", True)
    assert [(student["name"], student["age"]) for student in card["students"]] == [("Петя Иванов", 10)]
    answer(db, "status", "set", "bought", "Анна")
    assert column(db, "lead", "clients", "list", "--columns", "lead") == [False]
    answer(db, "clients", "edit", "Анна", "--lead")
    assert column(db, "lead", "clients", "list", "--columns", "lead") == [True]


def test_r51_the_card_adds_up(db: Path) -> None:
    with writing_school(db, TODAY) as school:
        client = add_client(school, "Анна Иванова", student="Петя Иванов")
        group = add_group(school, "Робо 1")
        join(school, group, student_of(school, client), TODAY)
        add_schedule(school, group_id=group, days="tue", first_on=TODAY)
        sell_plan(school, student_of(school, client), add_plan(school, "lesson", 70000), TODAY)
    for amount, kind in (("2000", "income"), ("500", "refund"), ("9", "goods")):
        answer(db, "payments", "add", "Анна", amount, "--kind", kind)
    answer(db, "lessons", "hold", "Робо 1", "--all-present")
    answer(db, "lessons", "hold", "Робо 1", "2026-09-08", "--absent", "Петя:УП", today="2026-09-08")
    (card,) = answer(db, "clients", "show", "Петя", "--days", "7", today="2026-09-09")["rows"]
    counted = ("balance", "lessons_left", "expires", "lessons_registered", "lessons_attended")
    assert tuple(card[key] for key in counted) == ("800.00", 1, "2026-09-15", 2, 1)
    assert (card["payments_count"], card["payments_sum"]) == (2, "1500.00")
    assert [(visit["date"], visit["state"]) for visit in card["visits"]] == [("2026-09-08", "missed")]
    assert [(visit["date"], visit["state"]) for visit in card["next_lessons"]] == [("2026-09-15", "planned")]
    assert "6" in refusal(db, "clients", "show", "Петя", "--days", "6")


def test_r52_a_subscription_found_by_days_overlaps_them(db: Path) -> None:
    with writing_school(db, date(2024, 4, 1)) as school:
        plan = add_plan(school, "lesson", 70000)
        for name, last_on in (("Долгая", date(2025, 1, 22)), ("Краткая", date(2024, 4, 11)), ("Без конца", None)):
            client = add_client(school, name)
            sell_plan(school, student_of(school, client), plan, date(2024, 2, 1), last_on=last_on)
    assert names(db, "subscription_end:12.04.2024..21.04.2024") == ["Без конца", "Долгая"]
    assert names(db, "subscription_end:11.04.2024..21.04.2024") == ["Без конца", "Долгая", "Краткая"]
    assert names(db, "subscription_end:..31.01.2024") == []


def test_r52_teacher_is_of_the_schedule_or_responsible(db: Path) -> None:
    with writing_school(db, TODAY) as school:
        teacher = add_entry(school, "teachers", "Ким Пётр")
        taught = add_client(school, "Ученица")
        join(school, add_group(school, "Робо 1", teacher_id=teacher), student_of(school, taught), TODAY)
        alone = add_client(school, "Одиночка")
        add_schedule(school, student_id=student_of(school, alone), teacher_id=teacher, first_on=TODAY)
        add_client(school, "Чужая")
    answer(db, "students", "add", "Чужая", "Саша", "--teacher", "Ким")
    assert names(db, "teacher:ким") == ["Одиночка", "Ученица", "Чужая"]
    assert names(db, "responsible_teacher:ким") == ["Чужая"]


def test_r52_ready_filters(db: Path) -> None:
    with writing_school(db, TODAY) as school:
        grouped = add_client(school, "В группе", phone="89161234567")
        join(school, add_group(school, "Робо 1"), student_of(school, grouped), TODAY)
        subscribed = add_client(school, "С абонементом")
        sell_plan(school, student_of(school, subscribed), add_plan(school, "lesson", 70000), TODAY)
        born = add_client(school, "Сентябрьская")
        school.db.execute("UPDATE student SET birthday = '2016-09-30' WHERE client_id = ?", (born,))
        add_student(school, add_client(school, "Двойник", phone="8 916 123 45 67"), "Ещё один")
    answer(db, "payments", "add", "С абонементом", "-1", "--kind", "adjustment")
    everybody = ["В группе", "Двойник", "С абонементом", "Сентябрьская"]
    assert names(db) == everybody
    assert names(db, "is:grouped") == ["В группе"]
    assert names(db, "is:ungrouped") == everybody[1:]
    assert names(db, "is:birthday") == ["Сентябрьская"]
    assert names(db, "is:debtor") == ["С абонементом"]
    assert names(db, "^is:unsubscribed") == ["С абонементом"]
    assert names(db, "is:duplicate") == ["В группе", "Двойник"]
    assert names(db, "is:archived") == []


def test_r52_any_field_is_a_column_a_filter_and_a_sort_key(db: Path) -> None:
    for name, amount in (("Анна", "100"), ("Ёлка", "-5"), ("Жанна", "20")):
        answer(db, "clients", "add", name)
        answer(db, "payments", "add", name, amount, "--kind", "adjustment")
    words = ("clients", "list", "--columns", "name,balance", "--sort", "-balance")
    assert answer(db, *words, "balance:..20")["rows"] == [
        {"name": "Жанна", "balance": "20.00"},
        {"name": "Ёлка", "balance": "-5.00"},
    ]
    assert names(db, "елка") == ["Ёлка"]
    assert "balance" in refusal(db, "clients", "list", "balanse:5")
