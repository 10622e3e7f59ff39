"""How a client came to be where they are: every change of status, and what the rules will do next (R10, R11)."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from schoolcrm.core.rules.loyalty import Thresholds, sleeping_from, stage_due
from schoolcrm.core.rules.status import REFUSABLE, Skip, refusal_starts_on
from schoolcrm.core.statuses.catalogue import Status, read_statuses
from schoolcrm.core.statuses.facts import ClientFacts, read_facts
from schoolcrm.core.statuses.numbers import Numbers, read_numbers
from schoolcrm.core.statuses.recompute import NOT_ENDED, find_spared
from schoolcrm.core.store.cells import stored_day

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


# When a subscription of the client's ends; None: nobody knows when. Used-up packages without a last day have ended.
_LAST_DAYS = f"""
    SELECT subscription.last_on FROM student JOIN subscription ON subscription.student_id = student.id
     WHERE student.client_id = :client AND {NOT_ENDED}
"""  # noqa: S608

RULES = {
    "hand": "R6",
    "event": "R7",
    "refusal": "R8",
    "termination": "R9",
    "silence": "R9",
    "purchases": "R9",
    "default": "R4",
    "import": "R62",
}
"""The rules that decide where a client stands, by the code in `Standing.rule`, and their numbers in the rules' list."""

_RULE_OF_REASON = {
    "hand": "hand",
    "refusal-rule": "refusal",
    "default-switched": "default",
    "import": "import",
}
_RULE_OF_STAGE = {"former": "termination", "sleeping": "silence"}


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
    `next_on` may be past: then the change waits for the next recompute. `held_by` keeps it from happening, for
    as long as can be told today; what has a last day has moved `next_on` past it instead. `rule` is the one that
    decided what is now, a key of RULES.
    """

    status: Status
    since: date | None
    reason: str | None
    note: str | None
    next_base: str | None = None
    next_on: date | None = None
    held_by: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decides a client's status and stage; `facts` is None for an archived or deleted client.

    Theirs, which no rule looks at, are `idle`; `archived_on` is the day they were put in the archive. `numbers` are
    the school's own settings of the rules.
    """

    facts: ClientFacts | None
    funnel: Standing
    loyalty: Standing
    numbers: Numbers
    idle: ClientFacts | None = None
    archived_on: date | None = None


def find_history(db: sqlite3.Connection, client_id: int) -> list[PastChange]:
    """Return every change of the client's status and stage, the newest first (R10)."""
    return [PastChange(*row) for row in db.execute(_HISTORY, (client_id,))]


def explain(db: sqlite3.Connection, client_id: int, today: date) -> Explanation:
    """Return the facts and what follows from them today and later (R11)."""
    statuses = read_statuses(db)
    query = "SELECT status_id, stage_id, archived_on FROM client WHERE id = ?"
    status_id, stage_id, archived_on = db.execute(query, (client_id,)).fetchone()
    funnel = _standing(db, client_id, statuses[status_id])
    loyalty = _standing(db, client_id, statuses[stage_id])
    facts = next(read_facts(db, client_id), None)
    numbers = read_numbers(db)
    if facts is not None:
        funnel = _with_refusal(db, funnel, facts, numbers.refusal_months, today)
        loyalty = _with_next_stage(loyalty, facts, numbers.loyalty, today)
    loyalty = loyalty._replace(rule=_rule_of_stage(loyalty, facts, today))
    idle = next(read_facts(db, client_id, out_of_sight=True)) if facts is None else None
    return Explanation(facts, funnel, loyalty, numbers, idle, stored_day(archived_on))


def _standing(db: sqlite3.Connection, client_id: int, status: Status) -> Standing:
    row = db.execute(_SINCE, (client_id, status.scale, status.id)).fetchone()
    on, reason, note = row or (None, None, None)
    rule = _RULE_OF_REASON.get(reason, "event") if reason else None
    return Standing(status, date.fromisoformat(on) if on else None, reason, note, rule=rule)


def _with_refusal(db: sqlite3.Connection, standing: Standing, facts: ClientFacts, months: int, today: date) -> Standing:
    """Return the standing with the refusal that is to come (R8), once the subscriptions known now have ended."""
    anchor = facts.silence.anchor()
    if anchor is None or standing.status.base not in REFUSABLE:
        return standing
    due_on = refusal_starts_on(anchor, months)
    first_on = max(due_on, today)
    held_by = find_spared(db, [facts.client_id], first_on).get(facts.client_id)
    if held_by is Skip.SUBSCRIPTION:
        keys = {"client": facts.client_id, "today": first_on.isoformat()}
        last_days = [last_on for (last_on,) in db.execute(_LAST_DAYS, keys)]
        if None not in last_days:
            due_on, held_by = date.fromisoformat(max(last_days)) + timedelta(days=1), None
    return standing._replace(next_base="refused", next_on=due_on, held_by=held_by)


def _with_next_stage(standing: Standing, facts: ClientFacts, thresholds: Thresholds, today: date) -> Standing:
    """Return the standing with the next stage that purchases, their absence or a termination lead to (R9)."""
    base = standing.status.base
    terminated_on = facts.terminated_on
    coming = terminated_on if terminated_on is not None and terminated_on > today and base != "former" else None
    due = stage_due(facts.purchases, today, thresholds, terminated_on)
    if facts.keeps_stage(today):
        if coming is not None:
            return standing._replace(next_base="former", next_on=coming)
        return standing._replace(next_base=due, next_on=today, held_by="hand") if due != base else standing
    if due != base:
        return standing._replace(next_base=due, next_on=today)
    asleep_on = sleeping_from(facts.purchases, thresholds) if due in ("active", "regular") else None
    if coming is not None and (asleep_on is None or coming <= asleep_on):
        return standing._replace(next_base="former", next_on=coming)
    return standing._replace(next_base="sleeping", next_on=asleep_on) if asleep_on else standing


def _rule_of_stage(standing: Standing, facts: ClientFacts | None, today: date) -> str | None:
    """Return the rule that the stage stands by; one that waits for a change, that which set it (R9)."""
    if facts is not None and facts.keeps_stage(today):
        return "hand"
    settled = facts is not None and standing.next_on != today
    if standing.reason in _RULE_OF_REASON and not settled:
        return _RULE_OF_REASON[standing.reason]
    return _RULE_OF_STAGE.get(standing.status.base, "purchases") if standing.reason or settled else None
