"""Whether the file itself is sound: its pages, tables, references, journal; and how much of it is free."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from schoolcrm.core.errors import Damaged
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import shortened
from schoolcrm.core.store.database import SCHEMA_VERSION, connect, database_errors, file_version
from schoolcrm.core.store.journal import journaled_tables
from schoolcrm.core.store.migrations import lay_out, require_fitting

MOST_FAULTS = 100
_GUARDS = ("change_is_final", "change_is_kept", "operation_is_final", "operation_is_kept")


def faults_of_file(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what SQLite finds wrong with the pages, indexes and constraints, at most MOST_FAULTS, and spoilt texts."""
    for (verdict,) in db.execute(f"PRAGMA integrity_check({MOST_FAULTS})"):
        if verdict != "ok":
            yield " ".join(str(verdict).split())
    for table in journaled_tables(db):
        try:
            for _row in db.execute(_texts_of(db, table)):
                pass
        except sqlite3.OperationalError as error:
            yield f"{table}: {error}"


def _texts_of(db: sqlite3.Connection, table: str) -> str:
    """Return the query for all that was written in the table's own words: no look at the pages proves them UTF-8."""
    (made_by,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    typed = db.execute("SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'", (table,))
    texts = [name for (name,) in typed if name != "on_date" and not re.search(rf"CHECK \({name} (IS|IN|=)", made_by)]
    there = " OR ".join(f"{name} IS NOT NULL" for name in texts)
    return f'SELECT {", ".join(texts)} FROM "{table}" WHERE {there}' if texts else "SELECT 1 LIMIT 0"  # noqa: S608


def faults_of_schema(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the tables, views and indexes that are not there, or not as this program makes them."""
    there = _objects(db)
    yield from (name for name, made_by in _own_objects().items() if there.get(name) != made_by)


@cache
def _own_objects() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        lay_out(new, 0, SCHEMA_VERSION)
        return _objects(new)


def _objects(db: sqlite3.Connection) -> dict[str, str]:
    made = "type <> 'trigger' AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    return dict(db.execute(f"SELECT name, sql FROM sqlite_schema WHERE {made}"))  # noqa: S608


def lost_references(db: sqlite3.Connection) -> Iterator[str]:
    """Yield each row that refers to one that is not there."""
    for table, row, parent, _number in db.execute("PRAGMA foreign_key_check"):
        yield f"{table} {row} → {parent}" if row is not None else f"{table} → {parent}"


def gaps_of_journal(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the triggers that are missing, an operation left open, and changes of no operation."""
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    kinds = ("insert", "update", "delete")
    expected = [f"journal_{table}_{kind}" for table in journaled_tables(db) for kind in kinds]
    yield from (name for name in (*expected, *_GUARDS) if name not in there)
    for (number,) in db.execute("SELECT operation_id FROM journal_state WHERE operation_id IS NOT NULL"):
        yield f"journal_state: operation {number}"
    query = "SELECT DISTINCT operation_id FROM change WHERE operation_id NOT IN (SELECT id FROM operation)"
    yield from (f"change: operation {number}" for (number,) in db.execute(query))


def faults_of_journal(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the gaps of the journal, and the changes whose former record can't be read any more."""
    yield from gaps_of_journal(db)
    try:
        for number, is_json, _image in db.execute(
            "SELECT id, json_valid(before), before FROM change WHERE before <> ''"
        ):
            if not is_json:
                yield f"change {number}"
    except sqlite3.OperationalError as error:
        yield f"change: {error}"


def require_whole(copy: Path, origin: Path) -> None:
    """Raise Damaged, naming `origin`, if tables, views, indexes or the journal of the copy of it are not ours.

    Of a file of an older schema the tables alone are looked at: opening it makes the rest anew.
    """
    with database_errors(origin), closing(connect(copy, writable=True)) as db:
        version = file_version(db, origin)
        if version < SCHEMA_VERSION:
            require_fitting(db, version, origin)
            return
        # Without its own tables the journal can't be asked.
        faults = list(faults_of_schema(db)) or list(gaps_of_journal(db))
    if faults:
        raise broken(origin, faults)


def fault_of(copy: Path, origin: Path) -> str:
    """Return the sentence in which `require_whole` would refuse the copy, empty if it would not."""
    try:
        require_whole(copy, origin)
    except Damaged as damaged:
        return damaged.sentence
    return ""


def broken(path: Path, faults: list[str]) -> Damaged:
    """Return the refusal that names what is missing of the file, or is not as this program makes it."""
    return Damaged(
        _("The database {path} is damaged, this is missing or changed: {parts}.").format(
            path=path, parts=shortened(faults)
        ),
        _("'schoolcrm db check' tells more; 'schoolcrm db restore FILE' brings a sound backup back."),
    )


def free_bytes(db: sqlite3.Connection) -> int:
    """Return how many bytes of the file hold nothing."""
    (pages,) = db.execute("PRAGMA freelist_count").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)
