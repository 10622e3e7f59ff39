"""Purging: the person is gone from the records, from the journal and from the bytes of the file (R53)."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    reading_school,
    sell_plan,
    student_of,
    writing_school,
)
from purging import purge, secrets_in

from schoolcrm.core.errors import Refused
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.contacts import add_contacts, read_contact
from schoolcrm.core.people.custom_fields import add_field, find_field, set_values
from schoolcrm.core.people.merge import merge_clients
from schoolcrm.core.people.moves import move_student
from schoolcrm.core.people.purge import OWNED, PERSONAL, purge_clients


def add_person(school: Any) -> int:
    """Ксения Ксенофонтова with Пантелеймон, told of in every column that takes a text."""
    client_id = add_client(school, "Ксения Ксенофонтова", student="Пантелеймон", phone="8 903 111-22-33")
    student_id = student_of(school, client_id)
    contacts = ["email:xenia@example.org", "address:ул. Ксенофонтова 5:сказала", "home:84951112233:Пантелеймон"]
    add_contacts(school, client_id, map(read_contact, contacts))
    school.db.execute(
        "UPDATE client SET note = 'сказала', passport = '4510 123456', manager = 'Ксенофонтова' WHERE id = ?",
        (client_id,),
    )
    school.db.execute("UPDATE student SET note = 'сказала', birthday = '2018-02-03' WHERE id = ?", (student_id,))
    for entity, record in (("client", client_id), ("student", student_id)):
        name = f"О {entity}"
        add_field(school, entity, name)
        set_values(school, entity, record, {find_field(school.db, entity, name): "Пантелеймон"})
    school.db.execute("UPDATE status_change SET note = 'Ксенофонтова сказала' WHERE client_id = ?", (client_id,))
    for statement in (
        "INSERT INTO task (client_id, text, state, created_on) VALUES (:id, 'сказала', 'open', '2026-09-01')",
        "INSERT INTO message (client_id, channel, direction, state, on_date, at, subject, text, address, error) VALUES"
        " (:id, 'email', 'out', 'failed', '2026-09-01', '', 'сказала', 'Ксенофонтова', 'xenia@example.org', 'xenia')",
        "INSERT INTO client_file (id, client_id, name, media_type, size, sha256, added_on, note) VALUES"
        " (:id, :id, 'Ксенофонтова.txt', 'text/plain', 3, printf('%064d', 0), '2026-09-01', 'сказала')",
        "INSERT INTO file_content (id, content) VALUES (:id, 'Пантелеймон')",
        "INSERT OR IGNORE INTO automation (id, when_field, when_value, action, text, created_on) VALUES"
        " (1, 'status', '1', 'task', 'Позвонить', '2026-09-01')",
        "INSERT INTO automation_run (automation_id, client_id, on_date, at, outcome, reason) VALUES"
        " (1, :id, '2026-09-01', '', 'failed', 'xenia@example.org')",
    ):
        school.db.execute(statement, {"id": client_id})
    school.db.execute(
        "INSERT INTO freeze (student_id, first_on, last_on, excused, reason) VALUES (?, '2026-09-01', '2026-09-05', 1,"
        " 'Пантелеймон болеет')",
        (student_id,),
    )
    school.db.execute("INSERT INTO discount (student_id, percent, note) VALUES (?, 100, 'сказала')", (student_id,))
    school.db.execute(
        "INSERT INTO test_result (student_id, on_date, score, note) VALUES (?, '2026-09-01', 5, 'Пантелеймон')",
        (student_id,),
    )
    add_entry(school, "teachers", f"Учитель {client_id}")
    school.db.execute("INSERT INTO student_teacher SELECT ?, max(id) FROM teacher", (student_id,))
    add_lesson_of_own(school, student_id)
    return client_id


def add_lesson_of_own(school: Any, student_id: int) -> None:
    add_schedule(school, student_id=student_id, days="fri", first_on=TODAY)
    school.db.execute(
        "INSERT INTO lesson (student_id, on_date, time, minutes, state, lesson_type_id, topic, homework, note)"
        " VALUES (?, '2026-08-03', '10:00', 60, 'held', 1, 'Пантелеймон', 'сказала', 'Ксенофонтова')",
        (student_id,),
    )
    lesson_id = school.db.execute("SELECT max(id) FROM lesson").fetchone()[0]
    add_field(school, "lesson", f"О занятии {lesson_id}")
    school.db.execute("INSERT INTO lesson_field SELECT ?, max(id), 'Пантелеймон' FROM field", (lesson_id,))


def add_money(school: Any, client_id: int) -> None:
    """A subscription with a note, two marks with notes, a payment by the client and a void one."""
    student_id = student_of(school, client_id)
    group_id = add_group(school, f"Группа {client_id}", "Химия")
    add_schedule(school, group_id=group_id, days="tue", first_on=date(2026, 8, 1))
    join(school, group_id, student_id, date(2026, 8, 1))
    subscription = sell_plan(
        school, student_id, add_plan(school, "lesson", 700_00, name=f"П {client_id}"), date(2026, 8, 1)
    )
    school.db.execute("UPDATE subscription SET note = 'сказала' WHERE id = ?", (subscription,))
    for day in (date(2026, 8, 4), date(2026, 8, 11)):
        hold(school, group_id, day, [student_id])
    school.db.execute("UPDATE mark SET note = 'Пантелеймон спал' WHERE student_id = ?", (student_id,))
    pay(school, client_id, 500_00, TODAY, payer="Ксенофонтова", note="сказала")
    other = pay(school, client_id, 100_00, TODAY)
    school.db.execute("UPDATE payment SET voided_on = '2026-09-01', void_reason = 'сказала' WHERE id = ?", (other,))
    school.db.execute(
        "INSERT INTO contract (client_id, school_number, amount, signed_on, first_on, terms)"
        " VALUES (?, 1 + (SELECT count(*) FROM contract), 0, '2026-08-01', '2026-08-01', 'Ксенофонтова')",
        (client_id,),
    )


def one_row(path: Path, query: str) -> Any:
    with reading_school(path) as school:
        return school.db.execute(query).fetchone()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def test_r53_who_never_paid_is_deleted_with_everything(path: Path) -> None:
    with writing_school(path) as school:
        client_id = add_person(school)
        bystander = add_client(school, "Борис", student="Олег", phone="8 916 000-00-00")
    assert secrets_in(path)
    (purged,) = purge(path, client_id)
    assert (purged.id, purged.is_anonymous) == (client_id, False)
    assert secrets_in(path) == []
    assert one_row(path, "SELECT count(*), min(id) FROM client") == (1, bystander)
    assert one_row(path, "SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM student)") == (1, 1)


def test_r53_saved_filters_that_can_only_mean_the_person_go_too(path: Path) -> None:
    saved = {
        "hers": ["Ксенофонтова"],
        "child": ["student:Пантелеймон", "balance:..-1"],
        "by phone": ["phone:+7 903 111-22-33"],
        "by mail": ["email:xenia@example.org"],
        "shared": ["Ксения"],
        "debtors": ["is:debtor"],
    }
    with writing_school(path) as school:
        client_id = add_person(school)
        add_client(school, "Ксения Белова", student="Олег", phone="8 916 000-00-00")
        for name, terms in [*saved.items(), ("Лилиана", ["Лилиана Ксенофонтова"])]:
            school.db.execute(
                "INSERT INTO saved_filter (entity, name, name_key, terms, columns, sort)"
                " VALUES ('client', ?1, lower(?1), ?2, '[]', '[]')",
                (name, json.dumps(terms, ensure_ascii=False)),
            )
    with writing_school(path) as school:
        school.db.execute("DELETE FROM saved_filter WHERE name = 'Лилиана'")
    purge(path, client_id)
    assert [found for found in secrets_in(path) if "Ксени" not in found[0]] == []
    with reading_school(path) as school:
        assert school.db.execute("SELECT name FROM saved_filter ORDER BY id").fetchall() == [("shared",), ("debtors",)]


def test_r53_money_stays_without_the_person(path: Path) -> None:
    with writing_school(path) as school:
        client_id = add_person(school)
        add_money(school, client_id)
        owed = balance(school.db, client_id)
    (purged,) = purge(path, client_id)
    assert purged.is_anonymous
    assert secrets_in(path) == []
    with reading_school(path) as school:
        assert balance(school.db, client_id) == owed == 500_00 - 2 * 693_00
    row = one_row(path, "SELECT name, name_key, birthday, note, passport, manager FROM client")
    assert row == ("purged client 1", "purged client 1", None, None, None, None)
    assert one_row(path, "SELECT name, birthday, note FROM student") == ("purged student 1", None, None)
    assert one_row(path, "SELECT count(*), count(payer), count(note), max(void_reason) FROM payment") == (2, 0, 0, "")
    for table in (texts.table for texts in PERSONAL if not texts.kept):
        assert one_row(path, f"SELECT count(*) FROM {table}") == (0,)


def test_r53_the_journal_tells_that_there_were_changes_and_stays_closed(path: Path) -> None:
    with writing_school(path) as school:
        client_id = add_person(school)
        add_money(school, client_id)
    before = one_row(path, "SELECT count(*) FROM change WHERE entity = 'client'")[0]
    purge(path, client_id)
    with reading_school(path) as school:
        images = [text for (text,) in school.db.execute("SELECT before FROM change WHERE before IS NOT NULL")]
        (command,) = school.db.execute("SELECT command FROM operation ORDER BY id DESC LIMIT 1").fetchone()
        clients = school.db.execute("SELECT count(*) FROM change WHERE entity = 'client'").fetchone()[0]
    assert command == "clients purge"
    assert clients == before + 2  # archived, purged
    assert all(isinstance(json.loads(text), dict) for text in images)
    with closing(sqlite3.connect(path)) as db, pytest.raises(sqlite3.IntegrityError, match="never rewritten"):
        db.execute("UPDATE change SET before = NULL")


def test_r53_what_was_merged_into_the_client_is_forgotten_too(path: Path) -> None:
    with writing_school(path) as school:
        first, last = add_person(school), add_client(school, "Лилиана", student="Лилиана", phone="8 903 111-22-33")
        add_money(school, first)
    for keep, other in ((last, first),):
        with writing_school(path) as school:
            merge_clients(school, keep, other)
    purge(path, last)
    assert secrets_in(path) == []


def test_r53_a_student_who_came_from_another_client_is_forgotten(path: Path) -> None:
    with writing_school(path) as school:
        client_id, other = add_client(school, "Борис", student="Пантелеймон"), add_client(school, "Вера", student="Лев")
    with writing_school(path) as school:
        school.db.execute("UPDATE student SET note = 'сказала' WHERE name = 'Пантелеймон'")
    with writing_school(path) as school:
        move_student(school, student_of(school, client_id), other)
    purge(path, other)
    assert secrets_in(path) == []
    assert one_row(path, "SELECT name FROM client") == ("Борис",)


def test_r53_what_others_refer_to_stays_anonymous(path: Path) -> None:
    """Another client has paid for a student who belongs to this one now."""
    with writing_school(path) as school:
        payer, other = add_client(school, "Борис", student="Пантелеймон"), add_client(school, "Ксенофонтова")
        student_id = student_of(school, payer)
        pay(school, payer, 100_00, TODAY, student_id=student_id)
        move_student(school, student_id, other)
    (purged,) = purge(path, other)
    assert purged.is_anonymous
    assert secrets_in(path) == []
    with reading_school(path) as school:
        assert balance(school.db, payer) == 100_00
        assert school.db.execute("SELECT name FROM client WHERE id = ?", (payer,)).fetchone() == ("Борис",)


def test_r53_only_from_the_archive(path: Path) -> None:
    with writing_school(path) as school:
        gone, there = add_client(school, "Анна"), add_client(school, "Борис")
        archive_clients(school, [gone])
        with pytest.raises(Refused, match="Борис"):
            purge_clients(school, [gone, there])
        assert school.db.execute("SELECT count(*) FROM client").fetchone() == (2,)


def tables_below(db: sqlite3.Connection, roots: set[str]) -> set[str]:
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    below = {table for table in tables for key in db.execute(f'PRAGMA foreign_key_list("{table}")') if key[2] in roots}
    return roots if below <= roots else tables_below(db, roots | below)


def test_r53_every_table_below_a_client_is_dealt_with(path: Path) -> None:
    """A new table that refers to clients or students must say what a purge does with it."""
    speechless = {"trial", "membership", "schedule"}
    with reading_school(path) as school:
        tables = {name for (name,) in school.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        direct = {
            table
            for table in tables
            for key in school.db.execute(f'PRAGMA foreign_key_list("{table}")')
            if key[2] in ("client", "student")
        }
        money = {"payment", "contract"}
        assert tables_below(school.db, {"client"}) == {*OWNED, *money}
    assert direct | {"client", "lesson_field", "file_content"} == {texts.table for texts in PERSONAL} | speechless
