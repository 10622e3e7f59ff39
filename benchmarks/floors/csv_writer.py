"""Floor of csv output: the writer of the standard library, `csv_writer.py DATABASE FIRST` writes payments."""

import csv
import sqlite3
import sys

ROWS = """
    SELECT payment.id, payment.on_date, client.id, client.name, student.name, payment.kind, payment.amount / 100.0,
           account.name, payment.note, payment.voided_on
      FROM payment
      JOIN client ON client.id = payment.client_id
      LEFT JOIN student ON student.id = payment.student_id
      LEFT JOIN account ON account.id = payment.account_id
     WHERE payment.on_date >= ?
     ORDER BY payment.on_date DESC, payment.id DESC
"""


def main(database: str, first: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    csv.writer(sys.stdout).writerows(db.execute(ROWS, (first,)))


if __name__ == "__main__":
    main(*sys.argv[1:])
