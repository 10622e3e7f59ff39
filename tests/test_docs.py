"""What the documents say is so: tests they name, exit codes, keys of JSON, commands with their options."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from answers import signed_answer
from builders import every_command, make_school
from days_of_a_school import DAYS_OF_A_SCHOOL, OF_WHOM

from schoolcrm.cli import extract_global_options
from schoolcrm.core.errors import ExitCode

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
RULES = [
    f"R{number}"
    for first, last in ((1, 13), (20, 25), (30, 42), (50, 57), (60, 66))
    for number in range(first, last + 1)
]


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

KEYS = re.compile(r"^\| (`[^|]+`) \| `([^`]+)`(?:[^|]*totals `([^`]+)`)?", re.MULTILINE)
DOCUMENTED = {
    name: (keys.split(), totals.split())
    for names, keys, totals in KEYS.findall(page("docs/json.md"))
    for name in re.findall(r"`([^`]+)`", names)
}
CATALOG = re.compile(r"^catalog [\w-]+")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where there is a school's database, and files to import."""
    folder = tmp_path_factory.mktemp("docs")
    make_school(folder)
    (folder / "clients.csv").write_text("ФИО\nПётр Сидоров\n", "utf-8")
    (folder / "payments.csv").write_text("Дата;Клиент;Сумма\n02.09.2026;Анна Иванова;100\n", "utf-8")
    lessons = "Дата;Группа;Ученик;Посещение\n02.09.2026;Робо 2;Оля Иванова;был\n"
    (folder / "lessons.csv").write_text(lessons, "utf-8")
    (folder / "form.html").write_text('<meta charset="utf-8"><p>{{ contract.number }}', "utf-8")
    return folder


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[str, Any]:
    """What every command printed that changes something in the days of a school, by its name."""
    printed, today = {}, ""
    for line in DAYS_OF_A_SCHOOL.split("\n"):
        words = shlex.split(line.format(folder=folder))
        if re.fullmatch(r"[\d-]+", line):
            today = line
        elif words:
            name = next(name for size in (3, 2, 1) if (name := " ".join(words[:size])) in CHANGING | LISTS)
            yes = ["--yes"] if name in CHANGING else []
            db = folder / "new.db" if name == "init" else folder / "school.db"
            printed[CATALOG.sub("catalog KIND", name)] = signed_answer(db, *words, *yes, today=today)
    return printed


def commands_with(option: str) -> set[str]:
    """Return the full names of the commands that have `--format` and this option."""
    return {
        name
        for name, command in walk("", every_command())
        if {"--format", option} <= {each for parameter in command.params for each in parameter.opts}
    }


def walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield the commands below, each with its full name."""
    if not hasattr(command, "list_commands"):
        yield path.strip(), command
        return
    for name in command.list_commands(None):
        yield from walk(f"{path} {name}", command.get_command(None, name))


CHANGING = commands_with("--dry-run") - commands_with("--save")  # a list that may keep a filter is a list
LISTS = commands_with("--output") - CHANGING


def test_every_list_and_every_changing_command_is_documented_and_no_other() -> None:
    assert {CATALOG.sub("catalog KIND", name) for name in CHANGING} | LISTS == set(DOCUMENTED) | {"status recompute"}


@pytest.mark.parametrize("name", sorted({CATALOG.sub("catalog KIND", name) for name in CHANGING}))
def test_changing_commands_print_the_documented_keys(name: str, printed: dict[str, Any]) -> None:
    (recomputed,) = re.findall(r"`status recompute` prints `(\{[^`]+\})`", page("docs/json.md"))
    top = re.findall(r'"(\w+)": [N\[]', recomputed)
    signed = [] if name == "init" or name.startswith("db ") or name == "status recompute" else ["operation"]
    assert list(printed[name]) == (top if name == "status recompute" else [*DOCUMENTED[name][0], *signed])


@pytest.mark.parametrize("name", sorted(LISTS))
def test_rows_and_totals_have_the_documented_keys(name: str, folder: Path, printed: dict[str, Any]) -> None:
    assert printed
    table = signed_answer(folder / "school.db", *name.split(), *OF_WHOM.get(name, "").split(), today="2027-09-03")
    assert ([column["key"] for column in table["columns"]], list(table["totals"])) == DOCUMENTED[name]


def test_further_columns_of_the_list_of_clients_are_there(folder: Path) -> None:
    (further,) = re.findall(r"^\| `clients list`.*with `--columns` also `([^`]+)`", page("docs/json.md"), re.MULTILINE)
    columns = further.removesuffix(" field.NAME").replace(" ", ",")
    table = signed_answer(folder / "school.db", "clients", "list", "--columns", columns)
    assert ",".join(column["key"] for column in table["columns"]) == columns


def test_the_envelope_is_the_documented_one(folder: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", page("docs/json.md"), re.DOTALL)
    shown = json.loads(example.replace(", …", ""))
    printed = signed_answer(folder / "school.db", "report", "debtors")
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
    command = every_command()
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
