"""What stands in the way of an undo: all later operations that rest on it, and what to do about them (R54)."""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby

from schoolcrm.core.language import _, ngettext
from schoolcrm.core.office.later_sales import later_sales
from schoolcrm.core.office.past_names import name_of
from schoolcrm.core.office.record_words import entity_name
from schoolcrm.core.rules.names import excerpt
from schoolcrm.core.store.blockers import MOST_BLOCKERS, Blocker, blockers, later_operations
from schoolcrm.core.store.journal import record_key
from schoolcrm.core.store.undo import bounds_of, last_doing
from schoolcrm.core.store.writing_back import gather

DELIVERY = "messages deliver"
FINAL = frozenset({"init", "clients purge", DELIVERY})
"""Commands that nothing takes back."""

_TAKING_BACK = frozenset({"undo", "redo"})
_MOST_RECORDS_NAMED = 3
_MOST_OPERATIONS_NAMED = 10
_MOST_LOOKED_INTO = 50

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
     ORDER BY (SELECT max(id) FROM change WHERE change.entity = 'mark' AND change.record = {name}) DESC
     LIMIT {most}
"""


def in_the_way(db: sqlite3.Connection, number: int) -> list[Blocker]:
    """Return what rests on the operation, and what rests on that in turn; after `writing_back.gather`.

    If anything was found, the records concerned are another operation's afterwards.
    """
    found = dict.fromkeys([*blockers(db, number), *_later_marks(db, number)])
    looked_into: set[int] = set()
    while len(looked_into) < _MOST_LOOKED_INTO:
        waiting = {one.operation for one in found if one.operation and one.command not in FINAL | _TAKING_BACK}
        if not waiting - looked_into:
            break
        latest = max(waiting - looked_into)
        looked_into.add(latest)
        doing = last_doing(db, latest)
        gather(db, *bounds_of(db, doing))
        found |= dict.fromkeys([*blockers(db, doing), *_later_marks(db, doing), *_buying_again(db, doing)])
    return list(found)


def _later_marks(db: sqlite3.Connection, number: int) -> list[Blocker]:
    """Return marks made or changed since under a package or month that paid marks of this operation."""
    first, last = bounds_of(db, number)
    query = _MARKS_OF_THE_SAME.format(name=record_key(["student_id", "lesson_id"], "mark"), most=MOST_BLOCKERS)
    rows = db.execute(query, {"first": first, "last": last}).fetchall()
    return [each for (mark,) in rows for each in later_operations(db, "mark", mark, last, holding_only=True)]


def _buying_again(db: sqlite3.Connection, number: int) -> list[Blocker]:
    """Return the sales made later that hold what this operation's sale has brought (R7)."""
    _first, last = bounds_of(db, number)
    sold = [later for _client, _sale, later in later_sales(db)]
    return [each for sale in sold for each in later_operations(db, "subscription", sale, last, holding_only=True)]


def way_out(db: sqlite3.Connection, found: Iterable[Blocker]) -> str:
    """Return the list of what stands in the way, operation by operation, the latest first, and what to do."""
    ordered = sorted(found, key=lambda one: (-(one.operation or 0), one.entity))
    if not ordered:
        return _("'schoolcrm history' shows what was done since.")
    listed = _listed(db, ordered)
    for one in ordered:
        if one.command in FINAL:
            return _("In the way: {list}. Operation {number} ({command}) can never be undone.").format(
                list=listed, number=one.operation, command=one.command
            )
    numbers = [one.operation for one in ordered if one.operation and one.command not in _TAKING_BACK]
    if not numbers:
        return _("In the way: {list}.").format(list=listed)
    return _("In the way: {list}. Undo the latest first: 'schoolcrm undo --op {number}'.").format(
        list=listed, number=numbers[0]
    )


def _listed(db: sqlite3.Connection, ordered: Sequence[Blocker]) -> str:
    grouped = [(key, [*records]) for key, records in groupby(ordered, key=lambda one: (one.operation, one.command))]
    told = []
    for (number, command), records in grouped[:_MOST_OPERATIONS_NAMED]:
        names = [_named(db, one) for one in records[:_MOST_RECORDS_NAMED]]
        if len(records) > _MOST_RECORDS_NAMED:
            names.append("…")
        told.append(f"{number} {command} ({', '.join(names)})" if number else ", ".join(names))
    more = len(grouped) - _MOST_OPERATIONS_NAMED
    if more > 0:
        told.append(ngettext("and {count} more operation", "and {count} more operations", more).format(count=more))
    return "; ".join(told)


def _named(db: sqlite3.Connection, one: Blocker) -> str:
    """Return what kind of record it is, its number, and whose: "mark 1/1: Anna"."""
    name = name_of(db, one.entity, one.record)
    return f"{entity_name(one.entity)} {one.record}" + (f": {excerpt(name)}" if name else "")
