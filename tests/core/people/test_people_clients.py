"""Recording clients and changing what is known about them (R7, R50)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, make_school, writing_school

from schoolcrm.core.errors import BadValue
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.student_fields import STUDENTS
from schoolcrm.core.people.clients import ClientDetails, add_client, as_student, edit_client, emptying, would_be_removed
from schoolcrm.core.people.contacts import Contact
from schoolcrm.core.people.custom_fields import add_field, find_field
from schoolcrm.core.people.duplicates import likely_duplicates
from schoolcrm.core.people.facts import read_facts
from schoolcrm.core.people.students import NewStudent, add_student, namesakes, parse_student
from schoolcrm.core.store.journal import read_changes


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


def client_facts(**texts: str) -> dict[str, Any]:
    return read_facts(CLIENTS, texts, TODAY)


def student(text: str) -> NewStudent:
    return NewStudent(read_facts(STUDENTS, parse_student(text, TODAY), TODAY))


def base_of(school: Any, client_id: int) -> str:
    row = school.db.execute(
        "SELECT base FROM client JOIN status ON status.id = client.status_id WHERE client.id = ?", (client_id,)
    )
    return str(row.fetchone()[0])


@pytest.mark.parametrize(
    ("outside", "students", "base"),
    [(False, [], "new"), (True, [], "for-admin"), (True, ["Петя"], "new"), (False, ["Петя"], "new")],
)
def test_r7_a_recorded_client_is_new_or_for_the_administrator(
    school: Any, outside: bool, students: list[str], base: str
) -> None:
    details = ClientDetails(client_facts(name="Анна"), students=[student(name) for name in students])
    recorded = add_client(school, details, outside=outside)
    assert base_of(school, recorded.id) == base
    rows = school.db.execute("SELECT scale, from_id, reason FROM status_change WHERE client_id = ?", (recorded.id,))
    assert sorted(rows.fetchall()) == [("funnel", None, "recorded"), ("loyalty", None, "recorded")]


def test_r7_a_client_for_the_administrator_who_gets_a_student_is_new(school: Any) -> None:
    recorded = add_client(school, ClientDetails(client_facts(name="Анна")), outside=True)
    add_student(school, recorded.id, student("Петя:2018-05-01"))
    assert base_of(school, recorded.id) == "new"


def test_r50_everything_told_is_kept(school: Any) -> None:
    facts = client_facts(
        name=" Анна  Иванова",
        birthday="1.9.85",
        sex="ж",
        manager="Ольга",
        colour="red",
        note="а\nб",
        application="SITE",
    )
    recorded = add_client(school, ClientDetails(facts, students=[student("Пётр:01.05.2018"), student("Маша")]))
    row = school.db.execute(
        "SELECT name, name_key, birthday, sex, manager, colour, note, application, studies, created_on FROM client"
    ).fetchone()
    assert row == ("Анна Иванова", "анна иванова", "1985-09-01", "f", "Ольга", "red", "а\nб", "site", 0, "2026-09-01")
    rows = school.db.execute("SELECT id, name, name_key, birthday FROM student ORDER BY id").fetchall()
    assert rows == [(1, "Пётр", "петр", "2018-05-01"), (2, "Маша", "маша", None)]
    assert recorded.student_ids == [1, 2]


def test_an_adult_learner_is_a_client_with_one_student_of_the_same_name(school: Any) -> None:
    facts = client_facts(name="Анна", birthday="1985-09-01", sex="f")
    add_client(school, ClientDetails(facts, students=[as_student(school.db, 0, facts)]))
    row = school.db.execute("SELECT name, name_key, birthday, sex FROM student").fetchone()
    assert row == ("Анна", "анна", "1985-09-01", "f")
    later = as_student(school.db, 1, client_facts(name="Анна Петрова"))
    assert (later.facts["name"], later.facts["sex"]) == ("Анна Петрова", "f")


def test_editing_changes_what_is_told_and_leaves_the_rest(school: Any) -> None:
    details = ClientDetails(
        client_facts(name="Анна", note="x", manager="Ольга"), contacts=[Contact("mobile", "+79161234567")]
    )
    number = add_client(school, details).id
    add_field(school, "client", "Рост")
    height = find_field(school.db, "client", "Рост")
    edit_client(school, number, ClientDetails(client_facts(name="Анна Ёлкина", lead="нет"), custom={height: "120"}))
    row = school.db.execute("SELECT name, name_key, note, manager, studies FROM client").fetchone()
    assert row == ("Анна Ёлкина", "анна елкина", "x", "Ольга", 1)
    edit_client(school, number, emptying(school.db, ["Note", "phone", "field.рост"]))
    assert school.db.execute("SELECT note, manager FROM client").fetchone() == (None, "Ольга")
    assert school.db.execute("SELECT count(*) FROM contact").fetchone() == (0,)
    assert school.db.execute("SELECT count(*) FROM client_field").fetchone() == (0,)


def test_a_phone_that_is_emptied_is_a_mobile_the_home_phone_has_its_own_name(school: Any) -> None:
    contacts = [Contact("mobile", "+79161234567"), Contact("home", "+74951234567", "бабушка")]
    number = add_client(school, ClientDetails(client_facts(name="Анна", note="x"), contacts=contacts)).id
    first = emptying(school.db, ["phone", "note", "manager"])
    assert would_be_removed(school.db, number, first) == ["note", "+7 916 123-45-67"]
    edit_client(school, number, first)
    assert school.db.execute("SELECT kind, note FROM contact").fetchall() == [("home", "бабушка")]
    assert would_be_removed(school.db, number, emptying(school.db, ["home"])) == ["+7 495 123-45-67 (бабушка)"]


def test_setting_a_field_to_what_it_is_leaves_no_trace(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school, ClientDetails(client_facts(name="Анна", note="x")))
    with writing_school(path) as school:
        edit_client(school, 1, ClientDetails(client_facts(name="Анна", note="x")))
        assert list(read_changes(school.db, school.operation_id)) == []


@pytest.mark.parametrize("name", ["name", "status", "balance", "lead", "nonsense", ""])
def test_what_a_client_cannot_be_without_is_not_emptied(school: Any, name: str) -> None:
    with pytest.raises(BadValue) as caught:
        emptying(school.db, [name])
    assert f'"{name}"' in caught.value.sentence
    assert "note" in caught.value.hint


def test_likely_duplicates_have_the_name_or_a_phone(school: Any) -> None:
    for name, phone in (("Анна Иванова", "+79161234567"), ("Ольга", "+79031112233")):
        add_client(school, ClientDetails(client_facts(name=name), contacts=[Contact("mobile", phone)]))
    found = likely_duplicates(school.db, "анна  ИВАНОВА", [])
    assert found == ["1 Анна Иванова · +7 916 123-45-67"]
    assert len(likely_duplicates(school.db, "Анна Иванова", ["+79031112233"])) == 2
    assert likely_duplicates(school.db, "Анна", ["+79030000000"]) == []
    school.db.execute("UPDATE client SET archived_on = '2026-01-01'")
    assert likely_duplicates(school.db, "Ольга", []) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [("Петя", {"name": "Петя"}), ("Петя:1.5.18", {"name": "Петя", "birthday": "2018-05-01"})],
)
def test_a_student_is_a_name_and_perhaps_a_birthday(text: str, read: dict[str, str]) -> None:
    assert parse_student(text, TODAY) == read


@pytest.mark.parametrize("text", ["", "5", "Петя:", "Петя:завтра", ":2018-05-01", "Петя:2030-01-01"])
def test_what_is_no_student_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_student(text, TODAY)


def test_namesakes_of_one_client(school: Any) -> None:
    add_client(school, ClientDetails(client_facts(name="Анна"), students=[student("Пётр")]))
    assert (namesakes(school.db, 1, "петр"), namesakes(school.db, 1, "Маша")) == (1, 0)


def test_details_that_tell_nothing_are_empty() -> None:
    assert ClientDetails(contacts=[], students=[], facts={}).is_empty
    assert not ClientDetails(facts={"note": None}).is_empty
