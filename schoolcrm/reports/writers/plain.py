"""A table as aligned plain text: what goes into pipes and files, and long lists on a terminal.

Streams: the columns are as wide as their headings, totals and first thousand rows; a longer cell further
down is printed whole and pushes only its own line.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest
from typing import TextIO

from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.layout import GAP, line_maker, pad, widths_of, wrap
from schoolcrm.reports.writers.page import (
    MEASURED_ROWS,
    Heading,
    NamedText,
    Page,
    Row,
    nothing_found,
    without_empty_columns,
)

LineMaker = Callable[[Sequence[str]], str]
_BOLD, _RED, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[0m"


def write_plain(table: Table, stream: TextIO, *, colour: bool = False) -> None:
    """Write the table to the stream; ``colour`` makes headings bold and negative sums red besides."""
    page = Page(without_empty_columns(table))
    for line in _lines(page, page.rows(), colour):
        stream.write(line + "\n")


def _lines(page: Page, rows: Iterator[Row | Heading], colour: bool) -> Iterator[str]:
    yield from _above(page, colour)
    measured = list(islice(rows, MEASURED_ROWS))
    if measured:
        cells = [row for row in measured if isinstance(row, list)]
        widths = widths_of([page.labels, *cells, *([page.totals] if page.totals else [])])
        yield from grid_lines(page, chain(measured, rows), widths, colour=colour)
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


def grid_lines(
    page: Page, rows: Iterable[Row | Heading], widths: list[int], *, colour: bool, wrapped: bool = False
) -> Iterator[str]:
    """Yield headings, rows and totals in columns of these widths; ``wrapped``: prose keeps to its column."""
    line = line_maker(widths, page.right)
    row_line = _colourer(widths, page) if colour else line
    rule = line(["-" * width for width in widths])
    for labels in zip_longest(*map(wrap, page.labels, widths), fillvalue=""):
        yield _bold(line(labels), colour)
    yield rule
    between = False
    for row in rows:
        if type(row) is list:
            for cells in _split(page, row, widths) if wrapped else (row,):
                yield row_line(cells).replace("\u00a0", " ")
        else:
            if between:
                yield ""
            yield _bold(str(row), colour)
        between = True
    if page.totals:
        yield rule
        yield _bold(line(page.totals).replace("\u00a0", " "), colour)


def wrapped_cells(page: Page, row: Row, widths: list[int]) -> Iterator[list[str]]:
    """Yield the lines of each cell: prose is wrapped to its column, a figure stays whole."""
    for cell, width, prose in zip(row, widths, page.prose, strict=True):
        yield wrap(cell, width) if prose else [cell]


def _split(page: Page, row: Row, widths: list[int]) -> Iterator[Sequence[str]]:
    """Yield the lines of the row, each with a cell for every column."""
    return zip_longest(*wrapped_cells(page, row, widths), fillvalue="")


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
