"""Events move the base at once (R7), with the stage of R9 and the history of R10."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import USER, add_client, add_student, make_school, writing_school
from status_facts import add_status, base_of, history_of, sold, stage_of, status_id

from schoolcrm.core.errors import Refused
from schoolcrm.core.statuses import events
from schoolcrm.core.statuses.change import set_status

TODAY = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        yield school


def studies(school: Any, client: int) -> bool:
    return bool(school.db.execute("SELECT studies FROM client WHERE id = ?", (client,)).fetchone()[0])


def sell(school: Any, client: int) -> int:
    number = sold(school, client, TODAY)
    events.subscription_sold(school, client, number)
    return number


def withdraw(school: Any, client: int, number: int) -> None:
    school.db.execute("UPDATE subscription SET deleted_on = ? WHERE id = ?", (TODAY.isoformat(), number))
    events.sale_withdrawn(school, client, number)


def record(school: Any, *, outside: bool = False, has_students: bool = False) -> int:
    first = events.first_statuses(school.db, outside=outside, has_students=has_students)
    client = school.db.execute(
        "INSERT INTO client (name, name_key, status_id, stage_id, created_on)"
        " VALUES ('Анна', 'анна', ?, ?, '2026-09-01') RETURNING id",
        first,
    ).fetchone()[0]
    events.client_recorded(school, client)
    return int(client)


def test_r7_a_recorded_client_is_new_and_a_newcomer(school: Any) -> None:
    client = record(school)
    assert (base_of(school, client), stage_of(school, client)) == ("new", "newcomer")
    assert history_of(school, client) == [
        ("funnel", None, "new", "recorded"),
        ("loyalty", None, "newcomer", "recorded"),
    ]
    assert not studies(school, client)


def test_r7_recorded_as_not_of_this_school_until_there_is_a_student(school: Any) -> None:
    client = record(school, outside=True)
    assert base_of(school, client) == "for-admin"
    assert base_of(school, record(school, outside=True, has_students=True)) == "new"
    add_student(school, client, "Петя")
    events.student_added(school, client)
    assert base_of(school, client) == "new"
    assert history_of(school, client)[-1] == ("funnel", "for-admin", "new", "student-added")


def test_r7_a_student_of_any_other_client_changes_nothing(school: Any) -> None:
    client = add_client(school, status="in-work")
    before = history_of(school, client)
    events.student_added(school, client)
    assert (base_of(school, client), history_of(school, client)) == ("in-work", before)


@pytest.mark.parametrize("base", ["for-admin", "new", "in-work", "trial-booked", "trial-done", "reserve", "refused"])
def test_r7_a_sale_makes_bought_and_the_first_purchase_active_at_once(school: Any, base: str) -> None:
    client = add_client(school, status=base)
    number = sell(school, client)
    assert (base_of(school, client), stage_of(school, client)) == ("bought", "active")
    assert studies(school, client)
    assert history_of(school, client)[-2:] == [
        ("funnel", base, "bought", "sale"),
        ("loyalty", "newcomer", "active", "sale"),
    ]
    rows = school.db.execute(
        "SELECT subscription_id, user, on_date, at LIKE '____-__-__T%Z' FROM status_change WHERE reason = 'sale'"
    )
    assert rows.fetchall() == [(number, USER, TODAY.isoformat(), 1)] * 2


def test_r7_a_deleted_client_takes_part_in_nothing(school: Any) -> None:
    client = add_client(school, "Анна Иванова", status="deleted")
    with pytest.raises(Refused, match="Анна Иванова is deleted") as refusal:
        events.require_active(school.db, client)
    assert f"clients restore {client}" in refusal.value.hint
    before = history_of(school, client)
    sell(school, client)
    events.trial_attended(school, client, TODAY)
    events.student_added(school, client)
    assert base_of(school, client) == "deleted"
    assert [row for row in history_of(school, client)[len(before) :] if row[0] == "funnel"] == []
    other = add_client(school, "Олег")
    events.require_active(school.db, other)


def test_r6_inside_the_right_base_a_status_set_by_hand_stays(school: Any) -> None:
    vip = add_status(school, "bought", "VIP")
    client = add_client(school)
    set_status(school, [client], vip)
    sell(school, client)
    assert school.db.execute("SELECT status_id FROM client WHERE id = ?", (client,)).fetchone() == (vip,)
    assert [row for row in history_of(school, client) if row[3] == "sale"] == [
        ("loyalty", "newcomer", "active", "sale")
    ]


def test_r7_the_only_purchase_deleted_brings_the_status_before_that_sale_back(school: Any) -> None:
    own = add_status(school, "in-work", "Думает")
    client = add_client(school)
    set_status(school, [client], own)
    first = sell(school, client)
    second = sell(school, client)
    withdraw(school, client, first)
    assert base_of(school, client) == "bought"
    withdraw(school, client, second)
    assert school.db.execute("SELECT status_id FROM client WHERE id = ?", (client,)).fetchone() == (own,)
    assert history_of(school, client)[-1] == ("funnel", "bought", "in-work", "sale-withdrawn")


def test_r7_each_sale_knows_the_status_before_itself(school: Any) -> None:
    client = add_client(school, status="reserve")
    first = sell(school, client)
    set_status(school, [client], status_id(school, "refused"))
    second = sell(school, client)
    withdraw(school, client, first)
    withdraw(school, client, second)
    assert base_of(school, client) == "refused"


def test_r7_deleted_in_the_other_order_the_first_sale_decides(school: Any) -> None:
    client = add_client(school, status="reserve")
    first = sell(school, client)
    set_status(school, [client], status_id(school, "refused"))
    second = sell(school, client)
    withdraw(school, client, second)
    withdraw(school, client, first)
    assert base_of(school, client) == "reserve"


def test_r7_the_way_back_passes_over_a_status_set_by_hand_inside_the_base(school: Any) -> None:
    client = add_client(school, status="reserve")
    first = sell(school, client)
    set_status(school, [client], add_status(school, "bought", "vip"))
    second = sell(school, client)
    withdraw(school, client, first)
    withdraw(school, client, second)
    assert base_of(school, client) == "reserve"


def test_r7_bought_by_hand_stays_when_the_only_purchase_is_deleted(school: Any) -> None:
    client = add_client(school)
    set_status(school, [client], status_id(school, "bought"))
    number = sell(school, client)
    withdraw(school, client, number)
    assert base_of(school, client) == "bought"


def test_r7_r9_an_imported_purchase_is_a_purchase(school: Any) -> None:
    client = add_client(school)
    number = sell(school, client)
    school.db.execute("UPDATE client SET last_purchase_on = '2025-01-01'")
    withdraw(school, client, number)
    assert base_of(school, client) == "bought"
    other = add_client(school, "Олег")
    school.db.execute("UPDATE client SET last_purchase_on = '2025-01-01'")
    events.trial_attended(school, other, TODAY)
    assert base_of(school, other) == "new"


@pytest.mark.parametrize("base", ["for-admin", "new", "trial-booked", "group-search", "reserve", "refused"])
def test_r7_r12_a_trial_attended_and_its_mark_removed(school: Any, base: str) -> None:
    client = add_client(school, status=base)
    events.trial_attended(school, client, date(2026, 8, 30))
    assert base_of(school, client) == "trial-done"
    assert history_of(school, client)[-1] == ("funnel", base, "trial-done", "trial")
    note = school.db.execute("SELECT note FROM status_change WHERE reason = 'trial'").fetchone()
    assert note == ("2026-08-30",)
    events.trial_withdrawn(school, client)
    assert base_of(school, client) == base
    assert history_of(school, client)[-1] == ("funnel", "trial-done", base, "trial-missed")


def test_r12_trial_done_by_hand_or_left_since_is_not_taken_back(school: Any) -> None:
    by_hand = add_client(school)
    set_status(school, [by_hand], status_id(school, "trial-done"))
    events.trial_withdrawn(school, by_hand)
    assert base_of(school, by_hand) == "trial-done"
    moved_on = add_client(school, "Олег")
    events.trial_attended(school, moved_on, TODAY)
    sell(school, moved_on)
    events.trial_withdrawn(school, moved_on)
    assert base_of(school, moved_on) == "bought"


def test_r7_a_trial_after_a_purchase_changes_nothing(school: Any) -> None:
    client = add_client(school)
    sell(school, client)
    set_status(school, [client], status_id(school, "reserve"))
    events.trial_attended(school, client, TODAY)
    assert base_of(school, client) == "reserve"


def test_r9_only_the_first_purchase_is_active_at_once(school: Any) -> None:
    client = add_client(school)
    for _number in range(3):
        sell(school, client)
    assert stage_of(school, client) == "active"
    set_status(school, [client], status_id(school, "sleeping", "loyalty"))
    sell(school, client)
    assert stage_of(school, client) == "sleeping"
