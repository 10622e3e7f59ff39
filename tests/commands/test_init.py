"""`schoolcrm init`."""

import json
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
    assert err == "error: «рубль» is not a currency code.\nhint: Use three letters: RUB, EUR, KZT…\n"
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
