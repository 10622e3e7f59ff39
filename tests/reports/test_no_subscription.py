"""Lessons that no subscription pays (R33)."""

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
    hold,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)
from lesson_records import archive, delete_client, visit

from schoolcrm.reports.no_subscription import find_no_subscription

TODAY = date(2026, 9, 30)
FIRST = date(2026, 9, 1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Петя of Анна came to four lessons of the group: the first one was the free trial."""
    with writing_school(make_school(tmp_path), TODAY) as here:
        student = student_of(here, add_client(here, "Анна", student="Петя"))
        group = add_group(here, "Робо 1")
        join(here, group, student, FIRST)
        add_schedule(here, group_id=group, days="tue", first_on=FIRST)
        for week in range(4):
            hold(here, group, FIRST + week * WEEK, present=[student])
        yield here


def rows(school: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in find_no_subscription(school.db)]


def test_r33_marks_without_a_subscription_are_listed_and_the_free_trial_is_not(school: Any) -> None:
    assert rows(school) == [
        ("2026-09-08", 1, "Анна", "Петя", "Робо 1"),
        ("2026-09-15", 1, "Анна", "Петя", "Робо 1"),
        ("2026-09-22", 1, "Анна", "Петя", "Робо 1"),
    ]


def test_r33_a_sale_that_reprices_takes_them_off(school: Any) -> None:
    plan = add_plan(school, "lesson", 700_00)
    sell_plan(school, 1, plan, FIRST + 2 * WEEK, sold_on=TODAY, reprice=True)
    assert [row[0] for row in rows(school)] == ["2026-09-08"]


def test_a_lesson_of_the_student_alone_has_no_group(school: Any) -> None:
    visit(school, 1, TODAY, attended=False)
    assert rows(school)[-1] == ("2026-09-30", 1, "Анна", "Петя", None)


@pytest.mark.parametrize("gone", [lambda school: archive(school, "client", 1), lambda school: delete_client(school, 1)])
def test_r7_archived_and_deleted_clients_are_left_out(school: Any, gone: Any) -> None:
    gone(school)
    assert rows(school) == []
