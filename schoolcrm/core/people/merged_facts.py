"""What two records of one client say: gaps are filled, the earlier or later day taken, what differs is told (R53)."""

import sqlite3
from datetime import date
from typing import Any

from schoolcrm.core.language import _
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.people.custom_fields import CustomField, fields_of
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.personal import APPLICATIONS, SEXES

FILLED = ("birthday", "sex", "source_id", "manager", "colour", "application")
"""Columns of which the kept client's value wins and the other's fills a gap."""
LATEST = ("studies", "trial_spent", "last_visit_on", "last_purchase_on")
"""Columns of which the larger value, or the later day, is the joined one."""
SETTLED = ("id", "name", "name_key", "status_id", "stage_id", "created_on", "archived_on", "note", "passport")
"""Columns joined in a way of their own."""

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
    columns = ", ".join(f"{column} = ?" for column in joined)
    db.execute(f"UPDATE client SET {columns} WHERE id = ?", (*joined.values(), keep_id))  # noqa: S608
    differing = [
        column for column in ("name", *FILLED) if other[column] is not None and other[column] != (keep | joined)[column]
    ]
    return [_told(_label(column), _value(db, column, other[column])) for column in differing]


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
            told.append(_told(field.name, _own_value(field, value)))
    db.execute("DELETE FROM client_field WHERE client_id = ?", (other_id,))
    return told


def _record(db: sqlite3.Connection, client_id: int) -> dict[str, Any]:
    cursor = db.execute("SELECT * FROM client WHERE id = ?", (client_id,))
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _told(label: str, value: str) -> str:
    return _("{label}: {value}").format(label=label, value=value)


def _label(column: str) -> str:
    return _("Name") if column == "name" else _(CLIENTS.fields[column.removesuffix("_id")].label)


def _value(db: sqlite3.Connection, column: str, value: Any) -> str:
    if column == "source_id":
        return str(db.execute("SELECT name FROM source WHERE id = ?", (value,)).fetchone()[0])
    if column == "birthday":
        return human_date(date.fromisoformat(value))
    return _(_WORDS[column][value]) if column in _WORDS else str(value)


def _own_value(field: CustomField, value: str) -> str:
    if field.type == "date":
        return human_date(date.fromisoformat(value))
    if field.type == "bool":
        return _("yes") if value == "1" else _("no")
    return value
