"""What happens when the file is missing, foreign, newer, broken, busy, or can't be written to."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest
from builders import TODAY, USER, make_school
from store_files import needs_permissions

from schoolcrm.core.errors import Busy, Damaged, DiskTrouble, ExitCode, NotFound, SchoolError
from schoolcrm.core.store import database
from schoolcrm.core.store.database import APPLICATION_ID, SCHEMA_VERSION, connect, reading, setting
from schoolcrm.core.store.transaction import writing

Opener = Callable[[Path], None]


def read(path: Path) -> None:
    """Open the file as a report does."""
    with reading(path, TODAY) as school:
        school.db.execute("SELECT count(*) FROM client").fetchone()


def write(path: Path) -> None:
    """Open the file as a changing command does, and change something."""
    with writing(path, TODAY, user=USER, command="test") as school:
        school.db.execute("REPLACE INTO setting VALUES ('tried', hex(randomblob(8)))")


both_ways = pytest.mark.parametrize("opening", [read, write])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A new school."""
    return make_school(tmp_path)


@contextmanager
def left_as_it_was(path: Path) -> Iterator[None]:
    """Check that the file keeps its bytes and its folder its files."""
    before, files = path.read_bytes(), sorted(path.parent.iterdir())
    yield
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == files


def refusal(opening: Opener, path: Path) -> SchoolError:
    with pytest.raises(SchoolError) as caught:
        opening(path)
    assert str(path) in caught.value.sentence
    assert caught.value.hint
    return caught.value


# What the file is -----------------------------------------------------------------------------------------


@both_ways
def test_a_missing_file_is_named_with_what_to_run(opening: Opener, tmp_path: Path) -> None:
    refused = refusal(opening, tmp_path / "nowhere" / "school.db")
    assert isinstance(refused, NotFound)
    assert "schoolcrm init" in refused.hint
    assert list(tmp_path.iterdir()) == []


