"""Reconciliation: every entry of a period in order, closing = opening + income − expense (R36, R37)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_world import FIRST, HISTORIES, LAST, Event, world

from schoolcrm.core.money.ledger import balance
from schoolcrm.core.money.payments import void_payment
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.reconciliation import Reconciliation, reconcile, reconciliation_table

ALL = Period(None, None)
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), date(2026, 12, 31)) as school:
        yield school


@pytest.fixture
def client(school: Any) -> int:
    """A client whose child Маша is a member of the group 1 from 1 September, and who used the trial."""
    number = add_client(school, "Ивановы", student="Маша")
    school.db.execute("UPDATE client SET trial_spent = 1")
    join(school, add_group(school, "Робо", "Роботы"), student_of(school, number), SEPTEMBER.first or FIRST)
    return number


def rows(found: Reconciliation, *keys: str) -> list[tuple[Any, ...]]:
    table = reconciliation_table(found)
    places = [next(at for at, column in enumerate(table.columns) if column.key == key) for key in keys]
    return [tuple(row[at] for at in places) for row in table.rows]


def totals(found: Reconciliation) -> dict[str, int]:
    table = reconciliation_table(found)
    return {fact.key: fact.value for fact in (*table.head, *table.totals)}


def test_the_example_of_500_to_2870(school: Any, client: int) -> None:
    masha = student_of(school, client)
    pay(school, client, 500_00, date(2026, 8, 20))
    pay(school, client, 4000_00, date(2026, 9, 3))
    sell_plan(school, masha, add_plan(school, "lesson", 700_00), FIRST, last_on=date(2026, 9, 5))
    sell_plan(school, masha, add_plan(school, "lesson", 630_00), date(2026, 9, 6))
    hold(school, 1, date(2026, 9, 5), present=[masha])
    hold(school, 1, date(2026, 9, 12), present=[masha])
    hold(school, 1, date(2026, 9, 19), absent={masha: "УП"})
    pay(school, client, 300_00, date(2026, 9, 20), kind="refund")
    found = reconcile(school.db, client, SEPTEMBER)
    assert rows(found, "date", "kind", "income", "expense", "balance") == [
        (date(2026, 9, 3), "income", 4000_00, None, 4500_00),
        (date(2026, 9, 5), "lesson", None, 700_00, 3800_00),
        (date(2026, 9, 12), "lesson", None, 630_00, 3170_00),
        (date(2026, 9, 19), "lesson", None, 0, 3170_00),
        (date(2026, 9, 20), "refund", None, 300_00, 2870_00),
    ]
    assert totals(found) == {"opening": 500_00, "income": 4000_00, "expense": 1630_00, "closing": 2870_00}
    assert "УП" in rows(found, "operation")[3][0]


def test_the_columns_are_those_of_the_contract(school: Any, client: int) -> None:
    table = reconciliation_table(reconcile(school.db, client, SEPTEMBER))
    keys = "date kind operation student income expense balance"
    assert " ".join(column.key for column in table.columns) == keys
    assert (list(table.rows), totals(reconcile(school.db, client, SEPTEMBER))["closing"]) == ([], 0)


def test_opening_is_everything_strictly_before_the_first_day(school: Any, client: int) -> None:
    pay(school, client, 1_00, date(2026, 8, 31))
    pay(school, client, 10_00, date(2026, 9, 1))
    pay(school, client, 100_00, date(2026, 9, 30))
    pay(school, client, 1000_00, date(2026, 10, 1))
    assert totals(reconcile(school.db, client, SEPTEMBER)) == {
        "opening": 1_00,
        "income": 110_00,
        "expense": 0,
        "closing": 111_00,
    }
    assert totals(reconcile(school.db, client, ALL))["closing"] == 1111_00
    assert totals(reconcile(school.db, client, Period(date(2026, 10, 1), None)))["opening"] == 111_00
    assert totals(reconcile(school.db, client, Period(None, date(2026, 9, 1))))["closing"] == 11_00


def test_on_one_day_payments_go_before_lessons_then_time_then_id(school: Any, client: int) -> None:
    masha = student_of(school, client)
    sell_plan(school, masha, add_plan(school, "lesson", 100_00), FIRST)
    later = hold(school, 1, FIRST, present=[masha], time="18:00")
    earlier = hold(school, 1, FIRST, present=[masha], time="09:00")
    second, third = pay(school, client, 1_00, FIRST), pay(school, client, 2_00, FIRST)
    sell_plan(school, masha, add_plan(school, "package", 50_00, 2, billing="upfront"), FIRST)
    found = reconcile(school.db, client, ALL)
    assert [(entry.kind, entry.id) for entry in found.entries] == [
        ("income", second),
        ("income", third),
        ("upfront", 1),
        ("lesson", earlier),
        ("lesson", later),
    ]


def test_r37_each_kind_stands_on_its_side(school: Any, client: int) -> None:
    for kind, amount, how in (
        ("income", 1000_00, {}),
        ("refund", 100_00, {}),
        ("adjustment", 20_00, {}),
        ("adjustment", -30_00, {}),
        ("goods", 400_00, {}),
        ("goods", 50_00, {"from_balance": True}),
    ):
        pay(school, client, amount, FIRST, kind=kind, **how)
    void_payment(school, pay(school, client, 7777_00, FIRST), "ошибка")
    found = reconcile(school.db, client, ALL)
    assert rows(found, "kind", "income", "expense", "balance") == [
        ("income", 1000_00, None, 1000_00),
        ("refund", None, 100_00, 900_00),
        ("adjustment", 20_00, None, 920_00),
        ("adjustment", None, 30_00, 890_00),
        ("goods", None, None, 890_00),
        ("goods", None, 50_00, 840_00),
    ]
    assert totals(found) == {"opening": 0, "income": 1020_00, "expense": 180_00, "closing": 840_00}


def test_r36_one_account_or_one_student_or_all_together(school: Any, client: int) -> None:
    masha, petya = student_of(school, client), add_student(school, client, "Петя")
    join(school, 1, petya, FIRST)
    sell_plan(school, masha, add_plan(school, "lesson", 300_00), FIRST)
    own = sell_plan(school, petya, add_plan(school, "lesson", 500_00, separate=True), FIRST)
    pay(school, client, 3400_00, FIRST)
    pay(school, client, 200_00, FIRST, subscription_id=own)
    hold(school, 1, date(2026, 9, 5), present=[masha, petya])

    def closing(**how: int) -> int:
        return totals(reconcile(school.db, client, ALL, **how))["closing"]

    assert (closing(), closing(account=0), closing(account=own)) == (2800_00, 3100_00, -300_00)
    assert (closing(student_id=masha), closing(student_id=petya)) == (-300_00, -300_00)
    table = reconciliation_table(reconcile(school.db, client, ALL, student_id=petya, account=own))
    assert {fact.key: fact.value for fact in table.parameters}["student"] == "Петя"
    assert [row[3] for row in table.rows] == ["Петя", "Петя"]


def test_what_is_out_of_the_ordinary_is_said(school: Any, client: int) -> None:
    masha, trial = student_of(school, client), add_client(school, "Петровы", student="Олег")
    join(school, 1, student_of(school, trial), FIRST)
    hold(school, 1, FIRST, present=[masha, student_of(school, trial)])
    sell_plan(school, masha, add_plan(school, "package", 100_00, 1, name="Один"), date(2026, 9, 2))
    for day in (3, 4):
        hold(school, 1, date(2026, 9, day), present=[masha], absent={student_of(school, trial): None})
    pay(school, client, 5_00, FIRST, note="за книгу", kind="goods")
    told = [row for (row,) in rows(reconcile(school.db, client, ALL), "operation")]
    assert told == [
        "Goods · за книгу",
        "Lesson · Робо · Роботы · no subscription",
        "Lesson · Робо · Роботы",
        "Lesson · Робо · Роботы · subscription used up",
    ]
    other = [row for (row,) in rows(reconcile(school.db, trial, ALL), "operation")]
    assert [text.split(" · ", 3)[3] for text in other] == ["free trial", *["missed · no subscription"] * 2]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("reconciliation"))


@settings(max_examples=40, deadline=None)
@given(history=HISTORIES, days=st.lists(st.dates(FIRST - timedelta(days=9), LAST), min_size=1, max_size=4))
def test_the_periods_of_any_division_follow_one_another(path: Path, history: list[Event], days: list[date]) -> None:
    with world(path) as here:
        for event in history:
            here.happen(event)
        firsts = [None, *sorted(set(days))]
        lasts = [*(day - timedelta(days=1) for day in firsts if day), None]
        for client in here.clients:
            left, seen = 0, 0
            for first, last in zip(firsts, lasts, strict=True):
                found = reconcile(here.school.db, client, Period(first, last))
                sums = totals(found)
                assert sums["opening"] == left
                assert sums["closing"] == sums["opening"] + sums["income"] - sums["expense"]
                assert [row for (row,) in rows(found, "balance")][-1:] in ([], [sums["closing"]])
                until = here.oracle.balances(last or date.max)
                assert sums["closing"] == sum(until[client].values())
                left, seen = sums["closing"], seen + len(found.entries)
            assert left == balance(here.school.db, client)
            assert seen == len(reconcile(here.school.db, client, ALL).entries)


@settings(max_examples=20, deadline=None)
@given(history=HISTORIES)
def test_the_accounts_together_are_the_whole(path: Path, history: list[Event]) -> None:
    with world(path) as here:
        for event in history:
            here.happen(event)
        expected = here.oracle.balances()
        for client in here.clients:
            for account, left in expected[client].items():
                assert totals(reconcile(here.school.db, client, ALL, account=account))["closing"] == left
