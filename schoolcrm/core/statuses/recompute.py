"""What time does to statuses: refusal by silence and the stages of loyalty, for the whole school at once (R8–R10)."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schoolcrm.core.rules.loyalty import Thresholds, stage_due
from schoolcrm.core.rules.status import LOYALTY, SCALES, Skip, refusal_due, skip_reason
from schoolcrm.core.statuses.catalogue import automatic_status, read_statuses
from schoolcrm.core.statuses.change import Change, write_changes
from schoolcrm.core.statuses.facts import ClientFacts, read_facts
from schoolcrm.core.statuses.numbers import read_numbers
from schoolcrm.core.store.numbers import number_list
from schoolcrm.core.store.transaction import WritableSchool
from schoolcrm.core.store.undo import state_of

# An open-ended package has ended once its lessons are used up; anything else ends with its last day.
NOT_ENDED = """subscription.deleted_on IS NULL
           AND CASE WHEN subscription.last_on IS NOT NULL THEN subscription.last_on >= :today
                    WHEN subscription.kind <> 'package' THEN 1
                    ELSE subscription.lessons > (SELECT count(*) FROM mark
                                                  WHERE mark.subscription_id = subscription.id AND share > 0) END"""
_WITH_SUBSCRIPTION = f"""
    SELECT wanted.value FROM json_each(:clients) AS wanted
     WHERE EXISTS (
        SELECT 1 FROM student JOIN subscription ON subscription.student_id = student.id
         WHERE student.client_id = wanted.value AND {NOT_ENDED})
"""  # noqa: S608
# One client at a time: SQLite takes a plain client_id into the ledger's view, but not a list of them.
_HAS_MONEY = "SELECT 1 FROM ledger_entry WHERE client_id = ? GROUP BY account HAVING sum(amount) > 0 LIMIT 1"


@dataclass(frozen=True, slots=True)
class Transition:
    """One kind of change: the scale, base codes from and to, the reason code, how many clients."""

    scale: str
    origin: str
    to: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Due:
    """What the rules would change today, and the clients whom the guard of R8 spares, each with why."""

    changes: list[Change]
    spared: dict[int, Skip]


class Prepared(NamedTuple):
    """What is due on that day, in that way, as long as the file is in that `state`."""

    due: Due
    today: date
    strict: bool
    state: int


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a recompute did: every change, the kinds of change in the scales' order, the clients spared."""

    changes: list[Change]
    transitions: list[Transition]
    spared: dict[int, Skip]

    @property
    def changed(self) -> int:
        """How many changes of a status or a stage there were."""
        return len(self.changes)

    @property
    def skipped(self) -> dict[Skip, int]:
        """How many clients the guard spared, by reason."""
        counts = Counter(self.spared.values())
        return {reason: counts[reason] for reason in Skip if counts[reason]}


class _Loyalty(NamedTuple):
    """The scale of loyalty: which base a status has, which status is the automatic one of a base, the numbers."""

    bases: dict[int, str]
    automatic: dict[str, int]
    thresholds: Thresholds

    @classmethod
    def of(cls, db: sqlite3.Connection, thresholds: Thresholds) -> "_Loyalty":
        """Return the scale as the school has it."""
        bases = {status.id: status.base for status in read_statuses(db).values() if status.scale == "loyalty"}
        return cls(bases, {base: automatic_status(db, "loyalty", base) for base in LOYALTY}, thresholds)

    def change_due(self, facts: ClientFacts, today: date) -> Change | None:
        """Return the change of the client's stage that is due today (R9); None: it stays."""
        stage = stage_due(facts.purchases, today, self.thresholds, facts.terminated_on)
        if stage == self.bases[facts.stage_id] or facts.keeps_stage(today):
            return None
        reason = "termination" if stage == "former" else "loyalty-rule"
        return Change(facts.client_id, "loyalty", facts.stage_id, self.automatic[stage], reason)


def prepare(db: sqlite3.Connection, today: date, *, strict: bool = False) -> Prepared:
    """Find what `recompute` will write, before its transaction begins; BadValue if a setting can't be read."""
    state = state_of(db)
    return Prepared(find_due(db, today, strict=strict), today, strict, state)


def recompute(school: WritableSchool, *, strict: bool = False, prepared: Prepared | None = None) -> Recomputed:
    """Apply R8 and R9 to every client who is neither archived nor deleted, as of the school's today.

    One read of the facts, a pure rule, one write of the differences: a second run changes nothing (R10).
    `strict`: R8 without its guard and without decisions by hand. BadValue if a setting can't be read.
    `prepared` on the same connection saves the reading, unless somebody has written since.
    """
    same = prepared is not None and prepared[1:] == (school.today, strict, state_of(school.db))
    due = prepared.due if prepared is not None and same else find_due(school.db, school.today, strict=strict)
    write_changes(school, due.changes)
    return Recomputed(due.changes, count_kinds(school.db, due.changes), due.spared)


def settle_stages(school: WritableSchool, client_ids: Iterable[int]) -> None:
    """Set the stages of these clients at once as `recompute` would: their purchases came or went (R9, R53)."""
    scale = _Loyalty.of(school.db, read_numbers(school.db).loyalty)
    found = (facts for number in client_ids for facts in read_facts(school.db, number))
    due = (scale.change_due(facts, school.today) for facts in found)
    write_changes(school, [change for change in due if change is not None])


def find_due(db: sqlite3.Connection, today: date, *, strict: bool = False) -> Due:
    """Return the changes that are due today without making them; BadValue if a setting can't be read."""
    numbers = read_numbers(db)
    scale = _Loyalty.of(db, numbers.loyalty)
    silent: list[ClientFacts] = []
    changes: list[Change] = []
    for facts in read_facts(db):
        if refusal_due(facts.silence, today, numbers.refusal_months, strict=strict):
            silent.append(facts)
        if (change := scale.change_due(facts, today)) is not None:
            changes.append(change)
    spared = {} if strict else find_spared(db, [facts.client_id for facts in silent], today)
    refused = automatic_status(db, "funnel", "refused")
    refusals = [
        Change(facts.client_id, "funnel", facts.status_id, refused, "refusal-rule")
        for facts in silent
        if facts.client_id not in spared
    ]
    return Due(refusals + changes, spared)


def find_spared(db: sqlite3.Connection, client_ids: list[int], today: date) -> dict[int, Skip]:
    """Return those of the clients that the guard of R8 leaves alone, with the reason."""
    day = today.isoformat()
    rows = db.execute(_WITH_SUBSCRIPTION, {"clients": number_list(client_ids), "today": day})
    with_subscription = {client_id for (client_id,) in rows}
    reasons = {
        client_id: skip_reason(
            has_subscription=client_id in with_subscription,
            has_money=db.execute(_HAS_MONEY, (client_id,)).fetchone() is not None,
        )
        for client_id in client_ids
    }
    return {client_id: reason for client_id, reason in reasons.items() if reason}


def count_kinds(db: sqlite3.Connection, changes: list[Change]) -> list[Transition]:
    """Return how many changes there are of each kind, in the order of the scales and their bases."""
    order = {(scale, base): None for scale, bases in SCALES.items() for base in bases}
    place = {key: number for number, key in enumerate(order)}
    bases = {status.id: status.base for status in read_statuses(db).values()}
    counts = Counter(
        (change.scale, bases[change.from_id], bases[change.to_id], change.reason)
        for change in changes
        if change.from_id is not None
    )
    kinds = sorted(counts, key=lambda kind: (place[kind[0], kind[1]], place[kind[0], kind[2]], kind[3]))
    return [Transition(*kind, counts[kind]) for kind in kinds]
