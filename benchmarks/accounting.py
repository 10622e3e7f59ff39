"""The entries of a made school as a journal for ledger and hledger: an account a client."""

import sqlite3
from contextlib import closing
from pathlib import Path

_ENTRIES = "SELECT client_id, on_date, amount FROM ledger_entry WHERE amount <> 0 ORDER BY on_date"


def write_journal(school: Path, journal: Path) -> None:
    """Write every entry of the school as a transaction, unless the journal is there and newer."""
    if journal.exists() and journal.stat().st_mtime > school.stat().st_mtime:
        return
    with closing(sqlite3.connect(school)) as db, journal.open("w", encoding="utf-8") as file:
        for client, day, kopecks in db.execute(_ENTRIES):
            sign, (rubles, rest) = "-" if kopecks < 0 else "", divmod(abs(kopecks), 100)
            file.write(f"{day} entry\n    assets:{client}    {sign}{rubles}.{rest:02} RUB\n    equity\n\n")
