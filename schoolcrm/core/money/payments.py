"""Payments: money in, money out, corrections, goods (R37). Never edited in place: voided, with a reason."""

from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import balance
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


def pay(school: WritableSchool, payment: Payment, *, even_so: bool = False) -> int:
    """Record a payment and return its id (R37).

    Money for a subscription with a separate balance goes to that balance (R36). Raises BadValue for an amount of
    the wrong sign; Refused, unless `even_so`, for a day after today and for a refund larger than the balance.
    """
    _check_amount(payment)
    if not even_so:
        _check_day(payment, school.today)
        _check_refund(school, payment)
    _check_owner(school, payment)
    from schoolcrm.core.store.models import Payment as Record

    record = school.add(
        Record,
        client_id=payment.client_id,
        student_id=payment.student_id,
        subscription_id=payment.subscription_id,
        separate_id=_separate(school, payment.subscription_id),
        kind=payment.kind,
        on_date=payment.on,
        amount=payment.amount,
        effect=_effect(payment),
        account_id=payment.account_id,
        payer=payment.payer or None,
        note=payment.note or None,
    )
    assert record.id is not None
    return record.id


def void_payment(school: WritableSchool, payment_id: int, reason: str) -> None:
    """Take a payment out of every balance and report, keeping it with its reason (R37).

    Raises NotFound for an unknown number, Refused for one that is void already.
    """
    row = school.db.execute("SELECT voided_on FROM payment WHERE id = ?", (payment_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no payment {id}.").format(id=payment_id),
            _("'schoolcrm payments list' shows the numbers."),
        )
    if row[0] is not None:
        raise Refused(_("The payment {id} is void already.").format(id=payment_id))
    school.db.execute(
        "UPDATE payment SET voided_on = ?, void_reason = ? WHERE id = ?",
        (school.today.isoformat(), reason, payment_id),
    )


def check_kind(kind: str) -> None:
    """Raise BadValue, listing the kinds, when there is no such kind of payment."""
    if kind not in KINDS:
        raise BadValue(
            _("There is no kind of payment {kind!r}.").format(kind=kind),
            _("The kinds are: {kinds}.").format(kinds=", ".join(KINDS)),
        )


def _effect(payment: Payment) -> int:
    if payment.kind == "goods":
        return -payment.amount if payment.from_balance else 0
    return -payment.amount if payment.kind == "refund" else payment.amount


def _check_amount(payment: Payment) -> None:
    check_kind(payment.kind)
    if payment.kind == "adjustment" and payment.amount == 0:
        raise BadValue(
            _("An adjustment of 0 changes nothing."), _("Give the sum to add or, with a minus, to take away.")
        )
    if payment.kind != "adjustment" and payment.amount <= 0:
        raise BadValue(
            _("The amount {amount} is not above 0.").format(amount=human_money(payment.amount)),
            _("Money back is --kind refund, a correction of the balance --kind adjustment."),
        )


def _check_day(payment: Payment, today: date) -> None:
    if payment.on > today:
        raise Refused(
            _("{day} is after today.").format(day=payment.on.isoformat()),
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


def _check_owner(school: WritableSchool, payment: Payment) -> None:
    owner = "SELECT client_id FROM student WHERE id = ?"
    sold_to = (
        "SELECT client_id FROM student JOIN subscription ON subscription.student_id = student.id"
        " WHERE subscription.id = ?"
    )
    for number, query, sentence in (
        (payment.student_id, owner, _("The student {id} belongs to another client.")),
        (payment.subscription_id, sold_to, _("The subscription {id} belongs to another client.")),
    ):
        if number is not None and school.db.execute(query, (number,)).fetchone()[0] != payment.client_id:
            raise Refused(sentence.format(id=number))


def _separate(school: WritableSchool, subscription_id: int | None) -> int | None:
    row = school.db.execute("SELECT id FROM subscription WHERE id = ? AND separate = 1", (subscription_id,)).fetchone()
    return row[0] if row else None
