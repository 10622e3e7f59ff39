"""Long lists wait for the printer outside of memory, whole, in order, and hold nobody up."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, make_school, pay, run_cli, writing_school

from schoolcrm.core.errors import DiskTrouble
from schoolcrm.core.store import spool
from schoolcrm.core.store.spool import Spool, convert_rows, keep_rows


def rows_of(count: int) -> list[tuple[Any, ...]]:
    return [(number, f"Имя {number}", None, 1.5) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, spool.HELD, spool.HELD + 1, spool.HELD + 1_499])
def test_every_row_comes_back_in_order_as_often_as_asked(count: int) -> None:
    kept = keep_rows(iter(rows_of(count)))
    assert isinstance(kept, list) == (count <= spool.HELD)
    assert len(kept) == count
    assert list(kept) == list(kept) == rows_of(count)


def test_rows_are_changed_when_they_are_read() -> None:
    kept = keep_rows(iter(rows_of(spool.HELD + 10)))
    doubled = convert_rows(convert_rows(kept, lambda row: (row[0] * 2,)), lambda row: (row[0] + 1,))
    assert list(doubled) == [(number * 2 + 1,) for number in range(spool.HELD + 10)]
    assert list(kept) == rows_of(spool.HELD + 10)
    assert list(convert_rows([(1,), (2,)], lambda row: (-row[0],))) == [(-1,), (-2,)]


def test_two_readers_do_not_disturb_one_another() -> None:
    kept = keep_rows(iter(rows_of(spool.HELD + 2_000)))
    for one, other in zip(kept, kept, strict=True):
        assert one == other


def test_the_file_has_no_name_and_goes_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    kept = keep_rows(iter(rows_of(spool.HELD * 2)))
    assert isinstance(kept, Spool)
    assert list(tmp_path.iterdir()) == []
    mine = [link for link in Path("/proc/self/fd").iterdir() if str(tmp_path) in os.path.realpath(link)]
    del kept
    left = [link for link in Path("/proc/self/fd").iterdir() if str(tmp_path) in os.path.realpath(link)]
    assert (len(mine), left) == (1, []) if Path("/proc/self/fd").exists() else True


def test_no_room_for_the_rows_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(DiskTrouble) as refused:
        keep_rows(iter(rows_of(spool.HELD + 1)))
    assert "laid aside" in refused.value.sentence
    assert "TMPDIR" in refused.value.hint


@pytest.mark.parametrize("words", [("payments", "list"), ("clients", "list"), ("students", "list")])
@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "table"])
def test_a_list_prints_the_same_whether_it_was_laid_aside_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], form: str
) -> None:
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        for number in range(30):
            client_id = add_client(school, f"Клиент {number}", student=f"Ребёнок {number}")
            pay(school, client_id, 100 + number, TODAY)
    usual = run_cli(*words, "--format", form, db=path)
    monkeypatch.setattr(spool, "HELD", 4)
    monkeypatch.setattr(spool, "_AT_ONCE", 7)
    assert run_cli(*words, "--format", form, db=path) == usual
    assert usual[0] == 0


def test_nothing_of_the_database_is_held_while_rows_wait(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        add_client(school)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
        query = f"{many} SELECT i, name FROM n CROSS JOIN client"
        kept = keep_rows(db.execute(query))
        first = next(iter(kept))
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            other.execute("ROLLBACK")
    assert first == (1, "Анна Иванова")
    assert len(list(kept)) == 6000
