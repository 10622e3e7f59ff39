"""Statuses set by hand (R6) and named (R1); the history they leave (R10)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    USER,
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    reading_school,
    sell_plan,
    student_of,
    writing_school,
)
from status_facts import add_status, base_of, sold, stage_of, status_id

from schoolcrm.core.errors import Ambiguous, NotFound
from schoolcrm.core.rules.status import FUNNEL, LOYALTY
from schoolcrm.core.statuses.catalogue import automatic_status, find_status, read_statuses
from schoolcrm.core.statuses.change import set_status

TODAY = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        yield school


def test_r2_statuses_come_in_the_order_of_the_scales_the_automatic_one_first(school: Any) -> None:
    vip = add_status(school, "bought", "Абонент VIP")
    statuses = list(read_statuses(school.db).values())
    assert [status.base for status in statuses if status.automatic] == [*FUNNEL, *LOYALTY]
    bought = [status for status in statuses if status.base == "bought"]
    assert [(status.name, status.automatic) for status in bought] == [("Купил абонемент", True), ("Абонент VIP", False)]
    assert bought[1].id == vip != automatic_status(school.db, "funnel", "bought")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(
    ("ref", "scale", "base"),
    [
        ("bought", "funnel", "bought"),
        ("Купил абонемент", "funnel", "bought"),
        ("прошёл пробное", "funnel", "trial-done"),
        ("Удален", "funnel", "deleted"),
        ("Bought a subscription", "funnel", "bought"),
        ("новый", "funnel", "new"),
        ("loyalty:новый", "loyalty", "newcomer"),
        ("этап: Новый", "loyalty", "newcomer"),
        ("funnel:new", "funnel", "new"),
        ("active", "loyalty", "active"),
        ("Рабочий", "loyalty", "active"),
    ],
)
def test_r1_a_status_is_named_in_any_language(tmp_path: Path, language: str, ref: str, scale: str, base: str) -> None:
    with reading_school(make_school(tmp_path, language)) as school:
        assert find_status(school.db, ref) == automatic_status(school.db, scale, base)


def test_r1_own_names_ids_and_parts_of_names(school: Any) -> None:
    vip, thinks = add_status(school, "bought", "vip: старый"), add_status(school, "in-work", "думает")
    assert find_status(school.db, "VIP: старый") == vip
    assert find_status(school.db, str(thinks)) == thinks
    assert find_status(school.db, "дум") == thinks
    assert find_status(school.db, "funnel:думает") == thinks
    assert find_status(school.db, "Новый", "loyalty") == automatic_status(school.db, "loyalty", "newcomer")
    with pytest.raises(NotFound):
        find_status(school.db, "loyalty:думает")
    with pytest.raises(Ambiguous) as error:
        find_status(school.db, "пробное занятие")
    assert [label for _id, label in error.value.candidates] == [
        "Записался на пробное занятие · Booked a trial lesson",
        "Посетил пробное занятие · Attended a trial lesson",
    ]


def test_r1_a_base_still_means_its_automatic_status_when_that_has_another_name(school: Any) -> None:
    school.db.execute("UPDATE status SET name = 'Новичок', name_key = 'новичок' WHERE base = 'new'")
    assert find_status(school.db, "Новый") == automatic_status(school.db, "funnel", "new")
    assert find_status(school.db, "новичок") == automatic_status(school.db, "funnel", "new")


def test_r1_an_unknown_name_is_answered_with_the_nearest(school: Any) -> None:
    with pytest.raises(NotFound, match='"Отказалсо"') as error:
        find_status(school.db, "Отказалсо")
    assert error.value.hint == "Did you mean: Отказался?"


def test_r6_r10_by_hand_in_bulk_with_a_reason(school: Any) -> None:
    clients = [add_client(school, name) for name in ("Анна", "Олег", "Инна")]
    reserve = status_id(school, "reserve")
    assert set_status(school, clients[:1], reserve) == 1
    assert set_status(school, [*clients, clients[1]], reserve, reason_note="до сентября") == 2
    assert [base_of(school, client) for client in clients] == ["reserve"] * 3
    rows = school.db.execute(
        "SELECT client_id, note, user, on_date, reason FROM status_change WHERE reason = 'hand' ORDER BY id"
    )
    assert rows.fetchall() == [
        (clients[0], None, USER, "2026-09-01", "hand"),
        (clients[1], "до сентября", USER, "2026-09-01", "hand"),
        (clients[2], "до сентября", USER, "2026-09-01", "hand"),
    ]


def test_r6_setting_the_same_status_again_changes_nothing(school: Any) -> None:
    client = add_client(school)
    set_status(school, [client], status_id(school, "reserve"))
    assert set_status(school, [client], status_id(school, "reserve")) == 0
    assert set_status(school, [], status_id(school, "reserve")) == 0


def test_r6_any_client_can_be_put_into_any_status(school: Any) -> None:
    client = add_client(school, status="deleted")
    for status in read_statuses(school.db).values():
        set_status(school, [client], status.id)
        assert (base_of if status.scale == "funnel" else stage_of)(school, client) == status.base


def test_r50_becoming_bought_sets_studies_and_leaving_it_does_not_take_it_back(school: Any) -> None:
    client = add_client(school)
    for base, studies in (("reserve", 0), ("bought", 1), ("refused", 1)):
        set_status(school, [client], status_id(school, base))
        assert school.db.execute("SELECT studies FROM client").fetchone() == (studies,)


def test_r9_a_stage_set_by_hand_remembers_the_last_purchase(school: Any) -> None:
    client = add_client(school)
    sold(school, client, TODAY)
    number = sold(school, client, TODAY)
    set_status(school, [client], status_id(school, "former", "loyalty"))
    row = school.db.execute("SELECT subscription_id FROM status_change WHERE reason = 'hand'").fetchone()
    assert row == (number,)


def test_r7_r31_lessons_to_come_of_a_deleted_client_are_gone_and_come_back(school: Any) -> None:
    """Of 3000 for September a Tuesday costs a fifth, and all of it when there are no others to come."""
    client = add_client(school, "Зоя Белова", student="Яна Белова")
    student = student_of(school, client)
    group = add_group(school, "Робо 1")
    join(school, group, student, TODAY)
    add_schedule(school, group_id=group, days="tue", time="10:00", first_on=TODAY)
    sell_plan(school, student, add_plan(school, "month", 300_000), TODAY)
    hold(school, group, TODAY, present=[student])
    charges = []
    for status in ("new", "deleted", "deleted", "reserve"):
        set_status(school, [client], find_status(school.db, status))
        charges += school.db.execute("SELECT charge FROM mark").fetchone()
    assert charges == [60_000, 300_000, 300_000, 60_000]
