"""Charts in a workbook: of its own cells, beside the table."""

import io
from typing import Any

from openpyxl import load_workbook
from sample_tables import HOSTILE, UNSAFE, ageing, funnel, funnel_by_source, hostile_chart

from schoolcrm.core.rules.safetext import printable
from schoolcrm.reports.table import Table
from schoolcrm.reports.writers.panels import MOST_BARS
from schoolcrm.reports.writers.xlsx import write_xlsx

# XLSX ---------------------------------------------------------------------------------------------------


def _workbook(table: Table) -> Any:
    stream = io.BytesIO()
    write_xlsx(table, stream)
    return load_workbook(io.BytesIO(stream.getvalue())).active


def _values(sheet: Any, reference: str) -> list[Any]:
    return [row[0].value for row in sheet[reference.split("!")[1].replace("$", "")]]


def _title(chart: Any) -> str:
    return "".join(run.t for paragraph in chart.title.tx.rich.p for run in paragraph.r or ())


def test_the_sheet_has_a_bar_chart_of_its_own_cells_for_each_column() -> None:
    sheet = _workbook(funnel())
    entered, now = sheet._charts
    assert (entered.type, entered.tagname) == ("bar", "barChart")
    assert (_title(entered), _title(now)) == ("Клиенты: Пришли", "Клиенты: На конец")
    (series,) = entered.series
    assert _values(sheet, series.cat.strRef.f) == ["Новый", "В работе", "Купил абонемент"]
    assert _values(sheet, series.val.numRef.f) == [40, 20, 0]
    assert _values(sheet, now.series[0].val.numRef.f) == [1, None, 300]


def test_the_charts_stand_beside_the_table_and_not_on_one_another() -> None:
    sheet = _workbook(funnel())
    tops = [chart.anchor._from.row for chart in sheet._charts]
    assert {chart.anchor._from.col for chart in sheet._charts} == {5}
    assert tops[0] + 1 == int(sheet.freeze_panes[1:])
    assert (tops[1] - tops[0]) * 0.5 > 6.0
    assert all(chart.x_axis.delete is False for chart in sheet._charts)
    assert all(chart.x_axis.scaling.orientation == "maxMin" for chart in sheet._charts)


def test_a_numbered_table_shifts_what_the_chart_shows() -> None:
    sheet = _workbook(funnel()._replace(numbered=True))
    (series,) = sheet._charts[0].series
    assert _values(sheet, series.cat.strRef.f) == ["Новый", "В работе", "Купил абонемент"]
    assert _values(sheet, series.val.numRef.f) == [40, 20, 0]


def test_sections_with_the_same_names_are_stacked_with_a_legend() -> None:
    sheet = _workbook(funnel_by_source())
    (chart,) = sheet._charts
    assert chart.grouping == "stacked"
    assert [series.tx.v for series in chart.series] == ["Сайт", "Без источника"]
    assert [_values(sheet, series.val.numRef.f) for series in chart.series] == [[4, 2], [8, 0]]
    assert {tuple(_values(sheet, series.cat.strRef.f)) for series in chart.series} == {("new", "bought")}
    assert chart.legend is not None


def test_sections_with_other_names_are_one_run_of_bars() -> None:
    sheet = _workbook(funnel_by_source()._replace(rows=[("Сайт", "new", 4), (None, "new", 8), (None, "bought", 1)]))
    (series,) = sheet._charts[0].series
    assert _values(sheet, series.cat.strRef.f) == ["new", "new", "bought"]
    assert _values(sheet, series.val.numRef.f) == [4, 8, 1]


def test_totals_in_a_workbook_are_charted_where_they_stand() -> None:
    sheet = _workbook(ageing())
    (series,) = sheet._charts[0].series
    assert _values(sheet, series.cat.strRef.f) == ["0–30 дней", "31–60 дней", "больше 90"]
    assert _values(sheet, series.val.numRef.f) == [1000, 250, 0]


def test_a_table_without_rows_or_with_too_many_has_no_chart() -> None:
    assert _workbook(funnel()._replace(rows=[]))._charts == []
    assert _workbook(funnel_by_source()._replace(rows=[]))._charts == []
    assert _workbook(funnel()._replace(rows=[("new", 1, 1, None)] * (MOST_BARS + 1)))._charts == []


def test_hostile_names_stay_text_in_the_workbook() -> None:
    sheet = _workbook(hostile_chart())
    (series,) = sheet._charts[0].series
    assert _values(sheet, series.cat.strRef.f) == [printable(text) for text in HOSTILE]
    assert not UNSAFE & set(_title(sheet._charts[0]))
