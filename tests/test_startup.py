"""Start-up is a feature: what a fresh interpreter must not import, and how many modules it may. No time is measured."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_student,
    every_command,
    hold,
    join,
    make_school,
    pay,
    writing_school,
)

from schoolcrm.commands.table_of_commands import COMMANDS
from schoolcrm.later import SELDOM_USED

HEAVY = {
    "alembic", "dateutil", "openpyxl", "phonenumbers", "pydantic", "pydantic_core", "rich", "sqlalchemy", "sqlmodel",
    "docx", "docxtpl", "jinja2", "lxml", "num2words",
}  # fmt: skip
NEVER_FOR_HELP = HEAVY | {"sqlite3", "typer", "inspect", "dataclasses", "platformdirs", "getpass", "tomllib"}
NEVER_FOR_READING = HEAVY | {"platformdirs", "getpass", "tempfile", "asyncio", "unittest", "http", "typer.rich_utils"}

NEVER_FOR_CHANGING = {"openpyxl", "pydantic", "pydantic_core", "rich", "sqlalchemy", "sqlmodel"}
# What the modules of `schoolcrm.later` bring when they load; they themselves are listed, but empty.
LOADED_LATER = {"_bz2", "_lzma", "selectors"}

NOTHING = "import sys\ntry: pass\n"
ROOT = Path(__file__).parent.parent
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
# Each of our modules in which a pattern is compiled.
WATCH_PATTERNS = """
import re._compiler, sys
compile_pattern, ours = re._compiler.compile, []

def watched(pattern, flags=0):
    frame = sys._getframe(1)
    while "/re/" in frame.f_code.co_filename.replace("\\\\", "/"):
        frame = frame.f_back
    if "schoolcrm" in frame.f_globals.get("__name__", ""):
        ours.append(frame.f_globals["__name__"] + ":" + str(frame.f_lineno))
    return compile_pattern(pattern, flags)

re._compiler.compile = watched
"""
USE_EACH = """
print(type(subprocess).__name__)
assert bz2.decompress(bz2.compress(b"a")) == lzma.decompress(lzma.compress(b"a"))
assert not hasattr(tokenize, "no_such_name") and subprocess.PIPE == -1
assert platform.system() == os.uname().sysname and platform.system.__module__ == "schoolcrm.later"
assert platform.machine() and platform.system() == os.uname().sysname and platform.system.__module__ == "platform"
assert textwrap.dedent(" a") == "a" and "stdlib" in sysconfig.get_paths()
assert issubclass(shellingham.ShellDetectionFailure, EnvironmentError)
print(ipaddress.ip_address("1.2.3.4"), repr(bz2)[:7])
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
    assert {name for name in loaded if name.startswith("schoolcrm.")} <= {
        "schoolcrm.__main__",
        "schoolcrm.cli",
        "schoolcrm.streams",
    }


def test_version_waits_for_no_module_that_python_does_not_begin_with() -> None:
    """Without `site`: what an editable installation loads for itself would hide what we load."""
    here = f"sys.path.insert(0, {str(ROOT)!r})"
    done = run("-S", "-c", f"import sys; {here}\n{RUN}{LIST_MODULES}", "--version")
    assert done.returncode == 0, done.stderr
    assert not set(done.stderr.split()) & {"typing", "re", "collections", "contextlib", "enum", "functools"}


@pytest.mark.parametrize("words", [["--help"], ["--lang", "ru", "--help"], ["--version", "--quiet"]], ids=" ".join)
def test_the_root_answers_without_typer(words: list[str]) -> None:
    loaded = schoolcrm(*words)
    assert not loaded & NEVER_FOR_HELP
    assert len(loaded) <= 70, sorted(loaded)


@pytest.mark.parametrize(
    "words",
    [
        *(["report", "debtors"], ["report", "funnel"], ["clients", "list"]),
        *(["payments", "list"], ["lessons", "list"], ["groups", "list"], ["contracts", "list"], ["forms", "list"]),
    ],
    ids=" ".join,
)
def test_a_piped_list_or_report_imports_no_heavy_library(words: list[str], school: Path) -> None:
    loaded = schoolcrm("--db", school, *words)
    assert not loaded & (NEVER_FOR_READING | LOADED_LATER)
    assert len(loaded) <= 195, sorted(loaded)


PIPED = [["report", "debtors"], ["clients", "list"]]


@pytest.mark.parametrize("words", PIPED, ids=" ".join)
def test_the_lists_looked_at_most_import_no_more_than_they_use(words: list[str], school: Path) -> None:
    loaded = schoolcrm("--db", school, *words)
    assert not {name for name in loaded if name.startswith("_sysconfigdata")} | loaded & {"json", "locale"}
    assert not {name for name in loaded if name.startswith("schoolcrm.commands.client_")}
    assert "schoolcrm.commands.people_archive" not in loaded
    reports = {name for name in loaded if name.startswith("schoolcrm.commands.report_")}
    assert reports <= {"schoolcrm.commands.report_group"}


