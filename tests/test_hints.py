"""Every refusal says what to do: each error raised anywhere carries a hint (cli.md §1)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import make_school, run_cli

from schoolcrm.core import errors

PACKAGE = Path(__file__).parent.parent / "schoolcrm"
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
WITHOUT_HINT = {
    "commands/session.py": "a no at the terminal is no error",
    "commands/roll_call.py": "a person gave up",
    "commands/choices.py": "nobody was chosen at the terminal",
    "core/importing/families.py": "said of a row, in the file of rejected rows",
    "core/importing/lesson_fields.py": "said of a row",
    "core/importing/lessons.py": "said of a row",
    "core/importing/payment_fields.py": "said of a row",
    "core/importing/payments.py": "said of a row",
    "core/importing/people_named.py": "said of a row",
    "core/importing/records.py": "said of a row",
    "core/importing/status_cell.py": "said of a row",
    "core/importing/values.py": "said of a row",
    "core/office/own_command.py": "kept in the log of automations",
    "core/rules/personal.py": "who asks for a name says what an example of it is",
}


def raised_without_hint(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in ERRORS:
            continue
        if any(isinstance(each, ast.Starred) for each in node.args):
            continue
        hint = next((each.value for each in node.keywords if each.arg == "hint"), None)
        hint = node.args[1] if len(node.args) > 1 else hint
        if hint is None or (isinstance(hint, ast.Constant) and not hint.value):
            yield f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_an_error_carries_a_hint(path: Path) -> None:
    found = list(raised_without_hint(path))
    assert bool(found) == (path.relative_to(PACKAGE).as_posix() in WITHOUT_HINT), found


def test_the_search_finds_what_it_should(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("raise Refused('No.')\nraise NotFound('No.', '')\nraise Refused('No.', hint='Try.')\n", "utf-8")
    assert len(list(raised_without_hint(bad))) == 2


def test_files_that_can_not_be_read_are_refused_with_a_hint(tmp_path: Path) -> None:
    db = make_school(tmp_path)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "headings.csv").write_text("Name;Phone\n", "utf-8")
    run_cli("clients", "add", "Анна Иванова", db=db)
    for words in (
        ("import-csv", str(tmp_path / "no.csv")),
        ("import-csv", str(tmp_path)),
        ("import-csv", str(tmp_path / "empty.csv")),
        ("import-csv", str(tmp_path / "headings.csv")),
        ("payments", "import", str(tmp_path / "headings.csv")),
        ("clients", "file", "add", "1", str(tmp_path / "no.pdf")),
        ("clients", "file", "add", "1", str(tmp_path)),
    ):
        code, _out, err = run_cli(*words, db=db)
        assert code == 1, err
        assert "\nhint: " in err, words


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_output_that_can_not_be_written_is_told_with_a_hint(tmp_path: Path) -> None:
    db = make_school(tmp_path)
    code, _out, err = run_cli("clients", "list", "-o", "/dev/full", "--format", "csv", db=db)
    assert code == 6, err
    assert "\nhint: " in err
