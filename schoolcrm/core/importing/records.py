"""The rows of a file of payments or lessons, read one by one into typed values (R63, R66)."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.assignments import replacer
from schoolcrm.core.importing.client_row import Problem, RejectedRow
from schoolcrm.core.importing.headings import Fate, HeadingMap
from schoolcrm.core.importing.reading import Source
from schoolcrm.core.importing.rows import is_total
from schoolcrm.core.importing.values import Reader
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import tidy

OWN = "own:"
"""Begins the key of a value in a field of the school's own; its name follows."""


class Record(NamedTuple):
    """One row, read: the filled fields by their keys, and the row as it stands in the file."""

    line: int
    cells: list[str]
    values: dict[str, Any]

    def rejected(self, fault: BadValue, heading: str = "") -> RejectedRow:
        """Return the row as rejected for that reason."""
        return RejectedRow(self.line, self.cells, (Problem(heading, "", fault.sentence),))


class Records:
    """The rows of a file, read by the readers of its fields; `passed_over` counts empty rows, totals and headings.

    A row that fills none of `anchors` is one of totals when it begins with such a word.
    """

    def __init__(
        self, source: Source, headings: HeadingMap, readers: Mapping[str, Reader], anchors: tuple[str, ...]
    ) -> None:
        self.passed_over = 0
        self._source = source
        self._headings = [tidy(heading) for heading in source.headings]
        self._reason = {column.place for column in headings.with_fate(Fate.REASON)}
        self._anchors = {column.place for key in anchors for column in headings.filling(key)}
        self._replaced = replacer({column.place: column.meanings for column in headings.columns})
        self._cells = [
            (column.place, key, readers[key], column.heading)
            for column in headings.with_fate(Fate.FIELD, Fate.CUSTOM)
            for key in [OWN + column.target if column.custom else column.target]
        ]

    def __iter__(self) -> Iterator[Record | RejectedRow]:
        """Read the file from its beginning; raises BadValue where it can't be read on."""
        self.passed_over = 0
        for line, cells in self._source.rows():
            plain = [tidy(cell) for cell in cells]
            if self._is_passed_over(plain):
                self.passed_over += 1
            else:
                yield self._read(line, cells, plain)

    def _read(self, line: int, cells: list[str], plain: list[str]) -> Record | RejectedRow:
        meant = cells
        if self._replaced is not None and (meant := self._replaced(cells)) is not cells:
            plain = [tidy(cell) for cell in meant]
        width = len(self._headings)
        problems: list[Problem] = []
        if surplus := [cell for cell in plain[width:] if cell]:
            problems.append(Problem("", surplus[0], _("The row has more cells than there are headings.")))
        values: dict[str, Any] = {}
        for place, key, read, heading in self._cells:
            if place < len(plain) and plain[place]:
                try:
                    values[key] = read(meant[place])
                except BadValue as fault:
                    problems.append(Problem(heading, cells[place], fault.sentence))
        return RejectedRow(line, cells, tuple(problems)) if problems else Record(line, cells, values)

    def _is_passed_over(self, plain: list[str]) -> bool:
        filled = [cell for place, cell in enumerate(plain) if cell and place not in self._reason]
        if not filled or plain == self._headings:
            return True
        anchors = [plain[place] for place in self._anchors if place < len(plain) and plain[place]]
        return is_total(filled[0]) and all(map(is_total, anchors))


def required(values: Mapping[str, Any], key: str, label: str) -> Any:
    """Return the value of a field; BadValue when the row leaves it empty."""
    if key not in values:
        raise BadValue(_("The row does not say: {field}.").format(field=label))
    return values[key]


def read_id(text: str) -> int:
    """Return the id that a cell holds; BadValue for anything but a whole number above 0."""
    plain = tidy(text).removesuffix(".0")
    if plain.isascii() and plain.isdecimal() and len(plain) <= 18 and int(plain):
        return int(plain)
    raise BadValue(_('"{value}" is not an id.').format(value=tidy(text)[:60]))
