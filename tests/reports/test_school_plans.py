"""Reports over the whole school read what they need as it lies, students probed one by one (quality.md)."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, pay, student_of, writing_school
from lesson_records import visit

from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.at_risk import find_at_risk
from schoolcrm.reports.attendees import Choice, find_attendees
from schoolcrm.reports.ltv import find_ltv
from schoolcrm.reports.no_subscription import find_no_subscription
from schoolcrm.reports.tests import find_tests

TODAY = date(2026, 9, 1)
MONTH = Period(TODAY, date(2026, 9, 30))
BY_DAYS = "SEARCH mark USING PRIMARY KEY (student_id=? AND on_date>? AND on_date<?)"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        client = add_client(school, "Анна")
        visit(school, student_of(school, client), TODAY, attended=False)
        pay(school, client, 5_00, TODAY)
        yield school.db


def plan(db: sqlite3.Connection, ask: Callable[[Any], object]) -> list[str]:
    """Return the steps of the largest statement of `ask`."""
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    try:
        ask(db)
    finally:
        db.set_trace_callback(None)
    asked = [text for text in statements if text.lstrip().startswith(("SELECT", "WITH"))]
    return [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {max(asked, key=len)}")]


@pytest.mark.parametrize(
    "ask",
    [
        lambda db: find_at_risk(db, TODAY),
        lambda db: find_at_risk(db, TODAY, reason_ids=[1], status_ids=[1]),
        lambda db: find_attendees(db, MONTH),
        lambda db: find_attendees(db, MONTH, Choice("active", "absent", [1], [1], [1], [1], [1], 1)),
        lambda db: find_ltv(db, MONTH),
        lambda db: find_tests(db, MONTH),
    ],
)
def test_neither_marks_nor_lessons_nor_payments_are_read_from_end_to_end(
    db: sqlite3.Connection, ask: Callable[[Any], object]
) -> None:
    steps = plan(db, ask)
    assert not [step for step in steps if step.startswith(("SCAN mark", "SCAN lesson", "SCAN payment"))]


def test_at_risk_probes_the_newest_marks_of_each_student(db: sqlite3.Connection) -> None:
    steps = plan(db, lambda db: find_at_risk(db, TODAY))
    assert steps.count(BY_DAYS) == 2  # the misses since the last visit, and the marks of the few who are left
    assert steps.count("SEARCH mark USING PRIMARY KEY (student_id=? AND on_date<?)") == 2
    assert steps.index("SCAN student") < steps.index(BY_DAYS)


def test_ltv_and_attendees_read_of_each_student_the_days_of_the_period(db: sqlite3.Connection) -> None:
    paid = "SEARCH payment USING INDEX payment_of_client (client_id=? AND on_date>? AND on_date<?)"
    ltv = plan(db, lambda db: find_ltv(db, MONTH))
    assert paid in ltv
    assert BY_DAYS in ltv
    assert sum(step.startswith("USE TEMP B-TREE") for step in ltv) == 1  # only the clients of the report are sorted
    attendees = plan(db, lambda db: find_attendees(db, MONTH))
    assert BY_DAYS in attendees
    assert not any("lesson" in step for step in attendees)  # their types are known by then
    assert [step for step in attendees if step.startswith("USE TEMP B-TREE")] == ["USE TEMP B-TREE FOR ORDER BY"]


def test_marks_without_a_subscription_have_an_index_of_their_own(db: sqlite3.Connection) -> None:
    assert plan(db, find_no_subscription)[0] == "SCAN mark USING INDEX mark_unpaid"
