"""The file of rejected rows: NAME.rejected.csv beside the input, ready to fix and import again (R65)."""

import csv
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from schoolcrm.core.errors import DiskTrouble
from schoolcrm.core.importing.client_row import RejectedRow
from schoolcrm.core.importing.headings import Fate, HeadingMap, reason_heading
from schoolcrm.core.importing.reading import Source
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of

_BLOCK = 1 << 16
_FOR_WORKBOOKS = ("utf-8-sig", ";", "\r\n")


def rejects_path(path: Path) -> Path:
    """Return where the rejected rows of an input file go: ``clients.rejected.csv`` beside it."""
    return path.with_name(f"{path.stem}.rejected.csv")


class RejectsFile:
    """Rejected rows on their way into a file; used as a context manager.

    The file appears when the block ends well and a row was written; then it replaces an older one,
    which is kept as ``….bak`` if it differs. It has the encoding, delimiter and line ends of the input (a
    workbook: UTF-8 with a mark, ``;``), a first column with the reason, the other cells unchanged, and
    is readable for its owner only. Raises DiskTrouble.
    """

    def __init__(self, source: Source, headings: HeadingMap) -> None:
        self.path = rejects_path(source.path)
        self.count = 0
        self._input = source.path
        self._headings = source.headings
        self._reasons = {column.place for column in headings.with_fate(Fate.REASON)}
        self._format = _FOR_WORKBOOKS
        if source.kind == "csv":
            self._format = source.encoding, source.delimiter, source.line_end
        self._unfinished = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        self._file: IO[str] | None = None
        self._writer: Any = None

    def write(self, row: RejectedRow) -> None:
        """Add a row with all its reasons in the first cell."""
        try:
            if self._file is None:
                self._begin()
            self._write_cells("; ".join(row.reasons), row.cells)
        except OSError as fault:
            raise self._trouble(fault) from fault
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None:
            return
        try:
            self._file.close()
            if kind is None:
                self._publish()
        except OSError as trouble:
            raise self._trouble(trouble) from trouble
        finally:
            with suppress(OSError):
                self._unfinished.unlink(missing_ok=True)

    def _begin(self) -> None:
        encoding, delimiter, line_end = self._format
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with suppress(FileNotFoundError):
            self._unfinished.unlink()
        descriptor = os.open(self._unfinished, flags, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding=encoding, errors="replace", newline="")
        self._writer = csv.writer(self._file, delimiter=delimiter, lineterminator=line_end)
        self._write_cells(reason_heading(), list(self._headings))

    def _write_cells(self, first: str, cells: list[str]) -> None:
        kept = [cell for place, cell in enumerate(cells) if place not in self._reasons]
        self._writer.writerow([first, *kept])

    def _publish(self) -> None:
        """Put the finished file in its place, keeping another one that somebody may be working on."""
        if self.path.exists() and not _are_equal(self.path, self._unfinished):
            self.path.replace(self.path.with_name(f"{self.path.name}.bak"))
        self._unfinished.replace(self.path)

    def _trouble(self, fault: OSError) -> DiskTrouble:
        sentence = _("The rejected rows can't be written to {path}: {reason}.")
        hint = _("Copy {file} to a folder that you may write to, and import it from there.")
        return DiskTrouble(sentence.format(path=self.path, reason=reason_of(fault)), hint.format(file=self._input.name))


def _are_equal(path: Path, other: Path) -> bool:
    """Tell whether two files hold the same, without reading all of them into the memory."""
    if path.stat().st_size != other.stat().st_size and path.is_file():
        return False
    with path.open("rb") as one, other.open("rb") as two:
        return all(block == two.read(_BLOCK) for block in iter(lambda: one.read(_BLOCK), b""))
