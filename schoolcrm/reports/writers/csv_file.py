"""A table as CSV: for programs, or (``excel``) for a double click in Russian Excel."""

import csv
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from schoolcrm.core.rules.money import machine_money
from schoolcrm.core.rules.safetext import guard_formula, one_line, printable
from schoolcrm.reports.table import Column, Kind, Table, in_machine_order
from schoolcrm.reports.writers.cells import as_date, as_moment, for_machines, for_people

BYTE_ORDER_MARK = "\ufeff"
_LIST_MARK = "; "

_TEXTS = frozenset({Kind.TEXT, Kind.CODE, Kind.PHONE})

Converted = Callable[[Any], Any]


def write_csv(table: Table, stream: TextIO) -> None:
    """Write a heading row of keys and the rows: comma, ``-1250.50``, ISO dates, absent values empty."""
    table = in_machine_order(table)
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([one_line(column.key) for column in table.columns])
    writer.writerows(_rows(table, _for_programs))


def write_excel_csv(table: Table, stream: TextIO) -> None:
    """Write a heading row of labels and the rows as Russian Excel reads them; no cell starts a formula."""
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([guard_formula(printable(column.label)) for column in table.columns])
    writer.writerows(_rows(table, _for_excel))


def _rows(table: Table, converter: Callable[[Column], Converted | None]) -> Iterator[list[Any]]:
    converters = [(at, convert) for at, column in enumerate(table.columns) if (convert := converter(column))]
    for row in table.rows:
        cells = list(row)
        for at, convert in converters:
            cells[at] = convert(cells[at])
        yield cells


def _for_programs(column: Column) -> Converted | None:
    if column.kind in _TEXTS:
        return for_people(column._replace(kind=Kind.TEXT), printable)
    if column.kind is Kind.BOOL:
        return lambda cell: None if cell is None else ("true" if cell else "false")
    convert = for_machines(column)
    if column.kind is not Kind.LIST or convert is None:
        return convert
    return lambda cells: _LIST_MARK.join(printable(str(cell)) for cell in convert(cells) or ())


def _for_excel(column: Column) -> Converted:
    if column.kind is Kind.LIST:
        item = _EXCEL.get(column.items) or for_people(column._replace(kind=column.items), printable)
        return lambda cells: guard_formula(_LIST_MARK.join(str(item(cell)) for cell in cells or ()))
    if convert := _EXCEL.get(column.kind):
        return lambda cell: None if cell is None else convert(cell)
    show = for_people(column, printable)
    return lambda cell: guard_formula(show(cell))


def _excel_phone(e164: str) -> str:
    """Russian phones as they are dialled at home, 8 916 …: a cell must not start with a plus."""
    from schoolcrm.core.rules.phones import human_phone

    phone = human_phone(e164)
    return f"8{phone[2:]}" if phone.startswith("+7 ") else guard_formula(phone)


def _excel_number(cell: Any) -> str:
    return str(cell).replace(".", ",")


def _excel_share(cell: Any) -> str:
    return f"{cell * 100:.1f}%".replace(".", ",")


_EXCEL: dict[Kind, Converted] = {
    Kind.PHONE: _excel_phone,
    Kind.MONEY: lambda cell: machine_money(cell).replace(".", ","),
    Kind.DATE: lambda cell: f"{as_date(cell):%d.%m.%Y}",
    Kind.MOMENT: lambda cell: f"{as_moment(cell):%d.%m.%Y %H:%M}",
    Kind.INTEGER: int,
    Kind.NUMBER: _excel_number,
    Kind.SHARE: _excel_share,
}
