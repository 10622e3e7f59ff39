"""`former`: from the termination of the last running contract until a new purchase (R9)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, writing_school
from status_facts import contracted, history_of, sold, stage_of, status_id

from schoolcrm.core.statuses import events
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.facts import read_facts
from schoolcrm.core.statuses.history import explain
from schoolcrm.core.statuses.recompute import recompute

START, TODAY = date(2026, 1, 10), date(2026, 6, 1)
DAY = timedelta(days=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        yield school


@pytest.fixture
def client(school: Any) -> int:
    """A client who bought once, on 10.01.2026."""
    client = add_client(school)
    buy(school, client, START)
    return client


def buy(school: Any, client: int, on: date) -> int:
    number = sold(school, client, on)
    events.subscription_sold(school, client, number)
    return number


def terminate(school: Any, client: int, on: date, first_on: date = START, last_on: date | None = None) -> int:
    """Terminate a contract as the school does: the last sale known is kept, then the event is told."""
    known = school.db.execute("SELECT max(id) FROM subscription").fetchone()[0]
    contract = contracted(school, client, first_on, last_on, on, known)
    events.contract_terminated(school, client, contract)
    return contract


def stage_on(school: Any, client: int, day: date) -> str:
    """Return the stage after a recompute on the day; the school's today is put back."""
    today, school.today = school.today, day
    recompute(school)
    school.today = today
    return stage_of(school, client)


@pytest.mark.parametrize("on", [TODAY, TODAY - DAY])
def test_r9_the_last_contract_terminated_is_former_at_once(school: Any, client: int, on: date) -> None:
    terminate(school, client, on)
    assert history_of(school, client)[-1] == ("loyalty", "active", "former", "termination")
    assert recompute(school).changed == 0
    assert stage_on(school, client, TODAY + 900 * DAY) == "former"


def test_r9_a_termination_to_come_waits_for_its_day(school: Any, client: int) -> None:
    terminate(school, client, TODAY + 10 * DAY)
    assert stage_of(school, client) == "active"
    found = explain(school.db, client, TODAY).loyalty
    assert (found.next_base, found.next_on, found.held_by) == ("former", TODAY + 10 * DAY, None)
    assert stage_on(school, client, TODAY + 9 * DAY) == "active"
    assert stage_on(school, client, TODAY + 10 * DAY) == "former"
    assert history_of(school, client)[-1] == ("loyalty", "active", "former", "termination")


@pytest.mark.parametrize(
    ("first_on", "last_on", "terminated_on", "stage"),
    [
        (START, None, None, "active"),
        (TODAY, None, None, "active"),
        (START, TODAY, None, "active"),
        (START, None, TODAY + DAY, "active"),
        (TODAY + DAY, None, None, "former"),
        (START, TODAY - DAY, None, "former"),
        (START, None, TODAY, "former"),
        (START, None, TODAY - DAY, "former"),
    ],
)
def test_r9_only_the_last_running_contract_counts(
    school: Any, client: int, first_on: date, last_on: date | None, terminated_on: date | None, stage: str
) -> None:
    contracted(school, client, first_on, last_on, terminated_on)
    terminate(school, client, TODAY)
    assert stage_of(school, client) == stage
    assert recompute(school).changed == 0


def test_r9_another_clients_contract_is_none_of_theirs(school: Any, client: int) -> None:
    contracted(school, add_client(school, "Олег"), START)
    terminate(school, client, TODAY)
    assert stage_of(school, client) == "former"


def test_r9_until_a_new_purchase_also_one_of_the_same_day(school: Any, client: int) -> None:
    terminate(school, client, TODAY)
    buy(school, client, TODAY)
    assert stage_of(school, client) == "active"
    assert recompute(school).changed == 0
    buy(school, client, TODAY)
    assert (stage_of(school, client), stage_on(school, client, TODAY)) == ("active", "regular")


def test_r9_what_was_bought_before_on_that_day_is_no_new_purchase(school: Any, client: int) -> None:
    buy(school, client, TODAY)
    terminate(school, client, TODAY)
    assert stage_of(school, client) == "former"
    buy(school, client, TODAY - DAY)
    assert (stage_of(school, client), recompute(school).changed) == ("former", 0)


def test_r9_a_new_purchase_taken_back_makes_former_again(school: Any, client: int) -> None:
    terminate(school, client, TODAY)
    number = buy(school, client, TODAY)
    school.db.execute("UPDATE subscription SET deleted_on = '2026-06-01' WHERE id = ?", (number,))
    assert stage_on(school, client, TODAY) == "former"


def test_r9_an_imported_purchase_after_it_counts(school: Any, client: int) -> None:
    school.db.execute("UPDATE client SET last_purchase_on = '2026-06-02'")
    terminate(school, client, TODAY)
    assert stage_on(school, client, TODAY) == "active"
    school.db.execute("UPDATE client SET last_purchase_on = '2026-06-01'")
    assert stage_on(school, client, TODAY) == "former"


def test_r9_set_by_hand_it_stays_until_a_later_termination_or_a_purchase(school: Any, client: int) -> None:
    terminate(school, client, TODAY - DAY)
    set_status(school, [client], status_id(school, "regular", "loyalty"))
    assert (recompute(school).changed, stage_of(school, client)) == (0, "regular")
    terminate(school, client, TODAY - 2 * DAY)
    assert (recompute(school).changed, stage_of(school, client)) == (0, "regular")
    terminate(school, client, TODAY + DAY)
    assert explain(school.db, client, TODAY).loyalty.next_on == TODAY + DAY
    assert stage_on(school, client, TODAY) == "regular"
    assert stage_on(school, client, TODAY + DAY) == "former"


def test_r9_terminated_later_the_same_day_it_is_former_and_by_hand_after_that_it_stays(
    school: Any, client: int
) -> None:
    set_status(school, [client], status_id(school, "regular", "loyalty"))
    terminate(school, client, TODAY)
    assert stage_of(school, client) == "former"
    set_status(school, [client], status_id(school, "regular", "loyalty"))
    assert (stage_on(school, client, TODAY), stage_on(school, client, TODAY + 500 * DAY)) == ("regular", "regular")


def test_r7_archived_and_deleted_clients_are_left_alone(school: Any, client: int) -> None:
    set_status(school, [client], status_id(school, "deleted"))
    archived = add_client(school, "Олег")
    school.db.execute("UPDATE client SET archived_on = '2026-05-01' WHERE id = ?", (archived,))
    for each in (client, archived):
        terminate(school, each, TODAY)
    assert (stage_of(school, client), stage_of(school, archived)) == ("active", "newcomer")


def test_r11_the_fact_is_told(school: Any, client: int) -> None:
    terminate(school, client, TODAY)
    (facts,) = read_facts(school.db, client)
    assert facts.terminated_on == TODAY
    assert explain(school.db, client, TODAY).loyalty.rule == "termination"
