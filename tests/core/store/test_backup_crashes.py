"""Killed at any moment of a backup, a restore or a rewriting, the school is sound, and is the one or the other."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from builders import TODAY, add_client, make_school, writing_school

from schoolcrm.core.store.backup import find_backups, make_backup
from schoolcrm.core.store.database import reading

KILLS = 15
WORK = """
import sys
from pathlib import Path
from schoolcrm.core.store.backup import make_backup
from schoolcrm.core.store.restoring import compact, restore

school, backups = Path(sys.argv[2]), [Path(text) for text in sys.argv[3:]]
print("ready", flush=True)
turn = 0
while True:
    if sys.argv[1] == "backup":
        make_backup(school).path
    elif sys.argv[1] == "compact":
        compact(school)
    else:
        restore(school, backups[turn % len(backups)])
    turn += 1
    print("done", flush=True)
"""


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school of some 2 MB, so that writing it takes a while."""
    path = make_school(tmp_path)
    with writing_school(path) as opened:
        number = add_client(opened, "Анна Иванова")
        opened.db.executemany(
            "INSERT INTO contact (client_id, kind, value, value_key, note) VALUES (?, 'address', ?, ?, ?)",
            [(number, f"{row}", f"{row}", "x" * 400) for row in range(3000)],
        )
    return path


def kill_while(work: str, school: Path, *backups: Path, chance: random.Random) -> None:
    """Let a process do that work up to three times, and kill it at a random moment of the next.

    Times are counted, not seconds: a busy machine does as much work before the kill as an idle one.
    """
    command = [sys.executable, "-c", WORK, work, str(school), *map(str, backups)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    for _line in range(1 + chance.randint(0, 3)):
        process.stdout.readline()
    time.sleep(chance.uniform(0, 0.1))
    process.kill()
    _out, err = process.communicate()
    assert process.returncode == -signal.SIGKILL, err.decode()


def state_of(path: Path) -> tuple[object, ...]:
    """Return what is in the school; the journal of a crash is rolled back on the way."""
    with reading(path, TODAY) as opened:
        db = opened.db
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = ("client", "contact", "operation", "change")
        return tuple(db.execute(f"SELECT count(*), max(rowid) FROM {table}").fetchone() for table in tables)


def test_a_killed_backup_leaves_the_school_and_whole_backups_only(school: Path) -> None:
    chance = random.Random(1)
    before = school.read_bytes()
    for _kill in range(KILLS):
        kill_while("backup", school, chance=chance)
    assert school.read_bytes() == before
    found = find_backups(school)
    assert found
    for path in found:
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("SELECT count(*) FROM contact").fetchone() == (3000,)


def test_a_killed_rewriting_leaves_the_school_as_it_is(school: Path) -> None:
    chance = random.Random(2)
    before = state_of(school)
    for _kill in range(KILLS):
        kill_while("compact", school, chance=chance)
        assert state_of(school) == before


def test_a_killed_restore_leaves_the_one_school_or_the_other(school: Path) -> None:
    chance = random.Random(3)
    backups = [make_backup(school).path]
    states = [state_of(school)]
    with writing_school(school) as opened:
        opened.db.execute("DELETE FROM contact WHERE id > 20")
        add_client(opened, "Вера")
    states.append(state_of(school))
    backups.append(make_backup(school).path)
    seen = set()
    for _kill in range(KILLS):
        kill_while("restore", school, *backups, chance=chance)
        seen.add(states.index(state_of(school)))
        for kept in school.parent.glob("school.db.replaced-*[0-9]"):
            with closing(sqlite3.connect(kept)) as db:
                assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            kept.unlink()
    assert seen == {0, 1}
