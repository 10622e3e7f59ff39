"""What the nightly rules look at: purchases, visits, decisions by hand; read set by set, for all or for one client."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from schoolcrm.core.rules.loyalty import Purchases, count_purchases
from schoolcrm.core.rules.status import Silence, latest

_CLIENTS = "SELECT id, status_id, stage_id, last_visit_on, last_purchase_on FROM visible_client WHERE {one}"
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


class ClientFacts(NamedTuple):
    """What decides a client's status and stage, with the ids they stand at now.

    `stage_kept`: the stage was set by hand and nothing was bought since (R9).
    """

    client_id: int
    status_id: int
    stage_id: int
    silence: Silence
    purchases: Purchases
    stage_kept: bool


def read_facts(db: sqlite3.Connection, client_id: int | None = None) -> Iterator[ClientFacts]:
    """Yield the facts of every client who is neither archived nor deleted, by id; of one, if it is given."""

    def rows(sql: str, key: str = "client_id") -> sqlite3.Cursor:
        one = "1" if client_id is None else f"{key} = :client"
        return db.execute(sql.format(one=one), {"client": client_id})

    bases = dict(db.execute("SELECT id, base FROM status"))
    sales = {client: (count, _day(last), last_id) for client, count, last, last_id in rows(_SALES)}
    visits = dict(rows(_VISITS))
    decisions = dict(rows(_DECISIONS))
    kept = {client: (_day(on), last_id or 0) for client, on, last_id in rows(_KEPT_STAGES)}
    nothing = (0, None, 0)
    for client, status_id, stage_id, visited, bought in rows(_CLIENTS, "id"):
        count, last_sale_on, last_id = sales.get(client, nothing)
        imported_on = _day(bought)
        purchases = count_purchases(count, last_sale_on, imported_on)
        attended_on = latest(_day(visits.get(client)), _day(visited))
        silence = Silence(bases[status_id], purchases.last_on, attended_on, _day(decisions.get(client)))
        stage_kept = client in kept and not _bought_since(kept[client], imported_on, last_id)
        yield ClientFacts(client, status_id, stage_id, silence, purchases, stage_kept)


def _bought_since(kept: tuple[date | None, int], imported_on: date | None, last_id: int) -> bool:
    """Tell whether a purchase came after the stage was set; sales are told apart by id, not by their day."""
    kept_on, known_id = kept
    return last_id > known_id or (imported_on is not None and kept_on is not None and imported_on > kept_on)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
