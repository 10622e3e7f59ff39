"""undo of random last operations: every record as it was before, and after redo as it was after, to the last column."""

import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.reliability.contents import digest, faults
from benchmarks.reliability.lines import make_school, random_lines
from benchmarks.reliability.result import Result, Tally

KINDS = ("refused to undo", "not the state before", "not the state after redo", "defect", "damaged")
TODAY = "2026-09-30"
EACH = 50
"""So many operations are undone in one school; then another one is made."""


def undo_often(operations: int) -> Result:
    """Do random things, and undo and redo so many of them, each right after it was done."""
    tally, chance = Tally(*KINDS), random.Random(operations)
    kinds: dict[str, int] = {}
    undone = 0
    while undone < operations:
        with tempfile.TemporaryDirectory(prefix="reliability-") as name:
            undone += _in_one_school(Path(name), min(EACH, operations - undone), chance, tally, kinds)
    told = f"{len(kinds)} kinds of commands, the rarest {min(kinds.values())} times" if kinds else ""
    return Result("undo and redo of random last operations", undone, tally.bad, told, tuple(tally.examples), 1_000)


def _in_one_school(folder: Path, operations: int, chance: random.Random, tally: Tally, kinds: dict[str, int]) -> int:
    path, undone = make_school(folder), 0
    for line in random_lines(chance, folder):
        before, count = _records(path), _operations(path)
        code, said = _does(path, *line)
        if "did not expect" in said:
            tally.note("defect", (line, said))
        if _operations(path) == count:
            if _records(path) != before:
                tally.note("not the state before", f"exit {code} changed something: {line}")
            continue
        after = _records(path)
        kind = " ".join(line[: 2 if line[0] not in ("import-csv",) else 1])
        kinds[kind] = kinds.get(kind, 0) + 1
        undone += 1
        there_and_back(path, line, (before, after), tally)
        if undone == operations:
            break
    for fault in faults(path):
        tally.note("damaged", fault)
    return undone


def there_and_back(path: Path, line: tuple[str, ...], states: tuple[str, str], tally: Tally) -> None:
    # A plain undo passes over what the nightly recompute did.
    number = ("--op", str(_operations(path))) if line[:2] == ("status", "recompute") else ()
    code, said = _does(path, "undo", *number)
    if code != 0:
        tally.note("refused to undo", (line, said))
        return
    if _records(path) != states[0]:
        tally.note("not the state before", line)
    code, said = _does(path, "redo")
    if code != 0 or _records(path) != states[1]:
        tally.note("not the state after redo", (line, said))


def _does(path: Path, *line: str) -> tuple[int, str]:
    """Run the command here, answering yes; return its exit code and what it said."""
    from builders import run_cli

    code, _out, err = run_cli(*line, "--yes", db=path, today=TODAY)
    if code == 2 and "--yes" in err:  # not a changing command
        code, _out, err = run_cli(*line, db=path, today=TODAY)
    return code, err


def _records(path: Path) -> str:
    return digest(path, journal=False, moments=True)


def _operations(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT max(id) FROM operation").fetchone()[0])
