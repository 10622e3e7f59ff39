"""`schoolcrm clients`: the adults who sign and pay."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands import people_lists
from schoolcrm.commands.new_entries import New
from schoolcrm.commands.people_options import (
    Birthday,
    ClientName,
    Days,
    Note,
    OwnFields,
    Sex,
    Unset,
    chosen_format,
)
from schoolcrm.commands.session import choose, done, reading, say, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, SchoolHelp, Showing, elsewhere, group

if TYPE_CHECKING:
    from schoolcrm.core.people.clients import ClientDetails
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Clients: the adults who sign and pay."))
app.add_typer(elsewhere("client_contacts", "app"), name="contact")
app.add_typer(elsewhere("client_trials", "app"), name="trial")
app.add_typer(elsewhere("client_access", "app"), name="access")
app.add_typer(elsewhere("client_files", "app"), name="file")
app.add_typer(people_lists.filters_app("client"), name="filters")

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
Outside = Annotated[
    bool, typer.Option("--outside", help=_("Not of this school: for the administrator, if without students."))
]
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
    outside: Outside = False,
    new: New = False,
) -> None:
    from schoolcrm.commands.client_details import Told, read_details
    from schoolcrm.core.people.clients import add_client
    from schoolcrm.core.people.duplicates import likely_duplicates

    texts = {"name": name, "manager": manager, "note": note, "colour": colour, "birthday": birthday, "sex": sex}
    texts |= {"application": application}
    told = Told(texts, phone, email, contact, student, own, source, status, is_student, passport, outside)
    with writing(ctx) as school:
        details = read_details(school, told, new=new, is_new=True)
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
    unset: Unset = [],  # noqa: B006
    studies: Annotated[bool, typer.Option("--studies", help=_("A client who studies."))] = False,
    lead: Annotated[bool, typer.Option("--lead", help=_("Back to a lead."))] = False,
    outside: Outside = False,
    new: New = False,
) -> None:
    from schoolcrm.commands.client_details import Told, read_details, with_emptied
    from schoolcrm.core.people.clients import emptying, would_be_removed
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    texts = {"name": name, "manager": manager, "note": note, "colour": colour, "birthday": birthday, "sex": sex}
    texts |= {"application": application, "lead": _lead(studies=studies, lead=lead)}
    told = Told(texts, phone, email, contact, student, own, source, status, is_student, passport, outside)
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        first = emptying(school.db, unset)
        details = with_emptied(read_details(school, told, new=new, client_id=client_id), first)
        removed = would_be_removed(school.db, client_id, first)
        is_changed = _change(school, client_id, details)
        known_as = client_name(school.db, client_id)
    _tell_change(ctx, client_id, known_as, removed if unset else None, is_changed=is_changed)


def _lead(*, studies: bool, lead: bool) -> str:
    """Return what is written for the field `lead`; WrongUsage if both are asked for."""
    if studies and lead:
        raise WrongUsage(_("--studies and --lead exclude one another."), _("Give one of them."))
    return "yes" if lead else "no" if studies else ""


def _change(school: "WritableSchool", client_id: int, details: "ClientDetails") -> bool:
    """Change the client and tell whether anything is different now; WrongUsage for details that say nothing."""
    from schoolcrm.core.people.clients import edit_client
    from schoolcrm.core.store.journal import last_change

    if details.is_empty:
        raise WrongUsage(_("There is nothing to change."), _("Say what: --phone, --note, --status, --unset…"))
    before = last_change(school.db)
    edit_client(school, client_id, details)
    return last_change(school.db) > before


def _tell_change(ctx: typer.Context, client_id: int, name: str, removed: list[str] | None, *, is_changed: bool) -> None:
    """Say who was changed, if at all, and, if something was to be emptied, what was in it."""
    if removed is None:
        message = (
            _("Client {id} changed: {name}.")
            if is_changed
            else _("Nothing to change: client {id}, {name}, has these values already.")
        )
        done(ctx, message.format(id=client_id, name=name), id=client_id)
        return
    from schoolcrm.core.people.clients import removed_words

    told = ", ".join(removed_words(removed)) or _("nothing, it was empty")
    message = _("Client {id} changed: {name}. Removed: {removed}.").format(id=client_id, name=name, removed=told)
    done(ctx, message, id=client_id, removed=removed)


app.command("list", cls=Showing, help=_("Clients, by name: those who answer to all terms of the query."))(
    people_lists.list_clients
)
app.command("bulk", cls=Changing, help=_("Set fields of all clients who answer to the query, at once."))(
    elsewhere("client_bulk", "set_in_bulk")
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
    elsewhere("people_archive", "archive_clients")
)
app.command("restore", cls=Changing, help=_("Take clients out of the archive, or bring back deleted ones."))(
    elsewhere("people_archive", "restore_clients")
)
app.command(
    "purge",
    cls=Changing,
    help=_("Purge clients of the archive or of undone operations for good; money stays, without the person."),
)(elsewhere("client_purge", "purge"))
app.command("duplicates", cls=Showing, help=_("Clients who may be one: same phone or email, names that are alike."))(
    elsewhere("client_merging", "show_duplicates")
)
app.command("merge", cls=Changing, help=_("Make two clients one: everything of OTHER moves to KEEP."))(
    elsewhere("client_merging", "merge")
)
app.command(
    "page", cls=SchoolHelp, help=_("Write a client's personal page: one HTML file with lessons, money and files.")
)(elsewhere("client_page", "page"))
