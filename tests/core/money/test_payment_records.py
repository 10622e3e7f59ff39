"""Payments: what each kind does to which balance, what is refused, voiding (R36, R37)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_plan, add_student, make_school, pay, sell_plan, student_of, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.money.ledger import balance, balance_before, balances
from schoolcrm.core.money.payments import void_payment

TODAY = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The client 1 with the student 1."""
    with writing_school(make_school(tmp_path), TODAY) as school:
        assert student_of(school, add_client(school, "Анна", student="Петя")) == 1
        yield school


@pytest.mark.parametrize(
    ("kind", "amount", "from_balance", "effect"),
    [
        ("income", 500, False, 500),
        ("refund", 500, False, -500),
        ("adjustment", 500, False, 500),
        ("adjustment", -500, False, -500),
        ("goods", 500, False, 0),
        ("goods", 500, True, -500),
    ],
)
def test_r37_each_kind_moves_the_balance_its_way(
    school: Any, kind: str, amount: int, from_balance: bool, effect: int
) -> None:
    pay(school, 1, 10_000, TODAY)
    pay(school, 1, amount, TODAY, kind=kind, from_balance=from_balance)
    assert balance(school.db, 1) == 10_000 + effect


@pytest.mark.parametrize(
    ("amount", "how"),
    [
        (0, {}),
        (-5, {}),
        (-5, {"kind": "refund"}),
        (0, {"kind": "goods"}),
        (0, {"kind": "adjustment"}),
        (5, {"kind": "gift"}),
        (5, {"from_balance": True}),
        (5, {"kind": "refund", "from_balance": True, "even_so": True}),
    ],
)
def test_r37_amounts_and_kinds_that_can_not_be(school: Any, amount: int, how: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        pay(school, 1, amount, TODAY, **how)
    assert school.db.execute("SELECT count(*) FROM payment").fetchone() == (0,)


def test_r37_a_refund_above_the_balance_needs_even_so(school: Any) -> None:
    pay(school, 1, 1000, TODAY)
    with pytest.raises(Refused, match=r"10\.01.*10\.00"):
        pay(school, 1, 1001, TODAY, kind="refund")
    pay(school, 1, 1000, TODAY, kind="refund")
    with pytest.raises(Refused):
        pay(school, 1, 1, TODAY, kind="refund")
    pay(school, 1, 1, TODAY, kind="refund", even_so=True)
    assert balance(school.db, 1) == -1


def test_r23_a_payment_after_today_needs_even_so(school: Any) -> None:
    with pytest.raises(Refused, match="2026-09-02"):
        pay(school, 1, 100, date(2026, 9, 2))
    pay(school, 1, 100, date(2026, 9, 2), even_so=True)


def test_r37_a_voided_payment_is_kept_with_its_reason_and_counts_nowhere(school: Any) -> None:
    kept, number = pay(school, 1, 100, TODAY), pay(school, 1, 900, TODAY)
    void_payment(school, number, "ошибка")
    row = school.db.execute("SELECT amount, voided_on, void_reason FROM payment WHERE id = ?", (number,)).fetchone()
    assert row == (900, "2026-09-01", "ошибка")
    assert (balance(school.db, 1), balance_before(school.db, 1, date(2027, 1, 1))) == (100, 100)
    with pytest.raises(Refused, match=str(number)):
        void_payment(school, number, "ещё раз")
    with pytest.raises(NotFound, match="99"):
        void_payment(school, 99, "")
    assert school.db.execute("SELECT voided_on FROM payment WHERE id = ?", (kept,)).fetchone() == (None,)


def test_r36_money_for_a_subscription_goes_to_its_separate_balance_and_student(school: Any) -> None:
    plan = add_plan(school, "lesson", 10)
    separate, general = sell_plan(school, 1, plan, TODAY, separate=True), sell_plan(school, 1, plan, TODAY)
    pay(school, 1, 100, TODAY, subscription_id=separate)
    pay(school, 1, 20, TODAY, subscription_id=general)
    pay(school, 1, 3, TODAY)
    assert balances(school.db, 1) == {0: 23, separate: 100}
    rows = school.db.execute("SELECT student_id, separate_id FROM payment ORDER BY id").fetchall()
    assert rows == [(1, separate), (1, None), (None, None)]


def test_money_is_for_the_clients_own_students_and_subscriptions(school: Any) -> None:
    other = add_client(school, "Борис", student="Яна")
    yana, masha = student_of(school, other), add_student(school, 1, "Маша")
    plan = add_plan(school, "lesson", 10)
    of_yana, of_petya = sell_plan(school, yana, plan, TODAY), sell_plan(school, 1, plan, TODAY)
    for how in (
        {"student_id": yana},
        {"subscription_id": of_yana},
        {"subscription_id": of_petya, "student_id": masha},
        {"student_id": 99},
        {"subscription_id": 99},
    ):
        with pytest.raises(Refused):
            pay(school, 1, 100, TODAY, **how)
    pay(school, 1, 100, TODAY, student_id=masha)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["income", "refund", "goods"]), st.integers(1, 10**12), st.booleans())))
def test_r37_the_balance_is_the_sum_of_what_was_not_voided(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str, int, bool]]
) -> None:
    signs = {"income": 1, "refund": -1, "goods": 0}
    with writing_school(make_school(tmp_path_factory.mktemp("payments")), TODAY) as school:
        client = add_client(school)
        for kind, amount, void in made:
            number = pay(school, client, amount, TODAY, kind=kind, even_so=True)
            if void:
                void_payment(school, number, "")
        expected = sum(signs[kind] * amount for kind, amount, void in made if not void)
        assert balance(school.db, client) == expected
