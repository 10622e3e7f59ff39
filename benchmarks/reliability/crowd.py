"""Four people writing and eight reading at once for a minute, and an import of 40,000 rows among them."""

import json
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.reliability.contents import faults
from benchmarks.reliability.processes import Command, run, warm_up
from benchmarks.reliability.result import Result, Tally
from benchmarks.reliability.tasks import clients_file, school_of_buyers
from schoolcrm.core.store.database import WAIT_SECONDS

WRITERS, READERS = 4, 8
BUSY = 4
KINDS = (
    "locked at once",
    "gave up after waiting",
    "other failures",
    "acknowledged but lost",
    "there but not acknowledged",
    "damaged",
)
READING = (
    ("report", "debtors"),
    ("clients", "list"),
    ("payments", "list"),
    ("clients", "show", "Клиент 003"),
    ("report", "journal", "Клиент 005"),
)


def crowd(seconds: float, rows: int) -> Result:
    """Let them work and compare what is there with what was acknowledged."""
    tally = Tally(*KINDS)
    with tempfile.TemporaryDirectory(prefix="reliability-") as name:
        folder = Path(name)
        school_of_buyers(folder)
        clients_file(folder / "clients.csv", rows)
        path = folder / "school.db"
        warm_up([Command(words, path) for words in (*READING, *map(_payment, ("warm",)))], folder)
        before = _clients(path)
        until = time.monotonic() + seconds
        people = [_worker(folder, f"writer {number}", until, _writing(number)) for number in range(WRITERS)]
        people += [_worker(folder, f"reader {number}", until, _reading(number)) for number in range(READERS)]
        time.sleep(seconds / 10)
        began = time.monotonic()
        imported = run(Command(("import-csv", str(folder / "clients.csv"), "--format", "json"), path), folder)
        took = time.monotonic() - began
        for pid in people:
            os.waitpid(pid, 0)
        written, read = (
            [each for each in _told(folder) if each["who"].startswith(who)] for who in ("writer", "reader")
        )
        waited = _compare(path, written + read, tally)
        if imported.code not in (0, 3):
            tally.note("gave up after waiting" if imported.code == BUSY else "other failures", imported)
        elif _clients(path) - before != json.loads(imported.out)["clients"]:
            tally.note("acknowledged but lost", f"import: {imported.out}, there are {_clients(path)}")
        for fault in faults(path):
            tally.note("damaged", fault)
    told = (
        f"{WRITERS} writers: {len(written)} payments; {READERS} readers: {len(read)} reports; the import of {rows:,}"
        f" rows took {took:.0f} s; the longest command {waited:.1f} s"
    )
    what = f"{WRITERS} writers, {READERS} readers for {seconds:.0f} s, an import among them"
    return Result(what, len(written) + len(read) + 1, tally.bad, told, tuple(tally.examples))


def _payment(note: str) -> tuple[str, ...]:
    return ("payments", "add", f"Клиент {random.randrange(120):03}", "150", "--note", note, "--format", "json")


def _writing(number: int) -> Iterator[tuple[str, ...]]:
    count = 0
    while True:
        count += 1
        yield _payment(f"{number}-{count}")


def _reading(number: int) -> Iterator[tuple[str, ...]]:
    while True:
        yield READING[number % len(READING)]
        number += 1


def _worker(folder: Path, who: str, until: float, lines: Iterator[tuple[str, ...]]) -> int:
    """Start somebody who runs one command after another, each a process, and keeps what came of it."""
    pid = os.fork()
    if pid == 0:
        _work(folder, who, until, lines)
    return pid


def _work(folder: Path, who: str, until: float, lines: Iterator[tuple[str, ...]]) -> NoReturn:
    desk = folder / who
    desk.mkdir()
    with (folder / f"{who}.jsonl").open("w", encoding="utf-8") as told:
        while time.monotonic() < until:
            words = next(lines)
            ended = run(Command(words, folder / "school.db"), desk)
            told.write(json.dumps({"who": who, "words": words, **ended.__dict__}) + "\n")
            told.flush()
    os._exit(0)


def _told(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]


def _compare(path: Path, told: list[dict[str, Any]], tally: Tally) -> float:
    """Note commands that failed, and payments that are there and should not be, or are not; return the longest wait."""
    acknowledged = set()
    for each in told:
        if each["code"] == BUSY:
            waited = each["seconds"] > WAIT_SECONDS
            tally.note(
                "gave up after waiting" if waited else "locked at once",
                f"{each['words']} after {each['seconds']:.1f} s",
            )
        elif each["code"] != 0:
            tally.note("other failures", each)
        elif "add" in each["words"]:
            acknowledged.add((json.loads(each["out"])["id"], each["words"][5]))
    with closing(sqlite3.connect(path)) as db:
        there = set(db.execute("SELECT id, note FROM payment WHERE note GLOB '[0-9]-[0-9]*'"))
    for one in acknowledged - there:
        tally.note("acknowledged but lost", one)
    for one in there - acknowledged:
        tally.note("there but not acknowledged", one)
    return max((float(each["seconds"]) for each in told), default=0.0)


def _clients(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM client").fetchone()[0])
