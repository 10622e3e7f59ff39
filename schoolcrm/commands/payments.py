"""`schoolcrm payments`: money in, money out, corrections."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands import payments_import
from schoolcrm.commands.asked import client_asked
from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.payments_import import EvenSo
from schoolcrm.commands.people_options import given
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.questions import answer, ask_line, can_ask
from schoolcrm.commands.session import choose, day, done, reading, say, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.money.payments import Payment
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Money in, money out, corrections."))


@app.command(cls=Changing, help=_("Record a payment: income unless --kind says otherwise."))
def add(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help=_("Client (or student): id, name or phone."))],
    amount: Annotated[str, typer.Argument(help=_("Sum: 1500, 1500.50 or '1 500,50'."))] = "",
    amount_option: Annotated[str, typer.Option("--amount", help=_("The sum, in place of the argument."))] = "",
    kind: Annotated[str, typer.Option("--kind", help=_("income, refund, adjustment or goods."))] = "income",
    on: Annotated[str, typer.Option("--on", help=_("Day of the payment; default: today."))] = "",
    account: Annotated[str, typer.Option("--account", help=_("Where the money is: cash, card…"))] = "",
    student: Annotated[str, typer.Option("--student", help=_("The student it is paid for."))] = "",
    subscription: Annotated[str, typer.Option("--subscription", help=_("The subscription it is paid for."))] = "",
    payer: Annotated[str, typer.Option("--payer", help=_("Who paid, if not the client."))] = "",
    note: Annotated[str, typer.Option("--note", help=_("A note."))] = "",
    from_balance: Annotated[bool, typer.Option("--from-balance", help=_("Take goods from the balance."))] = False,
    new: New = False,
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.core.money.payments import Payment, pay
    from schoolcrm.core.people.own_students import find_student_of
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.rules.money import parse_money

    kopecks = parse_money(_the_amount(amount, amount_option))
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        payment = Payment(
            client_id=client_id,
            amount=kopecks,
            on=day(school, on),
            kind=kind,
            account_id=entry_named(school, "accounts", account, new=new),
            student_id=choose(find_student_of, school.db, client_id, student) if student else None,
            subscription_id=_subscription_of(school, client_id, subscription),
            from_balance=from_balance,
            payer=payer,
            note=note,
        )
        message, made = _made(school, payment, pay(school, payment, even_so=even_so))
    done(ctx, message, **made)


def _subscription_of(school: "WritableSchool", client_id: int, ref: str) -> int | None:
    """Return the client's subscription that is named, which may be deleted by now; None for an empty name."""
    from schoolcrm.core.money.references import find_subscription

    if not ref:
        return None
    return choose(find_subscription, school.db, ref, client_id=client_id, include_deleted=True)


def _made(school: "WritableSchool", payment: "Payment", number: int) -> tuple[str, dict[str, object]]:
    """Return the payment in a sentence, and as the object that --format json prints."""
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.rules.money import human_money, machine_money
    from schoolcrm.core.store.cells import client_name

    left = balance(school.db, payment.client_id)
    message = _("Payment {id}: {name}, {amount}; balance now {balance}.").format(
        id=number,
        name=client_name(school.db, payment.client_id),
        amount=human_money(payment.amount),
        balance=human_money(left),
    )
    return message, {
        "id": number,
        "client_id": payment.client_id,
        "amount": machine_money(payment.amount),
        "balance": machine_money(left),
    }


@app.command("list", cls=Showing, help=_("Payments, newest first; voided ones are marked."))
def list_(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(help=_("Only this client's."))] = "",
    kind: Annotated[str, typer.Option("--kind", help=_("Only this kind."))] = "",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.reports.payments import find_payments, payments_table

    with reading(ctx) as school:
        span = period_of(school, first, last, period, default="all")
        client_id, name = client_asked(school, client)
        rows = find_payments(school.db, span, client_id=client_id, kind=kind)
        table = payments_table(rows, span, client=name, kind=kind)
    show(ctx, table)


@app.command(cls=Changing, help=_("Take a payment back; it stays in the list with the reason."))
def void(
    ctx: typer.Context,
    payment: Annotated[int, typer.Argument(help=_("The payment's number."))],
    reason: Annotated[str, typer.Option("--reason", help=_("Why."))] = "",
) -> None:
    from schoolcrm.core.money.ledger import balance
    from schoolcrm.core.money.payments import counted_payment, void_payment
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.core.rules.money import human_money, machine_money
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        counted_payment(school.db, payment)  # refused before anything is asked
        why = _reason(ctx, payment, reason)
        voided = void_payment(school, payment, why)
        name = client_name(school.db, voided.client_id)
        left = balance(school.db, voided.client_id)
    if not why:
        say(ctx, _("warning: no reason is kept with it; --reason gives one."))
    message = _("Payment {id} is void: {name}, {amount} of {day}; balance now {balance}.").format(
        id=payment, name=name, amount=human_money(voided.amount), day=human_date(voided.on), balance=human_money(left)
    )
    made = {"client_id": voided.client_id, "date": voided.on, "amount": machine_money(voided.amount)}
    done(ctx, message, id=payment, **made, reason=why or None, balance=machine_money(left))


def _reason(ctx: typer.Context, payment: int, reason: str) -> str:
    """Return why the payment is void: as told, or as the person at the terminal says; empty: nobody says."""
    if given(ctx, "reason") or not can_ask():
        return reason.strip()
    return answer(("void", payment), lambda: ask_line(_("Why is it void? Enter: no reason.")))


app.command("import", cls=Changing, help=_("Bring payments in from CSV or Excel."))(payments_import.import_)


def _the_amount(argument: str, option: str) -> str:
    if bool(argument) == bool(option):
        raise WrongUsage(
            _("The sum is missing.") if not argument else _("The sum is given twice."),
            _("Give it once: payments add CLIENT 1500, or --amount=1500."),
        )
    return argument or option
