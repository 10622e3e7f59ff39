"""What `clients add` and `clients edit` are told about a client, read from their options."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schoolcrm.commands.new_entries import entry_named
from schoolcrm.commands.session import choose
from schoolcrm.core.errors import Refused, WrongUsage
from schoolcrm.core.language import _

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
    outside: bool = False


def read_details(
    school: "WritableSchool", told: Told, *, new: bool, is_new: bool = False, client_id: int = 0
) -> "ClientDetails":
    """Return what the options say, read; raises BadValue, NotFound, Ambiguous."""
    from schoolcrm.core.listing.client_fields import CLIENTS
    from schoolcrm.core.people.clients import ClientDetails
    from schoolcrm.core.people.custom_fields import parse_assignments, read_values
    from schoolcrm.core.people.facts import read_facts
    from schoolcrm.core.rules.personal import read_line

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
        status_id=_read_status(school, told, client_id),
    )


def _read_status(school: "WritableSchool", told: Told, client_id: int) -> int | None:
    """Return the status asked for, by name or with --outside; None: none, or the one that a new client gets anyway.

    Raises WrongUsage where the two contradict, Refused for a new client who would be deleted at once (R7).
    """
    from schoolcrm.core.statuses.catalogue import find_status, read_statuses
    from schoolcrm.core.statuses.events import status_outside

    status_id = choose(find_status, school.db, told.status) if told.status else None
    named = read_statuses(school.db)[status_id] if status_id else None
    if named and named.base == "deleted" and not client_id:
        raise Refused(
            _('A new client can\'t be recorded as "{status}": no list would show them.').format(status=named.name),
            _("Leave --status out; 'schoolcrm clients archive' puts a client out of sight."),
        )
    if not told.outside:
        return status_id
    if named and named.base != "for-admin":
        raise WrongUsage(
            _("--outside and --status {status} contradict one another.").format(status=told.status),
            _("Leave one of them out."),
        )
    if status_id is None and client_id:
        return status_outside(school.db, client_id, with_students=bool(told.students or told.is_student))
    return status_id


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
    from schoolcrm.core.people.clients import as_student, with_self
    from schoolcrm.core.people.facts import read_facts
    from schoolcrm.core.people.students import NewStudent, parse_student

    texts = [parse_student(text, school.today) for text in told.students]
    students = [NewStudent(read_facts(STUDENTS, each, school.today)) for each in texts]
    return with_self(as_student(school.db, client_id, facts), students) if told.is_student else students


def with_emptied(details: "ClientDetails", first: "ClientDetails") -> "ClientDetails":
    """Return the details with the fields to be emptied first; what is set as well wins."""
    return replace(
        details,
        facts={**first.facts, **details.facts},
        dropped_kinds=first.dropped_kinds,
        custom={**first.custom, **details.custom},
    )
