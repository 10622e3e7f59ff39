"""What money commands say and refuse: voiding, sales after today, plans, lessons nothing pays."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, make_school, run_cli, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school, "Анна Иванова", student="Петя Иванов")
    answer(path, "subscription", "plans", "add", "Восемь", "--kind", "package", "--price", "5600", "--lessons", "8",
           "--billing", "upfront", "--burn", "--stop-at-end")  # fmt: skip
    return path


def test_r37_voiding_says_which_payment_and_what_is_left(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "1500")
    answer(db, "payments", "add", "Анна", "200")
    for words in (("--dry-run",), ()):
        code, _out, err = run_cli("payments", "void", "1", *words, db=db)
        assert code == 0
        assert "Payment 1 is void: Анна Иванова, 1,500.00 of 2026-09-01; balance now 200.00." in err.replace(
            "\u202f", ","
        )
    said = refusal(db, "payments", "void", "1")
    assert "hint: It was taken back on 2026-09-01" in said
    made = answer(db, "payments", "void", "2")
    assert (made["client_id"], made["amount"], made["date"], made["balance"]) == (1, "200.00", "2026-09-01", "0.00")


def test_a_sale_after_today_wants_even_so(db: Path) -> None:
    sale = ("subscription", "sell", "Петя", "Восемь", "--on", "2026-09-02")
    assert "--even-so" in refusal(db, *sale)
    assert answer(db, *sale, "--even-so")["id"] == 1


def test_a_price_below_zero_is_refused_with_a_hint(db: Path) -> None:
    add = ("subscription", "plans", "add", "Минус", "--kind", "lesson", "--price=-5")
    assert "hint: Give 0 or more" in refusal(db, *add)
    assert "hint: Give 0 or more" in refusal(db, "subscription", "sell", "Петя", "Восемь", "--price=-5")


def test_people_see_whether_a_plan_burns_and_stops(db: Path) -> None:
    out = run_cli("subscription", "plans", "list", db=db)[1]
    assert "Burns" in out
    assert "Stops at end" in out


def test_r33_the_forecast_tells_lessons_nothing_pays_from_those_paid_upfront(db: Path) -> None:
    answer(db, "groups", "add", "Робо 1")
    answer(db, "groups", "join", "Робо 1", "Петя")
    answer(db, "schedule", "add", "Робо 1", "--days", "sat", "--at", "10:00")
    forecast = ("report", "forecast", "Анна", "--period", "2026-09")
    assert "no subscription" in run_cli(*forecast, db=db)[1]
    answer(db, "subscription", "sell", "Петя", "Восемь", "--to", "2026-09-12")
    assert column(db, "basis", *forecast) == ["upfront", "upfront", "none", "none"]
    out = run_cli(*forecast, db=db)[1]
    assert (out.count("paid upfront"), out.count("no subscription")) == (2, 2)
