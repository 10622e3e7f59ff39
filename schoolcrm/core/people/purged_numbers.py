"""Under which numbers the journal knows people who are purged: a temporary table that redactions look into (R53).

A number alone does not always name one person: of two who had it one after the other, the changes between `first`
and `last` are those of the one that is meant.
"""

import sqlite3
from collections.abc import Collection, Iterable
from typing import NamedTuple

from schoolcrm.core.store.journal import OWNER

ALWAYS = (0, (1 << 63) - 1)
"""From the first change of the journal to the last."""


class Span(NamedTuple):
    """A client's number, and the first and last change of the time when it was that client's."""

    client_id: int
    first: int
    last: int


# The plus keeps the column's type out of the comparison, which else goes without the index.
_OF_OWNER = f"{OWNER} = +purged.number"
# Clients merged into one left it their history, which still tells the number it was written under.
_MERGED = """
    INSERT OR IGNORE INTO temp.purged
    SELECT 'client', json_extract(change.before, '$.client_id') AS former, purged.first, purged.last
      FROM temp.purged
     CROSS JOIN status_change ON status_change.client_id = purged.number
     CROSS JOIN main.change ON change.entity = 'status_change' AND change.record = +status_change.id
     WHERE purged.kind = 'client' AND change.before IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM client WHERE client.id = former)
"""
_LIVE = """
    INSERT OR IGNORE INTO temp.purged
    SELECT '{kind}', {table}.id, purged.first, purged.last
      FROM temp.purged CROSS JOIN {table} ON {table}.{of}_id = purged.number
     WHERE purged.kind = '{of}' AND purged.last = :always
"""
# What was a client's may have been given to another, who keeps it: then it is there.
_FORMER = f"""
    INSERT OR IGNORE INTO temp.purged
    SELECT '{{kind}}', change.record, purged.first, purged.last
      FROM temp.purged CROSS JOIN main.change ON change.entity = '{{table}}' AND {_OF_OWNER}
     WHERE purged.kind = '{{of}}' AND change.before IS NOT NULL AND change.id BETWEEN purged.first AND purged.last
       AND (purged.last < :always OR NOT EXISTS (SELECT 1 FROM {{table}} WHERE {{table}}.id = change.record))
"""  # noqa: S608
_BELOW = (("student", "student", "client"), ("file", "client_file", "client"), ("lesson", "lesson", "student"))


def note_clients(db: sqlite3.Connection, client_ids: Iterable[int]) -> None:
    """Note the clients, those merged into them, and their students, files and the students' own lessons."""
    _note(db, [Span(number, *ALWAYS) for number in client_ids])
    db.execute(_MERGED)
    _note_below(db)


def note_spans(db: sqlite3.Connection, spans: Collection[Span]) -> None:
    """Note clients whom only the journal tells of, with what was theirs in that time."""
    _note(db, spans)
    _note_below(db)


def images_of(entity: str, owner: str, kind: str) -> str:
    """Return the query of the images of an entity that are of noted records; `owner` is the column that says so."""
    if owner == "id":
        match = "change.record = +purged.number"
    elif owner in ("client_id", "student_id"):
        match = _OF_OWNER
    else:
        match = "change.record > purged.number || '/' AND change.record < purged.number || '0'"
    return f"""
        SELECT change.id FROM temp.purged CROSS JOIN main.change ON change.entity = '{entity}' AND {match}
         WHERE purged.kind = '{kind}' AND change.before IS NOT NULL
           AND change.id BETWEEN purged.first AND purged.last
    """  # noqa: S608


def _note(db: sqlite3.Connection, spans: Iterable[Span]) -> None:
    db.execute("DROP TABLE IF EXISTS temp.purged")
    db.execute(
        "CREATE TEMP TABLE purged (kind TEXT NOT NULL, number INTEGER NOT NULL, first INTEGER NOT NULL,"
        " last INTEGER NOT NULL, PRIMARY KEY (kind, number, first)) WITHOUT ROWID"
    )
    db.executemany("INSERT OR IGNORE INTO temp.purged VALUES ('client', ?, ?, ?)", spans)


def _note_below(db: sqlite3.Connection) -> None:
    for kind, table, of in _BELOW:
        for query in (_LIVE, _FORMER):
            db.execute(query.format(kind=kind, table=table, of=of), {"always": ALWAYS[1]})
