"""Floor of `report ltv`: two aggregates put together in a dictionary, as csv, `ltv.py DATABASE FIRST LAST`."""

import csv
import sqlite3
import sys

CLIENTS = "SELECT id, name FROM client WHERE studies"
PAID = """
    SELECT client_id, count(*), sum(amount) FROM payment INDEXED BY payment_of_client
     WHERE voided_on IS NULL AND kind IN ('income', 'goods') AND on_date BETWEEN ? AND ? GROUP BY client_id
"""
VISITS = """
    SELECT client_id, (SELECT count(*) FROM mark WHERE student_id = student.id AND attended AND on_date BETWEEN ? AND ?)
      FROM student
"""


def main(database: str, first: str, last: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    paid = {client: (count, amount) for client, count, amount in db.execute(PAID, (first, last))}
    visits: dict[int, int] = {}
    for client, count in db.execute(VISITS, (first, last)):
        visits[client] = visits.get(client, 0) + count
    rows = [(client, name, visits.get(client, 0), *paid.get(client, (0, 0))) for client, name in db.execute(CLIENTS)]
    average = sum(row[4] for row in rows) // len(rows)
    rows.sort(key=lambda row: -row[4])
    csv.writer(sys.stdout).writerows((*row[:4], f"{row[4] / 100:.2f}", (row[4] - average) / 100) for row in rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
