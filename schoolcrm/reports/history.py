"""The history of changes: a row for each field that changed, one for a record that was added or removed (R54)."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from typing import Any

from schoolcrm.core.language import _, translated
from schoolcrm.core.office.belongings import records_of
from schoolcrm.core.office.past_names import find_record
from schoolcrm.core.office.record_words import ENTITIES, read_entity
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.store.database import step_aside
from schoolcrm.core.store.edits import Edit, Wanted, edits_of, last_image, newest_edits
from schoolcrm.core.store.journal import BLANKED
from schoolcrm.core.store.spool import Row, Rows, convert_rows, keep_rows
from schoolcrm.core.store.undo import Operation, read_operation, require_operation
from schoolcrm.reports.history_words import KEYS, Image, Wording, school_moment, zone_of
from schoolcrm.reports.table import Column, Fact, Kind, Sections, Table


@dataclass(frozen=True, slots=True)
class Asked:
    """What the history is asked for; what is empty, None or 0 is no condition."""

    ref: str = ""
    period: Period = field(default_factory=lambda: Period(None, None))
    user: str = ""
    operation: int | None = None
    entity: str = ""
    limit: int = 0
    passport: bool = False
    for_programs: bool = False


@dataclass(slots=True)
class History:
    """Rows in the table's order, the operations that they are of, whose history it is, whether there is more."""

    rows: Rows = field(default_factory=list)
    operations: dict[int, Operation] = field(default_factory=dict)
    name: str = ""
    has_more: bool = False
    removed_contacts: bool = False


def find_history(db: sqlite3.Connection, asked: Asked) -> History:
    """Return what is asked for, the newest first; NotFound, Ambiguous, BadValue for a name, a kind, an operation."""
    if asked.operation is not None:
        require_operation(db, asked.operation)
    zone = zone_of(db)
    wanted = Wanted(
        since=_in_utc(asked.period.first, zone),
        before=_in_utc(asked.period.last + timedelta(days=1) if asked.period.last else None, zone),
        user=asked.user,
        operation=asked.operation,
        entity=read_entity(asked.entity) if asked.entity else "",
    )
    history = History()
    edits = newest_edits(db, wanted, partial(step_aside, db))
    if asked.ref:
        record = find_record(db, asked.ref)
        history.name = str((last_image(db, *record) or {}).get("name") or asked.ref)
        edits = iter(edits_of(db, records_of(db, *record), wanted))
    wording = Wording(db, for_programs=asked.for_programs, passport=asked.passport)
    numbers: dict[int, None] = {}
    rows = keep_rows(_noted(_rows(edits, wording), history, numbers, asked.limit))
    history.rows = convert_rows(rows, lambda row: (row[0], school_moment(row[1], zone), *row[2:]))
    for number in numbers:
        if (operation := read_operation(db, number)) is not None:
            history.operations[number] = operation
    return history


def _noted(rows: Iterator[Row], history: History, numbers: dict[int, None], limit: int) -> Iterator[Row]:
    """Yield as many rows as are asked for, and note what is said of them together: they may be too many to hold."""
    for count, row in enumerate(rows):
        if limit and count == limit:
            history.has_more = True
            return
        numbers[row[0]] = None
        history.removed_contacts |= row[3] == "contact" and row[7] is None
        yield row


def _in_utc(day: date | None, zone: tzinfo | None) -> str:
    """Return the beginning of the day as the journal writes moments; empty for no day."""
    if day is None:
        return ""
    begins = datetime.combine(day, time(), zone)
    return begins.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _rows(edits: Iterable[Edit], wording: Wording) -> Iterator[Row]:
    for edit in edits:
        head = (edit.operation, edit.at, edit.user, edit.entity)
        wording.tell_of(edit.last)
        named = wording.record(edit.entity, edit.record, edit.after or edit.before or {})
        if edit.entity.endswith("_field"):
            yield (*head, named, *_own_value(edit, wording))
        elif edit.before is None or edit.after is None:
            images = (_summary(edit, image, wording) for image in (edit.before, edit.after))
            yield (*head, edit.record or None, None, *images)
        else:
            yield from ((*head, named, *cells) for cells in _fields(edit, edit.before, edit.after, wording))


def _fields(edit: Edit, before: Image, after: Image, wording: Wording) -> Iterator[tuple[str | None, ...]]:
    """Yield name, former and new value of each field that changed."""
    for column in dict.fromkeys((*after, *before)):
        if column not in KEYS and column != BLANKED and before.get(column) != after.get(column):
            values = (wording.value(edit.entity, column, image) for image in (before, after))
            yield (wording.field(edit.entity, column), *values)


def _own_value(edit: Edit, wording: Wording) -> tuple[str | None, ...]:
    """Return name, former and new value of one of the school's own fields."""
    values = (wording.own_value(image or {}) for image in (edit.before, edit.after))
    return (wording.own_field(edit.after or edit.before or {}), *values)


def _summary(edit: Edit, image: dict[str, Any] | None, wording: Wording) -> str | None:
    if image is None:
        return None
    return wording.summary(edit.entity, {column: value for column, value in image.items() if column != BLANKED})


def history_table(history: History, asked: Asked) -> Table:
    """Return the history as a table; for people the rows of one operation stand under its number and command."""
    words = translated(ENTITIES)
    return Table(
        report="history",
        title=_("History: {name}").format(name=history.name) if history.name else _("History"),
        columns=(
            Column("op", _("Operation"), Kind.INTEGER),
            Column("at", _("When"), Kind.MOMENT),
            Column("user", _("By")),
            Column("entity", _("Record"), Kind.CODE, words=words),
            Column("id", _("No.")),
            Column("field", _("Field")),
            Column("before", _("Before")),
            Column("after", _("After")),
        ),
        rows=history.rows,
        parameters=list(_parameters(asked)),
        notes=list(_notes(history)),
        sections=Sections("op", notes={number: _told(one) for number, one in history.operations.items()}),
    )


def _told(operation: Operation) -> str:
    """Return the command of an operation, and what became of it."""
    command = operation.command
    if operation.origin is not None:
        return _("{command}: operation {number} done again").format(command=command, number=operation.origin)
    if operation.undoes is not None:
        return _("{command} of operation {number}").format(command=command, number=operation.undoes)
    if operation.undone_by is not None:
        return _("{command}, undone by operation {number}").format(command=command, number=operation.undone_by)
    return command


def _parameters(asked: Asked) -> Iterator[Fact]:
    yield Fact("period", _("Period"), Kind.PERIOD, asked.period)
    if asked.user:
        yield Fact("user", _("By"), Kind.TEXT, asked.user)
    if asked.entity:
        yield Fact("entity", _("Record"), Kind.TEXT, asked.entity)


def _notes(history: History) -> Iterator[str]:
    if history.has_more:
        yield _("There is more: --limit, --from and --to, --entity and --by choose what is shown.")
    if history.removed_contacts:
        yield _("'schoolcrm clients contact restore CLIENT CONTACT' brings back a removed contact.")
    if history.rows:
        yield _("'schoolcrm undo --op N' takes back a whole operation.")
