"""`schoolcrm status`: statuses set by hand, recomputed at night, explained."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.session import choose, confirm, done, reading, say, show, writing
from schoolcrm.core.errors import NotFound, WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.store.database import School

SHOWN_BEFORE_ASKING = 10

app = group(_("Statuses of clients: set by hand, recomputed at night."))

Client = Annotated[str, typer.Argument(metavar="REF", help=_("Client or student: name, phone, number."))]


@app.command("list", cls=Showing, help=_("Both scales: base status, name, which one is automatic, clients."))
def list_(ctx: typer.Context) -> None:
    from schoolcrm.reports.statuses import find_statuses, statuses_table

    with reading(ctx) as school:
        rows = find_statuses(school.db)
    show(ctx, statuses_table(rows))


@app.command("set", cls=Changing, help=_("Put clients into a status or a stage by hand."))
def set_(
    ctx: typer.Context,
    status: Annotated[str, typer.Argument(metavar="STATUS", help=_("Name, base code, or scale:name."))],
    clients: Annotated[list[str], typer.Argument(metavar="[REF]...", help=_("Clients or students."))] = [],  # noqa: B006
    query: Annotated[
        list[str], typer.Option("--query", metavar="TERM", help=_("All that answer to it; repeatable."))
    ] = [],  # noqa: B006
    reason: Annotated[str, typer.Option("--reason", help=_("Why; kept in the history."))] = "",
) -> None:
    from schoolcrm.core.statuses.catalogue import find_status, read_statuses
    from schoolcrm.core.statuses.change import set_status

    if bool(clients) == bool(query):
        raise WrongUsage(
            _("Say whose status to set: clients by name, or --query, not both."),
            _("For example: schoolcrm status set reserve 'Анна Иванова', or --query status:new."),
        )
    if query:
        _ask(ctx, status, query)
    with writing(ctx) as school:
        status_id = choose(find_status, school.db, status)
        client_ids = _find_clients(school, clients, query)
        changed = set_status(school, client_ids, status_id, reason_note=reason)
        named = read_statuses(school.db)[status_id]
    message = ngettext("{count} client put into «{status}».", "{count} clients put into «{status}».", changed)
    if not changed:
        message = _("Nobody was changed: already in «{status}».")
    done(ctx, message.format(count=changed, status=named.name), id=status_id, status=named.name, changed=changed)
    if named.base == "deleted" and not ctx.obj.result_format:
        say(ctx, _way_back(client_ids))


@app.command(cls=Changing, help=_("Apply the rules of refusal and loyalty to the whole school, as of today."))
def recompute(
    ctx: typer.Context,
    strict: Annotated[
        bool, typer.Option("--strict", help=_("Refuse also those with money or a subscription, from any base status."))
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help=_("Name every client."))] = False,
) -> None:
    from schoolcrm.core.statuses import recompute as rules
    from schoolcrm.reports import statuses as report

    with writing(ctx) as school:
        result = rules.recompute(school, strict=strict)
        named = report.named_clients(school.db, result) if verbose else {}
    if not ctx.obj.result_format:
        for line in [*report.transition_lines(result), *report.client_lines(named)]:
            sys.stdout.write(line + "\n")
        for line in report.skip_lines(result):
            say(ctx, line)
    count = result.changed
    message = ngettext("{count} change.", "{count} changes.", count) if count else _("Nothing to change.")
    done(ctx, message.format(count=count), **report.recomputed_json(result), **named)


@app.command(cls=Showing, help=_("Every change of a client's status and stage, newest first."))
def history(ctx: typer.Context, client: Client) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.statuses.history import find_history
    from schoolcrm.reports.names import client_name
    from schoolcrm.reports.statuses import history_table

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        table = history_table(client_name(school.db, client_id), find_history(school.db, client_id))
    show(ctx, table)


@app.command(cls=Showing, help=_("Why a client has this status and stage, and what would change next."))
def explain(ctx: typer.Context, client: Client) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.statuses import history
    from schoolcrm.reports.names import client_name
    from schoolcrm.reports.statuses import explanation_table

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        explanation = history.explain(school.db, client_id, school.today)
        table = explanation_table(client_name(school.db, client_id), explanation, school.today)
    show(ctx, table)


def _ask(ctx: typer.Context, status: str, query: list[str]) -> None:
    """Ask before a change of many: how many they are and who comes first."""
    from schoolcrm.core.people.references import client_label
    from schoolcrm.core.statuses.catalogue import find_status, read_statuses

    with reading(ctx) as school:
        name = read_statuses(school.db)[choose(find_status, school.db, status)].name
        found = _find_clients(school, [], query)
        labels = [client_label(school.db, client_id) for client_id in found[:SHOWN_BEFORE_ASKING]]
    for label in labels:
        say(ctx, label)
    if len(found) > len(labels):
        say(ctx, _("… and {count} more").format(count=len(found) - len(labels)))
    statement = ngettext(
        "{count} client would be moved to «{status}».", "{count} clients would be moved to «{status}».", len(found)
    )
    confirm(ctx, statement.format(count=len(found), status=name))


def _way_back(client_ids: list[int]) -> str:
    """Return where deleted clients are found and how one comes back (R7)."""
    number = client_ids[0] if len(client_ids) == 1 else "ID"
    way = _(
        "'schoolcrm status set new {id}' brings one back; 'schoolcrm clients list --all' shows deleted clients too."
    )
    return _("hint: {text}").format(text=way.format(id=number))


def _find_clients(school: "School", clients: list[str], query: list[str]) -> list[int]:
    """Return the ids of the clients named, deleted and archived ones too, or of those who answer to the query."""
    from schoolcrm.core.listing.client_fields import CLIENTS
    from schoolcrm.core.listing.rows import Wish, list_rows
    from schoolcrm.core.people.references import find_client

    if clients:
        return [choose(find_client, school.db, name, include_archived=True) for name in clients]
    rows = list_rows(school.db, school.today, CLIENTS, Wish(query=query, columns=("id",))).rows
    if not rows:
        raise NotFound(_("No client answers to the query."), _("Try it with 'schoolcrm clients list' first."))
    return [number for (number,) in rows]
