"""A month plan is priced anew when groups or the schedule change the number of its lessons (R31)."""

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

from schoolcrm.core.learning.groups import leave

FIRST = date(2026, 9, 1)
MONTH_PRICE = 400_000


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), today=date(2026, 9, 30)) as school:
        yield school


def charges(school: Any) -> list[int]:
    return [charge for (charge,) in school.db.execute("SELECT charge FROM mark ORDER BY on_date")]


def test_r31_a_line_added_a_membership_ended_and_begun_price_the_month_anew(school: Any) -> None:
    group, other = add_group(school, "A"), add_group(school, "B")
    petya = student_of(school, add_client(school))
    sell_plan(school, petya, add_plan(school, "month", MONTH_PRICE), FIRST)
    join(school, group, petya, FIRST)
    add_schedule(school, group_id=group, days="mon", first_on=FIRST)
    hold(school, group, date(2026, 9, 7), present=[petya])
    assert charges(school) == [MONTH_PRICE // 4]  # 7, 14, 21, 28
    add_schedule(school, group_id=group, days="tue", first_on=FIRST)
    assert charges(school) == [MONTH_PRICE // 9]  # and 1, 8, 15, 22, 29
    leave(school, group, petya, date(2026, 9, 14))
    assert charges(school) == [MONTH_PRICE // 4]  # 1, 7, 8, 14
    add_schedule(school, group_id=other, days="fri", first_on=FIRST)
    join(school, other, petya, date(2026, 9, 25))
    assert charges(school) == [MONTH_PRICE // 5]  # and 25


def test_r31_other_months_and_other_students_keep_their_charges(school: Any) -> None:
    group = add_group(school, "A")
    petya, masha = (student_of(school, add_client(school, name)) for name in ("Петя", "Маша"))
    plan = add_plan(school, "month", MONTH_PRICE)
    add_schedule(school, group_id=group, days="mon", first_on=FIRST)
    for member in (petya, masha):
        sell_plan(school, member, plan, FIRST)
        join(school, group, member, FIRST)
    hold(school, group, date(2026, 9, 7), present=[petya, masha])
    add_schedule(school, group_id=group, days="tue", first_on=date(2026, 10, 1))
    assert charges(school) == [MONTH_PRICE // 4] * 2
    leave(school, group, petya, date(2026, 9, 7))
    assert charges(school) == [MONTH_PRICE, MONTH_PRICE // 4]
