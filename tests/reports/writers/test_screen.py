"""Is there a screen, how large, in colour or not, and the pager."""

import io
from pathlib import Path

import pytest

from schoolcrm.reports.writers.screen import Screen, look_at, show


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colour_on_a_terminal(environment: dict[str, str], colour: bool) -> None:
    assert look_at(_Terminal(), environment).colour is colour


@pytest.mark.parametrize(
    ("environment", "colour"), [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "0"}, False)]
)
def test_colour_in_a_pipe_only_by_force(environment: dict[str, str], colour: bool) -> None:
    screen = look_at(io.StringIO(), environment)
    assert screen.colour is colour
    assert not screen.terminal


@pytest.mark.parametrize(("columns", "width"), [("132", 132), ("", 80), ("0", 80), ("wide", 80), ("²", 80)])
def test_columns_gives_the_width(columns: str, width: int) -> None:
    assert look_at(_Terminal(), {"COLUMNS": columns}).width == width


def test_what_fits_is_printed_at_once(tmp_path: Path) -> None:
    stream = _Terminal()
    show("one\ntwo\n", Screen(True, False, 80, 3), stream, {"PAGER": f"sh -c 'cat > {tmp_path / 'seen'}'"})
    assert stream.getvalue() == "one\ntwo\n"


def test_what_does_not_fit_goes_through_the_pager_of_the_operator(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    stream = _Terminal()
    environment = {"PAGER": f"sh -c 'cat > {seen}; echo $LESS >> {seen}'", "PATH": "/usr/bin:/bin"}
    show("раз\nдва\nтри\n", Screen(True, False, 80, 3), stream, environment)
    assert stream.getvalue() == ""
    assert seen.read_text(encoding="utf-8") == "раз\nдва\nтри\nFRSX\n"


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager-anywhere", "'unclosed"])
def test_without_a_pager_the_text_is_printed(pager: str) -> None:
    stream = _Terminal()
    show("1\n2\n3\n", Screen(True, False, 80, 2), stream, {"PAGER": pager})
    assert stream.getvalue() == "1\n2\n3\n"


def test_a_reader_who_leaves_early_is_no_error() -> None:
    show("line\n" * 100_000, Screen(True, False, 80, 2), _Terminal(), {"PAGER": "true", "PATH": "/usr/bin:/bin"})


def test_off_a_terminal_there_is_no_pager(tmp_path: Path) -> None:
    stream = io.StringIO()
    show("1\n2\n3\n", Screen(False, False, 80, 2), stream, {"PAGER": f"sh -c 'cat > {tmp_path / 'seen'}'"})
    assert stream.getvalue() == "1\n2\n3\n"
