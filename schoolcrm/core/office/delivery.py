"""Sending what waits in the queue, each message once, whatever happens in between (R40, R55).

Before a message is handed over it is marked in a transaction of its own, and after it again: who is killed in between
leaves it marked, and nobody sends it again unasked.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from schoolcrm.core.clock import utc_now
from schoolcrm.core.office.messages import Message, Wanted, find_messages, get_message

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

WAITING = ("queued", "failed")


class NotDeliveredError(Exception):
    """The message surely did not go; the text says why."""


class InDoubtError(Exception):
    """Nobody knows whether the message went; the text says what happened."""


class Parcel(NamedTuple):
    """A message on its way: what it is, and the personal page that goes with it, as HTML ("": none)."""

    message: Message
    page: str = ""


class Carrier(Protocol):
    """Who takes messages of one channel away."""

    def hand_over(self, parcel: Parcel) -> None:
        """Give the message away; NotDeliveredError, InDoubtError."""


class Outcome(NamedTuple):
    """What became of a message: its state now, and why it was not sent ("": it was)."""

    message: Message
    state: str
    reason: str = ""


Opening = Callable[[], AbstractContextManager["WritableSchool"]]
Drawing = Callable[["WritableSchool", int], str]
"""Returns the personal page of a client as HTML."""


def waiting_messages(db: sqlite3.Connection) -> list[Message]:
    """Return the messages to be sent, in the order of time; those of clients out of sight stay where they are (R7)."""
    return find_messages(db, Wanted(states=WAITING))


def interrupted_messages(db: sqlite3.Connection) -> list[Message]:
    """Return the messages of which nobody knows whether they went."""
    return find_messages(db, Wanted(states=("sending",)))


def deliver(messages: Sequence[Message], opening: Opening, draw_page: Drawing, carrier: Carrier) -> Iterator[Outcome]:
    """Send the messages and yield what became of each; one that another delivery has taken meanwhile is left out."""
    for message in messages:
        with opening() as school:
            parcel = _claim(school, message.id, draw_page)
        if parcel is None:
            continue
        try:
            carrier.hand_over(parcel)
        except NotDeliveredError as error:
            with opening() as school:
                _mark(school, message.id, "failed", error=str(error) or "—")
            yield Outcome(message, "failed", str(error))
        except InDoubtError as error:
            yield Outcome(message, "sending", str(error))
        else:
            with opening() as school:
                _mark(school, message.id, "sent", sent_at=utc_now())
            yield Outcome(message, "sent")


def _claim(school: "WritableSchool", number: int, draw_page: Drawing) -> Parcel | None:
    """Mark the message as being handed over; None if it doesn't wait any more."""
    claimed = school.db.execute(
        "UPDATE message SET state = 'sending', error = NULL WHERE id = ? AND state IN ('queued', 'failed')", (number,)
    )
    if not claimed.rowcount:
        return None
    message = get_message(school.db, number)
    return Parcel(message, draw_page(school, message.client_id) if message.with_page else "")


def _mark(
    school: "WritableSchool", number: int, state: str, *, error: str | None = None, sent_at: str | None = None
) -> None:
    school.db.execute(
        "UPDATE message SET state = ?, error = ?, sent_at = ? WHERE id = ?", (state, error, sent_at, number)
    )
