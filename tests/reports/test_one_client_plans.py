"""What is asked of one client is read by indexes: the cost does not know the size of the school (quality.md)."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.money.coverage import client_coverage
from schoolcrm.core.money.ledger import balance, balance_before
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.debtors import find_debtors
from schoolcrm.reports.forecast import forecast
from schoolcrm.reports.journal import read_journal
from schoolcrm.reports.payments import find_payments
from schoolcrm.reports.reconciliation import reconcile
from schoolcrm.reports.subscriptions import find_sold

TODAY = date(2026, 9, 1)
MONTH = Period(TODAY, date(2026, 9, 30))
LARGE = {"client", "student", "contact", "membership", "study_group", "schedule", "lesson", "mark", "payment"}
LARGE |= {"subscription", "upfront_charge", "status_change", "change", "operation", "freeze", "freeze_extension"}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A school where everything has happened once."""
    with writing_school(make_school(tmp_path), TODAY) as school:
        student = student_of(school, add_client(school, "Анна", student="Петя"))
        group = add_group(school, "Робо", "Роботы")
        join(school, group, student, TODAY)
        add_schedule(school, group_id=group, days="tue,wed", first_on=TODAY)
        sell_plan(school, student, add_plan(school, "month", 700_00), TODAY)
        sell_plan(school, student, add_plan(school, "lesson", 700_00, separate=True, billing="upfront"), TODAY)
        pay(school, 1, 5_00, TODAY)
        hold(school, group, TODAY, present=[student])
        yield school.db


def scanned(db: sqlite3.Connection, ask: Callable[[], object]) -> set[str]:
    """Return the large tables that some statement of `ask` reads from end to end."""
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    try:
        ask()
    finally:
        db.set_trace_callback(None)
    asked = [text for text in statements if text.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert asked
    steps = [row[3] for text in asked for row in db.execute(f"EXPLAIN QUERY PLAN {text}")]
    found = [match[1] for step in steps if (match := re.match(r"SCAN (\w+)", step))]
    return LARGE.intersection(found)


@pytest.mark.parametrize(
    "ask",
    [
        lambda db: balance(db, 1),
        lambda db: balance_before(db, 1, TODAY, student_id=1, account=0),
        lambda db: reconcile(db, 1, MONTH),
        lambda db: reconcile(db, 1, Period(None, None), student_id=1, account=2),
        lambda db: forecast(db, 1, MONTH, TODAY),
        lambda db: client_coverage(db, 1, TODAY),
        lambda db: read_journal(db, 1, MONTH, TODAY),
        lambda db: read_journal(db, 1, Period(None, None), TODAY, student_id=1),
        lambda db: find_sold(db, TODAY.isoformat(), client_id=1),
        lambda db: find_payments(db, MONTH, client_id=1),
    ],
)
def test_no_large_table_is_read_from_end_to_end(db: sqlite3.Connection, ask: Callable[[Any], object]) -> None:
    assert scanned(db, lambda: ask(db)) == set()


def test_debtors_read_marks_and_payments_once_in_the_order_they_lie_in(db: sqlite3.Connection) -> None:
    for as_of in (None, TODAY):
        assert scanned(db, lambda as_of=as_of: find_debtors(db, TODAY, as_of=as_of)) <= {  # type: ignore[misc]
            *("payment", "mark", "upfront_charge"),
        }
    steps = [row[3] for row in db.execute("EXPLAIN QUERY PLAN SELECT * FROM account_balance")]
    assert "SCAN mark" in steps  # not by an index that would look every mark up
    assert "SCAN payment USING COVERING INDEX payment_of_client" in steps
    assert sum(step.startswith("USE TEMP B-TREE") for step in steps) == 1  # only the sums are sorted
