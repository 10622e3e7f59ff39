"""What was priced anew since a moment of the running operation, as the journal has it (R31)."""

import sqlite3
from typing import NamedTuple

# The journal keeps each record as it was before its first change; what was not there has no image.
_CHANGED = """
    WITH since AS (
        SELECT entity, record, before, min(id) FROM change
         WHERE id > :last AND +entity IN ('mark', 'upfront_charge')
         GROUP BY entity, record
    ), moved AS (
        SELECT CAST(substr(record, 1, instr(record, '/') - 1) AS INTEGER) AS student_id,
               json_extract(before, '$.charge') AS former, mark.charge AS now, 0 AS upfront
          FROM since
          LEFT JOIN mark ON mark.student_id = CAST(substr(record, 1, instr(record, '/') - 1) AS INTEGER)
           AND mark.lesson_id = CAST(substr(record, instr(record, '/') + 1) AS INTEGER)
         WHERE entity = 'mark'
        UNION ALL
        SELECT subscription.student_id,
               json_extract(before, '$.amount'), upfront_charge.amount, 1
          FROM since
          LEFT JOIN upfront_charge ON upfront_charge.id = record
          JOIN subscription
            ON subscription.id = ifnull(json_extract(before, '$.subscription_id'), upfront_charge.subscription_id)
         WHERE entity = 'upfront_charge'
    )
    SELECT student.client_id, sum(ifnull(now, 0) - ifnull(former, 0)),
           sum(iif(upfront, ifnull(now, 0) - ifnull(former, 0), 0)) <> 0
      FROM moved
      JOIN student ON student.id = moved.student_id
     GROUP BY student.client_id
    HAVING max(iif(upfront, 0, former <> now)) OR sum(iif(upfront, ifnull(now, 0) - ifnull(former, 0), 0)) <> 0
     ORDER BY student.client_id
"""


class PricedAnew(NamedTuple):
    """A client whose charges changed: by how many kopecks in all, and whether those of subscriptions themselves did."""

    client_id: int
    charged: int
    upfront: bool


def priced_anew(db: sqlite3.Connection, last: int) -> list[PricedAnew]:
    """Return the clients of whom marks that were there already, or what a sale charges, cost another sum now.

    "Now" is against the moment when `last` was the journal's last change.
    The sum counts marks made and taken back too, for it tells the balances apart; who only has such is left out,
    and so is who is charged the same in all.
    """
    rows = db.execute(_CHANGED, {"last": last}).fetchall()
    return [PricedAnew(client_id, charged, bool(upfront)) for client_id, charged, upfront in rows if charged]
