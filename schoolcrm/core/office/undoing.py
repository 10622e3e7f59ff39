"""Which operation may be undone or done again, and why another may not (R54)."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from schoolcrm.core.errors import NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.office.record_words import entity_name
from schoolcrm.core.store.blockers import (
    MOST_BLOCKERS,
    Blocker,
    blockers,
    broken_references,
    holders,
    last_touched,
    later_operations,
)
from schoolcrm.core.store.journal import record_key
from schoolcrm.core.store.transaction import WritableSchool
from schoolcrm.core.store.undo import (
    Operation,
    Taken,
    bounds_of,
    gather,
    is_blanked,
    last_doing,
    last_operation,
    last_undo,
    read_operation,
    take_back,
)

RECOMPUTE = "status recompute"
FINAL = frozenset({"init", "clients purge"})
"""Commands that nothing takes back."""

_TAKING_BACK = frozenset({"undo", "redo"})
_MOST_RECORDS_NAMED = 3

# The price of a lesson of a package or a month depends on the others: one of them can't be taken out from among them.
_MARKS_OF_THE_SAME = """
    WITH paid_by AS (
        SELECT mark.subscription_id AS id
          FROM temp.concerned CROSS JOIN mark
            ON mark.student_id = CAST(substr(concerned.record, 1, instr(concerned.record, '/') - 1) AS INTEGER)
           AND mark.lesson_id = CAST(substr(concerned.record, instr(concerned.record, '/') + 1) AS INTEGER)
         WHERE concerned.entity = 'mark'
         UNION
        SELECT json_extract(before, '$.subscription_id') FROM change
         WHERE id BETWEEN :first AND :last AND entity = 'mark' AND before IS NOT NULL)
    SELECT {name} FROM paid_by
      JOIN subscription ON subscription.id = paid_by.id AND subscription.kind <> 'lesson'
     CROSS JOIN mark ON mark.subscription_id = paid_by.id
     WHERE EXISTS (SELECT 1 FROM change
                    WHERE change.entity = 'mark' AND change.record = {name} AND change.id > :last)
"""
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
    the one whose changes are written back, which is its last redo if it was undone before.
    """

    operation: Operation
    doing: int
    told: Operation
    counts: Mapping[str, int]

    @property
    def again(self) -> bool:
        """Whether this is a redo."""
        return self.operation.undoes is not None


def choose_undo(db: sqlite3.Connection, user: str, number: int | None) -> Operation:
    """Return the operation to undo: that one, or the user's last, recompute skipped; NotFound, Refused."""
    if number is None:
        last = last_operation(db, user, {RECOMPUTE})
        if last is None or last.command == "init":
            raise NotFound(
                _("There is nothing that {user} could undo.").format(user=user),
                _("'schoolcrm history' shows what was done, 'schoolcrm undo --op N' takes one operation back."),
            )
        return last
    chosen = read_operation(db, number)
    if chosen is None:
        raise NotFound(
            _("There is no operation {number}.").format(number=number), _("'schoolcrm history' shows the operations.")
        )
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


def prepare(school: WritableSchool, operation: Operation) -> Undoing:
    """Return what taking the operation back would concern; Refused tells what stands in the way.

    To be called inside the transaction that will do it: it looks anew at everything.
    """
    db = school.db
    operation = read_operation(db, operation.id, school.operation_id) or operation
    _require_possible(operation)
    doing = last_doing(db, operation.id)
    counts = gather(db, doing)
    if is_blanked(db, doing):
        raise Refused(
            _(
                "Operation {number} ({command}) can't be taken back: a purge has taken away for good what was there."
            ).format(number=operation.id, command=operation.command),
            _("Only a backup from before the purge still has it."),
        )
    _refuse_blocked(operation, blockers(db, doing) or _later_marks(db, doing))
    origin = read_operation(db, operation.undoes) if operation.undoes is not None else None
    return Undoing(operation, doing, origin or operation, counts)


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


def _later_marks(db: sqlite3.Connection, number: int) -> list[Blocker]:
    """Return marks made or changed since under a package or month that paid marks of this operation."""
    first, last = bounds_of(db, number)
    query = _MARKS_OF_THE_SAME.format(name=record_key(["student_id", "lesson_id"], "mark"))
    found: list[Blocker] = []
    for (record,) in db.execute(query, {"first": first, "last": last}):
        found += later_operations(db, "mark", record, last, holding_only=True)
        if len(found) >= MOST_BLOCKERS:
            break
    return found


def carry_out(school: WritableSchool, undoing: Undoing) -> None:
    """Take the operation back, `prepare` having allowed it; Refused when the records would not hold together.

    The transaction is then to be given up: it is half done.
    """
    db, operation = school.db, undoing.operation
    try:
        take_back(db, undoing.doing)
    except Taken as error:
        raise Refused(
            _(
                "Operation {number} ({command}) can't be taken back: another record has what this one had: {record}."
            ).format(number=operation.id, command=operation.command, record=entity_name(error.entity)),
            _way_out(holders(db, error)),
        ) from error
    _refuse_blocked(operation, broken_references(db))
    row = db.execute(_IN_DELETED_STATUS).fetchone()
    if row is not None:
        client, status_id, status = row
        deletion = last_touched(db, "status", status_id)
        raise Refused(
            _(
                "Operation {number} can't be taken back: {client} would be in the status «{status}», which is deleted."
            ).format(number=operation.id, client=client, status=status),
            _way_out([deletion]),
        )


def _refuse_blocked(operation: Operation, found: Sequence[Blocker]) -> None:
    if not found:
        return
    raise Refused(
        _("Operation {number} ({command}) can't be taken back: something later rests on it.").format(
            number=operation.id, command=operation.command
        ),
        _way_out(found),
    )


def _way_out(found: Sequence[Blocker]) -> str:
    """Return the list of what stands in the way, operation by operation, and what to do."""
    told = []
    ordered = sorted(found, key=lambda one: (one.operation or 0, one.entity))
    for (number, command), records in groupby(ordered, key=lambda one: (one.operation, one.command)):
        names = [_named(one) for one in records]
        if len(names) > _MOST_RECORDS_NAMED:
            names[_MOST_RECORDS_NAMED:] = ["…"]
        told.append(f"{number} {command} ({', '.join(names)})" if number else ", ".join(names))
    if not told:
        return _("'schoolcrm history' shows what was done since.")
    listed = "; ".join(told)
    numbers = [one.operation for one in found if one.operation and one.command not in _TAKING_BACK]
    if not numbers:
        return _("In the way: {list}.").format(list=listed)
    return _("In the way: {list}. Undo the latest first: 'schoolcrm undo --op {number}'.").format(
        list=listed, number=max(numbers)
    )


def _named(one: Blocker) -> str:
    return f"{entity_name(one.entity)} {one.record}"
