"""`schoolcrm report` about what clients did in a period: attendees, test results, LTV."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.asked import OfGroup, OfSubjects, OfTeacher, OfTypes, record_asked
from schoolcrm.commands.people_options import given
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.report_group import SkipArchived, app
from schoolcrm.commands.session import choose, reading, show
from schoolcrm.core.language import _
from schoolcrm.lazy import Showing

if TYPE_CHECKING:
    from schoolcrm.core.store.database import School


@app.command(cls=Showing, help=_("Who came to lessons, how often, and the absences by reason."))
def attendees(
    ctx: typer.Context,
    who: Annotated[str, typer.Option("--who", metavar="all|clients|leads|active", help=_("Who is shown."))] = "all",
    presence: Annotated[
        str, typer.Option("--presence", metavar="attended|absent|both", help=_("Which marks are counted."))
    ] = "both",
    subject: OfSubjects = [],  # noqa: B006
    lesson_type: OfTypes = [],  # noqa: B006
    reason: Annotated[
        list[str], typer.Option("--reason", help=_("Only absences for this reason; - is without one; repeatable."))
    ] = [],  # noqa: B006
    location: Annotated[list[str], typer.Option("--location", help=_("Only lessons there; repeatable."))] = [],  # noqa: B006
    teacher: Annotated[list[str], typer.Option("--teacher", help=_("Only lessons of this teacher; repeatable."))] = [],  # noqa: B006
    responsible: Annotated[
        str, typer.Option("--responsible", help=_("Only students of this responsible teacher."))
    ] = "",
    skip_archived: SkipArchived = False,
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.reports.attendees import Choice, attendees_table, choice_facts, find_attendees
    from schoolcrm.reports.filters import reason_meant

    with reading(ctx) as school:
        choice = Choice(
            who=who,
            presence=presence,
            subject_ids=_entries(school, "subjects", subject),
            lesson_type_ids=_entries(school, "lesson-types", lesson_type),
            reason_ids=[choose(reason_meant, school.db, each) for each in reason],
            location_ids=_entries(school, "locations", location),
            teacher_ids=_entries(school, "teachers", teacher),
            responsible_id=_entry(school, "teachers", responsible),
            skip_archived=skip_archived,
        )
        found = find_attendees(school.db, period_of(school, first, last, period), choice)
        facts = choice_facts(school.db, choice)
    show(ctx, attendees_table(found, facts))


@app.command(cls=Showing, help=_("Test results, with the average of each client and of all."))
def tests(
    ctx: typer.Context,
    group: OfGroup = "",
    teacher: OfTeacher = "",
    subject: Annotated[str, typer.Option("--subject", help=_("Only this subject."))] = "",
    sort: Annotated[
        str, typer.Option("--sort", metavar="client|date|result", help=_("In which order; -result: best first."))
    ] = "client",
    skip_archived: SkipArchived = False,
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.reports.tests import Choice, choice_facts, find_tests, table_of_tests

    with reading(ctx) as school:
        choice = Choice(
            group_id=record_asked(find_group, school, group, include_archived=True),
            teacher_id=_entry(school, "teachers", teacher),
            subject_id=_entry(school, "subjects", subject),
            sort=sort,
            skip_archived=skip_archived,
        )
        span = period_of(school, first, last, period)
        found = find_tests(school.db, span, choice)
        facts = choice_facts(school.db, choice)
    show(ctx, table_of_tests(found, span, choice, facts))


@app.command(cls=Showing, help=_("What each client brought in over a period, against the average."))
def ltv(
    ctx: typer.Context,
    kinds: Annotated[
        str, typer.Option("--kinds", metavar="income,goods", help=_("Which payments are added up; default: both."))
    ] = "income,goods",
    top: Annotated[
        int, typer.Option("--top", metavar="N", help=_("Only the first N clients; default: all."), show_default=False)
    ] = 0,
    least: Annotated[
        str, typer.Option("--min", metavar="AMOUNT", help=_("Leave out clients with this sum or less."))
    ] = "",
    skip_archived: SkipArchived = False,
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.rules.money import parse_money
    from schoolcrm.reports.ltv import Choice, find_ltv, kinds_named, ltv_table

    most = top if given(ctx, "top") else None
    choice = Choice(kinds_named(kinds), most, parse_money(least) if least else None, skip_archived)
    with reading(ctx) as school:
        span = period_of(school, first, last, period)
        found = find_ltv(school.db, span, choice)
    show(ctx, ltv_table(found, span, choice))


def _entries(school: "School", kind: str, refs: list[str]) -> list[int]:
    """Return the entries of a catalogue that are named; those archived by now were used once."""
    from schoolcrm.core.learning.catalogues import find_entry

    return [choose(find_entry, school.db, kind, ref, include_archived=True) for ref in refs]


def _entry(school: "School", kind: str, ref: str) -> int | None:
    return _entries(school, kind, [ref])[0] if ref else None
