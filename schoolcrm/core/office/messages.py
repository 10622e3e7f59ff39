"""What was said or written to clients and by them: noted, or waiting to be sent (R55)."""

import sqlite3
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.clock import utc_now
from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.office.words import CHANNELS, MESSAGE_STATES, read_code
from schoolcrm.core.rules.dates import Period, human_date
from schoolcrm.core.rules.personal import read_line, read_note
from schoolcrm.core.store.cells import day_bounds

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

SENDABLE = ("email", "sms")
_ADDRESS_KINDS = {"email": "('email')", "sms": "('mobile')"}
_MESSAGES = """
    SELECT message.id, message.client_id, client.name, message.channel, message.direction, message.state,
           message.on_date, message.subject, message.text, message.address, message.error, message.with_page
      FROM message JOIN {clients} AS client ON client.id = message.client_id
     WHERE {wanted}
     ORDER BY message.on_date, message.at, message.id
"""
_NOT_AGAIN = {
    "logged": N_("Message {id} is a note of what happened elsewhere; there is nothing to send."),
    "queued": N_("Message {id} is waiting to be sent already."),
    "sending": N_("Message {id} may have been sent already."),
    "sent": N_("Message {id} is sent already."),
    "failed": N_("Message {id} could not be sent."),
    "cancelled": N_("Message {id} is cancelled already."),
}


class Message(NamedTuple):
    """A message as it is kept; `on` is the day of it, `address` where it goes."""

    id: int
    client_id: int
    client: str
    channel: str
    direction: str
    state: str
    on: date
    subject: str | None
    text: str
    address: str | None
    error: str | None
    with_page: bool


class Wanted(NamedTuple):
    """Which messages are asked for. Without a client those of visible clients; empty: all."""

    client_id: int | None = None
    period: Period = Period(None, None)
    channels: Collection[str] = ()
    states: Collection[str] = ()


ALL = Wanted()


class Outgoing(NamedTuple):
    """A message to be sent: to whom, where to, what; `with_page`: the personal page goes with it."""

    client_id: int
    channel: str
    address: str
    text: str
    subject: str | None = None
    with_page: bool = False


def log_message(
    school: "WritableSchool",
    client_id: int,
    text: str,
    *,
    channel: str = "comment",
    on: date | None = None,
    incoming: bool = False,
) -> int:
    """Note what was said or written and return its number; BadValue for an empty text, Refused for a day to come."""
    told = read_note(text)
    if not told:
        raise BadValue(_("The text of the message is missing."), _("Say what was said or written."))
    if on is not None and on > school.today:
        raise Refused(
            _("{day} is after today.").format(day=human_date(on)),
            _("What is still to be done is a task: 'schoolcrm tasks add CLIENT TEXT --due DATE'."),
        )
    return school.insert(
        "message",
        client_id=client_id,
        channel=channel,
        direction="in" if incoming else "out",
        state="logged",
        on_date=on or school.today,
        at=utc_now(),
        text=told,
    )


def queue_messages(school: "WritableSchool", messages: Iterable[Outgoing]) -> list[int]:
    """Put the messages in the queue, to be sent by the next delivery; return their numbers."""
    now = utc_now()
    return [
        school.insert("message", direction="out", state="queued", on_date=school.today, at=now, **one._asdict())
        for one in messages
    ]


def find_messages(db: sqlite3.Connection, wanted: Wanted = ALL) -> list[Message]:
    """Return the messages asked for, in the order of time (R55)."""
    conditions = [
        "ifnull(:client, message.client_id) = message.client_id",
        "message.on_date BETWEEN :first AND :last",
        *_among("channel", wanted.channels, CHANNELS),
        *_among("state", wanted.states, MESSAGE_STATES),
    ]
    if wanted.client_id is not None:
        conditions[0] = "message.client_id = :client"
    parameters = {
        "client": wanted.client_id,
        **day_bounds(wanted.period),
    }
    clients = "visible_client" if wanted.client_id is None else "client"
    query = _MESSAGES.format(clients=clients, wanted=" AND ".join(conditions))
    return [_message(row) for row in db.execute(query, parameters)]


