"""Ways to reach a client: phones, email, address and the like, each with a note saying whose (R50)."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import Hit, Wording, lookup, read_id
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt, fold
from schoolcrm.core.rules.personal import read_email, read_line
from schoolcrm.core.rules.phones import human_phone, read_phone, read_phones

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

KINDS: Mapping[str, str] = {
    "mobile": N_("mobile"),
    "home": N_("home phone"),
    "email": N_("email"),
    "address": N_("address"),
    "skype": N_("Skype"),
    "link": N_("link"),
    "metro": N_("metro"),
}
"""Kinds of contacts with their English names."""

PHONES = frozenset({"mobile", "home"})
CONTACT = Wording(
    absent=N_("The client has no contact {name}."),
    several=N_("Several contacts answer to {name}."),
    advice=N_("'schoolcrm clients contact list CLIENT' shows them; the number or the value will do."),
)
_OTHER_NAMES = {"phone": "mobile", "e-mail": "email", "url": "link", "телефон": "mobile", "мобильный": "mobile"}
_OTHER_NAMES |= {"домашний": "home", "почта": "email", "адрес": "address", "скайп": "skype", "ссылка": "link"}
_OTHER_NAMES |= {"метро": "metro"}
# A link has colons of its own: after the scheme, and before the port.
_LINK = re.compile(r"(?P<value>[a-z][a-z0-9+.-]*://[^\s:]+(?::[0-9]+)?[^\s:]*)(?::(?P<note>.*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as it is kept: phones in E.164; `note` says whose it is."""

    kind: str
    value: str
    note: str = ""

    @property
    def key(self) -> str:
        """What two writings of the same contact have in common."""
        return self.value if self.kind in PHONES else fold(self.value)


def phones(text: str) -> list[Contact]:
    """Return the mobile phones of a text, which may hold several; BadValue."""
    return [Contact("mobile", phone) for phone in read_phones(text)]


def email(text: str) -> Contact:
    """Return an email as a contact; BadValue."""
    return Contact("email", read_email(text))


def read_contact(text: str) -> Contact:
    """Return the contact of ``KIND:VALUE`` or ``KIND:VALUE:NOTE``; BadValue for an unknown kind or a bad value."""
    kind_written, colon, rest = text.partition(":")
    kind = _kind(kind_written)
    if not colon or not rest.strip():
        raise BadValue(
            _('"{value}" is not a contact.').format(value=excerpt(text)),
            _("Write it like mobile:+79161234567:mother, or address:Lenina 5."),
        )
    link = _LINK.fullmatch(rest.strip())
    if link:
        value, note = link["value"], link["note"] or ""
    else:
        value, _colon, note = rest.partition(":")
    return Contact(kind, _read_value(kind, value), read_line(note))


def _kind(written: str) -> str:
    kind = fold(written)
    kind = _OTHER_NAMES.get(kind, kind)
    if kind in KINDS:
        return kind
    near = closest(written, [*KINDS, *_OTHER_NAMES])
    raise BadValue(
        _('"{value}" is not a kind of contact.').format(value=excerpt(written)),
        did_you_mean(near, _("Known kinds: {known}.").format(known=", ".join(KINDS))),
    )


def _read_value(kind: str, text: str) -> str:
    if kind in PHONES:
        return read_phone(text)
    if kind == "email":
        return read_email(text)
    value = read_line(text)
    if not value:
        raise BadValue(_("A contact is empty: {kind}.").format(kind=kind), _("Write it as KIND:VALUE."))
    return value


def add_contacts(school: "WritableSchool", client_id: int, contacts: Iterable[Contact]) -> int:
    """Add the contacts that the client doesn't have yet; return how many were new."""
    known = {
        (kind, key): number
        for number, kind, key in school.db.execute(
            "SELECT id, kind, value_key FROM contact WHERE client_id = ?", (client_id,)
        )
    }
    added = 0
    for contact in contacts:
        number = known.get((contact.kind, contact.key))
        if number is None:
            known[contact.kind, contact.key] = school.insert(
                "contact",
                client_id=client_id,
                kind=contact.kind,
                value=contact.value,
                value_key=contact.key,
                note=contact.note or None,
            )
            added += 1
        elif contact.note:
            school.db.execute("UPDATE contact SET note = ? WHERE id = ?", (contact.note, number))
    return added


