"""Backups made while somebody writes: each is a state that was committed, never half of one and half of the next.

The writer puts the same number into rows all over the file, in one operation after another; in a committed state
all of them have the same.
"""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import NoReturn

from benchmarks.reliability.contents import faults
from benchmarks.reliability.processes import Command, run, warm_up
from benchmarks.reliability.result import Result, Tally
from benchmarks.reliability.tasks import FIRST

ROWS = 1_000
EACH = 20
"""So many copies are made of one school: its journal of changes grows by ROWS with every operation."""
KINDS = ("failed", "does not open or is not sound", "no committed state")
Copier = Callable[[Path, Path], None]


def school_of_numbers(folder: Path) -> Path:
    """Make a school with rows all over its pages that all say 0, and whose money sums to 0."""
    from builders import add_client, make_school, writing_school

    path: Path = make_school(folder)
    with writing_school(path, FIRST) as school:
        client = add_client(school, "Анна Иванова")
        rows = [(client, "address", f"{row}", f"{row}", "0" * 300) for row in range(ROWS)]
        school.db.executemany(
            "INSERT INTO contact (client_id, kind, value, value_key, note) VALUES (?, ?, ?, ?, ?)", rows
        )
    return path


def write(path: Path, number: int) -> None:
    """Put the number into every row, and two payments that come to nothing, in one operation."""
    from schoolcrm.core.store.transaction import writing

    amounts = ((number, "adjustment"), (-number, "adjustment"))
    with writing(path, date(2026, 9, 1), user="writer", command="test") as school:
        for amount, kind in amounts[:1]:
            _pay(school.db, amount, kind)
        school.db.execute("UPDATE contact SET note = ?", (f"{number:0300}",))
        for amount, kind in amounts[1:]:
            _pay(school.db, amount, kind)


def _pay(db: sqlite3.Connection, amount: int, kind: str) -> None:
    db.execute(
        "INSERT INTO payment (client_id, kind, on_date, amount, effect) VALUES (1, ?, '2026-09-01', ?, ?)",
        (kind, amount, amount),
    )


def not_committed(path: Path) -> str:
    """Return what shows that the file is no state that the writer has committed; empty if it is one."""
    with closing(sqlite3.connect(path)) as db:
        notes = db.execute("SELECT count(DISTINCT note), CAST(max(note) AS INTEGER), count(*) FROM contact").fetchone()
        payments = db.execute("SELECT count(*), ifnull(sum(effect), 0), ifnull(max(amount), 0) FROM payment").fetchone()
        operations = db.execute("SELECT count(*) FROM operation WHERE user = 'writer'").fetchone()[0]
        changes = db.execute("SELECT count(*) FROM change WHERE entity = 'contact' AND kind = 'update'").fetchone()[0]
    number = notes[1]
    expected = ((1, number, ROWS), (2 * number, 0, number), number, number * ROWS)
    found = (notes, payments, operations, changes)
    return "" if found == expected else f"{found} instead of {expected}"


def sound(path: Path) -> list[str]:
    """Return what is wrong with the copy, as a file and as a school."""
    try:
        return faults(path)
    except sqlite3.Error as error:
        return [repr(error)]


def while_writing(copies: int, copier: Copier | None = None) -> Result:
    """Make so many backups beside a writer, with `db backup` unless `copier` makes them, and look at each."""
    tally, written, states = Tally(*KINDS), 0, 0
    for first in range(0, copies, EACH):
        with tempfile.TemporaryDirectory(prefix="reliability-") as name:
            path = school_of_numbers(Path(name))
            states += len(_copy_often(path, min(EACH, copies - first), copier, tally))
            written += _count(path)
    told = f"{written} operations of {ROWS:,} rows written meanwhile; {states} different states copied"
    return Result("db backup while somebody writes", copies, tally.bad, told, tuple(tally.examples), 200)


def _copy_often(path: Path, copies: int, copier: Copier | None, tally: Tally) -> set[int]:
    """Make so many copies beside a writer; return the numbers of the last operations in them."""
    folder, states = path.parent, set()
    warm_up([Command(("db", "backup", str(folder / "first.db")), path)], folder)
    writer, until = _writer(path)
    try:
        for number in range(copies):
            copy = folder / f"copy-{number}.db"
            if copier is not None:
                copier(path, copy)
            elif (ended := run(Command(("db", "backup", str(copy)), path), folder)).code != 0:
                tally.note("failed", ended)
                continue
            _look_at(copy, tally)
            with suppress(sqlite3.Error):
                states.add(_count(copy))
            copy.unlink()
    finally:
        os.close(until)
        os.waitpid(writer, 0)
    return states


def _look_at(copy: Path, tally: Tally) -> None:
    if found := sound(copy):
        tally.note("does not open or is not sound", found[:2])
    try:
        if found_state := not_committed(copy):
            tally.note("no committed state", found_state)
    except sqlite3.Error as error:
        tally.note("no committed state", repr(error))


def _writer(path: Path) -> tuple[int, int]:
    """Start the writer and return its process; it goes on until the handle that is returned too is closed."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writes)
        _write_on(path, reads)
    os.close(reads)
    while not _count(path):
        time.sleep(0.01)
    return pid, writes


def _write_on(path: Path, until: int) -> NoReturn:
    import select

    from schoolcrm.core.errors import Busy

    number = 1
    while not select.select([until], [], [], 0.005)[0]:
        with suppress(Busy):
            write(path, number)
            number += 1
    os._exit(0)


def _count(path: Path) -> int:
    with closing(sqlite3.connect(path, timeout=30)) as db:
        return int(db.execute("SELECT count(*) FROM operation WHERE user = 'writer'").fetchone()[0])


def plain_copy(path: Path, copy: Path) -> None:
    """Copy the file as `cp` does: what a backup must not be."""
    shutil.copyfile(path, copy)
