"""A table as aligned plain text: what goes into pipes and files, and long lists on a terminal.

Streams: the columns are as wide as their headings, totals and first thousand rows; a longer cell further
down is printed whole and pushes only its own line.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.layout import GAP, line_maker, pad, widths_of
from schoolcrm.reports.writers.page import Heading, NamedText, Page, Row, nothing_found

MEASURED_ROWS = 1000
LineMaker = Callable[[Sequence[str]], str]
_BOLD, _RED, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[0m"


def write_plain(table: Table, stream: TextIO, *, colour: bool = False) -> None:
    """Write the table to the stream; ``colour`` makes headings bold and negative sums red besides."""
    page = Page(table)
    write_page(page, page.rows(), stream, colour=colour)


def write_page(page: Page, rows: Iterable[Row | Heading], stream: TextIO, *, colour: bool = False) -> None:
    """Write the page with these rows to the stream."""
    for line in page_lines(page, iter(rows), colour=colour):
        stream.write(line + "\n")


def page_lines(page: Page, rows: Iterator[Row | Heading], *, colour: bool) -> Iterator[str]:
    """Yield every line of the page."""
    yield from _above(page, colour)
    measured = list(islice(rows, MEASURED_ROWS))
    if measured:
        yield from _grid(page, measured, rows, colour)
    else:
        yield nothing_found()
    for block in (aligned(page.foot), page.notes):
        if block:
            yield ""
            yield from block


def _above(page: Page, colour: bool) -> Iterator[str]:
    if page.title:
        yield _bold(page.title, colour)
    yield from _named(page.parameters)
    if page.title or page.parameters:
        yield ""
    if page.head:
        yield from _named(page.head)
        yield ""


def _grid(page: Page, measured: list[Row | Heading], rest: Iterator[Row | Heading], colour: bool) -> Iterator[str]:
    cells = [row for row in measured if isinstance(row, list)]
    widths = widths_of([page.labels, *cells, *([page.totals] if page.totals else [])])
    line = line_maker(widths, page.right)
    row_line = _colourer(widths, page) if colour else line
    rule = line(["-" * width for width in widths])
    yield _bold(line(page.labels), colour)
    yield rule
    between = False
    for row in chain(measured, rest):
        if type(row) is list:
            yield row_line(row).replace("\u00a0", " ")
        else:
            if between:
                yield ""
            yield _bold(str(row), colour)
        between = True
    if page.totals:
        yield rule
        yield _bold(line(page.totals).replace("\u00a0", " "), colour)


def aligned(facts: list[NamedText]) -> list[str]:
    """Return a line for each fact, the values under one another."""
    if not facts:
        return []
    widths = widths_of([(f"{label}:", value) for label, value in facts])
    right = (False, all(value[-1:].isdecimal() for _label, value in facts))
    line = line_maker(widths, right)
    return [line((f"{label}:", value)).replace("\u00a0", " ") for label, value in facts]


def _named(facts: list[NamedText]) -> list[str]:
    return [f"{label}: {value}".replace("\u00a0", " ") for label, value in facts]


def _bold(text: str, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text


def _colourer(widths: list[int], page: Page) -> LineMaker:
    """Return what joins cells to one aligned line with negative sums in red."""

    def line(cells: Sequence[str]) -> str:
        padded = list(map(pad, cells, widths, page.right))
        for at in page.money:
            if cells[at].startswith("-"):
                padded[at] = f"{_RED}{padded[at]}{_PLAIN}"
        return GAP.join(padded).rstrip()

    return line
