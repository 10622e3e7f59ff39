"""A `lesson` plan charged upfront: one price pays for all its lessons, and that is said (R31)."""

import json
from pathlib import Path

import pytest
from builders import make_school, run_cli

ONCE = 'warning: the price of the plan "Раз" is charged once, and pays for all lessons'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    assert run_cli("clients", "add", "Анна", "--student", "Петя", db=path)[0] == 0
    return path


def told(path: Path, *words: str) -> list[str]:
    code, out, err = run_cli("subscription", *words, db=path)
    assert (code, out) == (0, "")
    return err.splitlines()


def add(path: Path, *words: str) -> list[str]:
    return told(path, "plans", "add", "Раз", "--price", "700", *words)


def test_r31_one_price_for_all_lessons_is_warned_of(path: Path) -> None:
    endless = f"{ONCE} from then on: it has no length. Give it --length, or use --kind package."
    assert add(path, "--kind", "lesson", "--billing", "upfront") == [endless, "Plan 1 added: Раз."]
    month = told(path, "plans", "edit", "Раз", "--length", "1m")
    assert month == [f"{ONCE} of its length.", "Plan 1 changed: Раз."]
    assert told(path, "plans", "edit", "Раз", "--billing", "by-lesson") == ["Plan 1 changed: Раз."]


@pytest.mark.parametrize("words", [("package", "--lessons", "4"), ("month", "--length", "4m")])
def test_what_has_a_number_or_a_month_is_sold_upfront_without_a_word(path: Path, words: tuple[str, ...]) -> None:
    assert add(path, "--billing", "upfront", "--kind", *words) == ["Plan 1 added: Раз."]
    assert len(told(path, "sell", "Петя", "Раз")) == 1


def test_r31_a_sale_without_an_end_says_so(path: Path) -> None:
    assert len(add(path, "--kind", "lesson")) == 1
    assert len(told(path, "sell", "Петя", "Раз")) == 1
    warning, sold = told(path, "sell", "Петя", "Раз", "--billing", "upfront")
    assert warning == (
        "warning: the price of the subscription is charged once and pays for all lessons from then on: it has no last"
        " day. 'schoolcrm subscription close 2 --on DATE' gives it one."
    )
    assert sold.startswith("Subscription 2 sold")
    assert len(told(path, "sell", "Петя", "Раз", "--billing", "upfront", "--to", "2030-01-01")) == 1
    code, out, err = run_cli("-q", "subscription", "sell", "Петя", "Раз", "--billing", "upfront", db=path)
    assert (code, out, err) == (0, "", "")
    code, out, _err = run_cli(
        "subscription", "sell", "Петя", "Раз", "--billing", "upfront", "--format", "json", db=path
    )
    assert (code, json.loads(out)["last"]) == (0, None)
