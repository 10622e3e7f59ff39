"""`schoolcrm automation`: what it prints and refuses, and that other commands set it off (R56)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, make_school, run_cli, writing_school

from schoolcrm.core.store import transaction

SCRIPT = """
import os, sys
with open({log!r}, "a") as file:
    print(os.environ["SCHOOLCRM_CLIENT_ID"], os.environ["SCHOOLCRM_CLIENT_NAME"], file=file)
if os.environ["SCHOOLCRM_CLIENT_ID"] == "2":
    sys.exit("no such lead")
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        add_client(school, "Anna", student="Peter")
        add_client(school, "Boris")
    return path


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file with a command that writes down for whom it was run, and fails for Boris; return where to."""
    log, script, config = tmp_path / "told.txt", tmp_path / "tell.py", tmp_path / "settings.toml"
    script.write_text(SCRIPT.format(log=str(log)), "utf-8")
    config.write_text(f"[commands]\ntell = {json.dumps(f'{sys.executable} {script}')}\n", "utf-8")
    monkeypatch.setenv("SCHOOLCRM_CONFIG", str(config))
    return log


def test_r56_automations_are_added_listed_and_removed(db: Path) -> None:
    assert answer(db, "automation", "add", "--when", "status=refused", "--set", "studies=no") == {
        "id": 1, "action": "set",
    }  # fmt: skip
    answer(db, "automation", "add", "--when", "lead=yes", "--task", "Call", "--due", "+3d")
    rows = answer(db, "automation", "list")["rows"]
    assert [(row["field"], row["value"], row["action"], row["what"], row["due"]) for row in rows] == [
        ("status", "Refused", "set", "studies = no", None),
        ("studies", "no", "task", "Call", "+3d"),
    ]
    assert "would be removed" in refusal(db, "automation", "remove", "1")
    assert answer(db, "automation", "remove", "1", "--yes") == {"id": 1}
    assert column(db, "id", "automation", "list") == [2]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--when", "shoe=1", "--task", "x"), ('"shoe"', "manager")),
        (("--when", "status=zebra", "--task", "x"), ('"zebra"',)),
        (("--when", "source=zebra", "--task", "x"), ('"zebra"',)),
        (("--when", "status=", "--task", "x"), ('"status"',)),
        (("--when", "status=new", "--set", "shoe=1"), ('"shoe"',)),
        (("--when", "status=new", "--message", "{shoe}"), ("{shoe}",)),
        (("--when", "status=new", "--message", "x", "--channel", "pigeon"), ('"pigeon"',)),
        (("--when", "status=new", "--task", "x", "--due", "2026-12-31"), ("12-31",)),
        (("--when", "status=new", "--run", "nothing"), ('"nothing"', "[commands]")),
    ],
)
def test_r56_what_cant_be_is_refused_by_name(db: Path, words: tuple[str, ...], named: tuple[str, ...]) -> None:
    said = refusal(db, "automation", "add", *words)
    assert all(name in said for name in named), said


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--task", "x", "--run", "y"),
        ("--message", "x", "--due", "+1d"),
        ("--task", "x", "--channel", "sms"),
        ("--message", "x", "--channel", "sms", "--subject", "y"),
    ],
)
def test_r56_one_thing_is_done_with_what_belongs_to_it(db: Path, words: tuple[str, ...]) -> None:
    assert run_cli("automation", "add", "--when", "status=new", *words, db=db)[0] == 2


def test_r56_bulk_edits_set_them_off_and_undo_takes_all_back(db: Path) -> None:
    answer(db, "automation", "add", "--when", "status=refused", "--task", "Ask why")
    told = run_cli("clients", "bulk", "id:1..", "--set", "status=refused", "--yes", db=db)
    assert told[0] == 0
    assert "Automation 1 (status = Refused → Ask why): 2 clients." in told[2]
    assert column(db, "client", "tasks", "list") == ["Anna", "Boris"]
    assert column(db, "outcome", "automation", "log", "Peter") == ["done"]
    assert column(db, "id", "automation", "log", "--period", "2025") == []
    run_cli("undo", "--yes", db=db)
    assert column(db, "id", "tasks", "list") == column(db, "id", "automation", "log") == []
    assert set(column(db, "status", "clients", "list")) == {"New"}


def test_r56_a_sale_sets_them_off(db: Path) -> None:
    answer(db, "automation", "add", "--when", "status=bought", "--task", "Welcome")
    answer(db, "automation", "add", "--when", "studies=yes", "--set", "manager=Olga")
    answer(db, "subscription", "plans", "add", "Eight", "--kind", "package", "--price", "4000", "--lessons", "8")
    answer(db, "subscription", "sell", "Peter", "Eight")
    assert column(db, "text", "tasks", "list") == ["Welcome"]
    assert column(db, "manager", "clients", "list", "anna", "--columns", "name,manager") == ["Olga"]


def test_r56_a_dry_run_tells_and_does_nothing(db: Path, told: Path) -> None:
    answer(db, "automation", "add", "--when", "manager=Olga", "--run", "tell")
    answer(db, "automation", "add", "--when", "manager=Olga", "--task", "Call")
    _code, _out, err = run_cli("clients", "edit", "Anna", "--manager", "Olga", "--dry-run", db=db)
    assert "Automation 1" in err
    assert "Automation 2" in err
    assert not told.exists()
    assert column(db, "id", "tasks", "list") == column(db, "id", "automation", "log") == []


def test_r56_a_command_runs_after_the_change_and_its_failure_is_logged_and_said(db: Path, told: Path) -> None:
    answer(db, "automation", "add", "--when", "manager=Olga", "--run", "tell")
    code, _out, err = run_cli("clients", "bulk", "id:1..", "--set", "manager=Olga", "--yes", "-q", db=db)
    assert code == 0
    assert told.read_text("utf-8").splitlines() == ["1 Anna", "2 Boris"]
    assert "failed for Boris" in err
    assert "no such lead" in err
    rows = answer(db, "automation", "log")["rows"]
    assert [(row["client"], row["outcome"]) for row in rows] == [("Boris", "failed"), ("Anna", "done")]
    assert run_cli("undo", "--yes", db=db)[0] == 0
    assert column(db, "manager", "clients", "list", "--columns", "name,manager") == [None, None]


def test_r56_the_schools_file_runs_nothing_that_the_operator_has_not_named(
    db: Path, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(db, "automation", "add", "--when", "manager=Olga", "--run", "tell")
    with writing_school(db) as school:
        school.db.execute("UPDATE automation SET text = ?", (f"{sys.executable} {told.with_name('tell.py')}",))
    code, _out, err = run_cli("clients", "edit", "Anna", "--manager", "Olga", db=db)
    assert (code, told.exists()) == (0, False)
    assert "[commands]" in err
    monkeypatch.setenv("SCHOOLCRM_CONFIG", str(told.with_name("other.toml")))
    assert run_cli("clients", "edit", "Boris", "--manager", "Olga", db=db)[0] == 0
    assert column(db, "outcome", "automation", "log") == ["failed", "failed"]


def test_r56_what_a_command_changes_sets_nothing_off(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(db, "automation", "add", "--when", "manager=Olga", "--task", "Call")
    monkeypatch.setenv("SCHOOLCRM_AUTOMATION", "7")
    answer(db, "clients", "edit", "Anna", "--manager", "Olga")
    assert column(db, "id", "tasks", "list") == []


def test_r56_an_import_sets_nothing_off(db: Path, tmp_path: Path) -> None:
    answer(db, "automation", "add", "--when", "status=new", "--task", "Call")
    file = tmp_path / "clients.csv"
    file.write_text("ФИО клиента,Статус\nВера Новая,Новый\n", "utf-8")
    assert run_cli("import-csv", str(file), "--yes", db=db)[0] == 0
    assert column(db, "id", "tasks", "list") == []
    answer(db, "clients", "add", "Gleb")
    assert column(db, "client", "tasks", "list") == ["Gleb"]


def test_only_an_operation_that_changes_a_client_asks_for_automations(db: Path) -> None:
    def asks(statement: str) -> bool:
        with transaction.writing(db, None, user="tester", command="test") as school:
            school.db.execute(statement)
            return transaction.may_set_off(school)

    edit = "UPDATE client SET manager = 'Olga ' || id || ifnull(manager, '') WHERE id = 1"
    assert not asks(edit)
    answer(db, "automation", "add", "--when", "manager=Olga", "--task", "Call")
    assert asks(edit)
    assert not asks("UPDATE student SET note = 'x' WHERE id = 1")
    answer(db, "automation", "remove", "1", "--yes")
    assert not asks(edit)


def test_without_automations_nothing_of_them_is_imported(db: Path) -> None:
    program = (
        "import sys; from schoolcrm.cli import main; code = main(sys.argv[1:]);"
        "sys.exit(code or int('schoolcrm.commands.automated' in sys.modules) * 10)"
    )
    words = [sys.executable, "-c", program, "--db", str(db), "clients", "edit", "Anna", "--manager"]
    assert subprocess.run([*words, "Olga"], capture_output=True, check=False).returncode == 0
    answer(db, "automation", "add", "--when", "manager=Anna", "--task", "Call")
    assert subprocess.run([*words, "Anna"], capture_output=True, check=False).returncode == 10
