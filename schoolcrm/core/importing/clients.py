"""Moving an existing client base in: read, map, plan, write, all or nothing (R60–R65)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schoolcrm.core.clock import utc_now
from schoolcrm.core.importing.client_row import RejectedRow
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.own_fields import CustomField, own_fields
from schoolcrm.core.importing.plan import ClientPlan
from schoolcrm.core.importing.read_ahead import reading_ahead
from schoolcrm.core.importing.rejected import RejectedRows
from schoolcrm.core.importing.rows import PassedOver, read_rows
from schoolcrm.core.importing.spool import COPIED
from schoolcrm.core.importing.status_cell import status_reader
from schoolcrm.core.importing.tally import Tally
from schoolcrm.core.importing.transfer import STEP, Kind, Progress, RowsRefused, TableFile, Wishes, transfer
from schoolcrm.core.store.journal import recorded_together
from schoolcrm.core.store.numbering import last_number
from schoolcrm.core.store.transaction import WritableSchool

__all__ = ["CLIENTS", "ClientFile", "Imported", "RowsRefused", "Wishes", "client_fields", "import_clients"]

CLIENTS = Kind(
    "clients",
    "import-csv",
    CLIENT_FIELDS,
    COPIED - {"payment"} | {"status", "plan_subject", "plan_lesson_type"},
)

# The two of a client one after the other, in the order of the clients: the index grows at its end.
_WRITE_STATUSES = """
    INSERT INTO status_change (id, client_id, scale, from_id, to_id, on_date, at, user, reason)
    SELECT :last + 1 + 2 * (client.id - :first) + (status.scale = 'loyalty'), client.id, status.scale, NULL, status.id,
           :today, :at, :user, 'import'
      FROM temp.spool_client AS client
     CROSS JOIN status ON status.id IN (client.status_id, client.stage_id)
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: counts, rows passed over, the file of rejected rows, why each was rejected, the operation."""

    tally: Tally
    passed_over: int
    rejects: Path | None
    reasons: Sequence[tuple[int, str]]
    operation: int | None


class ClientFile(TableFile):
    """A file of clients about to be imported, mapped with the school's own fields."""

    def __init__(self, path: Path, wishes: Wishes, custom_fields: Sequence[CustomField]) -> None:
        super().__init__(CLIENTS, path, wishes, custom_fields)


def client_fields(db: sqlite3.Connection) -> list[CustomField]:
    """Return the school's own fields of clients and of students, which headings of a file may name."""
    return own_fields(db, CLIENT_FIELDS.entities)


def import_clients(
    path: Path, file: ClientFile, today: date | None, *, user: str, progress: Progress | None = None
) -> Imported:
    """Import the file into the database at `path` as one operation, and return what was done (R65).

    Raises RowsRefused when no row is good, or when one is bad and the wish is strict.
    """
    planned, done = transfer(path, file, today, user=user, plan=lambda db, day: _plan(db, file, day, progress))
    return Imported(planned.plan.tally, planned.passed_over.count, done.rejects, done.reasons, done.operation)


@dataclass
class _Planned:
    plan: ClientPlan
    passed_over: PassedOver
    rejected: RejectedRows

    @property
    def good(self) -> int:
        return self.plan.tally.good

    def settle(self) -> None:
        """Do nothing: whatever the plan rests on makes it anew."""

    def write(self, school: WritableSchool) -> None:
        self.plan.write(school)
        _write_statuses(school)


def _plan(db: sqlite3.Connection, file: ClientFile, today: date, progress: Progress | None) -> _Planned:
    plan = ClientPlan(db, today, on_duplicate=file.wishes.on_duplicate)
    heading = next((column.heading for column in file.headings.filling("status")), "")
    rows = read_rows(file.source, file.headings, today, {"status": status_reader(db, heading)})
    rejected = RejectedRows()
    with reading_ahead(rows) as ahead:
        for count, row in enumerate(ahead, start=1):
            if isinstance(row, RejectedRow):
                rejected.add(row)
            elif problem := plan.add(row):
                rejected.add(RejectedRow(row.line, ahead.cells_of(row), (problem,)))
            if progress is not None and count % STEP == 0:
                progress(count)
    plan.finish()
    plan.tally.rejected = len(rejected)
    return _Planned(plan, ahead.passed_over, rejected)


def _write_statuses(school: WritableSchool) -> None:
    """Begin the history of the new clients on both scales (R10)."""
    signature = {"today": school.today.isoformat(), "at": utc_now(), "user": school.user}
    (first,) = school.db.execute("SELECT ifnull(min(id), 0) FROM temp.spool_client").fetchone()
    numbers = {"first": first, "last": last_number(school.db, "status_change")}
    with recorded_together(school.db, "status_change"):
        school.db.execute(_WRITE_STATUSES, signature | numbers)
