"""How a client came to be where they are: every change of status, and what the rules will do next (R10, R11)."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schoolcrm.core.rules.loyalty import sleeping_from, stage_due
from schoolcrm.core.rules.status import REFUSABLE, Skip, refusal_starts_on
from schoolcrm.core.statuses.catalogue import Status, read_statuses
from schoolcrm.core.statuses.facts import ClientFacts, read_facts
from schoolcrm.core.statuses.numbers import read_numbers
from schoolcrm.core.statuses.recompute import find_spared

_HISTORY = """
    SELECT status_change.on_date, status_change.scale, origin.name, target.name,
           status_change.reason, status_change.note, status_change.user, status_change.at
      FROM status_change
      LEFT JOIN status AS origin ON origin.id = status_change.from_id
      JOIN status AS target ON target.id = status_change.to_id
     WHERE status_change.client_id = ?
     ORDER BY status_change.id DESC
"""
_SINCE = """
    SELECT on_date, reason, note FROM status_change
     WHERE client_id = ? AND scale = ? AND to_id = ? ORDER BY id DESC LIMIT 1
"""


class PastChange(NamedTuple):
    """One line of a client's history of statuses; days and moments as the database holds them."""

    on_date: str
    scale: str
    origin: str | None
    to: str
    reason: str
    note: str | None
    user: str
    at: str


class Standing(NamedTuple):
    """Where a client stands on one scale, since when and why, and the base that time alone leads to.

    `since` and `reason` are None for a client without a history; `next_base` None: nothing is to come.
    `next_on` may be past: then the change waits for the next recompute. `held_by` keeps it from happening.
    """

    status: Status
    since: date | None
    reason: str | None
    note: str | None
    next_base: str | None = None
    next_on: date | None = None
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decides a client's status and stage; `facts` is None for an archived or deleted client."""

    facts: ClientFacts | None
    funnel: Standing
    loyalty: Standing


def find_history(db: sqlite3.Connection, client_id: int) -> list[PastChange]:
    """Return every change of the client's status and stage, the newest first (R10)."""
    return [PastChange(*row) for row in db.execute(_HISTORY, (client_id,))]


def explain(db: sqlite3.Connection, client_id: int, today: date) -> Explanation:
    """Return the facts and what follows from them today and later (R11)."""
    statuses = read_statuses(db)
    status_id, stage_id = db.execute("SELECT status_id, stage_id FROM client WHERE id = ?", (client_id,)).fetchone()
    funnel = _standing(db, client_id, statuses[status_id])
    loyalty = _standing(db, client_id, statuses[stage_id])
    facts = next(read_facts(db, client_id), None)
    if facts is not None:
        funnel = _with_refusal(db, funnel, facts, today)
        loyalty = _with_next_stage(db, loyalty, facts, today)
    return Explanation(facts, funnel, loyalty)


def _standing(db: sqlite3.Connection, client_id: int, status: Status) -> Standing:
    row = db.execute(_SINCE, (client_id, status.scale, status.id)).fetchone()
    on, reason, note = row or (None, None, None)
    return Standing(status, date.fromisoformat(on) if on else None, reason, note)


def _with_refusal(db: sqlite3.Connection, standing: Standing, facts: ClientFacts, today: date) -> Standing:
    anchor = facts.silence.anchor()
    if anchor is None or standing.status.base not in REFUSABLE:
        return standing
    spared: dict[int, Skip] = find_spared(db, [facts.client_id], today)
    due_on = refusal_starts_on(anchor, read_numbers(db).refusal_months)
    return standing._replace(next_base="refused", next_on=due_on, held_by=spared.get(facts.client_id))


def _with_next_stage(db: sqlite3.Connection, standing: Standing, facts: ClientFacts, today: date) -> Standing:
    thresholds = read_numbers(db).loyalty
    due = stage_due(facts.purchases, today, thresholds)
    held_by = "hand" if facts.stage_kept else None
    if due != standing.status.base:
        return standing._replace(next_base=due, next_on=today, held_by=held_by)
    if due in ("active", "regular"):
        asleep_on = sleeping_from(facts.purchases, thresholds)
        return standing._replace(next_base="sleeping", next_on=asleep_on, held_by=held_by)
    return standing
