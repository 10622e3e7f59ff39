"""The screen: is there one, how large, in colour or not, and the pager. The one place that decides it."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    import subprocess

_USUAL_SIZE = (80, 24)
_USUAL_PAGER = "less -FRSX"


class Screen(NamedTuple):
    """What a stream can show: ``terminal`` decides the layout, ``colour`` the colours."""

    terminal: bool
    colour: bool
    width: int
    height: int


def look_at(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Screen:
    """Return what the stream can show, after NO_COLOR, FORCE_COLOR, TERM and COLUMNS."""
    terminal = stream.isatty()
    width, height = _size_of(stream) if terminal else _USUAL_SIZE
    columns = environment.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        width = int(columns)
    return Screen(terminal, _wants_colour(terminal, environment), width, height)


def show(text: str, screen: Screen, stream: TextIO, environment: Mapping[str, str] = os.environ) -> None:
    """Write the text to the stream, through the pager when the screen is a terminal and too low for it.

    The text is complete: nothing waits in the database while a person reads.
    """
    if not screen.terminal or text.count("\n") < screen.height or not _page_through(text, stream, environment):
        stream.write(text)


def _size_of(stream: TextIO) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return _USUAL_SIZE
    return (size.columns or _USUAL_SIZE[0], size.lines or _USUAL_SIZE[1])


def _wants_colour(terminal: bool, environment: Mapping[str, str]) -> bool:
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR", ""):
        return forced != "0"
    return terminal and environment.get("TERM") != "dumb" and _understands_colour(environment)


def _understands_colour(environment: Mapping[str, str]) -> bool:
    """The old console of Windows prints colours as rubbish; the new terminal names itself."""
    return sys.platform != "win32" or "WT_SESSION" in environment or "TERM" in environment


def _page_through(text: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Show the text in the pager; False when there is none."""
    import shlex
    import subprocess

    try:
        command = shlex.split(environment.get("PAGER", _USUAL_PAGER))
    except ValueError:
        return False
    if not command or command == ["cat"]:
        return False
    encoding = stream.encoding or "utf-8"
    settings = {"LESS": "FRSX", "LESSCHARSET": "utf-8"} if encoding.lower() == "utf-8" else {"LESS": "FRSX"}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=settings | dict(environment))
    except OSError:
        return False
    _feed(pager, text.encode(encoding, "replace"))
    return True


def _feed(pager: "subprocess.Popen[bytes]", content: bytes) -> None:
    """Hand the content over and wait until the reader has enough; leaving early is no error."""
    assert pager.stdin is not None
    with suppress(BrokenPipeError, KeyboardInterrupt):
        pager.stdin.write(content)
    with suppress(BrokenPipeError, KeyboardInterrupt):
        pager.stdin.close()
    while pager.poll() is None:
        with suppress(KeyboardInterrupt):  # Ctrl-C belongs to the pager, which stays on the screen
            pager.wait()
