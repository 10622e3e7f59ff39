"""A step of the ladder is taken whole or not at all, and what was there before is kept beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from builders import USER, make_school
from store_files import dump, fill, needs_permissions, snapshot
from store_samples import SAMPLES

from schoolcrm.core.errors import Busy, Damaged, DiskTrouble
from schoolcrm.core.store import database
from schoolcrm.core.store.database import APPLICATION_ID, SCHEMA_VERSION, connect, database_errors
from schoolcrm.core.store.journal import begin_operation, read_changes
from schoolcrm.core.store.migrations import climb, copy_before, create, migrate

NEXT = SCHEMA_VERSION + 1
ADD_COLUMN = "ALTER TABLE client ADD COLUMN nickname TEXT;"
# What ALTER TABLE can't do is done as SQLite's manual says; views that read the table must go first.
REBUILD = """
DROP VIEW visible_client;
CREATE TABLE client_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_on TEXT NOT NULL) STRICT;
INSERT INTO client_new SELECT id, name, created_on FROM client;
DROP TABLE client;
ALTER TABLE client_new RENAME TO client;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A school with one record of every table."""
    file = tmp_path / "school.db"
    create(file, fill)
    return file


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for writing to that school."""
    with closing(connect(path, writable=True)) as connection:
        yield connection


def version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_file_is_what_the_steps_make_of_an_empty_one(tmp_path: Path) -> None:
    created, climbed = tmp_path / "created.db", tmp_path / "climbed.db"
    create(created, lambda _db: None)
    climbed.touch()
    with closing(connect(climbed, writable=True)) as db:
        climb(db, 0)
    schemas = []
    for file in (created, climbed):
        with closing(sqlite3.connect(file)) as db:
            schemas.append(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall())
            for pragma in ("user_version", "application_id", "journal_mode", "page_size", "auto_vacuum"):
                schemas[-1] += [(pragma, *db.execute(f"PRAGMA {pragma}").fetchone())]
    assert schemas[0] == schemas[1]


# A step ---------------------------------------------------------------------------------------------------


def test_a_step_keeps_every_record_and_says_where_the_file_stands(path: Path, db: sqlite3.Connection) -> None:
    before = snapshot(db)
    climb(db, SCHEMA_VERSION, [(NEXT, ADD_COLUMN)], keep_copy_of=path)
    assert version(db) == NEXT
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    after = snapshot(db)
    assert after.pop(("client", 1)) == before.pop(("client", 1)) | {"nickname": None}
    assert after == before


def test_steps_already_taken_are_not_taken_again(db: sqlite3.Connection) -> None:
    before = dump(db)
    climb(db, SCHEMA_VERSION)
    climb(db, NEXT, [(1, "nonsense"), (NEXT, "nonsense")])
    assert dump(db) == before


def test_a_step_another_process_took_meanwhile_is_not_taken_twice(path: Path, db: sqlite3.Connection) -> None:
    """Both saw the older version before either had the lock."""
    steps = [(NEXT, "UPDATE payment SET amount = amount * 2, effect = effect * 2;")]
    with closing(connect(path, writable=True)) as other:
        climb(other, SCHEMA_VERSION, steps, keep_copy_of=path)
        copy = path.with_name(f"school.db.before-{NEXT:04d}").read_bytes()
        climb(db, SCHEMA_VERSION, steps, keep_copy_of=path)
    assert db.execute("SELECT amount FROM payment").fetchone() == (2 * SAMPLES["payment"]["amount"],)
    assert path.with_name(f"school.db.before-{NEXT:04d}").read_bytes() == copy


@pytest.mark.parametrize(
    "script",
    [
        ADD_COLUMN + "\nUPDATE client SET nickname = 'x';\nSELECT * FROM nowhere;",
        ADD_COLUMN + "\nDELETE FROM payment;",
        ADD_COLUMN + "\nUPDATE payment SET account_id = 99;",
        ADD_COLUMN + "\nUPDATE payment SET amount = -1;",
        "not SQL at all;",
    ],
    ids=["broken", "loses records", "makes orphans", "breaks a check", "nonsense"],
)
def test_a_failing_step_leaves_the_file_untouched(script: str, path: Path, db: sqlite3.Connection) -> None:
    before = path.read_bytes()
    with pytest.raises((sqlite3.Error, Damaged)):
        climb(db, SCHEMA_VERSION, [(NEXT, script)], keep_copy_of=path)
    assert path.read_bytes() == before
    assert not db.in_transaction
    assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["school.db", f"school.db.before-{NEXT:04d}"]


