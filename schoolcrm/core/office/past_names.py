"""Naming what the journal tells of: clients by a former name, records by kind and number, those gone as well (R54)."""

import sqlite3

from schoolcrm.core.errors import Ambiguous, NotFound
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import contains_words, quoted, read_id
from schoolcrm.core.office.record_words import entity_name, read_entity
from schoolcrm.core.people.references import find_client
from schoolcrm.core.store.edits import Record, last_image
from schoolcrm.core.store.journal import key_columns_of

_FORMER = """
    SELECT DISTINCT entity, record FROM change
     WHERE entity IN ('client', 'student') AND before IS NOT NULL AND ({condition})
     ORDER BY entity, record LIMIT 11
"""


_OWNERS = {
    "client_id": "client",
    "student_id": "student",
    "group_id": "study_group",
    "subscription_id": "subscription",
    "plan_id": "plan",
}
"""The columns by which a record without a name is someone's, who is meant first."""


def find_record(db: sqlite3.Connection, ref: str) -> Record:
    """Return the record that is meant: KIND:NUMBER, or a client by id, name, phone, student's or former name.

    A client who is gone is found too. Raises NotFound, Ambiguous, BadValue.
    """
    kind, colon, number = ref.partition(":")
    if colon and kind.strip().replace("-", "").replace("_", "").isalpha():
        return _named_by_kind(db, kind, number)
    try:
        return "client", find_client(db, ref, include_archived=True)
    except NotFound as error:
        former = _formerly(db, ref)
        if not former:
            raise error from None
    if len(former) > 1:
        listed = "; ".join(f"{entity}:{record} {name_of(db, entity, record)}" for entity, record in former)
        raise Ambiguous(
            _("Several clients or students were called {name}.").format(name=quoted(ref)),
            _("Name one: {candidates}.").format(candidates=listed),
        )
    return former[0]


def _named_by_kind(db: sqlite3.Connection, kind: str, number: str) -> Record:
    entity = read_entity(kind.strip())
    text = number.strip()
    keys = key_columns_of(db, entity)
    record = text if entity == "setting" else _read_number(text, len(keys))
    if record is None or last_image(db, entity, record) is None:
        hint = _("'schoolcrm history --entity {entity}' shows those that were changed.").format(entity=entity)
        if len(keys) > 1:
            parts = "/".join(key.removesuffix("_id").upper() for key in keys)
            hint = _(
                "Its number is written {form}; 'schoolcrm history --entity {entity}' shows those that were changed."
            ).format(form=f"{entity}:{parts}", entity=entity)
        raise NotFound(
            _("There was never a record {kind} {number}.").format(kind=entity_name(entity), number=quoted(text)), hint
        )
    return entity, record


def _read_number(text: str, keys: int) -> int | str | None:
    """Return the name of a record as the journal has it, whose key has so many columns; None if it can't be one."""
    numbers = [read_id(part) for part in text.split("/")]
    if len(numbers) != keys or None in numbers:
        return None
    return numbers[0] if keys == 1 else "/".join(map(str, numbers))


def _formerly(db: sqlite3.Connection, ref: str) -> list[Record]:
    number = read_id(ref)
    if number is not None:
        return [("client", number)] if last_image(db, "client", number) is not None else []
    condition, words = contains_words("json_extract(before, '$.name_key')", ref)
    return db.execute(_FORMER.format(condition=condition), words).fetchall()


def name_of(db: sqlite3.Connection, entity: str, record: int | str) -> str:
    """Return the name of a record, there or gone, or of the person or group that it is of; empty if it has none."""
    image = last_image(db, entity, record) or {}
    if image.get("name"):
        return str(image["name"])
    for column, owner in _OWNERS.items():
        if image.get(column) is not None:
            return name_of(db, owner, image[column])
    return ""
