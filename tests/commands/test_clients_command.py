"""`schoolcrm clients`: what scripts and people get."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, run_cli, run_installed, writing_school

HOSTILE = "[red]Зоя[/] :smile: \x1b[31m\u202eevil =1+1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def ok(path: Path, *words: str, lang: str = "en") -> Any:
    code, out, err = run_cli(*words, "--format", "json", db=path, lang=lang)
    assert code == 0, err
    return json.loads(out)


def rows(path: Path, *words: str) -> list[dict[str, Any]]:
    return list(ok(path, "clients", "list", *words)["rows"])


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_client_is_recorded_listed_and_shown(path: Path, lang: str) -> None:
    words = [
        "--phone",
        "8 (916) 123-45-67",
        "--email",
        "a@b.de",
        "--contact",
        "link:https://x.org/a:мама",
        "--source",
        "Сайт",
    ]
    made = ok(path, "clients", "add", "Анна Иванова", *words, "--student", "Петя:1.5.2018", "--new", lang=lang)
    assert made == {"id": 1, "student_ids": [1], "operation": 2}
    (row,) = rows(path)
    assert row == {
        "id": 1, "name": "Анна Иванова", "students": ["Петя"], "phone": "+79161234567", "status": "Новый",
        "balance": "0.00", "last_visit": None, "note": None,
    }  # fmt: skip
    for words in (["clients", "list"], ["clients", "show", "Петя"], ["students", "list"], ["students", "show", "1"]):
        code, out, err = run_cli(*words, db=path, lang=lang)
        assert (code, err) == (0, "")
        assert "Петя" in out
        assert "Анна Иванова" in out


def test_the_sentence_says_what_was_recorded(path: Path) -> None:
    assert run_cli("clients", "add", "Анна", db=path) == (0, "", "Client 1 recorded: Анна.\n")
    assert run_cli("clients", "edit", "Анна", "--note", "x", db=path) == (0, "", "Client 1 changed: Анна.\n")
    assert run_cli("-q", "clients", "edit", "Анна", "--note", "y", db=path) == (0, "", "")


def test_a_likely_duplicate_is_warned_about_and_recorded(path: Path) -> None:
    run_cli("clients", "add", "Анна", "--phone", "89161234567", db=path)
    code, out, err = run_cli("clients", "add", "Анна", "--phone", "+7 916 123 45 67", "--format", "json", db=path)
    assert (code, json.loads(out)["id"]) == (0, 2)
    assert err == "warning: it may be a client who is there already: 1 Анна · +7 916 123-45-67.\n"


def test_a_dry_run_records_nothing(path: Path) -> None:
    code, _out, err = run_cli("clients", "add", "Анна", "--dry-run", db=path)
    assert (code, err) == (0, "Client 1 recorded: Анна. (nothing was changed: --dry-run)\n")
    assert rows(path) == []


@pytest.mark.parametrize(
    ("words", "code", "lines"),
    [
        (["add", ""], 1, ["error: NAME is empty.", "hint: 'schoolcrm clients add --help' shows"]),
        (["add", "."], 1, ['error: "." is not a name: it has no letter.', "hint: Write the name with letters"]),
        (["add", "123"], 1, ['error: "123" is not a name: it has no letter.', "hint: Write the name"]),
        (["add", "Я", "--student", ":1.5.2018"], 1, ["error: A name is missing.", "hint: Write the name"]),
        (
            ["edit", "Анна", "--name", ""],
            1,
            ["error: --name is empty.", "hint: Give a value, or leave the option out; --unset FIELD empties a field"],
        ),
        (
            ["edit", "Анна", "--note", " "],
            1,
            ["error: --note is empty.", "hint: Give a value, or leave the option out; --unset FIELD"],
        ),
        (
            ["edit", "Анна", "--phone", ""],
            1,
            ["error: --phone is empty.", "hint: Give a value, or leave the option out; --unset FIELD"],
        ),
        (["list", "age:12..7"], 1, ['error: The range "12..7" ends', "hint: Put the smaller one first: 7..12."]),
        (["add", "Я", "--sex", "x"], 1, ['error: "x" is neither male nor female.', "hint: Write f or m."]),
        (
            ["add", "Я", "--source", "Сайт"],
            1,
            ['error: No source is called "Сайт".', "hint: Repeat with --new to add it."],
        ),
        (["add", "Я", "--status", "foo"], 1, ['error: No status is called "foo".', "hint: 'schoolcrm status list'"]),
        (["add", "Я", "--field", "Рост=5"], 1, ['error: There is no field "Рост".', "hint: The school has added no"]),
        (
            ["add", "Я", "--contact", "phon:5"],
            1,
            ['error: "phon" is not a kind of contact.', "hint: Did you mean: phone?"],
        ),
        (
            ["add", "Я", "--application", "fax"],
            1,
            ['error: "fax" is not a way an application comes.', "hint: Write site"],
        ),
        (["edit", "Анна"], 2, ["error: There is nothing to change.", "hint: Say what"]),
        (
            ["edit", "Анна", "--lead", "--studies"],
            2,
            ["error: --studies and --lead exclude one another.", "hint: Give one"],
        ),
        (
            ["edit", "Анна", "--unset", "status"],
            1,
            ['error: The field "status" can\'t be emptied.', "hint: Those that can"],
        ),
        (
            ["edit", "Ольга", "--note", "x"],
            1,
            ['error: No client is called "Ольга".', "hint: 'schoolcrm clients list'"],
        ),
        (["list", "statu:new"], 1, ['error: There is no field "statu".', "hint: Did you mean: status"]),
        (["list", "--columns", "nam"], 1, ['error: There is no field "nam".', "hint: Did you mean: name"]),
        (["list", "--sort", "-nam"], 1, ['error: There is no field "nam".', "hint: Did you mean: name"]),
        (["list", "--limit", "x"], 1, ["error: Invalid value for --limit", "hint: 'schoolcrm clients list --help'"]),
        (["list", "--all", "--archived"], 2, ["error: --archived and --all exclude one another.", "hint: Give one"]),
        (["show", "Анна", "--days", "5"], 1, ["error: 5 days can't be shown.", "hint: Give --days from 7 to 360."]),
        (["show", "Анна", "--format", "foo"], 1, ["error: There is no format foo.", "hint: Known formats"]),
    ],
)
def test_a_refusal_is_one_sentence_with_a_hint(path: Path, words: list[str], code: int, lines: list[str]) -> None:
    run_cli("clients", "add", "Анна", db=path)
    got, out, err = run_cli("clients", *words, db=path)
    assert (got, out) == (code, "")
    for line, start in zip(err.splitlines(), lines, strict=True):
        assert line.startswith(start)
    assert [row["name"] for row in rows(path)] == ["Анна"]


def test_editing_adds_phones_and_replaces_them_after_unset(path: Path) -> None:
    run_cli("clients", "add", "Анна", "--phone", "89161234567", "--note", "x", db=path)
    ok(path, "clients", "edit", "1", "--phone", "89031112233", "--name", "Анна Петрова", "--studies")
    assert rows(path, "--columns", "name,contacts,lead,note") == [
        {"name": "Анна Петрова", "contacts": ["+79031112233", "+79161234567"], "lead": False, "note": "x"}
    ]
    ok(path, "clients", "edit", "1", "--unset", "phone", "--phone", "84951112233", "--unset", "note", "--lead")
    assert rows(path, "--columns", "contacts,lead,note") == [{"contacts": ["+74951112233"], "lead": True, "note": None}]


def test_the_sentence_says_what_was_removed(path: Path) -> None:
    ok(path, "clients", "add", "Анна", "--phone", "89161234567", "--contact", "home:84951234567:бабушка")
    command = ("clients", "edit", "1", "--unset", "phone")
    assert run_cli(*command, db=path)[2] == "Client 1 changed: Анна. Removed: +7 916 123-45-67.\n"
    assert run_cli(*command, db=path)[2] == "Client 1 changed: Анна. Removed: nothing, it was empty.\n"
    assert ok(path, "clients", "edit", "1", "--unset", "home")["removed"] == ["+7 495 123-45-67 (бабушка)"]


def test_a_status_is_set_by_hand(path: Path) -> None:
    ok(path, "clients", "add", "Анна", "--status", "reserve")
    assert rows(path, "--columns", "base,stage,status")[0] == {
        "base": "reserve",
        "stage": "newcomer",
        "status": "Резерв",
    }
    ok(path, "clients", "edit", "Анна", "--status", "В работе")
    assert rows(path, "status:in-work", "--columns", "base") == [{"base": "in-work"}]


def test_fields_of_the_school_are_columns_filters_and_on_the_card(path: Path) -> None:
    from schoolcrm.core.people.custom_fields import add_field

    with writing_school(path) as school:
        add_field(school, "client", "Рост", type="number")
    ok(path, "clients", "add", "Анна", "--field", "рост=120,5")
    assert rows(path, "field.рост:120..121", "--columns", "field.рост") == [{"field.Рост": 120.5}]
    assert ok(path, "clients", "show", "Анна")["rows"][0]["field.Рост"] == 120.5
    assert "Рост: 120.5" in run_cli("clients", "show", "Анна", db=path)[1]
    ok(path, "clients", "edit", "Анна", "--unset", "field.Рост")
    assert rows(path, "field.рост:", "--columns", "id") == [{"id": 1}]


def test_hostile_text_is_shown_as_text_and_found(path: Path) -> None:
    code, _out, err = run_cli("clients", "add", HOSTILE, "--note", HOSTILE, "--colour", HOSTILE, db=path)
    assert code == 0
    for words in (
        ["list"],
        ["list", HOSTILE],
        ["show", "[red]"],
        ["show", "1", "--format", "csv"],
        ["show", "1", "--format", "md"],
    ):
        code, out, err = run_cli("clients", *words, db=path)
        assert (code, err) == (0, "")
        assert "[red]" in out.replace("\\", "")
        assert not {"\x1b", "\u202e"} & set(out)
    assert rows(path)[0]["name"] == "[red]Зоя[/] :smile: [31mevil =1+1"


def test_a_word_that_is_no_unicode_finds_nobody(path: Path) -> None:
    with writing_school(path) as school:
        add_client(school)
    environment = {"SCHOOLCRM_DB": str(path), "SCHOOLCRM_LANG": "en", "PATH": "/usr/bin:/bin", "HOME": str(path.parent)}
    done = subprocess.run(
        [sys.executable, "-m", "schoolcrm", "clients", "list", b"\xff\xfe"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Nothing found." in done.stdout


def test_the_query_and_the_order_stand_in_the_head(path: Path) -> None:
    ok(path, "clients", "add", "Анна")
    answer = ok(path, "clients", "list", "анна", "^is:debtor", "--sort", "-balance,name", "--all")
    assert answer["parameters"] == {"query": ["анна", "^is:debtor"], "sort": ["-balance", "name"], "scope": "all"}
    assert answer["report"] == "clients"


def test_the_installed_command_lists_the_school(path: Path) -> None:
    run_installed("clients", "add", "Анна", db=path)
    code, out, err = run_installed("clients", "list", "--format", "csv", db=path)
    assert (code, err) == (0, "")
    assert out == "id,name,students,phone,status,balance,last_visit,note\n1,Анна,,,Новый,0.00,,\n"


@pytest.mark.parametrize(
    "words",
    [
        ["clients", "list", "is:debtor", "анна"],
        ["clients", "show", "1"],
        ["students", "list"],
        ["students", "show", "1"],
    ],
)
def test_reading_people_imports_no_heavy_library(path: Path, words: list[str]) -> None:
    with writing_school(path) as school:
        add_client(school, phone="+79161234567")
    program = (
        "import sys; from schoolcrm.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'sqlalchemy', 'pydantic', 'sqlmodel', 'rich', 'openpyxl', 'phonenumbers'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy or code else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--db", str(path), *words], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
