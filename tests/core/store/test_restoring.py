"""Bringing a backup back: checked first, what it replaces is kept, nobody's writing is lost; writing the file anew."""

import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from builders import TODAY, add_client, make_school, writing_school
from store_files import make_filled, whole
from test_upgrades import records, released

from schoolcrm.core.errors import Busy, Damaged, NotFound, Refused
from schoolcrm.core.store.backup import make_backup
from schoolcrm.core.store.database import SCHEMA_VERSION, reading
from schoolcrm.core.store.restoring import Restored, compact, require_backup, restore


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school with one client."""
    path = make_school(tmp_path)
    with writing_school(path) as opened:
        add_client(opened, "Анна Иванова")
    return path


def names(path: Path) -> list[str]:
    with reading(path, TODAY) as opened:
        return [name for (name,) in opened.db.execute("SELECT name FROM client ORDER BY id")]


def add(path: Path, name: str) -> None:
    with writing_school(path) as opened:
        add_client(opened, name)


def test_the_school_is_as_it_was_and_what_it_became_is_kept(school: Path) -> None:
    backup = make_backup(school).path
    before = whole(school)
    add(school, "Вера")
    after = whole(school)
    restored = restore(school, backup)
    assert whole(school) == before
    assert restored.schema == SCHEMA_VERSION
    assert restored.kept is not None
    assert restored.kept.name.startswith("school.db.replaced-")
    assert whole(restored.kept) == after
    assert restored.kept.stat().st_mode & 0o777 == school.stat().st_mode & 0o777 == 0o600
    assert sorted(school.parent.iterdir()) == sorted([backup.parent, restored.kept, school])


def test_what_restores_have_kept_is_rotated_like_automatic_backups(school: Path) -> None:
    with writing_school(school) as opened:
        opened.db.execute("INSERT OR REPLACE INTO setting VALUES ('backup_count', '2')")
    backup = make_backup(school).path
    first, *others = (restore(school, backup).kept for _ in range(4))
    mine = school.with_name("school.db.replaced-by-me")
    mine.touch()
    journal = others[0].with_name(f"{others[0].name}-journal") if others[0] else mine
    assert set(school.parent.glob("school.db.*")) == {mine, *others[1:]}
    assert not journal.exists()
    assert first
    assert not first.exists()


def test_what_is_brought_back_and_what_it_replaces_are_never_rotated_away(school: Path) -> None:
    with writing_school(school) as opened:
        opened.db.execute("INSERT OR REPLACE INTO setting VALUES ('backup_count', '0')")
    backup = make_backup(school).path
    newer = school.with_name("school.db.replaced-29991231-235959")  # a clock that went wrong
    oldest = school.with_name("school.db.replaced-20200101-000000")
    old = school.with_name("school.db.replaced-20200101-000001")
    for place in (newer, old, oldest):
        place.write_bytes(backup.read_bytes())
    kept = restore(school, oldest).kept
    assert set(school.parent.glob("school.db.*")) == {newer, oldest, kept}


def test_a_smaller_and_a_greater_one_come_back(school: Path) -> None:
    small = make_backup(school).path
    with writing_school(school) as opened:
        for number in range(200):
            add_client(opened, f"Клиент {number}")
    great = make_backup(school).path
    for backup in (small, great):
        restore(school, backup)
        assert whole(school) == whole(backup)
        with closing(sqlite3.connect(school)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_lost_school_is_there_again(school: Path) -> None:
    backup = make_backup(school).path
    school.unlink()
    assert restore(school, backup).kept is None
    assert names(school) == ["Анна Иванова"]
    assert school.stat().st_mode & 0o777 == 0o600


def test_a_school_that_is_no_database_any_more_is_replaced_and_kept(school: Path) -> None:
    backup = make_backup(school).path
    school.write_bytes(b"rubbish" * 4096)
    restored = restore(school, backup)
    assert names(school) == ["Анна Иванова"]
    assert restored.kept is not None
    assert restored.kept.read_bytes() == b"rubbish" * 4096


def test_a_school_with_a_damaged_page_is_replaced_and_kept(school: Path) -> None:
    backup = make_backup(school).path
    content = bytearray(school.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    school.write_bytes(content)
    restored = restore(school, backup)
    assert whole(school) == whole(backup)
    assert restored.kept is not None
    assert restored.kept.read_bytes()[4096:] == content[4096:]  # the first page counts the copy as a change


def test_what_can_not_be_restored_is_refused_and_nothing_is_changed(school: Path, tmp_path: Path) -> None:
    newer, foreign, torn = tmp_path / "newer.db", tmp_path / "foreign.db", tmp_path / "torn.db"
    for path, pragma in ((newer, "user_version = 99"), (foreign, "application_id = 7")):
        path.write_bytes(school.read_bytes())
        with closing(sqlite3.connect(path)) as db:
            db.execute(f"PRAGMA {pragma}")
    torn.write_bytes(school.read_bytes()[:-4096])
    (tmp_path / "text.db").write_text("Анна Иванова;+79160000000\n" * 100)
    before = school.read_bytes()
    for path in (newer, foreign, torn, tmp_path / "text.db"):
        content = path.read_bytes()
        with pytest.raises(Damaged, match=path.name):
            restore(school, path)
        assert path.read_bytes() == content
    with pytest.raises(NotFound):
        restore(school, tmp_path / "none.db")
    with pytest.raises(Refused, match="itself"):
        restore(school, school)
    assert school.read_bytes() == before
    assert not list(tmp_path.glob("school.db?*"))


def test_a_backup_tells_what_it_holds(school: Path) -> None:
    contents = require_backup(school, make_backup(school).path)
    assert (contents.schema, contents.clients) == (SCHEMA_VERSION, 1)
    assert contents.last_change is not None


def test_an_older_backup_is_brought_up_when_it_is_next_opened(school: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = released(1, tmp_path / "old")
    assert restore(school, old).schema == 1
    assert names(school) == names(old)


def test_a_school_that_somebody_writes_to_is_busy(school: Path) -> None:
    backup = make_backup(school).path
    before = school.read_bytes()
    with closing(sqlite3.connect(school, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            restore(school, backup)
    assert school.read_bytes() == before


WAITING = """
import sys
import time
from pathlib import Path

