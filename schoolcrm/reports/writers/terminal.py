"""A table on a terminal, drawn by Rich. Text from data is never markup; colour repeats what signs say."""

import io
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO

from schoolcrm.core.rules.safetext import one_line
from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.bars import BLOCK, picture_lines
from schoolcrm.reports.writers.layout import GAP, fit, longest_words, widths_of, wrap
from schoolcrm.reports.writers.page import (
    MEASURED_ROWS,
    Heading,
    NamedText,
    Page,
    Row,
    nothing_found,
    without_empty_columns,
)
from schoolcrm.reports.writers.panels import Panel, panels_of, with_kept_rows
from schoolcrm.reports.writers.plain import aligned, grid_lines, wrapped_cells
from schoolcrm.reports.writers.records import record_lines
from schoolcrm.reports.writers.screen import Screen, look_at, show

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

MOST_DRAWN_ROWS = 50  # a screen; Rich takes half a millisecond a row, longer lists are laid out without it
_PLAIN_SIGNS = {"─": "-", BLOCK: "#"}
_LONGEST_WHOLE_WORD = 14  # longer words are broken before the rows become records


def write_terminal(table: Table, stream: TextIO, screen: Screen | None = None) -> None:
    """Show the table on the terminal behind the stream, through the pager when it is too long."""
    screen = screen or look_at(stream)
    text = io.StringIO()
    table = without_empty_columns(with_kept_rows(table))
    _draw(Page(table), panels_of(table, one_line), text, screen)
    show(_in_reach(text.getvalue(), stream), screen, stream)


def _in_reach(text: str, stream: TextIO) -> str:
    """Return the text with rules of hyphens when the encoding of the terminal has no lines to draw, bars likewise."""
    for drawn, plain in _PLAIN_SIGNS.items():
        try:
            drawn.encode(stream.encoding or "utf-8")
        except UnicodeEncodeError:
            text = text.replace(drawn, plain)
    return text


def _draw(page: Page, panels: list[Panel], stream: TextIO, screen: Screen) -> None:
    from rich.text import Text

    console = _console(stream, screen)
    if page.title:
        _say(console, Text(page.title, style="bold"))
    _say_all(console, page.parameters)
    if page.title or page.parameters:
        _say(console, Text())
    if page.head:
        _say_all(console, page.head)
        _say(console, Text())
    _draw_body(console, page, stream, screen)
    if page.foot:
        _say(console, Text())
        for line in aligned(page.foot):
            _say(console, Text(line))
    for line, is_title in picture_lines(panels, screen.width):
        _say(console, Text(line, style="bold" if is_title else ""))
    if page.notes:
        _say(console, Text())
        for note in page.notes:
            _say(console, Text(note, style="dim"))


def _draw_body(console: "Console", page: Page, stream: TextIO, screen: Screen) -> None:
    """Draw the rows side by side in columns where these fit, else as records one below the other."""
    rows = page.rows()
    measured = list(islice(rows, MEASURED_ROWS))
    if not measured:
        stream.write(f"{nothing_found()}\n")
        return
    widths = _column_widths(page, measured, screen.width)
    if widths is not None and len(measured) <= MOST_DRAWN_ROWS:
        _draw_rows(console, page, measured, widths)
        return
    every = chain(measured, rows)
    if widths is None:
        lines = record_lines(page, every, screen.width, colour=screen.colour)
    else:
        lines = grid_lines(page, every, widths, colour=screen.colour, wrapped=True)
    stream.writelines(f"{line}\n" for line in lines)


def _column_widths(page: Page, rows: list[Row | Heading], room: int) -> list[int] | None:
    """Return the widths that fit the room, None when none do.

    Headings over figures are wrapped first, then prose; at last words longer than most may be broken.
    Figures, dates and phones are never wrapped.
    """
    cells = [row for row in rows if isinstance(row, list)] + ([page.totals] if page.totals else [])
    room -= len(GAP) * (len(page.labels) - 1)
    words = longest_words([page.labels, *cells])
    heading_words = longest_words([page.labels])
    figures = widths_of(cells) if cells else heading_words
    whole = widths_of([page.labels, *cells])

    def limit(prose: list[int], longest: int) -> list[int]:
        return [
            min(width, longest) if is_prose else max(figure, min(heading, longest))
            for width, figure, heading, is_prose in zip(prose, figures, heading_words, page.prose, strict=True)
        ]

    limits = (limit(whole, max(whole)), limit(words, max(whole)), limit(words, _LONGEST_WHOLE_WORD))
    widths = fit(whole, limits, room)
    return widths if sum(widths) <= room else None


def _console(stream: TextIO, screen: Screen) -> "Console":
    from rich.console import Console

    return Console(
        file=stream,
        width=screen.width,
        force_terminal=True,
        color_system="standard" if screen.colour else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def _draw_rows(console: "Console", page: Page, rows: list[Row | Heading], widths: list[int]) -> None:
    """Draw one grid, or one under each section heading: the first with column headings, the last totals."""
    from rich.text import Text

    grid = _grid(page, widths, headed=True)
    for row in rows:
        if isinstance(row, list):
            grid.add_row(*_cells(page, row, widths))
            continue
        console.print(grid)
        if grid.row_count:
            _say(console, Text())
        grid = _grid(page, widths, headed=False)
        _say(console, Text(str(row), style="bold"))
    grid.show_footer = page.totals is not None
    console.print(grid)


def _grid(page: Page, widths: list[int], *, headed: bool) -> "RichTable":
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable(
        box=box.SIMPLE,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        show_header=headed,
        header_style="bold",
    )
    totals = page.totals or [""] * len(widths)
    for label, total, width, right in zip(page.labels, totals, widths, page.right, strict=True):
        grid.add_column(
            Text("\n".join(wrap(label, width))),
            Text(total, style="bold"),
            justify="right" if right else "left",
            overflow="fold",
            width=width,
        )
    return grid


def _cells(page: Page, row: Row, widths: list[int]) -> "list[Text]":
    from rich.text import Text

    cells = [Text("\n".join(lines)) for lines in wrapped_cells(page, row, widths)]
    for at in page.money:
        if row[at].startswith("-"):
            cells[at].stylize("red")
    return cells


def _say(console: "Console", text: "Text") -> None:
    console.print(text)


def _say_all(console: "Console", facts: list[NamedText]) -> None:
    from rich.text import Text

    for label, value in facts:
        line = Text(f"{label}: ", style="dim")
        line.append(value, style="not dim")
        _say(console, line)
