"""A CSV or XLSX file as people have them: what was recognised about it, and its rows (R60)."""

import csv
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from schoolcrm.core.errors import BadValue, DiskTrouble, WrongUsage
from schoolcrm.core.importing import encoding as encodings
from schoolcrm.core.importing import xlsx_sheet
from schoolcrm.core.importing.layout import Record, find_heading, named_delimiter, recognise_delimiter
from schoolcrm.core.language import N_, _
from schoolcrm.core.rules.disk import reason_of

_SAMPLE = 1 << 18
_ROWS_LOOKED_AT = 50
_LARGEST_ROW = 1 << 22
_SEPARATOR_LINE = "sep="  # how Excel notes the delimiter in a first line of its own

_FOREIGN = {
    b"\xd0\xcf\x11\xe0": N_("{path} is an old Excel workbook (.xls) or is locked with a password."),
    b"%pdf": N_("{path} is a PDF document."),
    b"{\\rtf": N_("{path} is a text document (RTF)."),
    b"\x1f\x8b": N_("{path} is packed with gzip."),
    b"rar!": N_("{path} is a RAR archive."),
    b"7z\xbc\xaf": N_("{path} is a 7z archive."),
    b"sqlite format 3\0": N_("{path} is a database, not a table."),
    b"<?xml": N_("{path} is an XML document."),
    b"<html": N_("{path} is a web page, whatever its name says."),
    b"<!doctype": N_("{path} is a web page, whatever its name says."),
    b"<table": N_("{path} is a web page, whatever its name says."),
}


