"""Payments: money in, money out, corrections, goods (R37). Never edited in place: voided, with a reason."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.rules.dates import human_date, human_day
from schoolcrm.core.rules.money import human_money
from schoolcrm.core.store.transaction import WritableSchool

KINDS = ("income", "refund", "adjustment", "goods")


@dataclass(frozen=True, slots=True)
class Payment:
    """What is to be recorded: `amount` in kopecks, above 0, signed for an adjustment; see `pay`."""

    client_id: int
    amount: int
    on: date
    kind: str = "income"
    account_id: int | None = None
    student_id: int | None = None
    subscription_id: int | None = None
    from_balance: bool = False
    payer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Voided:
    """A payment taken back: whose, how much (in kopecks), of which day."""

    client_id: int
    amount: int
    on: date


def pay(school: WritableSchool, payment: Payment, *, even_so: bool = False) -> int:
    """Record a payment and return its id (R37).

    Money for a subscription is money for its student, and goes to its separate balance if it has one (R36).
    Raises BadValue for an amount of the wrong sign, Refused for a student or subscription of another client and,
    unless `even_so`, for a day after today and for a refund larger than the balance.
    """
    _check_amount(payment)
    if not even_so:
        _check_day(payment, school.today)
        _check_refund(school, payment)
    student_id, separate_id = _beneficiary(school, payment)
    return school.insert(
        "payment",
        client_id=payment.client_id,
        student_id=student_id,
        subscription_id=payment.subscription_id,
        separate_id=separate_id,
        kind=payment.kind,
        on_date=payment.on,
        amount=payment.amount,
        effect=effect_of(payment.kind, payment.amount, from_balance=payment.from_balance),
        account_id=payment.account_id,
        payer=payment.payer or None,
        note=payment.note or None,
    )


def void_payment(school: WritableSchool, payment_id: int, reason: str) -> Voided:
    """Take a payment out of every balance and report, keeping it with its reason (R37); return which it was.

    Raises NotFound for an unknown number, Refused for one that is void already.
    """
    voided = counted_payment(school.db, payment_id)
    school.db.execute(
        "UPDATE payment SET voided_on = ?, void_reason = ? WHERE id = ?",
        (school.today.isoformat(), reason, payment_id),
    )
    return voided


def counted_payment(db: sqlite3.Connection, payment_id: int) -> Voided:
    """Return a payment that can be voided; NotFound for an unknown number, Refused for one that is void already."""
    row = db.execute("SELECT voided_on, client_id, amount, on_date FROM payment WHERE id = ?", (payment_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no payment {id}.").format(id=payment_id),
            _("'schoolcrm payments list' shows the numbers."),
        )
    if row[0] is not None:
        raise Refused(
            _("The payment {id} is void already.").format(id=payment_id),
            _("It was taken back on {day}; if the money came after all, record it as a new payment.").format(
                day=human_day(row[0])
            ),
        )
    return Voided(row[1], row[2], date.fromisoformat(row[3]))


def check_kind(kind: str) -> None:
    """Raise BadValue, listing the kinds, when there is no such kind of payment."""
    if kind not in KINDS:
        raise BadValue(
            _('There is no kind of payment "{kind}".').format(kind=kind),
            _("The kinds are: {kinds}.").format(kinds=", ".join(KINDS)),
        )


def effect_of(kind: str, amount: int, *, from_balance: bool = False) -> int:
    """Return what a payment of that kind moves on the balance, in kopecks (R37)."""
    if kind == "goods":
        return -amount if from_balance else 0
    return -amount if kind == "refund" else amount


def check_amount(kind: str, amount: int) -> None:
    """Raise BadValue for an unknown kind, and for an amount of the wrong sign (R37)."""
    check_kind(kind)
    if kind == "adjustment" and amount == 0:
        raise BadValue(
            _("An adjustment of 0 changes nothing."), _("Give the sum to add or, with a minus, to take away.")
        )
    if kind != "adjustment" and amount <= 0:
        raise BadValue(
            _("The amount {amount} is not above 0.").format(amount=human_money(amount)),
            _("Money back is --kind refund, a correction of the balance --kind adjustment."),
        )


def _check_amount(payment: Payment) -> None:
    check_amount(payment.kind, payment.amount)
    if payment.from_balance and payment.kind != "goods":
        raise BadValue(
            _('Only goods are taken from the balance; "{kind}" is money.').format(kind=payment.kind),
            _("Leave --from-balance out, or use --kind goods."),
        )


def _check_day(payment: Payment, today: date) -> None:
    if payment.on > today:
        raise Refused(
            _("{day} is after today.").format(day=human_date(payment.on)),
            _("Repeat with --even-so to record it all the same."),
        )


def _check_refund(school: WritableSchool, payment: Payment) -> None:
    if payment.kind != "refund":
        return
    held = balance(school.db, payment.client_id)
    if payment.amount > held:
        raise Refused(
            _("The refund of {amount} is larger than the balance of {balance}.").format(
                amount=human_money(payment.amount), balance=human_money(held)
            ),
            _("Repeat with --even-so to pay it out all the same."),
        )


def _beneficiary(school: WritableSchool, payment: Payment) -> tuple[int | None, int | None]:
    """Return the student the money is for and the subscription whose separate balance it goes to."""
    student_id, separate_id = payment.student_id, None
    if payment.subscription_id is not None:
        sold_to, separate = _subscription(school, payment)
        separate_id = payment.subscription_id if separate else None
        if student_id not in (None, sold_to):
            raise Refused(
                _("The subscription {id} was sold to another student.").format(id=payment.subscription_id),
                _("Leave --student out: the subscription says whose it is."),
            )
        student_id = sold_to
    owner = school.db.execute("SELECT client_id FROM student WHERE id = ?", (student_id,)).fetchone()
    if student_id is not None and owner != (payment.client_id,):
        raise Refused(
            _("The student {id} belongs to another client.").format(id=student_id),
            _("'schoolcrm clients show' names the client's own students."),
        )
    return student_id, separate_id


def _subscription(school: WritableSchool, payment: Payment) -> tuple[int, bool]:
    """Return the student of the payment's subscription, and whether it has a separate balance."""
    row = school.db.execute(
        "SELECT student.id, subscription.separate FROM subscription"
        " JOIN student ON student.id = subscription.student_id WHERE subscription.id = ? AND student.client_id = ?",
        (payment.subscription_id, payment.client_id),
    ).fetchone()
    if row is None:
        raise Refused(
            _("The subscription {id} belongs to another client.").format(id=payment.subscription_id),
            _("'schoolcrm clients show' names the client's own subscriptions."),
        )
    return row[0], bool(row[1])
