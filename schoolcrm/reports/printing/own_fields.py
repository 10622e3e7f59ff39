"""Fields that the school has added, as placeholders: «Кем выдан» of a client is `client.field.кем_выдан`."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from schoolcrm.core.people.custom_fields import CustomField, fields_of, human_value
from schoolcrm.core.rules.names import fold
from schoolcrm.reports.printing.placeholders import PLACEHOLDERS, Placeholder

GROUP = "field"
_EXAMPLE = "…"
_STUDENTS = {"contract": "students[]", "subscription": "student"}


class Told(NamedTuple):
    """A value of a field of the school's own; it is written out in the school's language."""

    type: str
    value: str

    def __str__(self) -> str:
        return human_value(self.type, self.value)


def placeholders_of(db: sqlite3.Connection, used_for: str) -> Sequence[Placeholder]:
    """Return the placeholders of forms for contracts or for subscriptions, the school's own fields among them."""
    own = (*_own(db, "client", "client"), *_own(db, "student", _STUDENTS[used_for]))
    return (*PLACEHOLDERS[used_for], *own)


def _own(db: sqlite3.Connection, entity: str, owner: str) -> Iterator[Placeholder]:
    for key, field in _keyed(db, entity):
        yield Placeholder(f"{owner}.{GROUP}.{key}", field.name, _EXAMPLE)


def own_values(db: sqlite3.Connection, entity: str, record_id: int) -> dict[str, Any]:
    """Return the values of the school's own fields of a record, empty ones too; nothing if there are no fields."""
    query = f"SELECT field_id, value FROM {entity}_field WHERE {entity}_id = ?"  # noqa: S608
    kept = dict(db.execute(query, (record_id,)))
    values = {key: Told(field.type, kept.get(field.id, "")) for key, field in _keyed(db, entity)}
    return {GROUP: values} if values else {}


def _keyed(db: sqlite3.Connection, entity: str) -> Iterator[tuple[str, CustomField]]:
    """Yield the fields with names that can stand in a form: small letters, digits, underscores; no two alike."""
    taken: set[str] = set()
    for field in fields_of(db, entity):
        key = re.sub(r"\W+", "_", fold(field.name)).strip("_") or GROUP
        key = key if key.isidentifier() else f"f{key}"
        while key in taken:
            key += "_"
        taken.add(key)
        yield key, field
