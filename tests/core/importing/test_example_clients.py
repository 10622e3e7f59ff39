"""The example files: made by examples/make_clients.py, and read as the walk-through says."""

import runpy
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from schoolcrm.core.importing.client_row import ClientRow, RejectedRow
from schoolcrm.core.importing.families import Families
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import Fate, map_headings
from schoolcrm.core.importing.reading import open_source
from schoolcrm.core.importing.rows import ClientRows, read_rows

EXAMPLES = Path(__file__).parents[3] / "examples"
TODAY = date(2026, 9, 1)


def read_example(name: str) -> tuple[ClientRows, list[ClientRow | RejectedRow]]:
    source = open_source(EXAMPLES / name, known=CLIENT_FIELDS.headings)
    with source:
        rows = read_rows(source, map_headings(source.headings, new_fields=True), TODAY)
        return rows, list(rows)


@pytest.mark.parametrize("name", ["clients.csv", "clients-with-errors.csv", "clients.xlsx"])
def test_the_generator_makes_the_files_that_lie_there(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    made = runpy.run_path(str(EXAMPLES / "make_clients.py"))
    made["main"].__globals__["FOLDER"] = tmp_path
    made["main"]()
    if name.endswith(".csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes()
    else:
        tables = []
        for folder in (tmp_path, EXAMPLES):
            with open_source(folder / name, known=CLIENT_FIELDS.headings) as source:
                tables.append(list(source.rows()))
        assert tables[0] == tables[1]


@pytest.mark.parametrize("name", ["clients.csv", "clients.xlsx"])
def test_every_row_of_the_example_imports(name: str) -> None:
    rows, found = read_example(name)
    assert [row for row in found if isinstance(row, RejectedRow)] == []
    assert len(found) == 314
    assert rows.passed_over.totals == 1
    families = Families()
    placed = [families.place(row) for row in found if isinstance(row, ClientRow)]
    assert sum(place.new_student for place in placed) == 314
    assert sum(place.new_client for place in placed) == 267


def test_both_examples_say_the_same() -> None:
    said: list[list[tuple[object, ...]]] = []
    for name in ("clients.csv", "clients.xlsx"):
        _rows, found = read_example(name)
        said.append(
            [
                (row.student_key, row.client_key, row.birthday, row.phones, row.balance, row.price, row.last_visit)
                for row in found
                if isinstance(row, ClientRow)
            ]
        )
    assert said[0] == said[1]


def test_the_example_is_a_believable_school() -> None:
    _rows, found = read_example("clients.csv")
    clients = [row for row in found if isinstance(row, ClientRow)]
    assert any(row.balance is not None and row.balance < 0 for row in clients)
    assert sum(row.student_is_client for row in clients) == 22
    assert any(len(row.phones) > 1 for row in clients)
    assert any(len(row.groups) > 1 for row in clients)
    assert all(phone.startswith("+7900000") for row in clients for phone in row.phones)
    assert {"Купил абонемент", "Новый", "Отказался", "Резерв", "В работе"} <= {row.status for row in clients}


def test_the_phones_of_the_example_are_possible_ones() -> None:
    import phonenumbers

    _rows, found = read_example("clients.csv")
    for row in found:
        assert isinstance(row, ClientRow)
        assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in row.phones)


def test_one_heading_of_the_example_is_left_for_a_custom_field() -> None:
    with open_source(EXAMPLES / "clients.csv", known=CLIENT_FIELDS.headings) as source:
        unknown = map_headings(source.headings).with_fate(Fate.UNKNOWN)
    assert [column.heading for column in unknown] == ["Школа"]


def test_the_example_with_errors_has_five_of_them() -> None:
    _rows, found = read_example("clients-with-errors.csv")
    bad = [row for row in found if isinstance(row, RejectedRow)]
    assert (len(found), [row.line for row in bad]) == (12, [3, 5, 8, 10, 12])
    assert all(len(row.problems) == 1 for row in bad)


def test_an_example_read_twice_brings_nobody_new(read_clients: Callable[..., list[ClientRow | RejectedRow]]) -> None:
    rows = [row for row in read_clients(EXAMPLES / "clients.csv") if isinstance(row, ClientRow)]
    families = Families()
    for row in rows:
        families.place(row)
    assert not any(families.place(row).new_student for row in rows)
