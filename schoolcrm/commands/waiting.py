"""A sign of life on a terminal: whoever waits longer than a second sees how long it has been."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from schoolcrm.core.language import _

PATIENCE = 1.0  # seconds of work before anything is shown, and from one showing to the next
_LONGEST_GAP = 1.0  # seconds between two looks that count as work: more is somebody who thinks about an answer
_INSTRUCTIONS = 200_000  # of SQLite's machine between two looks: some milliseconds
_CLEAR = "\r\033[K"


class Waiting:
    """Shows on stderr for how many seconds the database has been at work."""

    def __init__(self) -> None:
        self.looked_at = monotonic()
        self.worked = self.told = 0.0
        self.is_shown = False

    def look(self) -> int:
        """Show the seconds if another one has passed; 0 tells SQLite to go on."""
        now = monotonic()
        self.worked += min(now - self.looked_at, _LONGEST_GAP)
        self.looked_at = now
        if self.worked - self.told >= PATIENCE:
            self.told = self.worked
            try:
                sys.stderr.write(_CLEAR + _("Working: {seconds} s").format(seconds=int(self.worked)))
                sys.stderr.flush()
                self.is_shown = True
            except OSError:  # the terminal is gone; the work goes on
                self.told = float("inf")
        return 0

    def clear(self) -> None:
        """Take the line away, for what is to be said in its place."""
        if self.is_shown:
            self.is_shown = False
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


@contextmanager
def shown_wait(db: sqlite3.Connection) -> Iterator[Waiting]:
    """Show how long the work on a connection takes, on the terminal behind stderr.

    Ctrl-C that arrives while SQLite works makes it stop there and then: KeyboardInterrupt, as anywhere else.
    """
    waiting = Waiting()
    db.set_progress_handler(waiting.look, _INSTRUCTIONS)
    try:
        yield waiting
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        db.set_progress_handler(None, 0)
        waiting.clear()
