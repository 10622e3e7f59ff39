"""`schoolcrm subscription`: plans, and subscriptions sold to students."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands import subscription_changes, subscription_freezes
from schoolcrm.commands.asked import OfSubjects, OfTypes, client_asked
from schoolcrm.commands.form_printing import print_subscription
from schoolcrm.commands.new_entries import New, entries_named, entry_named
from schoolcrm.commands.plans import plans
from schoolcrm.commands.session import choose, day, done, optional_day, reading, say, show, writing
from schoolcrm.commands.subscription_group import app
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, SchoolHelp, Showing

if TYPE_CHECKING:
    from schoolcrm.core.money.sales import Sale, Sold
    from schoolcrm.core.store.transaction import WritableSchool

__all__ = ["app", "subscription_changes", "subscription_freezes"]

app.add_typer(plans, name="plans")

Reprice = Annotated[bool, typer.Option("--reprice", help=_("Pay lessons since then that had no subscription."))]


@app.command(cls=Changing, help=_("Sell a plan to a student, paid or on credit."))
def sell(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(help=_("Student: id or name."))],
    plan: Annotated[str, typer.Argument(help=_("Plan: id or name."))],
    first: Annotated[str, typer.Option("--from", help=_("First day of validity; default: the day of sale."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day of validity; default: by the plan's length."))] = "",
    on: Annotated[str, typer.Option("--on", help=_("Day of the sale; default: today."))] = "",
    trial: Annotated[bool, typer.Option("--trial", help=_("A trial: it is no purchase."))] = False,
    separate: Annotated[bool, typer.Option("--separate", help=_("With a balance of its own."))] = False,
    price: Annotated[str, typer.Option("--price", help=_("Instead of the plan's price."))] = "",
    billing: Annotated[str, typer.Option("--billing", help=_("Instead of the plan's: by-lesson or upfront."))] = "",
    subject: OfSubjects = [],  # noqa: B006
    lesson_type: OfTypes = [],  # noqa: B006
    reprice: Reprice = False,
    pay: Annotated[str, typer.Option("--pay", help=_("Record this payment with the sale."))] = "",
    account: Annotated[str, typer.Option("--account", help=_("Where the paid money is: cash, card…"))] = "",
    new: New = False,
    even_so: Annotated[bool, typer.Option("--even-so", help=_("Also a sale or payment after today."))] = False,
) -> None:
    from schoolcrm.core.money import references, sales
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.money import parse_money

    _require_sum(account, pay)
    with writing(ctx) as school:
        sold_on = day(school, on)
        sale = sales.Sale(
            student_id=choose(find_student, school.db, student),
            plan_id=choose(references.find_plan, school.db, plan),
            sold_on=sold_on,
            first_on=day(school, first, sold_on),
            last_on=optional_day(school, last),
            trial=trial,
            separate=separate,
            price=parse_money(price) if price else None,
            billing=billing,
            subject_ids=entries_named(school, "subjects", subject, new=new),
            lesson_type_ids=entries_named(school, "lesson-types", lesson_type, new=new),
        )
        if not even_so:
            sales.require_sold_by(sale, school.today)
        sold = sales.sell(school, sale, reprice=reprice)
        payment_id = _pay(school, sale, sold, pay, account, new=new, even_so=even_so) if pay else None
        message, made = _made(school, sale, sold, payment_id)
    _tell(ctx, sold, message, made)


def _tell(ctx: typer.Context, sold: "Sold", message: str, made: dict[str, object]) -> None:
    """Say what was sold; before it, that a price charged once pays for lessons without end (R31)."""
    if sold.flat and sold.last_on is None:
        warning = _(
            "warning: the price of the subscription is charged once and pays for all lessons from then on:"
            " it has no last day. 'schoolcrm subscription close {id} --on DATE' gives it one."
        )
        say(ctx, warning.format(id=sold.id))
    done(ctx, message, **made)


def _require_sum(account: str, pay: str) -> None:
    """Raise WrongUsage for an account that no money is paid to."""
    if account and not pay:
        raise WrongUsage(_("--account says where paid money is, but nothing is paid."), _("Give the sum with --pay."))


@app.command("list", cls=Showing, help=_("Sold subscriptions, newest first."))
def list_(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help=_("Only this client's (or student's)."))] = "",
    state: Annotated[
        str,
        typer.Option(
            "--state",
            metavar="STATE",
            help=_("Only those running, coming, used, ended or deleted; all: deleted ones too."),
        ),
    ] = "",
) -> None:
    from schoolcrm.reports.subscriptions import find_sold, sold_table

    with reading(ctx) as school:
        client_id, name = client_asked(school, client)
        rows = find_sold(school.db, school.today.isoformat(), client_id=client_id, state=state)
    show(ctx, sold_table(rows, state=state, client=name))


app.command("print", cls=SchoolHelp, help=_("Print a subscription on the school's own forms."))(print_subscription)


def _made(
    school: "WritableSchool", sale: "Sale", sold: "Sold", payment_id: int | None
) -> tuple[str, dict[str, object]]:
    """Return the sale in a sentence, and as the object that --format json prints."""
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money, machine_money
    from schoolcrm.core.store.cells import student_name

    name = student_name(school.db, sale.student_id)
    left = balance(school.db, sold.client_id)
    message = _("Subscription {id} sold to {name}; balance now {balance}.").format(
        id=sold.id, name=name, balance=human_money(left)
    )
    return message, {
        "id": sold.id,
        "client_id": sold.client_id,
        "student_id": sale.student_id,
        "payment_id": payment_id,
        "last": sold.last_on,
        "repriced": sold.repriced,
        "balance": machine_money(left),
    }


def _pay(
    school: "WritableSchool", sale: "Sale", sold: "Sold", amount: str, account: str, *, new: bool, even_so: bool
) -> int:
    from schoolcrm.core.money.payments import Payment, pay
    from schoolcrm.core.rules.money import parse_money

    payment = Payment(
        client_id=sold.client_id,
        account_id=entry_named(school, "accounts", account, new=new),
        amount=parse_money(amount),
        on=sale.sold_on,
        subscription_id=sold.id,
    )
    return pay(school, payment, even_so=even_so)
