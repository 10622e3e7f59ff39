"""Files that are ours and yet not whole: tables of another schema, something dropped, open to others, in WAL mode."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import TODAY, USER, add_client, make_school, run_cli, writing_school
from store_files import needs_permissions
from test_upgrades import released

from schoolcrm.core.errors import Damaged, DiskTrouble
from schoolcrm.core.store.backup import make_backup
from schoolcrm.core.store.database import SCHEMA_VERSION, reading
from schoolcrm.core.store.restoring import compact, restore
from schoolcrm.core.store.transaction import writing

MISFITS = {
    "version 0": "PRAGMA user_version = 0",
    "version 1": "PRAGMA user_version = 1",
    "version 2": "PRAGMA user_version = 2",
    "table": "DROP TABLE client",
    "column": "ALTER TABLE client RENAME COLUMN name_key TO called",
}
DROPPED = {
    "table": "DROP TABLE saved_filter",
    "view": "DROP VIEW visible_client",
    "index": "DROP INDEX client_by_name",
    "guard": "DROP TRIGGER change_is_final",
    "recorder": "DROP TRIGGER journal_payment_update",
}


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school with one client."""
    path = make_school(tmp_path)
    with writing_school(path) as opened:
        add_client(opened, "Анна Иванова")
    return path


def spoiled(school: Path, statement: str, name: str = "spoiled.db") -> Path:
    """Return a copy of the school in which that was done."""
    file = Path(shutil.copy(school, school.with_name(name)))
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA legacy_alter_table = ON")
        db.execute(statement)
    return file


def files(school: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in school.parent.iterdir() if entry.is_file()}


# Opened ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["clients list", "clients add Вера"])
@pytest.mark.parametrize("misfit", MISFITS)
def test_tables_that_do_not_fit_the_schema_are_called_damaged(misfit: str, words: str, school: Path) -> None:
    file = spoiled(school, MISFITS[misfit])
    before = files(school)
    code, out, err = run_cli(*words.split(), db=file)
    assert (code, out) == (5, ""), err
    assert str(file) in err
    assert "hint: " in err
    assert files(school) == before


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_older_file_that_lost_a_table_is_not_brought_up(version: int, tmp_path: Path) -> None:
    file = released(version, tmp_path)
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("DROP TABLE contact")
    before = files(file)
    with pytest.raises(Damaged, match=rf"schema {version}.*: contact\."), reading(file, TODAY):
        pass
    assert files(file) == before


@pytest.mark.parametrize(
    ("bytes_there", "spoilt"),
    [
        (b'{"id":1,"name":', b'{"id"?1,"name":'),
        (b"INDEX client_by_name", b"INDEX client_b\xf2_name"),
        ("Борис".encode(), b"\xf2" + "Борис".encode()[1:]),
    ],
    ids=["a record in the journal", "the list of tables", "a letter of a name"],
)
def test_a_byte_that_has_changed_is_called_damage_by_whoever_meets_it(
    bytes_there: bytes, spoilt: bytes, school: Path
) -> None:
    for name in ("Анна Котова", "Борис Котов"):
        code, _out, err = run_cli("clients", "edit", "1", "--name", name, db=school)
        assert code == 0, err
    content = school.read_bytes()
    assert bytes_there in content
    school.write_bytes(content.replace(bytes_there, spoilt))
    for words in (("history",), ("undo", "--op", "3", "--yes"), ("db", "check")):
        code, out, err = run_cli(*words, db=school)
        assert code == 5, (words, out, err)
        assert "is damaged" in err or "have failed" in err or "has failed" in err


def test_a_wrong_statement_is_not_laid_at_the_file_s_door(school: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), reading(school, TODAY) as opened:
        opened.db.execute("SELECT * FROM nowhere")


# Brought back and copied ----------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", [*DROPPED.values(), *MISFITS.values()], ids=[*DROPPED, *MISFITS])
def test_a_backup_that_is_not_whole_is_not_brought_back(statement: str, school: Path) -> None:
    file = spoiled(school, statement)
    before = files(school)
    code, _out, err = run_cli("db", "restore", file, "--yes", db=school)
    assert code == 5, err
    assert str(file) in err
    assert files(school) == before
    with pytest.raises(Damaged, match=r"spoiled\.db"):
        restore(school, file)
    assert files(school) == before


