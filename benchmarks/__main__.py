"""Measures the speed figures and writes docs/benchmarks.md.

python -m benchmarks                               scales S and M, everything; writes the page
python -m benchmarks --only startup,import         some groups of lines; prints the table only
python -m benchmarks --scale S,M,L                 the large school too (some ten minutes and 2 GB to make)
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.contest import Line
from benchmarks.lines import LINES
from benchmarks.measure import RUNS, RUNS_OF_SHORT, Failed, measure
from benchmarks.scales import SCALES
from benchmarks.table import Row, as_text, rows_of, write_page
from benchmarks.workshop import Workshop

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
USUAL_SCALES = "S,M"


def main() -> None:
    """Measure what was asked for, print it line by line, and write the page if it was everything."""
    asked = _arguments()
    chosen = list(_chosen(asked.scale.split(","), asked.only.split(",") if asked.only else []))
    with Workshop() as shop:
        rows = [row for line, scale in chosen for row in _told(shop, line, scale, asked.runs)]
        print(as_text(rows))
        if not asked.only:
            rounds = f"{asked.runs} times" if asked.runs else f"{RUNS} times ({RUNS_OF_SHORT} times the short ones)"
            write_page(PAGE, rows, rounds, shop.versions())


def _told(shop: Workshop, line: Line, scale: str, runs: int) -> list[Row]:
    """Measure a line and say at once what came out."""
    sys.stderr.write(f"{line.what} {scale} …\n")
    rows = _measure(shop, line, scale, runs)
    sys.stderr.write("".join(f"    {'  '.join(cell for cell in row.cells[1:] if cell)}\n" for row in rows))
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default=USUAL_SCALES, help="scales, of S,M,L (default: %(default)s)")
    parser.add_argument("--only", default="", help=f"groups of lines, of {','.join(_groups())}")
    parser.add_argument("--runs", type=int, default=0, help="how often to run each (default: as its length allows)")
    asked = parser.parse_args()
    if unknown := {*asked.scale.split(",")} - {*SCALES}:
        parser.error(f"no such scale: {', '.join(sorted(unknown))}")
    if asked.only and (unknown := {*asked.only.split(",")} - {*_groups()}):
        parser.error(f"no such group of lines: {', '.join(sorted(unknown))}")
    return asked


def _groups() -> list[str]:
    return list(dict.fromkeys(line.group for line in LINES))


def _chosen(scales: list[str], groups: list[str]) -> Iterator[tuple[Line, str]]:
    for line in LINES:
        if not groups or line.group in groups:
            for scale in line.scales or [""]:
                if not scale or scale in scales:
                    yield line, scale


def _measure(shop: Workshop, line: Line, scale: str, runs: int) -> list[Row]:
    try:
        contest = line.set_up(shop, scale)
        commands = [contest.ours, *(rival.command for rival in contest.rivals)]
        if any(rival.after_startup for rival in contest.rivals):
            *rounds, startup = measure([*commands, shop.startup()], runs)
            return rows_of(line, scale, contest, rounds, startup)
        return rows_of(line, scale, contest, measure(commands, runs), None)
    except Failed as reason:
        return [Row.of_failure(line, scale, str(reason))]


if __name__ == "__main__":
    main()
