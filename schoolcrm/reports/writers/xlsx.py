"""A table as an Excel workbook: typed cells, ready to filter and to print; text never becomes a formula."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _, current_language
from schoolcrm.core.rules.safetext import FORMULA_STARTS, one_line, printable, starts_formula
from schoolcrm.reports.table import Column, Fact, Kind, Table
from schoolcrm.reports.writers.cells import as_date, as_moment, as_time, for_people
from schoolcrm.reports.writers.page import Page, nothing_found
from schoolcrm.reports.writers.panels import with_kept_rows

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet as Worksheet

MOST_ROWS = 1_048_576
_MEASURED_ROWS = 200
_WIDEST, _NARROWEST = 60, 6
_LONGEST_SHEET_NAME = 31
_EPOCH = date(1899, 12, 30)  # day 0 of Excel, wrong leap year 1900 included
_SECONDS_A_DAY = 86_400
_A4 = 9
_SUSPECT = frozenset("# ") | FORMULA_STARTS

_FORMATS = {
    Kind.MONEY: "#,##0.00;[Red]-#,##0.00",
    Kind.TIME: "hh:mm",
    Kind.SHARE: "0.0%",
}
_FORMATTED = frozenset({*_FORMATS, Kind.DATE, Kind.MOMENT})


def write_xlsx(table: Table, stream: BinaryIO) -> None:
    """Write the workbook; rows are streamed. Raises Refused when there are more than a sheet can hold."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "schoolcrm"
    sheet = book.create_sheet(_sheet_name(table))
    try:
        _Sheet(sheet, table).fill()
        _save(book, stream)
    except BaseException:
        with suppress(Exception):
            sheet.close()  # else its half-written rows complain when they are forgotten
        raise


def _save(book: "Workbook", stream: BinaryIO) -> None:
    """Write the workbook as `Workbook.save` does, but give up its archive when the stream takes no more."""
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl.writer.excel import ExcelWriter

    archive = ZipFile(stream, "w", ZIP_DEFLATED)
    try:
        ExcelWriter(book, archive).save()
    except BaseException:
        archive.fp = None  # else it tries to write its end, and complains, when it is forgotten
        raise


def _sheet_name(table: Table) -> str:
    name = re.sub(r"[\[\]:*?/\\]", " ", one_line(table.title or table.report))
    return name[:_LONGEST_SHEET_NAME].strip(" '") or "schoolcrm"


class _Sheet:
    """One sheet being written from top to bottom."""

    def __init__(self, sheet: "Worksheet", table: Table) -> None:
        self._sheet = sheet
        self._table = table = with_kept_rows(table)
        self._page = Page(table._replace(rows=(), sections=None), printable)
        self._columns = self._page.columns
        self._height = 0
        self._totals_at: dict[str, tuple[int, int]] = {}  # row and column of the totals below the table
        shown = [at for at, column in enumerate(table.columns) if not column.hidden]
        self._cells = [(at, _cell_maker(sheet, table.columns[at])) for at in shown]

    def fill(self) -> None:
        """Write everything: what stands above, the rows, the totals, what stands below."""
        rows = iter(self._table.rows)
        measured = list(islice(rows, _MEASURED_ROWS))
        lines_above = self._lines_above()
        self._set_up(measured, heading_at=len(lines_above) + 1)
        for line in lines_above:
            self._append(line)
        self._append([self._styled(label, bold=True, wrap=True) for label in self._page.labels])
        heading_at = self._height
        for number, row in enumerate(chain(measured, rows), 1):
            self._append(self._row(number, row))
        if self._height > heading_at:
            self._set_filter(heading_at, self._height)
        else:
            self._append([nothing_found()])
        for line in self._lines_below():
            self._append(line)
        if self._table.chart:
            self._add_charts(heading_at + 1)

    def _append(self, row: Any) -> None:
        self._height += 1
        if self._height > MOST_ROWS:
            raise Refused(
                _("The table has more rows than the {count} of an Excel sheet.").format(count=MOST_ROWS),
                _("Narrow the period or the query, or write csv."),
            )
        self._sheet.append(row)

    def _row(self, number: int, row: Sequence[Any]) -> list[Any]:
        cells = [make(row[at]) for at, make in self._cells]
        return [number, *cells] if self._table.numbered else cells

    def _lines_above(self) -> list[list[Any]]:
        lines: list[list[Any]] = []
        if self._page.title:
            lines.append([self._styled(self._page.title, bold=True, size=14)])
        lines += [[self._text(f"{label}: {value}")] for label, value in self._page.parameters]
        if lines:
            lines.append([])
        return lines + [self._fact(fact) for fact in self._table.head if fact.value is not None]

    def _lines_below(self) -> Iterator[list[Any]]:
        keys = [column.key for column in self._columns]
        if self._page.totals:
            typed = {fact.key: fact for fact in self._table.totals}
            yield [
                self._typed(typed[key], bold=True) if key in typed else self._styled(text, bold=True)
                for key, text in zip(keys, self._page.totals, strict=True)
            ]
        for fact in self._table.totals:
            if fact.key not in keys and fact.value is not None:
                self._totals_at[fact.key] = (self._height + 1, self._column_of(fact) + 1)
                yield self._fact(fact)
        for note in chain(self._section_notes(), self._page.notes):
            yield [self._text(note)]

    def _section_notes(self) -> Iterator[str]:
        sections = self._table.sections
        if sections:
            column = next(each for each in self._table.columns if each.key == sections.column)
            show = for_people(column, printable)
            for cell, note in sections.notes.items():
                yield f"{show(cell)}: {printable(note)}"

    def _fact(self, fact: Fact) -> list[Any]:
        """Return a line: the name at the left, the value under the last column of its kind."""
        label = self._styled(printable(fact.label), bold=True)
        return [label, *[None] * (self._column_of(fact) - 1), self._typed(fact, bold=True)]

    def _column_of(self, fact: Fact) -> int:
        same = [at for at, column in enumerate(self._columns) if column.kind is fact.kind and at > 0]
        return same[-1] if same else max(len(self._columns) - 1, 1)

    def _add_charts(self, first_row: int) -> None:
        from schoolcrm.reports.writers.xlsx_chart import Places, add_charts

        columns = {column.key: at for at, column in enumerate(self._columns, 1)}
        beside = max([len(self._columns), *(at for _row, at in self._totals_at.values())]) + 2
        add_charts(self._sheet, self._table, Places(first_row, columns, self._totals_at), beside)

    def _typed(self, fact: Fact, *, bold: bool) -> Any:
        cell = _cell_maker(self._sheet, fact.column, bold=bold)(fact.value)
        return self._styled(cell, bold=bold) if isinstance(cell, str) else cell

    def _text(self, text: str) -> Any:
        return _forced_text(self._sheet, text) if _needs_force(text) else text

    def _styled(self, text: str, *, bold: bool = False, size: int = 11, wrap: bool = False) -> "Cell":
        from openpyxl.styles import Alignment, Font

        cell = _forced_text(self._sheet, text)
        cell.font = Font(bold=bold, size=size)
        if wrap:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def _set_up(self, measured: list[Sequence[Any]], heading_at: int) -> None:
        """Set widths, the frozen heading and the print layout: known before the first row is written."""
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.properties import PageSetupProperties

        sheet: Any = self._sheet  # the published types lack what a write-only sheet borrows
        for at, width in enumerate(self._widths(measured), 1):
            sheet.column_dimensions[get_column_letter(at)].width = width
        sheet.freeze_panes = f"A{heading_at + 1}"
        sheet.print_title_rows = f"{heading_at}:{heading_at}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = _A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.oddFooter.center.text = "&P / &N"

    def _widths(self, measured: list[Sequence[Any]]) -> list[int]:
        page = Page(self._table._replace(rows=measured, sections=None))
        texts = [page.labels, *page.rows(), *([page.totals] if page.totals else [])]
        longest = [max(len(text) for text in column) for column in zip(*texts, strict=True)]
        return [min(max(length + 2, _NARROWEST), _WIDEST) for length in longest]

    def _set_filter(self, first: int, last: int) -> None:
        from openpyxl.utils import get_column_letter

        sheet: Any = self._sheet
        sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(self._columns))}{last}"


