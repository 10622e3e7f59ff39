"""Floor of `report reconciliation` of one client, all of their time: `reconciliation.py DATABASE CLIENT`."""

import csv
import sqlite3
import sys

ENTRIES = """
    SELECT on_date, 0 AS rank, '' AS time, id, kind, student_id, effect
      FROM payment WHERE client_id = :client AND voided_on IS NULL
    UNION ALL
    SELECT upfront_charge.on_date, 1, '', upfront_charge.id, 'upfront', student.id, -upfront_charge.amount
      FROM student
      JOIN subscription ON subscription.student_id = student.id
      JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
     WHERE student.client_id = :client
    UNION ALL
    SELECT mark.on_date, 2, lesson.time, lesson.id, 'lesson', student.id, -mark.charge
      FROM student
      JOIN mark ON mark.student_id = student.id
      JOIN lesson ON lesson.id = mark.lesson_id
     WHERE student.client_id = :client
    ORDER BY 1, 2, 3, 4
"""


def main(database: str, client: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    names = dict(db.execute("SELECT id, name FROM student WHERE client_id = ?", (client,)))
    out = csv.writer(sys.stdout)
    balance = 0
    for day, _rank, _time, _id, kind, student, amount in db.execute(ENTRIES, {"client": client}):
        balance += amount
        out.writerow((day, kind, names.get(student), max(amount, 0) / 100, max(-amount, 0) / 100, balance / 100))


if __name__ == "__main__":
    main(*sys.argv[1:])
