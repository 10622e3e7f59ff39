"""Floor of `clients list`: a page of clients with the default columns, `list_clients.py DATABASE LIMIT [BASE]`."""

import csv
import sqlite3
import sys

PAGE = """
    SELECT client.id, client.name,
           (SELECT group_concat(name, ', ') FROM student WHERE client_id = client.id AND archived_on IS NULL),
           (SELECT value FROM contact WHERE client_id = client.id AND kind = 'mobile' LIMIT 1),
           status.name,
           ifnull((SELECT sum(effect) FROM payment WHERE client_id = client.id AND voided_on IS NULL), 0)
           - ifnull((SELECT sum(charge) FROM student JOIN mark ON mark.student_id = student.id
                      WHERE student.client_id = client.id), 0)
           - ifnull((SELECT sum(amount) FROM student
                       JOIN subscription ON subscription.student_id = student.id
                       JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
                      WHERE student.client_id = client.id), 0),
           (SELECT max(last_on) FROM (
                SELECT (SELECT on_date FROM mark WHERE mark.student_id = student.id AND attended = 1
                         ORDER BY on_date DESC LIMIT 1) AS last_on
                  FROM student WHERE student.client_id = client.id)),
           client.note
      FROM client JOIN status ON status.id = client.status_id
     WHERE client.archived_on IS NULL AND status.base <> 'deleted' AND (:base = '' OR status.base = :base)
     ORDER BY client.name_key
     LIMIT :limit
"""


def main(database: str, limit: str, base: str = "") -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    csv.writer(sys.stdout).writerows(db.execute(PAGE, {"limit": int(limit), "base": base}))


if __name__ == "__main__":
    main(*sys.argv[1:])
