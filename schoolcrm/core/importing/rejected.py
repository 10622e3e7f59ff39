"""Rejected rows until the import ends: kept outside the memory, for a file may have nothing else (R65)."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import overload

from schoolcrm.core.importing.client_row import Problem, RejectedRow

_CHUNK = 2_000
_PAGE = """
    SELECT line, cells, problems, number FROM row
     WHERE (line, number) > (?, ?) ORDER BY line, number LIMIT ?
"""
_NTH = "SELECT line, cells, problems FROM row ORDER BY line, number LIMIT 1 OFFSET ?"

Reason = tuple[int, str]
"""A row's line in the file, and all reasons why it was rejected."""


class RejectedRows:
    """Rejected rows in the order of the file, in a temporary file of their own that nobody else can open."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, line, again, cells, problems)")
        self._db.execute("CREATE INDEX row_by_line ON row (line)")
        self._waiting: list[tuple[int, bool, str, str]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[RejectedRow]:
        self._flush()
        last: tuple[int, int] = (-1, -1)
        while page := self._db.execute(_PAGE, (*last, _CHUNK)).fetchall():
            yield from (_row(*row[:3]) for row in page)
            last = page[-1][0], page[-1][3]

    def add(self, row: RejectedRow, *, again: bool = False) -> None:
        """Keep a row; `again`: for a reason that is looked at again before anything is written."""
        self._waiting.append((row.line, again, json.dumps(row.cells), json.dumps(row.problems)))
        self._count += 1
        if len(self._waiting) >= _CHUNK:
            self._flush()

    def look_again(self) -> None:
        """Forget the rows whose reasons are looked at again."""
        self._flush()
        self._count -= self._db.execute("DELETE FROM row WHERE again").rowcount

    def nth(self, place: int) -> RejectedRow:
        """Return the row at that place in the order of the file, the first being 0; IndexError."""
        if not 0 <= place < self._count:
            raise IndexError(place)
        self._flush()
        return _row(*self._db.execute(_NTH, (place,)).fetchone())

    @property
    def reasons(self) -> "Reasons":
        """Why each row was rejected."""
        return Reasons(self)

    def _flush(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO row (line, again, cells, problems) VALUES (?, ?, ?, ?)", self._waiting)
        self._db.execute("COMMIT")
        self._waiting.clear()


class Reasons(Sequence[Reason]):
    """Why rows were rejected, with their lines; read when they are asked for."""

    def __init__(self, rows: RejectedRows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Reason]:
        return map(_reason, self._rows)

    @overload
    def __getitem__(self, place: int) -> Reason: ...

    @overload
    def __getitem__(self, place: slice) -> list[Reason]: ...

    def __getitem__(self, place: int | slice) -> Reason | list[Reason]:
        if isinstance(place, slice):
            first, end, step = place.indices(len(self))
            if step < 0:
                return list(self)[place]
            return list(islice(self, first, end, step))
        return _reason(self._rows.nth(place + len(self) if place < 0 else place))


def _row(line: int, cells: str, problems: str) -> RejectedRow:
    return RejectedRow(line, json.loads(cells), tuple(Problem(*problem) for problem in json.loads(problems)))


def _reason(row: RejectedRow) -> Reason:
    return row.line, "; ".join(row.reasons)