@dataclass(frozen=True)
class Source:
    """An opened table: what was recognised, its headings, and its rows as often as they are wanted.

    ``encoding``, ``delimiter`` and ``line_end`` are "" for a workbook, ``sheet`` is "" for text.
    ``title_lines`` counts the filled rows above the headings, which are left out. ``advice`` says what may have been
    recognised wrongly, if the headings are not those of such a file.
    """

    path: Path
    kind: Literal["csv", "xlsx"]
    encoding: str
    delimiter: str
    line_end: str
    sheet: str
    heading_line: int
    headings: tuple[str, ...]
    title_lines: int
    advice: str
    _records: Callable[[], Iterator[Record]]
    _open_files: ExitStack = field(default_factory=ExitStack)

    def rows(self) -> Iterator[Record]:
        """Yield the number, as a spreadsheet counts, and the cells of every row below the headings.

        Raises BadValue, naming the line, when the file can't be read on.
        """
        records = self._records()
        for number, _cells in records:
            if number >= self.heading_line:
                break
        return records

    def close(self) -> None:
        """Close the files."""
        self._open_files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_source(
    path: Path,
    *,
    known: Collection[str],
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Source:
    """Open a table and recognise how it is written; the three options win over what is recognised.

    ``known`` are the folded headings to look for. Raises BadValue, WrongUsage for an option that the
    kind of file doesn't have, DiskTrouble if the file can't be read.
    """
    head = _first_bytes(path)
    if head.startswith(b"PK\x03\x04"):
        _refuse_option(path, "--encoding", encoding, _("Only text has an encoding."))
        _refuse_option(path, "--delimiter", delimiter, _("Only text has a delimiter."))
        source = _open_xlsx(path, known, sheet)
    else:
        _refuse_option(path, "--sheet", sheet, _("Only a workbook (XLSX) has sheets."))
        source = _open_csv(path, head, known, encoding, delimiter)
    with ExitStack() as opened:
        opened.callback(source.close)
        if not any(any(map(str.strip, cells)) for _line, cells in source.rows()):
            hint = source.advice or _("Save the table anew, with headings and rows.")
            raise BadValue(_("{path} has headings but no rows.").format(path=path), hint)
        opened.pop_all()
    return source


def _first_bytes(path: Path) -> bytes:
    """Return the beginning of the file, or say why there is none."""
    try:
        if path.is_dir():
            raise BadValue(_("{path} is a folder, not a file.").format(path=path), _("Add the name of the file."))
        if not path.exists():
            raise BadValue(
                _("There is no file {path}.").format(path=path), _("Check the name and the folder of the file.")
            )
        if not path.is_file():
            raise BadValue(
                _("{path} is not an ordinary file.").format(path=path),
                _("Save the table into a file first: CSV or XLSX."),
            )
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    if not head:
        raise BadValue(_("{path} is empty.").format(path=path), _("Save the table anew, with headings and rows."))
    return head


def _unreadable(path: Path, fault: OSError) -> DiskTrouble:
    sentence = _("{path} can't be read: {reason}.").format(path=path, reason=reason_of(fault))
    return DiskTrouble(sentence, _("Name a file that you may read."))


def _refuse_option(path: Path, option: str, value: str | None, why: str) -> None:
    if value is not None:
        raise WrongUsage(_("{option} can't be used with {path}.").format(option=option, path=path), why)


def _open_xlsx(path: Path, known: Collection[str], wanted: str | None) -> Source:
    with ExitStack() as opened:
        book = xlsx_sheet.open_workbook(path, opened)
        sheet = xlsx_sheet.choose_sheet(path, book, wanted)
        xlsx_sheet.check_formulas(path, sheet)
        records = partial(xlsx_sheet.sheet_records, path, sheet)
        line, headings, titles = _find_headings(path, records, known)
        advice = "" if wanted else xlsx_sheet.other_sheets(book, sheet)
        return Source(path, "xlsx", "", "", "", sheet.title, line, headings, titles, advice, records, opened.pop_all())


def _open_csv(path: Path, head: bytes, known: Collection[str], encoding: str | None, delimiter: str | None) -> Source:
    _refuse_foreign(path, head)
    codec = encodings.named_encoding(encoding) if encoding else encodings.recognise_encoding(path)
    if codec == "utf-8" and encodings.marked_encoding(head) == "utf-8-sig":
        codec = "utf-8-sig"
    encodings.check_text(path, codec)
    sample = _read_sample(path, codec)
    if not sample.strip():
        raise BadValue(_("{path} has no rows.").format(path=path), _("Save the table anew, with headings and rows."))
    stated = _stated_delimiter(sample)
    wanted = None if delimiter is None else named_delimiter(delimiter)
    separator = wanted or stated or recognise_delimiter(sample, known)
    records = partial(_csv_records, path, codec, separator, 1 if stated else 0)
    line, headings, titles = _find_headings(path, records, known)
    line_end = "\r\n" if "\r\n" in sample else "\n"
    guessed = not encoding and codec in encodings.GUESSED
    advice = _("If the letters look wrong, name the encoding with --encoding.") if guessed else ""
    return Source(path, "csv", codec, separator, line_end, "", line, headings, titles, advice, records)


def _refuse_foreign(path: Path, head: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for magic, sentence in _FOREIGN.items():
        if start.startswith(magic):
            raise BadValue(_(sentence).format(path=path), _("Save the table as XLSX or CSV."))


def _read_sample(path: Path, codec: str) -> str:
    try:
        with path.open(encoding=codec, newline="") as file:
            return file.read(_SAMPLE)
    except UnicodeError as fault:
        raise _undecodable(path, codec) from fault


def _stated_delimiter(sample: str) -> str:
    line = sample[:8].splitlines()[0]
    stated = line.lower().startswith(_SEPARATOR_LINE) and len(line) == len(_SEPARATOR_LINE) + 1
    return line[-1] if stated else ""


def _find_headings(
    path: Path, records: Callable[[], Iterator[Record]], known: Collection[str]
) -> tuple[int, tuple[str, ...], int]:
    """Return the row of the headings, the headings, and the number of filled rows above."""
    first = list(islice(records(), _ROWS_LOOKED_AT))
    heading = find_heading([cells for _line, cells in first], known)
    if heading is None:
        raise BadValue(_("{path} has no rows.").format(path=path), _("Save the table anew, with headings and rows."))
    line, cells = first[heading.place]
    titles = sum(any(map(str.strip, above)) for _line, above in first[: heading.place])
    return line, tuple(cells), titles


def _csv_records(path: Path, codec: str, delimiter: str, skipped: int) -> Iterator[Record]:
    """Yield the rows of a text file with their numbers in a spreadsheet; BadValue where it is no CSV any more.

    That names the line of the text; rows of several lines and a line that states the delimiter make the difference.
    """
    line = skipped + 1
    with path.open(encoding=codec, newline="") as file:
        size = [0]
        reader = csv.reader(_watched(islice(file, skipped, None), size), delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, cells
                line = reader.line_num + skipped + 1
                size[0] = 0
        except csv.Error as fault:
            raise _broken(path, line, str(fault)) from fault
        except UnicodeError as fault:
            raise _undecodable(path, codec) from fault
        except OSError as fault:
            raise _unreadable(path, fault) from fault


def _watched(lines: Iterator[str], size: list[int]) -> Iterator[str]:
    """Pass the lines on; refuse a row that has grown beyond any table: its memory would have no end."""
    for line in lines:
        size[0] += len(line)
        if size[0] > _LARGEST_ROW:
            raise csv.Error("field larger than field limit")
        yield line


def _broken(path: Path, line: int, reason: str) -> BadValue:
    """Return the refusal for what the csv module calls ``reason`` in the row that begins at ``line``."""
    if "field larger" in reason:
        sentence = _("The row at line {line} of {path} is too long: a quotation mark may be left open.")
    elif "unexpected end" in reason:
        sentence = _("A quotation mark in the row at line {line} of {path} is never closed.")
    else:
        sentence = _("The quotation marks in the row at line {line} of {path} don't match.")
    return BadValue(
        sentence.format(line=line, path=path),
        _('A quotation mark inside a quoted cell is written twice: "".'),
    )


def _undecodable(path: Path, codec: str) -> BadValue:
    line = encodings.first_undecodable_line(path, codec)
    if line:
        sentence = _("Line {line} of {path} can't be read in the encoding {encoding}.")
        text = sentence.format(line=line, path=path, encoding=codec)
    else:
        text = _("{path} can't be read in the encoding {encoding}.").format(path=path, encoding=codec)
    return BadValue(text, _("Name the right encoding with --encoding, or save the table as XLSX."))
