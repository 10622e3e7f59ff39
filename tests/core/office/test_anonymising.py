"""A copy to show others: nobody is in it any more, the figures are the same, the school itself is untouched (R53)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from answers import answer
from builders import TODAY, add_client, make_school, pay, student_of, writing_school

from schoolcrm.core.errors import NotFound, Refused
from schoolcrm.core.office.anonymising import KEPT, REPLACED, anonymise, is_decided
from schoolcrm.core.office.invariants import check_school
from schoolcrm.core.store.journal import journaled_tables

SECRETS = ("Иванова", "иванова", "Марфа", "марфа", "Кузьма", "9161234567", "secret@mail.ru", "Тайная", "4510 123456")
SECRETS += ("Мама Кузьмы", "Зинаида", "Ведунья", "tester", "Пароль")


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school with a family that has left its name everywhere, also in what was changed and deleted since."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        client = add_client(school, "Марфа Иванова", student="Кузьма Иванов", phone="89161234567")
        other = add_client(school, "Марфа Иванова")
        pay(school, client, 700_00, TODAY, note="Мама Кузьмы", payer="Марфа Иванова")
        db = school.db
        db.execute(
            "UPDATE client SET note = 'Тайная', manager = 'Зинаида', passport = '4510 123456', birthday = '1990-02-28'"
        )
        for kind, value in (
            ("email", "secret@mail.ru"),
            ("address", "Тайная 5"),
            ("skype", "marfa"),
            ("metro", "Тайная"),
        ):
            db.execute(
                "INSERT INTO contact (client_id, kind, value, value_key, note) VALUES (?, ?, ?, ?, 'Мама Кузьмы')",
                (client, kind, value, value.lower()),
            )
        db.execute("INSERT INTO field VALUES (1, 'client', 'Откуда', 'откуда', 'text', NULL)")
        db.execute("INSERT INTO client_field VALUES (?, 1, 'от Марфа Иванова')", (client,))
        db.execute("INSERT INTO teacher (name, name_key) VALUES ('Ведунья Зинаида', 'ведунья зинаида')")
        db.execute(
            "INSERT INTO study_group (name, name_key, created_on) VALUES ('Кузьма инд', 'кузьма инд', '2026-09-01')"
        )
        db.execute("INSERT INTO source (name, name_key) VALUES ('от Марфа', 'от марфа')")
        db.execute("INSERT INTO setting VALUES ('mail_password', 'Пароль')")
        db.execute(
            "INSERT INTO saved_filter (entity, name, name_key, terms, columns, sort)"
            " VALUES ('client', 'Марфа', 'марфа', '[\"Иванова\"]', '[]', '[]')"
        )
        assert student_of(school, other) == 2
    with writing_school(path) as school:
        school.db.execute("UPDATE student SET note = NULL, name = 'Кузьма' WHERE id = 1")
        school.db.execute("DELETE FROM contact WHERE kind = 'metro'")
    return path


def test_nobody_is_left_in_its_bytes_and_the_school_is_untouched(school: Path, tmp_path: Path) -> None:
    before = school.read_bytes()
    for secret in SECRETS[:-1]:
        assert secret.encode() in before, secret
    made = anonymise(school, tmp_path / "shown.db")
    assert school.read_bytes() == before
    shown = made.path.read_bytes()
    for secret in SECRETS:
        assert secret.encode() not in shown, secret
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.iterdir()) == [school, made.path]


def test_it_is_the_same_school_with_other_people(school: Path, tmp_path: Path) -> None:
    path = anonymise(school, tmp_path / "shown.db").path
    assert [one.code for one in check_school(path) if one.found] == []
    with closing(sqlite3.connect(school)) as db, closing(sqlite3.connect(path)) as shown:
        for table in journaled_tables(db):
            if table not in ("setting", "saved_filter"):
                count = f"SELECT count(*) FROM {table}"
                assert shown.execute(count).fetchone() == db.execute(count).fetchone(), table
        balances = "SELECT * FROM client_balance"
        assert shown.execute(balances).fetchall() == db.execute(balances).fetchall()
        client = shown.execute("SELECT name, birthday, passport FROM client WHERE id = 1").fetchone()
        assert client == ("Аделина Апельсинова", "1990-02-15", "0000 000001")
        assert shown.execute("SELECT value, value_key FROM contact WHERE id = 1").fetchone() == ("+70000000001",) * 2
        same = "SELECT student.name = client.name FROM student JOIN client ON client.id = client_id ORDER BY student.id"
        assert shown.execute(same).fetchall() == [(0,), (1,)]
        assert shown.execute("SELECT command, user FROM operation").fetchall() == [("db anonymise", "anonymise")]
        assert shown.execute("SELECT count(*) FROM setting WHERE key = 'mail_password'").fetchone() == (0,)


def test_one_school_gives_one_copy_and_the_copy_can_be_worked_with(school: Path, tmp_path: Path) -> None:
    first, second = (anonymise(school, tmp_path / name).path for name in ("1.db", "2.db"))
    people = "SELECT name FROM client UNION ALL SELECT name FROM student UNION ALL SELECT value FROM contact"
    with closing(sqlite3.connect(first)) as one, closing(sqlite3.connect(second)) as other:
        assert one.execute(people).fetchall() == other.execute(people).fetchall()
    with writing_school(first) as opened:
        add_client(opened, "Новая")
    assert [one.code for one in check_school(first) if one.found] == []


def test_what_becomes_of_every_column_is_decided(school: Path) -> None:
    with closing(sqlite3.connect(school)) as db:
        columns = [
            (table, row[1], row[2])
            for table in journaled_tables(db)
            for row in db.execute(f'PRAGMA table_info("{table}")')
        ]
    assert [one for one in columns if not is_decided(*one)] == []
    known = {(table, column) for table, column, _kind in columns}
    decided = {
        (table, column) for decisions in (REPLACED, KEPT) for table, names in decisions.items() for column in names
    }
    assert decided <= known


def test_a_column_nobody_has_thought_of_is_taken_for_a_note(school: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(school, isolation_level=None)) as db:
        db.execute("ALTER TABLE client ADD COLUMN pet TEXT")
        db.execute("UPDATE client SET pet = 'Барсик'")
    assert "Барсик".encode() not in anonymise(school, tmp_path / "shown.db").path.read_bytes()


def test_a_file_that_is_there_is_replaced_only_when_asked_for(school: Path, tmp_path: Path) -> None:
    (tmp_path / "shown.db").write_text("mine")
    with pytest.raises(Refused, match="already"):
        anonymise(school, tmp_path / "shown.db")
    assert (tmp_path / "shown.db").read_text() == "mine"
    anonymise(school, tmp_path / "shown.db", overwrite=True)
    with pytest.raises(Refused, match="itself"):
        anonymise(school, school, overwrite=True)
    with pytest.raises(NotFound):
        anonymise(tmp_path / "none.db", tmp_path / "other.db")


def test_the_history_of_a_merged_client_is_whole_in_the_copy(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    for name in ("Анна", "Борис", "Вера"):
        answer(path, "clients", "add", name)
    for name in ("refused", "new", "refused"):
        answer(path, "status", "set", name, "2")
    answer(path, "clients", "merge", "1", "2", "--yes")
    answer(path, "clients", "merge", "3", "1", "--yes")
    anonymise(path, tmp_path / "copy.db")
    assert [one for one in check_school(path) if one.found] == []
    assert [one for one in check_school(tmp_path / "copy.db") if one.found] == []
    query = "SELECT client_id, scale, to_id, on_date FROM status_change ORDER BY 1, 2, 3, 4"
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute(query).fetchall() == db.execute(query).fetchall()
