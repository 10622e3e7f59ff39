"""Floor of `report debtors`: SQL by hand, the same facts as csv on stdout, `debtors.py DATABASE DAY`."""

import csv
import sqlite3
import sys
from datetime import date

from accounts import balances  # type: ignore[import-not-found]

DETAILS = """
    SELECT name,
           (SELECT value FROM contact WHERE client_id = client.id AND kind = 'mobile' LIMIT 1),
           (SELECT group_concat(name, ', ') FROM student WHERE client_id = client.id AND archived_on IS NULL),
           (SELECT max(on_date) FROM payment WHERE client_id = client.id AND kind = 'income' AND voided_on IS NULL),
           (SELECT max(last_on) FROM (
                SELECT (SELECT on_date FROM mark WHERE mark.student_id = student.id AND attended = 1
                         ORDER BY on_date DESC LIMIT 1) AS last_on
                  FROM student WHERE student.client_id = client.id))
      FROM client
     WHERE id = ? AND archived_on IS NULL AND status_id <> (SELECT id FROM status WHERE base = 'deleted')
"""
ENTRIES = """
    SELECT ifnull(separate_id, 0), on_date, effect
      FROM payment WHERE client_id = :client AND voided_on IS NULL
    UNION ALL
    SELECT ifnull(mark.separate_id, 0), mark.on_date, -mark.charge
      FROM student JOIN mark ON mark.student_id = student.id WHERE student.client_id = :client
    UNION ALL
    SELECT iif(subscription.separate, subscription.id, 0), upfront_charge.on_date, -upfront_charge.amount
      FROM student
      JOIN subscription ON subscription.student_id = student.id
      JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
     WHERE student.client_id = :client
    ORDER BY 2
"""


def main(database: str, today: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    accounts = balances(db)
    debts = {
        client: debt
        for client, own in accounts.items()
        if (debt := -sum(balance for balance in own.values() if balance < 0))
    }
    out = csv.writer(sys.stdout)
    for client, debt in sorted(debts.items(), key=lambda item: -item[1]):
        details = db.execute(DETAILS, (client,)).fetchone()
        if details is not None:
            since = in_debt_since(db, client)
            days = (date.fromisoformat(today) - date.fromisoformat(since)).days
            balance = sum(accounts[client].values())
            out.writerow((client, *details[:3], f"{debt / 100:.2f}", f"{balance / 100:.2f}", since, days, *details[3:]))


def in_debt_since(db: sqlite3.Connection, client: int) -> str:
    """Return the earliest day since which one of the client's accounts has been below zero at each day's end."""
    ends: dict[int, dict[str, int]] = {}
    for account, day, amount in db.execute(ENTRIES, {"client": client}):
        days = ends.setdefault(account, {})
        days[day] = days.get(day, 0) + amount
    starts = []
    for days in ends.values():
        balance, start = 0, ""
        for day, amount in days.items():
            balance += amount
            start = (start or day) if balance < 0 else ""
        if start:
            starts.append(start)
    return min(starts)


if __name__ == "__main__":
    main(*sys.argv[1:])
