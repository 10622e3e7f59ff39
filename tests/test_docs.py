"""What the documents say is so: tests they name, exit codes, keys of JSON, commands with their options."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from answers import answer
from builders import add_client, make_school, reading_school, writing_school

from schoolcrm.cli import extract_global_options
from schoolcrm.commands.table_of_commands import COMMANDS
from schoolcrm.core.errors import ExitCode
from schoolcrm.core.rules.dates import Period
from schoolcrm.lazy import LazyGroup
from schoolcrm.reports.table import Table

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
RULES = [
    f"R{number}"
    for first, last in ((1, 13), (20, 25), (30, 42), (50, 57), (60, 66))
    for number in range(first, last + 1)
]
FOREVER = Period(None, None)


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def paragraphs(text: str, opening: str) -> Iterator[str]:
    """Yield the paragraphs that begin with those words."""
    return (part for part in re.split(r"\n\s*\n", text) if part.startswith(opening))


# docs/rules.md ------------------------------------------------------------------------------------------

SECTIONS = re.split(r"^## ", page("docs/rules.md"), flags=re.MULTILINE)[1:]
BUILT, LATER = SECTIONS, page("docs/rules.md").partition("# Not built yet")[2]


@pytest.mark.parametrize("section", BUILT, ids=lambda text: text.partition("\n")[0])
def test_a_rule_has_an_example_and_tests_that_exist(section: str) -> None:
    assert len(list(paragraphs(section, "Example: "))) == 1
    (held_by,) = paragraphs(section, "Held by: ")
    references = re.findall(r"`([^`]+)`", held_by)
    assert references
    assert re.sub(r"`[^`]+`", "", held_by).strip(" ,\n") == "Held by:"
    for reference in references:
        path, _colons, name = reference.partition("::")
        assert name in functions_of(path), reference


@cache
def functions_of(path: str) -> set[str]:
    """Return the names of the test functions of a file, read without running it."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_rule_is_explained_or_named_as_not_built() -> None:
    explained = {section.split()[0] for section in BUILT}
    for rule in RULES:
        told = any(name.rstrip("ab") == rule for name in explained) or re.search(rf"\b{rule}\b", LATER)
        assert told, rule


# docs/exit-codes.md -------------------------------------------------------------------------------------


def test_every_exit_code_is_described_and_no_other() -> None:
    described = [int(code) for code in re.findall(r"^\| (\d+) \|", page("docs/exit-codes.md"), re.MULTILINE)]
    assert described == sorted(ExitCode)


# docs/json.md -------------------------------------------------------------------------------------------

KEYS = re.compile(r"^\| `([^`]+)` \| `([^`]+)`(?:[^|]*totals `([^`]+)`)?", re.MULTILINE)
DOCUMENTED = {name: (keys.split(), totals.split()) for name, keys, totals in KEYS.findall(page("docs/json.md"))}


@pytest.fixture(scope="module")
def empty_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school with one client of whom nothing is known."""
    path = make_school(tmp_path_factory.mktemp("docs"))
    with writing_school(path) as school:
        add_client(school)
    return path


@pytest.fixture(scope="module")
def tables(empty_school: Path) -> dict[str, Table]:
    from schoolcrm.core.listing.rows import Wish
    from schoolcrm.reports import (
        clients,
        debtors,
        forecast,
        journal,
        lessons,
        payments,
        reconciliation,
        schedule,
        statuses,
        students,
    )

    nobody = Wish(query=["id:0"])
    with reading_school(empty_school) as school:
        db, today = school.db, school.today
        coming = forecast.forecast(db, 1, forecast.forecast_period(today), today)
        return {
            "clients list": clients.clients_table(clients.find_clients(db, today, nobody), nobody),
            "students list": students.students_table(students.find_students(db, today, nobody), nobody),
            "status list": statuses.statuses_table([]),
            "schedule list": schedule.schedule_table([], []),
            "lessons list": lessons.lessons_table([], FOREVER),
            "payments list": payments.payments_table([], FOREVER),
            "report reconciliation": reconciliation.reconciliation_table(reconciliation.reconcile(db, 1, FOREVER)),
            "report forecast": forecast.forecast_table(coming),
            "report journal": journal.journal_table(journal.read_journal(db, 1, FOREVER, today)),
            "report debtors": debtors.debtors_table([], today),
        }


def test_every_table_of_keys_is_checked(tables: dict[str, Table]) -> None:
    assert set(tables) == set(DOCUMENTED)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_rows_and_totals_have_the_documented_keys(name: str, tables: dict[str, Table]) -> None:
    keys, totals = DOCUMENTED[name]
    table = tables[name]
    shown = [column.key for column in table.columns if column.key in keys or not column.hidden]
    assert shown == keys  # others may only be there unseen
    assert [fact.key for fact in (*table.head, *table.totals)] == totals


def test_changing_commands_print_the_documented_keys(empty_school: Path, tmp_path: Path) -> None:
    text = page("docs/json.md")
    (summary,) = re.findall(r"`import-csv` prints its summary: `([^`]+)`", text)
    file = tmp_path / "clients.csv"
    file.write_text("ФИО\nПётр Иванов\n", "utf-8")
    assert list(answer(empty_school, "import-csv", str(file), "--dry-run")) == summary.split()
    (recomputed,) = re.findall(r"`status recompute` prints `(\{[^`]+\})`", text)
    assert list(answer(empty_school, "status", "recompute", "--dry-run")) == re.findall(r'"(\w+)": [N\[]', recomputed)


def test_the_envelope_is_the_documented_one(empty_school: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", page("docs/json.md"), re.DOTALL)
    shown = json.loads(example.replace(", …", ""))
    printed = answer(empty_school, "report", "debtors")
    assert list(printed) == list(shown)
    assert printed["columns"][0].keys() == shown["columns"][0].keys()
    assert printed["columns"][0]["key"] == "client_id"
    assert printed["schoolcrm"] == shown["schoolcrm"]


# README.md ----------------------------------------------------------------------------------------------

BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", page("README.md"), re.MULTILINE | re.DOTALL)
LINES = [line.removeprefix("$ ") for block in BLOCKS for line in block.splitlines()]
USED = [line for line in LINES if line.startswith("schoolcrm ")]


@pytest.mark.parametrize("line", USED)
def test_a_command_of_the_readme_exists_with_its_options(line: str) -> None:
    given, words = extract_global_options(shlex.split(line, comments=True)[1:])
    command = LazyGroup({entry.name: entry.module for entry in COMMANDS})
    while hasattr(command, "list_commands"):
        name, *words = words
        assert name in command.list_commands(None), line
        command = command.get_command(None, name)
    with command.make_context(name, words):  # reads the options and arguments, and runs nothing
        assert given.keys() <= {"--db", "--lang", "--today", "--user", "--quiet", "--debug"}


def test_the_readme_shows_commands() -> None:
    assert len(USED) >= 5


def test_targets_of_make_exist() -> None:
    targets = re.findall(r"^(\w+):", page("Makefile"), re.MULTILINE)
    named = re.findall(r"(?:^|`)make (\w+)", "\n".join(path.read_text("utf-8") for path in PAGES), re.MULTILINE)
    assert named
    assert set(named) <= set(targets)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
