"""Selling: what a sale keeps of the plan, what it charges and moves, what it refuses (R7, R30, R31, R41a)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_entry, add_plan, make_school, sell_plan, student_of, writing_school

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.money.sales import Sale, sell
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status

FIRST = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The client 1 with the student 1."""
    with writing_school(make_school(tmp_path), FIRST) as school:
        assert student_of(school, add_client(school, "Анна", student="Петя")) == 1
        yield school


def sold(school: Any, *columns: str) -> tuple[Any, ...]:
    row = school.db.execute(f"SELECT {', '.join(columns)} FROM subscription ORDER BY id DESC LIMIT 1").fetchone()
    return tuple(row)


def covers(school: Any, subscription_id: int) -> tuple[list[int], list[int]]:
    def of(kind: str) -> list[int]:
        query = f"SELECT {kind}_id FROM subscription_{kind} WHERE subscription_id = ? ORDER BY 1"
        return [number for (number,) in school.db.execute(query, (subscription_id,))]

    return of("subject"), of("lesson_type")


def base(school: Any) -> str:
    (code,) = school.db.execute("SELECT base FROM client JOIN status ON status.id = client.status_id").fetchone()
    return str(code)


def test_a_subscription_keeps_the_terms_it_was_sold_on(school: Any) -> None:
    chess = add_entry(school, "subjects", "Шахматы")
    how = {"separate": True, "burn": True, "stop_at_end": True, "subject_ids": [chess], "lesson_type_ids": [1]}
    plan = add_plan(school, "package", 4000_00, 8, billing="upfront", **how)
    number = sell_plan(school, 1, plan, FIRST)
    columns = "kind price lessons billing separate burn stop_at_end origin is_trial first_on last_on"
    expected = ("package", 4000_00, 8, "upfront", 1, 1, 1, "sale", 0, "2026-09-01", None)
    assert sold(school, *columns.split()) == expected
    assert covers(school, number) == ([chess], [1])


def test_r41a_the_sale_may_differ_from_the_plan(school: Any) -> None:
    chess, robots = add_entry(school, "subjects", "Шахматы"), add_entry(school, "subjects", "Роботы")
    plan = add_plan(school, "lesson", 700_00, subject_ids=[chess], lesson_type_ids=[1])
    how = {"price": 0, "billing": "upfront", "separate": True, "subject_ids": [robots], "last_on": date(2026, 9, 9)}
    number = sell_plan(school, 1, plan, FIRST, sold_on=date(2026, 8, 30), **how)
    columns = ("price", "billing", "separate", "sold_on", "last_on")
    assert sold(school, *columns) == (0, "upfront", 1, "2026-08-30", "2026-09-09")
    assert covers(school, number) == ([robots], [1])


@pytest.mark.parametrize(
    ("length", "first", "last"),
    [
        ({"length_days": 1}, "2026-09-01", "2026-09-01"),
        ({"length_days": 30}, "2026-09-01", "2026-09-30"),
        ({"length_months": 1}, "2026-09-01", "2026-09-30"),
        ({"length_months": 1}, "2026-01-31", "2026-02-27"),
        ({"length_months": 12}, "2028-02-29", "2029-02-27"),
    ],
)
def test_r30_the_length_gives_the_last_day(school: Any, length: dict[str, int], first: str, last: str) -> None:
    sell_plan(school, 1, add_plan(school, "lesson", 1, **length), date.fromisoformat(first))
    assert sold(school, "last_on") == (last,)


def test_r7_a_sale_makes_bought_and_active_a_trial_one_and_an_import_do_not(school: Any) -> None:
    plan = add_plan(school, "lesson", 700_00)
    sell_plan(school, 1, plan, FIRST, trial=True)
    sell_plan(school, 1, plan, FIRST, origin="import")
    assert base(school) == "new"
    assert school.db.execute("SELECT count(*) FROM purchase").fetchone() == (0,)
    sell_plan(school, 1, plan, FIRST)
    assert base(school) == "bought"
    assert school.db.execute("SELECT studies, base FROM client JOIN status ON status.id = stage_id").fetchone() == (
        1,
        "active",
    )


def test_r7_nothing_is_sold_to_a_deleted_client(school: Any) -> None:
    set_status(school, [1], find_status(school.db, "deleted"))
    with pytest.raises(Refused, match="Анна"):
        sell_plan(school, 1, add_plan(school, "lesson", 1), FIRST)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"last_on": date(2026, 8, 31)}, "2026-08-31"),
        ({"price": -1}, "price"),
        ({"billing": "later"}, "later"),
        ({"student_id": 99}, "99"),
        ({"plan_id": 99}, "99"),
    ],
)
def test_what_can_not_be_sold_is_refused_and_named(school: Any, change: dict[str, Any], message: str) -> None:
    sale = {"student_id": 1, "plan_id": add_plan(school, "lesson", 1), "sold_on": FIRST, "first_on": FIRST}
    with pytest.raises((BadValue, NotFound), match=message):
        sell(school, Sale(**{**sale, **change}))
    assert school.db.execute("SELECT count(*) FROM subscription").fetchone() == (0,)


def test_a_month_upfront_needs_an_end(school: Any) -> None:
    plan = add_plan(school, "month", 3000_00, billing="upfront")
    with pytest.raises(BadValue, match="last day"):
        sell_plan(school, 1, plan, FIRST)
    sell_plan(school, 1, plan, FIRST, last_on=date(2026, 9, 30))


def test_an_archived_plan_is_not_sold(school: Any) -> None:
    plan = add_plan(school, "lesson", 1, name="Старый")
    school.db.execute("UPDATE plan SET archived_on = '2026-08-01'")
    with pytest.raises(Refused, match="Старый"):
        sell_plan(school, 1, plan, FIRST)
