"""Files of clients in one line each."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from schoolcrm.core.importing.client_row import ClientRow, RejectedRow
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import map_headings
from schoolcrm.core.importing.reading import open_source
from schoolcrm.core.importing.rows import read_rows


@pytest.fixture
def write_text(tmp_path: Path) -> Callable[..., Path]:
    """Write lines into a file of the test's folder."""

    def write(*lines: str, encoding: str = "utf-8", name: str = "clients.csv", end: str = "\n") -> Path:
        path = tmp_path / name
        path.write_bytes(end.join([*lines, ""]).encode(encoding))
        return path

    return write


@pytest.fixture
def write_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets, given as name → rows, into a workbook."""

    def write(sheets: dict[str, Sequence[Sequence[object]]], name: str = "clients.xlsx") -> Path:
        from openpyxl import Workbook

        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def read_clients() -> Callable[..., list[ClientRow | RejectedRow]]:
    """Read a client file the whole way: recognised, mapped, every row read on 1 September 2026."""

    def read(path: Path, **options: object) -> list[ClientRow | RejectedRow]:
        with open_source(path, known=CLIENT_FIELDS.headings) as source:
            headings = map_headings(source.headings, **options)  # type: ignore[arg-type]
            return list(read_rows(source, headings, date(2026, 9, 1)))

    return read
