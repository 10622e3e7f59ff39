"""Clients: recording one, and changing what is known about one (R7, R50)."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.fields import CUSTOM
from schoolcrm.core.people.contacts import KINDS, PHONES, Contact, add_contacts, contacts_of, remove_contacts
from schoolcrm.core.people.custom_fields import (
    CustomField,
    emptied_own,
    is_own,
    own_names,
    set_values,
    with_own_named,
)
from schoolcrm.core.people.facts import can_be_emptied, emptied, set_facts
from schoolcrm.core.people.students import NewStudent, add_student
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.phones import human_phone

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """What is told about a client, new or known.

    `facts`: column → value as `facts.read_facts` returns them (None empties); `dropped_kinds`: contacts to remove
    before `contacts` are added; an empty value of `custom` removes the old one; `status_id` is set by hand.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    dropped_kinds: Collection[str] = ()
    contacts: Sequence[Contact] = ()
    students: Sequence[NewStudent] = ()
    custom: Mapping[CustomField, str] = field(default_factory=dict)
    status_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is told."""
        return not (self.facts or self.dropped_kinds or self.contacts or self.students or self.custom or self.status_id)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The ids of a client just recorded and of the students, in the order they were given."""

    id: int
    student_ids: list[int]


def add_client(school: "WritableSchool", details: ClientDetails, *, outside: bool = False) -> Recorded:
    """Record the client with contacts, students and the beginning of the history of statuses (R7, R50).

    `outside`: recorded as not of this school, which without students is for the administrator. `details.facts`
    must hold the name. An application from the site or the app gives access to the personal page (R40).
    """
    from schoolcrm.core.office.access import WITH_ACCESS, grant_access
    from schoolcrm.core.statuses.events import client_recorded, first_statuses

    status_id, stage_id = first_statuses(school.db, outside=outside, has_students=bool(details.students))
    client_id = school.insert(
        "client", status_id=status_id, stage_id=stage_id, created_on=school.today, **details.facts
    )
    client_recorded(school, client_id)
    student_ids = _write(school, client_id, details)
    if details.facts.get("application") in WITH_ACCESS:
        grant_access(school, client_id)
    return Recorded(client_id, student_ids)


def edit_client(school: "WritableSchool", client_id: int, details: ClientDetails) -> None:
    """Change what is told, leave the rest; setting a field to what it is leaves no trace (R6, R50)."""
    set_facts(school, "client", client_id, details.facts)
    _write(school, client_id, details)


def _write(school: "WritableSchool", client_id: int, details: ClientDetails) -> list[int]:
    """Write what hangs on the client's record; return the ids of the students added."""
    from schoolcrm.core.statuses.change import set_status

    remove_contacts(school, client_id, details.dropped_kinds)
    add_contacts(school, client_id, details.contacts)
    student_ids = [add_student(school, client_id, student) for student in details.students]
    set_values(school, "client", client_id, details.custom)
    if details.status_id is not None:
        set_status(school, [client_id], details.status_id)
    return student_ids


def as_student(db: sqlite3.Connection, client_id: int, facts: Mapping[str, Any]) -> NewStudent:
    """Return the student who is the client: the name, birthday and sex told now, else those known (§1)."""
    row = db.execute("SELECT name, name_key, birthday, sex FROM client WHERE id = ?", (client_id,)).fetchone()
    name, name_key, birthday, sex = row or (None, None, None, None)
    known = {
        "name": name,
        "name_key": name_key,
        "birthday": date.fromisoformat(birthday) if birthday else None,
        "sex": sex,
    }
    return NewStudent(known | {column: facts[column] for column in known if column in facts})


def with_self(own: NewStudent, students: Sequence[NewStudent]) -> list[NewStudent]:
    """Return the students with the client as the first; one of that name, not born another day, is meant (§1)."""
    for place, student in enumerate(students):
        told = {column: value for column, value in student.facts.items() if value is not None}
        days = {own.facts.get("birthday"), told.get("birthday")} - {None}
        if told.get("name_key") == own.facts["name_key"] and len(days) < 2:
            return [NewStudent({**own.facts, **told}), *students[:place], *students[place + 1 :]]
    return [own, *students]


PASSPORT = "passport"
"""A column that is no field of the registry: lists, filters and exports never see it (R50)."""

# A phone is what --phone adds, a mobile; the home phone has a name of its own.
_CONTACT_FIELDS = {"phone": frozenset({"mobile"}), "phones": frozenset({"mobile"}), "contacts": frozenset(KINDS)}
_CONTACT_FIELDS |= {kind: frozenset({kind}) for kind in KINDS}


def emptying(db: sqlite3.Connection, names: Collection[str]) -> ClientDetails:
    """Return the details that empty these fields: of the record, contacts by kind, or the school's own.

    Raises BadValue for one that can't be emptied, NotFound for an unknown `field.NAME`.
    """
    names = with_own_named(db, "client", names, [*can_be_emptied(CLIENTS), *_CONTACT_FIELDS, PASSPORT])
    keys = [fold(name) for name in names]
    kinds = {kind for key in keys for kind in _CONTACT_FIELDS.get(key, ())}
    rest = [key for key in keys if key not in (*_CONTACT_FIELDS, PASSPORT) and not is_own(key)]
    facts = emptied(CLIENTS, rest, [*_CONTACT_FIELDS, PASSPORT, *own_names(db, "client")])
    return ClientDetails(
        facts=facts | {key: None for key in keys if key == PASSPORT},
        dropped_kinds=sorted(kinds),
        custom=emptied_own(db, "client", names),
    )


def removed_words(removed: Collection[str]) -> list[str]:
    """Return what `would_be_removed` found as people read it: labels for the keys of fields."""
    labels = {key: field.label for key, field in CLIENTS.fields.items()} | {PASSPORT: N_("Passport")}
    return [_(labels[each]) if each in labels else each.removeprefix(CUSTOM) for each in removed]


def would_be_removed(db: sqlite3.Connection, client_id: int, first: ClientDetails) -> list[str]:
    """Return what the client has of that which `first` (see `emptying`) empties: keys, contacts as people read them."""
    columns = {column: key for key, column in can_be_emptied(CLIENTS).items()} | {PASSPORT: PASSPORT}
    query = f"SELECT {', '.join(columns)} FROM client WHERE id = ?"  # noqa: S608
    row = dict(zip(columns, db.execute(query, (client_id,)).fetchone(), strict=True))
    kept = [columns[column] for column in first.facts if row[column] is not None]
    own = "SELECT 1 FROM client_field WHERE client_id = ? AND field_id = ?"
    kept += [f"{CUSTOM}{each.name}" for each in first.custom if db.execute(own, (client_id, each.id)).fetchone()]
    return kept + [
        f"{human_phone(value) if kind in PHONES else value}{f' ({note})' if note else ''}"
        for _id, kind, value, note in contacts_of(db, client_id)
        if kind in first.dropped_kinds
    ]
