"""Single keys: read whole, named the same everywhere, the terminal given back."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from schoolcrm.commands.keyboard import BACK, ENTER, OTHER, ConsoleKeys
from schoolcrm.commands.questions import single_keys

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

SEQUENCES = {
    "\x1b[A": OTHER,  # up
    "\x1b[D": BACK,  # left
    "\x1bOD": BACK,  # left, as some terminals send it
    "\x1b[1;5D": BACK,  # left with Ctrl
    "\x1b\x1b[D": BACK,  # left with Alt, as some terminals send it
    "\x1bOP": OTHER,  # F1
    "\x1b[15~": OTHER,  # F5
    "\x1b[[D": OTHER,  # F4 of the Linux console
    "\x1b[3~": OTHER,  # Delete
    "\x1b[200;10R": OTHER,
    "\x1by": OTHER,  # y with Alt
    "\x1bй": OTHER,
    "\t": OTHER,
    "\x01": OTHER,
    "\r": ENTER,
    "\n": ENTER,
    "\x7f": BACK,
    "\b": BACK,
    "й": "й",
    "€": "€",
    "😀": "😀",
}


class Person:
    """Somebody at a pseudo-terminal, which is this process's stdin."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hand, self.terminal = pty.openpty()
        self._stream = open(os.dup(self.terminal), encoding="utf-8")  # noqa: PTH123, SIM115
        monkeypatch.setattr(sys, "stdin", self._stream)

    def types(self, text: str, encoding: str = "utf-8") -> None:
        os.write(self.hand, text.encode(encoding))

    def settings(self) -> Any:
        return termios.tcgetattr(self.terminal)

    def leave(self) -> None:
        self._stream.close()
        os.close(self.hand)
        os.close(self.terminal)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    person = Person(monkeypatch)
    yield person
    person.leave()


@pytest.mark.parametrize(("sent", "key"), SEQUENCES.items(), ids=map(repr, SEQUENCES))
def test_what_a_key_sends_is_one_key(person: Person, sent: str, key: str) -> None:
    with single_keys() as keys:
        person.types(sent + "+")
        assert [keys.key(""), keys.key("")] == [key, "+"]


def test_escape_alone_is_a_key(person: Person) -> None:
    with single_keys() as keys:
        person.types("\x1b")
        assert keys.key("") == OTHER
        person.types("[")
        assert keys.key("") == "["


def test_a_letter_in_another_encoding_is_read_whole(person: Person) -> None:
    assert isinstance(sys.stdin, io.TextIOWrapper)
    sys.stdin.reconfigure(encoding="cp1251")
    with single_keys() as keys:
        person.types("йq", "cp1251")
        assert [keys.key(""), keys.key("")] == ["й", "q"]


@pytest.mark.parametrize("end", ["\x03", "\x04"])
def test_the_end_of_input_is_an_interruption_and_the_terminal_is_given_back(person: Person, end: str) -> None:
    before = person.settings()
    with pytest.raises(KeyboardInterrupt), single_keys() as keys:
        person.types("y")
        keys.key("")
        assert person.settings() != before
        person.types(end)
        if end == "\x03":  # The terminal isn't this process's own, so that Ctrl-C must be made.
            os.kill(os.getpid(), signal.SIGINT)
        keys.key("")
    assert person.settings() == before


def test_a_failure_gives_the_terminal_and_the_signals_back(person: Person) -> None:
    before = person.settings(), signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGTSTP)
    with pytest.raises(ZeroDivisionError), single_keys() as keys:
        person.types("y")
        keys.key("")
        assert signal.getsignal(signal.SIGTERM) != before[1]
        raise ZeroDivisionError
    assert (person.settings(), signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGTSTP)) == before


def test_a_line_is_shown_and_can_be_mended(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    with single_keys() as keys:
        person.types("нее\x7fт\x1b[A \r+")
        assert keys.line("Reason:") == "нет"
        assert keys.key("") == "+"
        person.types("x\b\b")
        assert keys.line("Reason:") == ""
    assert capsys.readouterr().err == "Reason: нее\b \bт \nReason: x\b \b\n"


def test_the_windows_console_names_keys_the_same() -> None:
    codes = iter("y\r\b\xe0K\0;\xe0H\tй\x03")
    keys = ConsoleKeys(lambda: next(codes))
    assert [keys.key("") for _key in range(8)] == ["y", ENTER, BACK, BACK, OTHER, OTHER, OTHER, "й"]
    with pytest.raises(KeyboardInterrupt):
        keys.key("")


def test_without_single_keys_lines_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("+\n\n нп \nответ\n"))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with single_keys() as keys:
        assert type(keys).__name__ == "LineKeys"  # another language imports the commands anew
        assert [keys.key("1:"), keys.key("2:"), keys.key("3:"), keys.line("4:")] == ["+", ENTER, "нп", "ответ"]
        with pytest.raises(KeyboardInterrupt):
            keys.key("5:")
