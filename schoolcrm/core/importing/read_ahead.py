"""The rows of a large file, read by a process beside the one that places them: that halves the wait for the plan (R65).

Reading needs nothing of the database, so the second process never touches it. Whatever becomes of that process, the
rows are the same: what it didn't give is read in this one, which then also meets the errors.
"""

import os
import pickle
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import BinaryIO

from schoolcrm.core.importing.client_row import ClientRow, RejectedRow
from schoolcrm.core.importing.rows import ClientRows

_LARGE = 1 << 20  # bytes; a smaller file is read before the processes would have got going
_PIPE = 1 << 20  # bytes on their way: with the 64 KB of Linux the processes wait for one another


@contextmanager
def reading_ahead(rows: ClientRows) -> Iterator["ClientRows | RowsAhead"]:
    """Yield the rows themselves, or the same ones read by a process that ends with the block."""
    if not _is_worthwhile(rows):
        yield rows
        return
    readable, writable = _pipe()
    try:
        child = os.fork()
    except OSError:  # as many processes as there may be, or no memory for another
        os.close(readable)
        os.close(writable)
        yield rows
        return
    if not child:
        os.close(readable)  # or the pipe would have a reader when the parent is gone
        _send_and_leave(rows, writable)
    os.close(writable)
    try:
        with os.fdopen(readable, "rb") as pipe:
            yield RowsAhead(rows, pipe)
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


class RowsAhead:
    """Rows that come through a pipe, with what `ClientRows` says of them; to be iterated over once."""

    def __init__(self, rows: ClientRows, pipe: BinaryIO) -> None:
        self.passed_over = rows.passed_over
        self._rows = rows
        self._pipe = pipe
        self._read_again = rows.source.rows()

    def cells_of(self, row: ClientRow) -> list[str]:
        """Return the cells of a row, as they stand in the file; to be asked for in the order of the rows.

        They are seldom wanted, so they don't come through the pipe.
        """
        return next((cells for line, cells in self._read_again if line == row.line), [])

    def __iter__(self) -> Iterator[ClientRow | RejectedRow]:
        """Give the rows in the order of the file; raises BadValue where it can't be read on."""
        given = 0
        with suppress(EOFError, pickle.UnpicklingError):
            while isinstance(chunk := pickle.load(self._pipe), list):
                for row in chunk:
                    given += 1
                    yield row if isinstance(row, RejectedRow) else tuple.__new__(ClientRow, row)
            self.passed_over = chunk
            return
        yield from islice(self._rows, given, None)
        self.passed_over = self._rows.passed_over


def _is_worthwhile(rows: ClientRows) -> bool:
    """Tell whether a second process gains anything; workbooks have open files, which two processes can't share."""
    if not hasattr(os, "fork") or rows.source.kind != "csv":
        return False
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError):
        return cores > 1 and rows.source.path.stat().st_size >= _LARGE
    return False


def _pipe() -> tuple[int, int]:
    import fcntl  # where there is no fork there is no such module either

    readable, writable = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # the user's pipes may have taken what they may
            fcntl.fcntl(writable, fcntl.F_SETPIPE_SZ, _PIPE)
    return readable, writable


def _send_and_leave(rows: ClientRows, writable: int) -> None:
    """Send all rows, then end this process on the spot: what its parent has open, half written, isn't its own."""
    code = 1
    with suppress(BaseException):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and closes the pipe
        with os.fdopen(writable, "wb") as pipe:
            _send(rows, pipe)
        code = 0
    os._exit(code)


def _send(rows: ClientRows, pipe: BinaryIO) -> None:
    for chunk in rows.by_chunks():
        plain = [row if isinstance(row, RejectedRow) else tuple(row) for row in chunk]
        pickle.dump(plain, pipe, pickle.HIGHEST_PROTOCOL)
    pickle.dump(rows.passed_over, pipe)
