"""What `clients add` and `clients edit` are told about a client, read from their options."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schoolcrm.commands.new_entries import entry_named
from schoolcrm.commands.session import choose

if TYPE_CHECKING:
    from schoolcrm.core.people.clients import ClientDetails
    from schoolcrm.core.people.contacts import Contact
    from schoolcrm.core.people.students import NewStudent
    from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class Told:
    """What the options of `clients add` and `clients edit` say, as it was written."""

    texts: Mapping[str, str]
    phones: list[str]
    emails: list[str]
    contacts: list[str]
    students: list[str]
    own: list[str]
    source: str
    status: str
    is_student: bool
    passport: str


def read_details(
    school: "WritableSchool", told: Told, *, new: bool, is_new: bool = False, client_id: int = 0
) -> "ClientDetails":
    """Return what the options say, read; raises BadValue, NotFound, Ambiguous."""
    from schoolcrm.core.listing.client_fields import CLIENTS
    from schoolcrm.core.people.clients import ClientDetails
    from schoolcrm.core.people.custom_fields import parse_assignments, read_values
    from schoolcrm.core.people.facts import read_facts
    from schoolcrm.core.rules.personal import read_line
    from schoolcrm.core.statuses.catalogue import find_status

    facts = read_facts(CLIENTS, told.texts, school.today, new=is_new)
    if told.source:
        facts["source_id"] = entry_named(school, "sources", told.source, new=new)
    if told.passport:
        facts["passport"] = read_line(told.passport)
    return ClientDetails(
        facts=facts,
        contacts=_read_contacts(told),
        students=_read_students(school, told, facts, client_id),
        custom=read_values(school.db, "client", parse_assignments(told.own), school.today),
        status_id=choose(find_status, school.db, told.status) if told.status else None,
    )


def _read_contacts(told: Told) -> "list[Contact]":
    from schoolcrm.core.people.contacts import email, phones, read_contact

    return [
        *(contact for text in told.phones for contact in phones(text)),
        *map(email, told.emails),
        *map(read_contact, told.contacts),
    ]


def _read_students(
    school: "WritableSchool", told: Told, facts: Mapping[str, object], client_id: int
) -> "list[NewStudent]":
    from schoolcrm.core.listing.student_fields import STUDENTS
    from schoolcrm.core.people.clients import as_student
    from schoolcrm.core.people.facts import read_facts
    from schoolcrm.core.people.students import NewStudent, parse_student

    texts = [parse_student(text, school.today) for text in told.students]
    students = [NewStudent(read_facts(STUDENTS, each, school.today)) for each in texts]
    return [as_student(school.db, client_id, facts), *students] if told.is_student else students


def with_emptied(details: "ClientDetails", first: "ClientDetails") -> "ClientDetails":
    """Return the details with the fields to be emptied first; what is set as well wins."""
    return replace(
        details,
        facts={**first.facts, **details.facts},
        dropped_kinds=first.dropped_kinds,
        custom={**first.custom, **details.custom},
    )
