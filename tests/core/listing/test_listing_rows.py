"""Pages of lists: columns, order, limits, who is seen (R7, R52)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.fields import Registry
from schoolcrm.core.listing.rows import LARGEST_PAGE, Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = make_school(tmp_path_factory.mktemp("rows"))
    with writing_school(path, date(2026, 7, 20)) as school:
        _fill(school)
    with writing_school(path) as school:
        yield school


def _fill(school: Any) -> None:
    """Anna has two children, a group, a package, money; Egor a debt and a lesson alone; Zoya and others nothing."""
    anna = add_client(school, "Анна Иванова", student="Пётр", phone="+79161234567")
    second = add_student(school, anna, "Маша")
    group = add_group(school, "Робо 1", "Робототехника", teacher_id=add_entry(school, "teachers", "Ким"))
    add_schedule(school, group_id=group, days="tue", first_on=date(2026, 7, 1))
    join(school, group, student_of(school, anna), date(2026, 7, 1))
    join(school, group, second, date(2026, 7, 1), date(2026, 8, 31))
    sell_plan(school, student_of(school, anna), add_plan(school, "package", 400000, 4), date(2026, 7, 1))
    pay(school, anna, 250000, date(2026, 7, 1))
    hold(school, group, date(2026, 7, 7), present=[student_of(school, anna)], absent={second: "УП"})
    egor = add_client(school, "егор Ёлкин")
    school.db.execute(
        "INSERT INTO payment (client_id, kind, on_date, amount, effect) VALUES (?, 'adjustment', '2026-07-05', -5, -5)",
        (egor,),
    )
    add_schedule(
        school, student_id=student_of(school, egor), days="mon", teacher_id=add_entry(school, "teachers", "Ли")
    )
    add_client(school, "Зоя Ежова")
    archived, deleted = add_client(school, "Архивная"), add_client(school, "Удалённая")
    school.db.execute("UPDATE client SET archived_on = '2026-07-15' WHERE id = ?", (archived,))
    school.db.execute(
        "UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'deleted') WHERE id = ?", (deleted,)
    )


def rows(school: Any, *columns: str, registry: Registry = CLIENTS, **wish: Any) -> list[Any]:
    found = list_rows(school.db, TODAY, registry, Wish(columns=columns, **wish)).rows
    return [row[0] for row in found] if len(columns) == 1 else found


def test_the_usual_columns_are_those_of_the_contract(school: Any) -> None:
    usual = [field.key for field in list_rows(school.db, TODAY, CLIENTS, Wish()).fields]
    assert usual == ["id", "name", "students", "phone", "status", "balance", "last_visit", "note"]
    usual = [field.key for field in list_rows(school.db, TODAY, STUDENTS, Wish()).fields]
    own = ["id", "name", "client", "client_id", "age", "groups"]
    assert usual == [*own, "balance", "lessons_left", "expires", "last_visit", "status"]


def test_every_column_of_the_contract_is_there() -> None:
    others = (
        "base stage lead source manager responsible_teacher teacher email contacts debt lessons_left expires"
        " last_payment last_purchase purchases next_purchase trial groups subjects levels subscription"
        " birthday age sex colour created archived"
    )
    assert set(others.split()) <= set(CLIENTS.fields)


def test_values_of_a_client_who_learns(school: Any) -> None:
    columns = ("students", "balance", "debt", "lessons_left", "expires", "groups", "teacher", "subscription")
    more = ("last_visit", "last_payment", "last_purchase", "purchases", "contacts", "subjects", "trial")
    (row,) = rows(school, *columns, *more, query=["анна"])
    assert row[:8] == (["Маша", "Пётр"], 150000, 0, 1, "2026-09-01", ["Робо 1"], ["Ким"], ["package 400000 / 4"])
    assert row[8:] == ("2026-07-07", "2026-07-01", "2026-07-01", 1, ["+79161234567"], [], None)


def test_values_of_students_are_their_own_but_for_the_money(school: Any) -> None:
    columns = ("name", "groups", "teacher", "balance", "lessons_left", "last_visit", "client_id")
    found = rows(school, *columns, registry=STUDENTS, query=["анна"])
    assert found == [
        ("Маша", [], [], 150000, 1, None, 1),
        ("Пётр", ["Робо 1"], ["Ким"], 150000, 1, "2026-07-07", 1),
    ]
    assert rows(school, "name", registry=STUDENTS, query=["teacher:ли"]) == ["егор Ёлкин"]


def test_lists_are_by_name_whatever_the_case_and_yo(school: Any) -> None:
    assert rows(school, "name") == ["Анна Иванова", "егор Ёлкин", "Зоя Ежова"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (["-name"], ["Зоя Ежова", "егор Ёлкин", "Анна Иванова"]),
        (["balance"], ["егор Ёлкин", "Зоя Ежова", "Анна Иванова"]),
        (["-balance", "name"], ["Анна Иванова", "Зоя Ежова", "егор Ёлкин"]),
        (["last_visit"], ["Анна Иванова", "егор Ёлкин", "Зоя Ежова"]),
        (["-last_visit"], ["Анна Иванова", "егор Ёлкин", "Зоя Ежова"]),
        (["-expires"], ["Анна Иванова", "егор Ёлкин", "Зоя Ежова"]),
        (["base", "-id"], ["Зоя Ежова", "егор Ёлкин", "Анна Иванова"]),
        (["-students"], ["Анна Иванова", "Зоя Ежова", "егор Ёлкин"]),
        (["phone", "-name"], ["Анна Иванова", "Зоя Ежова", "егор Ёлкин"]),
    ],
)
def test_sorting_puts_absent_values_last_and_ends_with_the_name(school: Any, sort: list[str], names: list[str]) -> None:
    assert rows(school, "name", sort=sort) == names


@pytest.mark.parametrize(("scope", "names"), [("archived", ["Архивная"]), ("all", ["Архивная", "Удалённая"])])
def test_archived_and_deleted_only_when_asked_for(school: Any, scope: str, names: list[str]) -> None:
    usual = rows(school, "name")
    assert not {"Архивная", "Удалённая"} & set(usual)
    for registry in (CLIENTS, STUDENTS):
        found = rows(school, "name", registry=registry, scope=scope)
        assert set(names) <= set(found)
        assert ("Анна Иванова" in found or "Пётр" in found) is (scope == "all")
    assert rows(school, "name", query=["is:archived"]) == ["Архивная"]
    assert rows(school, "name", query=["archived:2026-07"]) == ["Архивная"]


def test_limit_and_offset_cut_a_page(school: Any) -> None:
    assert rows(school, "name", limit=1) == ["Анна Иванова"]
    assert rows(school, "name", limit=2, offset=1) == ["егор Ёлкин", "Зоя Ежова"]
    assert rows(school, "name", offset=2) == ["Зоя Ежова"]
    assert rows(school, "name", limit=5, offset=9) == []
    for wish in ({"limit": -1}, {"offset": -1}, {"limit": 10**30}):
        with pytest.raises(BadValue):
            rows(school, "name", **wish)


def test_columns_and_sort_keys_must_be_known(school: Any) -> None:
    for wish in (
        {"columns": ["nam"]},
        {"sort": ["-nam"]},
        {"columns": ["subscription_end"]},
        {"sort": ["subscription_end"]},
    ):
        with pytest.raises(BadValue):
            list_rows(school.db, TODAY, CLIENTS, Wish(**wish))
    listing = list_rows(school.db, TODAY, CLIENTS, Wish(columns=["Last-Visit", "last_visit", "ID"]))
    assert [field.key for field in listing.fields] == ["last_visit", "id"]


@pytest.mark.parametrize("registry", [CLIENTS, STUDENTS], ids=["clients", "students"])
def test_a_page_and_the_whole_list_agree_in_every_column_and_order(school: Any, registry: Registry) -> None:
    listed = [field.key for field in registry.fields.values() if field.listed]
    for key in listed:
        for sort in ([key], [f"-{key}"]):
            whole = list_rows(school.db, TODAY, registry, Wish(columns=listed, sort=sort, scope="all"))
            page = list_rows(
                school.db, TODAY, registry, Wish(columns=listed, sort=sort, scope="all", limit=LARGEST_PAGE)
            )
            assert page.rows == whole.rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(0, 6),
    offset=st.integers(0, 6),
    sort=st.lists(st.sampled_from(sorted(CLIENTS.fields)), max_size=3),
)
def test_pages_put_together_are_the_list(school: Any, limit: int, offset: int, sort: list[str]) -> None:
    sort = [key for key in sort if CLIENTS.fields[key].listed]
    whole = rows(school, "id", "name", sort=sort, scope="all")
    page = rows(school, "id", "name", sort=sort, scope="all", limit=limit, offset=offset)
    assert page == whole[offset:][: limit or None]


def test_reading_needs_no_right_to_write(tmp_path: Path) -> None:
    from builders import reading_school

    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school)
    with reading_school(path) as school:
        listing = list_rows(school.db, TODAY, CLIENTS, Wish(query=["анна"], sort=["-balance", "expires"], limit=5))
    assert [row[1] for row in listing.rows] == ["Анна Иванова"]


@pytest.mark.parametrize("registry", [CLIENTS, STUDENTS], ids=["clients", "students"])
@pytest.mark.parametrize("first_names", [0, 1, 2, 5, 2000])
@pytest.mark.parametrize(
    "query", [("а",), ("маша",), ("916",), ("zzz",), ("^маша",), ("о", "а"), ("а", "is:grouped"), ("is:lead",)], ids=str
)
def test_a_page_of_those_with_a_word_is_the_beginning_of_all_of_them(
    school: Any, monkeypatch: pytest.MonkeyPatch, registry: Registry, first_names: int, query: tuple[str, ...]
) -> None:
    monkeypatch.setattr("schoolcrm.core.listing.rows.FIRST_NAMES", first_names)
    for scope in ("visible", "archived", "all"):
        everybody = rows(school, "id", registry=registry, query=query, scope=scope)
        for limit in (1, 2, 3):
            for offset in range(len(everybody) + 1):
                page = rows(school, "id", registry=registry, query=query, scope=scope, limit=limit, offset=offset)
                assert page == everybody[offset : offset + limit]