@pytest.mark.parametrize("words", PIPED, ids=" ".join)
def test_russian_brings_no_module_more_than_english(words: list[str], school: Path) -> None:
    english, russian = (schoolcrm("--lang", language, "--db", school, *words) for language in ("en", "ru"))
    assert russian - english <= {"encodings.cp1251", "unicodedata"}  # to measure the words


@pytest.mark.parametrize("words", PIPED, ids=" ".join)
def test_what_is_left_for_later_stays_so(words: list[str], school: Path) -> None:
    left = "[name for name, module in sys.modules.items() if type(module).__name__ == 'LaterModule']"
    done = run("-c", f"{RUN}finally: print(*{left}, file=sys.stderr)", "--db", str(school), *words)
    assert set(SELDOM_USED) - set(done.stderr.split()) <= {"ipaddress"}  # what finds an editable install needs it


@pytest.mark.parametrize("words", PIPED, ids=" ".join)
def test_no_pattern_of_ours_is_compiled_in_advance(words: list[str], school: Path) -> None:
    done = run("-c", WATCH_PATTERNS + RUN + "finally: print(*ours, file=sys.stderr)", "--db", str(school), *words)
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if line] == []


DESK = [
    ["clients", "add", "Анна Иванова", "--student", "Петя Иванов", "--phone", "+7 999 123-45-67"],
    ["payments", "add", "Вера Петрова", "1500"],
    ["payments", "void", "1", "--reason", "twice"],
    ["groups", "join", "A1", "Коля Петров"],
    ["lessons", "hold", "A1", "2026-08-31", "--present", "Оля Петрова"],
    ["lessons", "mark", "A1", "Оля Петрова", "absent", "--on", "2026-08-24"],
    ["subscription", "sell", "Коля Петров", "Восемь"],
    ["status", "set", "bought", "Вера Петрова"],
    ["status", "recompute"],
    ["clients", "trial", "book", "Инна Котова", "--on", "2026-09-03"],
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school with a group, two students of one client, a plan, a payment and a lesson held."""
    path = make_school(tmp_path_factory.mktemp("desk"))
    with writing_school(path, date(2026, 9, 1)) as school:
        client = add_client(school, "Вера Петрова", student="Оля Петрова")
        add_student(school, client, "Коля Петров")
        add_client(school, "Инна Котова", student="Лев Котов")
        group = add_group(school, "A1")
        ((student,),) = school.db.execute("SELECT id FROM student WHERE name_key LIKE 'оля%'").fetchall()
        join(school, group, student, date(2026, 8, 1))
        add_plan(school, "package", 400_000, lessons=8, name="Восемь")
        pay(school, client, 1_000, date(2026, 8, 1))
        hold(school, group, date(2026, 8, 24), present=[student])
    return path


@pytest.mark.parametrize("words", DESK, ids=lambda words: " ".join(words[:2]))
def test_what_a_desk_records_all_day_brings_no_sqlmodel(words: list[str], desk: Path) -> None:
    loaded = schoolcrm("--db", desk, "--today", "2026-09-01", *words)
    assert not loaded & NEVER_FOR_CHANGING
    assert len(loaded) <= 260, sorted(loaded)


def test_what_is_left_for_later_is_a_module_like_any_other_when_it_is_used() -> None:
    names = ", ".join(SELDOM_USED)
    done = run("-c", f"from schoolcrm.later import load_later\nload_later()\nimport os, {names}\n{USE_EACH}")
    assert done.stdout.split() == ["LaterModule", "1.2.3.4", "<module"], done.stdout + done.stderr


def test_completion_of_a_command_needs_no_typer() -> None:
    loaded = schoolcrm("--complete", "bash", "schoolcrm cl")
    assert not loaded & NEVER_FOR_HELP


def test_completion_of_a_name_imports_no_heavy_library(school: Path) -> None:
    loaded = schoolcrm("--complete", "bash", f"schoolcrm --db {school} clients show А")
    assert not loaded & (NEVER_FOR_READING | LOADED_LATER)
    assert "sqlite3" in loaded


def test_the_russian_texts_bring_no_heavy_library(school: Path) -> None:
    loaded = schoolcrm("--lang", "ru", "--db", school, "report", "debtors")
    assert not loaded & NEVER_FOR_READING


def test_help_of_a_command_imports_neither_database_nor_pydantic() -> None:
    loaded = schoolcrm("payments", "add", "--help")
    assert not loaded & (HEAVY | {"sqlite3"})


def test_every_command_that_is_elsewhere_is_there() -> None:
    for name in ("clients", "students", "report"):
        group = every_command().get_command(None, name)
        for command in group.list_commands(None):
            assert group.get_command(None, command).name == command
        assert all(callable(one.callback) for one in group.declared.values())


def test_every_parameter_of_every_command_is_read_without_pydantic() -> None:
    done = run("-c", PLAIN_PARAMETERS)
    assert done.stdout.split("\n") == ["light", ""], done.stdout + done.stderr


def test_a_command_imports_no_other_command(school: Path) -> None:
    modules = {entry.module for entry in COMMANDS}
    assert schoolcrm("--db", school, "report", "debtors") & modules == {"schoolcrm.commands.report"}
