"""How a table of text is laid out: which delimiter, and which row holds the headings (R60)."""

import csv
import io
from collections.abc import Collection, Sequence
from itertools import islice
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, fold

DELIMITERS = (";", ",", "\t", "|")
_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "bar": "|"}
_ROWS_LOOKED_AT = 100
_TITLE_LINES = 15
_WIDEST_TITLE = 2

Record = tuple[int, list[str]]
"""A row of the file: its number, as a spreadsheet counts, and its cells."""


class Heading(NamedTuple):
    """The row of headings: its place among the rows looked at, and how many of it are known."""

    place: int
    known: int


class _Fit(NamedTuple):
    """How well a delimiter explains the file; compared field by field."""

    known: int
    several_columns: bool
    even_rows: float
    width: int


def named_delimiter(text: str) -> str:
    """Return the delimiter meant by ``;`` or ``tab`` and the like; BadValue."""
    delimiter = _WORDS.get(text.strip().casefold(), text)
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'\r\n\0 ":
        raise BadValue(
            _('"{value}" can\'t separate columns.').format(value=excerpt(text)),
            _("Known ones: {names}.").format(names=", ; | tab"),
        )
    return delimiter


def recognise_delimiter(sample: str, known: Collection[str]) -> str:
    """Return the delimiter that splits the sample into the most even table with known headings."""
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter, known))


def find_heading(rows: Sequence[Sequence[str]], known: Collection[str]) -> Heading | None:
    """Return the row of headings: the first filled one, or one with known words under title lines.

    ``known`` are folded headings. None: every row is empty.
    """
    filled = [(index, _filled(row)) for index, row in enumerate(rows)]
    filled = [(index, cells) for index, cells in filled if cells][:_TITLE_LINES]
    best: Heading | None = None
    for index, cells in filled:
        count = len({word for word in map(fold, cells) if word in known})
        if best is None or count > best.known:
            best = Heading(index, count)
        if len(cells) > _WIDEST_TITLE:
            break
    return best


def _filled(row: Sequence[str]) -> list[str]:
    return [cell for cell in row if cell and not cell.isspace()]


def _fit(sample: str, delimiter: str, known: Collection[str]) -> _Fit:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        rows = list(islice(reader, _ROWS_LOOKED_AT))
    except csv.Error:
        return _Fit(0, False, 0.0, 0)
    heading = find_heading(rows, known)
    if heading is None:
        return _Fit(0, False, 0.0, 0)
    width = len(rows[heading.place])
    below = [row for row in rows[heading.place + 1 :] if row]
    even = sum(len(row) == width for row in below) / len(below) if below else 1.0
    return _Fit(heading.known, width > 1, even, width)
