"""The school's own fields of clients and students: what they hold, reading and setting their values (R50)."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.dates import read_date
from schoolcrm.core.rules.names import closest, excerpt, fold
from schoolcrm.core.rules.personal import find_choice, read_line, read_note, read_number, read_yes_no

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field the school has added to clients or students: its type is text, number, date, bool or choice."""

    id: int
    name: str
    type: str
    choices: tuple[str, ...] = ()


def fields_of(db: sqlite3.Connection, entity: str) -> list[CustomField]:
    """Return the school's own fields of an entity ("client", "student"), in the order they were added."""
    rows = db.execute("SELECT id, name, type, choices FROM field WHERE entity = ? ORDER BY id", (entity,))
    return [
        CustomField(number, name, kind, tuple((choices or "").splitlines())) for number, name, kind, choices in rows
    ]


def find_field(db: sqlite3.Connection, entity: str, name: str) -> CustomField:
    """Return the field called `name`; NotFound suggests the nearest ones."""
    fields = fields_of(db, entity)
    for field in fields:
        if fold(field.name) == fold(name):
            return field
    names = [field.name for field in fields]
    known = closest(name, names) or names
    if known:
        hint = _("Did you mean: {names}?").format(names=", ".join(known[:5]))
    else:
        hint = _("The school has added no fields of its own yet.")
    raise NotFound(_("There is no field {name}.").format(name=quoted(name)), hint)


def add_field(
    school: "WritableSchool", entity: str, name: str, *, type: str = "text", choices: Sequence[str] = ()
) -> int:
    """Add a field and return its id; Refused when there is one of that name, BadValue for an empty name."""
    from schoolcrm.core.store.models import Field

    clean = read_line(name)
    if not clean:
        raise BadValue(_("A field needs a name."))
    if any(fold(field.name) == fold(clean) for field in fields_of(school.db, entity)):
        raise Refused(_("There is a field {name} already.").format(name=quoted(clean)))
    record = school.add(
        Field,
        entity=entity,
        name=clean,
        name_key=fold(clean),
        type=type,
        choices="\n".join(map(read_line, choices)) or None,
    )
    return record.id


def parse_assignments(texts: Sequence[str]) -> dict[str, str]:
    """Return name → value of ``--field NAME=VALUE`` options; BadValue without an equals sign."""
    assignments = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise BadValue(
                _('"{value}" gives no field a value.').format(value=excerpt(text)),
                _("Write it like --field 'Height=120'."),
            )
        assignments[name.strip()] = value
    return assignments


def read_values(
    db: sqlite3.Connection, entity: str, assignments: Mapping[str, str], today: date
) -> dict[CustomField, str]:
    """Return the fields with their values as they are kept; empty: to be unset. Raises NotFound, BadValue."""
    fields = {find_field(db, entity, name): text for name, text in assignments.items()}
    return {field: read_value(field, text, today) if text.strip() else "" for field, text in fields.items()}


def read_value(field: CustomField, text: str, today: date) -> str:
    """Return a value as it is kept: numbers plain, dates ISO, yes and no as 1 and 0; BadValue names the field."""
    try:
        if field.type == "number":
            return f"{read_number(text):f}"
        if field.type == "date":
            return read_date(text, today=today).isoformat()
        if field.type == "bool":
            return str(int(read_yes_no(text)))
        return _read_choice(field, text) if field.type == "choice" else read_note(text)
    except BadValue as error:
        raise BadValue(
            _("{field}: {reason}").format(field=quoted(field.name), reason=error.sentence), error.hint
        ) from None


def _read_choice(field: CustomField, text: str) -> str:
    choice = find_choice(text, field.choices)
    if choice is None:
        raise BadValue(
            _('"{value}" is not one of the choices.').format(value=excerpt(text)),
            _("Choose from: {names}.").format(names=", ".join(field.choices)),
        )
    return choice


def set_values(school: "WritableSchool", entity: str, record_id: int, values: Mapping[CustomField, str]) -> None:
    """Write the values of one client or student; an empty one is removed."""
    table, owner = f"{entity}_field", f"{entity}_id"
    for field, value in values.items():
        if value:
            school.db.execute(
                f"INSERT INTO {table} ({owner}, field_id, value) VALUES (?, ?, ?)"  # noqa: S608
                f" ON CONFLICT ({owner}, field_id) DO UPDATE SET value = excluded.value",
                (record_id, field.id, value),
            )
        else:
            school.db.execute(f"DELETE FROM {table} WHERE {owner} = ? AND field_id = ?", (record_id, field.id))  # noqa: S608
