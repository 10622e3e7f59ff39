"""`schoolcrm clients bulk`: asked for, one operation, what scripts get (R50, R52)."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, run_cli, writing_school


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        for number in range(1, 13):
            add_client(school, f"Клиент {number:02}", status="bought" if number < 12 else "reserve")
    return path


def bulk(path: Path, *words: str) -> tuple[int, str, str]:
    return run_cli("clients", "bulk", *words, db=path)


def names(path: Path, *query: str) -> list[str]:
    code, out, err = run_cli("clients", "list", *query, "--format", "json", db=path)
    assert code == 0, err
    return [row["name"] for row in json.loads(out)["rows"]]


def operations(path: Path) -> int:
    with writing_school(path) as school:
        return int(school.db.execute("SELECT count(*) FROM operation").fetchone()[0])


def test_it_is_asked_for_with_the_first_ten(path: Path) -> None:
    before = operations(path)
    code, out, err = bulk(path, "status:bought", "--set", "manager=Ольга")
    assert (code, out) == (1, "")
    first = ", ".join(f"Клиент {number:02}" for number in range(1, 11))
    statement = f"11 clients would be changed, of 11 who answer to the query: {first}, … and 1 more."
    statement += " To be set: Manager = Ольга.\n"
    assert err == f"error: {statement}hint: Repeat the command with --yes to do it.\n"
    code, out, err = bulk(path, "status:bought", "--set", "manager=Ольга", "--dry-run")
    assert (code, err) == (0, statement + "11 clients changed. (nothing was changed: --dry-run)\n")
    assert (names(path, "manager:ольга"), operations(path)) == ([], before)


def test_it_is_one_operation_and_says_how_many(path: Path) -> None:
    assert run_cli("clients", "edit", "1", "--manager", "Ольга", db=path)[0] == 0
    before = operations(path)
    words = ["status:bought", "--set", "manager=Ольга", "--set", "source=Сайт", "--new", "--yes", "--format", "json"]
    code, out, err = bulk(path, *words)
    assert (code, err, json.loads(out)) == (
        0,
        "",
        {"id": 4, "ids": [*range(1, 12)], "changed": 11, "matched": 11, "operation": 4},
    )
    assert operations(path) == before + 1
    code, out, _err = bulk(path, *words)
    assert json.loads(out) == {"id": None, "ids": [], "changed": 0, "matched": 11, "operation": None}
    assert operations(path) == before + 1
    assert len(names(path, "manager:ольга", "source:сайт")) == 11


def test_statuses_are_set_by_hand_with_a_history(path: Path) -> None:
    assert bulk(path, "id:1..3", "--set", "status=reserve", "--set", "lead=yes", "--yes")[::2] == (
        0, "3 clients changed.\n"
    )  # fmt: skip
    assert names(path, "status:reserve") == ["Клиент 01", "Клиент 02", "Клиент 03", "Клиент 12"]
    _code, out, _err = run_cli("status", "history", "1", "--format", "json", db=path)
    assert json.loads(out)["rows"][0]["reason"] == "hand"


def test_nobody_is_asked_when_nothing_would_change(path: Path) -> None:
    said = "Nothing to change: 1 client answers to the query and has these values already.\n"
    assert bulk(path, "id:12", "--set", "status=reserve") == (0, "", said)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--set", "note=x"], 2, "Say whose fields to set: a query is missing."),
        ([" ", "--set", "note=x"], 1, "QUERY is empty."),
        (["status:bought"], 2, "Say what to set: --set FIELD=VALUE is missing."),
        (["ктото", "--set", "note=x"], 1, "No client answers to the query."),
        (["balanse:1", "--set", "note=x"], 1, 'There is no field "balanse".'),
        (["id:1", "--set", "status=купол"], 1, 'No status is called "купол".'),
        (["id:1", "--set", "status=newcomer"], 1, 'No status is called "newcomer".'),
        (["id:1", "--set", "source=Сайт"], 1, 'No source is called "Сайт".'),
        (["id:1", "--set", "note=x", "--set", "birthday=y"], 1, '"y" is not a date.'),
        (["id:1", "--set", "balance=1"], 1, 'The field "balance" can\'t be set.'),
        (["id:1", "--set", "status="], 1, 'The field "status" can\'t be emptied.'),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(path: Path, words: list[str], code: int, sentence: str) -> None:
    before = operations(path)
    failed, out, err = bulk(path, *words, "--yes")
    assert (failed, out, err.splitlines()[0]) == (code, "", f"error: {sentence}")
    assert err.splitlines()[1].startswith("hint: ")
    assert operations(path) == before


def test_own_fields_are_set_and_emptied(path: Path) -> None:
    run_cli("fields", "add", "Смена", "--type", "choice", "--choice", "Утро", "--choice", "Вечер", db=path)
    assert bulk(path, "id:1,2", "--set", "field.смена=вечер", "--yes")[0] == 0
    assert names(path, "field.смена:Вечер") == ["Клиент 01", "Клиент 02"]
    assert bulk(path, "field.смена:вечер", "--set", "field.смена=", "--yes")[0] == 0
    assert names(path, "field.смена:Вечер") == []


def test_archived_clients_only_when_the_query_says_so(path: Path) -> None:
    run_cli("clients", "archive", "1", "--yes", db=path)
    made: Any = bulk(path, "id:1..2", "--set", "note=x", "--yes", "--format", "json")[1]
    assert json.loads(made) == {"id": 4, "ids": [2], "changed": 1, "matched": 1, "operation": 4}
    made = bulk(path, "is:archived", "--set", "note=x", "--yes", "--format", "json")[1]
    assert json.loads(made) == {"id": 5, "ids": [1], "changed": 1, "matched": 1, "operation": 5}
