"""Rows of a long list on their way from the database to the printer.

Whoever reads keeps writers waiting, so a list is fetched whole before it is printed, however slowly the printer takes
it. A long one waits in a file without a name, not in memory.
"""

import marshal
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO, cast

from schoolcrm.core.errors import DiskTrouble
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of

Row = tuple[Any, ...]
Convert = Callable[[Row], Row]

HELD = 5_000
"""Rows up to which a list stays in memory."""

_AT_ONCE = 500


class _File:
    """Portions of rows in a file that has no name, closed when nobody has the rows any more."""

    def __init__(self, rows: Iterator[Row]) -> None:
        import tempfile

        self.count = 0
        self._sizes: list[int] = []
        self._bytes = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  # lives as long as the rows
        while portion := list(islice(rows, _AT_ONCE)):
            self._sizes.append(self._bytes.write(marshal.dumps(portion)))
            self.count += len(portion)
        self._bytes.flush()

    def rows(self) -> Iterator[Row]:
        begin = 0
        for size in self._sizes:
            self._bytes.seek(begin)
            yield from marshal.loads(self._bytes.read(size))
            begin += size

    def __del__(self) -> None:
        if "_bytes" in self.__dict__:
            self._bytes.close()


class Spool:
    """Rows laid aside in a file that nobody else can see and that goes with them; may be read again and again."""

    def __init__(self, file: _File, converts: tuple[Convert, ...] = ()) -> None:
        self._file = file
        self._converts = converts

    def __len__(self) -> int:
        return self._file.count

    def __iter__(self) -> Iterator[Row]:
        rows = self._file.rows()
        for convert in self._converts:
            rows = map(convert, rows)
        return rows

    def converted(self, convert: Convert) -> "Spool":
        """Return the same rows, each changed when it is read."""
        return Spool(self._file, (*self._converts, convert))


Rows = list[Row] | Spool


def keep_rows(rows: Iterator[Row]) -> Rows:
    """Fetch all rows of a query, made of what the database holds; many of them are a spool. Raises DiskTrouble."""
    first = list(islice(rows, HELD + 1))
    if len(first) <= HELD:
        return first
    try:
        return Spool(_File(_chained(first, rows)))
    except OSError as error:
        raise DiskTrouble(
            _("The list can't be laid aside on the disk: {reason}.").format(reason=reason_of(error)),
            _("Free some space, or let TMPDIR name a folder that has some."),
        ) from error


def _chained(first: list[Row], rows: Iterator[Row]) -> Iterator[Row]:
    first.reverse()
    while first:
        yield first.pop()
    yield from rows


def convert_rows(rows: Rows, convert: Convert) -> Rows:
    """Return the rows, each changed: at once, or when they are read out of the spool."""
    return rows.converted(convert) if isinstance(rows, Spool) else [convert(row) for row in rows]
