"""The sign of life on a terminal: shown after a second of work, taken away at the end, and never off a terminal."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from builders import make_school, run_cli

from schoolcrm.commands import waiting
from schoolcrm.commands.waiting import Waiting, shown_wait

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT count(*) FROM n"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A connection with nothing in it."""
    with closing(sqlite3.connect(":memory:")) as opened:
        yield opened


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says: the first of these, as often as it is looked at."""
    times = [0.0]
    monkeypatch.setattr(waiting, "monotonic", lambda: times[0])
    return times


def test_nothing_is_shown_within_a_second(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    sign = Waiting()
    clock[0] = 0.9
    sign.look()
    sign.clear()
    assert capsys.readouterr().err == ""


def test_seconds_of_work_are_shown_and_taken_away(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    sign = Waiting()
    for clock[0] in (0.5, 1.0, 1.5, 2.0):
        assert sign.look() == 0
    sign.clear()
    sign.clear()
    assert capsys.readouterr().err == "\r\033[KWorking: 1 s\r\033[KWorking: 2 s\r\033[K"


def test_somebody_who_thinks_about_an_answer_is_no_work(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    sign = Waiting()
    for clock[0] in (60.0, 60.5):
        sign.look()
    assert capsys.readouterr().err == "\r\033[KWorking: 1 s"


def test_the_database_looks_at_the_clock_while_it_works(
    db: sqlite3.Connection, clock: list[float], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_INSTRUCTIONS", 100)
    with shown_wait(db):
        clock[0] = 1.0
        assert db.execute(COUNT).fetchone() == (20_000,)
    assert capsys.readouterr().err == "\r\033[KWorking: 1 s\r\033[K"
    clock[0] = 9.0
    db.execute(COUNT).fetchone()
    assert capsys.readouterr().err == ""


def test_ctrl_c_while_the_database_works_is_an_interruption(db: sqlite3.Connection) -> None:
    db.create_function("stop", 0, db.interrupt)
    with pytest.raises(KeyboardInterrupt), shown_wait(db):
        db.execute(f"SELECT stop(), ({COUNT})").fetchone()


def test_other_errors_stay_what_they_are(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), shown_wait(db):
        db.execute("SELECT * FROM absent")


def test_off_a_terminal_nothing_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.0)
    monkeypatch.setattr(waiting, "_INSTRUCTIONS", 1)
    code, _out, err = run_cli("report", "debtors", db=make_school(tmp_path))
    assert (code, err) == (0, "")
