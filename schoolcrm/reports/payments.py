"""The list of payments (R37)."""

import sqlite3

from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.money.payments import check_kind
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.store.cells import day_bounds
from schoolcrm.core.store.spool import Rows, convert_rows, keep_rows
from schoolcrm.reports.table import Column, Fact, Kind, Table

KIND_WORDS = {
    "income": N_("income"),
    "refund": N_("refund"),
    "adjustment": N_("adjustment"),
    "goods": N_("goods"),
}
_PAYMENTS = """
    SELECT payment.id, payment.on_date, payment.client_id, client.name, student.name, payment.kind, payment.amount,
           account.name, payment.note, payment.voided_on, payment.payer, payment.void_reason
      FROM payment
      JOIN client ON client.id = payment.client_id
      LEFT JOIN student ON student.id = payment.student_id
      LEFT JOIN account ON account.id = payment.account_id
     WHERE payment.on_date BETWEEN :first AND :last AND (:kind = '' OR payment.kind = :kind)"""
_NEWEST_FIRST = " ORDER BY payment.on_date DESC, payment.id DESC"


def find_payments(db: sqlite3.Connection, period: Period, *, client_id: int | None = None, kind: str = "") -> Rows:
    """Return the payments of the period, newest first, voided ones included; BadValue for an unknown kind."""
    if kind:
        check_kind(kind)
    wanted = {
        "client": client_id,
        "kind": kind,
        **day_bounds(period),
    }
    one_client = " AND payment.client_id = :client" if client_id is not None else ""
    return keep_rows(db.execute(_PAYMENTS + one_client + _NEWEST_FIRST, wanted))


def payments_table(rows: Rows, period: Period, *, client: str = "", kind: str = "") -> Table:
    """Return the list as a table; `voided` is the day on which a payment was taken back."""
    words = translated(KIND_WORDS)
    parameters = [Fact("period", _("Period"), Kind.PERIOD, period)]
    if client:
        parameters.append(Fact("client", _("Client"), Kind.TEXT, client))
    if kind:
        parameters.append(Fact("kind", _("Kind"), Kind.CODE, kind, words=words))
    return Table(
        report="payments",
        title=_("Payments"),
        parameters=parameters,
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("date", _("Date"), Kind.DATE),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("student", _("Student")),
            Column("kind", _("Kind"), Kind.CODE, words=words),
            Column("amount", _("Amount"), Kind.MONEY),
            Column("account", _("Account")),
            Column("note", _("Note")),
            Column("voided", _("Voided"), Kind.DATE),
        ),
        rows=convert_rows(rows, lambda row: (*row[:8], _note(*row[8:]), row[9])),
    )


def _note(note: str | None, voided_on: str | None, payer: str | None, void_reason: str | None) -> str | None:
    """Return the note with who paid, if it was not the client, and why the payment was taken back."""
    parts = (
        note,
        _("paid by {payer}").format(payer=payer) if payer else None,
        _("void: {reason}").format(reason=void_reason) if voided_on and void_reason else None,
    )
    return " · ".join(filter(None, parts)) or None
