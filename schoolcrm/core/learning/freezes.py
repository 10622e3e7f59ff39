"""Freezes: periods in which a student has no lessons; which there are, and what they forbid (R25)."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import Ambiguous, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted, read_id, several
from schoolcrm.core.people.references import find_student
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.store.cells import student_name


@dataclass(frozen=True, slots=True)
class Freeze:
    """A student's period without lessons, both days inclusive; `group_id`: the group that was frozen as a whole."""

    student_id: int
    first_on: date
    last_on: date
    excused: bool = False
    reason: str = ""
    group_id: int | None = None
    id: int = 0

    @property
    def days(self) -> int:
        """How many days it takes."""
        return (self.last_on - self.first_on).days + 1


_FREEZES = """
SELECT freeze.student_id, freeze.first_on, freeze.last_on, freeze.excused, freeze.reason, freeze.group_id, freeze.id
  FROM freeze"""
_OVERLAPPING = _FREEZES + " WHERE freeze.student_id = ? AND freeze.first_on <= ? AND freeze.last_on >= ? LIMIT 1"


def require_not_frozen(db: sqlite3.Connection, student_id: int, on: date) -> None:
    """Refuse whatever a student can't do inside a freeze, a mark for example, naming the freeze (R23, R25)."""
    freeze = overlapping(db, student_id, on, on)
    if freeze is None:
        return
    raise Refused(
        _("{student} is frozen on {day}: from {first} to {last} (freeze {id}).").format(
            student=quoted(student_name(db, student_id)), day=human_date(on), **words_of(freeze)
        ),
        _("Choose another day, or take the freeze back: 'schoolcrm subscription unfreeze {id}'.").format(id=freeze.id),
    )


def overlapping(db: sqlite3.Connection, student_id: int, first_on: date, last_on: date) -> Freeze | None:
    """Return a freeze of the student with any of those days, None if there is none."""
    row = db.execute(_OVERLAPPING, (student_id, last_on.isoformat(), first_on.isoformat())).fetchone()
    return _freeze(row) if row else None


def get_freeze(db: sqlite3.Connection, freeze_id: int) -> Freeze:
    """Return a freeze by its id; NotFound."""
    row = db.execute(_FREEZES + " WHERE freeze.id = ?", (freeze_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no freeze {id}.").format(id=freeze_id), _("'schoolcrm subscription freezes' shows all.")
        )
    return _freeze(row)


def find_freeze(db: sqlite3.Connection, today: date, ref: str) -> int:
    """Return the freeze named by its number, or by the student who has just this one running or coming, or at all.

    Raises NotFound, Ambiguous (with the freezes, or with the students of that name), BadValue.
    """
    number = read_id(ref)
    if number is not None:
        return get_freeze(db, number).id
    found = [one for student_id in _students_named(db, ref) for one in freezes_of(db, student_id)]
    found = [one for one in found if one.last_on >= today] or found
    if not found:
        raise NotFound(
            _("No freeze belongs to {name}.").format(name=quoted(ref)), _("'schoolcrm subscription freezes' shows all.")
        )
    if len(found) > 1:
        candidates = [(one.id, _label(db, one)) for one in found]
        raise several(_("{name} has several freezes.").format(name=quoted(ref)), candidates)
    return found[0].id


def freezes_of(db: sqlite3.Connection, student_id: int) -> list[Freeze]:
    """Return the student's freezes, past ones too, by their days."""
    rows = db.execute(_FREEZES + " WHERE freeze.student_id = ? ORDER BY freeze.first_on", (student_id,))
    return [_freeze(row) for row in rows]


def _students_named(db: sqlite3.Connection, ref: str) -> list[int]:
    """Return the students that may be meant; that of several only one is frozen tells which."""
    try:
        return [find_student(db, ref, include_archived=True)]
    except Ambiguous as namesakes:
        return [number for number, _label in namesakes.candidates]


def words_of(freeze: Freeze) -> dict[str, str | int]:
    """Return the `first` and `last` day and the `id` of a freeze, for sentences."""
    return {"first": human_date(freeze.first_on), "last": human_date(freeze.last_on), "id": freeze.id}


def _label(db: sqlite3.Connection, freeze: Freeze) -> str:
    return f"{student_name(db, freeze.student_id)}, {human_date(freeze.first_on)} – {human_date(freeze.last_on)}"


def _freeze(row: tuple[int, str, str, int, str | None, int | None, int]) -> Freeze:
    student_id, first_on, last_on, excused, reason, group_id, number = row
    return Freeze(
        student_id,
        date.fromisoformat(first_on),
        date.fromisoformat(last_on),
        bool(excused),
        reason or "",
        group_id,
        number,
    )
