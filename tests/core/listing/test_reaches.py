"""How lists ask how far the money of clients reaches: together if announced, else the next ones too."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, writing_school

from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.functions import Reaches
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.money import coverage

TODAY = date(2026, 9, 1)
MANY = 40


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        for number in range(MANY):
            add_client(school, f"Анна {MANY - number:02}", student="Петя")
        yield school


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The clients whose coverage was read, one list each time."""
    read: list[list[int]] = []
    as_it_is = coverage.client_coverages

    def client_coverages(db: Any, client_ids: list[int], today: date) -> Any:
        read.append(list(client_ids))
        return as_it_is(db, client_ids, today)

    monkeypatch.setattr(coverage, "client_coverages", client_coverages)
    return read


def test_announced_clients_are_read_together_when_the_first_is_asked_for(school: Any, read: list[list[int]]) -> None:
    reaches = Reaches(school.db, TODAY)
    reaches.expect([7, 3, 5])
    assert read == []
    assert [reaches.of(number) for number in (3, 5, 7, 5)] == [(0, None)] * 4
    assert read == [[3, 5, 7]]


def test_in_order_more_and_more_are_read_ahead(school: Any, read: list[list[int]]) -> None:
    reaches = Reaches(school.db, TODAY)
    for number in range(1, MANY + 1):
        reaches.of(number)
    assert [len(some) for some in read] == [1, 2, 4, 8, 16, 9]


def test_out_of_order_nothing_is_read_ahead(school: Any, read: list[list[int]]) -> None:
    reaches = Reaches(school.db, TODAY)
    for number in range(MANY, 0, -1):
        reaches.of(number)
    assert read == [[number] for number in range(MANY, 0, -1)]


def test_what_was_read_ahead_in_vain_ends_it(school: Any, read: list[list[int]]) -> None:
    reaches = Reaches(school.db, TODAY)
    for number in (1, 2, 3, 4, 8, 20):
        reaches.of(number)
    assert read == [[1], [2, 3], [4, 5, 6, 7], [8], [20, 21]]


@pytest.mark.parametrize(
    "wish",
    [
        Wish(columns=["name", "expires"]),
        Wish(columns=["name", "lessons_left"], sort=["-expires"]),
        Wish(columns=["name"], sort=["lessons_left"], limit=3),
        Wish(columns=["name", "expires"], limit=MANY),
    ],
)
def test_a_list_reads_its_clients_once(school: Any, read: list[list[int]], wish: Wish) -> None:
    list_rows(school.db, TODAY, CLIENTS, wish)
    assert read == [list(range(1, MANY + 1))]


def test_a_page_asks_for_its_own_clients_alone(school: Any, read: list[list[int]]) -> None:
    list_rows(school.db, TODAY, CLIENTS, Wish(columns=["name", "expires"], limit=2))
    assert read == [[MANY - 1, MANY]]
    read.clear()
    list_rows(school.db, TODAY, CLIENTS, Wish(columns=["name"]))
    assert read == []
