"""Floor of everybody's last visit: each student's newest attended mark by probing, as csv, `last_visit.py DATABASE`."""

import csv
import sqlite3
import sys

VISITS = """
    SELECT name, (SELECT max(last_on) FROM (
               SELECT (SELECT on_date FROM mark WHERE mark.student_id = student.id AND attended = 1
                        ORDER BY on_date DESC LIMIT 1) AS last_on
                 FROM student WHERE student.client_id = client.id))
      FROM client
     WHERE archived_on IS NULL AND status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')
     ORDER BY name_key
"""


def main(database: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    csv.writer(sys.stdout).writerows(db.execute(VISITS))


if __name__ == "__main__":
    main(*sys.argv[1:])
