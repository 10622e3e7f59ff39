"""`schoolcrm schedule edit`: a line of the regular schedule changed from a day on."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from schoolcrm.commands.clash_warnings import clashes_of_line, warn
from schoolcrm.commands.new_entries import New
from schoolcrm.commands.people_options import given
from schoolcrm.commands.repriced import say_balances, telling_balances
from schoolcrm.commands.schedule_group import app, entries
from schoolcrm.commands.schedule_lines import LineName, line_text
from schoolcrm.commands.session import choose, day, done, optional_day, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing

if TYPE_CHECKING:
    from schoolcrm.core.learning.line_edits import Edited


@app.command(cls=Changing, help=_("Change regular lessons from a day on; what was before, and stored lessons, stay."))
def edit(
    ctx: typer.Context,
    line: LineName,
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help=_("From which day on the change holds; default: today."))
    ] = "",
    days: Annotated[str, typer.Option("--days", metavar="DAYS", help=_("Days of the week: mon,thu or пн,чт."))] = "",
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help=_("When the lesson begins."))] = "",
    minutes: Annotated[
        int, typer.Option("--minutes", metavar="N", help=_("How long a lesson takes."), show_default=False)
    ] = 0,
    subject: Annotated[str, typer.Option("--subject", metavar="NAME", help=_("Subject."))] = "",
    teacher: Annotated[str, typer.Option("--teacher", metavar="NAME", help=_("Teacher."))] = "",
    room: Annotated[str, typer.Option("--room", metavar="NAME", help=_("Room."))] = "",
    lesson_type: Annotated[str, typer.Option("--type", metavar="NAME", help=_("Lesson type."))] = "",
    every: Annotated[int, typer.Option("--every", metavar="N", help=_("Every N weeks."), show_default=False)] = 0,
    first: Annotated[
        str, typer.Option("--from", metavar="DATE", help=_("First day, of a line that has not begun."))
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day."))] = "",
    unset: Annotated[
        list[str], typer.Option("--unset", metavar="FIELD", help=_("Empty subject, teacher, room or to; repeatable."))
    ] = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.learning.line_edits import edit_line, emptied
    from schoolcrm.core.learning.lines import find_line

    with writing(ctx) as school:
        number = choose(find_line, school.db, school.today, line)
        told = _rhythm(days, at) | entries(school, subject, teacher, room, lesson_type, new=new)
        told |= {"first_on": optional_day(school, first), "last_on": optional_day(school, last)}
        told |= {"minutes": minutes if given(ctx, "minutes") else None}
        told |= {"every_weeks": every if given(ctx, "every") else None}
        facts = {field: value for field, value in told.items() if value is not None} | emptied(unset)
        if not facts:
            raise WrongUsage(_("There is nothing to change."), _("Say what: --at, --days, --teacher, --room, --to…"))
        with telling_balances(school) as repriced:
            edited = edit_line(school, number, facts, day(school, on))
        warnings = clashes_of_line(school, edited.id, edited.first_on) if edited.changed else []
        text = line_text(school.db, edited.id)
    warn(ctx, [*warnings, *_staying(edited)])
    say_balances(ctx, repriced)
    _tell(ctx, edited, text)


def _rhythm(days: str, at: str) -> dict[str, Any]:
    """Return the days of the week and the time of day; None for what isn't told."""
    from schoolcrm.core.rules.dates import parse_time
    from schoolcrm.core.rules.weekdays import parse_weekdays

    return {
        "weekdays": parse_weekdays(days) if days else None,
        "time": parse_time(at) if at else None,
    }


def _staying(edited: "Edited") -> list[str]:
    from schoolcrm.core.rules.names import shortened

    if not edited.staying:
        return []
    sentence = ngettext(
        "{count} lesson from that day on was stored by itself and stays: {lessons}.",
        "{count} lessons from that day on were stored by themselves and stay: {lessons}.",
        len(edited.staying),
    )
    return [sentence.format(count=len(edited.staying), lessons=shortened(edited.staying))]


def _tell(ctx: typer.Context, edited: "Edited", text: str) -> None:
    from schoolcrm.core.rules.dates import human_date

    if not edited.changed:
        message = _("Line {id} of the schedule is so already: {lessons}; nothing was changed.")
    elif edited.former_id is None:
        message = _("Line {id} of the schedule changed: {lessons}.")
    else:
        message = _("Line {former} of the schedule ends and line {id} begins on {first}: {lessons}.")
    done(
        ctx,
        message.format(id=edited.id, former=edited.former_id, first=human_date(edited.first_on), lessons=text),
        id=edited.id,
        former_id=edited.former_id,
        first_on=edited.first_on,
        changed=edited.changed,
    )
