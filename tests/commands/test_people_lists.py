"""`clients list`, `students list` with saved filters, and `… filters`: what scripts and people get (R52)."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_student, make_school, run_cli, writing_school


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        anna = add_client(school, "Анна", status="bought")
        add_student(school, anna, "Маша")
        add_client(school, "Борис", status="bought")
        add_client(school, "Вера", status="reserve")
    return path


def rows(path: Path, *words: str) -> list[dict[str, Any]]:
    code, out, err = run_cli(*words, "--format", "json", db=path)
    assert code == 0, err
    return list(json.loads(out)["rows"])


def names(path: Path, *words: str) -> list[str]:
    return [row["name"] for row in rows(path, *words)]


def operations(path: Path) -> int:
    with writing_school(path) as school:
        return int(school.db.execute("SELECT count(*) FROM operation").fetchone()[0])


def test_a_list_is_saved_and_used_again(path: Path) -> None:
    words = ["status:bought", "--columns", "name,base", "--sort", "-name", "--save", "Купившие"]
    code, out, err = run_cli("clients", "list", *words, "--format", "json", db=path)
    assert (code, err) == (0, "Saved as \"Купившие\": 'schoolcrm clients list --saved NAME' uses it.\n")
    made = json.loads(out)["rows"]
    assert made == [{"name": "Борис", "base": "bought"}, {"name": "Анна", "base": "bought"}]
    assert rows(path, "clients", "list", "--saved", "купившие") == made
    assert rows(path, "clients", "list", "--saved", "купившие", "^борис", "--columns", "name") == [{"name": "Анна"}]
    assert names(path, "clients", "list", "--saved", "купившие", "--sort", "name") == ["Анна", "Борис"]
    assert names(path, "clients", "list", "--saved", "купившие", "--limit", "1", "--offset", "1") == ["Анна"]
    (row,) = rows(path, "clients", "filters", "list")
    assert row == {"name": "Купившие", "terms": ["status:bought"], "columns": ["name", "base"], "sort": ["-name"]}


def test_students_have_filters_of_their_own(path: Path) -> None:
    run_cli("students", "list", "client:анна", "--save", "Дети", db=path)
    assert names(path, "students", "list", "--saved", "дети") == ["Анна", "Маша"]
    assert [row["name"] for row in rows(path, "students", "filters", "list")] == ["Дети"]
    assert rows(path, "clients", "filters", "list") == []
    assert run_cli("clients", "list", "--saved", "Дети", db=path)[0] == 1


def test_a_filter_is_replaced_only_with_yes(path: Path) -> None:
    run_cli("clients", "list", "status:bought", "--save", "Свои", db=path)
    before = operations(path)
    assert run_cli("clients", "list", "status:bought", "--save", "Свои", db=path)[0] == 0
    assert operations(path) == before
    code, out, err = run_cli("clients", "list", "status:reserve", "--save", "свои", db=path)
    assert (code, out) == (1, "")
    assert err == ('error: The saved filter "Свои" would be replaced.\nhint: Repeat the command with --yes to do it.\n')
    assert names(path, "clients", "list", "--saved", "Свои") == ["Анна", "Борис"]
    assert run_cli("clients", "list", "status:reserve", "--save", "свои", "--yes", db=path)[0] == 0
    assert names(path, "clients", "list", "--saved", "Свои") == ["Вера"]
    assert operations(path) == before + 1


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["is:lead", "--saved", ""], 1, "--saved is empty."),
        (["--save", "x"], 2, "There is nothing to save: no term, no column, no sort key."),
        (["is:lead", "--archived", "--save", "x"], 2, "A saved filter keeps terms, columns and sort keys, neither"),
        (["is:lead", "--all", "--save", "x"], 2, "A saved filter keeps terms, columns and sort keys, neither"),
        (["balanse:5", "--save", "x"], 1, 'There is no field "balanse".'),
        (["is:lead", "--save", " "], 1, "--save is empty."),
        (["is:lead", "--save", "x", "--format", "foo"], 1, "There is no format foo."),
        (["--saved", "x"], 1, 'No saved filter is called "x".'),
    ],
)
def test_what_can_not_be_saved_is_refused_and_not_saved(path: Path, words: list[str], code: int, sentence: str) -> None:
    failed, out, err = run_cli("clients", "list", *words, db=path)
    assert (failed, out) == (code, "")
    assert err.startswith(f"error: {sentence}")
    assert err.count("\n") == 2
    assert rows(path, "clients", "filters", "list") == []


def test_a_field_removed_since_is_told_of(path: Path) -> None:
    run_cli("fields", "add", "Смена", "--of", "student", db=path)
    run_cli("students", "list", "field.смена:", "--save", "Без смены", db=path)
    assert names(path, "students", "list", "--saved", "без смены") == ["Анна", "Борис", "Вера", "Маша"]
    run_cli("fields", "remove", "Смена", "--yes", db=path)
    assert run_cli("students", "list", "--saved", "без смены", db=path) == (
        1,
        "",
        'error: The saved filter "Без смены" can\'t be used any more: There is no field "field.смена".\n'
        "hint: Save it anew without that, or remove it: 'schoolcrm students filters remove NAME'.\n",
    )


def test_a_mistake_of_today_is_not_the_saved_filters(path: Path) -> None:
    run_cli("clients", "list", "status:bought", "--save", "Свои", db=path)
    code, _out, err = run_cli("clients", "list", "--saved", "Свои", "age:x", db=path)
    assert (code, err.splitlines()[0]) == (1, 'error: "x" is not a whole number.')


def test_a_filter_is_removed_when_agreed(path: Path) -> None:
    run_cli("clients", "list", "status:bought", "--save", "Свои", db=path)
    assert run_cli("clients", "filters", "remove", "Свои", db=path)[0] == 1
    assert run_cli("clients", "filters", "remove", "Свои", "--dry-run", db=path)[0] == 0
    assert len(rows(path, "clients", "filters", "list")) == 1
    code, out, _err = run_cli("clients", "filters", "remove", "свои", "--yes", "--format", "json", db=path)
    assert (code, json.loads(out)) == (0, {"id": 1, "name": "Свои", "operation": 4})
    assert rows(path, "clients", "filters", "list") == []
    assert run_cli("clients", "filters", "remove", "свои", "--yes", db=path)[0] == 1


def test_a_list_is_read_only_unless_it_saves(path: Path) -> None:
    path.chmod(0o400)
    before = path.read_bytes()
    assert names(path, "clients", "list", "is:lead") == names(path, "clients", "list", "lead:yes")
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["clients", "students"])
def test_a_dry_run_says_what_would_be_saved_and_saves_nothing(path: Path, kind: str) -> None:
    before = operations(path)
    code, out, err = run_cli(kind, "list", "is:lead", "--save", "Свои", "--dry-run", db=path)
    assert (code, err) == (0, 'It would be saved as "Свои". (nothing was changed: --dry-run)\n')
    assert "is:lead" in out
    assert (rows(path, kind, "filters", "list"), operations(path)) == ([], before)

    run_cli(kind, "list", "is:lead", "--save", "Свои", db=path)
    code, _out, err = run_cli(kind, "list", "is:debtor", "--save", "свои", "--dry-run", db=path)
    assert (code, err.splitlines()[0]) == (
        0,
        'The saved filter "Свои" would be replaced. (nothing was changed: --dry-run)',
    )
    (kept,) = rows(path, kind, "filters", "list")
    assert "is:lead" in str(kept)


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("status:bougth", "Did you mean: Купил абонемент?"),
        ("status:Отказлся", "Did you mean: Отказался?"),
        ("^status:bougth", "Did you mean: Купил абонемент?"),
        ("status:new,zzz", "'schoolcrm status list' shows all."),
        ("status:=zzz", "'schoolcrm status list' shows all."),
        ("stage:zzz", "'schoolcrm status list' shows all."),
        ("stage:bought", "That is one of the other scale: write status:bought."),
        ("status:active", "That is one of the other scale: write stage:active."),
    ],
)
def test_a_status_that_is_none_is_refused_not_searched_for(path: Path, term: str, hint: str) -> None:
    for kind in ("clients", "students"):
        code, out, err = run_cli(kind, "list", term, db=path)
        assert (code, out) == (1, "")
        assert err.startswith('error: No status is called "')
        assert err.splitlines()[1] == f"hint: {hint}"


def test_a_saved_filter_whose_status_is_gone_says_so(path: Path) -> None:
    run_cli("status", "add", "reserve", "Отпуск", db=path)
    run_cli("clients", "list", "status:отпуск", "--save", "В отпуске", db=path)
    run_cli("status", "delete", "Отпуск", "--yes", db=path)
    code, _out, err = run_cli("clients", "list", "--saved", "В отпуске", db=path)
    assert code == 1
    assert err.startswith('error: The saved filter "В отпуске" can\'t be used any more: No status is called "отпуск".')
