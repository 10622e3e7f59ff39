"""Questions to the person at the terminal, never asked while the database is open.

Writers wait for readers and for one another, so a question must not hold a transaction. `answer` stops the
command instead (its transaction is taken back), the question is put, and the command runs again with the answer.
"""

import sys
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar, cast

from schoolcrm.core.language import _
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from schoolcrm.commands.keyboard import LineKeys

T = TypeVar("T")

_answers: dict[Hashable, object] = {}


class Unanswered(Exception):
    """A question came up; `put` asks it and remembers the answer for the next run of the command."""

    def __init__(self, key: Hashable, ask: Callable[[], object]) -> None:
        super().__init__(key)
        self._key = key
        self._ask = ask

    def put(self) -> None:
        """Ask the person; whatever the asking raises ends the command."""
        _answers[self._key] = self._ask()


def answer(key: Hashable, ask: Callable[[], T]) -> T:
    """Return the answer given to the question `key`; raises Unanswered until it has been asked."""
    if key not in _answers:
        raise Unanswered(key, ask)
    return cast("T", _answers[key])


def forget_answers() -> None:
    """Begin a new command line."""
    _answers.clear()


def can_ask() -> bool:
    """Tell whether there is a person: questions go to stderr, answers come from stdin."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_yes(question: str) -> bool:
    """Put a yes-or-no question; anything but yes is no."""
    keys = _("[y/N]")
    return ask_line(f"{question} {keys}").casefold() in {"y", "yes", "д", "да"}


def ask_line(prompt: str) -> str:
    """Put a question and return the line that is typed, without spaces around it; Ctrl-D counts as Ctrl-C."""
    sys.stderr.write(one_line(prompt) + " ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip()


def single_keys() -> "AbstractContextManager[LineKeys]":
    """Return what asks for single keys while it is open; afterwards the terminal is as it was."""
    from schoolcrm.commands.keyboard import open_keyboard

    return open_keyboard()
