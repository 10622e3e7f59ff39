"""The journal in words: what the columns of records are called, and what stands in them (R54)."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import cache, partial
from typing import Any

from schoolcrm.core.language import N_, _
from schoolcrm.core.office.record_words import entity_name
from schoolcrm.core.office.words import ACTIONS, CHANNELS, DIRECTIONS, MESSAGE_STATES, OUTCOMES, PURPOSES, TASK_STATES
from schoolcrm.core.people.contacts import KINDS, PHONES
from schoolcrm.core.people.custom_fields import ENTITIES, TYPES, human_value
from schoolcrm.core.rules.dates import human_date, human_day, human_weekday
from schoolcrm.core.rules.money import human_money, human_percent, machine_money, machine_percent
from schoolcrm.core.rules.personal import APPLICATIONS, SEXES
from schoolcrm.core.rules.phones import human_phone
from schoolcrm.core.rules.status import FUNNEL, LOYALTY
from schoolcrm.core.rules.timetable import STATE_WORDS, weekdays_of
from schoolcrm.core.store.database import setting
from schoolcrm.core.store.edits import last_image, makings
from schoolcrm.core.store.foreign_keys import references_of
from schoolcrm.reports.history_labels import LABELS, LABELS_OF_PEOPLE
from schoolcrm.reports.payments import KIND_WORDS
from schoolcrm.reports.statuses import REASON_WORDS, SCALE_WORDS
from schoolcrm.reports.subscription import BASIS_WORDS
from schoolcrm.reports.subscriptions import BILLING_WORDS
from schoolcrm.reports.subscriptions import KIND_WORDS as PLAN_WORDS

Image = Mapping[str, Any]

KEYS = frozenset({"id", "name_key", "value_key", "short_key"})
"""Columns that say nothing to anybody: the record's number, and names folded for searching."""
PASSPORT = "passport"
UNREADABLE = frozenset({"content", "sha256"})
"""Columns of which only that they changed says something."""

_MONEY = frozenset({"price", "amount", "effect", "charge"})
_HUNDREDTHS = frozenset({("discount", "percent"), ("test_result", "score")})
_BOOLS = frozenset(
    {
        *("studies", "trial_spent", "automatic", "attended", "separate", "burn", "stop_at_end", "is_trial", "excused"),
        *("visits_auto", "amount_auto", "with_page"),
    }
)
_CODES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("client", "sex"): SEXES,
    ("student", "sex"): SEXES,
    ("client", "application"): APPLICATIONS,
    ("contact", "kind"): KINDS,
    ("payment", "kind"): KIND_WORDS,
    ("plan", "kind"): PLAN_WORDS,
    ("subscription", "kind"): PLAN_WORDS,
    ("plan", "billing"): BILLING_WORDS,
    ("subscription", "billing"): BILLING_WORDS,
    ("subscription", "origin"): {"sale": N_("sale"), "import": N_("import")},
    ("lesson", "state"): STATE_WORDS,
    ("mark", "basis"): {**BASIS_WORDS, "none": N_("no subscription"), "trial": N_("trial lesson")},
    ("trial", "state"): {
        "booked": N_("booked"),
        "attended": N_("attended"),
        "missed": N_("missed"),
        "cancelled": N_("cancelled"),
    },
    ("task", "state"): TASK_STATES,
    ("message", "channel"): CHANNELS,
    ("message", "direction"): DIRECTIONS,
    ("message", "state"): MESSAGE_STATES,
    ("automation", "action"): ACTIONS,
    ("automation", "channel"): CHANNELS,
    ("automation_run", "outcome"): OUTCOMES,
    ("field", "entity"): ENTITIES,
    ("field", "type"): TYPES,
    ("print_form", "used_for"): PURPOSES,
    ("status", "scale"): SCALE_WORDS,
    ("status_change", "scale"): SCALE_WORDS,
    ("status_change", "reason"): REASON_WORDS,
    ("status", "base"): {**FUNNEL, **LOYALTY},
}


_MOMENTS = frozenset({"at", "sent_at"})
# When and by whom a status was changed stands beside it in the history.
_TOLD_BESIDE: Mapping[str, frozenset[str]] = {"status_change": frozenset({"at", "user"})}
_OWNERS = (("student_id", "student"), ("client_id", "client"), ("group_id", "study_group"))
_OF_A_DAY = frozenset({"lesson", "mark"})


