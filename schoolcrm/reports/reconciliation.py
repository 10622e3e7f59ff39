"""Reconciliation («Сверка»): every payment and charge of a client in a period, with the balance after each."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.money.entries import Entry, entries_of
from schoolcrm.core.money.ledger import balance_before
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.store.cells import client_name
from schoolcrm.reports.names import account_name, student_names
from schoolcrm.reports.table import Column, Fact, Kind, Table

KIND_WORDS = {
    "income": N_("Payment"),
    "refund": N_("Refund"),
    "adjustment": N_("Adjustment"),
    "goods": N_("Goods"),
    "upfront": N_("Subscription"),
    "lesson": N_("Lesson"),
}


class Reconciliation(NamedTuple):
    """The report's data, in kopecks: closing = opening + income − expense."""

    client: str
    period: Period
    student: str | None
    account: str | None
    opening: int
    entries: list[Entry]
    students: dict[int | None, str]

    @property
    def income(self) -> int:
        """Everything that raised the balance in the period."""
        return sum(entry.amount for entry in self.entries if entry.amount > 0)

    @property
    def expense(self) -> int:
        """Everything that lowered it, as a sum above 0."""
        return -sum(entry.amount for entry in self.entries if entry.amount < 0)

    @property
    def closing(self) -> int:
        """The balance at the end of the period."""
        return self.opening + self.income - self.expense


def reconcile(
    db: sqlite3.Connection,
    client_id: int,
    period: Period,
    *,
    student_id: int | None = None,
    account: int | None = None,
) -> Reconciliation:
    """Return the client's reconciliation: all accounts together, or one (0: the general account)."""
    students = student_names(db, client_id)
    return Reconciliation(
        client=client_name(db, client_id),
        period=period,
        student=students.get(student_id),
        account=None if account is None else account_name(account),
        opening=balance_before(db, client_id, period.first, student_id=student_id, account=account),
        entries=entries_of(db, client_id, period, student_id=student_id, account=account),
        students=students,
    )


def reconciliation_table(found: Reconciliation) -> Table:
    """Return the reconciliation as a table."""
    return Table(
        report="reconciliation",
        title=_("Reconciliation: {client}").format(client=found.client),
        parameters=_parameters(found),
        columns=(
            Column("date", _("Date"), Kind.DATE),
            Column("kind", _("Kind"), Kind.CODE, words=translated(KIND_WORDS), hidden=True),
            Column("operation", _("Operation")),
            Column("student", _("Student")),
            Column("income", _("Income"), Kind.MONEY),
            Column("expense", _("Expense"), Kind.MONEY),
            Column("balance", _("Balance"), Kind.MONEY),
        ),
        rows=list(_rows(found)),
        head=(Fact("opening", _("Opening balance"), Kind.MONEY, found.opening),),
        totals=(
            Fact("income", _("Income"), Kind.MONEY, found.income),
            Fact("expense", _("Expense"), Kind.MONEY, found.expense),
            Fact("closing", _("Closing balance"), Kind.MONEY, found.closing),
        ),
    )


def _parameters(found: Reconciliation) -> tuple[Fact, ...]:
    facts = [
        Fact("client", _("Client"), Kind.TEXT, found.client),
        Fact("period", _("Period"), Kind.PERIOD, found.period),
    ]
    if found.student is not None:
        facts.append(Fact("student", _("Student"), Kind.TEXT, found.student))
    if found.account is not None:
        facts.append(Fact("account", _("Account"), Kind.TEXT, found.account))
    return tuple(facts)


def _rows(found: Reconciliation) -> Iterator[tuple[object, ...]]:
    balance = found.opening
    for entry in found.entries:
        balance += entry.amount
        till = entry.kind == "goods" and entry.amount == 0
        out = entry.amount < 0 or (entry.amount == 0 and entry.kind in ("lesson", "upfront"))
        yield (
            entry.on,
            entry.kind,
            _operation(entry),
            found.students.get(entry.student_id),
            None if till or out else entry.amount,
            -entry.amount if out else None,
            balance,
        )


def _operation(entry: Entry) -> str:
    """Return the operation in words: the kind of payment and its note, or the lesson and how it was attended."""
    word = _(KIND_WORDS[entry.kind])
    if entry.kind == "lesson":
        return " · ".join(filter(None, (word, entry.group, entry.subject, _attendance(entry))))
    return " · ".join(filter(None, (word, entry.plan, entry.note)))


def _attendance(entry: Entry) -> str:
    missed = _("missed: {reason}").format(reason=entry.reason) if entry.reason else _("missed")
    paid = {"trial": _("free trial"), "none": _("no subscription"), "over": _("subscription used up")}
    flag = _("subscription deleted") if entry.payer_deleted else paid.get(entry.basis or "")
    return " · ".join(filter(None, ("" if entry.attended else missed, flag)))
