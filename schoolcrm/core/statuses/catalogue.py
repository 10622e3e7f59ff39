"""The school's statuses: under which base each stands, which one is automatic, how one is named (R1, R2)."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from schoolcrm.core.language import N_
from schoolcrm.core.listing.lookup import Hit, Step, Wording, contains_words, lookup, read_id
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.status import SCALES, base_name, base_named, split_scale

STATUS = Wording(
    absent=N_("No status is called {name}."),
    several=N_("Several statuses answer to {name}."),
    advice=N_("'schoolcrm status list' shows all; a status's name, its base code or scale:name will do."),
)


@dataclass(frozen=True, slots=True)
class Status:
    """A status of the school: its scale ("funnel", "loyalty"), base code, own name."""

    id: int
    scale: str
    base: str
    name: str
    automatic: bool


def read_statuses(db: sqlite3.Connection) -> dict[int, Status]:
    """Return all statuses by id, in the order of the scales and bases, the automatic one of a base first."""
    rows = db.execute("SELECT id, scale, base, name, automatic FROM status ORDER BY automatic DESC, name_key, id")
    known = [Status(number, scale, base, name, bool(automatic)) for number, scale, base, name, automatic in rows]
    order = [(scale, base) for scale, bases in SCALES.items() for base in bases]
    known.sort(key=lambda status: order.index((status.scale, status.base)))
    return {status.id: status for status in known}


def automatic_status(db: sqlite3.Connection, scale: str, base: str) -> int:
    """Return the id of the status that automatic transitions use under the base (R2)."""
    row = db.execute("SELECT id FROM status WHERE scale = ? AND base = ? AND automatic = 1", (scale, base)).fetchone()
    return int(row[0])


def find_status(db: sqlite3.Connection, ref: str, scale: str | None = None) -> int:
    """Return the id of the status named by id, name, base code or base name in either language, or scale:name.

    A base means its automatic status. What both scales have means the funnel, unless the scale is given
    (R1). Raises Ambiguous (part of several names), NotFound (with the nearest names), BadValue (empty).
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
    return db.execute("SELECT 1 FROM status WHERE name_key = ?", (fold(name),)).fetchone() is not None


def _steps(db: sqlite3.Connection, scales: Sequence[str]) -> Iterator[Step]:
    """Yield the ways a name is understood; all exact ways of one scale come before the other scale's."""
    for scale in scales:
        yield partial(_by_id, db, scale)
    for scale in scales:
        yield partial(_by_name, db, scale)
        yield partial(_by_base, db, scale)
    for scale in scales:
        yield partial(_by_part, db, scale)


def _by_id(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    return _where(db, scale, "id = ?", [read_id(ref)])


def _by_name(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    return _where(db, scale, "name_key = ?", [fold(ref)])


def _by_base(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    named = base_named(ref, scale)
    return [(automatic_status(db, *named), False)] if named else []


def _by_part(db: sqlite3.Connection, scale: str, ref: str) -> list[Hit]:
    return _where(db, scale, *contains_words("name_key", ref))


def _where(db: sqlite3.Connection, scale: str, condition: str, parameters: Sequence[object]) -> list[Hit]:
    query = f"SELECT id FROM status WHERE scale = ? AND {condition} ORDER BY name_key, id"  # noqa: S608
    return [(number, False) for (number,) in db.execute(query, (scale, *parameters))]


def _labels(db: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[int, str]]:
    statuses = read_statuses(db)
    return [
        (number, f"{statuses[number].name} · {base_name(statuses[number].scale, statuses[number].base)}")
        for number in ids
    ]
