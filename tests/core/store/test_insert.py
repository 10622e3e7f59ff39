"""The light door: rows written without the models hold what the models would have let in."""

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, USER
from store_samples import SAMPLES

from schoolcrm.core.store.migrations import create
from schoolcrm.core.store.transaction import WritableSchool, writing


@pytest.fixture
def school(tmp_path: Path) -> Iterator[WritableSchool]:
    """An empty school inside one write transaction."""
    path = tmp_path / "school.db"
    create(path, lambda db: None)
    with writing(path, TODAY, user=USER, command="test") as opened:
        yield opened


def fill_up_to(school: WritableSchool, table: str) -> None:
    """Write the samples that the table's sample stands on."""
    for name, row in SAMPLES.items():
        if name == table:
            return
        school.insert(name, **row)


@pytest.mark.parametrize("table", SAMPLES)
def test_a_row_is_written_as_it_was_given_and_recorded(table: str, school: WritableSchool) -> None:
    fill_up_to(school, table)
    number = school.insert(table, **SAMPLES[table])
    stored = school.db.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in stored.description]
    assert dict(zip(names, stored.fetchone(), strict=True)) == SAMPLES[table]
    assert number == SAMPLES[table].get("id", number)
    changes = school.db.execute("SELECT kind FROM change WHERE entity = ?", (table,))
    assert changes.fetchall() == [("insert",)]


def test_numbers_are_given_by_the_database(school: WritableSchool) -> None:
    assert [school.insert("subject", name=name, name_key=name) for name in ("a", "b")] == [1, 2]


def test_days_and_truths_are_kept_as_the_tables_keep_them(school: WritableSchool) -> None:
    fill_up_to(school, "client")
    given = SAMPLES["client"] | {"created_on": date(2026, 1, 5), "studies": True}
    school.insert("client", **given)
    assert school.db.execute("SELECT created_on, studies FROM client").fetchone() == ("2026-01-05", 1)


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("client", "nmae", "Анна"),
        ("client", "created_on", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("client", "created_on", "yesterday"),
        ("client", "created_on", None),
        ("client", "birthday", 20260101),
        ("client", "studies", 2),
        ("client", "status_id", "1"),
        ("client", "status_id", None),
        ("client", "status_id", 99),
        ("client", "name", ""),
        ("client", "name", b"Anna"),
        ("client", "note", 5),
        ("client", "sex", "nonsense"),
        ("payment", "amount", 100.0),
        ("payment", "amount", "100"),
        ("payment", "kind", "nonsense"),
        ("payment", "effect", 0),
        ("lesson", "time", "9:05"),
        ("subscription", "last_on", date(2025, 12, 31)),
    ],
)
def test_what_the_models_refuse_is_refused(table: str, field: str, value: Any, school: WritableSchool) -> None:
    fill_up_to(school, table)
    with pytest.raises((TypeError, sqlite3.IntegrityError)):
        school.insert(table, **SAMPLES[table] | {field: value})


def test_a_refusal_keeps_the_value_to_itself(school: WritableSchool) -> None:
    with pytest.raises(TypeError) as caught:
        school.insert("client", note=("Тайна",))  # type: ignore[arg-type]
    assert str(caught.value) == "client.note takes no tuple"
