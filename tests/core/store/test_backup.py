"""Backups: whole, sound, private, of one moment; the automatic ones come by themselves and go again."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import TODAY, add_client, make_school, pay, writing_school
from store_files import make_filled, needs_permissions, whole

from schoolcrm.core.clock import machine_now
from schoolcrm.core.errors import Busy, Damaged, DiskTrouble, NotFound, Refused
from schoolcrm.core.store.backup import (
    DAY,
    IMPORT,
    Backup,
    automatic_backup,
    backup_of_the_day,
    find_backups,
    kept_beside,
    made_at,
    make_backup,
)
from schoolcrm.core.store.database import SCHEMA_VERSION, connect
from schoolcrm.core.store.unrecorded import without_triggers


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school with one client."""
    path = make_school(tmp_path)
    with writing_school(path) as opened:
        add_client(opened, "Анна Иванова")
    return path


def begun(path: Path, moment: datetime) -> None:
    """Let the school's first operation have been at that moment."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db, without_triggers(db):
        db.execute("UPDATE operation SET at = ? WHERE id = 1", (f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",))


def of_the_day(path: Path) -> Backup | None:
    with closing(connect(path, writable=True)) as db:
        return backup_of_the_day(path, db)


def settle(path: Path, count: int) -> None:
    with writing_school(path) as opened:
        opened.db.execute("INSERT OR REPLACE INTO setting VALUES ('backup_count', ?)", (str(count),))


def test_a_backup_is_the_school_whole_and_private(tmp_path: Path) -> None:
    path = make_filled(tmp_path)
    made = make_backup(path)
    assert made.path.parent == tmp_path / "backups"
    assert whole(made.path) == whole(path)
    assert (made.size, made.schema) == (made.path.stat().st_size, SCHEMA_VERSION)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    assert list(made.path.parent.iterdir()) == [made.path]
    assert abs(made_at(made.path) - machine_now()) < timedelta(hours=1)


def test_a_second_backup_of_the_same_second_does_not_take_the_place_of_the_first(school: Path) -> None:
    made = [make_backup(school).path for _number in range(3)]
    assert len(set(made)) == 3
    assert find_backups(school) == made[::-1]


def test_a_file_that_is_there_is_replaced_only_when_asked_for(school: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(Refused, match="already"):
        make_backup(school, target)
    assert target.read_text() == "mine"
    make_backup(school, target, overwrite=True)
    assert whole(target) == whole(school)


def test_the_school_itself_is_no_place_for_its_backup(school: Path) -> None:
    before = school.read_bytes()
    with pytest.raises(Refused, match="itself"):
        make_backup(school, school, overwrite=True)
    assert school.read_bytes() == before


def test_no_school_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        make_backup(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_school_is_said_to_be_damaged_and_leaves_no_backup(school: Path) -> None:
    with closing(sqlite3.connect(school)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'client_by_name'").fetchone()
    content = bytearray(school.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = bytes(4096)
    school.write_bytes(content)
    with pytest.raises(Damaged, match="damaged"):
        make_backup(school)
    assert list((school.parent / "backups").iterdir()) == []
    assert school.read_bytes() == content


def test_a_school_that_somebody_holds_is_busy(school: Path) -> None:
    with closing(sqlite3.connect(school, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            make_backup(school)
    assert list((school.parent / "backups").iterdir()) == []


@needs_permissions
def test_a_folder_that_may_not_be_written_to(school: Path) -> None:
    folder = school.parent / "backups"
    folder.mkdir(mode=0o500)
    with pytest.raises(DiskTrouble, match="permitted"):
        make_backup(school)


def test_a_place_that_can_not_be_a_folder(school: Path) -> None:
    (school.parent / "backups").write_text("")
    with pytest.raises(DiskTrouble, match="backups"):
        make_backup(school)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from schoolcrm.core.store.backup import make_backup

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40960, 40960))
try:
    make_backup(Path(sys.argv[1]))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_disk_that_takes_no_more(school: Path) -> None:
    before = school.read_bytes()
    told = subprocess.run([sys.executable, "-c", LIMITED, str(school)], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("DiskTrouble")
    assert "backups" in told.stdout
    assert list((school.parent / "backups").iterdir()) == []
    assert school.read_bytes() == before


# Automatic ones ----------------------------------------------------------------------------------------


def test_only_the_newest_automatic_ones_are_kept_and_all_made_by_hand(school: Path) -> None:
    settle(school, 2)
    by_hand = make_backup(school).path
    foreign = by_hand.with_name("other-20200101-000000-day.db")
    foreign.touch()
    made = [automatic_backup(school, reason) for reason in (DAY, IMPORT, DAY, IMPORT)]
    kept = {backup.path for backup in made[2:] if backup}
    assert set(by_hand.parent.iterdir()) == {by_hand, foreign, *kept}


def test_copies_beside_the_file_are_rotated_with_the_automatic_ones_and_told(school: Path) -> None:
    settle(school, 2)
    updates = [school.with_name(f"school.db.before-{number:04d}") for number in (9, 10, 11)]
    replaced = [school.with_name(f"school.db.replaced-20260901-12000{end}") for end in ("0", "0-2", "0-10")]
    others = [school.with_name(f"school.db.{end}") for end in ("before-christmas", "replaced-2025", "before-0012.bak")]
    others.append(school.with_name("other.db.before-0001"))
    for path in (*updates, *replaced, *others):
        path.touch()
    automatic_backup(school, DAY)
    assert kept_beside(school) == [replaced[2], replaced[1], updates[2], updates[1]]
    assert [path for path in (*updates, *replaced, *others) if path.exists()] == [
        *updates[1:],
        *replaced[1:],
        *others,
    ]


def test_what_a_killed_command_left_behind_goes_after_a_day(school: Path) -> None:
    backups = make_backup(school).path.parent
    left = [
        backups / "school-20260901-120000-day.db.new-a_b1c2d3",
        school.with_name("school.db.new-abcdefgh"),
        school.with_name("school.db.new-abcdefgh-journal"),
        school.with_name("school.db.replaced-20260901-120000.new-abcdefgh"),
    ]
    fresh = school.with_name("school.db.new-hgfedcba")
    others = [school.with_name("other.db.new-abcdefgh"), school.with_name("school.db.new-20260901.csv")]
    for path in (*left, fresh, *others):
        path.touch()
    yesterday = (machine_now() - timedelta(days=1, minutes=1)).timestamp()
    for path in (*left, *others):
        os.utime(path, (yesterday, yesterday))
    automatic_backup(school, DAY)
    assert [path for path in (*left, fresh, *others) if path.exists()] == [fresh, *others]


def test_no_automatic_ones_when_switched_off_or_nobody_is_there(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    assert automatic_backup(path, IMPORT) is None
    with writing_school(path) as opened:
        add_client(opened, "Анна Иванова")
    settle(path, 0)
    assert automatic_backup(path, IMPORT) is None
    settle(path, 1)
    assert automatic_backup(path, IMPORT) is not None


def test_one_a_day_of_a_school_that_is_older_than_today(school: Path) -> None:
    midnight = machine_now().replace(hour=0, minute=0, second=0, microsecond=0)
    begun(school, midnight)
    assert of_the_day(school) is None
    begun(school, midnight - timedelta(seconds=1))
    made = of_the_day(school)
    assert made is not None
    assert of_the_day(school) is None
    made.path.rename(made.path.with_name("school-20260101-090000-day.db"))
    assert of_the_day(school) is not None
    assert len(find_backups(school)) == 2


def test_any_backup_of_today_will_do(school: Path) -> None:
    begun(school, machine_now() - timedelta(days=2))
    make_backup(school)
    assert of_the_day(school) is None


# While others write ------------------------------------------------------------------------------------

WRITER = """
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, sys.argv[2])
from builders import pay, writing_school

while True:
    print("ready", flush=True)
    with writing_school(Path(sys.argv[1])) as school:
        for part in (100, -40, -60):
            pay(school, 1, part, date(2026, 9, 1), kind="adjustment", even_so=True)
"""


def test_a_backup_made_while_others_write_is_a_committed_state(school: Path) -> None:
    with writing_school(school) as opened:
        pay(opened, 1, 5_000, TODAY)
    tests = str(Path(__file__).parents[2])
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(school), tests], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert writer.stdout is not None
        assert [writer.stdout.readline() for _round in range(2)] == [b"ready\n"] * 2
        made = [make_backup(school, school.parent / f"copy-{number}.db").path for number in range(30)]
    finally:
        writer.kill()
        writer.communicate()
    seen = set()
    for path in made:
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("SELECT balance FROM client_balance").fetchall() == [(5_000,)]
            assert db.execute("SELECT operation_id FROM journal_state").fetchone() == (None,)
            seen.add(db.execute("SELECT count(*) FROM payment").fetchone()[0])
    assert all(count % 3 == 1 for count in seen)
    assert len(seen) > 1
