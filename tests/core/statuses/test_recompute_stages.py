"""The nightly recompute of loyalty stages: which purchases count, and until when (R9, R62)."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, writing_school
from recomputing import START, run
from status_facts import base_of, history_of, sold, stage_of, status_id

from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.events import subscription_sold


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


@pytest.mark.parametrize("detail", [{"deleted_on": "2026-01-02"}, {"is_trial": 1}, {"origin": "import"}])
def test_r9_r62_what_is_no_purchase(path: Path, detail: dict[str, Any]) -> None:
    with writing_school(path, START) as school:
        client = add_client(school)
        sold(school, client, START, **detail)
    assert run(path, START) == (0, {})
    with writing_school(path, START) as school:
        assert (base_of(school, client), stage_of(school, client)) == ("new", "newcomer")


def test_r9_worked_example(path: Path) -> None:
    with writing_school(path, date(2026, 1, 10)) as school:
        client = add_client(school)
    for day in (date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 12)):
        with writing_school(path, day) as school:
            subscription_sold(school, client, sold(school, client, day))
            assert stage_of(school, client) == "active"
    run(path, date(2026, 3, 12))
    with writing_school(path, date(2026, 3, 12)) as school:
        assert stage_of(school, client) == "regular"
    run(path, date(2026, 9, 8))
    with writing_school(path, date(2026, 9, 8)) as school:
        assert stage_of(school, client) == "regular"
    run(path, date(2026, 9, 9))
    with writing_school(path, date(2026, 9, 9)) as school:
        assert stage_of(school, client) == "sleeping"
        assert history_of(school, client)[-1] == ("loyalty", "regular", "sleeping", "loyalty-rule")


def test_r9_dated_by_the_day_of_sale_not_the_first_day_of_validity(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school)
        sold(school, client, START, date(2027, 1, 1), first_on="2026-12-01")
    run(path, START + timedelta(days=181))
    with writing_school(path, START) as school:
        assert stage_of(school, client) == "sleeping"


def test_r9_a_stage_set_by_hand_stays_until_the_next_purchase(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school)
        subscription_sold(school, client, sold(school, client, START))
        set_status(school, [client], status_id(school, "regular", "loyalty"))
    run(path, date(2026, 12, 31))
    with writing_school(path, date(2026, 12, 31)) as school:
        assert stage_of(school, client) == "regular"
        sold(school, client, date(2026, 12, 31))
    run(path, date(2026, 12, 31))
    with writing_school(path, date(2026, 12, 31)) as school:
        assert stage_of(school, client) == "active"


def test_r9_a_purchase_on_the_same_day_after_the_change_by_hand_ends_it(path: Path) -> None:
    with writing_school(path, START) as school:
        client = add_client(school)
        set_status(school, [client], status_id(school, "sleeping", "loyalty"))
    assert run(path, START)[0] == 0
    with writing_school(path, START) as school:
        sold(school, client, START)
    assert run(path, START)[0] == 1
    with writing_school(path, START) as school:
        assert stage_of(school, client) == "active"
