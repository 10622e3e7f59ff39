"""The list of messages (R55)."""

from collections.abc import Iterable, Sequence

from schoolcrm.core.language import _, translated
from schoolcrm.core.office.messages import Message
from schoolcrm.core.office.words import CHANNELS, DIRECTIONS, MESSAGE_STATES
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.table import Column, Fact, Kind, Table


def messages_table(
    messages: Iterable[Message],
    period: Period,
    *,
    client: str = "",
    channels: Sequence[str] = (),
    states: Sequence[str] = (),
) -> Table:
    """Return the messages as a table; a comment has no direction."""
    channel_words = translated(CHANNELS)
    state_words = translated(MESSAGE_STATES)
    direction_words = translated(DIRECTIONS)
    parameters = [Fact("period", _("Period"), Kind.PERIOD, period)]
    if client:
        parameters.append(Fact("client", _("Client"), Kind.TEXT, client))
    if channels:
        parameters.append(Fact("channel", _("Channel"), Kind.LIST, list(channels), channel_words, Kind.CODE))
    if states:
        parameters.append(Fact("state", _("State"), Kind.LIST, list(states), state_words, Kind.CODE))
    return Table(
        report="messages",
        title=_("Messages"),
        parameters=parameters,
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("date", _("Date"), Kind.DATE),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("channel", _("Channel"), Kind.CODE, words=channel_words),
            Column("direction", _("Direction"), Kind.CODE, words=direction_words),
            Column("state", _("State"), Kind.CODE, words=state_words),
            Column("address", _("Address")),
            Column("subject", _("Subject line")),
            Column("text", _("Text")),
            Column("error", _("Error")),
        ),
        rows=[_row(message) for message in messages],
    )


def _row(message: Message) -> tuple[object, ...]:
    direction = None if message.channel == "comment" else message.direction
    return (
        *(message.id, message.on, message.client_id, message.client, message.channel, direction, message.state),
        *(message.address, message.subject, message.text, message.error),
    )
