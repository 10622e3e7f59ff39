"""`schoolcrm report` about statuses: the funnel, and renewals to come."""

from typing import Annotated

import typer

from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.report_group import app
from schoolcrm.commands.session import reading, show
from schoolcrm.core.language import _
from schoolcrm.lazy import Showing


@app.command(cls=Showing, help=_("How clients come through the statuses: entered, went further, days in each."))
def funnel(
    ctx: typer.Context,
    by_source: Annotated[bool, typer.Option("--by-source", help=_("Each source of clients apart."))] = False,
    skip_archived: Annotated[bool, typer.Option("--skip-archived", help=_("Without archived clients."))] = False,
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.reports.funnel import find_funnel, funnel_table

    with reading(ctx) as school:
        span = period_of(school, first, last, period)
        found = find_funnel(school.db, span, school.today, by_source=by_source, skip_archived=skip_archived)
    show(ctx, funnel_table(found, span, by_source=by_source, skip_archived=skip_archived))


@app.command(cls=Showing, help=_("When clients are expected to buy again, by their average interval."))
def renewals(
    ctx: typer.Context,
    due_within: Annotated[
        str,
        typer.Option("--due-within", metavar="DAYS", help=_("Only those expected within so many days, or overdue.")),
    ] = "",
) -> None:
    from schoolcrm.core.rules.settings import whole_number
    from schoolcrm.core.statuses.numbers import read_rhythm
    from schoolcrm.reports.renewals import MOST_DAYS_AHEAD, find_renewals, renewals_table

    days = whole_number(due_within, 0, MOST_DAYS_AHEAD) if due_within else None
    with reading(ctx) as school:
        rhythm = read_rhythm(school.db)
        found = find_renewals(school.db, school.today, rhythm, due_within=days)
    show(ctx, renewals_table(found, school.today, rhythm, due_within=days))
