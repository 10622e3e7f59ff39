"""What is kept in a client's or a student's own record, read from text by the registry of fields (R50)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.listing.fields import Registry
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.personal import read_name

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


def read_facts(registry: Registry, texts: Mapping[str, str], today: date, *, new: bool = False) -> dict[str, Any]:
    """Return column → value of the facts that were given, field key → text; empty texts are not given.

    A `new` record must have its name. A name comes with its folded key. Raises BadValue for a text that can't
    be read.
    """
    facts: dict[str, Any] = {}
    for field in registry.settable():
        text = texts.get(field.key, "")
        if field.read and (text or (new and field.key == "name")):
            facts[field.column] = person_name(text) if field.key == "name" else field.read(text, today)
    if "name" in facts:
        facts["name_key"] = fold(facts["name"])
    return facts


def person_name(text: str) -> str:
    """Return the name of a client or student as it is kept; BadValue, with a hint, for what is none."""
    try:
        return read_name(text)
    except BadValue as error:
        hint = error.hint or _("Write the name with letters, in quotation marks: 'Anna Smith'.")
        raise BadValue(error.sentence, hint) from None


def emptied(registry: Registry, keys: Collection[str], others: Collection[str] = ()) -> dict[str, Any]:
    """Return column → None of the fields to be emptied; BadValue for one that can't be lists those and `others`."""
    return columns_emptied(can_be_emptied(registry), keys, others)


def columns_emptied(columns: Mapping[str, str], keys: Collection[str], others: Collection[str] = ()) -> dict[str, Any]:
    """Return column → None of the fields named, of field key → column; BadValue as `emptied`."""
    for key in keys:
        if fold(key) not in columns:
            raise BadValue(
                _("The field {name} can't be emptied.").format(name=quoted(key)),
                _("Those that can: {names}.").format(names=", ".join([*columns, *others])),
            )
    return {columns[fold(key)]: None for key in keys}


def can_be_emptied(registry: Registry) -> dict[str, str]:
    """Return field key → column of what the record can be without."""
    return {field.key: field.column for field in registry.settable() if not field.filled}


def set_facts(school: "WritableSchool", entity: str, record_id: int, facts: Mapping[str, Any]) -> None:
    """Write columns of one client or student; their names come from the registry, never from a person."""
    if facts:
        values = [value.isoformat() if isinstance(value, date) else value for value in facts.values()]
        columns = ", ".join(f"{column} = ?" for column in facts)
        school.db.execute(f"UPDATE {entity} SET {columns} WHERE id = ?", (*values, record_id))  # noqa: S608
