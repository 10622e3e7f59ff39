"""Who pays today (§5, R38, R39): a lesson on the day, and the money ends with it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)
from lesson_records import archive, delete_client

from schoolcrm.core.money.coverage import client_coverage
from schoolcrm.core.money.ledger import balance
from schoolcrm.reports.who_pays import find_who_pays, who_pays_table

TODAY = date(2026, 9, 1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as here:
        yield here


def learner(school: Any, name: str, *, money: int, days: str = "tue", time: str = "18:00") -> int:
    """Record a client whose student learns at 700 a lesson; return the client's id."""
    client = add_client(school, name)
    student = student_of(school, client)
    add_schedule(school, student_id=student, days=days, time=time, first_on=TODAY)
    sell_plan(school, student, add_plan(school, "lesson", 700_00, name=name), TODAY)
    if money:
        pay(school, client, money, TODAY)
    return client


def names(school: Any, on: date = TODAY) -> list[str]:
    return [row.client for row in find_who_pays(school.db, on, TODAY)]


def test_expires_by_the_day_or_nothing_left(school: Any) -> None:
    learner(school, "Ничего", money=0)
    learner(school, "На сегодня", money=700_00)
    learner(school, "На два", money=1400_00)
    learner(school, "Завтра", money=0, days="wed")
    rows = find_who_pays(school.db, TODAY, TODAY)
    assert [(row.client, row.lessons_left, row.balance, row.expires_on) for row in rows] == [
        ("На сегодня", 1, 700_00, TODAY),
        ("Ничего", 0, 0, None),
    ]


def test_r39_who_owes_for_an_upfront_sale_pays(school: Any) -> None:
    for name, money in (("Должна", 0), ("Заплатила", 4000_00)):
        client = add_client(school, name)
        student = student_of(school, client)
        add_schedule(school, student_id=student, days="tue", time="18:00", first_on=TODAY)
        sell_plan(school, student, add_plan(school, "package", 4000_00, 8, billing="upfront", name=name), TODAY)
        if money:
            pay(school, client, money, TODAY)
    rows = find_who_pays(school.db, TODAY, TODAY)
    assert [(row.client, row.lessons_left, row.balance, row.expires_on) for row in rows] == [
        ("Должна", 0, -4000_00, None)
    ]


def test_the_day_can_be_a_coming_one(school: Any) -> None:
    learner(school, "На два", money=1400_00)
    learner(school, "На три", money=2100_00)
    assert names(school) == []
    assert names(school, TODAY + WEEK) == ["На два"]
    assert names(school, TODAY + 2 * WEEK) == ["На два", "На три"]


def test_in_the_order_of_the_first_lesson_of_the_day(school: Any) -> None:
    late = learner(school, "Анна", money=0, time="18:00")
    learner(school, "Борис", money=0, time="10:00")
    assert names(school) == ["Борис", "Анна"]
    second = add_student(school, late, "Маша")
    add_schedule(school, student_id=second, days="tue", time="09:30", first_on=TODAY)
    assert [(row.client, row.time) for row in find_who_pays(school.db, TODAY, TODAY)] == [
        ("Анна", "09:30"),
        ("Борис", "10:00"),
    ]


def test_a_lesson_held_by_now_still_counts_and_a_cancelled_one_does_not(school: Any) -> None:
    client = add_client(school, "Анна")
    student = student_of(school, client)
    group = add_group(school, "Робо 1")
    join(school, group, student, TODAY)
    add_schedule(school, group_id=group, days="tue", first_on=TODAY)
    sell_plan(school, student, add_plan(school, "lesson", 700_00), TODAY)
    hold(school, group, TODAY, present=[student])
    assert names(school) == ["Анна"]
    school.db.execute("DELETE FROM mark")
    school.db.execute("UPDATE lesson SET state = 'cancelled'")
    assert names(school) == []


def test_what_it_shows_is_what_the_card_shows(school: Any) -> None:
    client = learner(school, "Анна", money=701_00)
    (row,) = find_who_pays(school.db, TODAY, TODAY)
    covered = client_coverage(school.db, client, TODAY)
    assert (row.lessons_left, row.expires_on) == (covered.lessons, covered.expires_on)
    assert row.balance == balance(school.db, client)


def test_r7_archived_and_deleted_clients_are_not_asked_to_pay(school: Any) -> None:
    for name in ("Анна", "Борис", "Вера"):
        learner(school, name, money=0)
    archive(school, "client", 1)
    delete_client(school, 2)
    assert names(school) == ["Вера"]
    archive(school, "student", 3)
    assert names(school) == []


def test_the_table_is_numbered_and_names_its_day(school: Any) -> None:
    learner(school, "Анна", money=0)
    table = who_pays_table(find_who_pays(school.db, TODAY, TODAY), TODAY)
    assert table.numbered
    assert [(fact.key, fact.value) for fact in table.parameters] == [("on", TODAY)]
    keys = [column.key for column in table.columns if column.key != "time"]
    assert keys == ["next_lesson", "client_id", "client", "lessons_left", "balance", "expires"]
