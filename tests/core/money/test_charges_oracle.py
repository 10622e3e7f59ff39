"""Every balance equals the slow, obvious oracle's to the kopeck, whatever happened in whatever order (R31–R37)."""

from pathlib import Path
from typing import Any

import pytest
from builders import make_school
from hypothesis import given, settings
from ledger_changes import CHANGED_HISTORIES, Change, change
from ledger_world import HISTORIES, Event, World, world

from schoolcrm.core.money.ledger import balance, balances


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("oracle"))


@settings(max_examples=120, deadline=None)
@given(history=HISTORIES)
def test_charges_and_balances_equal_the_oracle_after_every_event(path: Path, history: list[Event]) -> None:
    with world(path) as here:
        for event in history:
            here.happen(event)
            assert charges(here) == expected_charges(here)
        check_balances(here)
        check_views(here)


@settings(max_examples=120, deadline=None)
@given(history=CHANGED_HISTORIES)
def test_r41_subscriptions_changed_after_the_sale_too(path: Path, history: list[Event | Change]) -> None:
    with world(path) as here:
        for event in history:
            if isinstance(event, Change):
                change(here, event)
            else:
                here.happen(event)
            assert charges(here) == expected_charges(here)
        check_balances(here)
        check_views(here)


def charges(here: World) -> dict[Any, tuple[str, int]]:
    rows = here.school.db.execute(
        "SELECT mark.student_id, mark.on_date, lesson.time, mark.basis, mark.charge"
        "  FROM mark JOIN lesson ON lesson.id = mark.lesson_id"
    )
    return {(student, (on, time)): (basis, charge) for student, on, time, basis, charge in rows}


def expected_charges(here: World) -> dict[Any, tuple[str, int]]:
    told = here.oracle.charges().items()
    return {(student, (on.isoformat(), time)): charge for (student, (on, time)), charge in told}


def check_balances(here: World) -> None:
    expected = here.oracle.balances()
    for client in here.clients:
        real = balances(here.school.db, client)
        assert moved(real) == moved(expected[client])
        assert balance(here.school.db, client) == sum(expected[client].values())


def moved(accounts: dict[int, int]) -> dict[int, int]:
    return {account: sum_ for account, sum_ in accounts.items() if sum_}


def check_views(here: World) -> None:
    db = here.school.db
    entries = "SELECT client_id, account, sum(amount) FROM ledger_entry GROUP BY client_id, account"
    assert sorted(db.execute("SELECT * FROM account_balance")) == sorted(db.execute(entries))
    clients = "SELECT client_id, sum(amount) FROM ledger_entry GROUP BY client_id"
    assert sorted(db.execute("SELECT * FROM client_balance")) == sorted(db.execute(clients))
    sums = sorted((day.isoformat(), sum_) for sold in here.oracle.sold for day, sum_ in here.oracle.upfront(sold))
    assert sorted(db.execute("SELECT on_date, amount FROM upfront_charge")) == sums
