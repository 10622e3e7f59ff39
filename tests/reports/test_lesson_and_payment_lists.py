"""The lists of lessons and of payments."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import BadValue
from schoolcrm.core.money.payments import void_payment
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.lessons import find_lessons, lessons_table
from schoolcrm.reports.payments import find_payments, payments_table

FIRST, TODAY = date(2026, 9, 1), date(2026, 9, 15)
SEPTEMBER, ALL = Period(FIRST, date(2026, 9, 30)), Period(None, None)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Петя in the group 1 on Tuesdays; Яна has lessons of her own on Wednesdays."""
    with writing_school(make_school(tmp_path), TODAY) as school:
        anna, boris = add_client(school, "Анна", student="Петя"), add_client(school, "Борис", student="Яна")
        teacher, room = add_entry(school, "teachers", "Ольга"), add_entry(school, "rooms", "5")
        add_group(school, "Робо", "Роботы", teacher_id=teacher, room_id=room)
        join(school, 1, student_of(school, anna), FIRST)
        add_schedule(school, group_id=1, days="tue", first_on=FIRST)
        add_schedule(school, student_id=student_of(school, boris), days="wed", time="10:00", first_on=FIRST)
        yield school


def days(school: Any, period: Period = SEPTEMBER, **how: Any) -> list[int]:
    return [row[1].day for row in find_lessons(school.db, period, TODAY, **how)]


def test_lessons_held_and_planned_in_order(school: Any) -> None:
    number = hold(school, 1, FIRST, present=[1])
    rows = find_lessons(school.db, Period(FIRST, date(2026, 9, 8)), TODAY)
    assert rows == [
        (number, FIRST, "18:00", "Робо", None, "held", "Роботы", "Ольга", "5"),
        (None, date(2026, 9, 2), "10:00", None, "Яна", "planned", None, None, None),
        (None, date(2026, 9, 8), "18:00", "Робо", None, "planned", "Роботы", "Ольга", "5"),
    ]
    keys = " ".join(column.key for column in lessons_table(rows, SEPTEMBER).columns)
    assert keys == "id date time group student state subject teacher room"


def test_lessons_of_a_group_of_a_student_and_those_still_to_be_held(school: Any) -> None:
    hold(school, 1, FIRST, present=[1])
    assert days(school, group_id=1) == [1, 8, 15, 22, 29]
    assert days(school, student_id=2) == [2, 9, 16, 23, 30]
    assert days(school, unheld=True) == [2, 8, 9, 15]
    assert days(school, Period(None, None), unheld=True, group_id=1) == [8, 15]
    assert days(school, Period(date(2027, 1, 1), None), group_id=1)[:2] == [5, 12]
    assert days(school, Period(None, date(2026, 9, 8)), group_id=1) == [1, 8]


def test_payments_newest_first_voided_ones_with_the_reason(school: Any) -> None:
    cash = add_entry(school, "accounts", "Касса")
    first = pay(school, 1, 500_00, FIRST, account_id=cash, note="за сентябрь", student_id=1)
    second = pay(school, 2, 20_00, TODAY, kind="goods", payer="бабушка")
    third = pay(school, 1, 7_00, TODAY)
    void_payment(school, third, "ошибка")
    table = payments_table(find_payments(school.db, ALL), ALL)
    keys = "id date client_id client student kind amount account note voided"
    assert " ".join(column.key for column in table.columns) == keys
    assert list(table.rows) == [
        (third, "2026-09-15", 1, "Анна", None, "income", 7_00, None, "void: ошибка", "2026-09-15"),
        (second, "2026-09-15", 2, "Борис", None, "goods", 20_00, None, "paid by бабушка", None),
        (first, "2026-09-01", 1, "Анна", "Петя", "income", 500_00, "Касса", "за сентябрь", None),
    ]


def test_payments_of_a_client_a_kind_a_period(school: Any) -> None:
    pay(school, 1, 1, date(2026, 8, 31))
    pay(school, 1, 2, FIRST, kind="goods")
    pay(school, 2, 3, TODAY)

    def amounts(period: Period = ALL, **how: Any) -> list[int]:
        return [row[6] for row in find_payments(school.db, period, **how)]

    assert amounts() == [3, 2, 1]
    assert amounts(client_id=1) == [2, 1]
    assert amounts(kind="goods") == [2]
    assert amounts(SEPTEMBER) == [3, 2]
    assert amounts(Period(None, FIRST), client_id=1, kind="income") == [1]
    with pytest.raises(BadValue, match="gift"):
        amounts(kind="gift")
    facts = payments_table([], SEPTEMBER, client="Анна", kind="goods").parameters
    assert {fact.key: fact.value for fact in facts} == {"period": SEPTEMBER, "client": "Анна", "kind": "goods"}
