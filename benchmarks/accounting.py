"""The entries of a made school as a journal for ledger, hledger and beancount: an account a client."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_ENTRIES = "SELECT client_id, on_date, amount FROM ledger_entry WHERE amount <> 0 ORDER BY on_date"


def write_journal(school: Path, journal: Path) -> None:
    """Write every entry of the school as a transaction of ledger's, unless the journal is there and newer."""
    if _is_newer(journal, school):
        return
    with journal.open("w", encoding="utf-8") as file:
        for client, day, amount in _entries(school):
            file.write(f"{day} entry\n    assets:{client}    {amount} RUB\n    equity\n\n")


def write_beancount(school: Path, journal: Path) -> None:
    """Write the same for beancount, whose accounts are opened first, unless it is there and newer."""
    if _is_newer(journal, school):
        return
    with closing(sqlite3.connect(school)) as db, journal.open("w", encoding="utf-8") as file:
        file.write("1900-01-01 open Equity:School\n")
        for (client,) in db.execute("SELECT DISTINCT client_id FROM ledger_entry WHERE amount <> 0"):
            file.write(f"1900-01-01 open Assets:C{client}\n")
        for client, day, amount in _entries(school):
            file.write(f'{day} * "entry"\n  Assets:C{client}  {amount} RUB\n  Equity:School\n\n')


def _entries(school: Path) -> Iterator[tuple[int, str, str]]:
    """Yield client, day and signed sum of every entry, by day."""
    with closing(sqlite3.connect(school)) as db:
        for client, day, kopecks in db.execute(_ENTRIES):
            rubles, rest = divmod(abs(kopecks), 100)
            yield client, day, f"{'-' if kopecks < 0 else ''}{rubles}.{rest:02}"


def _is_newer(journal: Path, school: Path) -> bool:
    return journal.exists() and journal.stat().st_mtime > school.stat().st_mtime
