"""A table as people read it: visible columns, words instead of codes, what stands above and below."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from schoolcrm.core.language import _
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.reports.table import Column, Fact, Kind, Table
from schoolcrm.reports.writers.cells import fact_for_people, for_people

_RIGHT = frozenset({Kind.MONEY, Kind.INTEGER, Kind.NUMBER, Kind.SHARE})
_PROSE = frozenset({Kind.TEXT, Kind.CODE, Kind.LIST})
_NO_SECTION = object()

MEASURED_ROWS = 1000  # what is held back of a table that streams, to know its columns before the first line


class Heading(NamedTuple):
    """What stands before the rows of a section."""

    text: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.text}: {self.note}" if self.note else self.text


Row = list[str]
NamedText = tuple[str, str]  # label and value


class Page:
    """The texts of one table for people, cleaned by ``clean``; nothing in them is escaped for a format."""

    def __init__(self, table: Table, clean: Callable[[str], str] = one_line) -> None:
        self._table = table
        self._clean = clean
        keys = [column.key for column in table.columns]
        self._section = keys.index(table.sections.column) if table.sections else -1
        shown = [at for at, column in enumerate(table.columns) if not column.hidden and at != self._section]
        self._shown = [(at, for_people(table.columns[at], clean)) for at in shown]
        self.columns = [table.columns[at] for at in shown]
        if table.numbered:
            self.columns.insert(0, Column("", _("No."), Kind.INTEGER))
        self.title = clean(table.title)
        self.labels: Row = [clean(column.label) for column in self.columns]
        self.right = [column.kind in _RIGHT for column in self.columns]
        self.prose = [column.kind in _PROSE for column in self.columns]
        self.money = [at for at, column in enumerate(self.columns) if column.kind is Kind.MONEY]
        self.parameters = self._named(table.parameters)
        self.head = self._named(table.head)
        keys_shown = {column.key for column in self.columns}
        under = [fact for fact in table.totals if fact.key in keys_shown]
        self.totals = self._totals_row(under)
        self.named_totals = self._named(under)
        self.foot = self._named([fact for fact in table.totals if fact.key not in keys_shown])
        self.notes = [clean(note) for note in table.notes]

    def rows(self) -> Iterator[Row | Heading]:
        """Yield the rows as texts, each section's heading before its rows; can be read once."""
        section: Any = _NO_SECTION
        for number, row in enumerate(self._table.rows, 1):
            if self._section >= 0 and row[self._section] != section:
                section = row[self._section]
                yield self._heading(section)
            cells = [show(row[at]) for at, show in self._shown]
            if self._table.numbered:
                cells.insert(0, str(number))
            yield cells

    def _heading(self, cell: Any) -> Heading:
        assert self._table.sections is not None
        text = for_people(self._table.columns[self._section], self._clean)(cell)
        text = text or self._clean(self._table.sections.absent)
        return Heading(text, self._clean(self._table.sections.notes.get(cell, "")))

    def _named(self, facts: Any) -> list[NamedText]:
        """Return label and value of the facts that have a value."""
        return [
            (self._clean(fact.label), fact_for_people(fact, self._clean)) for fact in facts if fact.value is not None
        ]

    def _totals_row(self, totals: list[Fact]) -> Row | None:
        """Return the row under the columns: totals under theirs, the word in the first free text column."""
        if not totals:
            return None
        values = {fact.key: fact_for_people(fact, self._clean) for fact in totals}
        row = [values.get(column.key, "") for column in self.columns]
        free = (at for at, column in enumerate(self.columns) if column.key not in values and not self.right[at])
        at = next(free, None)
        if at is not None:
            row[at] = _("Total")
        return row


def without_empty_columns(table: Table) -> Table:
    """Return the table as people want it: without the columns that no row fills and no total stands under.

    A table of more than a thousand rows, or without any filled cell, keeps all its columns.
    """
    rows = iter(table.rows)
    first = list(islice(rows, MEASURED_ROWS + 1))
    if len(first) > MEASURED_ROWS:
        return table._replace(rows=chain(first, rows))
    kept = {fact.key for fact in table.totals if fact.value is not None}
    columns = [
        column if column.hidden or column.key in kept or not _is_empty(first, at) else column._replace(hidden=True)
        for at, column in enumerate(table.columns)
    ]
    section = table.sections.column if table.sections else None
    if all(column.hidden or column.key == section for column in columns):
        return table._replace(rows=first)
    return table._replace(columns=columns, rows=first)


def _is_empty(rows: Sequence[Sequence[Any]], at: int) -> bool:
    """Tell whether there are rows and the cell is absent in each; 0 and "no" are something."""
    return bool(rows) and all(row[at] is None or row[at] in ("", (), []) for row in rows)


def nothing_found() -> str:
    """Return the text that stands in place of the rows when there are none."""
    return _("Nothing found.")
