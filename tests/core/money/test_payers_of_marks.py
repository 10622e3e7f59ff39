"""Who pays a mark: one of several subscriptions, or none (R32–R34)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_entry
from charged_school import FIRST, attend, charges, furnished_school, payers, sell, weeks


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with furnished_school(tmp_path) as school:
        yield school


# Who pays


def test_r32_of_several_subscriptions(school: Any) -> None:
    """Separate balance, narrower cover, earlier end, earlier start, lower id, each against all after it."""
    (robots,) = school.db.execute("SELECT id FROM subject").fetchone()
    chess = add_entry(school, "subjects", "Шахматы")
    order = [
        sell(school, "lesson", 1, last_on=date(2026, 12, 31)),
        sell(school, "lesson", 2, last_on=date(2026, 12, 31)),
        sell(school, "lesson", 3, last_on=date(2026, 12, 31), first=date(2026, 8, 31)),
        sell(school, "lesson", 4, last_on=date(2026, 12, 30)),
        sell(school, "lesson", 5, subject_ids=[robots, chess]),
        sell(school, "lesson", 6, subject_ids=[robots]),
        sell(school, "lesson", 7, separate=True),
    ]
    preferred = [order[6], order[5], order[4], order[3], order[2], order[0], order[1]]
    for expected in preferred:
        attend(school, FIRST)
        assert payers(school) == [("paid", expected)]
        school.db.execute("UPDATE subscription SET deleted_on = '2026-09-01' WHERE id = ?", (expected,))
    attend(school, FIRST)
    assert payers(school) == [("none", None)]


def test_r32_not_valid_or_not_covered_is_not_asked(school: Any) -> None:
    chess = add_entry(school, "subjects", "Шахматы")
    sell(school, "lesson", 1, first=date(2026, 9, 2))
    sell(school, "lesson", 2, first=date(2026, 8, 1), last_on=date(2026, 8, 31))
    sell(school, "lesson", 3, subject_ids=[chess])
    attend(school, FIRST)
    assert payers(school) == [("none", None)]
    sell(school, "lesson", 4, first=FIRST, last_on=FIRST)
    attend(school, FIRST)
    assert charges(school) == [4]


def test_r33_without_a_subscription_nothing_is_charged_until_reprice(school: Any) -> None:
    attend(school, *weeks(4))
    assert (charges(school), payers(school)) == ([0] * 4, [("none", None)] * 4)
    sell(school, "package", 2000_00, 2)
    assert charges(school) == [0] * 4
    sell(school, "package", 300_00, 2, first=date(2026, 9, 8), reprice=True)
    assert payers(school) == [("none", None), ("paid", 1), ("paid", 1), ("paid", 2)]
    assert charges(school) == [0, 1000_00, 1000_00, 150_00]


def test_r34_a_used_up_package_charges_on_unless_something_else_fits(school: Any) -> None:
    package = sell(school, "package", 2000_00, 3)
    attend(school, *weeks(4))
    assert payers(school) == [("paid", package)] * 3 + [("over", package)]
    other = sell(school, "lesson", 500_00)
    attend(school, weeks(5)[4])
    assert (payers(school)[4], charges(school)[4]) == (("paid", other), 500_00)


def test_r34_a_plan_that_stops_leaves_lessons_without_subscription(school: Any) -> None:
    sell(school, "package", 2000_00, 3, stop_at_end=True)
    attend(school, *weeks(4))
    assert payers(school)[3] == ("none", None)
    assert charges(school) == [666_66, 666_66, 666_68, 0]
