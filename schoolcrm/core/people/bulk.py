"""Setting fields of many clients at once: all values are read first, then written where they differ (R50, R52)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.fields import CUSTOM
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.people.custom_fields import CustomField, fields_of, find_field, human_value, read_value
from schoolcrm.core.people.facts import person_name
from schoolcrm.core.rules.dates import human_day
from schoolcrm.core.rules.names import closest, excerpt, fold
from schoolcrm.core.rules.personal import read_yes_no
from schoolcrm.core.store.numbers import number_list

if TYPE_CHECKING:
    import sqlite3

    from schoolcrm.core.store.transaction import WritableSchool

STUDIES = "studies"
"""The opposite of the field `lead`, as `clients edit --studies` names it."""
SCALES: Mapping[str, str] = {"status": "funnel", "stage": "loyalty"}
"""The fields that are statuses → their scale: set by hand, with a history."""
SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Settings:
    """What to set: columns of the record (None empties), own fields ("" empties), ids by the keys of `SCALES`."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[CustomField, str] = field(default_factory=dict)
    status_ids: Mapping[str, int] = field(default_factory=dict)


def read_assignments(db: "sqlite3.Connection", texts: Sequence[str]) -> dict[str, str]:
    """Return field → text of ``FIELD=VALUE``; the fields are keys of the registry, `studies`, or `field.NAME`.

    Raises BadValue without an equals sign, for a field that can't be set (listing those that can), or one that is
    set twice; NotFound for an unknown `field.NAME`.
    """
    assignments: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise BadValue(
                _('"{value}" gives no field a value.').format(value=excerpt(text)),
                _("Write it like --set 'manager=Olga'; without a value it empties the field."),
            )
        key = _settable(db, name)
        if key in assignments or {key, *assignments} >= {STUDIES, "lead"}:
            raise BadValue(_("The field {name} is set twice.").format(name=quoted(name)), _("Give it once."))
        assignments[key] = value.strip()
    return assignments


def _settable(db: "sqlite3.Connection", name: str) -> str:
    key = fold(name)
    if key.startswith(CUSTOM):
        return CUSTOM + find_field(db, "client", name.strip()[len(CUSTOM) :]).name
    known = [*(each.key for each in CLIENTS.settable()), *SCALES, STUDIES]
    if key in known:
        return key
    known += [CUSTOM + each.name for each in fields_of(db, "client")]
    near = closest(name, known)
    hint = _("Those that can: {names}.").format(names=", ".join(known))
    if near:
        hint = _("Did you mean: {names}? Those that can be set: {known}.").format(
            names=", ".join(near), known=", ".join(known)
        )
    raise BadValue(_("The field {name} can't be set.").format(name=quoted(name)), hint)


def read_settings(
    db: "sqlite3.Connection",
    assignments: Mapping[str, str],
    today: date,
    *,
    source_id: int | None = None,
    status_ids: Mapping[str, int] = MappingProxyType({}),
) -> Settings:
    """Return what the assignments say; `source_id` and `status_ids` are what was found under those names.

    Raises BadValue for a text that can't be read, or for emptying what a client can't be without.
    """
    facts: dict[str, Any] = {}
    custom: dict[CustomField, str] = {}
    for key, text in assignments.items():
        if key.startswith(CUSTOM):
            own = find_field(db, "client", key[len(CUSTOM) :])
            custom[own] = read_value(own, text, today) if text else ""
        elif key == SOURCE:
            facts["source_id"] = source_id
        elif key not in SCALES:
            facts |= _fact(key, text, today)
    return Settings(facts, custom, status_ids)


