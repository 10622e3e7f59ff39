"""Writing to many clients at once (R7, R55)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, add_phone, make_school, pay, student_of, writing_school

from schoolcrm.core.errors import BadValue
from schoolcrm.core.office.mailing import write_mailing
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.contacts import add_contacts, read_contact
from schoolcrm.core.people.custom_fields import add_field, find_field, set_values
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as opened:
        for name in ("Анна", "Борис", "Вера", "Глеб"):
            client_id = add_client(opened, name)
            if name != "Борис":
                add_contacts(opened, client_id, [read_contact(f"email:{client_id}@example.org")])
        yield opened


def test_r55_a_message_each_with_facts_in_words(school: Any) -> None:
    pay(school, 1, 1_500_50, TODAY, student_id=student_of(school, 1))
    add_phone(school, 1, "89161234567")
    add_field(school, "client", "Школа")
    set_values(school, "client", 1, {find_field(school.db, "client", "Школа"): "№ 5"})
    template = "{name}: {balance}, {phone}, {last_payment}, {field.школа}, {students}, {lead}, {base}, {manager}!"
    mailing = write_mailing(
        school.db, TODAY, ["id:1"], channel="email", template=template, subject="Для {name}:\n{balance}"
    )
    (message,) = mailing.messages
    assert message.text == "Анна: 1,500.50, +7 916 123-45-67, 2026-09-01, № 5, Анна, yes, New, !"
    assert (message.subject, message.address) == ("Для Анна: 1,500.50", "1@example.org")


def test_r7_who_is_out_of_sight_or_without_an_address_gets_nothing(school: Any) -> None:
    archive_clients(school, [3])
    set_status(school, [4], find_status(school.db, "deleted"))
    for query in (["id:1.."], ["is:archived"], ["base:deleted"], ["base:deleted,new"]):
        mailing = write_mailing(school.db, TODAY, query, channel="email", template="x")
        assert {message.client_id for message in mailing.messages} <= {1}, query
    mailing = write_mailing(school.db, TODAY, ["id:1.."], channel="email", template="x")
    assert (mailing.names, mailing.unreachable) == (["Анна"], [(2, "Борис")])
    assert write_mailing(school.db, TODAY, ["id:1.."], channel="sms", template="x").messages == []


@pytest.mark.parametrize(
    ("template", "said"),
    [("{nam}", "{nam}"), ("{subscription_end}", "{subscription_end}"), ("{passport}", "{passport}"), (" ", "empty")],
)
def test_a_template_that_cant_be_is_refused(school: Any, template: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        write_mailing(school.db, TODAY, ["id:1"], channel="email", template=template)