def latest_messages(db: sqlite3.Connection, client_id: int, most: int) -> list[Message]:
    """Return the client's last messages, the newest first."""
    return find_messages(db, Wanted(client_id))[::-1][:most]


def get_message(db: sqlite3.Connection, number: int) -> Message:
    """Return the message of that number; NotFound."""
    row = db.execute(_MESSAGES.format(clients="client", wanted="message.id = ?"), (number,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no message {id}.").format(id=number),
            _("'schoolcrm messages list' shows the messages with their numbers."),
        )
    return _message(row)


def address_of(db: sqlite3.Connection, client_id: int, channel: str) -> str | None:
    """Return where a message of that channel reaches the client: the first email, the first mobile; None: nowhere."""
    kinds = _ADDRESS_KINDS[channel]
    query = f"SELECT value FROM contact WHERE client_id = ? AND kind IN {kinds} ORDER BY id LIMIT 1"  # noqa: S608
    row = db.execute(query, (client_id,)).fetchone()
    return str(row[0]) if row else None


def queue_again(school: "WritableSchool", number: int) -> Message:
    """Put a message that failed, was interrupted or was cancelled into the queue again, to the address of today.

    Raises NotFound; Refused for one that is sent, waits already or was only noted, and for a client without address.
    """
    message = get_message(school.db, number)
    if message.state not in ("failed", "sending", "cancelled"):
        raise Refused(
            _(_NOT_AGAIN[message.state]).format(id=number),
            _("'schoolcrm messages list' shows the state of each message."),
        )
    address = address_of(school.db, message.client_id, message.channel)
    if address is None:
        raise Refused(
            _("{client} has no address for {channel}.").format(
                client=message.client, channel=_(CHANNELS[message.channel])
            ),
            _("'schoolcrm clients contact add' gives one."),
        )
    school.db.execute("UPDATE message SET state = 'queued', error = NULL, address = ? WHERE id = ?", (address, number))
    return message._replace(state="queued", address=address, error=None)


def cancel_message(school: "WritableSchool", number: int) -> Message:
    """Take a message out of the queue; NotFound; Refused for one that is sent, cancelled or was only noted."""
    message = get_message(school.db, number)
    if message.state not in ("queued", "failed", "sending"):
        raise Refused(
            _(_NOT_AGAIN[message.state]).format(id=number),
            _("'schoolcrm messages list' shows the state of each message."),
        )
    school.db.execute("UPDATE message SET state = 'cancelled', error = NULL WHERE id = ?", (number,))
    return message._replace(state="cancelled", error=None)


def read_channel(text: str, allowed: Collection[str] = tuple(CHANNELS)) -> str:
    """Return the channel that was written, in English or in the language in use; BadValue."""
    words = {code: CHANNELS[code] for code in allowed}
    return read_code(text, words, N_("{value} is no way to reach a client here."))


def read_message_state(text: str) -> str:
    """Return the state of messages that was written, in English or in the language in use; BadValue."""
    return read_code(text, MESSAGE_STATES, N_("{value} is no state of a message."))


def read_subject(text: str) -> str | None:
    """Return a subject line as it is kept, None for an empty one; BadValue if it is endless."""
    return read_line(text) or None


def _among(column: str, chosen: Collection[str], known: Collection[str]) -> list[str]:
    """Return the condition that the column holds one of the chosen codes, which are ours and no text of anybody's."""
    codes = [f"'{code}'" for code in known if code in chosen]
    return [f"message.{column} IN ({', '.join(codes)})"] if codes else []


def _message(row: tuple[int, int, str, str, str, str, str, str | None, str, str | None, str | None, int]) -> Message:
    return Message(*row[:6], date.fromisoformat(row[6]), *row[7:11], bool(row[11]))
