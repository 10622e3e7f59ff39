"""`schoolcrm db`: what it prints, asks and refuses; backups that come by themselves."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, run_cli, run_installed, writing_school

from schoolcrm.core.clock import machine_now
from schoolcrm.core.store.database import SCHEMA_VERSION
from schoolcrm.core.store.unrecorded import without_triggers


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A school with one client."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school, "Анна Иванова", phone="89161234567")
    return path


def answer(path: Path, *words: str | Path) -> dict[str, Any]:
    code, out, err = run_cli(*map(str, words), "--format", "json", db=path)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def clients(path: Path) -> list[str]:
    return [row["name"] for row in answer(path, "clients", "list")["rows"]]


def grown_old(path: Path) -> None:
    """Let the school have been begun yesterday."""
    yesterday = f"{machine_now() - timedelta(days=2):%Y-%m-%dT%H:%M:%S}.000Z"
    with closing(sqlite3.connect(path, isolation_level=None)) as plain, without_triggers(plain):
        plain.execute("UPDATE operation SET at = ?", (yesterday,))


def automatic(path: Path) -> list[str]:
    folder = path.parent / "backups"
    return sorted(file.stem.rpartition("-")[2] for file in folder.iterdir()) if folder.exists() else []


# info, check --------------------------------------------------------------------------------------------


def test_info_tells_what_is_known_of_the_file(db: Path) -> None:
    before = answer(db, "db", "info")
    assert before["report"] == "db-info"
    assert list(before["totals"]) == [
        "path", "size", "free", "schema", "created", "last_change", "last_backup", "backups", "copies",
    ]  # fmt: skip
    assert (before["totals"]["path"], before["totals"]["size"]) == (str(db), db.stat().st_size)
    assert (before["totals"]["last_backup"], before["totals"]["backups"]) == (None, 0)
    counts = {row["what"]: row["count"] for row in before["rows"]}
    assert (counts["client"], counts["student"], counts["operation"]) == (1, 1, 2)
    answer(db, "db", "backup")
    after = answer(db, "db", "info")["totals"]
    assert after["backups"] == 1
    assert after["last_backup"].startswith(f"{machine_now():%Y-%m}")
    assert "Size, bytes" in run_cli("db", "info", db=db)[1]


def test_check_prints_a_line_for_each_check(db: Path) -> None:
    found = answer(db, "db", "check")
    assert {(row["state"], row["violations"]) for row in found["rows"]} == {("ok", 0)}
    code, out, err = run_cli("db", "check", db=db)
    assert (code, err) == (0, "")
    assert len([line for line in out.splitlines() if "in order" in line]) == len(found["rows"]) > 10


def test_check_finds_damage_and_says_what_to_do(db: Path) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as plain, without_triggers(plain):
        plain.execute("DELETE FROM status_change")
    code, out, err = run_cli("db", "check", "--format", "json", db=db)
    assert code == 5
    (row,) = [row for row in json.loads(out)["rows"] if row["state"] == "damaged"]
    assert (row["check"], row["violations"]) == ("history", 2)
    assert row["examples"] == ["client 1: funnel", "client 1: loyalty"]
    assert f"1 check of {db} has failed." in err
    assert "hint: Make a copy of the file" in err


# backup, restore, compact -------------------------------------------------------------------------------


def test_backup_prints_where_it_is(db: Path) -> None:
    code, out, err = run_installed("db", "backup", db=db)
    path = Path(out.strip())
    assert code == 0
    assert path.parent == db.parent / "backups"
    assert err == f"Checked and complete: {path.stat().st_size} bytes.\n"
    assert clients(path) == ["Анна Иванова"]
    made = answer(db, "db", "backup", db.parent / "mine.db")
    assert made == {"path": str(db.parent / "mine.db"), "size": db.stat().st_size, "schema": SCHEMA_VERSION}


def test_backup_asks_before_it_replaces_a_file(db: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.db"
    target.write_text("mine")
    code, out, err = run_cli("db", "backup", target, db=db)
    assert (code, out, target.read_text()) == (1, "", "mine")
    assert "would be replaced" in err
    assert "--yes" in err
    assert run_cli("db", "backup", target, "--dry-run", db=db)[0] == 0
    assert target.read_text() == "mine"
    assert run_cli("db", "backup", target, "--yes", db=db)[0] == 0
    assert clients(target) == ["Анна Иванова"]
    assert run_cli("db", "backup", tmp_path / "no" / "folder.db", db=db)[0] == 1


def test_restore_is_asked_for_and_tells_what_it_is_about(db: Path) -> None:
    backup = Path(answer(db, "db", "backup")["path"])
    run_cli("clients", "add", "Вера", "--new", db=db)
    code, _out, err = run_cli("db", "restore", backup, db=db)
    assert (code, len(clients(db))) == (1, 2)
    assert f"{db} would be replaced by {backup}: clients 1, last change" in err
    assert run_cli("db", "restore", backup, "--dry-run", db=db)[0] == 0
    assert len(clients(db)) == 2
    restored = answer(db, "db", "restore", backup, "--yes")
    assert clients(db) == ["Анна Иванова"]
    assert len(clients(Path(restored["kept"]))) == 2
    db.unlink()
    assert answer(db, "db", "restore", backup, "--yes") == {"path": str(db), "kept": None, "schema": SCHEMA_VERSION}
    assert clients(db) == ["Анна Иванова"]


def test_compact_tells_the_bytes(db: Path) -> None:
    assert answer(db, "db", "compact", "--dry-run") == {"free": 0}
    compacted = answer(db, "db", "compact")
    assert compacted["after"] == db.stat().st_size <= compacted["before"]


FOREIGN = {
    "text": (5, "is damaged or is not a database"),
    "foreign": (5, "is not a schoolcrm database"),
    "newer": (5, "was written by a newer schoolcrm"),
    "none": (1, "There is no database"),
}


@pytest.mark.parametrize("words", ["info", "check", "backup", "compact", "export out", "anonymise -o shown.db"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_is_not_ours_is_refused_with_what_to_do(
    db: Path, kind: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(db.parent)
    if kind == "text":
        db.write_text("Анна;+79161234567\n" * 500)
    elif kind == "none":
        db.unlink()
    else:
        with closing(sqlite3.connect(db)) as plain:
            plain.execute("PRAGMA application_id = 7" if kind == "foreign" else "PRAGMA user_version = 99")
    before = db.read_bytes() if db.exists() else b""
    code, out, err = run_cli("db", *words.split(), db=db)
    assert (code, out) == (FOREIGN[kind][0], "")
    assert FOREIGN[kind][1] in err
    assert "hint: " in err
    assert (db.read_bytes() if db.exists() else b"") == before
    assert not [file for file in db.parent.iterdir() if file.is_file() and file != db]


# export, import, anonymise ------------------------------------------------------------------------------


def test_export_and_back(db: Path, tmp_path: Path) -> None:
    exported = answer(db, "db", "export", tmp_path / "out")
    assert exported["rows"]["client"] == 1
    new = tmp_path / "new.db"
    assert answer(new, "db", "import", tmp_path / "out", "--dry-run")["rows"] == exported["rows"]
    assert not new.exists()
    assert answer(new, "db", "import", tmp_path / "out") == exported | {"path": str(new)}
    assert clients(new) == ["Анна Иванова"]
    assert run_cli("db", "import", tmp_path / "out", db=new)[0] == 1
    assert run_cli("db", "export", tmp_path / "out", db=db)[0] == 1
    assert run_cli("db", "import", tmp_path, db=tmp_path / "other.db")[0] == 1
    assert answer(db, "db", "export", tmp_path / "dry", "--dry-run") == {"path": str(tmp_path / "dry")}
    assert not (tmp_path / "dry").exists()


def test_anonymise_needs_a_place_and_leaves_nobody(db: Path, tmp_path: Path) -> None:
    code, _out, err = run_cli("db", "anonymise", db=db)
    assert (code, "-o FILE" in err) == (2, True)
    shown = tmp_path / "shown.db"
    assert answer(db, "db", "anonymise", "-o", shown, "--dry-run") == {"path": str(shown)}
    assert not shown.exists()
    assert answer(db, "db", "anonymise", "-o", shown)["path"] == str(shown)
    assert b"9161234567" not in shown.read_bytes()
    assert "Иванова".encode() not in shown.read_bytes()
    assert run_cli("db", "anonymise", "-o", shown, db=db)[0] == 1
    assert run_cli("db", "anonymise", "-o", shown, "--yes", db=db)[0] == 0


# Automatic backups --------------------------------------------------------------------------------------


def test_the_first_change_of_a_day_makes_a_backup_and_the_second_none(db: Path) -> None:
    run_cli("clients", "add", "Вера", db=db)
    assert automatic(db) == []
    grown_old(db)
    run_cli("clients", "list", db=db)
    run_cli("clients", "add", "Дарья", "--dry-run", db=db)
    assert automatic(db) == []
    for name in ("Дарья", "Ева"):
        code, _out, err = run_cli("clients", "add", name, db=db)
        assert (code, "warning" in err) == (0, False)
    assert automatic(db) == ["day"]
    (backup,) = (db.parent / "backups").iterdir()
    assert len(clients(backup)) == 2


def test_switched_off_there_is_none(db: Path) -> None:
    run_cli("config", "set", "backup_count", "0", db=db)
    grown_old(db)
    run_cli("clients", "add", "Вера", db=db)
    assert automatic(db) == []


def test_trouble_with_a_backup_is_told_and_keeps_nobody_from_working(db: Path) -> None:
    grown_old(db)
    (db.parent / "backups").write_text("")
    code, _out, err = run_cli("clients", "add", "Вера", db=db)
    assert code == 0
    assert err.startswith("warning: no backup was made before the change: ")
    assert len(clients(db)) == 2


def test_an_import_into_a_school_makes_a_backup_first(db: Path, tmp_path: Path) -> None:
    table = tmp_path / "clients.csv"
    table.write_text("ФИО,Телефон\nВера Смирнова,89161112233\n", "utf-8")
    assert run_cli("import-csv", table, "--dry-run", db=db)[0] == 0
    assert automatic(db) == []
    assert run_cli("import-csv", table, db=db)[0] == 0
    assert automatic(db) == ["import"]
    (backup,) = (db.parent / "backups").iterdir()
    assert clients(backup) == ["Анна Иванова"]
    assert run_cli("import-csv", table, db=tmp_path / "new" / "school.db")[0] == 0
    assert not (tmp_path / "new" / "backups").exists()
