"""Clients who may be one: who is found, who is not, and that the school's size is no hindrance (R52)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, writing_school

from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.contacts import add_contacts, read_contact
from schoolcrm.core.people.duplicates import find_duplicates
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.reports.duplicates import find_duplicate_rows


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


def found(school: Any) -> list[tuple[int, int, list[str]]]:
    return [tuple(one) for one in find_duplicates(school.db)]  # type: ignore[misc]


def test_r52_groups_with_their_reasons(school: Any) -> None:
    add_client(school, "Семёнова Алёна", phone="89160000001")
    add_client(school, "Борис Котов", phone="89160000002")
    add_client(school, "Алена Семенова")
    add_client(school, "Вера Львова", phone="+7 916 000-00-02")
    add_client(school, "Зоя Яркая")
    add_client(school, "Алена Симёнова")
    add_contacts(school, 4, [read_contact("email:KIT@x.org")])
    add_contacts(school, 5, [read_contact("email:kit@x.org")])
    assert found(school) == [
        (1, 1, ["name", "typo"]),
        (1, 3, ["name", "typo"]),
        (1, 6, ["typo"]),
        (2, 2, ["phone"]),
        (2, 4, ["phone", "email"]),
        (2, 5, ["email"]),
    ]


def listed(school: Any, registry: Any, *terms: str, column: str = "id", scope: str = "visible") -> set[Any]:
    wish = Wish(query=terms, columns=(column,), scope=scope)
    return {cell for (cell,) in list_rows(school.db, school.today, registry, wish).rows}


def test_r52_the_ready_filter_means_the_same_clients(school: Any) -> None:
    names = ("Семёнова Алёна", "Алена Семенова", "Алена Симёнова", "Зоя Яркая", "Ян", "Зоя Тихая", "Зоя Яркая")
    for name in names:
        add_client(school, name)
    add_contacts(school, 4, [read_contact("email:KIT@x.org")])
    add_contacts(school, 5, [read_contact("email:kit@x.org")])
    archive_clients(school, [7])
    found_ids = {one.client_id for one in find_duplicates(school.db)}
    assert found_ids == {1, 2, 3, 4, 5}
    assert listed(school, CLIENTS, "is:duplicate") == found_ids
    assert listed(school, CLIENTS, "^is:duplicate") == {6}
    assert listed(school, CLIENTS, "is:duplicate", scope="all") == found_ids
    assert listed(school, STUDENTS, "is:duplicate", column="client_id") == found_ids


def test_r52_nobody_out_of_sight(school: Any) -> None:
    for _ in range(3):
        add_client(school, "Анна Иванова", phone="89160000001")
    archive_clients(school, [1])
    set_status(school, [2], find_status(school.db, "deleted"))
    assert found(school) == []


def test_one_phone_twice_is_no_duplicate(school: Any) -> None:
    add_client(school, "Анна Иванова", phone="89160000001")
    add_contacts(school, 1, [read_contact("home:89160000001")])
    assert found(school) == []


def test_r52_the_list_tells_them_apart(school: Any) -> None:
    add_client(school, "Анна Иванова", student="Петя", phone="89160000001")
    add_client(school, "Иванова Анна", student="Маша")
    assert [tuple(row) for row in find_duplicate_rows(school.db)] == [
        (1, 1, "Анна Иванова", "+79160000001", ["Петя"], ["name"]),
        (1, 2, "Иванова Анна", None, ["Маша"], ["name"]),
    ]


def test_chains_become_one_group(school: Any) -> None:
    """Tied in any order: 5–4, 3–2, 2–1, 4–1."""
    for name, phones in (("А А", "12"), ("Б Б", "23"), ("В В", "3"), ("Г Г", "14"), ("Д Д", "4")):
        client_id = add_client(school, name)
        add_contacts(school, client_id, [read_contact(f"mobile:8916000000{digit}") for digit in phones])
    assert {(group, client) for group, client, _reasons in found(school)} == {(1, number) for number in range(1, 6)}
