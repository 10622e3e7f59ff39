"""Contacts of a client (R50)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, make_school, writing_school

from schoolcrm.core.errors import BadValue
from schoolcrm.core.people.contacts import (
    Contact,
    add_contacts,
    contacts_of,
    email,
    phones,
    read_contact,
    remove_contacts,
)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("mobile:8 916 123-45-67:мама", Contact("mobile", "+79161234567", "мама")),
        ("Телефон:89161234567", Contact("mobile", "+79161234567")),
        ("home:+7 495 123 45 67", Contact("home", "+74951234567")),
        ("EMAIL: anna@example.org :бабушка", Contact("email", "anna@example.org", "бабушка")),
        ("address:Ленина 5,  кв. 3", Contact("address", "Ленина 5, кв. 3")),
        ("link:https://vk.com/anna", Contact("link", "https://vk.com/anna")),
        ("link:https://vk.com/anna:её страница", Contact("link", "https://vk.com/anna", "её страница")),
        ("link:http://host:8080/a?b=1:порт", Contact("link", "http://host:8080/a?b=1", "порт")),
        ("ссылка:vk.com/anna:х", Contact("link", "vk.com/anna", "х")),
        ("metro:Сокол", Contact("metro", "Сокол")),
    ],
)
def test_a_contact_is_kind_value_and_whose(text: str, contact: Contact) -> None:
    assert read_contact(text) == contact


@pytest.mark.parametrize(
    "text", ["", "foo", "mobile", "mobile:", "mobile:12", "email:anna", "address: ", "phon:5", "email:a@b", ":x"]
)
def test_what_is_no_contact_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_contact(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["anna", "a@b", "a b@c.de", "a@b..c", "<a@b.c>", "a@b.c,d@e.f", "@b.c", "a@" + "b" * 260 + ".c"]
)
def test_what_is_no_email_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        email(text)


def test_one_text_may_hold_several_phones() -> None:
    assert [contact.value for contact in phones("89161234567, 8 903 111-22-33")] == ["+79161234567", "+79031112233"]


def test_the_same_contact_is_kept_once_and_takes_the_later_note(school: Any) -> None:
    client = add_client(school, phone="+79161234567")
    told = [
        Contact("mobile", "+79161234567", "мама"),
        Contact("email", "Anna@Example.org"),
        Contact("email", "anna@example.org"),
    ]
    assert add_contacts(school, client, told) == 1
    assert [row[1:] for row in contacts_of(school.db, client)] == [
        ("mobile", "+79161234567", "мама"),
        ("email", "Anna@Example.org", None),
    ]


def test_contacts_go_by_kind(school: Any) -> None:
    client, other = add_client(school, phone="+79161234567"), add_client(school, phone="+79031112233")
    add_contacts(school, client, [Contact("email", "a@b.de"), Contact("home", "+74951234567")])
    remove_contacts(school, client, ["mobile", "email"])
    assert [row[1] for row in contacts_of(school.db, client)] == ["home"]
    assert len(contacts_of(school.db, other)) == 1
