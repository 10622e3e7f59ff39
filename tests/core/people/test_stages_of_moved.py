"""Purchases that come and go with people set the stage of loyalty at once, as a recompute would (R9, R53)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, add_plan, make_school, sell_plan, writing_school

from schoolcrm.core.people.merge import merge_clients
from schoolcrm.core.people.moves import move_student
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.recompute import recompute


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Анна (1) with Петя, Борис (2) with Олег."""
    with writing_school(make_school(tmp_path)) as school:
        add_client(school, "Анна", student="Петя")
        add_client(school, "Борис", student="Олег")
        yield school


def sell(school: Any, student_id: int, *days_ago: int) -> None:
    plan_id = add_plan(school, "lesson", 700_00, name=f"План {student_id}")
    for days in days_ago:
        day = TODAY - timedelta(days=days)
        sell_plan(school, student_id, plan_id, day, sold_on=day)


def bases(school: Any, client_id: int) -> tuple[str, str, int]:
    query = (
        "SELECT status.base, stage.base, studies FROM client JOIN status ON status.id = status_id"
        " JOIN status AS stage ON stage.id = stage_id WHERE client.id = ?"
    )
    status, stage, studies = school.db.execute(query, (client_id,)).fetchone()
    return status, stage, studies


def loyalty_changes(school: Any) -> list[Any]:
    return [change for change in recompute(school).changes if change.scale == "loyalty"]


@pytest.mark.parametrize(
    ("mine", "theirs", "stage"),
    [
        ([], [10], "active"),
        ([40], [10, 30], "regular"),
        ([300], [10], "active"),
        ([], [300], "sleeping"),
    ],
)
def test_r53_a_merge_sets_the_stage_by_all_purchases(
    school: Any, mine: list[int], theirs: list[int], stage: str
) -> None:
    sell(school, 1, *mine)
    sell(school, 2, *theirs)
    merge_clients(school, 1, 2)
    assert bases(school, 1) == ("bought", stage, 1)
    assert loyalty_changes(school) == []


def test_r53_an_imported_purchase_counts_in_a_merge(school: Any) -> None:
    school.db.execute("UPDATE client SET last_purchase_on = ? WHERE id = 2", (date(2026, 8, 1).isoformat(),))
    merge_clients(school, 1, 2)
    assert bases(school, 1)[1] == "active"


def test_r9_a_stage_set_by_hand_outlives_a_merge_without_newer_purchases(school: Any) -> None:
    sell(school, 2, 10)
    sell(school, 1, 20)
    set_status(school, [1], find_status(school.db, "loyalty:sleeping"))
    merge_clients(school, 1, 2)
    assert bases(school, 1)[1] == "sleeping"


def test_r53_purchases_go_with_the_student(school: Any) -> None:
    sell(school, 1, 10, 20, 30)
    recompute(school)
    assert bases(school, 1) == ("bought", "regular", 1)
    move_student(school, 1, 2)
    assert bases(school, 2) == ("bought", "regular", 1)
    assert bases(school, 1)[1] == "newcomer"
    assert loyalty_changes(school) == []


def test_r53_a_student_without_purchases_changes_no_status(school: Any) -> None:
    move_student(school, 1, 2)
    assert bases(school, 1) == bases(school, 2) == ("new", "newcomer", 0)
