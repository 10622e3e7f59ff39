"""How quickly long lists leave the program, and that the memory they take does not know their length."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.contest import Contest, Rival
from benchmarks.workshop import WORK, Workshop

ROWS = 100_000
FEW = 10_000


def piped_table(shop: Workshop, scale: str) -> Contest:
    """The table that a pipe gets."""
    return _piped(shop, scale, "table")


def piped_csv(shop: Workshop, scale: str) -> Contest:
    """The same as csv."""
    return _piped(shop, scale, "csv")


def piped_jsonl(shop: Workshop, scale: str) -> Contest:
    """The same as an object a line."""
    return _piped(shop, scale, "jsonl")


def xlsx(shop: Workshop, scale: str) -> Contest:
    """A workbook, against a bare one of the same cells."""
    db, ours, floor = shop.school(scale), WORK / "ours.xlsx", WORK / "floor.xlsx"
    since, since_few = (_day_of(db, rows) for rows in (ROWS, FEW))
    return Contest(
        shop.ours("payments", "list", "--from", since, "-o", ours, db=db),
        [
            Rival("floor: openpyxl, write-only", shop.floor("xlsx_writer", db, since, floor), 1.2, after_startup=True),
            Rival("the same, 10,000 rows", shop.ours("payments", "list", "--from", since_few, "-o", ours, db=db)),
        ],
        peak_at_most=40,
    )


def _piped(shop: Workshop, scale: str, kind: str) -> Contest:
    db = shop.school(scale)
    since, since_few = (_day_of(db, rows) for rows in (ROWS, FEW))
    few = shop.ours("payments", "list", "--from", since_few, "--format", kind, db=db)
    return Contest(
        shop.ours("payments", "list", "--from", since, "--format", kind, db=db),
        [
            Rival("floor: csv writer", shop.floor("csv_writer", db, since), 3, after_startup=True),
            Rival("the same, 10,000 rows", few, peak_at_most=1.2),
        ],
    )


def _day_of(path: Path, rows: int) -> str:
    """Return the day since which the school had about so many payments."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT on_date FROM payment ORDER BY on_date DESC LIMIT 1 OFFSET ?"
        row = db.execute(query, (rows - 1,)).fetchone()
    return str(row[0]) if row else "0001-01-01"
