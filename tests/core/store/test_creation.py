"""A new file is whole or not there, private, and never in the place of another."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from store_files import fill, needs_permissions, snapshot
from store_samples import SAMPLES

from schoolcrm.core.errors import DiskTrouble, Refused
from schoolcrm.core.store.database import APPLICATION_ID, SCHEMA_VERSION, connect
from schoolcrm.core.store.migrations import create


def test_a_new_file_is_ours_whole_and_private(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "school" / "school.db"
    create(file, fill)
    with closing(connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert len(snapshot(db)) == len(SAMPLES)
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "school.db"
    file.write_text("mine")

    def not_reached(db: sqlite3.Connection) -> None:
        raise AssertionError("nothing is worth preparing")

    with pytest.raises(Refused, match="already"):
        create(file, not_reached)
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_made_meanwhile_is_not_replaced_either(tmp_path: Path) -> None:
    file = tmp_path / "school.db"

    def write_another(db: sqlite3.Connection) -> None:
        file.write_text("mine")

    with pytest.raises(Refused, match="already"):
        create(file, write_another)
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


def test_two_at_once_make_one_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "school.db"

    def slower(db: sqlite3.Connection) -> None:
        create(file, fill)

    with pytest.raises(Refused, match="already"):
        create(file, slower)
    assert list(tmp_path.iterdir()) == [file]
    with closing(connect(file)) as db:
        assert len(snapshot(db)) == len(SAMPLES)


def test_a_failed_beginning_leaves_no_file(tmp_path: Path) -> None:
    def fail(db: sqlite3.Connection) -> None:
        raise ValueError("no defaults")

    with pytest.raises(ValueError, match="no defaults"):
        create(tmp_path / "school.db", fail)
    assert list(tmp_path.iterdir()) == []


KILLED_WHILE_CREATING = """
import os, signal, sys
from pathlib import Path
from schoolcrm.core.store.migrations import create

create(Path(sys.argv[1]), lambda db: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_beginning_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    file = tmp_path / "school.db"
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_CREATING, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not file.exists()
    create(file, fill)
    with closing(connect(file)) as db:
        assert len(snapshot(db)) == len(SAMPLES)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("")
    with pytest.raises(DiskTrouble, match=r"school\.db"):
        create(tmp_path / "folder" / "school.db", fill)


@needs_permissions
def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(DiskTrouble, match=r"school\.db"):
            create(tmp_path / "school.db", fill)
    finally:
        tmp_path.chmod(0o700)
