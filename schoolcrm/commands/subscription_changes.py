"""`schoolcrm subscription show|delete|close|extend|move`: one sold subscription, and changes after the sale (R41)."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from schoolcrm.commands.people_options import given
from schoolcrm.commands.session import choose, confirm, day, done, optional_day, reading, show, writing
from schoolcrm.commands.subscription_group import app
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing

if TYPE_CHECKING:
    from schoolcrm.core.money.changes import Subscription, TakenBack

Sold = Annotated[
    str, typer.Argument(metavar="SUBSCRIPTION", help=_("Sold subscription: its id, its student or its plan."))
]


@app.command("show", cls=Showing, help=_("One sold subscription: its terms, what is used, every lesson it paid."))
def show_(ctx: typer.Context, subscription: Sold) -> None:
    from schoolcrm.core.money.references import find_subscription
    from schoolcrm.reports.subscription import find_subscription_card, subscription_table

    with reading(ctx) as school:
        number = choose(find_subscription, school.db, subscription, include_deleted=True)
        card = find_subscription_card(school.db, number, school.today)
    show(ctx, subscription_table(card))


@app.command(cls=Changing, help=_("Take a sale back; lessons keep their charges, payments stay."))
def delete(ctx: typer.Context, subscription: Sold) -> None:
    from schoolcrm.core.money.changes import delete_subscription
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.money.references import find_subscription

    with writing(ctx) as school:
        number = choose(find_subscription, school.db, subscription, include_deleted=True)
        taken = delete_subscription(school, number)
        confirm(ctx, _statement(taken))
        left = balance(school.db, taken.subscription.client_id)
    message = _("Subscription {id} deleted: {plan}, {student}; balance now {balance}.")
    done(
        ctx,
        message.format(**_words(taken.subscription, left)),
        **_made(taken.subscription, left),
        marks=taken.marks,
        kept=_machine(taken.kept),
        returned=_machine(taken.returned),
    )


@app.command(cls=Changing, help=_("End a subscription early."))
def close(
    ctx: typer.Context,
    subscription: Sold,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Its last day; default: today."))] = "",
) -> None:
    from schoolcrm.core.money.changes import close_subscription
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.money.references import find_subscription

    with writing(ctx) as school:
        number = choose(find_subscription, school.db, subscription)
        closed = close_subscription(school, number, day(school, on))
        left = balance(school.db, closed.client_id)
    message = _("Subscription {id} ends on {last}: {plan}, {student}; balance now {balance}.")
    done(ctx, message.format(**_words(closed, left)), **_made(closed, left))


@app.command(cls=Changing, help=_("Give a subscription a later last day."))
def extend(
    ctx: typer.Context,
    subscription: Sold,
    days: Annotated[int, typer.Option("--days", help=_("By so many days."), show_default=False)] = 0,
    to: Annotated[str, typer.Option("--to", metavar="DATE", help=_("The new last day."))] = "",
) -> None:
    from schoolcrm.core.money.changes import extend_subscription
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.money.references import find_subscription

    by_days = given(ctx, "days")
    if by_days == bool(to):
        raise WrongUsage(_("Say by how much: with --days or with --to, not both."), _("For example: --days 7."))
    with writing(ctx) as school:
        number = choose(find_subscription, school.db, subscription)
        extended = extend_subscription(school, number, days=days if by_days else None, to=optional_day(school, to))
        left = balance(school.db, extended.client_id)
    message = _("Subscription {id} is valid to {last}: {plan}, {student}; balance now {balance}.")
    done(ctx, message.format(**_words(extended, left)), **_made(extended, left))


@app.command(cls=Changing, help=_("Give a subscription to another student of the same client."))
def move(
    ctx: typer.Context,
    subscription: Sold,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help=_("Who is to have it: id or name."))],
) -> None:
    from schoolcrm.core.money.changes import move_subscription, sold_subscription
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.money.references import find_subscription
    from schoolcrm.core.people.own_students import find_student_of

    with writing(ctx) as school:
        number = choose(find_subscription, school.db, subscription)
        client_id = sold_subscription(school.db, number).client_id
        moved = move_subscription(school, number, choose(find_student_of, school.db, client_id, student))
        left = balance(school.db, moved.client_id)
    message = _("Subscription {id} is now {student}'s: {plan}; balance now {balance}.")
    done(ctx, message.format(**_words(moved, left)), **_made(moved, left))


def _made(sold: "Subscription", balance: int) -> dict[str, Any]:
    """Return the subscription as the object that --format json prints."""
    return {
        "id": sold.id,
        "client_id": sold.client_id,
        "student_id": sold.student_id,
        "first": sold.first_on,
        "last": sold.last_on,
        "balance": _machine(balance),
    }


def _words(sold: "Subscription", balance: int) -> dict[str, Any]:
    """Return what the sentences about a subscription name."""
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.core.rules.money import human_money

    return {
        "id": sold.id,
        "plan": sold.plan,
        "student": sold.student,
        "last": human_date(sold.last_on) if sold.last_on else "",
        "balance": human_money(balance),
    }


def _statement(taken: "TakenBack") -> str:
    """Return what deleting does, before it is asked for."""
    from schoolcrm.core.rules.money import human_money

    sold = taken.subscription
    return ngettext(
        "The subscription {id} ({plan}, {student}) would be deleted: {count} lesson keeps its charge of {kept} in all,"
        " {returned} charged by the sale goes back to the account.",
        "The subscription {id} ({plan}, {student}) would be deleted: {count} lessons keep their charges of {kept} in"
        " all, {returned} charged by the sale goes back to the account.",
        taken.marks,
    ).format(
        id=sold.id,
        plan=sold.plan,
        student=sold.student,
        count=taken.marks,
        kept=human_money(taken.kept),
        returned=human_money(taken.returned),
    )


def _machine(kopecks: int) -> str:
    from schoolcrm.core.rules.money import machine_money

    return machine_money(kopecks)
