"""`schoolcrm clients access`: who may have the personal page (R40)."""

import typer

from schoolcrm.commands.people_options import ClientRef
from schoolcrm.commands.session import choose, done, writing
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, group

app = group(_("Access of clients to their personal page."))


@app.command(cls=Changing, help=_("Give a client access; the invitation waits to be sent if there is an email."))
def grant(ctx: typer.Context, client: ClientRef) -> None:
    from schoolcrm.core.office.access import grant_access
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client)
        granted = grant_access(school, client_id)
        name = client_name(school.db, client_id)
    if not granted.is_new:
        message = _("{client} has access already.")
    elif granted.message_id is None:
        message = _("{client} has access now; without an email no invitation could be written.")
    else:
        message = _("{client} has access now; the invitation waits to be sent (message {id}).")
    told = message.format(client=name, id=granted.message_id)
    done(ctx, told, id=client_id, access=True, granted=granted.is_new, message_id=granted.message_id)


@app.command(cls=Changing, help=_("Take a client's access away, and an invitation that still waits."))
def revoke(ctx: typer.Context, client: ClientRef) -> None:
    from schoolcrm.core.office.access import revoke_access
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        revoke_access(school, client_id)
        name = client_name(school.db, client_id)
    done(ctx, _("{client} has no access any more.").format(client=name), id=client_id, access=False)


@app.command(cls=Changing, help=_("Send the invitation again, with the personal page as it is then."))
def resend(ctx: typer.Context, client: ClientRef) -> None:
    from schoolcrm.core.office.access import resend_invitation
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client)
        number = resend_invitation(school, client_id)
        name = client_name(school.db, client_id)
    message = _("The invitation of {client} waits to be sent (message {id}).").format(client=name, id=number)
    done(ctx, message, id=client_id, message_id=number)
