"""Floor of `report funnel`, all time: the history client by client, as csv, `funnel.py DATABASE`."""

import csv
import sqlite3
import sys
from collections import Counter

HISTORY = """
    SELECT client_id, status.base FROM client
     CROSS JOIN status_change ON client_id = client.id
      JOIN status ON status.id = to_id
     WHERE status_change.scale = 'funnel'
     ORDER BY client.id, on_date, status_change.id
"""


def main(database: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    entered: Counter[str] = Counter()
    now: dict[int, str] = {}
    for client, base in db.execute(HISTORY):
        entered[base] += 1
        now[client] = base
    standing = Counter(now.values())
    csv.writer(sys.stdout).writerows((base, count, standing[base]) for base, count in entered.items())


if __name__ == "__main__":
    main(*sys.argv[1:])
