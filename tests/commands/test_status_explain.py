"""`schoolcrm status explain`: the facts of a client, the rule that decided, what comes next (R11)."""

from pathlib import Path

import pytest
from builders import run_cli, writing_school
from status_school import SOLD_ON, answer, school_after_a_month


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return school_after_a_month(tmp_path)


def test_r11_explain(path: Path) -> None:
    _code, out, _err = run_cli("status", "explain", "Анна", db=path, today="2026-03-01", lang="en")
    assert "Last purchase: 2026-01-31" in out
    assert "Refused on 2026-07-01 unless something is bought" in out
    assert "Sleeping on 2026-07-31 unless something is bought." in out
    _code, out, _err = run_cli("status", "explain", "Олег", db=path, today="2026-08-01", lang="en")
    assert "Refused was due on 2026-07-01 and is held back: money on the account." in out
    assert "Sleeping at the next recompute." in out
    found = answer(path, "status", "explain", "Анна", today="2026-07-02")
    assert found["rows"][0] == {
        "scale": "funnel", "status": "Купил абонемент", "base": "bought", "since": "2026-01-31", "reason": "sale",
        "note": None, "rule": "event", "next": "refused", "next_on": "2026-07-01", "held_by": None,
    }  # fmt: skip
    assert found["parameters"] == {"refusal_months": 5, "regular_purchases": 3, "sleeping_days": 180}
    assert found["totals"] == {
        "purchases": 1, "last_purchase": "2026-01-31", "last_visit": None, "last_decision": None, "trial_booked": None,
        "contract_terminated": None, "silent_since": "2026-01-31",
    }  # fmt: skip


def explained(path: Path, client: str, today: str) -> list[str]:
    """Return the sentences under the table of `status explain`."""
    code, out, err = run_cli("status", "explain", client, db=path, today=today)
    assert (code, err) == (0, "")
    return out.rstrip().rpartition("\n\n")[2].splitlines()


def test_r11_explain_says_which_rule_decided_and_what_comes_next(path: Path) -> None:
    _code, out, _err = run_cli("status", "explain", "Анна", db=path, today="2026-03-01")
    assert "Refused after months of silence: 5\nRegular from purchases: 3\n" in out
    assert explained(path, "Анна", "2026-03-01") == [
        '"Купил абонемент" since 2026-01-31: a subscription was sold.',
        "Refused on 2026-07-01 unless something is bought, a lesson attended or the status set by hand.",
        '"Рабочий" since 2026-01-31: purchases made: 1, regular from 3.',
        "Sleeping on 2026-07-31 unless something is bought.",
    ]
    assert (
        explained(path, "Олег", "2026-03-01")[2]
        == "As things stand it would be held back that day: money on the account."
    )
    assert explained(path, "Инна", "2026-03-01") == [
        '"Новый" since 2026-01-31: that is where a client begins.',
        "Time alone does not change this status.",
        '"Новый" since 2026-01-31: nothing was bought yet.',
    ]


def test_r11_the_facts_of_archived_and_deleted_clients_and_why_nothing_changes(path: Path) -> None:
    run_cli("clients", "archive", "Анна", "--yes", db=path, today="2026-03-01")
    run_cli("status", "set", "deleted", "Олег", db=path, today="2026-03-01")
    assert explained(path, "Анна", "2026-08-01")[-3:] == [
        "In the archive since 2026-03-01.",
        "'schoolcrm clients restore 1' brings the client back; then these facts decide.",
        "The client is archived or deleted: no rule changes anything.",
    ]
    for client, restored in (("Анна", 1), ("Олег", 2)):
        _code, out, _err = run_cli("status", "explain", client, db=path, today="2026-08-01", lang="en")
        assert "Last purchase: 2026-01-31" in out
        assert f"'schoolcrm clients restore {restored}'" in out
        found = answer(path, "status", "explain", client, today="2026-08-01")
        assert found["totals"]["purchases"] == 1
        assert [row["next"] for row in found["rows"]] == [None, None]


def test_r11_explain_after_a_recompute_and_by_hand(path: Path) -> None:
    run_cli("status", "recompute", db=path, today="2026-08-01")
    assert explained(path, "Анна", "2026-08-02") == [
        '"Отказался" since 2026-08-01: no purchase, visit or decision by hand for too long.',
        "Time alone does not change this status.",
        '"Спящий" since 2026-08-01: nothing was bought for more than 180 days.',
    ]
    run_cli("status", "set", "loyalty:regular", "Анна", "--reason", "трое детей", db=path, today="2026-08-03")
    assert explained(path, "Анна", "2026-08-04")[2:] == [
        '"Постоянный" since 2026-08-03: set by hand; it stays until the next purchase or termination of a contract.',
        "Without that it would be: Sleeping.",
    ]
    run_cli("status", "set", "deleted", "Анна", db=path, today="2026-08-03")
    assert explained(path, "Анна", "2026-08-04")[-1] == "The client is archived or deleted: no rule changes anything."


def test_r11_explain_of_a_status_set_by_hand_without_anything_else_to_count_from(path: Path) -> None:
    run_cli("status", "set", "group-search", "Инна", db=path, today="2026-02-01")
    assert explained(path, "Инна", "2026-03-01")[:2] == [
        '"Подбор группы" since 2026-02-01: set by hand; it stays until an event or a refusal leads to another base.',
        "Refused on 2026-07-02 unless something is bought, a lesson attended or the status set by hand.",
    ]


def test_r11_explain_names_the_subscription_that_puts_the_refusal_off(path: Path) -> None:
    with writing_school(path, SOLD_ON) as school:
        school.db.execute("UPDATE subscription SET last_on = '2026-12-31'")
    assert explained(path, "Анна", "2026-03-01")[1:3] == [
        "Refused on 2027-01-01 unless something is bought, a lesson attended or the status set by hand.",
        "Until then a subscription not yet ended holds it back.",
    ]


def test_r11_explain_shows_the_trial_that_is_booked(path: Path) -> None:
    assert run_cli("clients", "trial", "book", "Инна", "--on", "2026-02-10", db=path, today="2026-02-01")[0] == 0
    found = answer(path, "status", "explain", "Инна", today="2026-02-05")
    assert (found["totals"]["trial_booked"], found["totals"]["silent_since"]) == ("2026-02-10", "2026-02-10")
    assert explained(path, "Инна", "2026-02-05")[:2] == [
        '"Записался на пробное занятие" since 2026-02-01: a trial lesson was booked or attended.',
        "Refused on 2026-07-11 unless something is bought, a lesson attended or the status set by hand.",
    ]


def test_r11_explain_uses_the_numbers_of_the_school(path: Path) -> None:
    assert run_cli("config", "set", "refusal_months", "2", db=path)[0] == 0
    assert answer(path, "status", "explain", "Анна", today="2026-03-01")["parameters"]["refusal_months"] == 2
    assert "Refused on 2026-04-01 unless" in explained(path, "Анна", "2026-03-01")[1]
