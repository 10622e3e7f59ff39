"""Start-up is a feature: what a fresh interpreter must not import, and how many modules it may. No time is measured."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import make_school

from schoolcrm.commands.table_of_commands import COMMANDS

HEAVY = {
    "alembic", "dateutil", "openpyxl", "phonenumbers", "pydantic", "pydantic_core", "rich", "sqlalchemy", "sqlmodel",
}  # fmt: skip
NEVER_FOR_HELP = HEAVY | {"sqlite3", "typer", "inspect", "dataclasses", "platformdirs", "getpass", "tomllib"}
NEVER_FOR_READING = HEAVY | {"platformdirs", "getpass", "tempfile", "asyncio", "unittest", "http", "typer.rich_utils"}

NOTHING = "import sys\ntry: pass\n"
RUN = "import sys\nfrom schoolcrm.__main__ import run\ntry: run()\n"
LIST_MODULES = "finally: print(*sys.modules, file=sys.stderr)"
PLAIN_PARAMETERS = """
import sys
from schoolcrm.commands.table_of_commands import COMMANDS
from schoolcrm.lazy import LazyGroup
from schoolcrm.plain_parameters import PlainParameter, use_plain_parameters

use_plain_parameters()

def commands(group, path):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command

for path, command in commands(LazyGroup({entry.name: entry.module for entry in COMMANDS}), "schoolcrm"):
    for parameter in command.params:
        if not isinstance(parameter.get_runtime_param(), PlainParameter):
            print(path, parameter.name)
print("pydantic" if "pydantic" in sys.modules else "light")
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a fresh interpreter, off a terminal, in an environment of its own."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    command = [sys.executable, *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)


def schoolcrm(*words: str | Path) -> set[str]:
    """Return the names of the modules that a command line imports, beyond those of Python alone."""
    return _modules(RUN + LIST_MODULES, *words) - _modules(NOTHING + LIST_MODULES)


def _modules(script: str, *words: str | Path) -> set[str]:
    done = run("-c", script, *map(str, words))
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A new school's database."""
    return make_school(tmp_path)


def test_version_imports_next_to_nothing() -> None:
    loaded = schoolcrm("--version")
    assert not loaded & NEVER_FOR_HELP
    assert {name for name in loaded if name.startswith("schoolcrm.")} <= {"schoolcrm.__main__", "schoolcrm.cli"}


@pytest.mark.parametrize("words", [["--help"], ["--lang", "ru", "--help"], ["--version", "--quiet"]], ids=" ".join)
def test_the_root_answers_without_typer(words: list[str]) -> None:
    loaded = schoolcrm(*words)
    assert not loaded & NEVER_FOR_HELP
    assert len(loaded) <= 70, sorted(loaded)


@pytest.mark.parametrize(
    "words",
    [
        *(["report", "debtors"], ["report", "funnel"], ["clients", "list"]),
        *(["payments", "list"], ["lessons", "list"], ["groups", "list"]),
    ],
    ids=" ".join,
)
def test_a_piped_list_or_report_imports_no_heavy_library(words: list[str], school: Path) -> None:
    loaded = schoolcrm("--db", school, *words)
    assert not loaded & NEVER_FOR_READING
    assert len(loaded) <= 200, sorted(loaded)


def test_the_russian_texts_bring_no_heavy_library(school: Path) -> None:
    loaded = schoolcrm("--lang", "ru", "--db", school, "report", "debtors")
    assert not loaded & NEVER_FOR_READING


def test_help_of_a_command_imports_neither_database_nor_pydantic() -> None:
    loaded = schoolcrm("payments", "add", "--help")
    assert not loaded & (HEAVY | {"sqlite3"})


def test_every_parameter_of_every_command_is_read_without_pydantic() -> None:
    done = run("-c", PLAIN_PARAMETERS)
    assert done.stdout.split("\n") == ["light", ""], done.stdout + done.stderr


def test_a_command_imports_no_other_command(school: Path) -> None:
    modules = {entry.module for entry in COMMANDS}
    assert schoolcrm("--db", school, "report", "debtors") & modules == {"schoolcrm.commands.report"}
