"""`schoolcrm schedule export`: lessons for any calendar program."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from schoolcrm.commands.asked import OfClient, OfGroup, OfRoom, OfStudent, OfTeacher, scope_asked
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.schedule_group import app
from schoolcrm.commands.session import reading, say
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import SchoolHelp


@app.command(cls=SchoolHelp, help=_("Write lessons as an iCalendar file, for a phone or any calendar program."))
def export(
    ctx: typer.Context,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help=_("school.ics for example; default: standard output."))
    ] = "",
    client: OfClient = "",
    student: OfStudent = "",
    group: OfGroup = "",
    teacher: OfTeacher = "",
    room: OfRoom = "",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.clock import utc_now
    from schoolcrm.core.store.database import setting
    from schoolcrm.reports.schedule import closed
    from schoolcrm.reports.schedule_export import calendar_name, find_events
    from schoolcrm.reports.writers.ics import write_ics

    with reading(ctx) as school:
        scope = scope_asked(school, client, student, group, teacher, room)
        span = closed(period_of(school, first, last, period, default="today.."), school.today)
        events = find_events(school.db, span, scope)
        name = calendar_name(school.db, scope)
        time_zone = setting(school.db, "time_zone", "")
    write_ics(events, name, time_zone, datetime.fromisoformat(utc_now()), Path(output) if output else None)
    if output:
        sentence = ngettext("{count} lesson written to {file}.", "{count} lessons written to {file}.", len(events))
        say(ctx, sentence.format(count=len(events), file=output))
