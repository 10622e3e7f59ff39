"""What time does to statuses (R8–R11), through the commands that cron and people use."""

from pathlib import Path

import pytest
from answers import answer, column
from builders import make_school, run_cli


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A client who bought a one-day subscription on 31 January 2026, and nothing since."""
    path, day = make_school(tmp_path), "2026-01-31"
    answer(path, "clients", "add", "Анна Иванова", "--self", today=day)
    answer(path, "subscription", "plans", "add", "День", "--kind", "lesson", "--price", "700", "--length", "1d")
    answer(path, "subscription", "sell", "Анна", "День", today=day)
    return path


def standing(db: Path, today: str) -> tuple[str, str]:
    (row,) = answer(db, "clients", "list", "--columns", "base,stage", today=today)["rows"]
    return row["base"], row["stage"]


def test_r8_31_01_2026_is_refused_from_01_07_2026(db: Path) -> None:
    assert answer(db, "status", "recompute", today="2026-06-30")["changed"] == 0
    assert standing(db, "2026-06-30") == ("bought", "active")
    told = answer(db, "status", "recompute", today="2026-07-01")
    assert told["transitions"] == [
        {"scale": "funnel", "from": "bought", "to": "refused", "reason": "refusal-rule", "count": 1}
    ]
    assert standing(db, "2026-07-01") == ("refused", "active")


def test_r8_money_on_the_account_spares_and_is_reported_unless_strict(db: Path) -> None:
    answer(db, "payments", "add", "Анна", "0.01", "--on", "2026-02-01")
    told = answer(db, "status", "recompute", today="2026-07-01")
    assert (told["changed"], told["skipped"]) == (0, [{"reason": "money-on-account", "count": 1}])
    assert answer(db, "status", "recompute", "--strict", today="2026-07-01")["changed"] == 1


def test_r9_asleep_more_than_180_days_after_the_last_purchase(db: Path) -> None:
    answer(db, "status", "recompute", today="2026-07-30")
    assert standing(db, "2026-07-30")[1] == "active"
    answer(db, "status", "recompute", today="2026-07-31")
    assert standing(db, "2026-07-31")[1] == "sleeping"


def test_r10_a_dry_run_changes_nothing_a_second_run_neither_and_q_is_quiet(db: Path) -> None:
    assert answer(db, "status", "recompute", "--dry-run", today="2026-08-01")["changed"] == 2
    assert standing(db, "2026-08-01") == ("bought", "active")
    code, out, _err = run_cli("status", "recompute", db=db, today="2026-08-01")
    assert (code, len(out.splitlines())) == (0, 2)  # one line a kind of transition
    assert run_cli("status", "recompute", "-q", db=db, today="2026-08-01") == (0, "", "")
    history = answer(db, "status", "history", "Анна", today="2026-08-01")["rows"]
    assert [(row["scale"], row["reason"], row["date"], row["user"]) for row in history] == [
        ("loyalty", "loyalty-rule", "2026-08-01", "tester"),
        ("funnel", "refusal-rule", "2026-08-01", "tester"),
        ("loyalty", "sale", "2026-01-31", "tester"),
        ("funnel", "sale", "2026-01-31", "tester"),
        ("loyalty", "recorded", "2026-01-31", "tester"),
        ("funnel", "recorded", "2026-01-31", "tester"),
    ]


def test_r11_explain_says_what_decided_and_what_comes_next(db: Path) -> None:
    funnel, loyalty = answer(db, "status", "explain", "Анна", today="2026-02-01")["rows"]
    keys = ("base", "since", "reason", "next", "next_on", "held_by")
    assert tuple(funnel[key] for key in keys) == ("bought", "2026-01-31", "sale", "refused", "2026-07-01", None)
    assert tuple(loyalty[key] for key in keys) == ("active", "2026-01-31", "sale", "sleeping", "2026-07-31", None)
    answer(db, "payments", "add", "Анна", "100", "--on", "2026-02-01")
    assert column(db, "held_by", "status", "explain", "Анна", today="2026-07-02") == ["money-on-account", None]
