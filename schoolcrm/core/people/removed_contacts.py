"""Contacts that a client had: found in the journal, and brought back (R54)."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schoolcrm.core.language import N_
from schoolcrm.core.listing.lookup import Hit, Wording, lookup, read_id
from schoolcrm.core.people.contacts import Contact, contact_label, contacts_of, phones_written
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.journal import BLANKED, OWNER, image_of

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

# A number may be given anew once it is free: what was there before the client was recorded is another's.
_REMOVED = f"""
    SELECT id, record, before FROM change
     WHERE entity = 'contact' AND kind = 'delete' AND before IS NOT NULL AND {OWNER} = :client
       AND id > (SELECT max(id) FROM change WHERE entity = 'client' AND record = :client AND kind = 'insert')
     ORDER BY id
"""  # noqa: S608
_CONTACT = Wording(
    absent=N_("No contact {name} of the client was removed."),
    several=N_("Several removed contacts answer to {name}."),
    advice=N_("'schoolcrm history CLIENT --entity contact' shows them; the number or the value will do."),
)


@dataclass(frozen=True, slots=True)
class Removed:
    """A contact as it was when it was removed, and the number that it had."""

    number: int
    contact: Contact

    @property
    def label(self) -> str:
        """The contact as people read it."""
        return contact_label(self.contact.kind, self.contact.value, self.contact.note)


def removed_contacts(db: sqlite3.Connection, client_id: int) -> dict[int, Removed]:
    """Return the contacts that the client had and has no more, by the change that removed them, the latest of each.

    What a purge has emptied is not among them.
    """
    held = {Contact(kind, value).key for _number, kind, value, _note in contacts_of(db, client_id)}
    found: dict[tuple[str, str], tuple[int, Removed]] = {}
    for change, number, before in db.execute(_REMOVED, {"client": client_id}):
        image = image_of(before) or {}
        contact = Contact(image["kind"], image["value"], image["note"] or "")
        if BLANKED not in image and contact.key not in held:
            found[contact.kind, contact.key] = change, Removed(number, contact)
    return dict(found.values())


def find_removed_contact(db: sqlite3.Connection, client_id: int, ref: str) -> int:
    """Return the change that removed the contact named by number, value (a phone in any writing) or a part of it.

    Raises NotFound, Ambiguous, BadValue.
    """
    removed = removed_contacts(db, client_id)
    # A number that was given anew means the contact that had it last.
    numbered = {one.number: change for change, one in sorted(removed.items())}
    wanted = {fold(ref), *phones_written(ref)}

    def some(answers: Callable[[Contact], bool]) -> list[Hit]:
        return [(change, False) for change, one in removed.items() if answers(one.contact)]

    return lookup(
        ref,
        (
            lambda text: [(change, False) for number, change in numbered.items() if number == read_id(text)],
            lambda _text: some(lambda contact: contact.key in wanted),
            lambda text: some(lambda contact: fold(text) in fold(contact.value)),
        ),
        labels=lambda changes: [(removed[change].number, removed[change].label) for change in changes],
        known=lambda: [one.contact.value for one in removed.values()],
        wording=_CONTACT,
    )


def restore_contact(school: "WritableSchool", client_id: int, change: int) -> tuple[int, str]:
    """Bring back the contact that this change removed; return its number, the old one if it is free, and its label."""
    removed = removed_contacts(school.db, client_id)[change]
    contact = removed.contact
    row = school.db.execute(
        "INSERT INTO contact (id, client_id, kind, value, value_key, note)"
        " SELECT iif(EXISTS (SELECT 1 FROM contact WHERE id = :id), NULL, :id), :client, :kind, :value, :key, :note"
        " RETURNING id",
        {
            "id": removed.number,
            "client": client_id,
            "kind": contact.kind,
            "value": contact.value,
            "key": contact.key,
            "note": contact.note or None,
        },
    ).fetchone()
    return int(row[0]), removed.label
