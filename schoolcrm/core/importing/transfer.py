"""Bringing a file into the database: opened and mapped, planned before the lock, written all or nothing (R65)."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from schoolcrm.core.errors import Refused, SchoolError
from schoolcrm.core.importing.assignments import is_about
from schoolcrm.core.importing.fields import FieldTable
from schoolcrm.core.importing.headings import HeadingMap, map_headings
from schoolcrm.core.importing.mappings import save_mapping
from schoolcrm.core.importing.own_fields import CustomField
from schoolcrm.core.importing.reading import Source, open_source
from schoolcrm.core.importing.rejected import RejectedRows
from schoolcrm.core.importing.rejects import RejectsFile
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.database import school_today
from schoolcrm.core.store.journal import last_change, tables_changed_since
from schoolcrm.core.store.transaction import WritableSchool, operation, writable_connection

Progress = Callable[[int], None]
"""Is told every few hundred rows how many were read."""
STEP = 500

SKIP = "skip"
_MOST_PLANS = 3

# Kibibytes, written as SQLite wants them. What doesn't fit is written before the commit, and from then on nobody can
# read; with SQLite's own 2 MB that is nearly all the time that a big file takes.
_CACHE = -16_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the operator wants the file read and written; None and empty: recognise it, do the usual.

    `assignments` and the `saved` mapping are heading → field; the mapping in use is kept as `save_as`. `even_so`
    lets in what a rule asks about (R23, R37), `new` adds names used for the first time.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    assignments: Mapping[str, str] | None = None
    saved: Mapping[str, str] | None = None
    save_as: str = ""
    new_fields: bool = False
    on_duplicate: str = SKIP
    strict: bool = False
    dry_run: bool = False
    even_so: bool = False
    new: bool = False


class Kind(NamedTuple):
    """A kind of file: its name among the saved mappings, the command that brings it in, what it may hold.

    `rests_on`: the tables that its rows are read with; a change there means that they must be read anew.
    """

    source: str
    command: str
    table: FieldTable
    rests_on: frozenset[str]


class RowsRefused(Refused):
    """Nothing was written because of bad rows; `reasons` are all of them, `rejects` the file they are in, if any."""

    def __init__(
        self, sentence: str, hint: str, reasons: Sequence[tuple[int, str]], rejects: Path | None = None
    ) -> None:
        super().__init__(sentence, hint)
        self.reasons = reasons
        self.rejects = rejects


class TableFile:
    """A file about to be imported: opened and mapped, so that what was recognised can be shown first."""

    def __init__(self, kind: Kind, path: Path, wishes: Wishes, custom_fields: Sequence[CustomField] = ()) -> None:
        self.kind = kind
        self.wishes = wishes
        self.source: Source = open_table(kind, path, wishes)
        try:
            self.headings: HeadingMap = map_headings(
                self.source.headings,
                explicit=wishes.assignments,
                saved=wishes.saved,
                new_fields=wishes.new_fields,
                custom_fields=custom_fields,
                table=kind.table,
                advice=self.source.advice,
            )
        except SchoolError:
            self.source.close()
            raise

    @property
    def lacking(self) -> list[str]:
        """The headings of the saved mapping that the file doesn't have."""
        return [
            heading
            for heading in self.wishes.saved or ()
            if not (is_about(self.source.headings, heading) or heading.strip().startswith("#"))
        ]


def open_table(kind: Kind, path: Path, wishes: Wishes) -> Source:
    """Open the file and recognise how it is written; raises what `open_source` does."""
    said = (*(wishes.assignments or ()), *(wishes.saved or ()))
    return open_source(
        path,
        known={*kind.table.headings, *map(fold, said)},
        encoding=wishes.encoding,
        delimiter=wishes.delimiter,
        sheet=wishes.sheet,
    )


class Batch(Protocol):
    """The rows of a file as planned: what is good is gathered, what is not stands among the rejected."""

    rejected: RejectedRows

    @property
    def good(self) -> int:
        """Rows that were understood."""

    def settle(self) -> None:
        """Compare what was gathered with the database once more: something else than `rests_on` was changed."""

    def write(self, school: WritableSchool) -> None:
        """Write what was gathered; rows may still be rejected by the rules of what they do."""