def remove_contacts(school: "WritableSchool", client_id: int, kinds: Iterable[str]) -> None:
    """Remove the client's contacts of these kinds; the history keeps them (R54)."""
    school.db.executemany("DELETE FROM contact WHERE client_id = ? AND kind = ?", [(client_id, kind) for kind in kinds])


def contacts_of(db: sqlite3.Connection, client_id: int) -> list[tuple[int, str, str, str | None]]:
    """Return the client's contacts as (id, kind, value, note), phones first, in the order they were added."""
    rows = db.execute("SELECT id, kind, value, note FROM contact WHERE client_id = ? ORDER BY id", (client_id,))
    order = list(KINDS)
    return sorted(rows.fetchall(), key=lambda row: order.index(row[1]))


def contact_numbers(db: sqlite3.Connection, client_id: int, contacts: Iterable[Contact]) -> list[int]:
    """Return the ids of these contacts of the client, in their order; those the client doesn't have are left out."""
    query = "SELECT id FROM contact WHERE client_id = ? AND kind = ? AND value_key = ?"
    rows = [db.execute(query, (client_id, contact.kind, contact.key)).fetchone() for contact in contacts]
    return list(dict.fromkeys(row[0] for row in rows if row))


def find_contact(db: sqlite3.Connection, client_id: int, ref: str) -> int:
    """Return the id of the client's contact named by number, value (a phone in any writing) or a part of it.

    Raises Ambiguous, NotFound, BadValue.
    """
    held = contacts_of(db, client_id)
    labels = {number: contact_label(kind, value, note) for number, kind, value, note in held}
    wanted = {fold(ref), *phones_written(ref)}

    def some(answers: Iterable[tuple[int, bool]]) -> list[Hit]:
        return [(number, False) for number, is_meant in answers if is_meant]

    return lookup(
        ref,
        (
            lambda text: some((number, number == read_id(text)) for number in labels),
            lambda _text: some((number, Contact(kind, value).key in wanted) for number, kind, value, _note in held),
            lambda text: some((number, fold(text) in fold(value)) for number, _kind, value, _note in held),
        ),
        labels=lambda ids: [(number, labels[number]) for number in ids],
        known=lambda: [value for _id, _kind, value, _note in held],
        wording=CONTACT,
    )


def contact_label(kind: str, value: str, note: str | None) -> str:
    """Return a contact as people read it: the kind, the value, and whose it is."""
    shown = human_phone(value) if kind in PHONES else value
    return f"{_(KINDS[kind])} {shown}" + (f" ({note})" if note else "")


def phones_written(text: str) -> list[str]:
    """Return the phones of a text in E.164; none if it isn't phones."""
    try:
        return read_phones(text)
    except BadValue:
        return []


def edited_contact(
    db: sqlite3.Connection, contact_id: int, *, kind: str = "", value: str = "", note: str | None = None
) -> Contact:
    """Return the contact with what is given changed; empty kind and value stay, None leaves the note.

    Raises BadValue for an unknown kind or a value that the kind can't have.
    """
    query = "SELECT kind, value, note FROM contact WHERE id = ?"
    old_kind, old_value, old_note = db.execute(query, (contact_id,)).fetchone()
    new_kind = _kind(kind) if kind else old_kind
    new_value = _read_value(new_kind, value or old_value) if kind or value else old_value
    return Contact(new_kind, new_value, (old_note or "") if note is None else read_line(note))


def write_contact(school: "WritableSchool", contact_id: int, contact: Contact) -> None:
    """Write another kind, value or note to a contact; Refused if the client has that one already."""
    twin = (
        "SELECT other.id FROM contact AS other JOIN contact ON contact.client_id = other.client_id"
        " WHERE contact.id = ? AND other.id <> contact.id AND other.kind = ? AND other.value_key = ?"
    )
    row = school.db.execute(twin, (contact_id, contact.kind, contact.key)).fetchone()
    if row is not None:
        raise Refused(
            _("The client has this contact already: {contact}.").format(
                contact=contact_label(contact.kind, contact.value, None)
            ),
            _("It has the number {id}; 'schoolcrm clients contact remove' takes the other one away.").format(id=row[0]),
        )
    school.db.execute(
        "UPDATE contact SET kind = ?, value = ?, value_key = ?, note = ? WHERE id = ?",
        (contact.kind, contact.value, contact.key, contact.note or None, contact_id),
    )


def remove_contact(school: "WritableSchool", contact_id: int) -> None:
    """Remove one contact; the history keeps it (R54)."""
    school.db.execute("DELETE FROM contact WHERE id = ?", (contact_id,))