def test_an_older_backup_that_lost_a_table_is_not_brought_back(school: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = released(1, tmp_path / "old")
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("DROP TABLE contact")
    before = files(school)
    with pytest.raises(Damaged, match="contact"):
        restore(school, old)
    assert files(school) == before


@pytest.mark.parametrize("statement", DROPPED.values(), ids=DROPPED)
def test_a_backup_of_a_school_that_is_not_whole_is_made_and_says_so(statement: str, school: Path) -> None:
    file = spoiled(school, statement)
    dropped = statement.split()[-1]
    code, out, err = run_cli("db", "backup", "-q", db=file)
    assert (code, Path(out.strip()).read_bytes()[100:]) == (0, file.read_bytes()[100:])
    assert f"warning: The database {file} is damaged" in err
    assert dropped in err
    code, out, err = run_cli("db", "backup", db=file)
    assert "Copied with its damage" in err
    assert "schoolcrm db check" in err
    assert "complete" not in err
    assert make_backup(school).fault == ""


def test_no_folder_for_a_backup(school: Path) -> None:
    target = school.parent / "no" / "such.db"
    for words in (["db", "backup", target], ["db", "backup", target, "--dry-run"]):
        code, _out, err = run_cli(*map(str, words), db=school)
        assert code == 1
        assert f"There is no folder {target.parent}." in err
        assert "hint: Make the folder first" in err
    assert not target.parent.exists()


@needs_permissions
def test_a_restore_that_failed_leaves_no_copy(school: Path) -> None:
    backup = make_backup(school).path
    school.chmod(0o400)
    before = files(school)
    with pytest.raises(DiskTrouble):
        restore(school, backup)
    assert files(school) == before


# Others ---------------------------------------------------------------------------------------------------


def test_a_write_takes_the_file_from_others_and_reading_does_not(school: Path) -> None:
    school.chmod(0o644)
    assert run_cli("clients", "list", db=school)[0] == 0
    assert run_cli("clients", "add", "Вера", "--dry-run", db=school)[0] == 0
    assert school.stat().st_mode & 0o777 == 0o644
    code, _out, err = run_cli("clients", "add", "Вера", db=school)
    assert (code, "warning" in err) == (0, False)
    assert school.stat().st_mode & 0o777 == 0o600


def test_a_file_that_its_owner_made_read_only_is_not_made_writable(school: Path) -> None:
    school.chmod(0o444)
    run_cli("clients", "add", "Вера", db=school)  # root may write it all the same
    assert school.stat().st_mode & 0o777 == 0o400


@needs_permissions
def test_why_it_can_t_be_written_is_told_in_the_program_s_own_words(school: Path) -> None:
    school.chmod(0o400)
    code, _out, err = run_cli("clients", "add", "Вера", db=school)
    assert (code, "it is not permitted" in err, "readonly database" in err) == (6, True, False)


@pytest.mark.parametrize("work", ["restore", "compact"])
def test_a_file_written_anew_is_its_owner_s_alone(work: str, school: Path) -> None:
    backup = make_backup(school).path
    school.chmod(0o644)
    if work == "restore":
        restore(school, backup)
    else:
        compact(school)
    assert school.stat().st_mode & 0o777 == 0o600


def mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("PRAGMA journal_mode").fetchone()[0])


def test_the_first_write_leaves_wal_mode(school: Path) -> None:
    with closing(sqlite3.connect(school)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    assert run_cli("clients", "add", "Вера", "--dry-run", db=school)[0] == 0
    assert mode(school) == "wal"
    with writing(school, TODAY, user=USER, command="test") as opened:
        add_client(opened, "Вера")
        assert opened.db.execute("PRAGMA busy_timeout").fetchone()[0] > 0
    assert mode(school) == "delete"
    assert sorted(files(school)) == ["school.db"]


def test_a_file_that_others_have_open_stays_in_wal_mode_and_is_written(school: Path) -> None:
    with closing(sqlite3.connect(school)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT count(*) FROM client").fetchone()
        with writing_school(school) as opened:
            add_client(opened, "Вера")
        assert other.execute("SELECT count(*) FROM client").fetchone() == (2,)
    assert mode(school) == "wal"
