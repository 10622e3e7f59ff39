"""What the nightly rules look at: purchases, visits, decisions by hand; read set by set, for all or for one client."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from schoolcrm.core.rules.loyalty import Purchases, count_purchases
from schoolcrm.core.rules.status import Silence, latest
from schoolcrm.core.store.cells import stored_day

_CLIENTS = "SELECT id, status_id, stage_id, last_visit_on, last_purchase_on FROM visible_client WHERE {one}"
_ALL_CLIENTS = _CLIENTS.replace("visible_client", "client")
_SALES = """
    SELECT client_id, count(*), max(sold_on), max(subscription_id) FROM purchase WHERE {one} GROUP BY client_id
"""
# Marks are clustered by student and day, so the newest attended one is a probe at the end of the student's.
_VISITS = """
    SELECT client_id,
           max((SELECT on_date FROM mark
                 WHERE student_id = student.id AND attended = 1 ORDER BY on_date DESC LIMIT 1))
      FROM student WHERE {one} GROUP BY client_id
"""
_DECISIONS = """
    SELECT client_id, max(on_date) FROM status_change
     WHERE reason = 'hand' AND scale = 'funnel' AND {one} GROUP BY client_id
"""
# A stage set by hand that nothing has moved since, with the last purchase known when it was set.
_KEPT_STAGES = """
    SELECT client_id, on_date, subscription_id FROM status_change AS hand
     WHERE reason = 'hand' AND scale = 'loyalty' AND {one}
       AND NOT EXISTS (SELECT 1 FROM status_change AS later
                        WHERE later.client_id = hand.client_id AND later.scale = 'loyalty'
                          AND later.id > hand.id AND later.reason <> 'default-switched')
"""


# A trial recorded without a mark was attended as if it had one (R8).
_TRIALS = (
    "SELECT client_id, state, max(on_date) FROM trial WHERE state IN ('booked', 'attended') AND {one} GROUP BY 1, 2"
)
# The terminations of a last running contract after which nothing was bought; several of one client by day.
_TERMINATIONS = """
    SELECT client_id, terminated_on FROM contract AS ended
     WHERE terminated_on IS NOT NULL AND {one}
       AND NOT EXISTS (SELECT 1 FROM contract AS other
                        WHERE other.client_id = ended.client_id AND other.first_on <= ended.terminated_on
                          AND (other.last_on IS NULL OR other.last_on >= ended.terminated_on)
                          AND (other.terminated_on IS NULL OR other.terminated_on > ended.terminated_on))
       AND NOT EXISTS (SELECT 1 FROM purchase
                        WHERE purchase.client_id = ended.client_id
                          AND (purchase.sold_on, purchase.subscription_id)
                              > (ended.terminated_on, ifnull(ended.last_sale_id, 0)))
       AND NOT EXISTS (SELECT 1 FROM client
                        WHERE client.id = ended.client_id AND client.last_purchase_on > ended.terminated_on)
     ORDER BY client_id, terminated_on
"""


class ClientFacts(NamedTuple):
    """What decides a client's status and stage, with the ids they stand at now.

    `stage_kept_on`: when the stage was set by hand, if nothing was bought since. `terminated_on`: when the last
    running contract was terminated, if nothing was bought since: of several terminations the first after a stage
    set by hand, passed or to come (R9).
    """

    client_id: int
    status_id: int
    stage_id: int
    silence: Silence
    purchases: Purchases
    stage_kept_on: date | None = None
    terminated_on: date | None = None

    def keeps_stage(self, today: date) -> bool:
        """Tell whether the stage set by hand still stands today: no purchase and no later termination (R9)."""
        if self.stage_kept_on is None:
            return False
        return self.terminated_on is None or not self.stage_kept_on < self.terminated_on <= today


def read_facts(
    db: sqlite3.Connection, client_id: int | None = None, *, out_of_sight: bool = False
) -> Iterator[ClientFacts]:
    """Yield the facts of every client who is neither archived nor deleted, by id; of one, if it is given.

    `out_of_sight`: those too whom no rule looks at.
    """

    def rows(sql: str, key: str = "client_id") -> sqlite3.Cursor:
        one = "1" if client_id is None else f"{key} = :client"
        return db.execute(sql.format(one=one), {"client": client_id})

    bases = dict(db.execute("SELECT id, base FROM status"))
    sales = {client: (count, stored_day(last), last_id) for client, count, last, last_id in rows(_SALES)}
    visits = dict(rows(_VISITS))
    decisions = dict(rows(_DECISIONS))
    kept = {client: (stored_day(on), last_id or 0) for client, on, last_id in rows(_KEPT_STAGES)}
    trials = {(client, state): on for client, state, on in rows(_TRIALS)}
    terminations: dict[int, list[date]] = {}
    for client, on in rows(_TERMINATIONS):
        terminations.setdefault(client, []).append(date.fromisoformat(on))
    nothing = (0, None, 0)
    for client, status_id, stage_id, visited, bought in rows(_ALL_CLIENTS if out_of_sight else _CLIENTS, "id"):
        count, last_sale_on, last_id = sales.get(client, nothing)
        imported_on = stored_day(bought)
        purchases = count_purchases(count, last_sale_on, imported_on)
        attended_on = latest(stored_day(visits.get(client)), stored_day(visited))
        attended_on = latest(attended_on, stored_day(trials.get((client, "attended"))))
        decided_on, trial_on = stored_day(decisions.get(client)), stored_day(trials.get((client, "booked")))
        silence = Silence(bases[status_id], purchases.last_on, attended_on, decided_on, trial_on)
        kept_on = kept[client][0] if client in kept and not _bought_since(kept[client], imported_on, last_id) else None
        terminated_on = _deciding(terminations.get(client, []), kept_on)
        yield ClientFacts(client, status_id, stage_id, silence, purchases, kept_on, terminated_on)


def terminations_of(db: sqlite3.Connection, client_id: int) -> list[date]:
    """Return the days on which a last running contract was terminated and nothing was bought since, passed or to
    come, in order (R9)."""
    rows = db.execute(_TERMINATIONS.format(one="client_id = :client"), {"client": client_id})
    return [date.fromisoformat(on) for _client, on in rows]


def _deciding(terminations: list[date], kept_on: date | None) -> date | None:
    """Return the first termination after the stage was set by hand, else the last one before; None without any."""
    later = [on for on in terminations if kept_on is None or on > kept_on]
    return min(later) if later else max(terminations, default=None)


def _bought_since(kept: tuple[date | None, int], imported_on: date | None, last_id: int) -> bool:
    """Tell whether a purchase came after the stage was set; sales are told apart by id, not by their day."""
    kept_on, known_id = kept
    return last_id > known_id or (imported_on is not None and kept_on is not None and imported_on > kept_on)
