"""Messages: noted, queued, cancelled, put into the queue again (R55)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, make_school, writing_school

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.office.messages import (
    Outgoing,
    Wanted,
    cancel_message,
    find_messages,
    get_message,
    latest_messages,
    log_message,
    queue_again,
    queue_messages,
    read_channel,
    read_message_state,
)
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.contacts import add_contacts, read_contact
from schoolcrm.core.rules.dates import Period


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as opened:
        add_contacts(opened, add_client(opened, "Анна"), [read_contact("email:anna@example.org")])
        add_client(opened, "Борис")
        yield opened


def texts(school: Any, **wanted: Any) -> list[str]:
    return [message.text for message in find_messages(school.db, Wanted(**wanted))]


def queue(school: Any, state: str = "queued") -> int:
    (number,) = queue_messages(school, [Outgoing(1, "email", "old@example.org", "hello", "subject")])
    error = "550" if state == "failed" else None
    school.db.execute("UPDATE message SET state = ?, error = ? WHERE id = ?", (state, error, number))
    return number


def test_r55_messages_come_in_the_order_of_time(school: Any) -> None:
    log_message(school, 1, "second", channel="call", incoming=True)
    log_message(school, 1, "first", channel="sms", on=date(2026, 8, 30))
    log_message(school, 2, "other's")
    queue(school)
    assert texts(school) == ["first", "second", "other's", "hello"]
    assert texts(school, client_id=1) == ["first", "second", "hello"]
    assert texts(school, channels=["call", "sms"]) == ["first", "second"]
    assert texts(school, states=["queued"]) == ["hello"]
    assert texts(school, period=Period(None, date(2026, 8, 31))) == ["first"]
    assert [message.text for message in latest_messages(school.db, 1, 2)] == ["hello", "second"]
    archive_clients(school, [1])
    assert texts(school) == ["other's"]
    assert texts(school, client_id=1) == ["first", "second", "hello"]


def test_what_is_noted_keeps_its_lines_and_needs_a_text(school: Any) -> None:
    number = log_message(school, 1, " one \n two ", channel="email")
    message = get_message(school.db, number)
    assert (message.text, message.state, message.direction, message.on) == ("one\ntwo", "logged", "out", TODAY)
    with pytest.raises(BadValue, match="text of the message"):
        log_message(school, 1, "  ")
    with pytest.raises(Refused, match="after today"):
        log_message(school, 1, "tomorrow", on=date(2026, 9, 2))


@pytest.mark.parametrize("state", ["failed", "sending", "cancelled"])
def test_what_was_not_sent_waits_again_at_the_address_of_today(school: Any, state: str) -> None:
    number = queue(school, state)
    again = queue_again(school, number)
    assert (again.state, again.address, again.error) == ("queued", "anna@example.org", None)
    assert get_message(school.db, number) == again
    with pytest.raises(Refused, match="waiting to be sent already"):
        queue_again(school, number)
    school.db.execute("UPDATE message SET state = 'cancelled' WHERE id = ?", (number,))
    school.db.execute("DELETE FROM contact")
    with pytest.raises(Refused, match="Анна has no address"):
        queue_again(school, number)


@pytest.mark.parametrize("state", ["queued", "failed", "sending"])
def test_a_message_is_taken_out_of_the_queue_once(school: Any, state: str) -> None:
    number = queue(school, state)
    assert cancel_message(school, number).state == "cancelled"
    with pytest.raises(Refused, match=f"Message {number} is cancelled"):
        cancel_message(school, number)


def test_what_was_only_noted_is_not_sent(school: Any) -> None:
    number = log_message(school, 1, "noted")
    for change in (queue_again, cancel_message):
        with pytest.raises(Refused, match="note of what happened"):
            change(school, number)
        with pytest.raises(NotFound, match="77"):
            change(school, 77)


def test_channels_and_states_are_read_by_their_names() -> None:
    assert read_channel("Call") == "call"
    assert read_message_state("waiting to be sent") == read_message_state("queued") == "queued"
    with pytest.raises(BadValue, match='"pigeon"'):
        read_channel("pigeon")
    with pytest.raises(BadValue, match='"call"'):
        read_channel("call", ("email", "sms"))
    with pytest.raises(BadValue, match='"late"'):
        read_message_state("late")
