"""Floor of `report attendees`: marks counted student by student, as csv, `attendees.py DATABASE FIRST LAST`."""

import csv
import sqlite3
import sys
from collections import Counter
from itertools import groupby
from operator import itemgetter

LESSONS = "SELECT id, lesson_type_id FROM lesson WHERE on_date BETWEEN ? AND ?"
STUDENTS = "SELECT student.id, client.id, client.name, student.name FROM student JOIN client ON client.id = client_id"
MARKS = """
    SELECT student_id, lesson_id, attended, reason_id FROM student
     CROSS JOIN mark ON student_id = student.id AND mark.on_date BETWEEN ? AND ?
"""


def main(database: str, first: str, last: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    types = dict(db.execute(LESSONS, (first, last)))
    names = {student: names for student, *names in db.execute(STUDENTS)}
    counted = [
        (
            *names[student],
            *sorted(Counter((types[lesson], came, reason or 0) for _s, lesson, came, reason in marks).items()),
        )
        for student, marks in groupby(db.execute(MARKS, (first, last)), key=itemgetter(0))
    ]
    counted.sort(key=itemgetter(1))
    csv.writer(sys.stdout).writerows(counted)


if __name__ == "__main__":
    main(*sys.argv[1:])
