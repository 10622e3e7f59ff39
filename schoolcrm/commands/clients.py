"""`schoolcrm clients`: the adults who sign and pay."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands import client_bulk, client_contacts, client_merging, client_trials, people_archive, people_lists
from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import (
    Birthday,
    Days,
    Note,
    OwnFields,
    Sex,
    chosen_format,
    refuse_empty,
)
from schoolcrm.commands.session import choose, done, reading, say, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.people.clients import ClientDetails
    from schoolcrm.core.people.contacts import Contact
    from schoolcrm.core.people.students import NewStudent
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Clients: the adults who sign and pay."))
app.add_typer(client_contacts.app, name="contact")
app.add_typer(client_trials.app, name="trial")
app.add_typer(people_lists.filters_app("client"), name="filters")

ClientName = Annotated[
    str, typer.Argument(metavar="CLIENT", help=_("Client, or a student of theirs: id, name, part of it, or phone."))
]
Phones = Annotated[list[str], typer.Option("--phone", metavar="PHONE", help=_("A phone in any writing; repeatable."))]
Emails = Annotated[list[str], typer.Option("--email", metavar="EMAIL", help=_("An email address; repeatable."))]
Contacts = Annotated[
    list[str],
    typer.Option(
        "--contact",
        metavar="KIND:VALUE[:NOTE]",
        help=_("A contact: mobile, home, email, address, skype, link or metro; repeatable."),
    ),
]
Students = Annotated[
    list[str], typer.Option("--student", metavar="NAME[:BIRTH]", help=_("A student of the client; repeatable."))
]
IsStudent = Annotated[bool, typer.Option("--self", help=_("The client is the student."))]
Source = Annotated[str, typer.Option("--source", metavar="NAME", help=_("How the client learned of the school."))]
Status = Annotated[str, typer.Option("--status", metavar="STATUS", help=_("A status: its name or base code."))]
Manager = Annotated[str, typer.Option("--manager", metavar="NAME", help=_("Who is responsible for the client."))]
Colour = Annotated[str, typer.Option("--colour", metavar="COLOUR", help=_("A colour to mark the client with."))]
Passport = Annotated[
    str, typer.Option("--passport", metavar="TEXT", help=_("Passport data; shown only by 'clients show --passport'."))
]
Application = Annotated[
    str, typer.Option("--application", metavar="site|call|app", help=_("By which way the application came."))
]


@app.command(cls=Changing, help=_("Record a client."))
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the client."))],
    phone: Phones = [],  # noqa: B006
    email: Emails = [],  # noqa: B006
    contact: Contacts = [],  # noqa: B006
    student: Students = [],  # noqa: B006
    is_student: IsStudent = False,
    source: Source = "",
    status: Status = "",
    manager: Manager = "",
    note: Note = "",
    colour: Colour = "",
    birthday: Birthday = "",
    sex: Sex = "",
    own: OwnFields = [],  # noqa: B006
    application: Application = "",
    passport: Passport = "",
    outside: Annotated[
        bool, typer.Option("--outside", help=_("Not of this school: for the administrator, if without students."))
    ] = False,
    new: New = False,
) -> None:
    from schoolcrm.core.people.clients import add_client
    from schoolcrm.core.people.duplicates import likely_duplicates

    texts = {"name": name, "manager": manager, "note": note, "colour": colour, "birthday": birthday, "sex": sex}
    texts |= {"application": application}
    told = _Told(texts, phone, email, contact, student, own, source, status, is_student, passport)
    with writing(ctx) as school:
        details = _details(school, told, new=new, is_new=True)
        known_as = details.facts["name"]
        duplicates = likely_duplicates(school.db, known_as, [each.key for each in details.contacts])
        recorded = add_client(school, details, outside=outside)
    if duplicates:
        say(ctx, _("warning: it may be a client who is there already: {names}.").format(names="; ".join(duplicates)))
    message = _("Client {id} recorded: {name}.").format(id=recorded.id, name=known_as)
    done(ctx, message, id=recorded.id, student_ids=recorded.student_ids)


@app.command(cls=Changing, help=_("Change what is known about a client; what isn't named stays."))
def edit(
    ctx: typer.Context,
    client: ClientName,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help=_("Another name."))] = "",
    phone: Phones = [],  # noqa: B006
    email: Emails = [],  # noqa: B006
    contact: Contacts = [],  # noqa: B006
    student: Students = [],  # noqa: B006
    is_student: IsStudent = False,
    source: Source = "",
    status: Status = "",
    manager: Manager = "",
    note: Note = "",
    colour: Colour = "",
    birthday: Birthday = "",
    sex: Sex = "",
    own: OwnFields = [],  # noqa: B006
    application: Application = "",
    passport: Passport = "",
    unset: Annotated[
        list[str],
        typer.Option("--unset", metavar="FIELD", help=_("Empty a field, before others are set; repeatable.")),
    ] = [],  # noqa: B006
    studies: Annotated[bool, typer.Option("--studies", help=_("A client who studies."))] = False,
    lead: Annotated[bool, typer.Option("--lead", help=_("Back to a lead."))] = False,
    new: New = False,
) -> None:
    from schoolcrm.core.people.clients import edit_client, emptying, would_be_removed
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.names import client_name

    refuse_empty(ctx)
    if studies and lead:
        raise WrongUsage(_("--studies and --lead exclude one another."), _("Give one of them."))
    texts = {"name": name, "manager": manager, "note": note, "colour": colour, "birthday": birthday, "sex": sex}
    texts |= {"application": application, "lead": "yes" if lead else "no" if studies else ""}
    told = _Told(texts, phone, email, contact, student, own, source, status, is_student, passport)
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        first = emptying(school.db, unset)
        details = _with_emptied(_details(school, told, new=new, client_id=client_id), first)
        if details.is_empty:
            raise WrongUsage(_("There is nothing to change."), _("Say what: --phone, --note, --status, --unset…"))
        removed = would_be_removed(school.db, client_id, first)
        edit_client(school, client_id, details)
        known_as = client_name(school.db, client_id)
    message = _("Client {id} changed: {name}.")
    if unset:
        message = _("Client {id} changed: {name}. Removed: {removed}.")
    told_removed = ", ".join(removed) or _("nothing, it was empty")
    made = {"id": client_id, "removed": removed} if unset else {"id": client_id}
    done(ctx, message.format(id=client_id, name=known_as, removed=told_removed), **made)


app.command("list", cls=Showing, help=_("Clients, by name: those who answer to all terms of the query."))(
    people_lists.list_clients
)
app.command("bulk", cls=Changing, help=_("Set fields of all clients who answer to the query, at once."))(
    client_bulk.set_in_bulk
)


@app.command("show", cls=Showing, help=_("Everything about one client."))
def show_(
    ctx: typer.Context,
    client: ClientName,
    days: Days = 30,
    passport: Annotated[bool, typer.Option("--passport", help=_("The passport data too."))] = False,
) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.card import find_card
    from schoolcrm.reports.contacts import passport_of, with_passport
    from schoolcrm.reports.writers import Format

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        card = find_card(school.db, client_id, school.today, days)
        kept = passport_of(school.db, client_id) if passport else None
    chosen = chosen_format(ctx)
    for_programs = chosen in (Format.JSON, Format.JSONL, Format.CSV)
    if for_programs:
        from schoolcrm.reports.card_record import card_record

        table = card_record(card, nested=chosen is not Format.CSV)
    else:
        from schoolcrm.reports.card_page import card_page

        table = card_page(card)
    show(ctx, with_passport(table, kept, for_programs=for_programs) if passport else table)


app.command("archive", cls=Changing, help=_("Put clients in the archive: out of sight; their money history stays."))(
    people_archive.archive_clients
)
app.command("restore", cls=Changing, help=_("Take clients out of the archive, or bring back deleted ones."))(
    people_archive.restore_clients
)
app.command("purge", cls=Changing, help=_("Purge clients from the archive for good; money stays, without the person."))(
    client_merging.purge
)
app.command("duplicates", cls=Showing, help=_("Clients who may be one: same phone or email, names that are alike."))(
    client_merging.show_duplicates
)
app.command("merge", cls=Changing, help=_("Make two clients one: everything of OTHER moves to KEEP."))(
    client_merging.merge
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the options of `add` and `edit` say, as it was written."""

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


