"""Which operation may be undone or done again, and why another may not (R54)."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schoolcrm.core.errors import NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.office.in_the_way import DELIVERY, FINAL, in_the_way, way_out
from schoolcrm.core.office.later_sales import refuse_earlier_sale
from schoolcrm.core.office.record_words import entity_name
from schoolcrm.core.store.blockers import Blocker, broken_references, holders, last_touched
from schoolcrm.core.store.transaction import WritableSchool
from schoolcrm.core.store.undo import (
    Operation,
    bounds_of,
    is_blanked,
    known_as,
    last_doing,
    last_operation,
    last_undo,
    read_operation,
    require_operation,
    state_of,
)
from schoolcrm.core.store.writing_back import Stretch, Taken, gather, stretches, write_back

RECOMPUTE = "status recompute"
AUTOMATION = "automation run"
PASSED_OVER = frozenset({RECOMPUTE, DELIVERY, AUTOMATION})
"""What is not meant by «the last operation»: it runs by itself, at night or after another operation."""

_ATTEMPTS = 3

_IN_DELETED_STATUS = """
    SELECT client.name, status.id, status.name
      FROM temp.concerned
     CROSS JOIN client ON client.id = concerned.record
      JOIN status ON status.id IN (client.status_id, client.stage_id)
     WHERE concerned.entity = 'client' AND status.deleted_on IS NOT NULL
     LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Undoing:
    """An operation that may be taken back: records concerned by entity. `again`: it is an undo, so that it is a redo.

    `told` is the operation that people know: the one itself, or the one that is done again; `doing` is the number of
    the one whose changes are written back, which is its last redo if it was undone before. All of it is true of the
    file in that `state` only.
    """

    operation: Operation
    doing: int
    told: Operation
    counts: Mapping[str, int]
    stretches: Sequence[Stretch]
    state: int

    @property
    def again(self) -> bool:
        """Whether this is a redo."""
        return self.operation.undoes is not None


def choose_undo(db: sqlite3.Connection, user: str, number: int | None) -> Operation:
    """Return the operation to undo: that one, or the user's last, PASSED_OVER skipped; NotFound, Refused."""
    if number is None:
        last = last_operation(db, user, PASSED_OVER)
        if last is None or last.command == "init":
            raise NotFound(
                _("There is nothing that {user} could undo.").format(user=user),
                _("'schoolcrm history' shows what was done, 'schoolcrm undo --op N' takes one operation back."),
            )
        return last
    chosen = require_operation(db, number)
    if chosen.undoes is not None:
        raise Refused(*_not_an_original(chosen))
    return chosen


def choose_redo(db: sqlite3.Connection, user: str) -> Operation:
    """Return the user's last undo that holds; NotFound."""
    last = last_undo(db, user)
    if last is None:
        raise NotFound(
            _("There is no undo of {user} to take back.").format(user=user),
            _("'schoolcrm redo' does again what 'schoolcrm undo' took back."),
        )
    return last


def _not_an_original(chosen: Operation) -> tuple[str, str]:
    if chosen.origin is None:
        return (
            _("Operation {number} is an undo itself, of operation {undone}.").format(
                number=chosen.id, undone=chosen.undoes
            ),
            _("'schoolcrm redo' takes back your last undo."),
        )
    return (
        _("Operation {number} is a redo of operation {done}.").format(number=chosen.id, done=chosen.origin),
        _("Undo that one: 'schoolcrm undo --op {done}'.").format(done=chosen.origin),
    )


def prepare(db: sqlite3.Connection, operation: Operation) -> Undoing:
    """Return what taking the operation back would concern; Refused tells what stands in the way.

    No transaction is needed: others go on writing meanwhile. If they did, it is prepared again, a few times;
    `carry_out` looks whether it still holds.
    """
    for _attempt in range(_ATTEMPTS):
        undoing = _prepared(db, operation)
        if undoing.state == state_of(db):
            break
    return undoing


def _prepared(db: sqlite3.Connection, operation: Operation, running: int = 0) -> Undoing:
    state = state_of(db)
    operation = read_operation(db, operation.id, running) or operation
    told = known_as(db, operation)
    _require_possible(operation)
    doing = last_doing(db, operation.id)
    first, last = bounds_of(db, doing)
    counts = gather(db, first, last)
    if is_blanked(db, doing):
        sentence = _again_or_back(
            operation,
            _("Operation {number} ({command}) can't be done again: a purge has taken away for good what was there."),
            _("Operation {number} ({command}) can't be taken back: a purge has taken away for good what was there."),
        )
        raise Refused(
            sentence.format(number=told.id, command=told.command),
            _("Only a backup from before the purge still has it."),
        )
    _refuse_blocked(db, operation, told, in_the_way(db, doing))
    refuse_earlier_sale(db, operation)
    return Undoing(operation, doing, told, counts, stretches(db, first, last), state)


def _require_possible(operation: Operation) -> None:
    if operation.command in FINAL:
        raise Refused(
            _("Operation {number} ({command}) can't be taken back.").format(
                number=operation.id, command=operation.command
            ),
            _("'schoolcrm history' shows the operations; 'schoolcrm undo --op N' takes back another one."),
        )
    if operation.undone_by is not None:
        raise Refused(
            _("Operation {number} ({command}) is undone already, by operation {undone_by}.").format(
                number=operation.id, command=operation.command, undone_by=operation.undone_by
            ),
            _("'schoolcrm redo' takes back your last undo."),
        )


def carry_out(school: WritableSchool, undoing: Undoing) -> None:
    """Take the operation back, `prepare` having allowed it; Refused when the records would not hold together.

    The transaction is then to be given up: it is half done. What was prepared is prepared anew when somebody has
    written since.
    """
    db, operation, told = school.db, undoing.operation, undoing.told
    if undoing.state != state_of(db):
        undoing = _prepared(db, operation, school.operation_id)
    try:
        write_back(db, undoing.stretches)
    except Taken as error:
        sentence = _again_or_back(
            operation,
            _("Operation {number} ({command}) can't be done again: another record has what this one had: {record}."),
            _("Operation {number} ({command}) can't be taken back: another record has what this one had: {record}."),
        )
        raise Refused(
            sentence.format(number=told.id, command=told.command, record=entity_name(error.entity)),
            way_out(db, holders(db, error)),
        ) from error
    _refuse_blocked(db, operation, told, broken_references(db))
    row = db.execute(_IN_DELETED_STATUS).fetchone()
    if row is not None:
        client, status_id, status = row
        deletion = last_touched(db, "status", status_id)
        sentence = _again_or_back(
            operation,
            _('Operation {number} can\'t be done again: {client} would be in the status "{status}", which is deleted.'),
            _('Operation {number} can\'t be taken back: {client} would be in the status "{status}", which is deleted.'),
        )
        raise Refused(
            sentence.format(number=told.id, client=client, status=status),
            way_out(db, [deletion]),
        )


def _again_or_back(operation: Operation, again: str, back: str) -> str:
    return back if operation.undoes is None else again


def _refuse_blocked(db: sqlite3.Connection, operation: Operation, told: Operation, found: Sequence[Blocker]) -> None:
    if not found:
        return
    sentence = _again_or_back(
        operation,
        _("Operation {number} ({command}) can't be done again: something later stands in its way."),
        _("Operation {number} ({command}) can't be taken back: something later rests on it."),
    )
    raise Refused(sentence.format(number=told.id, command=told.command), way_out(db, found))
