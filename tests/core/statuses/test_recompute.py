"""Recompute of the whole school (R8–R10): worked examples."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from builders import add_client, add_student, make_school, writing_school
from recomputing import START, run
from status_facts import add_status, base_of, history_of, marked, on_trial, paid, sold, stage_of, status_id

from schoolcrm.core.errors import BadValue
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.recompute import Transition, recompute


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def base_on(path: Path, client: int, today: date, *, strict: bool = False) -> str:
    """Return the base after a recompute on the day."""
    run(path, today, strict=strict)
    with writing_school(path, today) as school:
        return base_of(school, client)


@pytest.mark.parametrize(
    ("bought_on", "kept_on", "refused_on"),
    [
        (date(2026, 1, 31), date(2026, 6, 30), date(2026, 7, 1)),
        (date(2025, 9, 30), date(2026, 2, 28), date(2026, 3, 1)),
    ],
)
@pytest.mark.parametrize("fact", ["purchase", "visit", "hand", "imported purchase", "imported visit"])
def test_r8_worked_examples_for_every_fact(
    path: Path, bought_on: date, kept_on: date, refused_on: date, fact: str
) -> None:
    with writing_school(path, bought_on) as school:
        client = add_client(school, status="new" if fact == "hand" else "bought")
        if fact == "purchase":
            sold(school, client, bought_on)
        elif fact == "visit":
            marked(school, client, bought_on - timedelta(days=9))
            marked(school, client, bought_on)
            marked(school, client, bought_on + timedelta(days=9), attended=False)
        elif fact == "hand":
            set_status(school, [client], status_id(school, "bought"))
        else:
            column = "last_purchase_on" if fact == "imported purchase" else "last_visit_on"
            school.db.execute(f"UPDATE client SET {column} = ?", (bought_on.isoformat(),))
    assert base_on(path, client, kept_on) == "bought"
    assert base_on(path, client, refused_on) == "refused"
    with writing_school(path, refused_on) as school:
        assert ("funnel", "bought", "refused", "refusal-rule") in history_of(school, client)


def test_r8_a_trial_day_that_passed_without_a_mark_counts_for_the_booked(path: Path) -> None:
    with writing_school(path, START) as school:
        client, new = add_client(school, status="trial-booked"), add_client(school, "Олег", status="group-search")
        marked(school, new, START)
        for each in (client, new):
            on_trial(school, each, date(2026, 1, 31))
    assert base_on(path, client, date(2026, 6, 30)) == "trial-booked"
    assert base_on(path, new, date(2026, 6, 2)) == "refused"
    assert base_on(path, client, date(2026, 7, 1), strict=True) == "trial-booked"
    assert base_on(path, client, date(2026, 7, 1)) == "refused"


def test_r8_who_is_booked_for_a_far_day_is_not_refused_before_it(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school)
        set_status(school, [client], status_id(school, "trial-booked"))
        on_trial(school, client, date(2026, 9, 30))
    assert base_on(path, client, date(2026, 8, 1)) == "trial-booked"
    assert base_on(path, client, date(2027, 2, 28)) == "trial-booked"
    assert base_on(path, client, date(2027, 3, 1)) == "refused"


@pytest.mark.parametrize("state", ["missed", "cancelled"])
def test_r8_a_trial_missed_or_cancelled_is_no_fact(path: Path, state: str) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status="trial-booked")
        marked(school, client, START)
        on_trial(school, client, date(2026, 3, 1), state)
    assert base_on(path, client, date(2026, 6, 2)) == "refused"


@pytest.mark.parametrize("strict", [False, True])
def test_r8_a_trial_recorded_by_hand_is_an_attended_mark(path: Path, strict: bool) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status="trial-done")
        on_trial(school, client, date(2026, 1, 31), "attended")
    assert base_on(path, client, date(2026, 6, 30), strict=strict) == "trial-done"
    assert base_on(path, client, date(2026, 7, 1), strict=strict) == "refused"


def test_r8_the_latest_fact_of_any_student_counts(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status="bought")
        sold(school, client, START)
        other = add_student(school, client, "Маша")
        marked(school, client, date(2026, 2, 1))
        marked(school, client, date(2026, 3, 31), student_id=other)
    assert base_on(path, client, date(2026, 8, 31)) == "bought"
    assert base_on(path, client, date(2026, 9, 1)) == "refused"


def test_r8_no_anchor_no_refusal(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status="bought")
    assert base_on(path, client, date(2036, 1, 1)) == "bought"
    assert base_on(path, client, date(2036, 1, 1), strict=True) == "bought"


@pytest.mark.parametrize("base", ["new", "in-work", "reserve"])
def test_r8_other_bases_are_refused_only_strictly(path: Path, base: str) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status=base)
        marked(school, client, START)
    assert base_on(path, client, date(2026, 6, 2)) == base
    assert base_on(path, client, date(2026, 6, 2), strict=True) == "refused"


def test_r8_strictly_a_change_by_hand_is_no_anchor(path: Path) -> None:
    with writing_school(path, date(2026, 5, 1)) as school:
        client = add_client(school)
        marked(school, client, START)
        set_status(school, [client], status_id(school, "trial-done"))
    assert base_on(path, client, date(2026, 6, 2)) == "trial-done"
    assert base_on(path, client, date(2026, 6, 2), strict=True) == "refused"


def test_r8_the_guard_skips_and_says_why(path: Path) -> None:
    today = date(2026, 9, 1)
    with writing_school(path, START) as school:
        clients = {}
        for name in ("rich", "separate", "running", "future", "open", "poor", "used up"):
            clients[name] = add_client(school, name, status="bought")
            if name != "used up":
                sold(school, clients[name], START)
        paid(school, clients["rich"], 1, START)
        own = sold(school, clients["separate"], START)
        paid(school, clients["separate"], -500, START)
        paid(school, clients["separate"], 100, START, separate_id=own)
        sold(school, clients["running"], START, today)
        sold(school, clients["future"], START, today + timedelta(days=90), first_on="2026-11-01")
        school.db.execute(
            "UPDATE subscription SET last_on = NULL WHERE id = ?", (sold(school, clients["open"], START),)
        )
        paid(school, clients["poor"], 1000, START)
        marked(school, clients["poor"], START, charge=1000, subscription_id=sold(school, clients["poor"], START))
        used = sold(school, clients["used up"], START)
        school.db.execute("UPDATE subscription SET last_on = NULL WHERE id = ?", (used,))
        for _lesson in range(4):
            marked(school, clients["used up"], START, subscription_id=used)
    with writing_school(path, today) as school:
        result = recompute(school)
        named = {name: result.spared.get(client) for name, client in clients.items()}
        assert named == {
            "rich": "money-on-account",
            "separate": "money-on-account",
            "running": "subscription-not-ended",
            "future": "subscription-not-ended",
            "open": "subscription-not-ended",
            "poor": None,
            "used up": None,
        }
        assert result.skipped == {"money-on-account": 2, "subscription-not-ended": 3}
        refused = [name for name, client in clients.items() if base_of(school, client) == "refused"]
        assert refused == ["poor", "used up"]
    assert run(path, today, strict=True)[1] == {}
    with writing_school(path, today) as school:
        assert {base_of(school, client) for client in clients.values()} == {"refused"}


def test_r8_a_deleted_subscription_guards_nobody(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status="bought")
        marked(school, client, START)
        sold(school, client, START, date(2027, 1, 1), deleted_on="2026-01-02")
    assert base_on(path, client, date(2026, 6, 2)) == "refused"


def test_r6_a_status_set_by_hand_survives_until_the_rule_moves_its_base(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status="bought")
        vip = add_status(school, "bought", "vip")
        sold(school, client, START)
        set_status(school, [client], vip)
    run(path, date(2026, 6, 1))
    with writing_school(path, START) as school:
        assert school.db.execute("SELECT status_id FROM client").fetchone() == (vip,)
    assert base_on(path, client, date(2026, 6, 2)) == "refused"


def test_r7_deleted_and_archived_clients_are_left_alone(path: Path) -> None:
    with writing_school(path, START) as school:
        deleted, archived = add_client(school, status="deleted"), add_client(school, "Олег", status="bought")
        for client in (deleted, archived):
            sold(school, client, START)
        school.db.execute("UPDATE client SET archived_on = '2026-02-01' WHERE id = ?", (archived,))
    for strict in (False, True):
        assert run(path, date(2028, 1, 1), strict=strict) == (0, {})


def test_r8_r9_the_numbers_are_settings(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school, status="bought")
        sold(school, client, START)
        school.db.executemany(
            "INSERT INTO setting (key, value) VALUES (?, ?)",
            [("refusal_months", "1"), ("regular_purchases", "1"), ("sleeping_days", "31")],
        )
    for day, base, stage in (
        (date(2026, 2, 1), "bought", "regular"),
        (date(2026, 2, 2), "refused", "sleeping"),
    ):
        assert base_on(path, client, day) == base
        with writing_school(path, day) as school:
            assert stage_of(school, client) == stage
    with writing_school(path, START) as school:
        school.db.execute("UPDATE setting SET value = 'пять' WHERE key = 'refusal_months'")
        with pytest.raises(BadValue, match='refusal_months is "пять"'):
            recompute(school)


def test_r10_kinds_of_transitions_are_counted(path: Path) -> None:
    with writing_school(path, START) as school:
        for number in range(5):
            client = add_client(school, f"Клиент {number}", status="bought" if number < 3 else "trial-done")
            sold(school, client, START)
    with writing_school(path, date(2027, 1, 1)) as school:
        result = recompute(school)
    assert result.transitions == [
        Transition("funnel", "trial-done", "refused", "refusal-rule", 2),
        Transition("funnel", "bought", "refused", "refusal-rule", 3),
        Transition("loyalty", "newcomer", "sleeping", "loyalty-rule", 5),
    ]
    assert result.changed == 10


def test_r10_nothing_is_written_when_nothing_changes(path: Path) -> None:
    with writing_school(path, START) as school:
        add_client(school)
    before = path.read_bytes()
    assert run(path, date(2027, 1, 1)) == (0, {})
    assert path.read_bytes() == before
