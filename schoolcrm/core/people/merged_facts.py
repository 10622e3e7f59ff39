"""What two records of one client say: gaps are filled, the earlier or later day taken, what differs is told (R53)."""

import sqlite3
from typing import Any

from schoolcrm.core.language import _
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.people.custom_fields import fields_of, human_value
from schoolcrm.core.rules.dates import human_day
from schoolcrm.core.rules.personal import APPLICATIONS, SEXES

FILLED = ("birthday", "sex", "source_id", "manager", "colour", "application")
"""Columns of which the kept client's value wins and the other's fills a gap."""
LATEST = ("studies", "trial_spent", "last_visit_on", "last_purchase_on")
"""Columns of which the larger value, or the later day, is the joined one."""
ACCESS = ("access_on", "access_revoked_on")

_WORDS = {"sex": SEXES, "application": APPLICATIONS}


def merge_facts(db: sqlite3.Connection, keep_id: int, other_id: int) -> list[str]:
    """Write the joined facts to the kept client; return the other's values that differ, in words.

    Passport data never go where they would be shown unasked: both are kept in their own place.
    """
    keep, other = _record(db, keep_id), _record(db, other_id)
    joined = {column: other[column] for column in FILLED if keep[column] is None and other[column] is not None}
    for column in LATEST:
        joined[column] = max((one for one in (keep[column], other[column]) if one is not None), default=None)
    joined["created_on"] = min(keep["created_on"], other["created_on"])
    joined["passport"] = "; ".join(dict.fromkeys(one["passport"] for one in (keep, other) if one["passport"])) or None
    joined |= _access(keep, other)
    columns = ", ".join(f"{column} = ?" for column in joined)
    db.execute(f"UPDATE client SET {columns} WHERE id = ?", (*joined.values(), keep_id))  # noqa: S608
    differing = [
        column for column in ("name", *FILLED) if other[column] is not None and other[column] != (keep | joined)[column]
    ]
    return [_told(_label(column), _value(db, column, other[column])) for column in differing]


def _access(keep: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the joined access to the personal page: the kept client's, unless only the other has or had one (R40)."""
    ways = [{column: one[column] for column in ACCESS} for one in (keep, other)]
    has = [way for way in ways if way["access_on"] and not way["access_revoked_on"]]
    had = [way for way in ways if way["access_on"]]
    return (has or had or ways)[0]


def merge_custom_fields(db: sqlite3.Connection, keep_id: int, other_id: int) -> list[str]:
    """Move the values of the school's own fields that the kept client lacks; return those that differ, in words."""
    query = "SELECT field_id, value FROM client_field WHERE client_id = ?"
    kept, others = (dict(db.execute(query, (number,))) for number in (keep_id, other_id))
    told = []
    for field in fields_of(db, "client"):
        value = others.get(field.id)
        if value is None:
            continue
        if field.id not in kept:
            db.execute("INSERT INTO client_field VALUES (?, ?, ?)", (keep_id, field.id, value))
        elif kept[field.id] != value:
            told.append(_told(field.name, human_value(field.type, value)))
    db.execute("DELETE FROM client_field WHERE client_id = ?", (other_id,))
    return told


def _record(db: sqlite3.Connection, client_id: int) -> dict[str, Any]:
    cursor = db.execute("SELECT * FROM client WHERE id = ?", (client_id,))
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _told(label: str, value: str) -> str:
    return _("{label}: {value}").format(label=label, value=value)


def _label(column: str) -> str:
    return _("Full name") if column == "name" else _(CLIENTS.fields[column.removesuffix("_id")].label)


def _value(db: sqlite3.Connection, column: str, value: Any) -> str:
    if column == "source_id":
        return str(db.execute("SELECT name FROM source WHERE id = ?", (value,)).fetchone()[0])
    if column == "birthday":
        return human_day(value)
    return _(_WORDS[column][value]) if column in _WORDS else str(value)
