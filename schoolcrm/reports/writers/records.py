"""Rows one below the other, a line for each cell: what a terminal shows when the columns don't fit side by side."""

from collections.abc import Iterable, Iterator

from schoolcrm.core.language import _
from schoolcrm.reports.writers.layout import GAP, pad, width_of, wrap
from schoolcrm.reports.writers.page import Heading, NamedText, Page, Row

_BOLD, _RED, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[0m"
_HANGING = 2  # how far the further lines of a value are set in where there is no room for a column of values


def record_lines(page: Page, rows: Iterable[Row | Heading], width: int, *, colour: bool) -> Iterator[str]:
    """Yield each row as a block of "Heading: value" lines no wider than ``width``; absent values are left out."""
    between = False
    for row in rows:
        if between:
            yield ""
        if isinstance(row, Heading):
            yield from _bold(str(row), width, colour)
        else:
            named = list(zip(page.labels, row, strict=True))
            yield from _block([fact for fact in named if fact[1]] or named, _room_for(page.labels), width, colour)
        between = True
    if page.named_totals:
        yield ""
        yield from _bold(_("Total"), width, colour)
        yield from _block(page.named_totals, _room_for([label for label, _value in page.named_totals]), width, colour)


def _room_for(labels: list[str]) -> int:
    return max(map(width_of, labels)) + len(":" + GAP)


def _block(facts: list[NamedText], indent: int, width: int, colour: bool) -> Iterator[str]:
    """Yield the lines: values under one another where they have at least half of the width."""
    for label, value in facts:
        if indent * 2 <= width:
            lines = wrap(value, width - indent)
            start = pad(f"{label}:", indent, to_right=False)
        else:
            lines = wrap(f"{label}: {value}", max(width - _HANGING, 1))
            start = ""
        if colour and value.startswith("-"):
            lines = [f"{_RED}{line}{_PLAIN}" for line in lines]
        yield f"{start}{lines[0]}".replace("\u00a0", " ").rstrip()
        further = " " * (indent if start else _HANGING)
        yield from (f"{further}{line}".replace("\u00a0", " ") for line in lines[1:])


def _bold(text: str, width: int, colour: bool) -> Iterator[str]:
    yield from (f"{_BOLD}{line}{_PLAIN}" if colour else line for line in wrap(text, width))
