"""Moving an existing client base in: read, map, plan, write, all or nothing (R60–R65)."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from schoolcrm.core.clock import utc_now
from schoolcrm.core.errors import Refused, SchoolError
from schoolcrm.core.importing.client_row import RejectedRow
from schoolcrm.core.importing.fields import CLIENT_FIELDS
from schoolcrm.core.importing.headings import CustomField, HeadingMap, map_headings
from schoolcrm.core.importing.plan import SKIP, ClientPlan
from schoolcrm.core.importing.reading import Source, open_source
from schoolcrm.core.importing.rejects import RejectsFile
from schoolcrm.core.importing.rows import ClientRows, read_rows
from schoolcrm.core.importing.status_cell import status_reader
from schoolcrm.core.importing.tally import Tally
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.database import school_today
from schoolcrm.core.store.transaction import WritableSchool, operation, writable_connection

_WRITE_STATUSES = """
    INSERT INTO status_change (client_id, scale, from_id, to_id, on_date, at, user, reason)
    SELECT client.id, status.scale, NULL, status.id, :today, :at, :user, 'import'
      FROM temp.spool_client AS client
      JOIN status ON status.id = client.{column}
"""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the operator wants the file read and written; None and empty: recognise it, do the usual."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    assignments: Mapping[str, str] | None = None
    new_fields: bool = False
    on_duplicate: str = SKIP
    strict: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: counts, rows passed over, the file of rejected rows, and why each was rejected."""

    tally: Tally
    passed_over: int
    rejects: Path | None
    reasons: Sequence[tuple[int, str]]


class RowsRefused(Refused):
    """Nothing was written because of bad rows; `reasons` are all of them, with their lines in the file."""

    def __init__(self, sentence: str, hint: str, reasons: Sequence[tuple[int, str]]) -> None:
        super().__init__(sentence, hint)
        self.reasons = reasons


class ClientFile:
    """A file about to be imported: opened and mapped, so that what was recognised can be shown first."""

    def __init__(self, path: Path, wishes: Wishes, custom_fields: Sequence[CustomField]) -> None:
        self.wishes = wishes
        self.source: Source = open_source(
            path,
            known={*CLIENT_FIELDS.headings, *map(fold, wishes.assignments or ())},
            encoding=wishes.encoding,
            delimiter=wishes.delimiter,
            sheet=wishes.sheet,
        )
        try:
            self.headings: HeadingMap = map_headings(
                self.source.headings,
                explicit=wishes.assignments,
                new_fields=wishes.new_fields,
                custom_fields=custom_fields,
            )
        except SchoolError:
            self.source.close()
            raise


def client_fields(db: sqlite3.Connection) -> list[CustomField]:
    """Return the school's own fields of clients, which headings of a file may name."""
    rows = db.execute("SELECT name, type, choices FROM field WHERE entity = 'client' ORDER BY id")
    return [CustomField(name, kind, tuple((choices or "").splitlines())) for name, kind, choices in rows]


def import_clients(
    path: Path, file: ClientFile, today: date | None, *, user: str, progress: Progress | None = None
) -> Imported:
    """Import the file into the database at `path` as one operation, and return what was done (R65).

    Rows are read and planned before the database is locked; if somebody else writes meanwhile, they are planned
    anew under the lock. Rejected rows go to a file beside the input. Raises RowsRefused when no row is good, or when
    one is bad and the wish is strict: the database is then as it was.
    """
    with writable_connection(path) as db, file.source:
        day = today or school_today(db)
        planned = _plan(db, file, day, progress)
        _refuse_hopeless(planned, file)
        with operation(db, day, user=user, command="import-csv", dry_run=file.wishes.dry_run) as school:
            if planned.last_change != _last_change(db):
                planned = _plan(db, file, day, progress)
                _refuse_hopeless(planned, file)
            planned.plan.copy()
            _write_statuses(school)
            # Before the commit: when the rejected rows can't be written, nothing else is either.
            rejects = None if file.wishes.dry_run else _write_rejects(planned, file)
        return planned.result(rejects)


@dataclass
class _Planned:
    plan: ClientPlan
    rows: ClientRows
    rejected: list[RejectedRow]
    last_change: int

    @cached_property
    def reasons(self) -> list[tuple[int, str]]:
        """Why rows were rejected, with their lines in the file."""
        return [(row.line, "; ".join(row.reasons)) for row in self.rejected]

    def result(self, rejects: Path | None) -> Imported:
        passed_over = self.rows.empty + self.rows.totals + self.rows.repeated_headings
        return Imported(self.plan.tally, passed_over, rejects, self.reasons)


def _plan(db: sqlite3.Connection, file: ClientFile, today: date, progress: Progress | None) -> _Planned:
    last_change = _last_change(db)
    plan = ClientPlan(db, today, on_duplicate=file.wishes.on_duplicate)
    rows = read_rows(file.source, file.headings, today, {"status": status_reader(db)})
    planned = _Planned(plan, rows, [], last_change)
    for count, row in enumerate(rows, start=1):
        rejected = row if isinstance(row, RejectedRow) else plan.add(row)
        if rejected is not None:
            planned.rejected.append(rejected)
        if progress is not None and count % 500 == 0:
            progress(count)
    plan.finish()
    plan.tally.rejected = len(planned.rejected)
    return planned


def _last_change(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT ifnull(max(id), 0) FROM change").fetchone()[0])


def _refuse_hopeless(planned: _Planned, file: ClientFile) -> None:
    """Raise RowsRefused when nothing is to be written: no good row, or a bad one under --strict (R65)."""
    tally = planned.plan.tally
    if not tally.rejected or (tally.good and not file.wishes.strict):
        return
    line, reason = planned.reasons[0]
    if tally.good:
        sentence = ngettext(
            "Nothing was written: {count} row is bad. Row {line}: {reason}",
            "Nothing was written: {count} rows are bad. Row {line}: {reason}",
            tally.rejected,
        )
        raise RowsRefused(
            sentence.format(count=tally.rejected, line=line, reason=reason),
            _("Mend them, or leave --strict out to import the good rows."),
            planned.reasons,
        )
    hint = _("Mend the file, or name its columns with --map 'Heading=field'.")
    if not file.wishes.dry_run:
        hint = _("All rows with their reasons are in {file}; mend it and import that.").format(
            file=_write_rejects(planned, file)
        )
    sentence = _("No row of {file} can be imported. Row {line}: {reason}")
    raise RowsRefused(sentence.format(file=file.source.path.name, line=line, reason=reason), hint, planned.reasons)


def _write_rejects(planned: _Planned, file: ClientFile) -> Path | None:
    if not planned.rejected:
        return None
    with RejectsFile(file.source, file.headings) as rejects:
        for row in planned.rejected:
            rejects.write(row)
    return rejects.path


def _write_statuses(school: WritableSchool) -> None:
    """Begin the history of the new clients on both scales (R10)."""
    signature = {"today": school.today.isoformat(), "at": utc_now(), "user": school.user}
    for column in ("status_id", "stage_id"):
        school.db.execute(_WRITE_STATUSES.format(column=column), signature)
