"""The page of the speed figures: what it says of where they come from."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import environments
from benchmarks.contest import Line
from benchmarks.lines import LINES
from benchmarks.results import Measured, Results
from benchmarks.table import HEADINGS, write_page

ROW = ["1 ms", "1 ms", "9 MB", "floor", "1 ms", "1 ms", "1.00×", "1.00×", "≤ 1.50×", "yes"]
TODAYS = Measured("`clients list`", "S", [ROW], 0.001, "2026-11-22", 0.5, "one machine", "schoolcrm 2")


def page(tmp_path: Path, *measured: Measured) -> str:
    """Return the page written after these were measured, one after the other."""

    def set_up(*_arguments: Any) -> Any:
        raise AssertionError("nothing is measured for the page")

    results = Results(tmp_path / "results.json")
    for one in measured:
        results.put(one)
    lines = [Line("", what, scales, set_up) for what, scales in (("`clients list`", "SM"), ("`payments add`", "S"))]
    write_page(tmp_path / "page.md", lines, Results(tmp_path / "results.json"), "5 times")
    return (tmp_path / "page.md").read_text("utf-8")


def told(text: str) -> list[str]:
    """Return the paragraphs that say where the figures come from."""
    return [line for line in text.splitlines() if line.startswith("Measured on")]


def test_the_machine_and_versions_are_told_once(tmp_path: Path) -> None:
    others = [replace(TODAYS, scale="M"), replace(TODAYS, what="`payments add`", on="2026-11-23")]
    text = page(tmp_path, TODAYS, *others)
    assert told(text) == ["Measured on 2026-11-22 and 2026-11-23: one machine; schoolcrm 2."]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == 3
    assert {row.count("|") for row in rows} == {len(HEADINGS) + 1}


def test_lines_of_another_version_are_named_as_long_as_they_stand_there(tmp_path: Path) -> None:
    old = replace(TODAYS, what="`payments add`", on="2026-11-01", versions="schoolcrm 1")
    text = page(tmp_path, old, TODAYS, replace(TODAYS, scale="M"))
    assert told(text) == [
        "Measured on 2026-11-22: one machine; schoolcrm 2.",
        "Measured on 2026-11-01 (`payments add`, S): one machine; schoolcrm 1.",
    ]
    measured_anew = page(tmp_path, replace(old, on="2026-11-22", versions="schoolcrm 2"))
    assert told(measured_anew) == ["Measured on 2026-11-22: one machine; schoolcrm 2."]


def test_figures_of_a_line_that_is_no_more_are_not_told_of(tmp_path: Path) -> None:
    gone = replace(TODAYS, what="`a line of old`", versions="schoolcrm 0")
    assert told(page(tmp_path, gone, TODAYS)) == ["Measured on 2026-11-22: one machine; schoolcrm 2."]


def test_no_two_lines_are_called_the_same() -> None:
    assert len({line.what for line in LINES}) == len(LINES)


def test_versions_are_those_of_the_environment_not_of_the_folder_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = environments.versions_in(Path(sys.executable).parent, ["typer"])
    stale = tmp_path / "typer-0.0.1.dist-info"
    stale.mkdir()
    (stale / "METADATA").write_text("Metadata-Version: 2.1\nName: typer\nVersion: 0.0.1\n")
    monkeypatch.chdir(tmp_path)
    assert environments.versions_in(Path(sys.executable).parent, ["typer"]) == known
