"""Floor of lessons left and Expires for all clients, `coverage.py DATABASE DAY`, as csv.

It knows only what the made school has: a weekly lesson in a group, one running subscription without subjects, packages
and single lessons by lesson or upfront, months upfront. Each student's lessons are walked while the account pays.
"""

import csv
import sqlite3
import sys
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from accounts import balances  # type: ignore[import-not-found]

RUNNING = """
    SELECT student.client_id, student.id, subscription.id, subscription.kind, subscription.price, subscription.lessons,
           subscription.last_on, subscription.billing, subscription.separate,
           (SELECT count(*) FROM mark WHERE mark.subscription_id = subscription.id AND share > 0),
           schedule.group_id, schedule.weekdays, membership.last_on,
           (SELECT max(percent) FROM discount WHERE discount.student_id = student.id)
      FROM subscription
      JOIN student ON student.id = subscription.student_id
      JOIN membership ON membership.student_id = student.id AND ifnull(membership.last_on, :day) >= :day
      JOIN schedule ON schedule.group_id = membership.group_id
     WHERE subscription.deleted_on IS NULL AND (subscription.last_on IS NULL OR subscription.last_on >= :day)
     ORDER BY subscription.last_on IS NULL, subscription.last_on
"""
CLIENTS = """
    SELECT id, name FROM client
     WHERE archived_on IS NULL AND status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')
     ORDER BY name_key
"""
WEEK = timedelta(weeks=1)
FAR = date(2036, 9, 1)


def main(database: str, today: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    accounts = balances(db)
    day = date.fromisoformat(today)
    holidays = [
        (date.fromisoformat(first), date.fromisoformat(last))
        for first, last in db.execute("SELECT first_on, last_on FROM holiday")
    ]
    frozen = defaultdict(list)
    for student, first, last in db.execute(
        "SELECT student_id, first_on, last_on FROM freeze WHERE last_on >= ?", (today,)
    ):
        frozen[student].append((date.fromisoformat(first), date.fromisoformat(last)))
    found: dict[int, tuple[int, date | None]] = {}
    for row in db.execute(RUNNING, {"day": today}):
        client, student = row[0], row[1]
        lessons, until = covered(row, accounts[client], day, holidays + frozen[student])
        before, last = found.get(client, (0, None))
        found[client] = (before + lessons, max(filter(None, (until, last)), default=None))
    out = csv.writer(sys.stdout)
    for client, name in db.execute(CLIENTS):
        out.writerow((name, *found.get(client, (0, None))))


def covered(
    row: tuple[Any, ...], accounts: dict[int, int], day: date, free: list[tuple[date, date]]
) -> tuple[int, date | None]:
    """Return how many lessons the account pays, taken from it, and the day of the last one."""
    (
        _client,
        _student,
        number,
        kind,
        price,
        size,
        last_on,
        billing,
        separate,
        used,
        _group,
        weekdays,
        left_on,
        percent,
    ) = row
    price = price * (10000 - (percent or 0)) // 10000
    account = number if separate else 0
    last = min(date.fromisoformat(last_on) if last_on else FAR, date.fromisoformat(left_on) if left_on else FAR)
    on = day + timedelta(days=(weekdays.bit_length() - 1 - day.weekday()) % 7)
    lessons, until = 0, None
    while on <= last:
        if not any(first <= on <= end for first, end in free):
            cost = 0
            if kind == "package":
                used += 1
                common = price // size
                cost = price - (size - 1) * common if used == size else common
            elif kind == "lesson":
                cost = price
            if billing == "upfront" and (kind != "package" or used <= size):
                cost = 0
            if accounts[account] < cost:
                break
            accounts[account] -= cost
            lessons, until = lessons + 1, on
        on += WEEK
    return lessons, until


if __name__ == "__main__":
    main(*sys.argv[1:])
