"""Floor of `report at-risk`: each student's newest marks by probing, as csv, `at_risk.py DATABASE DAY`."""

import csv
import sqlite3
import sys

MISSED = """
    WITH missing AS MATERIALIZED (
        SELECT id, client_id, name,
               (SELECT count(*) FROM mark
                 WHERE student_id = student.id AND NOT attended AND on_date <= :day
                   AND on_date > ifnull((SELECT on_date FROM mark
                                          WHERE student_id = student.id AND on_date <= :day AND attended
                                          ORDER BY on_date DESC LIMIT 1), '')) AS misses
          FROM student
         WHERE archived_on IS NULL)
    SELECT client.id, client.name, missing.name, misses
      FROM missing JOIN client ON client.id = client_id
     WHERE misses >= 3 AND client.archived_on IS NULL
     ORDER BY misses DESC
"""


def main(database: str, today: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    csv.writer(sys.stdout).writerows(db.execute(MISSED, {"day": today}))


if __name__ == "__main__":
    main(*sys.argv[1:])
