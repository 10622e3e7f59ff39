"""examples/crontab as cron runs it: an almost empty environment, UTC, no terminal; and two commands at once."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from builders import add_client, add_plan, make_school, reading_school, sell_plan, student_of, writing_school

PROGRAM = Path(sys.executable).with_name("schoolcrm")
PAGE = Path(__file__).parent.parent / "examples" / "crontab"
LINE = re.compile(r"(?:[\d*]+\s+){5}(?P<command>schoolcrm .*)")
SETTING = re.compile(r"(?P<name>[A-Z_]+)=(?P<value>.*)")


def settings() -> dict[str, str]:
    lines = PAGE.read_text("utf-8").splitlines()
    return {found["name"]: found["value"] for line in lines if (found := SETTING.fullmatch(line))}


def commands() -> list[str]:
    lines = PAGE.read_text("utf-8").splitlines()
    return [found["command"] for line in lines if (found := LINE.fullmatch(line))]


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school in which a client bought something in January 2026."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 1, 10)) as school:
        client_id = add_client(school, "Анна Иванова", student="Пётр Иванов")
        plan_id = add_plan(school, "lesson", 70_000)
        sell_plan(school, student_of(school, client_id), plan_id, date(2026, 1, 10), last_on=date(2026, 2, 10))
    return path


def as_cron(command: str, path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the line as cron does: /bin/sh, HOME, the page's own settings, nothing else."""
    environment = {**settings(), "HOME": str(path.parent), "PATH": f"{PROGRAM.parent}:/usr/bin:/bin", "TZ": "UTC"}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env=environment | {"SCHOOLCRM_DB": str(path), "LANG": "C", **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_page_has_settings_and_commands() -> None:
    assert settings().keys() >= {"SCHOOLCRM_DB", "SCHOOLCRM_USER", "MAILTO", "LANG"}
    assert any("status recompute" in command for command in commands())


@pytest.mark.parametrize("command", commands())
def test_every_line_runs_in_crons_environment(command: str, school: Path) -> None:
    done = as_cron(command, school)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_nightly_line_says_what_changed_and_then_nothing(school: Path) -> None:
    (nightly,) = [command for command in commands() if "-q status recompute" in command]
    first = as_cron(nightly, school, SCHOOLCRM_TODAY="2026-12-01")
    assert first.returncode == 0
    assert first.stdout.count("\n") == 2  # refused, and asleep
    assert "Отказался" in first.stdout  # without a locale it speaks the school's language
    again = as_cron(nightly, school, SCHOOLCRM_TODAY="2026-12-01")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_by_night_it_is_the_schools_own_day(school: Path) -> None:
    """Kiritimati is fourteen hours ahead of cron's UTC."""
    with writing_school(school, date(2026, 1, 11)) as opened:
        opened.db.execute("UPDATE setting SET value = 'Pacific/Kiritimati' WHERE key = 'time_zone'")
    zone = timezone(timedelta(hours=14))
    days = [datetime.now(zone).date().isoformat()]
    done = as_cron("schoolcrm clients add 'Новая Клиентка'", school)
    days.append(datetime.now(zone).date().isoformat())
    assert done.returncode == 0, done.stderr
    with reading_school(school, date(2026, 1, 11)) as opened:
        (created_on,) = opened.db.execute("SELECT created_on FROM client ORDER BY id DESC LIMIT 1").fetchone()
    assert created_on in days


# Two at once ----------------------------------------------------------------------------------------------


def start(path: Path, *arguments: str, today: str = "2026-12-01") -> subprocess.Popen[str]:
    environment = {**os.environ, "SCHOOLCRM_DB": str(path), "SCHOOLCRM_LANG": "en", "SCHOOLCRM_TODAY": today}
    return subprocess.Popen(
        [str(PROGRAM), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def changes(path: Path) -> list[tuple[int, str, int]]:
    """How often each client was moved on each scale by a rule."""
    with reading_school(path, date(2026, 12, 1)) as school:
        rows = school.db.execute(
            "SELECT client_id, scale, count(*) FROM status_change WHERE reason LIKE '%-rule' GROUP BY client_id, scale"
        )
        return [tuple(row) for row in rows]


def fill(path: Path, clients: int) -> None:
    """Add so many clients who bought in January, in one operation, by plain rows."""
    with writing_school(path, date(2026, 1, 10)) as school:
        plan_id = add_plan(school, "lesson", 10_000)
        for number in range(clients):
            client_id = add_client(school, f"Клиент {number}", student=f"Ученик {number}")
            sell_plan(school, student_of(school, client_id), plan_id, date(2026, 1, 10), last_on=date(2026, 2, 1))


def test_two_recomputes_at_once_change_everybody_once(school: Path) -> None:
    fill(school, 40)
    running = [start(school, "status", "recompute") for _ in range(3)]
    ends = [(process.communicate()[1], process.returncode) for process in running]
    assert all(code in (0, 4) for _text, code in ends), ends
    assert 0 in [code for _text, code in ends]
    found = changes(school)
    assert {count for _client, _scale, count in found} == {1}
    assert len(found) == 2 * 41


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file as another command's transaction does."""
    import sqlite3

    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        db.execute("ROLLBACK")
        db.close()


def test_a_recompute_that_waited_in_vain_ends_with_4_and_nothing_changed(school: Path) -> None:
    with locked(school):
        process = start(school, "status", "recompute")
        out, err = process.communicate()
    assert (process.returncode, out) == (4, "")
    assert "busy" in err
    assert "hint:" in err
    assert changes(school) == []


def test_a_recompute_during_an_import_ends_well(school: Path, tmp_path: Path) -> None:
    rows = "".join(f"Новый {number},+7916{number:07d}\n" for number in range(3_000))
    (tmp_path / "more.csv").write_text("ФИО клиента,Телефон\n" + rows, "utf-8")
    importing = start(school, "import-csv", str(tmp_path / "more.csv"))
    codes = []
    while importing.poll() is None or not codes:
        process = start(school, "-q", "status", "recompute")
        process.communicate()
        codes.append(process.returncode)
    importing.communicate()
    assert importing.returncode == 0
    assert set(codes) <= {0, 4}
    with reading_school(school, date(2026, 12, 1)) as opened:
        assert opened.db.execute("SELECT count(*) FROM client").fetchone() == (3_001,)
    assert {count for _client, _scale, count in changes(school)} == {1}


def test_a_recompute_that_is_killed_leaves_all_or_nothing(school: Path) -> None:
    fill(school, 40)
    for moment in (0.05, 0.1, 0.15, 0.2, 0.3, 0.4):
        process = start(school, "status", "recompute")
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = changes(school)
        assert len(found) in (0, 2 * 41)
        assert {count for _client, _scale, count in found} <= {1}
