"""`schoolcrm report`: each report is one module of schoolcrm/reports; here those about a client's money and visits."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.asked import OfSubjects, OfTypes
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.report_group import app
from schoolcrm.commands.session import choose, optional_day, reading, show
from schoolcrm.core.language import _
from schoolcrm.lazy import Showing

if TYPE_CHECKING:
    from schoolcrm.core.store.database import School

__all__ = ["app"]

Client = Annotated[str, typer.Argument(help=_("Client (or student): id, name or phone."))]
Student = Annotated[str, typer.Option("--student", help=_("Only this student of the client."))]


@app.command(cls=Showing, help=_("Every payment and charge of a client, with the balance after each."))
def reconciliation(
    ctx: typer.Context,
    client: Client,
    student: Student = "",
    account: Annotated[
        str, typer.Option("--account", metavar="general|SUBSCRIPTION", help=_("Only this account of the client."))
    ] = "",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.reconciliation import reconcile, reconciliation_table

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        found = reconcile(
            school.db,
            client_id,
            period_of(school, first, last, period),
            student_id=_student_of(school, client_id, student),
            account=_account(school, client_id, account),
        )
    show(ctx, reconciliation_table(found))


@app.command(cls=Showing, help=_("What a client's coming lessons will cost, and what is to pay."))
def forecast(
    ctx: typer.Context,
    client: Client,
    student: Student = "",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.forecast import forecast as find_forecast
    from schoolcrm.reports.forecast import forecast_period, forecast_table, period_from_today

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client)
        if first or last or period:
            span = period_from_today(period_of(school, first, last, period), school.today, named=bool(period))
        else:
            span = forecast_period(school.today)
        found = find_forecast(
            school.db, client_id, span, school.today, student_id=_student_of(school, client_id, student)
        )
    show(ctx, forecast_table(found))


@app.command(cls=Showing, help=_("A client's visits: planned, attended, missed, cancelled."))
def journal(
    ctx: typer.Context,
    client: Client,
    student: Student = "",
    grouping: Annotated[
        str, typer.Option("--group-by", metavar="lesson-type|subject|none", help=_("How the visits are grouped."))
    ] = "lesson-type",
    subject: OfSubjects = [],  # noqa: B006
    lesson_type: OfTypes = [],  # noqa: B006
    shown: Annotated[
        str, typer.Option("--show", metavar="topic,reason,note", help=_("Optional columns to show."))
    ] = "topic,reason",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.journal import journal_table, read_journal

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        found = read_journal(
            school.db,
            client_id,
            period_of(school, first, last, period),
            school.today,
            student_id=_student_of(school, client_id, student),
            grouping=grouping,
            subject_ids=[find_entry(school.db, "subjects", name) for name in subject],
            lesson_type_ids=[find_entry(school.db, "lesson-types", name) for name in lesson_type],
        )
    show(ctx, journal_table(found, [name.strip() for name in shown.split(",") if name.strip()]))


@app.command(cls=Showing, help=_("Who owes the school money, largest debt first."))
def debtors(
    ctx: typer.Context,
    as_of: Annotated[
        str, typer.Option("--as-of", "--on", metavar="DATE", help=_("As it stood on that day; default: all entries."))
    ] = "",
    at_least: Annotated[str, typer.Option("--at-least", metavar="AMOUNT", help=_("Leave smaller debts out."))] = "",
    archived: Annotated[bool, typer.Option("--archived", help=_("With archived clients."))] = False,
) -> None:
    from schoolcrm.core.rules.money import parse_money
    from schoolcrm.reports.debtors import debtors_table, find_debtors

    least = parse_money(at_least) if at_least else 0
    with reading(ctx) as school:
        day = optional_day(school, as_of)
        found = find_debtors(school.db, school.today, as_of=day, at_least=least, archived=archived)
        table = debtors_table(found, school.today, as_of=day, at_least=least, archived=archived)
    show(ctx, table)


def _student_of(school: "School", client_id: int, ref: str) -> int | None:
    from schoolcrm.core.people.own_students import find_student_of

    return choose(find_student_of, school.db, client_id, ref) if ref else None


def _account(school: "School", client_id: int, ref: str) -> int | None:
    """Return the account meant: 0 for the general one, else the subscription with a separate balance."""
    from schoolcrm.core.errors import Refused
    from schoolcrm.core.money.references import find_subscription
    from schoolcrm.core.rules.names import fold

    if not ref:
        return None
    if fold(ref) in {"general", "общий", "0"}:
        return 0
    subscription_id = choose(find_subscription, school.db, ref, client_id=client_id, include_deleted=True)
    separate = school.db.execute(
        "SELECT 1 FROM subscription JOIN student ON student.id = subscription.student_id"
        " WHERE subscription.id = ? AND subscription.separate = 1 AND student.client_id = ?",
        (subscription_id, client_id),
    ).fetchone()
    if separate is None:
        raise Refused(
            _("The subscription {id} has no balance of its own with this client.").format(id=subscription_id),
            _("Leave --account out, or use --account general."),
        )
    return subscription_id
