"""A value that was typed and is empty is refused, wherever it stands: a script's empty $DAY is not today."""

from pathlib import Path

import pytest
from builders import add_client, dump, make_school, run_cli, writing_school

LEFT_OUT = "hint: Give a value, or leave the option out.\n"
UNSET = "hint: Give a value, or leave the option out; --unset FIELD empties a field.\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        add_client(school, "Anna Smith")
    return path


@pytest.mark.parametrize(
    ("words", "option", "hint"),
    [
        (("payments", "add", "1", "5", "--on", ""), "--on", LEFT_OUT),
        (("payments", "add", "1", "5", "--on="), "--on", LEFT_OUT),
        (("payments", "add", "1", "5", "--on= "), "--on", LEFT_OUT),
        (("payments", "add", "1", "5", "--account", ""), "--account", LEFT_OUT),
        (("payments", "add", "1", "5", "--student", " "), "--student", LEFT_OUT),
        (("payments", "list", "--period", ""), "--period", LEFT_OUT),
        (("report", "debtors", "--as-of", " \t"), "--as-of", LEFT_OUT),
        (("groups", "join", "Robo", "1", "--from", ""), "--from", LEFT_OUT),
        (("clients", "add", "Foo", "--phone", ""), "--phone", LEFT_OUT),
        (("clients", "edit", "1", "--name", ""), "--name", UNSET),
        (("clients", "list", "--limit", ""), "--limit", LEFT_OUT),
        (("clients", "list", "-o", ""), "--output", LEFT_OUT),
        (("status", "set", "refused", "--query", "", "--yes"), "--query", LEFT_OUT),
        (("clients", "list", "--today", ""), "--today", LEFT_OUT),
        (("--db=", "clients", "list"), "--db", LEFT_OUT),
        (("--user", " ", "clients", "add", "Foo"), "--user", LEFT_OUT),
    ],
)
def test_an_option_typed_with_nothing_is_refused(db: Path, words: tuple[str, ...], option: str, hint: str) -> None:
    before = dump(db)
    assert run_cli(*words, db=db) == (1, "", f"error: {option} is empty.\n{hint}")
    assert dump(db) == before


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (("payments", "add", "1", ""), "AMOUNT"),
        (("payments", "add", " ", "5"), "CLIENT"),
        (("clients", "archive", "1", ""), "CLIENT"),
        (("history", ""), "REF"),
        (("clients", "bulk", "", "--set", "note=x", "--yes"), "QUERY"),
    ],
)
def test_an_argument_typed_with_nothing_is_refused(db: Path, words: tuple[str, ...], argument: str) -> None:
    before = dump(db)
    code, out, err = run_cli(*words, db=db)
    assert (code, out, err.splitlines()[0]) == (1, "", f"error: {argument} is empty.")
    assert dump(db) == before


def test_what_may_be_empty_is_not_refused(db: Path, tmp_path: Path) -> None:
    assert run_cli("clients", "list", "", db=db)[0] == 0
    assert run_cli("clients", "edit", "1", "--unset", "note", "--field", "x=", db=db)[2].startswith("error: There is")
    run_cli("payments", "add", "1", "5", db=db)
    assert run_cli("payments", "void", "1", "--reason", "", db=db)[0] == 0
    file = tmp_path / "base.csv"
    file.write_text("Client\tMobile\nNew One\t+79261110000\n")
    assert run_cli("import-csv", str(file), "--delimiter", "\t", db=db)[0] == 0
    assert run_cli("import-csv", str(file), "--delimiter", "", db=db)[0] == 1