def told_settings(db: "sqlite3.Connection", assignments: Mapping[str, str], settings: Settings) -> list[str]:
    """Return what is set to what, as people read it; nothing after the colon: it is emptied."""
    own = {field.name: human_value(field.type, value) for field, value in settings.custom.items()}
    status_name = "SELECT name FROM status WHERE id = ?"
    told = []
    for key, text in assignments.items():
        value = text
        if key.startswith(CUSTOM):
            value = own[key[len(CUSTOM) :]]
        elif key in settings.status_ids:
            (value,) = db.execute(status_name, (settings.status_ids[key],)).fetchone()
        elif text and key == "birthday":
            value = human_day(settings.facts[key])
        label = _("Studies") if key == STUDIES else key[len(CUSTOM) :] if key.startswith(CUSTOM) else ""
        told.append(f"{label or _(CLIENTS.fields[key].label)} = {value or '—'}")
    return told


def refuse_emptying(assignments: Mapping[str, str]) -> None:
    """Raise BadValue if one of the fields is to be emptied that a client can't be without."""
    needed = {*SCALES, STUDIES, *(each.key for each in CLIENTS.settable() if each.filled)}
    for key, text in assignments.items():
        if not text and key in needed:
            raise BadValue(_("The field {name} can't be emptied.").format(name=quoted(key)), _("Give it a value."))


def _fact(key: str, text: str, today: date) -> dict[str, Any]:
    if key == STUDIES:
        return {"studies": read_yes_no(text)}
    if key == "name":
        name = person_name(text)
        return {"name": name, "name_key": fold(name)}
    known = CLIENTS.fields[key]
    value = known.read(text, today) if text and known.read else None
    # A text of spaces and signs that can't be seen is none.
    return {known.column: value.isoformat() if isinstance(value, date) else None if value == "" else value}


def set_in_bulk(school: "WritableSchool", client_ids: Collection[int], settings: Settings) -> list[int]:
    """Set the fields of the clients; return the ids of those whom it changed, in order.

    A value that is there already is no change and leaves no trace. Statuses are set by hand (R6); `studies` after
    them, so that a client may be bought and a lead again (R50). Refused: one name for several.
    """
    from schoolcrm.core.statuses.change import set_status

    if "name" in settings.facts and len(set(client_ids)) > 1:
        raise Refused(
            ngettext(
                "The query finds {count} client, who can't all be called {name}.",
                "The query finds {count} clients, who can't all be called {name}.",
                len(set(client_ids)),
            ).format(count=len(set(client_ids)), name=quoted(settings.facts["name"])),
            _("Name one client: 'schoolcrm clients edit CLIENT --name NAME'."),
        )
    wanted = number_list(sorted(set(client_ids)))
    changed: set[int] = set()
    for key, status_id in settings.status_ids.items():
        changed |= set(_where(school, wanted, f"client.{key}_id IS NOT :value", status_id))
        set_status(school, client_ids, status_id)
    for column, value in settings.facts.items():
        differing = _where(school, wanted, f"client.{column} IS NOT :value", value)
        update = f"UPDATE client SET {column} = ? WHERE id = ?"  # noqa: S608
        school.db.executemany(update, [(value, number) for number in differing])
        changed |= set(differing)
    for own, value in settings.custom.items():
        changed |= _set_own(school, wanted, own, value)
    return sorted(changed)


def _where(school: "WritableSchool", wanted: str, condition: str, value: object) -> list[int]:
    query = (
        "SELECT client.id FROM json_each(:wanted) AS wanted JOIN client ON client.id = wanted.value"  # noqa: S608
        f" WHERE {condition}"
    )
    return [number for (number,) in school.db.execute(query, {"wanted": wanted, "value": value})]


def _set_own(school: "WritableSchool", wanted: str, own: CustomField, value: str) -> set[int]:
    from schoolcrm.core.people.custom_fields import set_values

    held = (
        "(SELECT value FROM client_field"  # noqa: S608
        f" WHERE client_field.client_id = client.id AND field_id = {int(own.id)})"
    )
    differing = _where(school, wanted, f"ifnull({held}, '') IS NOT :value", value)
    for number in differing:
        set_values(school, "client", number, {own: value})
    return set(differing)
