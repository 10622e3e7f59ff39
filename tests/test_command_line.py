"""The root of the command line: help, version, global options, and how failures are told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import add_client, make_school, reading_school, run_cli, writing_school

from schoolcrm import __version__
from schoolcrm.commands import root_help
from schoolcrm.commands.table_of_commands import COMMANDS
from schoolcrm.reports import writers


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A new school's database."""
    return make_school(tmp_path)


def test_the_root_lists_every_command_in_its_order() -> None:
    code, out, err = run_cli("--help")
    listed = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line[2:3].strip()]
    assert (code, err) == (0, "")
    assert listed == [entry.name for entry in COMMANDS]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_page_of_the_root_is_at_most_78_columns_wide(lang: str) -> None:
    _code, out, _err = run_cli("--help", lang=lang)
    assert max(map(len, out.splitlines())) <= 78


def test_a_long_meaning_is_wrapped_under_its_own_column(monkeypatch: pytest.MonkeyPatch) -> None:
    long = root_help.GLOBAL_OPTIONS[0][2] + " word" * 30
    monkeypatch.setattr(root_help, "GLOBAL_OPTIONS", (("--db", "FILE", long), ("--verbose", "", "Short.")))
    lines = root_help.root_help().splitlines()
    first = next(at for at, line in enumerate(lines) if "--db FILE" in line)
    column = lines[first].index("The school's")
    assert lines[first + 1].index("word") == column == lines[first + 3].index("Short.")
    assert max(map(len, lines)) <= 78


@pytest.mark.parametrize("words", [["--version"], ["-q", "--version"], ["--lang", "ru", "--version"]], ids=" ".join)
def test_the_version_is_printed_wherever_it_is_asked_for(words: list[str]) -> None:
    assert run_cli(*words)[:2] == (0, f"schoolcrm {__version__}\n")


@pytest.mark.parametrize(
    ("words", "sentence", "hint"),
    [
        (["clinets"], 'There is no command "clinets".', "Did you mean: clients?"),
        (["report", "debtor"], 'There is no command "debtor".', "Did you mean: debtors?"),
        (["frobnicate"], 'There is no command "frobnicate".', "'schoolcrm --help' lists the commands."),
        (["report", "debtors", "--today"], "The option --today needs a value.", "'schoolcrm --help' shows"),
    ],
    ids=["command", "subcommand", "nothing-like-it", "value"],
)
def test_wrong_usage_is_a_sentence_and_a_hint(words: list[str], sentence: str, hint: str) -> None:
    code, out, err = run_cli(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {sentence}\nhint: {hint}")


@pytest.mark.parametrize(
    "words",
    [
        ["--lang", "fr", "report"],
        ["clients", "list", "--format", "foo"],
        ["clients", "list", "-o", "x.foo"],
        ["clients", "list", "--limit", "foo"],
        ["clients", "add", "Вера", "--format", "foo"],
        ["payments", "list", "--kind", "foo"],
        ["fields", "list", "--of", "foo"],
        ["import-csv", "x.csv", "--on-duplicate", "foo"],
        ["report", "contracts", "--by", "foo"],
        ["--today", "2026-13-45", "today"],
        ["config", "set", "sleeping_days", "-5"],
    ],
    ids=" ".join,
)
def test_a_value_that_cannot_be_is_refused_and_named(tmp_path: Path, words: list[str]) -> None:
    """A value that is not known or can't be read: 1, whatever the command; 2 is for the shape of a command line."""
    db = make_school(tmp_path)
    before = db.read_bytes()
    code, out, err = run_cli(*words, db=db)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert (words[1] if words[0].startswith("--") else words[-1]) in err
    assert len(err.splitlines()) == 2
    assert db.read_bytes() == before


def test_global_options_are_accepted_before_and_after_the_command(school: Path) -> None:
    before = run_cli("--db", str(school), "--lang", "ru", "status", "list")
    after = run_cli("status", "list", f"--db={school}", "--lang", "ru")
    assert before == after
    assert before[0] == 0


@pytest.mark.parametrize("debug", [False, True], ids=["plain", "debug"])
def test_a_defect_is_one_sentence_and_a_traceback_only_on_demand(
    debug: bool, school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defective(*_words: object) -> None:
        secret = "+79160000000"
        raise RuntimeError(str(len(secret)))

    monkeypatch.setattr(writers, "write", defective)
    code, _out, err = run_cli("status", "list", *(["--debug"] if debug else []), db=school)
    assert code == 1
    assert "error: The program failed" in err
    assert "send what it prints: RuntimeError." in err
    assert ("Traceback" in err) is debug
    assert "+7916" not in err


def test_a_reader_that_has_enough_is_no_error(school: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "schoolcrm", "--db", str(school), "status", "list"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error_and_the_work_is_done_once(tmp_path: Path, closed: str) -> None:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school, "Анна Иванова")
    program = Path(sys.executable).with_name("schoolcrm")
    command = f"{program} --db {path} --today 2026-09-01 payments add 1 5 --format json {closed}"
    assert subprocess.run(command, shell=True, capture_output=True, check=False).returncode == 0
    with reading_school(path) as school:
        assert school.db.execute("SELECT count(*) FROM payment").fetchone() == (1,)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
def test_lost_output_of_a_change_that_was_made_says_so(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school, "Анна Иванова")
    program = Path(sys.executable).with_name("schoolcrm")
    command = f"{program} --db {path} --lang en --today 2026-09-01 payments add 1 5 --format json >/dev/full"
    done = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 6
    assert "The change was made" in done.stderr
    assert "nothing was changed" not in done.stderr


def test_words_too_many_are_named() -> None:
    _code, _out, err = run_cli("clients", "add", "Анна", "лишнее", "слово")
    assert "лишнее слово" in err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("forecast",), "schoolcrm report forecast"),
        (("debtors",), "schoolcrm report debtors"),
        (("debtor",), "schoolcrm report debtors"),
        (("clients", "forecast"), "schoolcrm report forecast"),
        (("freeze",), "schoolcrm groups freeze, schoolcrm subscription freeze"),
        (("clinets",), "clients"),
        (("clients", "lsit"), "list"),
    ],
)
def test_a_command_without_its_group_is_recognised(words: tuple[str, ...], meant: str) -> None:
    assert run_cli(*words) == (2, "", f'error: There is no command "{words[-1]}".\nhint: Did you mean: {meant}?\n')


def test_a_command_that_many_groups_have_is_no_suggestion() -> None:
    assert run_cli("list")[2].splitlines()[1] == "hint: 'schoolcrm --help' lists the commands."


def test_help_is_as_wide_as_the_terminal_within_reason_and_cuts_no_sentence() -> None:
    wide = run_cli("report", "--help", env={"COLUMNS": "300"})[1]
    assert "  renewals         When clients are expected to buy again, by their average interval.\n" in wide
    narrow = run_cli("report", "--help", env={"COLUMNS": "60"})[1]
    assert " ".join(wide.split()) == " ".join(narrow.split())
    root = [run_cli("--help", env={"COLUMNS": columns})[1] for columns in ("300", "60")]
    assert root[0].split() == root[1].split()
    for page, width in ((wide, 118), (narrow, 58), (root[0], 118), (root[1], 58)):
        assert max(map(len, page.splitlines())) <= width
    assert "..." not in narrow.partition("Commands")[2]
