"""The texts of a workbook are read from a file of their own, not kept in the memory."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from schoolcrm.core.importing.shared_strings import SharedStrings, read_workbook


def test_texts_are_found_by_their_numbers() -> None:
    texts = [f"text {number}" for number in range(1_000)]
    strings = SharedStrings(iter(texts))
    assert [strings[number] for number in (0, 999, 255, 256, 511)] == [
        texts[number] for number in (0, 999, 255, 256, 511)
    ]
    for beyond in (1_000, 1_024, 5_000):
        with pytest.raises(IndexError):
            strings[beyond]


def test_a_workbook_without_any_text_has_none() -> None:
    with pytest.raises(IndexError):
        SharedStrings(iter(()))[0]


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
ITEMS = [f"<si><t>Клиент {number}</t></si>" for number in range(600)] + [
    "<si><r><t>Кли</t></r><r><rPr><b/></rPr><t>ент</t></r></si>",
    '<si><t xml:space="preserve"> пробелы </t></si>',
    "<si><t/></si>",
    "<si/>",
    "<si><t>x005F_a</t></si>",
    '<si><t>東京</t><rPh sb="0" eb="1"><t>トウ</t></rPh></si>',
]


def test_cells_read_as_openpyxl_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    _write_workbook(path)
    with path.open("rb") as file:
        ours = read_workbook(file)
        rows = [row[0] for row in ours.worksheets[0].iter_rows(values_only=True)]
        ours.close()
    theirs = load_workbook(path, read_only=True)
    assert rows == [row[0] for row in theirs.worksheets[0].iter_rows(values_only=True)]
    theirs.close()
    assert rows[:1] + rows[599:601] == ["Клиент 0", "Клиент 599", "Клиент"]


def _write_workbook(path: Path) -> None:
    """Write a workbook as Excel does: its texts apart, the cells naming them by number."""
    Workbook().save(path)
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cells = [
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row - 1}</v></c></row>' for row, _item in enumerate(ITEMS, start=1)
    ]
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(cells)}</sheetData></worksheet>'
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}"/></Types>'
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{"".join(ITEMS)}</sst>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override.encode())
    with ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
