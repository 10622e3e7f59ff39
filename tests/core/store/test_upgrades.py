"""A file of every schema that was ever released is brought up with nothing lost."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY

from schoolcrm.core.store.checking import faults_of_schema
from schoolcrm.core.store.database import SCHEMA_VERSION, reading
from schoolcrm.core.store.journal import OWN_TABLES

DATA = Path(__file__).parents[2] / "data"
RELEASED = sorted(DATA.glob("schema-*.db.gz"))


def released(version: int, folder: Path) -> Path:
    """Lay the school that a program of that schema left behind into the folder."""
    file = folder / "school.db"
    file.write_bytes(gzip.decompress((DATA / f"schema-{version}.db.gz").read_bytes()))
    return file


def records(file: Path) -> dict[str, tuple[list[str], list[Any]]]:
    """Return the columns and rows of every table, whatever the version."""
    with closing(sqlite3.connect(file)) as db:
        tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        found = {}
        for (table,) in tables.fetchall():
            columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
            rows = db.execute(f'SELECT * FROM "{table}" ORDER BY {", ".join(map(str, range(1, len(columns) + 1)))}')
            found[table] = (columns, rows.fetchall())
        return found


def sums(file: Path) -> list[Any]:
    with closing(sqlite3.connect(file)) as db:
        return [
            db.execute("SELECT * FROM account_balance ORDER BY 1, 2").fetchall(),
            db.execute("SELECT count(*), sum(amount) FROM ledger_entry").fetchone(),
            db.execute("SELECT count(*), sum(charge), sum(price), sum(share) FROM mark").fetchone(),
            db.execute("SELECT count(*) FROM visible_client").fetchone(),
            db.execute("SELECT * FROM purchase ORDER BY subscription_id").fetchall(),
        ]


def test_there_is_a_file_of_every_earlier_schema() -> None:
    assert [int(file.name.split("-")[1].split(".")[0]) for file in RELEASED] == list(range(1, SCHEMA_VERSION))


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_earlier_file_is_brought_up_with_nothing_lost(version: int, tmp_path: Path) -> None:
    file = released(version, tmp_path)
    before, money = records(file), sums(file)
    with reading(file, TODAY) as school:
        assert school.db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert school.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert school.db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert list(faults_of_schema(school.db)) == []
    assert sums(file) == money
    after = records(file)
    for table, (columns, rows) in before.items():
        names, found = after[table]
        places = [names.index(column) for column in columns]
        assert [tuple(row[place] for place in places) for row in found] == rows, table
    assert all(before[table][1] == after[table][1] for table in OWN_TABLES if table != "journal_state")


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_the_file_as_it_was_is_kept_beside_it(version: int, tmp_path: Path) -> None:
    file = released(version, tmp_path)
    before = records(file)
    with reading(file, TODAY):
        pass
    assert records(file.with_name(f"{file.name}.before-{version + 1:04d}")) == before