@pytest.mark.parametrize(
    ("script", "table"), [("DELETE FROM contact;", "contact"), ("UPDATE room SET location_id = 9;", "room")]
)
def test_a_step_that_would_lose_records_names_their_table(script: str, table: str, db: sqlite3.Connection) -> None:
    with pytest.raises(Damaged, match=f"would lose records of: {table}"):
        climb(db, SCHEMA_VERSION, [(NEXT, script)])


def test_the_steps_before_a_failing_one_stay(path: Path, db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.Error):
        climb(db, SCHEMA_VERSION, [(NEXT, ADD_COLUMN), (NEXT + 1, "nonsense;")], keep_copy_of=path)
    assert version(db) == NEXT


def test_a_rebuilt_table_keeps_its_children(db: sqlite3.Connection) -> None:
    climb(db, SCHEMA_VERSION, [(NEXT, REBUILD)])
    children = [
        db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("contact", "student", "payment")
    ]
    assert children == [1, 1, 1]
    assert triggers_of(db, "client") == {"journal_client_insert", "journal_client_update", "journal_client_delete"}


def test_a_step_does_not_wait_for_a_writer_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, closing(connect(path, writable=True)) as db:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy), database_errors(path):
            climb(db, SCHEMA_VERSION, [(NEXT, ADD_COLUMN)], keep_copy_of=path)
    assert list(path.parent.iterdir()) == [path]


# The journal after a step -----------------------------------------------------------------------------------


def triggers_of(db: sqlite3.Connection, table: str) -> set[str]:
    rows = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,))
    return {name for (name,) in rows}


def test_a_new_column_and_a_new_table_are_journaled(db: sqlite3.Connection) -> None:
    script = ADD_COLUMN + "\nCREATE TABLE errand (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
    climb(db, SCHEMA_VERSION, [(NEXT, script)])
    number = begin_operation(db, USER, "test")
    db.execute("UPDATE client SET nickname = 'Аня'")
    db.execute("INSERT INTO errand (text) VALUES ('call')")
    renamed, added = read_changes(db, number)
    assert renamed.before == SAMPLES["client"] | {"nickname": None}
    assert renamed.after == SAMPLES["client"] | {"nickname": "Аня"}
    assert (added.entity, added.record, added.after) == ("errand", 1, {"id": 1, "text": "call"})


def test_what_a_step_changes_is_no_operation(db: sqlite3.Connection) -> None:
    before = db.execute("SELECT count(*) FROM change").fetchone()
    climb(db, SCHEMA_VERSION, [(NEXT, "UPDATE client SET colour = 'blue';")])
    assert db.execute("SELECT count(*) FROM change").fetchone() == before


# The copy -----------------------------------------------------------------------------------------------------


def test_a_copy_is_made_before_the_step_and_opens(path: Path, db: sqlite3.Connection) -> None:
    before = dump(db)
    climb(db, SCHEMA_VERSION, [(NEXT, ADD_COLUMN)], keep_copy_of=path)
    copy = path.with_name(f"school.db.before-{NEXT:04d}")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(path.parent.iterdir()) == [path, copy]
    with closing(connect(copy)) as kept:
        assert version(kept) == SCHEMA_VERSION
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert dump(kept) == before


def test_migrate_takes_every_step_with_a_copy_of_each(tmp_path: Path) -> None:
    file = tmp_path / "school.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(file)
    with closing(connect(file)) as db:
        assert version(db) == SCHEMA_VERSION
    copies = [f"school.db.before-{number:04d}" for number in range(1, SCHEMA_VERSION + 1)]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["school.db", *copies]


def test_a_damaged_file_is_not_migrated(path: Path) -> None:
    """An index that lost its entries: every page reads well, only the check sees it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        page = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'client_by_name'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(path.read_bytes())
    start = (page - 1) * size
    content[start : start + 8] = b"\x0a\0\0\0\0" + size.to_bytes(2, "big") + b"\0"
    path.write_bytes(content)
    with closing(connect(path, writable=True)) as db, pytest.raises(Damaged, match="client_by_name"):
        climb(db, SCHEMA_VERSION, [(NEXT, ADD_COLUMN)], keep_copy_of=path)
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_copy_can_be_made_of_a_new_school(tmp_path: Path) -> None:
    file = make_school(tmp_path)
    copy = copy_before(file, 7)
    assert copy == tmp_path / "school.db.before-0007"
    with closing(connect(file)) as db, closing(connect(copy)) as kept:
        assert dump(kept) == dump(db)


@needs_permissions
def test_no_copy_no_step(path: Path, db: sqlite3.Connection) -> None:
    before = path.read_bytes()
    path.parent.chmod(0o500)
    try:
        with pytest.raises(DiskTrouble, match="copied"):
            climb(db, SCHEMA_VERSION, [(NEXT, ADD_COLUMN)], keep_copy_of=path)
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == before
