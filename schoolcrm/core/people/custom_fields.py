"""The school's own fields of clients, students, lessons: what they hold, reading and setting their values (R50)."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import N_, _, current_language
from schoolcrm.core.listing.fields import CUSTOM, plain_name
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.dates import human_day
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt, fold, known_names
from schoolcrm.core.rules.personal import find_choice, parse_any_day, read_line, read_note, read_number, read_yes_no

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

TYPES: Mapping[str, str] = {
    "text": N_("text"),
    "number": N_("number"),
    "date": N_("date"),
    "bool": N_("yes or no"),
    "choice": N_("choice"),
}
"""What a field of the school's own can hold, with the English names."""
ENTITIES: Mapping[str, str] = {"client": N_("clients"), "student": N_("students"), "lesson": N_("lessons")}
"""What can have fields of the school's own, with the English names."""


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field the school has added to an entity: its type is text, number, date, bool or choice."""

    id: int
    name: str
    type: str
    choices: tuple[str, ...] = ()


def fields_of(db: sqlite3.Connection, entity: str) -> list[CustomField]:
    """Return the school's own fields of an entity ("client", "student", "lesson"), in the order they were added."""
    rows = db.execute("SELECT id, name, type, choices FROM field WHERE entity = ? ORDER BY id", (entity,))
    return [
        CustomField(number, name, kind, tuple((choices or "").splitlines())) for number, name, kind, choices in rows
    ]


def find_field(db: sqlite3.Connection, entity: str, name: str) -> CustomField:
    """Return the field called `name`, written in full or as `plain_name` has it; NotFound suggests the nearest."""
    fields = fields_of(db, entity)
    for key in (fold, lambda text: fold(plain_name(text))):
        for field in fields:
            if key(field.name) == key(name):
                return field
    names = [field.name for field in fields]
    if near := closest(name, names):
        hint = did_you_mean(near)
    elif names:
        hint = _("The school's own fields: {names}.").format(names=known_names(name, names))
    else:
        hint = _("The school has added no fields of its own yet.")
    raise NotFound(_("There is no field {name}.").format(name=quoted(name)), hint)


def add_field(
    school: "WritableSchool", entity: str, name: str, *, type: str = "text", choices: Sequence[str] = ()
) -> int:
    """Add a field and return its id.

    Raises Refused when there is one of that name; BadValue for a name that is none or has an equals sign, an unknown
    type or entity, and choices that don't fit: a choice has some, all different, any other type none.
    """
    from schoolcrm.core.store.models import Field

    clean = read_line(name)
    if not plain_name(clean):
        raise BadValue(_("A field needs a name."), _("Give it a name with letters."))
    if "=" in clean:
        raise BadValue(
            _("The name {name} has an equals sign, which sets a field apart from its value.").format(
                name=quoted(clean)
            ),
            _("Call it {name}, for example.").format(name=quoted(plain_name(clean))),
        )
    _require_known(entity, ENTITIES, _('"{value}" has no fields of the school\'s own.'))
    _require_known(type, TYPES, _('"{value}" is not a type of field.'))
    offered = _read_choices(clean, type, choices)
    if any(fold(plain_name(field.name)) == fold(plain_name(clean)) for field in fields_of(school.db, entity)):
        raise Refused(
            _("There is a field {name} already.").format(name=quoted(clean)),
            _("'schoolcrm fields list' shows all."),
        )
    record = school.add(
        Field, entity=entity, name=clean, name_key=fold(clean), type=type, choices="\n".join(offered) or None
    )
    return record.id


def _require_known(value: str, known: Mapping[str, str], sentence: str) -> None:
    if value not in known:
        raise BadValue(sentence.format(value=excerpt(value)), _("Choose from: {names}.").format(names=", ".join(known)))


def _read_choices(name: str, type: str, texts: Sequence[str]) -> list[str]:
    choices = [read_line(text) for text in texts]
    if type != "choice":
        if choices:
            raise BadValue(
                _("The field {name} has choices, but its type is {type}.").format(name=quoted(name), type=type),
                _("Give it --type choice, or leave --choice out."),
            )
        return []
    if not choices:
        raise BadValue(
            _("The field {name} has nothing to choose from.").format(name=quoted(name)),
            _("Give each choice with --choice, for example --choice Morning --choice Evening."),
        )
    seen: set[str] = set()
    for choice in choices:
        if not choice:
            raise BadValue(_("A choice of the field {name} is empty.").format(name=quoted(name)), _("Leave it out."))
        if fold(choice) in seen:
            raise BadValue(
                _("The choice {name} is given twice.").format(name=quoted(choice)), _("Name each choice once.")
            )
        seen.add(fold(choice))
    return choices


