"""A student moves from one group to another (R21)."""

from collections.abc import Iterator
from datetime import date
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

from schoolcrm.core.errors import Refused
from schoolcrm.core.learning.transfers import Transferred, transfer

ONE, TWO, STUDENT = 1, 2, 1


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    """Two groups and a student; today is 15 September 2026."""
    with writing_school(make_school(tmp_path), today=september(15)) as school:
        add_group(school, "Робо 1")
        add_group(school, "Робо 2", size_limit=1)
        add_client(school, "Петя")
        yield school


def september(day: int) -> date:
    return date(2026, 9, day)


def stays(school: Any) -> list[Any]:
    rows = school.db.execute(
        "SELECT group_id, first_on, last_on FROM membership WHERE student_id = 1 ORDER BY first_on"
    )
    return [(group, first[8:], last and last[5:]) for group, first, last in rows]


def test_r21_out_of_one_the_day_before_in_the_other_on_the_day(school: Any) -> None:
    join(school, ONE, STUDENT, september(1))
    assert transfer(school, STUDENT, ONE, TWO, september(10)) == Transferred(2, september(9), None)
    assert stays(school) == [(ONE, "01", "09-09"), (TWO, "10", None)]


def test_the_new_membership_ends_when_the_old_one_would_have(school: Any) -> None:
    join(school, ONE, STUDENT, september(1), date(2026, 12, 31))
    assert transfer(school, STUDENT, ONE, TWO, september(20)).last_on == date(2026, 12, 31)
    assert stays(school) == [(ONE, "01", "09-19"), (TWO, "20", "12-31")]


def test_a_membership_still_to_begin_is_replaced(school: Any) -> None:
    join(school, ONE, STUDENT, september(20))
    assert transfer(school, STUDENT, ONE, TWO, september(20)).left_on is None
    assert stays(school) == [(TWO, "20", None)]


def test_r31_month_plans_follow(school: Any) -> None:
    join(school, ONE, STUDENT, september(1))
    add_schedule(school, group_id=ONE, days="tue", first_on=september(1))
    add_schedule(school, group_id=TWO, days="tue,wed", first_on=september(1))
    sell_plan(school, STUDENT, add_plan(school, "month", 900_00), september(1))
    hold(school, ONE, september(1), present=[STUDENT])
    transfer(school, STUDENT, ONE, TWO, september(20))
    (charge,) = school.db.execute("SELECT charge FROM mark").fetchone()
    assert charge == 900_00 // 7  # 1, 8, 15 in the one; 22, 23, 29, 30 in the other


def test_a_full_group_needs_over_limit(school: Any) -> None:
    join(school, ONE, STUDENT, september(1))
    join(school, TWO, student_of(school, add_client(school, "Маша")), september(1))
    with pytest.raises(Refused, match="Робо 2"):
        transfer(school, STUDENT, ONE, TWO, september(10))
    assert transfer(school, STUDENT, ONE, TWO, september(10), over_limit=True).id == 3


def test_impossible_transfers_are_refused(school: Any) -> None:
    with pytest.raises(Refused, match='"Петя" is not a member of "Робо 1" on 2026-09-09'):
        transfer(school, STUDENT, ONE, TWO, september(10))
    join(school, ONE, STUDENT, september(10))
    with pytest.raises(Refused, match='"Робо 1" to the same group'):
        transfer(school, STUDENT, ONE, ONE, september(12))
    with pytest.raises(Refused, match="only since 2026-09-10") as refused:
        transfer(school, STUDENT, ONE, TWO, september(10))
    assert "2026-09-11" in refused.value.hint


def test_r21_a_slip_is_put_right_on_the_day_it_was_made(school: Any) -> None:
    join(school, ONE, STUDENT, september(15), date(2026, 12, 31))
    assert transfer(school, STUDENT, ONE, TWO, september(15)) == Transferred(2, None, date(2026, 12, 31))
    assert stays(school) == [(TWO, "15", "12-31")]


def test_r21_an_earlier_stay_in_the_group_is_kept(school: Any) -> None:
    join(school, ONE, STUDENT, september(1), september(10))
    join(school, ONE, STUDENT, september(15))
    assert transfer(school, STUDENT, ONE, TWO, september(15)).left_on is None
    assert stays(school) == [(ONE, "01", "09-10"), (TWO, "15", None)]


def test_r21_after_a_mark_it_is_no_slip_any_more(school: Any) -> None:
    add_schedule(school, group_id=ONE, days="tue", first_on=september(1))
    join(school, ONE, STUDENT, september(15))
    hold(school, ONE, september(15), present=[STUDENT])
    with pytest.raises(Refused, match="only since 2026-09-15"):
        transfer(school, STUDENT, ONE, TWO, september(15))


def test_r31_month_plans_follow_a_slip_put_right(school: Any) -> None:
    add_schedule(school, group_id=ONE, days="tue", first_on=september(1))
    add_schedule(school, group_id=TWO, days="wed,thu", first_on=september(1))
    sell_plan(school, STUDENT, add_plan(school, "month", 900_00), september(1))
    join(school, ONE, STUDENT, september(1), september(14))
    hold(school, ONE, september(1), present=[STUDENT])
    join(school, ONE, STUDENT, september(15))
    transfer(school, STUDENT, ONE, TWO, september(15))
    (charge,) = school.db.execute("SELECT charge FROM mark").fetchone()
    assert charge == 900_00 // 7  # 1, 8 in the one; 16, 17, 23, 24, 30 in the other
