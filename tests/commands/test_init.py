"""`schoolcrm init`."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from builders import reading_school, run_cli, run_installed


def setting(path: Path, key: str) -> str:
    with reading_school(path) as school:
        return str(school.db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()[0])


@pytest.mark.parametrize(("lang", "status"), [("ru", "Купил абонемент"), ("en", "Bought a subscription")])
def test_init_makes_a_school_in_the_language_in_use(tmp_path: Path, lang: str, status: str) -> None:
    path = tmp_path / "new folder" / "school.db"
    code, out, err = run_cli("init", db=path, lang=lang)
    assert (code, out) == (0, "")
    assert str(path) in err
    assert "schoolcrm import-csv" in err
    assert "schoolcrm clients add" in err
    assert setting(path, "language") == lang
    assert setting(path, "currency") == "RUB"
    with reading_school(path) as school:
        assert school.db.execute("SELECT name FROM status WHERE base = 'bought'").fetchone() == (status,)


def test_init_again_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "school.db"
    run_cli("init", db=path)
    before = path.read_bytes()
    for options in ((), ("--dry-run",)):
        code, out, err = run_cli("init", *options, db=path)
        assert (code, out) == (1, "")
        assert err.startswith(f"error: There is a file at {path} already.\nhint: ")
    assert path.read_bytes() == before


def test_init_with_another_currency_prints_what_it_made(tmp_path: Path) -> None:
    path = tmp_path / "school.db"
    code, out, err = run_cli("init", "--currency", "kzt", "--format", "json", db=path)
    assert (code, err) == (0, "")
    assert json.loads(out) == {"path": str(path), "currency": "KZT", "language": "en"}
    assert setting(path, "currency") == "KZT"


def test_init_of_an_unknown_currency(tmp_path: Path) -> None:
    code, _out, err = run_cli("init", "--currency", "рубль", db=tmp_path / "school.db")
    assert code == 1
    assert err == 'error: "рубль" is not a currency code.\nhint: Use three letters: RUB, EUR, KZT…\n'
    assert not list(tmp_path.iterdir())


def test_init_of_a_code_that_is_no_currency_suggests_the_nearest(tmp_path: Path) -> None:
    for more in ([], ["--demo"], ["--dry-run"]):
        code, _out, err = run_cli("init", "--currency", "EUX", *more, db=tmp_path / "school.db")
        assert (code, err) == (1, 'error: There is no currency "EUX" in use.\nhint: Did you mean: EUR?\n')
    assert not list(tmp_path.iterdir())


def test_init_dry_run_makes_nothing(tmp_path: Path) -> None:
    code, _out, err = run_cli("init", "--dry-run", db=tmp_path / "folder" / "school.db")
    assert code == 0
    assert "--dry-run" in err
    assert not list(tmp_path.iterdir())


def test_the_installed_command_makes_a_school(tmp_path: Path) -> None:
    path = tmp_path / "school.db"
    assert run_installed("init", "-q", db=path) == (0, "", "")
    assert setting(path, "language") == "en"


# --demo -------------------------------------------------------------------------------------------------


def suggested(err: str) -> list[list[str]]:
    """Return the commands that are suggested, as a shell reads them."""
    return [shlex.split(line[line.index(" schoolcrm") :]) for line in err.splitlines() if line.startswith("  ")]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_init_demo_makes_a_school_whose_suggestions_work_as_printed(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "school.db"
    code, out, err = run_cli("init", "--demo", db=path, today="2026-11-23", lang=lang)
    assert (code, out) == (0, "")
    assert str(path) in err.splitlines()[0]
    commands = suggested(err)
    assert len(commands) == 5
    for words in commands:
        yes = ["--yes"] if words[-1] == "undo" else []
        code, _out, err = run_cli(*words[1:], *yes, db=path, today="2026-11-23", lang=lang)
        assert code == 0, (words, err)
    code, _out, err = run_cli("undo", "--yes", db=path, today="2026-11-23")
    assert (code, err.splitlines()[0]) == (1, "error: There is nothing that tester could undo.")


def test_init_demo_tells_options_again_that_nothing_else_says(tmp_path: Path) -> None:
    path = tmp_path / "my school.db"
    given = ("--db", str(path), "--today", "23.11.2026", "--lang", "ru")
    code, _out, err = run_cli("init", "--demo", *given, db=tmp_path / "other.db", today="2026-09-01", lang="en")
    assert code == 0
    again = ["--db", str(path), "--lang", "ru", "--today", "2026-11-23"]
    assert [words[1:7] for words in suggested(err)] == [again] * 5


def test_init_demo_prints_what_it_made(tmp_path: Path) -> None:
    path = tmp_path / "school.db"
    code, out, err = run_cli("init", "--demo", "--currency", "eur", "--format", "json", db=path)
    assert (code, err) == (0, "")
    printed = json.loads(out)
    assert list(printed)[:3] == ["path", "currency", "language"]
    assert printed["currency"] == setting(path, "currency") == "EUR"
    with reading_school(path) as school:
        assert printed["clients"] == school.db.execute("SELECT count(*) FROM client").fetchone()[0]
    assert list(printed)[3:] == ["clients", "students", "groups", "lessons", "marks", "subscriptions", "payments"]


def test_init_demo_dry_run_says_how_much_and_makes_nothing(tmp_path: Path) -> None:
    code, out, err = run_cli("init", "--demo", "--dry-run", db=tmp_path / "folder" / "school.db")
    assert (code, out) == (0, "")
    assert err.endswith("(nothing was changed: --dry-run)\n")
    assert "Clients: 6" in err
    assert not list(tmp_path.iterdir())


def test_init_demo_where_there_is_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "school.db"
    path.write_bytes(b"something")
    code, out, err = run_cli("init", "--demo", db=path)
    assert (code, out) == (1, "")
    assert err.startswith(f"error: There is a file at {path} already.\nhint: ")
    assert path.read_bytes() == b"something"


def test_only_the_demo_loads_the_sample_school(tmp_path: Path) -> None:
    run = "import sys; from schoolcrm.cli import main; code = main(sys.argv[1:])"
    tell = "print(code, *(name for name in sys.modules if name.startswith('schoolcrm.core.demo.s')))"
    told = {}
    for name, options in (("plain", []), ("sample", ["--demo"])):
        words = ["init", "--db", str(tmp_path / f"{name}.db"), "-q", *options]
        done = subprocess.run(
            [sys.executable, "-c", f"{run}; {tell}", *words], capture_output=True, encoding="utf-8", check=True
        )
        told[name] = done.stdout.split()
    assert told == {"plain": ["0"], "sample": ["0", "schoolcrm.core.demo.school"]}
