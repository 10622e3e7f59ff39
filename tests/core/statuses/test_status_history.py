"""Explaining a status: the facts, what would change next and when (R11); the history (R10)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, writing_school
from status_facts import add_status, marked, paid, sold, status_id

from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.events import subscription_sold
from schoolcrm.core.statuses.history import explain, find_history
from schoolcrm.core.statuses.recompute import recompute

SOLD_ON = date(2026, 1, 31)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), SOLD_ON) as school:
        yield school


@pytest.fixture
def client(school: Any) -> int:
    """A client who bought one day's subscription on 31.01.2026."""
    client = add_client(school)
    subscription_sold(school, client, sold(school, client, SOLD_ON))
    return client


def test_r11_what_comes_next_and_when(school: Any, client: int) -> None:
    found = explain(school.db, client, date(2026, 3, 1))
    funnel, loyalty = found.funnel, found.loyalty
    assert (funnel.status.base, funnel.since, funnel.reason) == ("bought", SOLD_ON, "sale")
    assert (funnel.next_base, funnel.next_on, funnel.held_by) == ("refused", date(2026, 7, 1), None)
    assert (loyalty.status.base, loyalty.next_base, loyalty.next_on) == ("active", "sleeping", date(2026, 7, 31))
    assert found.facts is not None
    assert (found.facts.purchases.made, found.facts.silence.attended_on) == (1, None)


def test_r11_it_agrees_with_recompute(school: Any, client: int) -> None:
    for day, refused, asleep in (
        (date(2026, 6, 30), False, False),
        (date(2026, 7, 1), True, False),
        (date(2026, 7, 30), False, False),
        (date(2026, 7, 31), False, True),
    ):
        found = explain(school.db, client, day)
        due = {each.status.scale for each in (found.funnel, found.loyalty) if each.next_on and each.next_on <= day}
        school.today = day
        assert {change.scale for change in recompute(school).changes} == due
        assert (("funnel" in due), ("loyalty" in due)) == (refused, asleep)


def test_r11_what_holds_a_refusal_back(school: Any, client: int) -> None:
    paid(school, client, 100, SOLD_ON)
    assert explain(school.db, client, date(2026, 8, 1)).funnel.held_by == "money-on-account"
    other = add_client(school, "Олег", status="trial-done")
    marked(school, other, SOLD_ON)
    number = sold(school, other, SOLD_ON, date(2027, 1, 1), origin="import")
    funnel = explain(school.db, other, date(2026, 8, 1)).funnel
    assert (funnel.next_on, funnel.held_by) == (date(2027, 1, 2), None)
    school.db.execute("UPDATE subscription SET last_on = NULL WHERE id = ?", (number,))
    funnel = explain(school.db, other, date(2026, 8, 1)).funnel
    assert (funnel.next_on, funnel.held_by) == (date(2026, 7, 1), "subscription-not-ended")


def test_r11_a_stage_set_by_hand_is_held(school: Any, client: int) -> None:
    set_status(school, [client], status_id(school, "former", "loyalty"))
    loyalty = explain(school.db, client, SOLD_ON).loyalty
    assert (loyalty.status.base, loyalty.reason, loyalty.held_by) == ("former", "hand", "hand")


@pytest.mark.parametrize("base", ["new", "reserve", "refused"])
def test_r11_where_time_alone_changes_nothing(school: Any, base: str) -> None:
    client = add_client(school, status=base)
    marked(school, client, SOLD_ON)
    found = explain(school.db, client, date(2030, 1, 1))
    assert (found.funnel.next_base, found.loyalty.next_base) == (None, None)


def test_r11_no_rule_for_archived_and_deleted_clients(school: Any, client: int) -> None:
    set_status(school, [client], status_id(school, "deleted"))
    found = explain(school.db, client, date(2030, 1, 1))
    assert (found.facts, found.funnel.status.base, found.funnel.next_base) == (None, "deleted", None)
    assert found.idle is not None
    assert (found.idle.purchases.made, found.archived_on) == (1, None)


def test_r10_the_history_newest_first(school: Any, client: int) -> None:
    vip = add_status(school, "bought", "VIP")
    set_status(school, [client], vip, reason_note="брат учится у нас")
    newest, *_others = find_history(school.db, client)
    assert (newest.scale, newest.origin, newest.to) == ("funnel", "Купил абонемент", "VIP")
    assert (newest.reason, newest.note, newest.on_date) == ("hand", "брат учится у нас", "2026-01-31")
