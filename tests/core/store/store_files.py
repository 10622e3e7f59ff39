"""Schools of samples as files, and what is in them."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import TODAY, USER
from store_samples import SAMPLES, Row, record_name

from schoolcrm.core.store.database import reading
from schoolcrm.core.store.journal import Change, begin_operation, end_operation, read_changes
from schoolcrm.core.store.migrations import create
from schoolcrm.core.store.transaction import WritableSchool, writing

Records = dict[tuple[str, int | str], Row]


@contextmanager
def one_operation(db: sqlite3.Connection) -> Iterator[None]:
    """Hold one transaction and operation on a bare connection."""
    db.execute("BEGIN IMMEDIATE")
    number = begin_operation(db, USER, "init")
    yield
    end_operation(db, number)
    db.execute("COMMIT")


def fill(db: sqlite3.Connection) -> None:
    """Write one record of every table."""
    with one_operation(db):
        for table, row in SAMPLES.items():
            insert(db, table, row)


def fill_more(db: sqlite3.Connection) -> None:
    """Write the samples, and two more clients, students, fields and lessons of the group."""
    fill(db)
    with one_operation(db):
        for extra in (2, 3):
            insert(db, "client", SAMPLES["client"] | {"id": extra})
            insert(db, "student", SAMPLES["student"] | {"id": extra, "client_id": extra})
            insert(db, "field", SAMPLES["field"] | {"id": extra, "name_key": str(extra)})
            lesson = {"id": extra, "on_date": f"2026-01-1{extra}", "time": f"1{extra}:00"}
            insert(db, "lesson", SAMPLES["lesson"] | lesson | {"schedule_id": None, "occurrence_on": None})


@cache
def filled() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "school.db"
        create(file, fill_more)
        return file.read_bytes()


def make_filled(folder: Path) -> Path:
    """Make a school of `fill_more` in the folder."""
    file = folder / "school.db"
    file.write_bytes(filled())
    return file


def operate(file: Path, work: Callable[[WritableSchool], object], **options: Any) -> int:
    """Do the work as one operation and return its number."""
    with writing(file, TODAY, user=USER, command="test", **options) as school:
        work(school)
        return school.operation_id


def changes_of(file: Path, operation: int) -> list[Change]:
    """Return what the journal says an operation did."""
    with reading(file, TODAY) as school:
        return list(read_changes(school.db, operation))


def state(file: Path) -> Records:
    """Return every record of the school."""
    with reading(file, TODAY) as school:
        return snapshot(school.db)


def whole(file: Path) -> str:
    """Return the whole file, journal included, as one comparable text."""
    with reading(file, TODAY) as school:
        return dump(school.db)


def insert(db: sqlite3.Connection, table: str, row: Row) -> None:
    """Write the row."""
    columns = ", ".join(f'"{name}"' for name in row)
    db.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(row))})', list(row.values()))


def snapshot(db: sqlite3.Connection) -> Records:
    """Return every record of every table of the school (the journal's own aside) under its name."""
    found: Records = {}
    for table in SAMPLES:
        rows = db.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in rows.description]
        for values in rows:
            row = dict(zip(names, values, strict=True))
            found[table, record_name(table, row)] = row
    return found


def dump(db: sqlite3.Connection) -> str:
    """Return the whole file, journal included, as one comparable text."""
    return json.dumps(list(db.iterdump()), ensure_ascii=False)


@cache
def permissions_hold() -> bool:
    """Whether this process is bound by permissions, which root as a rule is not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o500)
        return not os.access(folder, os.W_OK)


needs_permissions = pytest.mark.skipif(not permissions_hold(), reason="this user may write anywhere")
