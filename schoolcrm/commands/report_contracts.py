"""`schoolcrm report contracts`: contracts by period (R42)."""

from typing import Annotated

import typer

from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.report_group import SkipArchived, app
from schoolcrm.commands.session import reading, show
from schoolcrm.core.language import _
from schoolcrm.lazy import Showing


@app.command(cls=Showing, help=_("Contracts that begin, end or are in force in a period."))
def contracts(
    ctx: typer.Context,
    by: Annotated[
        str, typer.Option("--by", metavar="start|end|in-force", help=_("Which day must lie in the period."))
    ] = "in-force",
    sort: Annotated[
        str, typer.Option("--sort", metavar="number|client|amount|signed", help=_("In which order."))
    ] = "number",
    skip_archived: SkipArchived = False,
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.reports.contracts import contracts_report, find_contracts

    with reading(ctx) as school:
        span = period_of(school, first, last, period)
        rows = find_contracts(school.db, span, by=by, sort=sort, skip_archived=skip_archived)
    show(ctx, contracts_report(rows, span, by=by, sort=sort, skip_archived=skip_archived))
