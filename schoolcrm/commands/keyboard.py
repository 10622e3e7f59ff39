"""Single keys of the person at the terminal: no Enter, no echo, and the terminal left as it was found.

What a key sends is read whole: a letter of several bytes, an arrow, a function key are one key each.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from schoolcrm.commands.questions import ask_line
from schoolcrm.core.rules.safetext import one_line

ENTER = "\n"
BACK = "\b"
"""Backspace or the left arrow."""
OTHER = "\0"
"""A key that stands for no character: an arrow, a function key, Tab, Escape."""

_NAMED = {"\r": ENTER, "\n": ENTER, "\b": BACK, "\x7f": BACK}
_END = "\x03\x04\x1a"


class LineKeys:
    """Where no single key can be read: every answer is a line, Enter alone an empty one."""

    def key(self, prompt: str) -> str:
        """Put a question and return the key: a character, ENTER, BACK or OTHER; here also a longer text.

        Raises KeyboardInterrupt for Ctrl-C, Ctrl-D and when there is nobody any more.
        """
        return ask_line(prompt.rstrip()) or ENTER

    def line(self, prompt: str) -> str:
        """Put a question and return the line that is typed, without spaces around it."""
        return ask_line(prompt)


class SingleKeys(LineKeys):
    """Where single keys are read, a line is read by them too: switching to the terminal's own would lose some."""

    def line(self, prompt: str) -> str:
        typed = ""
        key = self.key(f"{prompt} ")
        while key != ENTER:
            if key == BACK and not typed:
                break
            if key == BACK:
                typed = typed[:-1]
                sys.stderr.write("\b \b")
            elif key.isprintable():
                typed += key
                show(key)
            key = self.key("")
        sys.stderr.write("\n")
        return typed.strip()


class ConsoleKeys(SingleKeys):
    """The keys of the Windows console, read by `read`: one UTF-16 unit a call."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read

    def key(self, prompt: str) -> str:
        show(prompt)
        character = self._read()
        if character in {"\0", "\xe0"}:  # An arrow or a function key: its code follows.
            return BACK if self._read() == "K" else OTHER
        return named(character)


@contextmanager
def open_keyboard() -> Iterator[LineKeys]:
    """Give the keys of the terminal at stdin, by line where nothing better is to be had."""
    if sys.platform == "win32":
        import msvcrt

        yield ConsoleKeys(msvcrt.getwch)
    else:
        try:
            from schoolcrm.commands.terminal_keys import terminal_keys
        except ImportError:  # A system without termios
            yield LineKeys()
            return
        with terminal_keys() as keys:
            yield keys or LineKeys()


def named(character: str) -> str:
    """Return the key that sends the character; KeyboardInterrupt for Ctrl-C and Ctrl-D."""
    if character in _END:
        raise KeyboardInterrupt
    return _NAMED.get(character) or (character if character.isprintable() else OTHER)


def show(prompt: str) -> None:
    """Write the question and stay on its line."""
    sys.stderr.write(one_line(prompt))
    sys.stderr.flush()
