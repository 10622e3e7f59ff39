"""Floor of `status recompute`: `recompute.py DATABASE DAY`, with `--facts` only the reading of the facts.

Aggregate queries into dictionaries, the rules R8 and R9 as one plain function, the differences by executemany.
"""

import sqlite3
import sys
from datetime import date, timedelta

from accounts import balances  # type: ignore[import-not-found]

MONTHS, SLEEPING_DAYS, REGULAR = 5, 180, 3
REFUSABLE = {"bought", "trial-booked", "trial-done", "group-search"}

PURCHASES = """
    SELECT student.client_id, count(*), max(sold_on)
      FROM subscription JOIN student ON student.id = subscription.student_id
     WHERE is_trial = 0 AND origin = 'sale' AND deleted_on IS NULL
     GROUP BY student.client_id
"""
RUNNING = """
    SELECT DISTINCT student.client_id
      FROM subscription JOIN student ON student.id = subscription.student_id
     WHERE deleted_on IS NULL AND (last_on IS NULL OR last_on >= ?)
"""
VISITS = """
    SELECT client_id, max((SELECT on_date FROM mark WHERE student_id = student.id AND attended = 1
                            ORDER BY on_date DESC LIMIT 1))
      FROM student GROUP BY client_id
"""
DECIDED = (
    "SELECT client_id, max(on_date) FROM status_change WHERE scale = 'funnel' AND reason = 'hand' GROUP BY client_id"
)
CLIENTS = """
    SELECT client.id, status.id, status.base, status.automatic, stage.id, stage.base, last_visit_on, last_purchase_on
      FROM client JOIN status ON status.id = status_id JOIN status AS stage ON stage.id = stage_id
     WHERE archived_on IS NULL
"""


def main(database: str, today: str, only: str = "") -> None:
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    purchases = {client: (count, last) for client, count, last in db.execute(PURCHASES)}
    running = {client for (client,) in db.execute(RUNNING, (today,))}
    visits, decided = (dict(db.execute(query)) for query in (VISITS, DECIDED))
    money = {client: max(accounts.values()) for client, accounts in balances(db).items()}
    clients = db.execute(CLIENTS).fetchall()
    if only == "--facts":
        return
    status = dict(db.execute("SELECT scale || base, id FROM status WHERE automatic = 1"))
    silent_since, awake_since = months_before(today, MONTHS), days_before(today, SLEEPING_DAYS)
    moved = []
    for client, status_id, base, _automatic, stage_id, stage, imported_visit, imported_purchase in clients:
        count, bought = purchases.get(client, (0, ""))
        count, bought = count + bool(imported_purchase), max(bought, imported_purchase or "")
        visited = max(visits.get(client) or "", imported_visit or "")
        anchor = max(bought, visited, decided.get(client, ""))
        refused = base in REFUSABLE and anchor and anchor < silent_since
        if refused and client not in running and money.get(client, 0) <= 0:
            moved.append((client, "funnel", status_id, status["funnelrefused"], "refusal-rule"))
        due = (
            "newcomer"
            if not bought
            else "sleeping"
            if bought < awake_since
            else "regular"
            if count >= REGULAR
            else "active"
        )
        if due != stage:
            moved.append((client, "loyalty", stage_id, status[f"loyalty{due}"], "loyalty-rule"))
    write(db, moved, today)
    db.execute("COMMIT")


def write(db: sqlite3.Connection, moved: list[tuple[int, str, int, int, str]], today: str) -> None:
    for scale, column in (("funnel", "status_id"), ("loyalty", "stage_id")):
        db.executemany(
            f"UPDATE client SET {column} = ? WHERE id = ?",  # noqa: S608
            [(to, client) for client, of, _from, to, _reason in moved if of == scale],
        )
    db.executemany(
        "INSERT INTO status_change (client_id, scale, from_id, to_id, reason, on_date, at, user)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'floor')",
        [(*move, today, f"{today}T00:00:00.000Z") for move in moved],
    )


def months_before(today: str, months: int) -> str:
    """Return the first day whose silence is not yet that long; month ends are left to the real rule."""
    day = date.fromisoformat(today)
    month = day.month - 1 - months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28)).isoformat()


def days_before(today: str, days: int) -> str:
    return (date.fromisoformat(today) - timedelta(days=days)).isoformat()


if __name__ == "__main__":
    main(*sys.argv[1:])
