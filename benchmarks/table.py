"""The table of the benchmark: as text while it is measured, as the page docs/benchmarks.md at the end."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.contest import Contest, Line
from benchmarks.measure import Rounds

HEADINGS = ("what", "ours", "CPU", "peak", "against", "it takes", "CPU", "ratio", "ratio of CPU", "bound", "holds")
_PAGE = """\
# How fast it is

Written by `make bench` (`python -m benchmarks`); the figures are as measured on one machine, good or bad.

- Whole processes of the installed program with warm bytecode: wall time, CPU time (user and system), peak memory.
  Each is run in turn with what it is compared with, {rounds}; the medians are shown.
- A ratio is the median, over the rounds, of our time over the other's. For a floor (a hand-written program that does
  only that, in `benchmarks/floors/`) marked with *, our start-up (a small list of a small school) is taken off first.
- The schools are made by `benchmarks/school.py`, the same every time: S has 300 clients, M 10,000, L 100,000, with
  1.3 students, 12 lessons, 50 marks, 15 payments and 4 subscriptions a client over three years; a twentieth of the
  clients had or have a trial booked, a tenth a contract, 2 % of the students a freeze or a discount, and there are two
  holidays a year. The client files have a row a student.
- The journal of changes is part of every changing command. "Without the journal" is the same import into a database
  with its triggers taken away (all but one on a table with a handful of rows).

{machine}

{table}
"""


@dataclass(frozen=True)
class Row:
    """One comparison as it is printed."""

    cells: tuple[str, ...]

    @classmethod
    def of_failure(cls, line: Line, scale: str, reason: str) -> "Row":
        """Return the row of a line that could not be measured."""
        return cls((_what(line, scale), "not measured", "", "", reason, *[""] * 6))


def rows_of(line: Line, scale: str, contest: Contest, rounds: Sequence[Rounds], startup: Rounds | None) -> list[Row]:
    """Return the rows of a measured line; `rounds` are ours and then the rivals' in their order."""
    ours, rows = rounds[0].median, []
    for rival, rounds_of_rival in zip(contest.rivals, rounds[1:], strict=True):
        theirs = rounds_of_rival.median
        base = startup if rival.after_startup else None
        ratio, cpu_ratio = (rounds[0].ratio(name, rounds_of_rival, base) for name in ("wall", "cpu"))
        bound = f"≤ {rival.at_most:.3g}×" if rival.at_most else ""
        holds = ("yes" if ratio <= rival.at_most else "NO") if rival.at_most else ""
        mark = "*" if base else ""
        rows.append(
            Row(
                (
                    _what(line, scale), _time(ours.wall), _time(ours.cpu), f"{ours.peak:.0f} MB",
                    rival.name, _time(theirs.wall), _time(theirs.cpu),
                    f"{ratio:.2f}×{mark}", f"{cpu_ratio:.2f}×{mark}", bound, holds,
                )
            )
        )  # fmt: skip
    if contest.peak_at_most:
        holds = "yes" if ours.peak <= contest.peak_at_most else "NO"
        bound = f"≤ {contest.peak_at_most:g} MB"
        rows.append(Row((_what(line, scale), "", "", f"{ours.peak:.1f} MB", "peak memory", *[""] * 4, bound, holds)))
    return rows + [
        Row((_what(line, scale), "", "", "", f"{reason}: left out", *[""] * 6)) for reason in contest.lacking
    ]


def as_text(rows: Iterable[Row]) -> str:
    """Return the rows as an aligned table."""
    cells = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def write_page(path: Path, rows: Sequence[Row], rounds: str, versions: Sequence[str]) -> None:
    """Write docs/benchmarks.md."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(row.cells for row in rows)]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    path.write_text(_PAGE.format(machine=_machine(versions), table=table, rounds=rounds), "utf-8")


def _machine(versions: Sequence[str]) -> str:
    facts = [
        f"Measured on {date.today():%Y-%m-%d}: {platform.system()} {platform.machine()}, {_processor()},"  # noqa: DTZ011
        f" {os.cpu_count()} cores, {_memory()}; load average at the end {os.getloadavg()[0]:.1f}.",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; {', '.join(versions)}.",
    ]
    return "\n".join(facts)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB"


def _what(line: Line, scale: str) -> str:
    return f"{line.what}, {scale}" if scale else line.what


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
