"""Contracts as a client file gives them: number, days and sum, one for the whole family (R42, R62)."""

import sqlite3
from datetime import date

from schoolcrm.core.importing.client_row import ClientRow, Problem
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.importing.updates import Updates
from schoolcrm.core.language import _
from schoolcrm.core.rules.dates import human_day

_KNOWN = """
    SELECT id FROM contract
     WHERE client_id = :client
       AND CASE WHEN :number <> '' THEN number = :number
                ELSE number IS NULL AND first_on = ifnull(:first, first_on)
                     AND (:last IS NULL OR last_on = :last) END
"""


class Contracts:
    """Gathers the contracts of a file; one that the client has already is changed by an update, never doubled."""

    def __init__(
        self, db: sqlite3.Connection, spool: Spool, today: date, *, first_client: int, updates: Updates | None
    ) -> None:
        self._db = db
        self._spool = spool
        self._today = today.isoformat()
        self._first_client = first_client
        self._updates = updates

    def add(self, row: ClientRow, client: int) -> None:
        """Gather the row's contract; without a first day it runs from the import day, or is over by then."""
        if not row.has_contract:
            return
        first, last = row.contract_from, row.contract_to
        known = self._known(client, row.contract_number, first, last) if client < self._first_client else []
        if not known:
            begins = first or min(self._today, last or self._today)
            amount = row.contract_amount or 0
            self._spool.add("contract", client, row.contract_number or None, amount, begins, begins, last)
        elif self._updates and len(known) == 1 and row.contract_number:
            self._updates.add("contract", known[0], row.contract_amount, first, last)

    def _known(self, client: int, number: str, first: str | None, last: str | None) -> list[int]:
        asked = {"client": client, "number": number, "first": first, "last": last}
        return [contract for (contract,) in self._db.execute(_KNOWN, asked)]


def contradiction(row: ClientRow) -> Problem | None:
    """Return why the row can't be imported when its contract would end before it begins."""
    first, last = row.contract_from, row.contract_to
    if first is None or last is None or last >= first:
        return None
    reason = _("The contract would end on {last}, before its first day {first}.").format(
        last=human_day(last), first=human_day(first)
    )
    return Problem("", human_day(last), reason)
