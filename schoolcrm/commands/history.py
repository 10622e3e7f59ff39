"""`schoolcrm history`: who changed what, and when."""

from typing import Annotated

import typer

from schoolcrm.commands.periods import From, PeriodName, To
from schoolcrm.commands.session import reading, show
from schoolcrm.core.language import _
from schoolcrm.lazy import Showing, single

app = single()

USUAL_LIMIT = 50


@app.command(cls=Showing, help=_("Who changed what, the newest first; of one client or record, or of all."))
def history(
    ctx: typer.Context,
    ref: Annotated[
        str,
        typer.Argument(
            metavar="REF", help=_("Client or student, by a former name too; or KIND:NUMBER, as in payment:12.")
        ),
    ] = "",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
    by: Annotated[str, typer.Option("--by", metavar="USER", help=_("Only what this user did."))] = "",
    op: Annotated[int | None, typer.Option("--op", metavar="N", help=_("Only this operation."))] = None,
    entity: Annotated[
        str, typer.Option("--entity", metavar="KIND", help=_("Only this kind of record: client, contact, payment…"))
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help=_("How many rows at most; default: 50, all with REF or --op.")),
    ] = None,
    passport: Annotated[bool, typer.Option("--passport", help=_("Show passport data too."))] = False,
) -> None:
    from schoolcrm.commands.periods import period_of
    from schoolcrm.core.errors import BadValue
    from schoolcrm.reports.history import Asked, find_history, history_table

    if limit is not None and limit < 1:
        raise BadValue(_("{value} is not a number of rows.").format(value=limit), _("Give 1 or more."))
    if limit is None:
        limit = 0 if ref or op is not None else USUAL_LIMIT
    with reading(ctx) as school:
        asked = Asked(
            ref=ref,
            period=period_of(school, first, last, period, default="all"),
            user=by,
            operation=op,
            entity=entity,
            limit=limit,
            passport=passport,
            for_programs=_for_programs(ctx),
        )
        found = find_history(school.db, asked)
    show(ctx, history_table(found, asked))


def _for_programs(ctx: typer.Context) -> bool:
    from schoolcrm.commands.people_options import chosen_format
    from schoolcrm.reports.writers import Format

    return chosen_format(ctx) in (Format.JSON, Format.JSONL, Format.CSV)
