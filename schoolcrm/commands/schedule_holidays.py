"""`schoolcrm schedule holiday`: days without lessons for the whole school."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.repriced import say_balances, telling_balances
from schoolcrm.commands.schedule_group import app
from schoolcrm.commands.session import choose, confirm, day, done, optional_day, reading, say, show, writing
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.learning.holidays import Holiday

holiday = group(_("School holidays: days without regular lessons."))
app.add_typer(holiday, name="holiday")


@holiday.command(cls=Changing, help=_("Add a holiday; lessons held on its days stay."))
def add(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(metavar="DATE", help=_("The day, or the first of several."))],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day; default: one day only."))] = "",
    name: Annotated[str, typer.Option("--name", help=_("What it is called."))] = "",
) -> None:
    from schoolcrm.core.learning.holidays import add_holiday, find_holidays, stored_on
    from schoolcrm.reports.holidays import staying_sentence

    with writing(ctx) as school:
        with telling_balances(school) as repriced:
            added = add_holiday(school, day(school, first), optional_day(school, last), name)
        warning = staying_sentence(school.db, stored_on(school.db, added))
        others = [one for one in find_holidays(school.db, added.first_on, added.last_on) if one.id != added.id]
    if others:
        say(ctx, _("Other holidays have some of its days too: {holidays}.").format(holidays=_labels(others)))
    if warning:
        say(ctx, _("warning: {sentence}").format(sentence=warning))
    say_balances(ctx, repriced)
    done(ctx, _("Holiday {id} added: {holiday}.").format(id=added.id, holiday=added.label), **_made(added))


@holiday.command("list", cls=Showing, help=_("Holidays by their days; of all time unless a period is given."))
def list_(ctx: typer.Context, first: From = "", last: To = "", period: PeriodName = "") -> None:
    from schoolcrm.core.learning.holidays import find_holidays
    from schoolcrm.reports.holidays import holidays_table

    with reading(ctx) as school:
        span = period_of(school, first, last, period, default="all")
        found = find_holidays(school.db, span.first, span.last)
    show(ctx, holidays_table(found, span))


@holiday.command(cls=Changing, help=_("Remove a holiday: its lessons are planned again."))
def remove(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(metavar="HOLIDAY", help=_("Its number, one of its days, or its name."))],
) -> None:
    from schoolcrm.core.learning.holidays import find_holiday, remove_holiday

    with writing(ctx) as school:
        with telling_balances(school) as repriced:
            removed = remove_holiday(school, choose(find_holiday, school.db, school.today, which))
        confirm(ctx, _("Holiday {id} would be removed: {holiday}.").format(id=removed.id, holiday=removed.label))
    say_balances(ctx, repriced)
    done(ctx, _("Holiday {id} removed: {holiday}.").format(id=removed.id, holiday=removed.label), **_made(removed))


def _labels(holidays: list["Holiday"]) -> str:
    return "; ".join(one.label for one in holidays)


def _made(one: "Holiday") -> dict[str, object]:
    return {"id": one.id, "from": one.first_on, "to": one.last_on, "name": one.name}
