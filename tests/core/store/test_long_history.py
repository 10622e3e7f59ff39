"""A long history is read in pieces, so that others can write between them (R54)."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from builders import TODAY, add_client, make_school, reading_school, run_cli, writing_school

from schoolcrm.core.store import edits
from schoolcrm.core.store.database import step_aside
from schoolcrm.core.store.edits import Wanted, newest_edits

CLIENTS = 60


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Clients recorded one by one and together, all renamed, some of them twice; pieces are small."""
    path = make_school(tmp_path, "en")
    for number in range(CLIENTS // 2):
        with writing_school(path, TODAY) as school:
            add_client(school, f"Client {number}")
    with writing_school(path, TODAY) as school:
        for number in range(CLIENTS // 2, CLIENTS):
            add_client(school, f"Client {number}")
    with writing_school(path, TODAY) as school:
        school.db.execute("UPDATE client SET note = 'all ' || id")
        school.db.execute("UPDATE client SET note = 'some ' || id WHERE id % 3 = 0")
    monkeypatch.setattr(edits, "AT_FIRST", 3)
    monkeypatch.setattr(edits, "AT_ONCE", 10)
    return path


def write(path: Path, statement: str) -> None:
    with writing_school(path, TODAY) as school:
        school.db.execute(statement)


def test_r54_others_write_while_a_history_is_read_and_it_tells_the_same(path: Path) -> None:
    with reading_school(path, TODAY) as school:
        before = list(newest_edits(school.db, Wanted()))
    assert len(before) > CLIENTS * 2
    pauses = []
    with reading_school(path, TODAY) as school:

        def pause() -> None:
            step_aside(school.db)
            pauses.append(len(pauses))
            with closing(sqlite3.connect(path, timeout=0)) as other:
                other.execute("BEGIN EXCLUSIVE")
            write(path, f"UPDATE client SET note = 'later {len(pauses)}', colour = 'red' WHERE id = {len(pauses)}")

        during = list(newest_edits(school.db, Wanted(), pause))
    assert len(pauses) > 5
    assert during == before


def test_r54_pieces_leave_nothing_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading_school(path, TODAY) as school:
        in_pieces = list(newest_edits(school.db, Wanted(), partial(step_aside, school.db)))
        monkeypatch.setattr(edits, "AT_FIRST", 1 << 40)
        monkeypatch.setattr(edits, "AT_ONCE", 1 << 40)
        at_once = list(newest_edits(school.db, Wanted()))
    assert in_pieces == at_once
    assert len({(edit.operation, edit.entity, edit.record) for edit in at_once}) == len(at_once)


def test_r54_a_history_too_long_to_hold_is_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("history", "--limit", "100000", "--format", "jsonl")
    held = run_cli(*words, db=path)[1]
    monkeypatch.setattr("schoolcrm.core.store.spool.HELD", 10)
    assert run_cli(*words, db=path) == (0, held, "")


def test_r54_a_limit_stops_between_pieces_and_says_that_there_is_more(path: Path) -> None:
    lines = run_cli("history", "--limit", "25", "--format", "csv", db=path)[1].splitlines()
    assert len(lines) == 26
    everything = run_cli("history", "--limit", "100000", "--format", "csv", db=path)[1].splitlines()
    assert everything[:26] == lines
    assert "There is more" in run_cli("history", "--limit", "25", db=path)[1]
    assert "There is more" not in run_cli("history", "--limit", "100000", db=path)[1]
