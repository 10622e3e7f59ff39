"""Clients who were recorded or imported and taken back by `undo`: only the journal tells of them (R53, R54)."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_
from schoolcrm.core.listing.lookup import Hit, Wording, contains_words, lookup, read_id
from schoolcrm.core.people.purged_numbers import Span
from schoolcrm.core.rules.phones import read_phones
from schoolcrm.core.store.journal import BLANKED, bounds
from schoolcrm.core.store.numbers import number_list

_COMINGS = f"""
    SELECT change.record, change.kind, change.before, operation.id, operation.command, operation.at, operation.undoes,
           undone.undoes IS NOT NULL, operation.first_change
      FROM change
      JOIN operation ON operation.id = change.operation_id
      LEFT JOIN operation AS undone ON undone.id = operation.undoes
     WHERE change.entity = 'client' AND {{whose}} AND change.kind IN ('insert', 'delete')
       AND ifnull(json_extract(change.before, '$.{BLANKED}'), 0) = 0
     ORDER BY change.record, change.id
"""  # noqa: S608
_GONE = "SELECT DISTINCT {owner} FROM change WHERE entity = '{entity}' AND kind = 'delete' AND before IS NOT NULL AND "
_OWNER_IN_IMAGE = "json_extract(before, '$.client_id')"

WORDING = Wording(
    absent=N_("No client is called {name}."),
    several=N_("Several clients who were taken back answered to {name}."),
)


class TakenBack(NamedTuple):
    """A client only the journal tells of: recorded by the operation `made`, taken back at that moment (UTC)."""

    name: str
    span: Span
    made: int
    command: str
    taken_back_at: str

    @property
    def id(self) -> int:
        """The number that the client had."""
        return self.span.client_id


@dataclass(slots=True)
class _Life:
    """A client as the journal has it, from being recorded to being gone, undone and done again as may be."""

    made: int
    command: str
    first: int
    name: str = ""
    gone_by: int | None = None
    gone_at: str = ""
    was_taken_back: bool = False


def all_taken_back(db: sqlite3.Connection) -> list[TakenBack]:
    """Return all clients who were taken back and whom no purge has emptied, by number."""
    return list(_taken_back(db, db.execute(_COMINGS.format(whose="1"))))


def taken_back(db: sqlite3.Connection, numbers: Collection[int]) -> list[TakenBack]:
    """Return those of them who had these numbers."""
    whose = "change.record IN (SELECT value FROM json_each(:numbers))"
    asked = {"numbers": number_list(sorted(numbers))}
    return list(_taken_back(db, db.execute(_COMINGS.format(whose=whose), asked)))


def find_taken_back(db: sqlite3.Connection, ref: str) -> int:
    """Return the number of a client who was taken back, by id, name, phone or part of a name of then.

    Raises Ambiguous, NotFound, BadValue.
    """

    def hits(numbers: Iterable[int]) -> list[Hit]:
        return [(one.id, False) for one in taken_back(db, set(numbers))]

    def named(condition: str, words: Sequence[str]) -> Iterator[int]:
        for entity, owner in (("client", "record"), ("student", _OWNER_IN_IMAGE)):
            query = _GONE.format(owner=owner, entity=entity) + condition
            yield from (number for (number,) in db.execute(query, words))

    steps = (
        lambda text: hits(filter(None, [read_id(text)])),
        lambda text: hits(_with_phone(db, text)),
        lambda text: hits(named(*contains_words("json_extract(before, '$.name_key')", text))),
    )
    return lookup(
        ref,
        steps,
        labels=lambda ids: [(one.id, one.name) for one in taken_back(db, ids)],
        known=tuple,
        wording=WORDING,
    )


def _with_phone(db: sqlite3.Connection, text: str) -> list[int]:
    try:
        phones = read_phones(text)
    except BadValue:
        return []
    condition = "json_extract(before, '$.value_key') IN (SELECT value FROM json_each(?))"
    query = _GONE.format(owner=_OWNER_IN_IMAGE, entity="contact") + condition
    return [number for (number,) in db.execute(query, (json.dumps(phones),))]


def _taken_back(db: sqlite3.Connection, comings: Iterable[Any]) -> Iterator[TakenBack]:
    ends: dict[int, int] = {}
    for number, changes in groupby(comings, key=lambda row: row[0]):
        for life in _lives(changes):
            if life.gone_by is None or not life.was_taken_back:
                continue
            if life.gone_by not in ends:
                ends[life.gone_by] = (bounds(db, life.gone_by) or (0, 0))[1]
            span = Span(number, life.first, ends[life.gone_by])
            yield TakenBack(life.name, span, life.made, life.command, life.gone_at)


def _lives(changes: Iterable[Any]) -> list[_Life]:
    """Return who had a number, one after the other; what an undo or redo brought back goes on living."""
    lives: list[_Life] = []
    by_operation: dict[int, _Life] = {}
    present: _Life | None = None
    for _record, kind, before, operation, command, at, undoes, is_redo, first in changes:
        if kind == "insert":
            present = by_operation.get(undoes)
            if present is None:
                present = _Life(operation, command, first)
                lives.append(present)
            present.gone_by = None
        elif present is not None:
            present.name = str(json.loads(before)["name"])
            present.gone_by, present.gone_at = operation, at
            present.was_taken_back = undoes is not None and not is_redo
        if present is not None:
            by_operation[operation] = present
    return lives
