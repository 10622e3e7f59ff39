"""`schoolcrm subscription`: plans, and subscriptions sold to students."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.session import choose, day, done, optional_day, reading, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.money.sales import Sale, Sold
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Plans, and subscriptions sold to students."))
plans = group(_("Plans: what the school sells."))
app.add_typer(plans, name="plans")

Subjects = Annotated[list[str], typer.Option("--subject", help=_("Only these subjects; repeatable."))]
Types = Annotated[list[str], typer.Option("--type", help=_("Only these lesson types; repeatable."))]


@plans.command("add", cls=Changing, help=_("Add a plan to the catalogue."))
def add_plan(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=_("What the plan is called."))],
    kind: Annotated[str, typer.Option("--kind", help=_("lesson, package or month."))],
    price: Annotated[str, typer.Option("--price", help=_("Of a lesson, of the package, or of a calendar month."))],
    lessons: Annotated[int, typer.Option("--lessons", help=_("Lessons of a package."), show_default=False)] = 0,
    subject: Subjects = [],  # noqa: B006
    lesson_type: Types = [],  # noqa: B006
    length: Annotated[str, typer.Option("--length", help=_("How long it is valid: 30d or 1m."))] = "",
    billing: Annotated[str, typer.Option("--billing", help=_("by-lesson or upfront."))] = "by-lesson",
    separate: Annotated[bool, typer.Option("--separate", help=_("With a balance of its own."))] = False,
    burn: Annotated[bool, typer.Option("--burn", help=_("Lessons unused at the end are lost."))] = False,
    stop_at_end: Annotated[
        bool,
        typer.Option("--stop-at-end", help=_("When it is used up, lessons are without subscription, not in debt.")),
    ] = False,
    new: New = False,
) -> None:
    from schoolcrm.core.money.plans import Offer, parse_length
    from schoolcrm.core.money.plans import add_plan as add
    from schoolcrm.core.rules.money import parse_money

    days, months = parse_length(length)
    with writing(ctx) as school:
        offer = Offer(
            name=name,
            kind=kind,
            price=parse_money(price),
            lessons=lessons or None,
            length_days=days,
            length_months=months,
            billing=billing,
            separate=separate,
            burn=burn,
            stop_at_end=stop_at_end,
            subject_ids=_entries(school, "subjects", subject, new=new),
            lesson_type_ids=_entries(school, "lesson-types", lesson_type, new=new),
        )
        number = add(school, offer)
    done(ctx, _("Plan {id} added: {name}.").format(id=number, name=name), id=number, name=name)


@plans.command("list", cls=Showing, help=_("The plans on sale."))
def list_plans(
    ctx: typer.Context,
    archived: Annotated[bool, typer.Option("--all", help=_("Archived ones too."))] = False,
) -> None:
    from schoolcrm.reports.subscriptions import find_plans, plans_table

    with reading(ctx) as school:
        rows = find_plans(school.db, archived=archived)
    show(ctx, plans_table(rows))


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
    subject: Subjects = [],  # noqa: B006
    lesson_type: Types = [],  # noqa: B006
    reprice: Annotated[
        bool, typer.Option("--reprice", help=_("Pay lessons since then that had no subscription."))
    ] = False,
    pay: Annotated[str, typer.Option("--pay", help=_("Record this payment with the sale."))] = "",
    account: Annotated[str, typer.Option("--account", help=_("Where the paid money is: cash, card…"))] = "",
    new: New = False,
    even_so: Annotated[bool, typer.Option("--even-so", help=_("Also a sale or payment after today."))] = False,
) -> None:
    from schoolcrm.core.money.references import find_plan
    from schoolcrm.core.money.sales import Sale, require_sold_by
    from schoolcrm.core.money.sales import sell as sell_plan
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.money import parse_money

    if account and not pay:
        raise WrongUsage(_("--account says where paid money is, but nothing is paid."), _("Give the sum with --pay."))
    with writing(ctx) as school:
        sold_on = day(school, on)
        sale = Sale(
            student_id=choose(find_student, school.db, student),
            plan_id=choose(find_plan, school.db, plan),
            sold_on=sold_on,
            first_on=day(school, first, sold_on),
            last_on=optional_day(school, last),
            trial=trial,
            separate=separate,
            price=parse_money(price) if price else None,
            billing=billing,
            subject_ids=_entries(school, "subjects", subject, new=new),
            lesson_type_ids=_entries(school, "lesson-types", lesson_type, new=new),
        )
        if not even_so:
            require_sold_by(sale, school.today)
        sold = sell_plan(school, sale, reprice=reprice)
        account_id = entry_named(school, "accounts", account, new=new)
        payment_id = _pay(school, sale, sold, pay, account_id, even_so=even_so) if pay else None
        message, made = _made(school, sale, sold, payment_id)
    done(ctx, message, **made)


@app.command("list", cls=Showing, help=_("Sold subscriptions, newest first."))
def list_(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help=_("Only this client's (or student's)."))] = "",
) -> None:
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.subscriptions import find_sold, sold_table

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client) if client else None
        rows = find_sold(school.db, school.today.isoformat(), client_id=client_id)
    show(ctx, sold_table(rows))


def _made(
    school: "WritableSchool", sale: "Sale", sold: "Sold", payment_id: int | None
) -> tuple[str, dict[str, object]]:
    """Return the sale in a sentence, and as the object that --format json prints."""
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money, machine_money

    (name,) = school.db.execute("SELECT name FROM student WHERE id = ?", (sale.student_id,)).fetchone()
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


def _entries(school: "WritableSchool", kind: str, names: list[str], *, new: bool) -> list[int]:
    numbers = (entry_named(school, kind, name, new=new) for name in names)
    return list(dict.fromkeys(number for number in numbers if number is not None))


def _pay(
    school: "WritableSchool", sale: "Sale", sold: "Sold", amount: str, account_id: int | None, *, even_so: bool
) -> int:
    from schoolcrm.core.money.payments import Payment, pay
    from schoolcrm.core.rules.money import parse_money

    payment = Payment(
        client_id=sold.client_id,
        amount=parse_money(amount),
        on=sale.sold_on,
        account_id=account_id,
        subscription_id=sold.id,
    )
    return pay(school, payment, even_so=even_so)
