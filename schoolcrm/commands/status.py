"""`schoolcrm status`: statuses set by hand, recomputed at night, explained."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.session import choose, confirm, done, reading, say, show, writing
from schoolcrm.core.errors import NotFound, WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    import sqlite3

    from schoolcrm.core.statuses.catalogue import Status
    from schoolcrm.core.store.database import School

SHOWN_BEFORE_ASKING = 10

app = group(_("Statuses of clients: set by hand, recomputed at night."))

Client = Annotated[str, typer.Argument(metavar="REF", help=_("Client or student: name, phone, number."))]
StatusName = Annotated[str, typer.Argument(metavar="STATUS", help=_("Name, base code, or scale:name."))]
NewName = Annotated[str, typer.Argument(metavar="NAME", help=_("The name."))]
EvenSo = Annotated[bool, typer.Option("--even-so", help=_("Even if there is one of nearly the same name."))]


@app.command("list", cls=Showing, help=_("Both scales: base status, name, which one is automatic, clients."))
def list_(ctx: typer.Context) -> None:
    from schoolcrm.reports.statuses import find_archived, find_statuses, statuses_table

    with reading(ctx) as school:
        rows, archived = find_statuses(school.db), find_archived(school.db)
    show(ctx, statuses_table(rows, archived))


@app.command(cls=Changing, help=_("Add a status of the school's own under a base; it is set by hand only."))
def add(
    ctx: typer.Context,
    base: Annotated[str, typer.Argument(metavar="BASE", help=_("Base status: code, name, or scale:base."))],
    name: NewName,
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.core.rules.status import base_name
    from schoolcrm.core.statuses import entries
    from schoolcrm.core.statuses.catalogue import read_statuses

    with writing(ctx) as school:
        status_id = entries.add_status(school, *entries.find_base(base), name, even_so=even_so)
        made = read_statuses(school.db)[status_id]
    message = _('Status {id}: "{name}" under the base "{base}"; it is set by hand only.')
    done(ctx, message.format(id=made.id, name=made.name, base=base_name(made.scale, made.base)), **made._asdict())


@app.command(cls=Changing, help=_("Give a status another name; its clients and their histories keep it."))
def rename(ctx: typer.Context, status: StatusName, name: NewName, even_so: EvenSo = False) -> None:
    from schoolcrm.core.statuses.catalogue import read_statuses
    from schoolcrm.core.statuses.entries import rename_status

    with writing(ctx) as school:
        former = _find(school, status)
        changed = rename_status(school, former.id, name, even_so=even_so)
        made = read_statuses(school.db)[former.id]
    message = _('"{former}" is now called "{name}".') if changed else _('Nothing was changed: it is called "{name}".')
    done(ctx, message.format(former=former.name, name=made.name), **made._asdict())


@app.command(
    cls=Changing, help=_("Make a status the automatic one of its base; clients of the former one move into it.")
)
def default(ctx: typer.Context, status: StatusName) -> None:
    from schoolcrm.core.statuses import entries
    from schoolcrm.core.statuses.catalogue import automatic_status, read_statuses

    with writing(ctx) as school:
        chosen = _find(school, status)
        former = read_statuses(school.db)[automatic_status(school.db, chosen.scale, chosen.base)]
        if not chosen.automatic:
            _ask_to_move(ctx, chosen.name, former.name, entries.count_holders(school.db, former.id).clients)
        moved = entries.make_automatic(school, chosen.id)
    message = ngettext(
        '"{status}" is automatic now: {count} client moved into it from "{former}".',
        '"{status}" is automatic now: {count} clients moved into it from "{former}".',
        moved,
    )
    if chosen.automatic:
        message = _('Nothing was changed: "{status}" is the automatic one already.')
    message = message.format(status=chosen.name, former=former.name, count=moved)
    done(ctx, message, **chosen._asdict() | {"automatic": True, "moved": moved})


@app.command(cls=Changing, help=_("Delete a status that is not automatic and that no client has."))
def delete(ctx: typer.Context, status: StatusName) -> None:
    from schoolcrm.core.statuses.entries import delete_status, require_deletable

    with writing(ctx) as school:
        chosen = _find(school, status)
        require_deletable(school.db, chosen.id)
        confirm(ctx, _('The status "{name}" would be deleted.').format(name=chosen.name))
        kept = delete_status(school, chosen.id)
    message = _('"{name}" is deleted; the histories that name it keep the name.') if kept else _('"{name}" is deleted.')
    done(ctx, message.format(name=chosen.name), **chosen._asdict() | {"in_history": kept})


@app.command("set", cls=Changing, help=_("Put clients into a status or a stage by hand."))
def set_(
    ctx: typer.Context,
    status: StatusName,
    clients: Annotated[list[str], typer.Argument(metavar="[REF]...", help=_("Clients or students."))] = [],  # noqa: B006
    query: Annotated[
        list[str], typer.Option("--query", metavar="TERM", help=_("All that answer to it; repeatable."))
    ] = [],  # noqa: B006
    reason: Annotated[str, typer.Option("--reason", help=_("Why; kept in the history."))] = "",
) -> None:
    from schoolcrm.core.rules.personal import read_note
    from schoolcrm.core.statuses.change import set_status

    if bool(clients) == bool(query):
        raise WrongUsage(
            _("Say whose status to set: clients by name, or --query, not both."),
            _("For example: schoolcrm status set reserve 'Anna Smith', or --query status:new."),
        )
    if query:
        _ask(ctx, status, query)
    with writing(ctx) as school:
        named = _find(school, status)
        client_ids = _find_clients(school, clients, query)
        changed = set_status(school, client_ids, named.id, reason_note=read_note(reason))
    message = ngettext('{count} client put into "{status}".', '{count} clients put into "{status}".', changed)
    if not changed:
        message = _('Nobody was changed: already in "{status}".')
    made = {"id": named.id, "status": named.name, "changed": changed, "ids": client_ids}
    done(ctx, message.format(count=changed, status=named.name), **made)
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
    from schoolcrm.core.store.database import school_today
    from schoolcrm.reports import statuses as report

    found: list[rules.Prepared] = []

    def prepare(db: "sqlite3.Connection") -> None:
        found.append(rules.prepare(db, ctx.obj.given_today or school_today(db), strict=strict))

    with writing(ctx, prepare) as school:
        result = rules.recompute(school, strict=strict, prepared=found[0])
        named = report.named_clients(school.db, result) if verbose else {}
    if not ctx.obj.result_format:
        for line in [*report.transition_lines(result), *report.client_lines(named, quiet=ctx.obj.quiet)]:
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
    from schoolcrm.core.store.cells import client_name
    from schoolcrm.reports.statuses import history_table

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        table = history_table(client_name(school.db, client_id), find_history(school.db, client_id))
    show(ctx, table)


@app.command(cls=Showing, help=_("Why a client has this status and stage, and what would change next."))
def explain(ctx: typer.Context, client: Client) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.statuses import history
    from schoolcrm.core.store.cells import client_name
    from schoolcrm.reports.status_explanation import explanation_table

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        explanation = history.explain(school.db, client_id, school.today)
        table = explanation_table(client_name(school.db, client_id), explanation, school.today)
    show(ctx, table)


def _find(school: "School", ref: str) -> "Status":
    from schoolcrm.core.statuses.catalogue import find_status, read_statuses

    return read_statuses(school.db)[choose(find_status, school.db, ref)]


def _ask_to_move(ctx: typer.Context, status: str, former: str, count: int) -> None:
    """Ask before another status becomes automatic (R4)."""
    question = ngettext(
        '"{status}" would become automatic, and {count} client of "{former}" would move into it.',
        '"{status}" would become automatic, and {count} clients of "{former}" would move into it.',
        count,
    )
    confirm(ctx, question.format(status=status, former=former, count=count))


def _ask(ctx: typer.Context, status: str, query: list[str]) -> None:
    """Ask before a change of many: how many they are and who comes first."""
    from schoolcrm.core.people.references import client_label

    with reading(ctx) as school:
        name = _find(school, status).name
        found = _find_clients(school, [], query)
        labels = [client_label(school.db, client_id) for client_id in found[:SHOWN_BEFORE_ASKING]]
    for label in labels:
        say(ctx, label)
    if len(found) > len(labels):
        say(ctx, _("… and {count} more").format(count=len(found) - len(labels)))
    statement = ngettext(
        '{count} client would be moved to "{status}".', '{count} clients would be moved to "{status}".', len(found)
    )
    confirm(ctx, statement.format(count=len(found), status=name))


def _way_back(client_ids: list[int]) -> str:
    """Return where deleted clients are found and how one comes back (R7)."""
    number = client_ids[0] if len(client_ids) == 1 else "ID"
    way = _(
        "'schoolcrm clients restore {id}' brings one back; 'schoolcrm clients list --all' shows deleted clients too."
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
