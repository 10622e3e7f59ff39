"""A table on a terminal, drawn by Rich. Text from data is never markup; colour repeats what signs say."""

import io
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO

from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.layout import GAP, fit, longest_words, widths_of
from schoolcrm.reports.writers.page import Heading, NamedText, Page, Row, nothing_found
from schoolcrm.reports.writers.plain import aligned, write_page
from schoolcrm.reports.writers.screen import Screen, look_at, show

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

MOST_DRAWN_ROWS = 500  # Rich takes half a millisecond a row; longer lists are plain text in the pager
_RULE = "─"
_NARROWEST = 6  # below this, prose in a column can't be read


def write_terminal(table: Table, stream: TextIO, screen: Screen | None = None) -> None:
    """Show the table on the terminal behind the stream, through the pager when it is too long."""
    screen = screen or look_at(stream)
    page = Page(table)
    rows = page.rows()
    first = list(islice(rows, MOST_DRAWN_ROWS + 1))
    text = io.StringIO()
    if len(first) > MOST_DRAWN_ROWS:
        write_page(page, chain(first, rows), text, colour=screen.colour)
    else:
        _draw(page, first, text, screen)
    show(_in_reach(text.getvalue(), stream), screen, stream)


def _in_reach(text: str, stream: TextIO) -> str:
    """Return the text with rules of hyphens when the encoding of the terminal has no lines to draw."""
    try:
        _RULE.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return text.replace(_RULE, "-")
    return text


def _draw(page: Page, rows: list[Row | Heading], stream: TextIO, screen: Screen) -> None:
    from rich.text import Text

    widths = _column_widths(page, rows, screen.width)
    console = _console(stream, screen, sum(widths) + len(GAP) * len(widths))
    if page.title:
        _say(console, Text(page.title, style="bold"))
    _say_all(console, page.parameters)
    if page.title or page.parameters:
        _say(console, Text())
    if page.head:
        _say_all(console, page.head)
        _say(console, Text())
    if rows:
        _draw_rows(console, page, rows, widths)
    else:
        _say(console, Text(nothing_found()))
    if page.foot:
        _say(console, Text())
        for line in aligned(page.foot):
            _say(console, Text(line))
    if page.notes:
        _say(console, Text())
        for note in page.notes:
            _say(console, Text(note, style="dim"))


def _column_widths(page: Page, rows: list[Row | Heading], room: int) -> list[int]:
    """Return the widths: prose is wrapped, inside words only if need be; figures and dates never are."""
    cells = [row for row in rows if isinstance(row, list)] + ([page.totals] if page.totals else [])
    heading_words = longest_words([page.labels])
    whole = widths_of([page.labels, *cells])
    figures = widths_of(cells) if cells else heading_words
    words = longest_words(cells) if cells else heading_words
    gentle = [
        max(heading, word if prose or phone else figure)
        for heading, word, figure, prose, phone in zip(
            heading_words, words, figures, page.prose, page.phones, strict=True
        )
    ]
    rough = [min(width, _NARROWEST) if prose else width for width, prose in zip(gentle, page.prose, strict=True)]
    return fit(whole, (gentle, rough), room - len(GAP) * (len(whole) - 1))


def _console(stream: TextIO, screen: Screen, width: int) -> "Console":
    from rich.console import Console

    return Console(
        file=stream,
        width=max(width, screen.width),
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
            grid.add_row(*_cells(page, row))
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
            Text(label),
            Text(total, style="bold"),
            justify="right" if right else "left",
            overflow="fold",
            width=width,
        )
    return grid


def _cells(page: Page, row: Row) -> "list[Text]":
    from rich.text import Text

    cells = [Text(cell) for cell in row]
    for at in page.money:
        if row[at].startswith("-"):
            cells[at].stylize("red")
    return cells


def _say(console: "Console", text: "Text") -> None:
    console.print(text, soft_wrap=True)


def _say_all(console: "Console", facts: list[NamedText]) -> None:
    from rich.text import Text

    for label, value in facts:
        line = Text(f"{label}: ", style="dim")
        line.append(value, style="not dim")
        _say(console, line)
