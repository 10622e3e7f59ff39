"""`schoolcrm schedule`: the regular schedule of groups and students."""

from typing import Annotated

import typer

from schoolcrm.commands import schedule_edit, schedule_export, schedule_holidays, schedule_lines
from schoolcrm.commands.asked import OfClient, OfGroup, OfRoom, OfStudent, OfTeacher, owner_asked, scope_asked
from schoolcrm.commands.clash_warnings import clashes_of_line, warn
from schoolcrm.commands.new_entries import New
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.repriced import say_balances, telling_balances
from schoolcrm.commands.schedule_group import Hide, app, entries
from schoolcrm.commands.session import day, done, optional_day, reading, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing

__all__ = ["app", "schedule_edit", "schedule_export", "schedule_holidays", "schedule_lines"]


@app.command(cls=Changing, help=_("Add regular lessons of a group or of a student."))
def add(
    ctx: typer.Context,
    days: Annotated[str, typer.Option("--days", help=_("Days of the week: mon,thu or пн,чт."))],
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help=_("When the lesson begins."))],
    group: Annotated[str, typer.Argument(metavar="GROUP", help=_("The group; or name a student with --student."))] = "",
    student: Annotated[str, typer.Option("--student", help=_("The student who learns alone at that time."))] = "",
    minutes: Annotated[int, typer.Option("--minutes", help=_("How long a lesson takes."))] = 60,
    subject: Annotated[str, typer.Option("--subject", help=_("Subject; default: the group's."))] = "",
    teacher: Annotated[str, typer.Option("--teacher", help=_("Teacher; default: the group's."))] = "",
    room: Annotated[str, typer.Option("--room", help=_("Room; default: the group's."))] = "",
    lesson_type: Annotated[
        str, typer.Option("--type", help=_("Lesson type; default: of a group, or individual."))
    ] = "",
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=_("First day; default: today."))] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day; default: without end."))] = "",
    every: Annotated[int, typer.Option("--every", metavar="N", help=_("Every N weeks."))] = 1,
    new: New = False,
) -> None:
    from schoolcrm.core.learning.schedule import Line, add_slot, find_slot
    from schoolcrm.core.rules.dates import human_date, parse_time
    from schoolcrm.core.rules.weekdays import parse_weekdays
    from schoolcrm.reports.groups import slot_text

    _require_owner(group, student)
    with writing(ctx) as school:
        line = Line(
            weekdays=parse_weekdays(days),
            time=parse_time(at),
            first_on=day(school, first),
            last_on=optional_day(school, last),
            minutes=minutes,
            every_weeks=every,
            **owner_asked(school, group, student),
            **entries(school, subject, teacher, room, lesson_type, new=new),
        )
        with telling_balances(school) as repriced:
            number = add_slot(school, line)
        text = slot_text(find_slot(school.db, number))
        warnings = clashes_of_line(school, number, line.first_on)
    warn(ctx, warnings)
    say_balances(ctx, repriced)
    message = _("Line {id} of the schedule added: {lessons}, from {first}.")
    done(ctx, message.format(id=number, lessons=text, first=human_date(line.first_on)), id=number)


def _require_owner(group: str, student: str) -> None:
    """Raise WrongUsage unless it is said whose the lessons are: a group's or a student's, not both."""
    if bool(group) == bool(student):
        raise WrongUsage(
            _("Name a group or a student, one of the two."),
            _("schedule add GROUP --days mon,thu --at 18:00, or schedule add --student STUDENT …"),
        )


@app.command("list", cls=Showing, help=_("The lessons of a period, or with --lines the regular schedule."))
def list_(
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
    lines: Annotated[
        bool, typer.Option("--lines", help=_("The lines lessons are computed from, with their numbers."))
    ] = False,
) -> None:
    from schoolcrm.reports import schedule
    from schoolcrm.reports.schedule_report import hidden_columns, schedule_report

    hidden = hidden_columns(hide)
    with reading(ctx) as school:
        scope = scope_asked(school, client, student, group, teacher, room)
        span = period_of(school, first, last, period, default="today.." if lines else "this-month")
        if lines:
            facts = schedule.schedule_parameters(school.db, span, scope)
            table = schedule.lines_table(schedule.find_lines(school.db, span, scope), facts, hidden)
        else:
            table = schedule_report(school.db, span, school.today, scope, hidden)
    show(ctx, table)