@both_ways
@pytest.mark.parametrize("content", [b"", b"name;phone\n" * 500, b"SQLite format 3\0" + b"\1" * 5000])
def test_another_kind_of_file_is_refused_and_left_alone(opening: Opener, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_bytes(content)
    with left_as_it_was(file):
        refused = refusal(opening, file)
    assert isinstance(refused, Damaged)
    assert refused.exit_code == ExitCode.DAMAGED


@both_ways
@pytest.mark.parametrize("application", [0, APPLICATION_ID + 1])
def test_the_database_of_another_program_is_left_alone(opening: Opener, application: int, tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as db:
        db.executescript(f"CREATE TABLE client (id); PRAGMA application_id = {application}; PRAGMA user_version = 1")
    with left_as_it_was(file):
        refused = refusal(opening, file)
    assert isinstance(refused, Damaged)
    assert "not a schoolcrm database" in refused.sentence


@both_ways
def test_a_newer_file_is_left_alone(opening: Opener, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with left_as_it_was(path):
        refused = refusal(opening, path)
    assert isinstance(refused, Damaged)
    assert f"schema {SCHEMA_VERSION + 1}" in refused.sentence
    assert "Update schoolcrm" in refused.hint


@both_ways
def test_an_older_file_is_brought_up_to_date_and_opened(opening: Opener, tmp_path: Path) -> None:
    """Version 0: a file that is ours and has no tables yet."""
    file = tmp_path / "school.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    opening(file)
    with closing(connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert (tmp_path / "school.db.before-0001").exists()


@both_ways
def test_a_torn_file_is_called_damaged(opening: Opener, path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert isinstance(refusal(opening, path), Damaged)


@both_ways
def test_a_folder_is_no_file(opening: Opener, tmp_path: Path) -> None:
    assert isinstance(refusal(opening, tmp_path), DiskTrouble)


@pytest.mark.parametrize("name", ["школа №1.db", "a?mode=memory.db", "50%.db", "#1 file.db", "%41.db"])
def test_any_file_name_is_taken_literally(name: str, tmp_path: Path) -> None:
    file = make_school(tmp_path).rename(tmp_path / name)
    write(file)
    read(file)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


# Who else is there ----------------------------------------------------------------------------------------


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a busy file at once."""
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)


@pytest.mark.usefixtures("short_wait")
def test_a_second_writer_is_told_that_the_file_is_busy(path: Path) -> None:
    with writing(path, TODAY, user=USER, command="test") as school:
        school.db.execute("INSERT INTO setting VALUES ('a', 'b')")
        refused = refusal(write, path)
        read(path)
    assert isinstance(refused, Busy)
    assert refused.exit_code == ExitCode.BUSY
    write(path)


@pytest.mark.usefixtures("short_wait")
def test_a_reader_keeps_its_state_of_the_file(path: Path) -> None:
    with reading(path, TODAY) as school:
        assert isinstance(refusal(write, path), Busy)
        assert setting(school.db, "tried", "no") == "no"
    write(path)
    with reading(path, TODAY) as school:
        assert setting(school.db, "tried", "no") != "no"


@both_ways
@pytest.mark.usefixtures("short_wait")
def test_a_file_locked_by_another_program_is_busy(opening: Opener, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert isinstance(refusal(opening, path), Busy)


def test_a_reader_can_not_write(path: Path) -> None:
    with reading(path, TODAY) as school, pytest.raises(sqlite3.OperationalError, match="readonly"):
        school.db.execute("INSERT INTO setting VALUES ('a', 'b')")


@both_ways
def test_foreign_keys_are_watched(opening: Opener, path: Path) -> None:
    with closing(connect(path, writable=opening is write)) as db:
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_writer_syncs_and_wipes(path: Path) -> None:
    with closing(connect(path, writable=True)) as db:
        names = ("synchronous", "secure_delete", "recursive_triggers", "journal_mode")
        found = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert found == [2, 1, 1, "delete"]


# The disk ------------------------------------------------------------------------------------------------


@needs_permissions
@both_ways
def test_a_folder_that_may_not_be_looked_into(opening: Opener, path: Path) -> None:
    path.parent.chmod(0)
    try:
        assert isinstance(refusal(opening, path), DiskTrouble)
    finally:
        path.parent.chmod(0o700)


@needs_permissions
@both_ways
def test_a_file_that_may_not_be_read(opening: Opener, path: Path) -> None:
    path.chmod(0)
    assert isinstance(refusal(opening, path), DiskTrouble)


@needs_permissions
def test_a_file_that_may_only_be_read_is_read_and_not_written(path: Path) -> None:
    path.chmod(0o400)
    read(path)
    with left_as_it_was(path):
        assert isinstance(refusal(write, path), DiskTrouble)


@needs_permissions
def test_a_file_in_a_read_only_folder_is_read_and_not_written(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        read(path)
        with left_as_it_was(path):
            assert isinstance(refusal(write, path), DiskTrouble)
    finally:
        path.parent.chmod(0o700)


# After a crash -------------------------------------------------------------------------------------------

KILLED_WHILE_WRITING = """
import os, signal, sys
from datetime import date
from pathlib import Path
from schoolcrm.core.store.transaction import writing

with writing(Path(sys.argv[1]), date(2026, 1, 1), user="u", command="c") as school:
    school.db.execute("PRAGMA cache_size = 1")
    school.db.execute("DELETE FROM lesson_type")
    for number in range(5000):
        school.db.execute("INSERT INTO setting VALUES (?, ?)", (str(number), "x" * 100))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def crashed(path: Path) -> tuple[Path, bytes]:
    """A file whose writer was killed half-way, and the bytes it had before."""
    before = path.read_bytes()
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_bytes() != before, "the writer should have been killed with half of it on the disk"
    return path, before


@both_ways
def test_what_a_killed_writer_left_is_rolled_back(opening: Opener, crashed: tuple[Path, bytes]) -> None:
    path, _ = crashed
    opening(path)
    with reading(path, TODAY) as school:
        assert school.db.execute("SELECT count(*) FROM lesson_type").fetchone() == (4,)
        assert school.db.execute("SELECT count(*) FROM operation WHERE command = 'c'").fetchone() == (0,)
        assert school.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_reader_restores_the_file_to_the_byte(crashed: tuple[Path, bytes]) -> None:
    path, before = crashed
    with closing(connect(path)) as db, pytest.raises(sqlite3.OperationalError) as caught:
        db.execute("SELECT * FROM setting")
    assert caught.value.sqlite_errorname == "SQLITE_READONLY_ROLLBACK"
    read(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


# Settings ------------------------------------------------------------------------------------------------


def test_a_setting_or_its_default(path: Path) -> None:
    with reading(path, TODAY) as school:
        assert setting(school.db, "currency", "EUR") == "RUB"
        assert setting(school.db, "nothing", "5") == "5"


@pytest.mark.parametrize("given", [None, date(2020, 2, 29)])
def test_today_is_given_or_the_school_s_own(given: date | None, path: Path) -> None:
    with reading(path, given) as school:
        assert school.today == (given or database.school_today(school.db))
