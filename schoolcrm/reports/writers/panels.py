"""What the chart of a table shows, the same for every format that draws it: panels of bars, named and in order."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from schoolcrm.reports.table import Chart, Column, Table
from schoolcrm.reports.writers.cells import fact_for_people, for_people
from schoolcrm.reports.writers.page import Heading

MOST_BARS = 240  # a picture of more tells nothing; the table itself does

Figure = Any  # int, float or Decimal; None where the cell is absent


class Bar(NamedTuple):
    """One bar: its name, its figure, the figure as people read it."""

    name: str
    figure: Figure
    text: str

    def length(self, most: Figure, room: int) -> int:
        """Return how long the bar is when ``most`` fills the room: at least 1 for any figure above 0."""
        if not self.figure or self.figure < 0:
            return 0
        drawn: int = round(self.figure * room / most)
        return max(1, drawn)


class Part(NamedTuple):
    """Bars under one heading; the bars of a chart without sections have none ("")."""

    heading: str
    bars: Sequence[Bar]


class Panel(NamedTuple):
    """Bars to one scale under a title; ``most``, the largest figure, is above 0."""

    title: str
    parts: Sequence[Part]
    most: Figure

    @property
    def bars(self) -> Iterator[Bar]:
        """Every bar of the panel in order."""
        return (bar for part in self.parts for bar in part.bars)


def with_kept_rows(table: Table) -> Table:
    """Return the table ready to be read twice if it has a chart; a table without one goes on streaming."""
    return table._replace(rows=list(table.rows)) if table.chart else table


def panels_of(table: Table, clean: Callable[[str], str]) -> list[Panel]:
    """Return the panels of the table's chart; none when there is no chart or nothing above 0 to show.

    The rows must be in memory: ``with_kept_rows``.
    """
    if table.chart is None:
        return []
    found = _panels_of_rows(table, table.chart, clean) if table.chart.label else _panels_of_totals(table, clean)
    return [panel for panel in found if panel.most > 0 and sum(1 for _bar in panel.bars) <= MOST_BARS]


def panel_title(chart: Chart, column: Column) -> str:
    """Return the title of the panel of that column: the column is named where there are several panels."""
    return chart.title if len(chart.values) == 1 else str(Heading(chart.title, column.label))


def rows_by_section(table: Table) -> list[tuple[str, list[Sequence[Any]]]]:
    """Return the rows under the text of their heading, which is not cleaned; all under "" without sections."""
    rows = list(table.rows)
    if table.sections is None:
        return [("", rows)]
    at = position_of(table, table.sections.column)
    show = for_people(table.columns[at], str)
    absent = table.sections.absent
    return [(show(cell) or absent, list(same)) for cell, same in groupby(rows, key=lambda row: row[at])]


def position_of(table: Table, key: str) -> int:
    """Return where the column with that key stands in the rows."""
    return [column.key for column in table.columns].index(key)


def _panels_of_rows(table: Table, chart: Chart, clean: Callable[[str], str]) -> Iterator[Panel]:
    label = position_of(table, chart.label)
    name = for_people(table.columns[label], clean)
    sections = rows_by_section(table)
    for key in chart.values:
        at = position_of(table, key)
        show = for_people(table.columns[at], clean)
        parts = [
            Part(clean(heading), [Bar(name(row[label]), row[at], show(row[at])) for row in rows])
            for heading, rows in sections
        ]
        yield _panel(clean(panel_title(chart, table.columns[at])), parts)


def _panels_of_totals(table: Table, clean: Callable[[str], str]) -> Iterator[Panel]:
    assert table.chart is not None
    facts = [fact for fact in table.totals if fact.key in table.chart.values]
    bars = [Bar(clean(fact.label), fact.value, fact_for_people(fact, clean)) for fact in facts]
    yield _panel(clean(table.chart.title), [Part("", bars)])


def _panel(title: str, parts: Sequence[Part]) -> Panel:
    return Panel(title, parts, max((bar.figure or 0 for part in parts for bar in part.bars), default=0))
