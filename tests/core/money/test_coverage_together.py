"""Lessons left and Expires of many clients, read together, are what each one's forecast says (R38, R39)."""

from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_world import FIRST, HISTORIES, LAST, Event, World, world

from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.money import coverage
from schoolcrm.core.money.coverage import client_coverages, coming_charges, students_of
from schoolcrm.core.money.ledger import balances, balances_of, entries_in_brief
from schoolcrm.core.money.terms import marks_under, terms_of_student
from schoolcrm.core.rules.charging import projected_by_month
from schoolcrm.core.rules.coverage import Coverage, ProjectedCharge, account_of, in_date_order, placed, walk
from schoolcrm.core.rules.prices import month_end

DAYS = (LAST - FIRST).days
SPANS = st.lists(st.tuples(st.integers(0, 2), st.integers(-5, DAYS), st.integers(0, 20)), max_size=4)
INSTEAD = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["cancelled", "moved"])), max_size=5)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("together"))


@settings(max_examples=60, deadline=None)
@given(HISTORIES, SPANS, SPANS, INSTEAD, st.integers(-20, DAYS + 20))
def test_together_as_one_by_one(
    path: Path,
    history: list[Event],
    freezes: list[tuple[int, int, int]],
    holidays: list[tuple[int, int, int]],
    instead: list[tuple[int, str]],
    day: int,
) -> None:
    today = FIRST + timedelta(days=day)
    with world(path) as here:
        for event in history:
            here.happen(event)
        freeze(here, freezes)
        for _nobody, first, length in holidays:
            here.school.db.execute("INSERT INTO holiday (first_on, last_on) VALUES (?, ?)", days(first, length // 4))
        for number, state in instead:
            put_instead(here, number, state)
        db = here.school.db
        assert client_coverages(db, here.clients, today) == {one: alone(db, one, today) for one in here.clients}
        assert balances_of(db, here.clients) == {one: balances(db, one) for one in here.clients}


def freeze(here: World, freezes: list[tuple[int, int, int]]) -> None:
    for student, first, length in freezes:
        values = (here.students[student], *days(first, length))
        here.school.db.execute(
            "INSERT INTO freeze (student_id, first_on, last_on, excused) VALUES (?, ?, ?, 0)", values
        )


def days(first: int, length: int) -> tuple[str, str]:
    start = FIRST + timedelta(days=first)
    return start.isoformat(), (start + timedelta(days=length)).isoformat()


def put_instead(here: World, number: int, state: str) -> None:
    """Cancel a lesson of a schedule, or move it to noon of the next day, if nothing stands in its place yet."""
    group, lesson = here.lessons[number % len(here.lessons)]
    if group < 0:
        return
    (slot,) = here.school.db.execute("SELECT id FROM schedule WHERE group_id = ?", (group,)).fetchone()
    moved = state == "moved"
    on, time = (lesson.on + timedelta(days=1), "12:00") if moved else (lesson.on, lesson.time)
    here.school.db.execute(
        "INSERT OR IGNORE INTO lesson (group_id, on_date, time, minutes, state, lesson_type_id, subject_id,"
        " schedule_id, occurrence_on) VALUES (?, ?, ?, 60, ?, 1, ?, ?, ?)",
        (group, on.isoformat(), time, "planned" if moved else state, lesson.subject, slot, lesson.on.isoformat()),
    )


def alone(db: Any, client_id: int, today: date) -> Coverage:
    """Walk what each student's lessons of a year will cost, every table read for that student alone."""
    streams, accounts = [], balances(db, client_id)
    for student_id in students_of(db, client_id):
        offers = terms_of_student(db, student_id)
        accounts = {account_of(terms): 0 for terms in offers} | accounts
        last = max((terms.last_on or date.max for terms in offers), default=date.min)
        if last >= today:
            streams.append(one_by_one(db, student_id, today, min(last, today + timedelta(days=365))))
    return walk(accounts, in_date_order(*streams))


def one_by_one(db: Any, student_id: int, today: date, last: date) -> list[ProjectedCharge]:
    """The charges by all that the school ever marked under the subscriptions, of lessons looked for day by day."""
    offers, month = terms_of_student(db, student_id), today.replace(day=1)
    lessons = planned_lessons(db, student_ids=[student_id], first=month, last=month_end(last))
    waiting = [lesson.occasion for lesson in lessons if lesson.state == "planned"]
    unheld = [lesson for lesson in waiting if lesson.on < today]
    held = {terms.id: marks_under(db, terms.id) for terms in offers}
    running = [terms for terms in offers if terms.last_on is None or terms.last_on >= month]
    upcoming = groupby((lesson for lesson in waiting if lesson.on >= today), key=lambda one: one.on.replace(day=1))
    charges = projected_by_month(running, held, (list(lessons) for _month, lessons in upcoming), unheld=unheld)
    return [one for one in placed(offers, charges) if one.charge.occasion.on <= last]


@settings(max_examples=40, deadline=None)
@given(HISTORIES, SPANS, INSTEAD, st.integers(-20, DAYS + 20), st.integers(0, 60))
def test_the_forecast_reads_what_looking_at_every_mark_and_day_finds(
    path: Path,
    history: list[Event],
    freezes: list[tuple[int, int, int]],
    instead: list[tuple[int, str]],
    day: int,
    length: int,
) -> None:
    today = FIRST + timedelta(days=day)
    last = today + timedelta(days=length)
    with world(path) as here:
        for event in history:
            here.happen(event)
        freeze(here, freezes)
        for number, state in instead:
            put_instead(here, number, state)
        for student in here.students:
            coming = list(coming_charges(here.school.db, student, today, last))
            assert [ProjectedCharge(one.account, one.charge) for one in coming] == one_by_one(
                here.school.db, student, today, last
            )
            lessons = planned_lessons(here.school.db, student_ids=[student], first=today, last=last)
            assert [one.lesson for one in coming] == [lesson for lesson in lessons if lesson.state == "planned"]


def test_entries_are_the_views(path: Path) -> None:
    with world(path) as here:
        for client in here.clients:
            pay(here.school, client, 5_00, FIRST)
        sold = sell_plan(here.school, here.students[2], add_plan(here.school, "lesson", 7_00, billing="upfront"), FIRST)
        assert sold
        apart = sell_plan(
            here.school,
            here.students[1],
            add_plan(here.school, "lesson", 9_00, billing="upfront", separate=True),
            FIRST,
        )
        pay(here.school, here.clients[0], 4_00, FIRST, subscription_id=apart)
        view = """SELECT client_id, account, on_date || (amount > 0) || amount FROM ledger_entry
                   WHERE on_date <= ? AND amount <> 0"""
        for last in (FIRST, FIRST - timedelta(days=1), date.max):
            asked = here.school.db.execute(view, (last.isoformat(),)).fetchall()
            found = entries_in_brief(here.school.db, here.clients, last)
            assert sorted((*key, entry) for key, entries in found.items() for entry in entries) == sorted(asked)
        assert {account for _client, account, _entry in asked} == {0, apart}


def test_as_many_statements_for_many_clients_as_for_one(tmp_path: Path) -> None:
    today = date(2026, 9, 1)
    with writing_school(make_school(tmp_path), today) as school:
        plan = add_plan(school, "package", 80_00, lessons=8)
        group = add_group(school, "Робо")
        add_schedule(school, group_id=group, days="tue", first_on=today)
        clients = [add_client(school, f"Анна {number}", student=f"Петя {number}") for number in range(12)]
        for client in clients:
            join(school, group, student_of(school, client), today)
            sell_plan(school, student_of(school, client), plan, today)
            pay(school, client, 25_00, today)

        def statements(asked: list[int]) -> int:
            told: list[str] = []
            school.db.set_trace_callback(told.append)
            assert client_coverages(school.db, asked, today) == dict.fromkeys(
                asked, Coverage(2, date(2026, 9, 8), ended=False)
            )
            school.db.set_trace_callback(None)
            return len(told)

        assert statements(clients) == statements(clients[:1])
        with patch.object(coverage, "AT_ONCE", 5):
            assert statements(clients) == 3 * statements(clients[:1])


def test_a_client_without_anything_to_come_has_nothing_left(tmp_path: Path) -> None:
    with writing_school(make_school(tmp_path), FIRST) as school:
        client = add_client(school, "Анна", student="Петя")
        pay(school, client, 25_00, FIRST)
        assert client_coverages(school.db, [client], FIRST) == {client: Coverage(0, None, ended=True)}
        assert client_coverages(school.db, [], FIRST) == {}
