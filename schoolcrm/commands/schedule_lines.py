"""`schoolcrm schedule end|remove|clashes`: lines of the regular schedule, and what in it can't be."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.clash_warnings import LOOK_FOR_CLASHES
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.repriced import say_balances, telling_balances
from schoolcrm.commands.schedule_group import app
from schoolcrm.commands.session import choose, confirm, day, done, reading, say, show, writing
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing

if TYPE_CHECKING:
    from sqlite3 import Connection

LineName = Annotated[
    str,
    typer.Argument(
        metavar="LINE", help=_("Number of the line, or the group or student with only one: schedule list --lines.")
    ),
]


@app.command(cls=Changing, help=_("End regular lessons; those held stay."))
def end(
    ctx: typer.Context,
    line: LineName,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Last day with a lesson; default: today."))] = "",
) -> None:
    from schoolcrm.core.learning.lines import end_line, find_line
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.core.rules.names import shortened

    with writing(ctx) as school:
        number = choose(find_line, school.db, school.today, line)
        last_on = day(school, on)
        with telling_balances(school) as repriced:
            staying = end_line(school, number, last_on)
        text = line_text(school.db, number)
    if staying:
        sentence = ngettext(
            "warning: {count} lesson after that day was stored by itself and stays: {lessons}.",
            "warning: {count} lessons after that day were stored by themselves and stay: {lessons}.",
            len(staying),
        )
        say(ctx, sentence.format(count=len(staying), lessons=shortened(staying)))
    say_balances(ctx, repriced)
    message = _("Line {id} of the schedule ends: {lessons}; the last day is {last}.")
    done(ctx, message.format(id=number, lessons=text, last=human_date(last_on)), id=number, last_on=last_on)


@app.command(cls=Changing, help=_("Remove regular lessons of which none was held, cancelled or changed."))
def remove(ctx: typer.Context, line: LineName) -> None:
    from schoolcrm.core.learning.lines import find_line, remove_line

    with writing(ctx) as school:
        number = choose(find_line, school.db, school.today, line)
        text = line_text(school.db, number)
        with telling_balances(school) as repriced:
            remove_line(school, number)
        confirm(ctx, _("Line {id} would be removed from the schedule: {lessons}.").format(id=number, lessons=text))
    say_balances(ctx, repriced)
    done(ctx, _("Line {id} removed from the schedule: {lessons}.").format(id=number, lessons=text), id=number)


@app.command(cls=Showing, help=_("Rooms and teachers wanted twice at once, students in two places."))
def clashes(ctx: typer.Context, first: From = "", last: To = "", period: PeriodName = "") -> None:
    from schoolcrm.reports.clashes import clashes_table, find_all_clashes
    from schoolcrm.reports.schedule import closed

    with reading(ctx) as school:
        usual = f"{school.today}..{school.today + LOOK_FOR_CLASHES}"
        span = closed(period_of(school, first, last, period, default=usual), school.today)
        rows = find_all_clashes(school.db, span)
    show(ctx, clashes_table(rows, span))


def line_text(db: "Connection", line_id: int) -> str:
    """Return whose lessons a line makes, and when, to stand in a sentence."""
    from schoolcrm.core.learning.schedule import find_slot
    from schoolcrm.reports.groups import slot_text
    from schoolcrm.reports.schedule import Names

    slot = find_slot(db, line_id)
    return _("{owner}, {days}").format(owner=Names(db, [slot]).owner_of(slot), days=slot_text(slot))
