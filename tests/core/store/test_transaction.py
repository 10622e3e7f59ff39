"""One command, one transaction: all of it or nothing, whichever way it was written."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from builders import TODAY, USER, make_school
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from schoolcrm.core.errors import DiskTrouble, Refused
from schoolcrm.core.store.database import connect, reading, setting
from schoolcrm.core.store.models import Setting, Subject
from schoolcrm.core.store.transaction import WritableSchool, flush, operation, writable_connection, writing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A new school."""
    return make_school(tmp_path)


def found(path: Path) -> set[str]:
    """The settings written by a test."""
    with reading(path, TODAY) as school:
        rows = school.db.execute("SELECT key FROM setting WHERE key LIKE 'test %'")
        return {key for (key,) in rows}


def operations(path: Path) -> int:
    with reading(path, TODAY) as school:
        return int(school.db.execute("SELECT count(*) FROM operation").fetchone()[0])


def write_in_every_way(school: WritableSchool) -> None:
    school.db.execute("INSERT INTO setting VALUES ('test sql', '')")
    school.session.execute(text("INSERT INTO setting VALUES ('test session', '')"))
    school.add(Setting, key="test added", value="")
    school.session.add(Setting.model_validate({"key": "test unflushed", "value": ""}))


EVERY_WAY = {"test sql", "test session", "test added", "test unflushed"}


def test_everything_is_committed_as_one_operation(path: Path) -> None:
    before = operations(path)
    with writing(path, TODAY, user=USER, command="settings set") as school:
        write_in_every_way(school)
        assert school.db.in_transaction
    assert found(path) == EVERY_WAY
    assert operations(path) == before + 1


def test_everything_is_taken_back_together(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(Refused), writing(path, TODAY, user=USER, command="test") as school:
        write_in_every_way(school)
        raise Refused("no")
    assert path.read_bytes() == before


def test_a_dry_run_takes_everything_back(path: Path) -> None:
    before = path.read_bytes()
    with writing(path, TODAY, user=USER, command="test", dry_run=True) as school:
        write_in_every_way(school)
        flush(school)
        assert setting(school.db, "test unflushed", "missing") == ""
    assert path.read_bytes() == before


def test_sql_and_session_see_one_another(path: Path) -> None:
    with writing(path, TODAY, user=USER, command="test") as school:
        school.db.execute("INSERT INTO setting VALUES ('test a', '1')")
        record = school.session.get(Setting, "test a")
        assert record is not None
        record.value = "2"
        flush(school)
        assert setting(school.db, "test a", "") == "2"
        school.add(Setting, key="test b", value="3")
        assert setting(school.db, "test b", "") == "3"


def test_nothing_is_seen_from_outside_before_the_end(path: Path) -> None:
    with writing(path, TODAY, user=USER, command="test") as school:
        write_in_every_way(school)
        flush(school)
        assert found(path) == set()
    assert found(path) == EVERY_WAY


@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_the_session_can_not_end_the_transaction(ending: str, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(Refused), writing(path, TODAY, user=USER, command="test") as school:
        school.db.execute("INSERT INTO setting VALUES ('test sql', '')")
        school.add(Setting, key="test added", value="")
        getattr(school.session, ending)()
        assert school.db.in_transaction
        assert setting(school.db, "test sql", "missing") == ""
        raise Refused("no")
    assert path.read_bytes() == before


def test_a_refused_record_leaves_the_rest_of_the_operation(path: Path) -> None:
    with writing(path, TODAY, user=USER, command="test") as school:
        school.add(Setting, key="test a", value="1")
        school.add(Subject, name="Химия", name_key="химия")
        with pytest.raises(IntegrityError):
            school.add(Subject, name="ХИМИЯ", name_key="химия")
        school.session.rollback()
        school.add(Setting, key="test b", value="2")
    assert found(path) == {"test a", "test b"}


def test_a_writer_that_looks_at_the_file_first_waits_its_turn(path: Path) -> None:
    """Reading, then writing in a transaction that was not begun for writing would fail at once, wait or not."""
    begun = Event()

    def write_slowly() -> None:
        with writing(path, TODAY, user=USER, command="test") as school:
            school.db.execute("INSERT INTO setting VALUES ('test first', '')")
            begun.set()
            time.sleep(0.2)

    first = Thread(target=write_slowly)
    first.start()
    begun.wait()
    with writing(path, None, user=USER, command="test") as school:
        assert setting(school.db, "test first", "missing") == ""
        school.db.execute("INSERT INTO setting VALUES ('test second', '')")
    first.join()
    assert found(path) == {"test first", "test second"}


def test_one_connection_serves_several_operations(path: Path) -> None:
    before = operations(path)
    with writable_connection(path) as db:
        for number in range(2):
            with operation(db, TODAY, user=USER, command="test") as school:
                school.add(Setting, key=f"test {number}", value="")
            assert not db.in_transaction
        with pytest.raises(Refused), operation(db, TODAY, user=USER, command="test") as school:
            school.add(Setting, key="test refused", value="")
            raise Refused("no")
        assert not db.in_transaction
    assert found(path) == {"test 0", "test 1"}
    assert operations(path) == before + 2


def test_an_operation_without_a_session_needs_none(path: Path) -> None:
    with writing(path, TODAY, user=USER, command="test") as school:
        school.db.execute("INSERT INTO setting VALUES ('test sql', '')")
        flush(school)
        assert "session" not in vars(school)
    assert found(path) == {"test sql"}


@pytest.mark.parametrize("way", ["sql", "session"])
def test_a_full_disk_is_a_refusal_and_nothing_is_written(way: str, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(DiskTrouble, match="full"), writing(path, TODAY, user=USER, command="test") as school:
        school.db.execute("PRAGMA max_page_count = 1")  # SQLite takes the size the file has
        for number in range(1000):
            if way == "sql":
                school.db.execute("INSERT INTO setting VALUES (?, ?)", (str(number), "x" * 1000))
            else:
                school.add(Setting, key=str(number), value="x" * 1000)
    assert path.read_bytes() == before


def test_an_error_of_a_statement_is_not_called_trouble_with_the_file(path: Path) -> None:
    with (
        pytest.raises(sqlite3.OperationalError, match="no such table"),
        writing(path, TODAY, user=USER, command="test") as school,
    ):
        school.db.execute("SELECT * FROM nowhere")
    with pytest.raises(ValueError, match="mine"), writing(path, TODAY, user=USER, command="test"):
        raise ValueError("mine")


def test_the_connection_is_closed_at_the_end(path: Path) -> None:
    with writing(path, TODAY, user=USER, command="test") as school:
        write_in_every_way(school)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        school.db.execute("SELECT 1")


def test_the_user_and_the_command_sign_the_operation(path: Path) -> None:
    with writing(path, TODAY, user="Ира", command="clients add") as school:
        school.db.execute("INSERT INTO setting VALUES ('test sql', '')")
        number = school.operation_id
    with closing(connect(path)) as db:
        row = db.execute("SELECT user, command, at FROM operation WHERE id = ?", (number,)).fetchone()
    assert row[:2] == ("Ира", "clients add")
    assert row[2].endswith("Z")
