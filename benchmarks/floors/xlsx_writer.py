"""Floor of xlsx output: openpyxl's write-only mode and nothing else, `xlsx_writer.py DATABASE FIRST FILE`."""

import sqlite3
import sys
from datetime import date

from csv_writer import ROWS  # type: ignore[import-not-found]
from openpyxl import Workbook


def main(database: str, first: str, file: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("payments")
    for number, day, *rest in db.execute(ROWS, (first,)):
        sheet.append((number, date.fromisoformat(day), *rest))
    book.save(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
