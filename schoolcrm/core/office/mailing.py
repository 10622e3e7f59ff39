"""Writing to many clients at once: a text with fields of the client, a message each (R7, R55)."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.fields import CUSTOM, Field, custom_fields_of
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.office.messages import Outgoing, address_of
from schoolcrm.core.rules.dates import human_day
from schoolcrm.core.rules.letters import fill_letter, places_of, unknown_place
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.rules.phones import human_phone


class Mailing(NamedTuple):
    """The messages ready for the queue, with whom they go to, and the clients who can't be reached: (id, name)."""

    messages: list[Outgoing]
    names: list[str]
    unreachable: list[tuple[int, str]]


def write_mailing(
    db: sqlite3.Connection, today: date, query: Sequence[str], *, channel: str, template: str, subject: str = ""
) -> Mailing:
    """Return a message for every client who answers to the query, archived and deleted ones left out (R7).

    Raises BadValue for an unknown field in the query, the template or the subject, and for a template that is empty.
    """
    if not template.strip():
        raise BadValue(_("The template is empty."), _("Write the text, or name a file that holds it."))
    places = list(dict.fromkeys([*places_of(template), *places_of(subject)]))
    fields = [_field(db, place) for place in places]
    columns = ["id", "name", *(field.key for field in fields)]
    listing = list_rows(db, today, CLIENTS, Wish(query=query, columns=list(dict.fromkeys(columns))))
    at = {field.key: place for place, field in enumerate(listing.fields)}
    visible = {number for (number,) in db.execute("SELECT id FROM visible_client")}
    mailing = Mailing([], [], [])
    for row in listing.rows:
        number, name = row[at["id"]], row[at["name"]]
        if number not in visible:
            continue
        address = address_of(db, number, channel)
        if address is None:
            mailing.unreachable.append((number, name))
            continue
        values = {place: told(field, row[at[field.key]]) for place, field in zip(places, fields, strict=True)}
        title = " ".join(fill_letter(subject, values).split()) or None
        mailing.messages.append(Outgoing(number, channel, address, fill_letter(template, values), title))
        mailing.names.append(name)
    return mailing


def _field(db: sqlite3.Connection, place: str) -> Field:
    own = custom_fields_of(db, "client", CLIENTS.id)
    known = [each.key for each in CLIENTS.fields.values() if each.listed]
    try:
        field = CLIENTS.named(db, place)
    except BadValue:
        field = None
    if field is None or not field.listed:
        raise unknown_place(place, [*known, *(f"{CUSTOM}{each.label}" for each in own.values())])
    return field


def told(field: Field, cell: Any) -> str:
    """Return what a cell of the list of clients says to a person; an absent value is an empty text."""
    if cell is None:
        return ""
    if field.words:
        return _(field.words.get(cell, str(cell)))
    if field.is_list:
        return ", ".join(map(str, cell))
    words = _TOLD.get(field.kind)
    return words(cell) if words else str(cell)


_TOLD: dict[str, Callable[[Any], str]] = {
    "money": human_money,
    "date": human_day,
    "phone": human_phone,
    "bool": lambda cell: _("yes") if cell else _("no"),
}
