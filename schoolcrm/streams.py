"""Where messages and data go, and what happens when nobody reads them any more.

A message that can't be shown never stops the work: not by a closed pipe (`2>&1 | head`), a terminal that is gone, a
full disk. What a changing command prints about its work doesn't either; a report whose reader has left may stop.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # that of `typing`, which `--version` would wait for as long as for all else
if TYPE_CHECKING:
    from typing import Any


class Unbreakable:
    """A stream of text in everything but one: from the first writing that fails it lets all go, quietly."""

    def __init__(self, stream: Any, forgiven: type[OSError]) -> None:
        self._stream = stream
        self._forgiven = forgiven
        self._is_lost = False

    def write(self, text: str) -> int:
        """Write the text, or let it go."""
        if not self._is_lost:
            try:
                self._stream.write(text)
            except self._forgiven:
                self._let_go()
        return len(text)

    def flush(self) -> None:
        """Send on what was written, or let it go."""
        if not self._is_lost:
            try:
                self._stream.flush()
            except self._forgiven:
                self._let_go()

    def _let_go(self) -> None:
        self._is_lost = True
        drop_output(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare_streams() -> None:
    """Text in any encoding of the terminal: what it can't show is replaced, never an exception.

    A stream that the caller has closed becomes the null device: cron may well close both, and the number of a
    closed stream must not be given to the database's file.
    """
    # They stay open as long as the program runs.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.stderr = _unbreakable(sys.stderr, OSError)


def keep_working_unread() -> None:
    """Let no closed pipe behind the standard output stop the command from here on; a full disk is still told."""
    sys.stdout = _unbreakable(sys.stdout, BrokenPipeError)


def is_read_to_the_end() -> bool:
    """Tell whether a closed pipe can't be the standard output's, which is then no reason to stop."""
    return isinstance(sys.stdout, Unbreakable)


def drop_output(stream: Any) -> None:
    """Let what can't be written go, or the interpreter would fail on it once more on its way out."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def _unbreakable(stream: Any, forgiven: type[OSError]) -> Any:
    return stream if isinstance(stream, Unbreakable) else Unbreakable(stream, forgiven)
