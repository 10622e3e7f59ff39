"""The school's own statuses: added, renamed, made automatic, deleted (R2–R5)."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, reading_school, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from status_facts import base_of, sold, stage_of, status_id

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.listing.conditions import means_deleted
from schoolcrm.core.rules.status import SCALES
from schoolcrm.core.statuses.catalogue import automatic_status, find_status, living_status, read_statuses
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.entries import (
    add_status,
    count_holders,
    delete_status,
    find_base,
    make_automatic,
    rename_status,
)
from schoolcrm.core.statuses.events import subscription_sold
from schoolcrm.core.statuses.history import find_history
from schoolcrm.core.statuses.recompute import recompute

TODAY = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        yield school


def archive(school: Any, client_id: int) -> None:
    school.db.execute("UPDATE client SET archived_on = '2026-09-01' WHERE id = ?", (client_id,))


def test_r2_a_new_status_is_never_automatic(school: Any) -> None:
    vip = add_status(school, "funnel", "bought", " VIP\n клиент ")
    status = read_statuses(school.db)[vip]
    assert (status.scale, status.base, status.name, status.automatic) == ("funnel", "bought", "VIP клиент", False)
    assert automatic_status(school.db, "funnel", "bought") != vip == find_status(school.db, "vip КЛИЕНТ")


@pytest.mark.parametrize("name", ["", " \t", "\u200b", "\x00\x07", "42", "#REF!", "Ы" * 201])
def test_r2_a_name_is_a_line_with_a_letter(school: Any, name: str) -> None:
    with pytest.raises(BadValue):
        add_status(school, "funnel", "new", name)
    with pytest.raises(BadValue):
        rename_status(school, status_id(school, "new"), name)


def test_r1_every_base_is_found_by_code_and_both_names() -> None:
    for scale, bases in SCALES.items():
        for base, name in bases.items():
            assert find_base(f"{scale}:{base}") == (scale, base)
            assert find_base(f"{scale}:{name}") == (scale, base)
    assert find_base("Новый") == ("funnel", "new")
    assert find_base("этап:Новый") == ("loyalty", "newcomer")
    assert find_base("Прошел пробное") == ("funnel", "trial-done")
    with pytest.raises(NotFound):
        find_base("funnel:regular")


@pytest.mark.parametrize("even_so", [False, True])
@pytest.mark.parametrize("name", ["Резерв", "  Резерв ", "Записался на  пробное занятие"])
def test_r3_the_same_name_is_never_added_twice(school: Any, name: str, even_so: bool) -> None:
    with pytest.raises(Refused, match='There is a status "'):
        add_status(school, "funnel", "reserve", name, even_so=even_so)


def test_r3_of_two_near_names_the_same_one_is_offered(school: Any) -> None:
    for name in ("Думаем", "думает"):
        add_status(school, "funnel", "in-work", name, even_so=True)
    with pytest.raises(Refused, match='"думает" already, under the base "In work", nearly the same as "Думает"'):
        add_status(school, "funnel", "in-work", "Думает")


def test_r3_the_name_of_a_base_is_free_under_that_base_only(school: Any) -> None:
    rename_status(school, status_id(school, "new"), "Свежий")
    with pytest.raises(Refused, match='"Свежий" already, under the base "New", and "Новый" means that one'):
        add_status(school, "funnel", "reserve", "Новый")
    added = add_status(school, "funnel", "new", "Новый")
    assert find_status(school.db, "новый") == added
    assert find_status(school.db, "new") == status_id(school, "new") != added


def test_r1_a_base_code_means_the_base_whatever_a_status_is_called(school: Any) -> None:
    added = add_status(school, "funnel", "reserve", "new", even_so=True)
    assert find_status(school.db, "new") == status_id(school, "new")
    assert find_status(school.db, "funnel:new") == status_id(school, "new")
    assert find_status(school.db, "NEW") == added


@given(st.text(st.sampled_from("абвгдежз "), min_size=5, max_size=14), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_r3_one_edit_of_a_name_is_refused_unless_even_so(school: Any, name: str, chance: random.Random) -> None:
    name = "жду " + name
    place = chance.randrange(len(name))
    edited = chance.choice([name[:place] + name[place + 1 :], name[:place] + "ю" + name[place:], name.upper()])
    school.db.execute("SAVEPOINT one")
    add_status(school, "funnel", "in-work", name)
    with pytest.raises(Refused):
        add_status(school, "funnel", "reserve", edited)
    if " ".join(edited.split()) != " ".join(name.split()):
        add_status(school, "funnel", "reserve", edited, even_so=True)
    school.db.execute("ROLLBACK TO one")


def test_r3_renaming_is_not_checked_against_itself(school: Any) -> None:
    bought = status_id(school, "bought")
    assert rename_status(school, bought, "Купил абонементы")
    assert rename_status(school, bought, "купил абонемент")
    assert not rename_status(school, bought, " купил  абонемент")
    assert rename_status(school, bought, "Купил")
    assert find_status(school.db, "купил") == find_status(school.db, "Купил абонемент") == bought
    with pytest.raises(Refused):
        rename_status(school, bought, "Отказалса")
    assert rename_status(school, bought, "Отказалса", even_so=True)


@pytest.mark.parametrize(("scale", "base"), [("funnel", "bought"), ("loyalty", "active")])
def test_r4_everybody_of_the_former_one_moves_and_hand_set_ones_stay(school: Any, scale: str, base: str) -> None:
    clients = [add_client(school, name) for name in ("Анна", "Олег", "Инна", "Вера")]
    former = status_id(school, base, scale)
    chosen, other = add_status(school, scale, base, "Иначе"), add_status(school, scale, base, "Особый")
    set_status(school, clients[:3], former)
    set_status(school, clients[3:], other)
    archive(school, clients[1])
    assert make_automatic(school, chosen) == 3
    column = "status_id" if scale == "funnel" else "stage_id"
    rows = school.db.execute(f"SELECT {column} FROM client ORDER BY id").fetchall()
    assert rows == [(chosen,), (chosen,), (chosen,), (other,)]
    assert automatic_status(school.db, scale, base) == chosen
    assert count_holders(school.db, chosen) == (3, 1)
    newest = find_history(school.db, clients[1])[0]
    assert (newest.origin, newest.to, newest.reason) == (
        school.db.execute("SELECT name FROM status WHERE id = ?", (former,)).fetchone()[0], "Иначе", "default-switched",
    )  # fmt: skip
    assert make_automatic(school, chosen) == 0


def test_r4_deleted_clients_move_too_and_events_use_the_new_one(school: Any) -> None:
    gone, anna = add_client(school, "Гость", status="deleted"), add_client(school, "Анна")
    spam = add_status(school, "funnel", "deleted", "Спам")
    assert make_automatic(school, spam) == 1
    assert base_of(school, gone) == "deleted"
    vip = add_status(school, "funnel", "bought", "VIP")
    make_automatic(school, vip)
    subscription_sold(school, anna, sold(school, anna, TODAY))
    assert school.db.execute("SELECT status_id FROM client WHERE id = ?", (anna,)).fetchone() == (vip,)


def test_r4_r9_a_stage_set_by_hand_is_still_kept_after_the_switch(school: Any) -> None:
    anna = add_client(school, "Анна")
    set_status(school, [anna], status_id(school, "former", "loyalty"))
    make_automatic(school, add_status(school, "loyalty", "former", "Ушёл"))
    assert recompute(school).changed == 0
    assert stage_of(school, anna) == "former"


def refusal(school: Any, number: int) -> str:
    with pytest.raises(Refused) as refused:
        delete_status(school, number)
    assert read_statuses(school.db)[number]
    return refused.value.sentence


def test_r5_every_failing_condition_is_named(school: Any) -> None:
    anna, oleg = add_client(school, "Анна"), add_client(school, "Олег")
    new, reserve = status_id(school, "new"), status_id(school, "reserve")
    archive(school, oleg)
    automatic = 'It is the automatic one of the base "{}".'
    held = "2 clients have it (in the archive: 1)."
    start = 'The status "Новый" can\'t be deleted.'
    assert refusal(school, new) == f"{start} {automatic.format('New')} {held} Its base has no other."
    assert refusal(school, reserve) == (
        f'The status "Резерв" can\'t be deleted. {automatic.format("Reserve")} Its base has no other.'
    )
    other = add_status(school, "funnel", "new", "С сайта")
    assert refusal(school, new) == f"{start} {automatic.format('New')} {held}"
    make_automatic(school, other)
    set_status(school, [anna, oleg], new)
    assert refusal(school, new) == f"{start} {held}"
    set_status(school, [anna], reserve)
    assert refusal(school, new) == f"{start} 1 client has it (in the archive: 1)."
    set_status(school, [oleg], reserve)
    assert delete_status(school, new) is True


def test_r5_deleted_clients_count_and_so_does_the_stage(school: Any) -> None:
    anna = add_client(school, "Анна")
    spam, loyal = add_status(school, "funnel", "deleted", "Спам"), add_status(school, "loyalty", "regular", "Свой")
    set_status(school, [anna], spam)
    set_status(school, [anna], loyal)
    assert "1 client has it." in refusal(school, spam)
    assert "1 client has it." in refusal(school, loyal)


def test_r5_a_deleted_status_is_found_nowhere_but_in_histories(school: Any) -> None:
    anna, reserve = add_client(school, "Анна"), status_id(school, "reserve")
    summer = add_status(school, "funnel", "reserve", "Лето")
    set_status(school, [anna], summer)
    set_status(school, [anna], reserve)
    assert delete_status(school, summer) is True
    assert summer not in read_statuses(school.db)
    for ref in ("Лето", str(summer), "лет", "funnel:Лето"):
        with pytest.raises(NotFound):
            find_status(school.db, ref)
    assert [change.to for change in find_history(school.db, anna) if change.scale == "funnel"] == [
        "Резерв", "Лето", "Новый",
    ]  # fmt: skip
    assert living_status(school.db, summer) == reserve
    again = add_status(school, "funnel", "in-work", "Лето")
    assert find_status(school.db, "лето") == again == living_status(school.db, again)
    assert rename_status(school, again, "Зима")
    assert rename_status(school, again, "Лето")


def test_r5_without_a_history_it_is_gone_for_good(school: Any) -> None:
    number = add_status(school, "loyalty", "regular", "Свой")
    assert delete_status(school, number) is False
    assert school.db.execute("SELECT 1 FROM status WHERE id = ?", (number,)).fetchone() is None


def test_r5_r7_the_name_of_a_deleted_status_does_not_hide_who_is_deleted(school: Any) -> None:
    anna = add_client(school, "Анна")
    for base in ("reserve", "deleted"):
        spam = add_status(school, "funnel", base, "Спам")
        assert means_deleted(school.db, "спам") is (base == "deleted")
        set_status(school, [anna], spam)
        set_status(school, [anna], status_id(school, base))
        if base == "reserve":
            delete_status(school, spam)


def test_r3_r5_the_database_itself_keeps_names_apart(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with pytest.raises(sqlite3.IntegrityError), writing_school(path) as school:
        school.db.execute("UPDATE status SET name = 'Резерв' WHERE base = 'new'")
    with reading_school(path) as school:
        assert find_status(school.db, "Резерв") == 8
