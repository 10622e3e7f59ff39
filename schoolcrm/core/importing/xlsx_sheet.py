"""One sheet of an Excel workbook as rows of text (R60); openpyxl is imported when a file is opened."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue, SchoolError
from schoolcrm.core.importing.layout import Record
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import excerpt, fold, known_names

if TYPE_CHECKING:
    from openpyxl import Workbook

_MEGABYTE = 1 << 20
_LARGEST = 500 * _MEGABYTE
_LARGEST_STRINGS = 48 * _MEGABYTE
_LARGEST_PART = 16 * _MEGABYTE  # styles and the like are kept in memory, too
_STEEPEST_RATIO = 200  # real sheets pack 10 to 60 times
_MOST_ROWS = 400_000
_ROWS_PEEKED = 50
_BLOCK = 1 << 20
_LONGEST_CELL = 1 << 16

_FORMULA_WITHOUT_VALUE = re.compile(
    rb'<c(?![^<>]*\st="str")(?:\s[^<>]*)?>\s*<f\b(?:[^<>]*/>|[^<>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)


def _check_workbook(path: Path) -> None:
    """Refuse (BadValue) a zip file that is no XLSX, damaged, or would fill the memory when unpacked."""
    with _damage_as_refusal(path), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if sentence := _reason_against(names):
            raise BadValue(sentence.format(path=path), _("Save the table as XLSX or CSV."))
        if sum(part.file_size for part in parts) > _LARGEST or any(map(_is_bomb, parts)):
            raise BadValue(_("{path} is too large when unpacked.").format(path=path), _("Save the sheet as CSV."))


def open_workbook(path: Path, open_files: ExitStack) -> "Workbook":
    """Return the workbook opened for reading row by row, closed with ``open_files``; BadValue."""
    _check_workbook(path)
    with _damage_as_refusal(path):
        from schoolcrm.core.importing.shared_strings import read_workbook

        warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
        file = open_files.enter_context(path.open("rb"))
        book = read_workbook(file)
        open_files.callback(book.close)
        return book


def choose_sheet(path: Path, book: "Workbook", wanted: str | None) -> Any:
    """Return the sheet of that name or number, without one the first that is visible and not empty."""
    sheets: Sequence[Any] = book.worksheets
    if wanted is not None:
        return _named_sheet(path, sheets, wanted)
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    for sheet in shown:
        if any(any(cells) for _line, cells in islice(sheet_records(path, sheet), _ROWS_PEEKED)):
            return sheet
    raise BadValue(_("{path} has no rows.").format(path=path), _("Save the table anew, with headings and rows."))


def other_sheets(book: "Workbook", chosen: Any) -> str:
    """Return how to choose another sheet than the one that was taken, "" if there is none."""
    titles = [sheet.title for sheet in book.worksheets if sheet.title != chosen.title]
    sentence = _('The sheet "{sheet}" was read; --sheet chooses another one: {names}.')
    return sentence.format(sheet=chosen.title, names=known_names("", titles)) if titles else ""


def sheet_records(path: Path, sheet: Any) -> Iterator[Record]:
    """Yield the rows of the sheet with their numbers, every cell as the text it stands for."""
    with _damage_as_refusal(path):
        sheet.reset_dimensions()  # some programs write wrong ones, and cells beyond would be lost
        rows = sheet.iter_rows(max_row=_MOST_ROWS + 1, values_only=True)
        for line, cells in enumerate(_plain_rows(rows), 1):
            if line > _MOST_ROWS:
                raise BadValue(
                    _("The sheet {sheet} of {path} has more than {count} rows.").format(
                        sheet=sheet.title, path=path, count=_MOST_ROWS
                    ),
                    _("Delete the empty rows below the table, or save the sheet as CSV."),
                )
            yield line, cells


def check_formulas(path: Path, sheet: Any) -> None:
    """Refuse (BadValue) a sheet with formulas that were never calculated: they would read as empty."""
    with (
        _damage_as_refusal(path),
        zipfile.ZipFile(path) as archive,
        archive.open(sheet._worksheet_path) as part,
    ):
        seen = b""
        while block := part.read(_BLOCK):
            seen = seen[-_LONGEST_CELL:] + block
            if b"<f" in seen and _FORMULA_WITHOUT_VALUE.search(seen):
                raise BadValue(
                    _("The sheet {sheet} of {path} has formulas without a stored value.").format(
                        sheet=sheet.title, path=path
                    ),
                    _("Open it in Excel or LibreOffice, save it, and import it again."),
                )


def cell_text(value: object) -> str:
    """Return the text a cell stands for: ``2026-09-01``, ``79161234567``, ``1250.5``, ``TRUE``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("_x000D_", "") if "_x000D_" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.replace(microsecond=0).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _named_sheet(path: Path, sheets: Sequence[Any], wanted: str) -> Any:
    for sheet in sheets:
        if fold(sheet.title) == fold(wanted):
            return sheet
    if wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:9]) <= len(sheets):
        return sheets[int(wanted[:9]) - 1]
    titles = [sheet.title for sheet in sheets]
    raise BadValue(
        _('{path} has no sheet "{name}".').format(path=path, name=excerpt(wanted)),
        _("Its sheets: {names}.").format(names=known_names(wanted, titles)),
    )


def _plain_rows(rows: Iterator[tuple[object, ...]]) -> Iterator[list[str]]:
    for row in rows:
        yield [cell_text(value) for value in row]


def _number_text(value: float) -> str:
    """Return the digits Excel itself shows: 15 significant ones, whole numbers without a point."""
    if value.is_integer():
        return str(int(value))
    return format(value, ".15g")


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    largest = _LARGEST
    if not part.filename.startswith("xl/worksheets/"):
        largest = _LARGEST_STRINGS if "sharedStrings" in part.filename else _LARGEST_PART
        if part.filename.startswith(("xl/media/", "xl/embeddings/", "xl/drawings/")):
            largest = _LARGEST
    steep = part.file_size > _LARGEST_PART and part.file_size > _STEEPEST_RATIO * part.compress_size
    return part.file_size > largest or steep


def _reason_against(names: set[str]) -> str:
    """Return the sentence why a zip file with parts of these names is no XLSX, "" if it may be."""
    if "xl/workbook.bin" in names:
        return _("{path} is a binary Excel workbook (XLSB).")
    if "content.xml" in names and "mimetype" in names:
        return _("{path} is an OpenDocument file (ODS or the like).")
    if "[Content_Types].xml" not in names:
        return _("{path} is a zip archive, not a table.")
    return ""


@contextmanager
def _damage_as_refusal(path: Path) -> Iterator[None]:
    """Turn whatever openpyxl, zlib and the XML parser raise over a damaged file into one sentence."""
    try:
        yield
    except SchoolError:
        raise
    except Exception as fault:
        raise BadValue(
            _("{path} is damaged or is not an Excel workbook.").format(path=path),
            _("Open it in Excel or LibreOffice and save it as XLSX or CSV."),
        ) from fault
