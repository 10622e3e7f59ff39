"""Floor of `clients list WORD`: a page of those with the word in a name, `find_clients.py DATABASE LIMIT WORD`."""

import csv
import sqlite3
import sys

from list_clients import PAGE  # type: ignore[import-not-found]

FOUND = PAGE.replace(
    "ORDER BY",
    "AND (instr(client.name_key, :word) OR EXISTS (SELECT 1 FROM student WHERE client_id = client.id"
    " AND archived_on IS NULL AND instr(name_key, :word))) ORDER BY",
)


def main(database: str, limit: str, word: str) -> None:
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    csv.writer(sys.stdout).writerows(db.execute(FOUND, {"limit": int(limit), "word": word, "base": ""}))


if __name__ == "__main__":
    main(*sys.argv[1:])
