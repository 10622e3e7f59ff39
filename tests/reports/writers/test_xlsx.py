"""The workbook, read back with openpyxl."""

import errno
import gc
import io
import sys
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import load_workbook
from sample_tables import HOSTILE, every_kind, hostile, journal, payments, reconciliation

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import use_language
from schoolcrm.core.rules.safetext import printable
from schoolcrm.reports.table import Table
from schoolcrm.reports.writers import xlsx


def _sheet(table: Table) -> Any:
    stream = io.BytesIO()
    xlsx.write_xlsx(table, stream)
    return load_workbook(io.BytesIO(stream.getvalue())).active


def _values(table: Table) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in _sheet(table).iter_rows()]


def test_a_reconciliation_with_head_typed_rows_and_totals() -> None:
    values = _values(reconciliation())
    assert values[:3] == [
        ["Сверка", *[None] * 5],
        ["Клиент: Иванова Мария", *[None] * 5],
        ["Период: 2026-09-01 – 2026-09-30", *[None] * 5],
    ]
    assert values[4] == ["Остаток на начало", *[None] * 4, 500]
    assert values[5] == ["Дата", "Операция", "Ученик", "Приход", "Расход", "Остаток"]
    assert values[7] == [datetime(2026, 9, 5), "Занятие", "Аня", None, 700, 3800]  # noqa: DTZ001
    assert values[11] == ["Total", None, None, 4000, 1630, None]
    assert values[12] == ["Остаток на конец", *[None] * 4, 2870]
    assert values[13][0] == "УП — уважительная причина."


def test_the_sheet_is_ready_to_read_filter_and_print() -> None:
    sheet = _sheet(reconciliation())
    assert sheet.title == "Сверка"
    assert sheet.freeze_panes == "A7"
    assert sheet.auto_filter.ref == "A6:F11"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$6:$6"
    assert sheet.column_dimensions["A"].width >= 12


def test_every_kind_has_its_type_and_format() -> None:
    use_language("ru")
    sheet = _sheet(every_kind())
    cells = {sheet.cell(3, column).value: sheet.cell(4, column) for column in range(1, 14)}
    assert (cells["Money"].value, cells["Money"].data_type) == (-1250.5, "n")
    assert cells["Money"].number_format.startswith("#,##0.00")
    assert (cells["Date"].value.date(), cells["Date"].number_format) == (date(2026, 9, 1), "dd.mm.yyyy")
    assert cells["Time"].value == time(18, 0)
    assert cells["Moment"].value == datetime(2026, 9, 1, 18, 30, 5)  # noqa: DTZ001
    assert (cells["Integer"].value, cells["Number"].value) == (12345, 30.5)
    assert cells["Share"].number_format == "0.0%"
    assert cells["Phone"].value == "+7 916 123-45-67"
    assert (cells["Code"].value, cells["Dates"].value) == ("состоялось", "01.09.2026, 08.09.2026")
    assert {cell.value for cell in sheet[5]} == {None}


def test_dates_of_other_languages_have_their_format() -> None:
    assert _sheet(every_kind()).cell(4, 4).number_format == "yyyy-mm-dd"


def test_no_text_becomes_a_formula_or_an_error_and_all_of_it_arrives() -> None:
    sheet = _sheet(hostile())
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    names = [row[1].value for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert names == [printable(text) for text in HOSTILE]
    guarded = [row[1] for row in sheet.iter_rows() if row[1].value in ("=1+1", "+1", "-1", "@SUM(A1)", "#N/A")]
    assert len(guarded) == 5
    assert all(cell.quotePrefix for cell in guarded)


def test_the_file_holds_no_formula_and_no_control_character() -> None:
    stream = io.BytesIO()
    xlsx.write_xlsx(hostile(), stream)
    content = zipfile.ZipFile(stream).read("xl/worksheets/sheet1.xml").decode("utf-8")
    assert "<f>" not in content
    assert "\u202e" not in content
    assert "\x1b" not in content


def test_a_sectioned_table_keeps_its_column_and_tells_the_notes_below() -> None:
    values = _values(journal())
    assert values[2] == ["Дата", "Отметка", "ДЗ", "Тип"]
    assert values[3][1:] == ["был", 5, "Групповое"]
    assert ["Групповое: средняя 5", None, None, None] in values


def test_a_numbered_table_counts_its_rows() -> None:
    assert [row[0] for row in _values(hostile(numbered=True)) if isinstance(row[0], int)] == list(
        range(1, len(HOSTILE) + 1)
    )


def test_an_empty_table_says_so_in_the_sheet() -> None:
    assert _values(payments(0))[-1][0] == "Nothing found."


@pytest.mark.parametrize("title", ["Долги: [всё]/*?", "'", "", "х" * 50])
def test_any_title_makes_a_sheet(title: str) -> None:
    assert 0 < len(_sheet(Table("debtors", title, payments(0).columns, [])).title) <= 31


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 10)
    with pytest.raises(Refused, match="10"):
        xlsx.write_xlsx(payments(20), io.BytesIO())


class _Full(io.BytesIO):
    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, "full")


def test_a_full_disk_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(OSError, match="full"):
        xlsx.write_xlsx(payments(3), _Full())
    gc.collect()
    assert complaints == []