class Wording:
    """Turns what stands in records into text: for people in words, for programs as JSON has such values elsewhere.

    Numbers of other records become their names, also of those that are gone. Passport data stay hidden unless
    asked for.
    """

    def __init__(self, db: sqlite3.Connection, *, for_programs: bool, passport: bool) -> None:
        self._db = db
        self._for_programs = for_programs
        self._passport = passport
        self._parents: dict[str, dict[str, str]] = {}
        self._name_at = cache(self._name_of)
        self._makings = cache(partial(makings, db))
        self._moment = 0

    def tell_of(self, change: int) -> None:
        """Let records be called what they were called then, if their numbers were given to others since."""
        self._moment = change

    def _name(self, entity: str, record: int | str) -> str:
        made_anew = next((number for number in self._makings(entity, record) if number > self._moment), None)
        return self._name_at(entity, record, made_anew)

    def value(self, entity: str, column: str, image: Image) -> str | None:
        """Return what the column holds as text; None for nothing."""
        value = image.get(column)
        if value is None:
            return None
        if (entity, column) == ("client", PASSPORT) and not self._passport:
            return _("hidden")
        if column in UNREADABLE:
            return "…"
        if parent := self._parent_of(entity, column):
            return self._name(parent, value)
        return self._plain(entity, column, value, image)

    def field(self, entity: str, column: str) -> str:
        """Return what the column is called; programs get its name, without the ending where a name stands in it."""
        if self._for_programs:
            return column.removesuffix("_id")
        return _(LABELS_OF_PEOPLE.get((entity, column)) or LABELS.get(column, column))

    def own_field(self, image: Image) -> str:
        """Return the name of the school's own field that the record is a value of."""
        name = self._name("field", image["field_id"])
        return f"field.{name}" if self._for_programs else name

    def own_value(self, image: Image) -> str | None:
        """Return the value of the school's own field that the record is; None for nothing."""
        value = image.get("value")
        if value is None:
            return None
        kind = (last_image(self._db, "field", image["field_id"]) or {}).get("type", "text")
        if self._for_programs:
            return self._yes_or_no(value == "1") if kind == "bool" and value else str(value)
        return human_value(kind, str(value))

    def summary(self, entity: str, image: Image) -> str:
        """Return all that a record holds on one line."""
        left_out = KEYS if self._for_programs else KEYS | _TOLD_BESIDE.get(entity, frozenset())
        told = ((column, self.value(entity, column, image)) for column in image if column not in left_out)
        pairs = [(self.field(entity, column), text) for column, text in told if text is not None]
        return "; ".join(f"{label}: {text}" for label, text in pairs)

    def record(self, entity: str, record: int | str, image: Image) -> int | str:
        """Return the record's number, for people with what it is called or whose it is."""
        if self._for_programs:
            return record
        name = image.get("name") or next((self._name(of, image[key]) for key, of in _OWNERS if image.get(key)), "")
        day = self._day(image["on_date"]) if entity in _OF_A_DAY and image.get("on_date") else ""
        if not (name or day):
            return record
        return _("{number} ({name})").format(number=record, name=", ".join(filter(None, (name, day))))

    def _plain(self, entity: str, column: str, value: Any, image: Image) -> str:
        if column in _MONEY:
            return machine_money(value) if self._for_programs else human_money(value)
        if (entity, column) in _HUNDREDTHS:
            return machine_percent(value) if self._for_programs else human_percent(value)
        if column in _BOOLS:
            return self._yes_or_no(bool(value))
        if self._for_programs:
            return str(value)
        if words := _CODES.get((entity, column)):
            return _(words.get(value, str(value)))
        if special := _SPECIAL.get((entity, column)):
            return special(value, image)
        if column in _MOMENTS:
            return human_moment(self._db, value)
        return human_day(value) if _is_day(column, value) else str(value)

    def _yes_or_no(self, value: bool) -> str:
        if self._for_programs:
            return "true" if value else "false"
        return _("yes") if value else _("no")

    def _parent_of(self, entity: str, column: str) -> str | None:
        if entity not in self._parents:
            keys = references_of(self._db, entity)
            self._parents[entity] = {key.columns[0]: key.parent for key in keys}
        return self._parents[entity].get(column)

    def _name_of(self, entity: str, record: int | str, before: int | None) -> str:
        """Return the name of the record, now or when it was removed; one without a name is told by its number."""
        image = last_image(self._db, entity, record, before) or {}
        if name := image.get("name"):
            return str(name)
        number = _("{kind} {number}").format(kind=entity_name(entity), number=record)
        if entity == "lesson" and image:
            return f"{number} ({self._day(image['on_date'])} {image['time']})"
        if entity == "subscription" and image:
            return f"{number} ({self._name('plan', image['plan_id'])})"
        return number

    def _day(self, text: str) -> str:
        return text if self._for_programs else human_day(text)


def _is_day(column: str, value: object) -> bool:
    return isinstance(value, str) and (column.endswith("_on") or column in ("on_date", "birthday"))


def _contact(value: str, image: Image) -> str:
    return human_phone(value) if image.get("kind") in PHONES else value


_SPECIAL: Mapping[tuple[str, str], Callable[[Any, Image], str]] = {
    ("contact", "value"): _contact,
    ("schedule", "weekdays"): lambda value, _image: ", ".join(map(human_weekday, sorted(weekdays_of(value)))),
}


def zone_of(db: sqlite3.Connection) -> tzinfo | None:
    """Return the school's time zone; None: the machine's."""
    name = setting(db, "time_zone")
    if not name:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def school_moment(at: str, zone: tzinfo | None) -> datetime:
    """Return a moment of the journal in that zone, to the second."""
    return datetime.fromisoformat(at).astimezone(zone).replace(microsecond=0)


def human_moment(db: sqlite3.Connection, at: str) -> str:
    """Return a moment of the journal as people of the school read it."""
    moment = school_moment(at, zone_of(db))
    return f"{human_date(moment.date())} {moment:%H:%M}"