B = TypeVar("B", bound=Batch)


class Transferred(NamedTuple):
    """What became of a file: where its rejected rows are, why each was rejected, with its line, the operation."""

    rejects: Path | None
    reasons: Sequence[tuple[int, str]]
    operation: int | None = None


def transfer(
    path: Path,
    file: TableFile,
    today: date | None,
    *,
    user: str,
    plan: Callable[[sqlite3.Connection, date], B],
) -> tuple[B, Transferred]:
    """Import the file into the database at `path` as one operation (R65).

    Rows are read and planned before the database is locked; if somebody else writes meanwhile, they are planned
    anew under the lock. Rejected rows go to a file beside the input. Raises RowsRefused when no row is good, or when
    one is bad and the wish is strict: the database is then as it was.
    """
    wishes = file.wishes
    with writable_connection(path, dry_run=wishes.dry_run) as db, file.source:
        day = today or school_today(db)
        batch, seen = _planned_at_rest(db, file.kind, lambda: plan(db, day))
        _refuse_hopeless(batch, file)
        db.execute(f"PRAGMA cache_size = {_CACHE}")
        with operation(db, day, user=user, command=file.kind.command, dry_run=wishes.dry_run) as school:
            changed = tables_changed_since(db, seen)
            if changed & file.kind.rests_on:
                batch = plan(db, day)
            elif changed:
                batch.settle()
            if changed:
                _refuse_hopeless(batch, file)
            batch.write(school)
            _refuse_hopeless(batch, file)
            if wishes.save_as:
                save_mapping(school, file.kind.source, wishes.save_as, file.headings.to_save())
            # Before the commit: when the rejected rows can't be written, nothing else is either.
            rejects = None if wishes.dry_run else _write_rejects(batch, file)
        return batch, Transferred(rejects, batch.rejected.reasons, school.kept_as)


def _planned_at_rest(db: sqlite3.Connection, kind: Kind, plan: Callable[[], B]) -> tuple[B, int]:
    """Return the plan and the last change it knows of; made again if what it rests on was changed meanwhile.

    Not for ever: in a school where people are written all the time the last plan is made under the lock.
    """
    for _attempt in range(_MOST_PLANS):
        seen = last_change(db)
        batch = plan()
        if not tables_changed_since(db, seen) & kind.rests_on:
            break
    return batch, seen


def _refuse_hopeless(batch: Batch, file: TableFile) -> None:
    """Raise RowsRefused when nothing is to be written: no good row, or a bad one under --strict (R65)."""
    count = len(batch.rejected)
    if not count or (batch.good and not file.wishes.strict):
        return
    reasons = batch.rejected.reasons
    line, reason = reasons[0]
    if batch.good:
        sentence = ngettext(
            "Nothing was written: {count} row is bad. Row {line}: {reason}",
            "Nothing was written: {count} rows are bad. Row {line}: {reason}",
            count,
        )
        raise RowsRefused(
            sentence.format(count=count, line=line, reason=reason),
            _("Mend them, or leave --strict out to import the good rows."),
            reasons,
        )
    hint = _("Mend the file, or name its columns with --map 'Heading=field'.")
    rejects = None if file.wishes.dry_run else _write_rejects(batch, file)
    if rejects is not None:
        hint = _("All rows with their reasons are in {file}; mend it and import that.").format(file=rejects)
    sentence = _("No row of {file} can be imported. Row {line}: {reason}")
    text = sentence.format(file=file.source.path.name, line=line, reason=reason)
    raise RowsRefused(text, hint, reasons, rejects)


def _write_rejects(batch: Batch, file: TableFile) -> Path | None:
    if not batch.rejected:
        return None
    with RejectsFile(file.source, file.headings) as rejects:
        for row in batch.rejected:
            rejects.write(row)
    return rejects.path
