"""`clients duplicates|merge|purge`, `students move`, `clients show --passport`: what people and scripts get."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import TODAY, add_client, make_school, pay, run_cli, run_installed, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна Иванова with Петя and 500.00, Иванова Анна with Петя, Борис with Олег."""
    path = make_school(tmp_path, "en")
    with writing_school(path, TODAY) as school:
        add_client(school, "Анна Иванова", student="Петя", phone="8 916 000-00-01")
        add_client(school, "Иванова Анна", student="Петя")
        add_client(school, "Борис", student="Олег", phone="8 903 111-22-33")
        pay(school, 1, 500_00, TODAY)
        pay(school, 2, 70_00, TODAY)
    return path


def test_duplicates_are_a_list_like_any_other(db: Path) -> None:
    told = answer(db, "clients", "duplicates")
    assert told["rows"] == [
        {"group": 1, "client_id": 1, "client": "Анна Иванова", "phone": "+79160000001", "students": ["Петя"],
         "reason": ["name"]},
        {"group": 1, "client_id": 2, "client": "Иванова Анна", "phone": None, "students": ["Петя"],
         "reason": ["name"]},
    ]  # fmt: skip
    assert told["totals"] == {"groups": 1, "clients": 2}
    for form in ("csv", "jsonl", "html", "md", "table"):
        code, out, err = run_cli("clients", "duplicates", "--format", form, db=db)
        assert (code, err) == (0, "")
        assert "Иванова Анна" in out


def test_merge_asks_first(db: Path) -> None:
    said = refusal(db, "clients", "merge", "1", "2")
    assert "Иванова Анна (client 2, balance 70.00) would go into Анна Иванова (client 1, balance 500.00)" in said
    assert "students 1, contacts 0, payments 1" in said
    assert "--yes" in said
    code, _out, err = run_cli("clients", "merge", "1", "2", "--dry-run", db=db)
    assert code == 0
    assert "would go into" in err
    assert column(db, "id", "clients", "list") == [1, 3, 2]


def test_merge_names_all_that_would_move(db: Path) -> None:
    answer(db, "tasks", "add", "2", "Позвонить")
    for text in ("не отвечает", "перезвонит"):
        answer(db, "messages", "log", "2", text)
    kept = db.with_name("договор.txt")
    kept.write_text("подписан", "utf-8")
    answer(db, "clients", "file", "add", "2", str(kept))
    assert "tasks 1, messages 2, files 1" in refusal(db, "clients", "merge", "1", "2")


def test_merge_says_what_came_of_it(db: Path) -> None:
    code, out, err = run_cli("clients", "merge", "1", "2", "--yes", db=db)
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        "warning: both have a student Петя: they stay two students of Анна Иванова.",
        "What differs went into the note: Full name: Иванова Анна.",
        "Client 2 went into client 1: Анна Иванова. Balance now: 570.00.",
    ]
    assert column(db, "students", "clients", "list", "Анна") == [["Петя", "Петя"]]
    assert answer(db, "clients", "merge", "1", "3", "--yes") == {"id": 1, "merged_id": 3, "balance": "570.00"}
    assert "itself" in refusal(db, "clients", "merge", "1", "Анна", "--yes")


def leave_in_free_pages(db: Path, text: str) -> None:
    """Leave a text where no record is any more, as a page that was split may."""
    with closing(sqlite3.connect(db, isolation_level=None)) as plain:
        plain.execute("PRAGMA secure_delete = OFF")
        plain.execute("CREATE TABLE once (text TEXT)")
        plain.execute("INSERT INTO once VALUES (?)", (text,))
        plain.execute("DROP TABLE once")
    assert text.encode() in db.read_bytes()