def _details(
    school: "WritableSchool", told: _Told, *, new: bool, is_new: bool = False, client_id: int = 0
) -> "ClientDetails":
    """Read the options; raises BadValue, NotFound, Ambiguous."""
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


def _read_contacts(told: _Told) -> "list[Contact]":
    from schoolcrm.core.people.contacts import email, phones, read_contact

    return [
        *(contact for text in told.phones for contact in phones(text)),
        *map(email, told.emails),
        *map(read_contact, told.contacts),
    ]


def _read_students(
    school: "WritableSchool", told: _Told, facts: Mapping[str, object], client_id: int
) -> "list[NewStudent]":
    from schoolcrm.core.listing.student_fields import STUDENTS
    from schoolcrm.core.people.clients import as_student
    from schoolcrm.core.people.facts import read_facts
    from schoolcrm.core.people.students import NewStudent, parse_student

    texts = [parse_student(text, school.today) for text in told.students]
    students = [NewStudent(read_facts(STUDENTS, each, school.today)) for each in texts]
    return [as_student(school.db, client_id, facts), *students] if told.is_student else students


def _with_emptied(details: "ClientDetails", first: "ClientDetails") -> "ClientDetails":
    """Return the details with the fields to be emptied first; what is set as well wins."""
    return replace(
        details,
        facts={**first.facts, **details.facts},
        dropped_kinds=first.dropped_kinds,
        custom={**first.custom, **details.custom},
    )
