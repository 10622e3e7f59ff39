"""`schoolcrm clients bulk`: fields of many clients set at once."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.session import choose, confirm, done, say, writing
from schoolcrm.core.errors import NotFound, WrongUsage
from schoolcrm.core.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schoolcrm.core.people.bulk import Settings
    from schoolcrm.core.store.transaction import WritableSchool

SHOWN_BEFORE_ASKING = 10

Terms = Annotated[
    list[str], typer.Argument(metavar="QUERY...", help=_("Terms, all must hold, as in 'clients list': status:new…"))
]
Set = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help=_("A field and its value; an empty value empties it; repeatable. Also status, lead, studies, field.NAME."),
    ),
]


def set_in_bulk(
    ctx: typer.Context,
    query: Terms = [],  # noqa: B006
    settings: Set = [],  # noqa: B006
    new: New = False,
) -> None:
    """Set the fields of all clients who answer to the query, in one operation (R50, R52)."""
    from schoolcrm.core.people import bulk

    _require(query, settings)
    with writing(ctx) as school:
        assignments = bulk.read_assignments(school.db, settings)
        told = _read(school, assignments, new=new)
        client_ids = _find(school, query)
        changed = bulk.set_in_bulk(school, client_ids, told)
        if changed:
            said = "; ".join(bulk.told_settings(school.db, assignments, told))
            statement = _statement(school, changed, len(client_ids), said)
            if ctx.obj.dry_run:
                say(ctx, statement)
            confirm(ctx, statement)
    message = ngettext("{changed} client changed.", "{changed} clients changed.", len(changed))
    if not changed:
        message = ngettext(
            "Nothing to change: {matched} client answers to the query and has these values already.",
            "Nothing to change: {matched} clients answer to the query and have these values already.",
            len(client_ids),
        )
    message = message.format(changed=len(changed), matched=len(client_ids))
    done(ctx, message, ids=list(changed), changed=len(changed), matched=len(client_ids))


def _require(query: list[str], settings: list[str]) -> None:
    example = _("For example: schoolcrm clients bulk manager:Olga status:new --set manager=Anna.")
    if not any(term.strip() for term in query):
        raise WrongUsage(_("Say whose fields to set: a query is missing."), example)
    if not settings:
        raise WrongUsage(_("Say what to set: --set FIELD=VALUE is missing."), example)


def _read(school: "WritableSchool", assignments: "Mapping[str, str]", *, new: bool) -> "Settings":
    """Read every value before anything is written."""
    from schoolcrm.core.people import bulk
    from schoolcrm.core.statuses.catalogue import find_status

    bulk.refuse_emptying(assignments)
    status_ids = {
        key: choose(find_status, school.db, assignments[key], scale=scale)
        for key, scale in bulk.SCALES.items()
        if key in assignments
    }
    source_id = entry_named(school, "sources", assignments.get(bulk.SOURCE, ""), new=new)
    return bulk.read_settings(school.db, assignments, school.today, source_id=source_id, status_ids=status_ids)


def _find(school: "WritableSchool", query: list[str]) -> list[int]:
    """Return the ids of those who answer to the query, in the order of the list; NotFound if nobody does."""
    from schoolcrm.core.listing.client_fields import CLIENTS
    from schoolcrm.core.listing.rows import Wish, list_rows

    rows = list_rows(school.db, school.today, CLIENTS, Wish(query=query, columns=("id",))).rows
    if not rows:
        raise NotFound(_("No client answers to the query."), _("Try it with 'schoolcrm clients list' first."))
    return [number for (number,) in rows]


def _statement(school: "WritableSchool", changed: "Sequence[int]", matched: int, said: str) -> str:
    """Return how many of how many would be changed, who comes first, and what is set to what."""
    from schoolcrm.core.store.cells import client_name

    names = [client_name(school.db, number) for number in changed[:SHOWN_BEFORE_ASKING]]
    if len(changed) > len(names):
        names.append(_("… and {count} more").format(count=len(changed) - len(names)))
    statement = ngettext(
        "{changed} client would be changed, of {matched} who answer to the query: {names}. To be set: {settings}.",
        "{changed} clients would be changed, of {matched} who answer to the query: {names}. To be set: {settings}.",
        len(changed),
    )
    return statement.format(changed=len(changed), matched=matched, names=", ".join(names), settings=said)