def test_purge_asks_and_forgets(db: Path) -> None:
    assert "clients archive 3" in refusal(db, "clients", "purge", "Борис", "--yes")
    answer(db, "clients", "archive", "Борис")
    said = refusal(db, "clients", "purge", "Борис")
    assert "1 client would be purged for good" in said
    assert "Nothing can undo it" in said
    assert answer(db, "clients", "purge", "Борис", "--dry-run")["deleted"] == [3]
    leave_in_free_pages(db, "Борис 9031112233")
    answer(db, "config", "set", "backup_count", "0")
    code, out, err = run_installed("clients", "purge", "Борис", "--yes", "--format", "json", db=db)
    assert (code, out, err) == (0, '{"id": 3, "ids": [3], "anonymous": [], "deleted": [3], "operation": 5}\n', "")
    for file in db.parent.iterdir():
        for secret in ("Борис", "борис", "Олег", "9031112233"):
            assert secret.encode() not in file.read_bytes()


def test_purge_keeps_the_money(db: Path) -> None:
    answer(db, "clients", "archive", "1", "2")
    code, _out, err = run_cli("clients", "purge", "1", "2", "--yes", db=db)
    assert code == 0
    assert err.endswith("2 clients purged; of 2 the money stays, without the person.\n")
    assert column(db, "name", "clients", "list", "--archived") == ["purged client 1", "purged client 2"]
    assert column(db, "amount", "payments", "list", "--period", "all") == ["70.00", "500.00"]


def test_purge_names_the_copies_beside_the_file(db: Path) -> None:
    copy = db.with_name(f"{db.name}.before-0002")
    copy.write_bytes(db.read_bytes())
    answer(db, "clients", "archive", "3")
    assert str(copy) in run_cli("clients", "purge", "3", "--yes", db=db)[2]


def test_a_backup_is_made_before_a_purge_and_named(db: Path) -> None:
    answer(db, "clients", "archive", "3")
    refusal(db, "clients", "purge", "3")
    answer(db, "clients", "purge", "3", "--dry-run")
    assert not (db.parent / "backups").exists()
    said = run_cli("clients", "purge", "3", "--yes", db=db)[2]
    (backup,) = (db.parent / "backups").iterdir()
    assert f"1 backup in {backup.parent} was made before and still holds the person." in said
    assert "Борис" in column(backup, "name", "clients", "list", "--archived")


def test_a_student_moves_and_both_balances_are_told(db: Path) -> None:
    assert run_cli("students", "move", "Олег", "--to", "1", db=db)[2] == (
        "Student 3 moved to Анна Иванова: Олег. Balance of Анна Иванова now 500.00, of Борис 0.00.\n"
    )
    assert answer(db, "students", "move", "Олег", "--to", "Борис") == {
        "id": 3, "client_id": 3, "balance": "0.00", "former_client_id": 1, "former_balance": "500.00",
    }  # fmt: skip
    assert "already" in refusal(db, "students", "move", "Олег", "--to", "Борис")
    assert run_cli("students", "move", "Олег", db=db)[0] == 2


def test_payments_for_the_student_stay(db: Path) -> None:
    answer(db, "payments", "add", "3", "100", "--student", "Олег")
    told = run_cli("students", "move", "Олег", "--to", "1", db=db)[2]
    assert told.startswith("1 payment for the student, 100.00, stays with Борис, who made it.\n")


def test_r50_passport_data_are_shown_only_when_asked_for(db: Path) -> None:
    answer(db, "clients", "edit", "3", "--passport", "4510 123456")
    answer(db, "clients", "add", "Вера", "--passport", "77 777")
    for words in (["show", "3"], ["list", "--all"], ["contact", "list", "3"]):
        for form in ("json", "csv", "table", "html"):
            assert "4510" not in run_cli("clients", *words, "--format", form, db=db)[1]
    code, out, _err = run_cli("clients", "list", "--columns", "passport", db=db)
    assert (code, out) == (1, "")
    assert run_cli("clients", "list", "4510", db=db)[1].count("Борис") == 0
    for form in ("json", "csv", "table", "html"):
        assert "4510 123456" in run_cli("clients", "show", "3", "--passport", "--format", form, db=db)[1]
    assert answer(db, "clients", "show", "1", "--passport")["rows"][0]["passport"] is None
    assert answer(db, "clients", "edit", "3", "--unset", "passport") == {"id": 3, "removed": ["passport"]}
    assert answer(db, "clients", "show", "Борис", "--passport")["rows"][0]["passport"] is None