def _cell_maker(sheet: "Worksheet", column: Column, *, bold: bool = False) -> Callable[[Any], Any]:
    """Return what makes the cells of one column: numbers (styled where they have a format), text, or None."""
    number = _NUMBERS.get(column.kind)
    if number is None:
        return _text_maker(sheet, for_people(column, printable))
    if not bold and column.kind not in _FORMATTED:
        return lambda cell: None if cell is None else number(cell)
    styled = _styled_number(sheet, column.kind, bold=bold)

    def make(cell: Any) -> Any:
        if cell is None:
            return None
        styled.value = number(cell)
        return styled  # the same for every row: a row is written before the next one is made

    return make


def _text_maker(sheet: "Worksheet", show: Callable[[Any], str]) -> Callable[[Any], Any]:
    def make(cell: Any) -> Any:
        if cell is None:
            return None
        text = show(cell)
        return _forced_text(sheet, text) if text[:1] in _SUSPECT and _needs_force(text) else text

    return make


def _styled_number(sheet: "Worksheet", kind: Kind, *, bold: bool) -> "Cell":
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet)
    if kind in _FORMATTED:
        cell.number_format = _FORMATS.get(kind) or _date_format(kind)
    if bold:
        cell.font = Font(bold=True)
    return cell


def _date_format(kind: Kind) -> str:
    day = "dd.mm.yyyy" if current_language() == "ru" else "yyyy-mm-dd"
    return f"{day} hh:mm" if kind is Kind.MOMENT else day


def _needs_force(text: str) -> bool:
    """Tell whether a spreadsheet would take the text for a formula or an error value."""
    return text[:1] == "#" or starts_formula(text)


def _forced_text(sheet: "Worksheet", text: str) -> "Cell":
    """Return a cell that is text for good, even after somebody edits it (Excel's leading apostrophe)."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = _needs_force(text)
    return cell


def _serial_of_moment(cell: datetime | str) -> float:
    moment = as_moment(cell)
    return (moment.date() - _EPOCH).days + _serial_of_time(moment.time())


def _serial_of_time(cell: Any) -> float:
    moment = as_time(cell)
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) / _SECONDS_A_DAY


_NUMBERS: dict[Kind, Callable[[Any], int | float | Decimal]] = {
    Kind.MONEY: lambda kopecks: Decimal(kopecks).scaleb(-2),
    Kind.DATE: lambda cell: (as_date(cell) - _EPOCH).days,
    Kind.TIME: _serial_of_time,
    Kind.MOMENT: _serial_of_moment,
    Kind.INTEGER: int,
    Kind.NUMBER: lambda number: number,
    Kind.SHARE: lambda number: number,
}
