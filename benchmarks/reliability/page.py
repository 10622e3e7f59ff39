"""What came of it, written as the page docs/reliability.md."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.reliability.result import Result

HEADINGS = ("what", "times", "went wrong", "beside it", "holds", "on")
_PAGE = """\
# What it takes to lose something

Written by `make reliability` (`python -m benchmarks.reliability`); the figures are as counted, good or bad, each row on
its own day. Every row must have 0 in all that can go wrong; «(of N)» says how
often it was to be tried. The quick versions are in `tests/test_reliability.py`.

- **kill -9**: the command is killed at a random moment, nine times of ten while its journal or its copy is on the disk
  (counted after the kill), one time of twenty as a new interpreter, else as a fork of a warm one. After each kill the
  next opening must find a sound file (`integrity_check`, `foreign_key_check`, and what `db check` proves) in which
  every table holds what it did before the command or what it holds after it, nothing else; what was printed as done is
  there; finished copies are whole; the command run again (every fourth time, an import every second) ends right.
- **each call failing**: a library loaded before the C library lets one call fail that writes, syncs, renames, links or
  deletes; or every one from a point on that needs room; or kills the process in the midst of the call, half of its
  bytes written. **no file grows** (RLIMIT_FSIZE) and **disk full** (a small tmpfs) do the same at many sizes. The
  exit code must be 0 with the work done, or 6 with one sentence and nothing changed.
- **db backup while somebody writes**: a writer puts one number into {rows} rows with two payments that come to nothing,
  operation after operation; in a backup all rows say the same, the money is 0 and the journal has as many operations.
  A copy that is half of one state and half of the next is caught by this, as the tests see to.
- **undo**: every table to the last column, also the moments.

{machine}

| {headings} |
| {rule} |
{table}
"""


def as_text(result: Result) -> str:
    """Return the result as lines of text, with the first of what went wrong."""
    cells = "  |  ".join(cell for cell in result.cells() if cell)
    return "\n    ".join([cells, *(" ".join(example.split())[:1000] for example in result.examples)])


def write_page(page: Path, results: Iterable[Result]) -> None:
    """Write the results into the page, each in the place of its row; the other rows stay as they are."""
    from benchmarks.reliability.backups import ROWS

    rows = {line.split(" | ")[0]: line for line in _table_of(page)}
    on = datetime.now(UTC).strftime("%Y-%m-%d")
    for result in results:
        line = "| " + " | ".join([*result.cells(), on]).replace("\n", " ") + " |"
        rows[line.split(" | ")[0]] = line
    text = _PAGE.format(
        rows=f"{ROWS:,}",
        machine=_machine(),
        headings=" | ".join(HEADINGS),
        rule=" | ".join(["---"] * len(HEADINGS)),
        table="\n".join(rows.values()),
    )
    page.write_text(text, "utf-8")


def _table_of(page: Path) -> list[str]:
    lines = page.read_text("utf-8").splitlines() if page.exists() else []
    return [line for line in lines if line.startswith("| ")][2:]


def _machine() -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}."
    )
