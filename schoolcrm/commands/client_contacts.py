"""`schoolcrm clients contact`: ways to reach a client, one by one."""

from typing import Annotated

import typer

from schoolcrm.commands.people_options import ClientName, chosen_format
from schoolcrm.commands.session import choose, confirm, done, reading, say, show, writing
from schoolcrm.core.errors import BadValue, Refused, WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

app = group(_("Phones, addresses and other contacts of a client."))

ContactName = Annotated[
    str, typer.Argument(metavar="CONTACT", help=_("Contact: its number, its value, a phone in any writing."))
]


@app.command(cls=Changing, help=_("Add contacts to a client; of one that is there already the note is set."))
def add(
    ctx: typer.Context,
    client: ClientName,
    contacts: Annotated[
        list[str],
        typer.Argument(
            metavar="KIND:VALUE[:NOTE]...",
            help=_(
                "Contacts: mobile, home, email, address, skype, link or metro, for example mobile:+79161234567:mum."
            ),
        ),
    ],
) -> None:
    from schoolcrm.core.people.contacts import add_contacts, contact_label, contact_numbers, read_contact
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        given = [read_contact(text) for text in contacts]
        name = client_name(school.db, client_id)
        if not add_contacts(school, client_id, given) and not any(contact.note for contact in given):
            raise Refused(
                _("{client} has this already: {contacts}.").format(client=name, contacts=", ".join(contacts)),
                _("'schoolcrm clients contact edit' changes a contact."),
            )
        ids = contact_numbers(school.db, client_id, given)
    told = ", ".join(contact_label(contact.kind, contact.value, contact.note) for contact in given)
    message = _("Contacts of {client}: {contacts}.").format(client=name, contacts=told)
    done(ctx, message, id=ids[0] if len(ids) == 1 else None, ids=ids, client_id=client_id)


@app.command(cls=Changing, help=_("Change a contact's value, kind or note."))
def edit(
    ctx: typer.Context,
    client: ClientName,
    contact: ContactName,
    value: Annotated[str, typer.Option("--value", metavar="VALUE", help=_("Another value."))] = "",
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="KIND", help=_("mobile, home, email, address, skype, link or metro.")),
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=_("Whose it is."))] = "",
    unset: Annotated[str, typer.Option("--unset", metavar="note", help=_("Empty the note."))] = "",
) -> None:
    from schoolcrm.core.people.contacts import contact_label, edited_contact, find_contact, write_contact
    from schoolcrm.core.people.references import find_client

    if unset not in ("", "note"):
        raise BadValue(_('"{value}" of a contact can\'t be emptied.').format(value=unset), _("Only --unset note."))
    if not (value or kind or note or unset):
        raise WrongUsage(_("There is nothing to change."), _("Say what: --value, --kind, --note, --unset note."))
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        number = choose(find_contact, school.db, client_id, contact)
        changed = edited_contact(school.db, number, kind=kind, value=value, note=note or ("" if unset else None))
        write_contact(school, number, changed)
    told = contact_label(changed.kind, changed.value, changed.note)
    done(ctx, _("Contact {id} changed: {contact}.").format(id=number, contact=told), id=number, client_id=client_id)


@app.command(cls=Changing, help=_("Take a contact away; the history keeps it."))
def remove(ctx: typer.Context, client: ClientName, contact: ContactName) -> None:
    from schoolcrm.core.people.contacts import contact_label, contacts_of, find_contact, remove_contact
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        number = choose(find_contact, school.db, client_id, contact)
        told = next(contact_label(*row[1:]) for row in contacts_of(school.db, client_id) if row[0] == number)
        name = client_name(school.db, client_id)
        statement = _("The contact of {client} would be removed: {contact}.").format(client=name, contact=told)
        if ctx.obj.dry_run:
            say(ctx, statement)
        confirm(ctx, statement)
        remove_contact(school, number)
    message = _("Contact {id} of {client} removed: {contact}.").format(id=number, client=name, contact=told)
    done(ctx, message, id=number, client_id=client_id)


@app.command(cls=Changing, help=_("Bring back a contact that was removed, as the history has it."))
def restore(ctx: typer.Context, client: ClientName, contact: ContactName) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.people.removed_contacts import find_removed_contact, restore_contact
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        change = choose(find_removed_contact, school.db, client_id, contact)
        number, told = restore_contact(school, client_id, change)
        name = client_name(school.db, client_id)
    message = _("Contact {id} of {client} is back: {contact}.").format(id=number, client=name, contact=told)
    done(ctx, message, id=number, client_id=client_id)


@app.command("list", cls=Showing, help=_("The contacts of a client, with their numbers."))
def list_(ctx: typer.Context, client: ClientName) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.contacts import contacts_table
    from schoolcrm.reports.writers import Format

    for_programs = chosen_format(ctx) in (Format.JSON, Format.JSONL, Format.CSV)
    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        table = contacts_table(school.db, client_id, for_programs=for_programs)
    show(ctx, table)
