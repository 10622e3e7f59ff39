"""Every way a request can be refused: one sentence, a hint, an exit code."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """What the process tells its caller; described in docs/exit-codes.md."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    PARTIAL = 3
    BUSY = 4
    DAMAGED = 5
    DISK = 6
    INTERRUPTED = 130


class SchoolError(Exception):
    """A request that can't be carried out; nothing was changed.

    ``sentence`` names the value in question, ``hint`` says what to do (empty: nothing to add).
    """

    exit_code = ExitCode.REFUSED

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class Refused(SchoolError):
    """A rule of the school forbids it."""


class Declined(Refused):
    """The person at the terminal said no: nothing is wrong, but nothing was done either."""


class BadValue(SchoolError):
    """A value can't be read: a date, a sum, a phone, a name."""


class NotFound(SchoolError):
    """Nothing in the database answers to that name."""


class Ambiguous(SchoolError):
    """Several records answer to that name; `candidates` are their ids and labels, the hint lists them.

    Where a bare number would mean something else, text stands for the id: «client:1».
    """

    def __init__(self, sentence: str, hint: str = "", candidates: Sequence[tuple[Any, str]] = ()) -> None:
        super().__init__(sentence, hint)
        self.candidates = tuple(candidates)


class WrongUsage(SchoolError):
    """The command line itself is off: options that exclude one another, one that is missing."""

    exit_code = ExitCode.USAGE


class Busy(SchoolError):
    """Another process held the database for longer than the waiting time."""

    exit_code = ExitCode.BUSY


class Damaged(SchoolError):
    """The file is damaged, newer than the program, or not a schoolcrm database."""

    exit_code = ExitCode.DAMAGED


class DiskTrouble(SchoolError):
    """The disk is full, read-only, or the file is not permitted."""

    exit_code = ExitCode.DISK
