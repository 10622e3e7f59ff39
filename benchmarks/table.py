"""The table of the benchmark: as text while it is measured, as the page docs/benchmarks.md at the end."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.contest import Contest, Line, Rival
from benchmarks.measure import Figures, Rounds
from benchmarks.results import Measured, Results

HEADINGS = (
    *("what", "ours", "CPU", "peak", "against", "it takes", "CPU", "ratio", "ratio of CPU", "bound", "holds"),
    *("growth", "measured"),
)
_PAGE = """\
# How fast it is

Written by `make bench` (`python -m benchmarks`); the figures are as measured on one machine, good or bad.

- Whole processes of the installed program with warm bytecode: wall time, CPU time (user and system), peak memory.
  Each is run in turn with what it is compared with, {rounds}; the medians are shown.
- A ratio is the median, over the rounds, of our time over the other's. For a floor (a hand-written program that does
  only that, in `benchmarks/floors/`) marked with *, our start-up (a small list of a small school) is taken off first.
- Growth is the exponent of our CPU time after start-up in the number of clients, from one scale to the next: 1 is
  linear, 0 does not know the size of the school. Below some milliseconds of work it says little.
- The last column says when a line was measured and how busy the machine was (load average): a line may be measured
  anew by itself.
- The schools are made by `benchmarks/school.py`, the same every time: S has 300 clients, M 10,000, L 100,000, with
  1.3 students, 12 lessons, 50 marks, 15 payments and 4 subscriptions a client over three years; a twentieth of the
  clients had or have a trial booked, a tenth a contract, 2 % of the students a freeze or a discount, and there are two
  holidays a year. The client files have a row a student.
- The journal of changes is part of every changing command. "Without the journal" is the same import into a database
  with its triggers taken away (all but one on a table with a handful of rows).

{machines}

{table}
"""


def rows_of(contest: Contest, rounds: Sequence[Rounds], startup: Rounds) -> list[list[str]]:
    """Return what a measured line says of each rival; `rounds` are ours and then the rivals' in their order."""
    ours, rows = rounds[0].median, []
    for rival, rounds_of_rival in zip(contest.rivals, rounds[1:], strict=True):
        theirs = rounds_of_rival.median
        base = startup if rival.after_startup else None
        ratio, cpu_ratio = (rounds[0].ratio(name, rounds_of_rival, base) for name in ("wall", "cpu"))
        mark = "*" if base else ""
        rows.append(
            [
                _time(ours.wall), _time(ours.cpu), f"{ours.peak:.0f} MB", rival.name,
                _time(theirs.wall), _time(theirs.cpu), f"{_factor(ratio)}{mark}", f"{_factor(cpu_ratio)}{mark}",
                *_verdict(ratio, rival.at_most),
            ]
        )  # fmt: skip
        if rival.peak_at_most:
            rows.append(_peaks(ours, theirs, rival))
    if not contest.rivals:
        rows.append([_time(ours.wall), _time(ours.cpu), f"{ours.peak:.0f} MB", *[""] * 7])
    if contest.peak_at_most:
        holds = "yes" if ours.peak <= contest.peak_at_most else "NO"
        rows.append(["", "", f"{ours.peak:.1f} MB", "peak memory", *[""] * 4, f"≤ {contest.peak_at_most:g} MB", holds])
    return rows + [["", "", "", f"{reason}: left out", *[""] * 6] for reason in contest.lacking]


def failure(reason: str) -> list[list[str]]:
    """Return the row of a line that could not be measured."""
    return [["not measured", "", "", reason, *[""] * 6]]


def _peaks(ours: Figures, theirs: Figures, rival: Rival) -> list[str]:
    ratio = ours.peak / theirs.peak
    against = f"peak memory of {rival.name}: {theirs.peak:.1f} MB"
    return [
        "", "", f"{ours.peak:.1f} MB", against, "", "", f"{ratio:.2f}×", "", *_verdict(ratio, rival.peak_at_most)
    ]  # fmt: skip


def _verdict(ratio: float, at_most: float | None) -> tuple[str, str]:
    """Return the bound as it is shown and whether it holds; nothing where there is none."""
    return (f"≤ {_factor(at_most)}", "yes" if ratio <= at_most else "NO") if at_most else ("", "")


def as_text(measured: Iterable[Measured]) -> str:
    """Return what was measured as an aligned table, without growth and dates."""
    cells = [HEADINGS[:-2], *((_what(line), *row) for line in measured for row in line.rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEADINGS) - 2)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def write_page(path: Path, lines: Sequence[Line], results: Results, rounds: str) -> None:
    """Write docs/benchmarks.md of the latest figures of all lines."""
    known = [results.lines.get((line.what, scale)) for line in lines for scale in line.scales or [""]]
    measured = [line for line in known if line is not None]
    cells = [HEADINGS, ("---",) * len(HEADINGS), *(row for line in measured for row in _rows(line, results))]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in cells)
    path.write_text(_PAGE.format(machines=_machines(measured), table=table, rounds=rounds), "utf-8")


def _rows(line: Measured, results: Results) -> list[tuple[str, ...]]:
    """Return the line's rows as they stand on the page: growth and date beside the first."""
    beside = (results.growth(line.what, line.scale), f"{line.on}, load {line.load:.1f}")
    return [(_what(line), *row, *(beside if at == 0 else ("", ""))) for at, row in enumerate(line.rows)]


def _machines(measured: Sequence[Measured]) -> str:
    """Return on what the lines were measured: a paragraph for most of them, others with the lines they are about."""
    alike: dict[tuple[str, str], list[Measured]] = {}
    for line in measured:
        alike.setdefault((line.machine, line.versions), []).append(line)
    told: list[str] = []
    for (machine, versions), lines in sorted(alike.items(), key=lambda item: -len(item[1])):
        days = " and ".join(sorted({line.on for line in lines}))
        which = f" ({'; '.join(map(_what, lines))})" if told else ""
        told.append(f"Measured on {days}{which}: {machine}; {versions}.")
    return "\n\n".join(told)


def _what(line: Measured) -> str:
    return f"{line.what}, {line.scale}" if line.scale else line.what


def _factor(ratio: float) -> str:
    """Return how many times, with two digits that tell something: 12.30×, 0.0067×."""
    return f"{ratio:.2f}×" if ratio >= 0.1 else f"{ratio:.2g}×"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
