"""The transaction in which references are not followed: whole or not at all, and followed again afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schoolcrm.core.store.foreign_keys import unfollowed_references

FAMILY = """
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id));
"""
CHILD_FIRST = "INSERT INTO child (id, parent_id) VALUES (1, 7)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a table that refers to another one."""
    with closing(sqlite3.connect(tmp_path / "family.db")) as db:
        db.executescript(FAMILY)
    return tmp_path / "family.db"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that follows references, as the program's do, and doesn't wait for another writer."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        yield db


def children(db: sqlite3.Connection) -> int:
    """Return how many children there are."""
    return int(db.execute("SELECT count(*) FROM child").fetchone()[0])


def require_followed(db: sqlite3.Connection) -> None:
    """The connection refuses a child without a parent, and is in no transaction."""
    assert not db.in_transaction
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.execute("INSERT INTO child (parent_id) VALUES (8)")


def test_rows_come_in_any_order_and_are_kept(db: sqlite3.Connection) -> None:
    with unfollowed_references(db):
        db.execute(CHILD_FIRST)
        db.execute("INSERT INTO parent (id) VALUES (7)")
    assert children(db) == 1
    require_followed(db)


def test_an_exception_takes_everything_back(db: sqlite3.Connection) -> None:
    with pytest.raises(KeyboardInterrupt), unfollowed_references(db):
        db.execute(CHILD_FIRST)
        raise KeyboardInterrupt
    assert children(db) == 0
    require_followed(db)


def test_references_are_followed_again_when_another_writer_is_in_the_way(db: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"), unfollowed_references(db):
            raise AssertionError("the transaction has begun")
        other.execute("ROLLBACK")
    require_followed(db)


def test_others_read_meanwhile_and_do_not_write(db: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other, unfollowed_references(db):
        assert children(other) == 0
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
