"""Floor of `report renewals`: days of purchases, average interval, next day, as csv, `renewals.py DATABASE`."""

import csv
import sqlite3
import sys
from datetime import date, timedelta

SALES = """
    SELECT student.client_id, sold_on FROM subscription JOIN student ON student.id = subscription.student_id
     WHERE is_trial = 0 AND origin = 'sale' AND deleted_on IS NULL
"""
CLIENTS = """
    SELECT id, name FROM client
     WHERE archived_on IS NULL AND status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')
"""


def main(database: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    sales: dict[int, set[str]] = {}
    for client, day in db.execute(SALES):
        sales.setdefault(client, set()).add(day)
    rows = []
    for client, name in db.execute(CLIENTS):
        days = sales.get(client, ())
        if len(days) > 1:
            first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
            average = (last - first).days / (len(days) - 1)
            rows.append((client, name, last, round(average, 2), last + timedelta(days=int(average))))
    rows.sort(key=lambda row: row[4])
    csv.writer(sys.stdout).writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
