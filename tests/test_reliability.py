"""The quick versions of `make reliability`: nothing is lost to kills, full disks, crowds, undo, cron; it is seen."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from builders import make_school, writing_school

from benchmarks.reliability.backups import ROWS, not_committed, school_of_numbers, write
from benchmarks.reliability.cron import KINDS as KINDS_OF_CRON
from benchmarks.reliability.cron import ZONES, live_in, one_night
from benchmarks.reliability.kills import Course, judge, state_of
from benchmarks.reliability.lines import NOT_UNDONE, TEMPLATES
from benchmarks.reliability.processes import Ended
from benchmarks.reliability.result import Result, Tally
from benchmarks.reliability.tasks import Task, nothing, other_tasks, school_of_buyers
from benchmarks.reliability.undoing import KINDS as KINDS_OF_UNDO
from benchmarks.reliability.undoing import there_and_back

ROOT = Path(__file__).parent.parent

posix = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")


def reliability(*arguments: str) -> None:
    """Run it in a process of its own, for it forks; it must find nothing wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reliability", "--no-page", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@posix
@pytest.mark.parametrize("task", ["import of rows", "undo of an import", "db restore", "migration", "payments add"])
def test_killed_at_random_moments_it_is_there_whole_or_not_at_all(task: str) -> None:
    reliability("--only", "kills", "--task", task, "--part", "0.015")


@posix
@pytest.mark.skipif(not (shutil.which("cc") or shutil.which("gcc")), reason="no C compiler")
def test_each_call_that_writes_may_fail_or_be_the_last() -> None:
    reliability("--only", "calls", "--task", "payments add,db backup", "--part", "0.08")


@posix
def test_a_full_disk_and_one_that_may_only_be_read() -> None:
    reliability("--only", "full,read-only", "--task", "payments add,db compact", "--part", "0.03")


@posix
def test_a_crowd_loses_nothing() -> None:
    reliability("--only", "crowd", "--part", "0.01")


@posix
def test_backups_beside_a_writer_are_committed_states() -> None:
    reliability("--only", "backups", "--part", "0.02")


def test_random_operations_keep_every_account() -> None:
    reliability("--only", "balances", "--part", "0.01")


def test_random_last_operations_are_undone_exactly() -> None:
    reliability("--only", "undo", "--part", "0.02")


@posix
def test_as_cron_runs_it_the_day_is_right_and_the_text_can_be_read(tmp_path: Path) -> None:
    school_of_buyers(tmp_path, 6)
    live_in(tmp_path / "school.db", ZONES[0])
    tally = Tally(*KINDS_OF_CRON)
    for environment, streams in (("empty", "all closed"), ("LC_ALL=ru_RU.KOI8-R", ""), ("PYTHONIOENCODING=cp1251", "")):
        one_night(tmp_path, ZONES[0], environment, streams, tally)
    assert not any(tally.bad.values()), tally.examples


# That it would be seen ------------------------------------------------------------------------------------


def test_a_copy_half_of_one_state_and_half_of_the_next_is_seen(tmp_path: Path) -> None:
    path = school_of_numbers(tmp_path)
    write(path, 1)
    first = path.read_bytes()
    assert not_committed(path) == ""
    write(path, 2)
    assert not_committed(path) == ""
    second, seen = path.read_bytes(), 0
    torn = tmp_path / "torn.db"
    for tenth in range(1, 10):
        cut = len(first) * tenth // 10 // 4096 * 4096
        torn.write_bytes(second[:cut] + first[cut:])
        try:
            seen += bool(not_committed(torn))
        except sqlite3.DatabaseError:
            seen += 1
    assert seen == 9
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM contact").fetchone() == (ROWS,)


KILLED = Ended(-9, "", "", 0.1)


@pytest.mark.parametrize(
    ("sql", "ended", "kind"),
    [
        ("DROP TRIGGER journal_account_delete; DELETE FROM account WHERE id = 1", KILLED, "partial"),
        ("SELECT 1", Ended(-9, '{"id": 1}', "", 0.1), "announced but lost"),
        ("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'client'", KILLED, "damaged"),
    ],
)
def test_what_a_kill_would_have_spoilt_is_seen(tmp_path: Path, sql: str, ended: Ended, kind: str) -> None:
    path = make_school(tmp_path)
    before, content = state_of(path), path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"PRAGMA foreign_keys = OFF; {sql}")
    course = Course(before, "after", "after", content, frozenset(), 0.1, 0, 0.1)
    tally = Tally("damaged", "partial", "announced but lost")
    judge(Task("a task", (), nothing), tmp_path, course, ended, tally)
    assert tally.bad[kind] == 1


def test_an_undo_that_is_not_exact_is_seen(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        school.db.execute("INSERT INTO source (name, name_key) VALUES ('x', 'x')")
    tally = Tally(*KINDS_OF_UNDO)
    there_and_back(path, ("any",), ("another state", "another state"), tally)
    assert tally.bad["not the state before"] == tally.bad["not the state after redo"] == 1


@posix
def test_every_command_of_the_days_of_a_school_is_killed_and_one_that_does_nothing_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = """2026-09-01
        clients add Анна --phone '8 916 123-45-67'
        clients contact add 1 email:anna@example.org
        clients add Вера
        contracts add Анна --number 7 --to 2026-12-31
        forms add Договор {folder}/form.html --for contract
        forms remove Договор
        messages deliver
        import-csv {folder}/clients.csv"""
    monkeypatch.setattr("days_of_a_school.DAYS_OF_A_SCHOOL", "\n".join(map(str.strip, lines.split("\n"))))
    (tmp_path / "done").mkdir()
    names = [task.name for task in other_tasks(tmp_path / "done")]
    added = ["clients add", "clients contact add", "clients add (2)", "contracts add"]
    assert names == [*added, "forms add", "forms remove", "import-csv"]
    monkeypatch.setattr("days_of_a_school.DAYS_OF_A_SCHOOL", "2026-09-01\nforms remove Договор")
    (tmp_path / "idle").mkdir()
    with pytest.raises(AssertionError, match="There is no form"):
        [*other_tasks(tmp_path / "idle")]


def test_nothing_tried_does_not_hold() -> None:
    assert not Result("nothing", 0, {}).holds
    assert not Result("something", 5, {"lost": 1}).holds
    assert Result("something", 5, {"lost": 0}).holds


def test_every_kind_of_command_that_can_be_undone_is_among_those_that_are_drawn() -> None:
    from test_docs import CHANGING

    drawn = {" ".join(line.split()[:size]) for line in TEMPLATES for size in (1, 2, 3)}
    left_out = {
        name
        for name in CHANGING - drawn
        if not any(name == other or name.startswith(f"{other} ") for other in NOT_UNDONE)
        and not name.startswith(("catalog ", "config "))
    }
    assert left_out == set()