def count_values(db: sqlite3.Connection, entity: str, field_id: int) -> int:
    """Return how many records have a value in the field."""
    query = f"SELECT count(*) FROM {entity}_field WHERE field_id = ?"  # noqa: S608
    return int(db.execute(query, (field_id,)).fetchone()[0])


def entities_with(db: sqlite3.Connection, name: str) -> list[str]:
    """Return which entities have a field called so, a list that may be empty."""
    keys = {entity: {fold(plain_name(field.name)) for field in fields_of(db, entity)} for entity in ENTITIES}
    return [entity for entity in ENTITIES if fold(plain_name(name)) in keys[entity]]


def remove_field(school: "WritableSchool", entity: str, field_id: int) -> None:
    """Remove the field with its values, and what waits for it or sets it (R56); the history keeps them (R54)."""
    if entity == "client":
        from schoolcrm.core.office.automation import remove_automations_of

        (name,) = school.db.execute("SELECT name FROM field WHERE id = ?", (field_id,)).fetchone()
        remove_automations_of(school, name)
    school.db.execute(f"DELETE FROM {entity}_field WHERE field_id = ?", (field_id,))  # noqa: S608
    school.db.execute("DELETE FROM field WHERE id = ?", (field_id,))


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


def is_own(name: str) -> bool:
    """Tell whether the name is that of a field of the school's own: `field.NAME`."""
    return fold(name).startswith(CUSTOM)


def own_names(db: sqlite3.Connection, entity: str) -> list[str]:
    """Return `field.NAME` of each of the school's own fields, as a query or an option takes it."""
    return [CUSTOM + plain_name(field.name) for field in fields_of(db, entity)]


def with_own_named(db: sqlite3.Connection, entity: str, names: Collection[str], known: Collection[str]) -> list[str]:
    """Return the names, those that are none of the `known` but a field of the school's own as `field.NAME`."""
    own = {fold(plain_name(field.name)): field.name for field in fields_of(db, entity)}
    keys = {name: fold(plain_name(name)) for name in names}
    return [CUSTOM + own[keys[name]] if keys[name] in own and fold(name) not in known else name for name in names]


def emptied_own(db: sqlite3.Connection, entity: str, names: Collection[str]) -> dict[CustomField, str]:
    """Return those of the names that are `field.NAME` with the value that empties them; NotFound for an unknown one."""
    return {find_field(db, entity, name.strip()[len(CUSTOM) :]): "" for name in names if is_own(name)}


def told_values(
    db: sqlite3.Connection, entity: str, options: Sequence[str], unset: Collection[str], today: date
) -> dict[CustomField, str]:
    """Return what `--field NAME=VALUE` and `--unset field.NAME` say together: what is set as well wins."""
    return emptied_own(db, entity, unset) | read_values(db, entity, parse_assignments(options), today)


def read_value(field: CustomField, text: str, today: date) -> str:
    """Return a value as it is kept: numbers plain, dates ISO, yes and no as 1 and 0; BadValue names the field."""
    try:
        if field.type == "number":
            return f"{read_number(text):f}"
        if field.type == "date":
            return parse_any_day(text, today).isoformat()
        if field.type == "bool":
            return str(int(read_yes_no(text)))
        return _read_choice(field, text) if field.type == "choice" else read_note(text)
    except BadValue as error:
        raise BadValue(
            _("{field}: {reason}").format(field=quoted(field.name), reason=error.sentence), error.hint
        ) from None


def human_value(type: str, value: str) -> str:
    """Return a kept value as people read it: decimals and dates as in the language in use, yes and no in words.

    What a purge has emptied stays empty.
    """
    if not value:
        return ""
    if type == "date":
        return human_day(value)
    if type == "bool":
        return _("yes") if value == "1" else _("no")
    return value.replace(".", ",") if type == "number" and current_language() == "ru" else value


def _read_choice(field: CustomField, text: str) -> str:
    choice = find_choice(text, field.choices)
    if choice is None:
        raise BadValue(
            _('"{value}" is not one of the choices.').format(value=excerpt(text)),
            _("Choose from: {names}.").format(names=", ".join(field.choices)),
        )
    return choice


def set_values(school: "WritableSchool", entity: str, record_id: int, values: Mapping[CustomField, str]) -> None:
    """Write the values of one client, student or lesson; an empty one is removed."""
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
