"""`schoolcrm today`, also without a command: the morning screen."""

import typer

from schoolcrm.commands.session import reading, show
from schoolcrm.core.language import _
from schoolcrm.lazy import Showing, single

app = single()


@app.command(cls=Showing, help=_("What needs doing today, each line with the command that does it."))
def today(ctx: typer.Context) -> None:
    from schoolcrm.reports.today import find_today, today_table

    with reading(ctx) as school:
        lines = find_today(school.db, school.today)
    show(ctx, today_table(lines, school.today))
