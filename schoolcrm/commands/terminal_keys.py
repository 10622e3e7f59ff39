"""Single keys of a Unix terminal, and the terminal given back as it was, whatever ends the asking."""

import codecs
import os
import signal
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from types import FrameType

from schoolcrm.commands.keyboard import BACK, OTHER, LineKeys, SingleKeys, named, show
from schoolcrm.core.rules.safetext import one_line

assert sys.platform != "win32"  # Says to the type checker where this module is imported.

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)
_ESCAPE = "\x1b"
_REST_OF_SEQUENCE = 0.1
"""Seconds in which the rest of what an arrow key sends arrives; Escape pressed alone is followed by nothing."""


@contextmanager
def terminal_keys() -> Iterator[LineKeys | None]:
    """Give the keys of the terminal at stdin; None if stdin is none."""
    try:
        keys = TerminalKeys(sys.stdin.fileno(), sys.stdin.encoding)
    except (OSError, termios.error):
        yield None
        return
    try:
        keys.open()
        yield keys
    finally:
        keys.close()


class TerminalKeys(SingleKeys):
    """The keys of a Unix terminal, which gives them one by one from `open` to `close`."""

    def __init__(self, file: int, encoding: str) -> None:
        """Remember how the terminal open as `file` is; OSError or termios.error if it is none."""
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._prompt: str | None = None
        self._ordinary = termios.tcgetattr(file)
        self._watched = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]

    def open(self) -> None:
        """Take the terminal over."""
        for number in self._watched:
            signal.signal(number, self._stand_aside)
        self._begin()

    def key(self, prompt: str) -> str:
        self._prompt = prompt
        show(prompt)
        try:
            character = self._character()
            return self._sequence() if character == _ESCAPE else named(character)
        finally:
            self._prompt = None

    def close(self) -> None:
        """Give the terminal back as it was."""
        self._restore()
        for number in self._watched:
            signal.signal(number, signal.SIG_DFL)

    def _begin(self) -> None:
        # Not the default, which would throw away what was typed ahead.
        tty.setcbreak(self._file, termios.TCSANOW)

    def _restore(self) -> None:
        with suppress(termios.error):  # The terminal may be gone.
            termios.tcsetattr(self._file, termios.TCSANOW, self._ordinary)

    def _stand_aside(self, number: int, _frame: FrameType | None) -> None:
        """Give the terminal back, let the signal do what it usually does; continued later, ask again."""
        self._restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._stand_aside)
        self._begin()
        if self._prompt is not None:
            # Not through the stream: the signal may have come amid its writing.
            again = f"\n{one_line(self._prompt)}".encode(sys.stderr.encoding or "utf-8", "replace")
            os.write(sys.stderr.fileno(), again)

    def _character(self) -> str:
        text = ""
        while not text:
            byte = os.read(self._file, 1)
            if not byte:
                raise KeyboardInterrupt
            text = self._decoder.decode(byte)
        return text[-1]

    def _soon(self) -> str:
        """Return the next character if it comes at once, as those of one key do; else an empty text."""
        return self._character() if select([self._file], [], [], _REST_OF_SEQUENCE)[0] else ""

    def _sequence(self) -> str:
        """Read the rest of what a key sends after Escape, and return the key (ECMA-48; ``[[`` is Linux's own)."""
        start = self._soon()
        while start == _ESCAPE:  # Alt held with an arrow
            start = self._soon()
        if start not in {"[", "O"}:
            return OTHER
        last = self._soon()
        if last == "[":
            self._soon()
            return OTHER
        while last and not "@" <= last <= "~":
            last = self._soon()
        return BACK if last == "D" else OTHER
