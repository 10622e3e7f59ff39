"""The school's statuses: under which base each stands, which one is automatic, how one is named (R1, R2)."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from schoolcrm.core.language import N_
from schoolcrm.core.listing.lookup import Hit, Step, Wording, contains_words, lookup, read_id
from schoolcrm.core.rules.names import fold, tidy
from schoolcrm.core.rules.status import SCALES, base_name, base_named, split_scale

STATUS = Wording(
    absent=N_("No status is called {name}."),
    several=N_("Several statuses answer to {name}."),
    advice=N_("'schoolcrm status list' shows all; a status's name, its base code or scale:name will do."),
)


class Status(NamedTuple):
    """A status of the school: its scale ("funnel", "loyalty"), base code, own name."""

    id: int
    scale: str
    base: str
    name: str
    automatic: bool


def read_statuses(db: sqlite3.Connection) -> dict[int, Status]:
    """Return all statuses by id, in the order of the scales and bases, the automatic one of a base first.

    Deleted ones are left out: only histories still name them (R5).
    """
    rows = db.execute(
        "SELECT id, scale, base, name, automatic FROM status WHERE deleted_on IS NULL"
        " ORDER BY automatic DESC, name_key, id"
    )
    known = [Status(number, scale, base, name, bool(automatic)) for number, scale, base, name, automatic in rows]
    order = [(scale, base) for scale, bases in SCALES.items() for base in bases]
    known.sort(key=lambda status: order.index((status.scale, status.base)))
    return {status.id: status for status in known}


def automatic_status(db: sqlite3.Connection, scale: str, base: str) -> int:
    """Return the id of the status that automatic transitions use under the base (R2)."""
    row = db.execute("SELECT id FROM status WHERE scale = ? AND base = ? AND automatic = 1", (scale, base)).fetchone()
    return int(row[0])


def living_status(db: sqlite3.Connection, status_id: int) -> int:
    """Return the status itself, or the automatic one of its base when it was deleted meanwhile (R5, R7)."""
    row = db.execute("SELECT scale, base FROM status WHERE id = ? AND deleted_on IS NOT NULL", (status_id,)).fetchone()
    return automatic_status(db, *row) if row else status_id


def stage_name(db: sqlite3.Connection, client_id: int) -> str:
    """Return the name of the client's stage."""
    row = db.execute(
        "SELECT status.name FROM client JOIN status ON status.id = client.stage_id WHERE client.id = ?", (client_id,)
    ).fetchone()
    return str(row[0])


def find_status(db: sqlite3.Connection, ref: str, scale: str | None = None) -> int:
    """Return the id of the status named by id, name, base code or base name in either language, or scale:name.

    A base means its automatic status, and a base code never anything else. What both scales have means the
    funnel, unless the scale is given (R1). Of names that differ in case or ё only, the one written exactly so
    is meant. Deleted statuses are never found. Raises Ambiguous (several names, or parts of several), NotFound
    (with the nearest names), BadValue (empty).
    """
    named_scale, name = split_scale(ref)
    if named_scale and not _has_name(db, ref):
        scale, ref = named_scale, name
    scales = [scale] if scale else list(SCALES)
    return lookup(
        ref,
        _steps(db, scales),
        labels=lambda ids: _labels(db, ids),
        known=lambda: [status.name for status in read_statuses(db).values() if status.scale in scales],
        wording=STATUS,
    )


def _has_name(db: sqlite3.Connection, name: str) -> bool:
    query = "SELECT 1 FROM status WHERE name_key = ? AND deleted_on IS NULL"
    return db.execute(query, (fold(name),)).fetchone() is not None


def _steps(db: sqlite3.Connection, scales: Sequence[str]) -> Iterator[Step]:
    """Yield the ways a name is understood; all exact ways of one scale come before the other scale's."""
    for scale in scales:
        yield partial(_by_id, db, scale)
    for scale in scales:
        yield partial(_by_code, db, scale)
    for scale in scales:
        yield partial(_by_writing, db, scale)
        yield partial(_by_name, db, scale)
        yield partial(_by_base, db, scale)
    for scale in scales:
        yield partial(_by_part, db, scale)


def _by_id(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    return _where(db, scale, "id = ?", [read_id(ref)])


def _by_code(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    code = ref.strip()
    return [(automatic_status(db, scale, code), False)] if code in SCALES[scale] else []


def _by_writing(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    return _where(db, scale, "name = ?", [tidy(ref)])


def _by_name(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    return _where(db, scale, "name_key = ?", [fold(ref)])


def _by_base(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    named = base_named(ref, scale)
    return [(automatic_status(db, *named), False)] if named else []


def _by_part(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    return _where(db, scale, *contains_words("name_key", ref))


def _where(db: sqlite3.Connection, scale: str, condition: str, parameters: Sequence[object]) -> list[Hit]:
    rows = db.execute(
        f"SELECT id FROM status WHERE scale = ? AND deleted_on IS NULL AND {condition} ORDER BY name_key, id",  # noqa: S608
        (scale, *parameters),
    )
    return [(number, False) for (number,) in rows]


def _labels(db: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[int, str]]:
    statuses = read_statuses(db)
    return [
        (number, f"{statuses[number].name} · {base_name(statuses[number].scale, statuses[number].base)}")
        for number in ids
    ]
