"""The list of contracts, and the report of contracts by period (R42)."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.store.cells import day_bounds
from schoolcrm.reports.table import Column, Fact, Kind, Table

BY_WORDS = {
    "start": N_("beginning in the period"),
    "end": N_("ending in the period"),
    "in-force": N_("in force in the period"),
}
SORT_WORDS = {
    "number": N_("the number"),
    "client": N_("client"),
    "amount": N_("amount"),
    "signed": N_("day of signing"),
}
_ENDS = "min(ifnull(last_on, '9999-12-31'), ifnull(terminated_on, '9999-12-31'))"
_CHOSEN = {
    "start": "first_on BETWEEN :first AND :last",
    "end": f"{_ENDS} BETWEEN :first AND :last AND {_ENDS} <> '9999-12-31'",
    "in-force": f"first_on <= :last AND {_ENDS} >= :first",
}
_ORDER = {
    "number": "contract.school_number",
    "client": "client.name_key, contract.school_number",
    "amount": "contract.amount DESC, contract.school_number",
    "signed": "contract.signed_on, contract.school_number",
}
_CONTRACTS = f"""
    SELECT contract.id, ifnull(contract.number, contract.school_number || ''), contract.school_number, client.id,
           client.name, contract.signed_on, nullif({_ENDS}, '9999-12-31'), contract.amount, contract.visits,
           lesson_type.name, contract.pay_day, contract.terms, contract.terminated_on
      FROM contract
      JOIN client ON client.id = contract.client_id
      JOIN status ON status.id = client.status_id AND status.base <> 'deleted'
      LEFT JOIN lesson_type ON lesson_type.id = contract.lesson_type_id
"""  # noqa: S608


def find_contracts(
    db: sqlite3.Connection,
    period: Period,
    *,
    by: str = "in-force",
    sort: str = "number",
    client_id: int | None = None,
    skip_archived: bool = False,
) -> list[tuple[Any, ...]]:
    """Return the contracts that begin, end or are in force in the period; deleted clients' are left out (R7).

    Raises BadValue for an unknown choice or order.
    """
    for value, known in ((by, _CHOSEN), (sort, _ORDER)):
        if value not in known:
            raise BadValue(
                _('There is no choice "{value}".').format(value=value),
                _("It is one of: {known}.").format(known=", ".join(known)),
            )
    conditions = [_CHOSEN[by], "contract.client_id BETWEEN ifnull(:client, 0) AND ifnull(:client, 9223372036854775807)"]
    conditions += ["client.archived_on IS NULL"] if skip_archived else []
    query = f"{_CONTRACTS} WHERE {' AND '.join(conditions)} ORDER BY {_ORDER[sort]}"
    wanted = {
        **day_bounds(period),
        "client": client_id,
    }
    return db.execute(query, wanted).fetchall()


def contracts_table(rows: Sequence[tuple[Any, ...]], parameters: Sequence[Fact] = (), *, report: bool = False) -> Table:
    """Return contracts as a table: the report has the columns of §5, the list what else is agreed as well."""
    columns = (
        Column("id", _("Record no.") if report else _("No."), Kind.INTEGER),
        Column("number", _("Number")),
        Column("school_number", _("School number"), Kind.INTEGER, hidden=not report, beside=True),
        Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
        Column("client", _("Client")),
        Column("signed", _("Signed"), Kind.DATE),
        Column("ends", _("Ends"), Kind.DATE),
        Column("amount", _("Amount"), Kind.MONEY),
        Column("visits", _("Visits"), Kind.INTEGER, hidden=report),
        Column("type", _("Lesson type"), hidden=report),
        Column("pay_day", _("Payment day"), Kind.INTEGER, hidden=report),
        Column("terms", _("Terms"), hidden=report),
        Column("terminated", _("Terminated"), Kind.DATE, hidden=report),
    )
    return Table(
        report="contracts",
        title=_("Contracts"),
        parameters=parameters,
        columns=columns,
        rows=rows,
        totals=(Fact("amount", _("Total"), Kind.MONEY, sum(row[7] for row in rows)),),
        numbered=report,
    )


def contracts_report(
    rows: Sequence[tuple[Any, ...]], period: Period, *, by: str, sort: str, skip_archived: bool = False
) -> Table:
    """Return the report «Contracts of a period», with what made it in its head."""
    parameters = [
        Fact("period", _("Period"), Kind.PERIOD, period),
        Fact("by", _("Which"), Kind.CODE, by, words=translated(BY_WORDS)),
        Fact("sort", _("Sorted by"), Kind.CODE, sort, words=translated(SORT_WORDS)),
    ]
    if skip_archived:
        parameters.append(Fact("skip_archived", _("Without archived clients"), Kind.BOOL, value=True))
    return contracts_table(rows, parameters, report=True)
