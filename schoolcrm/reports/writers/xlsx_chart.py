"""The chart of a table as bar charts of a workbook: they show the cells themselves, and follow their changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from schoolcrm.core.rules.safetext import printable
from schoolcrm.reports.table import Chart, Table
from schoolcrm.reports.writers.cells import for_people
from schoolcrm.reports.writers.panels import MOST_BARS, panel_title, position_of, rows_by_section

if TYPE_CHECKING:
    from openpyxl.chart import BarChart
    from openpyxl.chart.series import Series
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet as Worksheet

_WIDTH, _LEAST_HEIGHT, _MOST_HEIGHT = 18.0, 6.0, 26.0  # centimetres
_FRAME, _BAR_HEIGHT = 3.0, 0.65  # title and axis; one bar with its gap
_ROW_HEIGHT = 0.53  # of a row of the sheet
_NOT_TOLD = ("showSerName", "showCatName", "showLegendKey", "showPercent", "showBubbleSize")


class Cells(NamedTuple):
    """Cells below one another; numbers count from 1."""

    column: int
    first: int
    last: int


class Measured(NamedTuple):
    """Figures of one colour: their name for the legend, where they and their labels stand."""

    name: str
    labels: Cells
    figures: Cells


class Picture(NamedTuple):
    """One chart to be drawn: title, and the figures, which are stacked where there are several."""

    title: str
    measured: Sequence[Measured]


class Places(NamedTuple):
    """Where the sheet has what a chart shows: the first row of the rows, columns by key, totals by key."""

    first_row: int
    columns: Mapping[str, int]
    totals: Mapping[str, tuple[int, int]]  # row and column


def add_charts(sheet: Any, table: Table, places: Places, beside: int) -> None:
    """Put the charts of the table beside it: below one another from the first row, in that column."""
    from openpyxl.utils import get_column_letter

    row = places.first_row
    for picture in _pictures(table, places):
        drawn = _draw(sheet, picture)
        sheet.add_chart(drawn, f"{get_column_letter(beside)}{row}")
        row += int(drawn.height / _ROW_HEIGHT) + 2


def _pictures(table: Table, places: Places) -> Iterator[Picture]:
    chart = table.chart
    if chart is None:
        return
    if chart.label:
        yield from _pictures_of_rows(table, chart, places)
        return
    found = sorted(places.totals[key] for key in chart.values if key in places.totals)
    if found:
        (first, column), (last, _column) = found[0], found[-1]
        yield Picture(printable(chart.title), [Measured("", Cells(1, first, last), Cells(column, first, last))])


def _pictures_of_rows(table: Table, chart: Chart, places: Places) -> Iterator[Picture]:
    runs = _runs(table, chart, places.first_row)
    if not runs or not 0 < sum(last - first + 1 for _name, first, last in runs) <= MOST_BARS:
        return
    labels = Cells(places.columns[chart.label], *runs[0][1:])
    for key in chart.values:
        at = places.columns[key]
        title = panel_title(chart, table.columns[position_of(table, key)])
        measured = [Measured(printable(name), labels, Cells(at, first, last)) for name, first, last in runs]
        yield Picture(printable(title), measured)


def _runs(table: Table, chart: Chart, first_row: int) -> list[tuple[str, int, int]]:
    """Return name, first and last row of what gets a colour of its own: each section, or all rows.

    Sections are set over one another, so they must have the same labels; else the rows are one run.
    """
    sections = rows_by_section(table)
    label = position_of(table, chart.label)
    show = for_people(table.columns[label])
    labels = [[show(row[label]) for row in rows] for _name, rows in sections]
    if any(names != labels[0] for names in labels):
        return [("", first_row, first_row + sum(map(len, labels)) - 1)]
    runs = []
    for name, rows in sections:
        runs.append((name, first_row, first_row + len(rows) - 1))
        first_row += len(rows)
    return runs


def _draw(sheet: "Worksheet", picture: Picture) -> "BarChart":
    from openpyxl.chart import BarChart
    from openpyxl.chart.label import DataLabelList

    drawn: Any = BarChart()  # its attributes are made at run time
    drawn.type, drawn.style, drawn.gapWidth = "bar", 10, 40
    drawn.title = picture.title
    drawn.title.overlay = False
    for measured in picture.measured:
        drawn.series.append(_series(sheet, measured))
    count = picture.measured[0].figures
    drawn.width = _WIDTH
    drawn.height = min(max(_FRAME + _BAR_HEIGHT * (count.last - count.first + 1), _LEAST_HEIGHT), _MOST_HEIGHT)
    if len(picture.measured) > 1:
        drawn.grouping, drawn.overlap, drawn.legend.position = "stacked", 100, "b"
    else:
        drawn.legend = None
        drawn.dataLabels = DataLabelList(showVal=True, **dict.fromkeys(_NOT_TOLD, False))
    drawn.x_axis.scaling.orientation = "maxMin"  # the first row at the top
    drawn.y_axis.scaling.min = 0
    drawn.x_axis.delete = drawn.y_axis.delete = False  # else Excel shows no axes
    drawn.y_axis.crosses = "max"  # at the bottom, since the other axis goes downwards
    drawn.y_axis.majorGridlines = None
    return drawn  # type: ignore[no-any-return]


def _series(sheet: "Worksheet", measured: Measured) -> "Series":
    from openpyxl.chart import Reference, Series
    from openpyxl.chart.data_source import AxDataSource, StrRef

    def reference(cells: Cells) -> Reference:
        return Reference(sheet, min_col=cells.column, min_row=cells.first, max_row=cells.last)

    series: Any = Series(reference(measured.figures), title=measured.name or None)
    series.cat = AxDataSource(strRef=StrRef(f=str(reference(measured.labels))))
    return series  # type: ignore[no-any-return]