sys.path.insert(0, sys.argv[2])
from builders import add_client, writing_school

number = 0
while True:
    number += 1
    with writing_school(Path(sys.argv[1])) as school:
        add_client(school, f"W{number}")
    print(number, flush=True)
    time.sleep(0.2)
"""


def restored_in_the_end(school: Path, backup: Path) -> Restored:
    """Restore, once more when the file was busy for too long: that changes nothing, and nobody is given a turn."""
    for _try in range(5):
        with suppress(Busy):
            return restore(school, backup)
    return restore(school, backup)


def test_what_others_write_meanwhile_is_in_the_school_or_in_the_one_that_is_kept(school: Path) -> None:
    backup = make_backup(school).path
    tests = str(Path(__file__).parents[2])
    writer = subprocess.Popen([sys.executable, "-c", WAITING, str(school), tests], stdout=subprocess.PIPE)
    kept = []
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        for _round in range(8):
            restored = restored_in_the_end(school, backup)
            assert restored.kept is not None
            kept.append(restored.kept)
            writer.stdout.readline()
    finally:
        writer.kill()
        said = writer.communicate()[0].split()
    told = int(said[-1]) if said else 8
    found = {name for path in (*kept, school) for name in names(path)}
    assert {f"W{number}" for number in range(1, told + 1)} <= found


# Written anew -------------------------------------------------------------------------------------------


def test_a_compacted_file_holds_the_same_in_fewer_bytes(tmp_path: Path) -> None:
    path = make_filled(tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE once (text TEXT)")
        db.execute("INSERT INTO once VALUES (hex(zeroblob(200000)))")
        db.execute("DROP TABLE once")
    before = records(path)
    sizes = compact(path)
    assert records(path) == before
    assert sizes.before > sizes.after == path.stat().st_size


def test_a_damaged_file_is_not_written_anew(school: Path) -> None:
    content = bytearray(school.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    school.write_bytes(content)
    with pytest.raises(Damaged):
        compact(school)
    assert school.read_bytes() == content
