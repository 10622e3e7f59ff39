"""`schoolcrm subscription`: plans, sales with a payment, lists."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import TODAY, add_client, add_entry, make_school, run_cli, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """The student Петя, the subject Роботы, the plan Восемь: 8 lessons for 5600."""
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        add_client(school, "Анна Иванова", student="Петя")
        add_entry(school, "subjects", "Роботы")
    answer(path, "subscription", "plans", "add", "Восемь", "--kind", "package", "--price", "5600", "--lessons", "8")
    return path


def test_plans_are_added_and_listed(db: Path) -> None:
    words = ("--kind", "month", "--price", "4 000", "--length", "1m", "--billing", "upfront", "--separate", "--burn")
    made = answer(db, "subscription", "plans", "add", "Месяц", *words, "--subject", "роботы", "--stop-at-end")
    assert (made["id"], made["name"]) == (2, "Месяц")
    row = answer(db, "subscription", "plans", "list")["rows"][1]
    expected = {
        "id": 2,
        "name": "Месяц",
        "kind": "month",
        "price": "4000.00",
        "lessons": None,
        "length_months": 1,
        "billing": "upfront",
        "separate": True,
        "burn": True,
        "stop_at_end": True,
        "subjects": ["Роботы"],
    }
    assert row | expected == row


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Девять", "--price", "1"), 2, "--kind"),
        (("Девять", "--kind", "lesson"), 2, "--price"),
        (("Девять", "--kind", "weekly", "--price", "1"), 1, "weekly"),
        (("Девять", "--kind", "package", "--price", "1"), 1, "--lessons"),
        (("Девять", "--kind", "lesson", "--price", "1", "--lessons", "8"), 1, "package"),
        (("Девять", "--kind", "lesson", "--price", "-1"), 1, "0"),
        (("Девять", "--kind", "lesson", "--price", "1", "--length", "1y"), 1, "1y"),
        (("Девять", "--kind", "lesson", "--price", "1", "--billing", "never"), 1, "never"),
        (("Девять", "--kind", "lesson", "--price", "1", "--subject", "Танцы"), 1, "--new"),
        (("восемь", "--kind", "lesson", "--price", "1"), 1, "восемь"),
        (("Девять", "--kind", "package", "--price", "1", "--lessons", "x"), 1, "--lessons"),
    ],
)
def test_a_plan_that_can_not_be_is_refused(db: Path, words: tuple[str, ...], code: int, said: str) -> None:
    answered, out, err = run_cli("subscription", "plans", "add", *words, db=db)
    assert (answered, out) == (code, "")
    assert said in err
    assert column(db, "name", "subscription", "plans", "list") == ["Восемь"]


def test_sell_answers_with_the_subscription_and_its_payment(db: Path) -> None:
    sold = answer(db, "subscription", "sell", "Петя", "восемь", "--pay", "3000", "--account", "карта")
    expected = {"id": 1, "client_id": 1, "student_id": 1, "payment_id": 1, "last": None, "balance": "3000.00"}
    assert sold | expected == sold
    assert column(db, "account", "payments", "list") == ["Карта"]
    assert column(db, "student", "payments", "list") == ["Петя"]
    credit = answer(db, "subscription", "sell", "Петя", "восемь", "--billing", "upfront", "--from", "2026-10-01")
    assert (credit["payment_id"], credit["balance"]) == (None, "-2600.00")


def test_r41a_a_sale_may_differ_from_the_plan(db: Path) -> None:
    words = ("--price", "5000", "--billing", "upfront", "--separate", "--subject", "Роботы", "--type", "Групповое")
    answer(db, "subscription", "sell", "Петя", "Восемь", *words, "--from", "2026-09-10", "--to", "2026-10-09")
    (row,) = answer(db, "subscription", "list", "Петя")["rows"]
    expected = {
        "plan": "Восемь",
        "price": "5000.00",
        "sold": "2026-09-01",
        "first": "2026-09-10",
        "last": "2026-10-09",
        "billing": "upfront",
        "separate": True,
        "state": "coming",
        "lessons": 8,
        "lessons_left": 8,
    }
    assert row | expected == row


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Зоя", "Восемь"), 1, "Зоя"),
        (("Петя", "Девять"), 1, "Девять"),
        (("Петя",), 2, "PLAN is missing"),
        (("Петя", "Восемь", "--to", "2026-08-31"), 1, "2026-08-31"),
        (("Петя", "Восемь", "--account", "карта"), 2, "--pay"),
        (("Петя", "Восемь", "--pay", "0"), 1, "0.00"),
        (("Петя", "Восемь", "--pay", "5", "--on", "2026-09-02"), 1, "--even-so"),
        (("Петя", "Восемь", "--price", "-1"), 1, "0"),
        (("Петя", "Восемь", "--billing", "never"), 1, "never"),
    ],
)
def test_a_sale_that_can_not_be_leaves_no_trace(db: Path, words: tuple[str, ...], code: int, said: str) -> None:
    answered, out, err = run_cli("subscription", "sell", *words, db=db)
    assert (answered, out) == (code, "")
    assert said in err
    assert answer(db, "subscription", "list")["rows"] == []
    assert answer(db, "payments", "list")["rows"] == []


def test_a_sale_in_advance_is_paid_with_even_so(db: Path) -> None:
    words = ("subscription", "sell", "Петя", "Восемь", "--pay", "5", "--on", "2026-09-02", "--even-so")
    assert answer(db, *words)["payment_id"] == 1


def test_dry_run_answers_and_changes_nothing(db: Path) -> None:
    assert answer(db, "subscription", "sell", "Петя", "Восемь", "--pay", "5", "--dry-run")["balance"] == "5.00"
    assert answer(db, "subscription", "list")["rows"] == []
    assert "Девять" in refusal(db, "subscription", "sell", "Петя", "Девять")
