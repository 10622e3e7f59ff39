"""The school's own fields of people and lessons, which the columns of a file may fill (R61, R62)."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schoolcrm.core.listing.fields import plain_name
from schoolcrm.core.rules.names import closest, fold, tidy

_PREFIXES = ("field:", "field.", "поле:")
_OF_STUDENTS = "student."


class CustomField(NamedTuple):
    """A field the school has added: its name, its type (text, number, date, bool or choice), and whose it is."""

    name: str
    type: str = "text"
    choices: tuple[str, ...] = ()
    entity: str = "client"

    @property
    def target(self) -> str:
        """How a mapping names the field: ``field:NAME``, or ``student.field:NAME`` for one of students."""
        return f"{_OF_STUDENTS if self.entity == 'student' else ''}field:{self.name}"


class OwnName(NamedTuple):
    """An own field as it is asked for: its name, and whose it must be ("" for anybody's)."""

    name: str
    entity: str = ""


def own_fields(db: sqlite3.Connection, entities: Sequence[str]) -> list[CustomField]:
    """Return the school's own fields of these entities ("client", "student", "lesson"), in their order."""
    query = "SELECT name, type, choices FROM field WHERE entity = ? ORDER BY id"
    return [
        CustomField(name, kind, tuple((choices or "").splitlines()), entity)
        for entity in entities
        for name, kind, choices in db.execute(query, (entity,))
    ]


def asked_own(text: str) -> OwnName | None:
    """Return the own field that ``field:NAME``, ``field.NAME`` or ``student.field.NAME`` asks for; None: no such."""
    wanted = tidy(text)
    of_student = fold(wanted).startswith(_OF_STUDENTS)
    rest = wanted[len(_OF_STUDENTS) :] if of_student else wanted
    for prefix in _PREFIXES:
        if fold(rest).startswith(prefix):
            return OwnName(tidy(rest[len(prefix) :]), "student" if of_student else "")
    return None


class OwnFields:
    """Finds own fields by their names; of two called alike the first is meant, clients' before students'."""

    def __init__(self, fields: Iterable[CustomField] = ()) -> None:
        self.all = tuple(fields)

    def find(self, asked: OwnName) -> CustomField | None:
        """Return the field called so, also written as lists name it; None if there is none."""
        theirs = [each for each in self.all if asked.entity in ("", each.entity)]
        for key in (fold, lambda text: fold(plain_name(text))):
            for each in theirs:
                if key(asked.name) and key(each.name) == key(asked.name):
                    return each
        return None

    def of_heading(self, heading: str) -> CustomField | None:
        """Return the field that a heading names, by its name or as ``field.NAME``."""
        asked = asked_own(heading)
        return self.find(OwnName(heading)) or (self.find(asked) if asked else None)

    def near(self, name: str) -> list[str]:
        """Return the names that may have been meant."""
        return closest(name, [each.name for each in self.all])
