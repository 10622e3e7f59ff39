"""Measures the speed figures and writes docs/benchmarks.md.

python -m benchmarks                                 everything, at all scales (the large school takes some
                                                     ten minutes and 1.2 GB to make, once)
python -m benchmarks --only startup,import           some groups of lines
python -m benchmarks --only '`payments add`'         one line, by what it is called or a part of it
python -m benchmarks --scale S,M                     without the large school

What is measured replaces what there was of those lines; the others stay on the page, with their dates.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.contest import Contest, Line
from benchmarks.lines import LINES
from benchmarks.measure import RUNS, RUNS_OF_SHORT, Failed, measure
from benchmarks.results import Measured, Results, load_average, machine, today
from benchmarks.scales import SCALES
from benchmarks.table import as_text, failure, rows_of, write_page
from benchmarks.workshop import Workshop

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
ROUNDS = f"{RUNS} times ({RUNS_OF_SHORT} times the short ones)"
SMALLEST = next(iter(SCALES))
LEAST_WORK = 0.0005  # seconds; less than that can't be told from nothing


def main() -> None:
    """Measure what was asked for, say it line by line, and bring the page up to it."""
    asked = _arguments()
    results = Results()
    measured = []
    with Workshop() as shop:
        versions = ", ".join(shop.versions())
        for line, scale in _chosen(asked.scale.split(","), asked.only.split(",") if asked.only else []):
            measured.append(_measured(shop, line, scale, asked.runs, versions))
            if not asked.no_page:
                results.put(measured[-1])
    print(as_text(measured))
    if not asked.no_page:
        write_page(PAGE, LINES, results, ROUNDS)


def _arguments() -> argparse.Namespace:
    about, _blank, examples = str(__doc__).partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=about,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scale", default=",".join(SCALES), help="scales (default: %(default)s)")
    parser.add_argument("--only", default="", help=f"groups ({', '.join(_groups())}), or parts of the names of lines")
    parser.add_argument("--runs", type=int, default=0, help="how often to run each (default: as its length allows)")
    parser.add_argument("--no-page", action="store_true", help="print the figures and keep none")
    asked = parser.parse_args()
    if unknown := {*asked.scale.split(",")} - {*SCALES}:
        parser.error(f"no such scale: {', '.join(sorted(unknown))}")
    if unknown := {word for word in asked.only.split(",") if not any(_is_meant(line, word) for line in LINES)}:
        parser.error(f"no such line or group of lines: {', '.join(sorted(unknown))}")
    return asked


def _groups() -> list[str]:
    return list(dict.fromkeys(line.group for line in LINES))


def _chosen(scales: list[str], words: list[str]) -> Iterator[tuple[Line, str]]:
    for line in LINES:
        if not words or any(_is_meant(line, word) for word in words):
            for scale in line.scales or [""]:
                if not scale or scale in scales:
                    yield line, scale


def _is_meant(line: Line, word: str) -> bool:
    return word == line.group or (word not in _groups() and word in line.what)


def _measured(shop: Workshop, line: Line, scale: str, runs: int, versions: str) -> Measured:
    """Measure a line and say at once what came out."""
    sys.stderr.write(f"{line.what} {scale} …\n")
    before = load_average()
    rows, work = _rows_and_work(shop, line, scale, runs)
    load = round((before + load_average()) / 2, 1)
    sys.stderr.write("".join(f"    {'  '.join(cell for cell in row if cell)}\n" for row in rows))
    return Measured(line.what, scale, rows, work, today(), load, machine(), versions)


def _rows_and_work(shop: Workshop, line: Line, scale: str, runs: int) -> tuple[list[list[str]], float | None]:
    """Return the line's rows and our CPU seconds after start-up; None where the school's size is no matter."""
    try:
        contest = _fair(line.set_up(shop, scale), scale)
        commands = [contest.ours, *(rival.command for rival in contest.rivals), shop.startup()]
        *rounds, startup = measure(commands, runs)
    except Failed as reason:
        return failure(str(reason)), None
    work = max(rounds[0].median.cpu - startup.median.cpu, LEAST_WORK) if scale else None
    return rows_of(contest, rounds, startup), work


def _fair(contest: Contest, scale: str) -> Contest:
    """Leave out floors on the small school, which is measured for the growth: both would be start-up alone."""
    if scale != SMALLEST:
        return contest
    return replace(contest, rivals=[rival for rival in contest.rivals if not rival.after_startup])


if __name__ == "__main__":
    main()
