"""`schoolcrm report` about the school as it stands: who pays, who is at risk, what nothing pays, the schedule."""

from typing import Annotated

import typer

from schoolcrm.commands.asked import OfClient, OfGroup, OfRoom, OfStudent, OfTeacher, scope_asked
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.report_group import app
from schoolcrm.commands.schedule_group import Hide
from schoolcrm.commands.session import choose, day, reading, show
from schoolcrm.core.language import _
from schoolcrm.lazy import Showing


@app.command("who-pays", cls=Showing, help=_("Clients with a lesson on the day whose money ends with it."))
def who_pays(
    ctx: typer.Context,
    on: Annotated[str, typer.Option("--on", "--as-of", metavar="DATE", help=_("The day; default: today."))] = "",
) -> None:
    from schoolcrm.reports.who_pays import find_who_pays, who_pays_table

    with reading(ctx) as school:
        asked = day(school, on)
        found = find_who_pays(school.db, asked, school.today)
    show(ctx, who_pays_table(found, asked))


@app.command("at-risk", cls=Showing, help=_("Students who missed several lessons in a row, as of today."))
def at_risk(
    ctx: typer.Context,
    misses: Annotated[int, typer.Option("--misses", metavar="N", help=_("How many misses in a row at least."))] = 3,
    reason: Annotated[
        list[str],
        typer.Option("--reason", help=_("Only absences for this reason count; - is without one; repeatable.")),
    ] = [],  # noqa: B006
    status: Annotated[
        list[str], typer.Option("--status", help=_("Only clients in this status or base status; repeatable."))
    ] = [],  # noqa: B006
) -> None:
    from schoolcrm.reports.at_risk import at_risk_parameters, at_risk_table, find_at_risk
    from schoolcrm.reports.filters import reason_meant, statuses_meant

    with reading(ctx) as school:
        reasons = [choose(reason_meant, school.db, each) for each in reason]
        statuses = [number for each in status for number in choose(statuses_meant, school.db, each)]
        chosen = statuses if status else None
        found = find_at_risk(school.db, school.today, misses=misses, reason_ids=reasons, status_ids=chosen)
        parameters = at_risk_parameters(school.db, school.today, misses, reasons, chosen)
    show(ctx, at_risk_table(found, parameters))


@app.command("no-subscription", cls=Showing, help=_("Lessons held that no subscription pays."))
def no_subscription(ctx: typer.Context) -> None:
    from schoolcrm.reports.no_subscription import find_no_subscription, no_subscription_table

    with reading(ctx) as school:
        found = find_no_subscription(school.db)
    show(ctx, no_subscription_table(found))


@app.command(cls=Showing, help=_("The lessons of a period: of a client, student, group, teacher, room, or all."))
def schedule(
    ctx: typer.Context,
    client: OfClient = "",
    student: OfStudent = "",
    group: OfGroup = "",
    teacher: OfTeacher = "",
    room: OfRoom = "",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
    hide: Hide = "",
) -> None:
    from schoolcrm.reports.schedule_report import hidden_columns, schedule_report

    hidden = hidden_columns(hide)
    with reading(ctx) as school:
        scope = scope_asked(school, client, student, group, teacher, room, include_archived=True)
        table = schedule_report(school.db, period_of(school, first, last, period), school.today, scope, hidden)
    show(ctx, table)
