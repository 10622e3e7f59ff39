"""Moving a student from one group to another (R21)."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.groups import join, leave, names_of
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.dates import human_date

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class Transferred:
    """A new membership: its id, its last day (None: open end), the last day in the former group (None: no day)."""

    id: int
    left_on: date | None
    last_on: date | None


def transfer(
    school: "WritableSchool", student_id: int, from_id: int, to_id: int, on: date, *, over_limit: bool = False
) -> Transferred:
    """Move the student from one group to another: out of it the day before, a member of the other from `on` (R21).

    The new membership ends when the old one would have; on the day it was made it takes the place of the old one,
    as long as the student has no mark there. Raises Refused for one and the same group, when the student is no
    member of the first one on the day before (or, joining that day or later, on the day), and as `join` does.
    """
    if from_id == to_id:
        raise Refused(
            _("{student} can't be transferred from {group} to the same group.").format(
                **{key: quoted(name) for key, name in names_of(school.db, from_id, student_id).items()}
            ),
            _("Name another group."),
        )
    _require_begun_before(school, from_id, student_id, on)
    last_on = _end_of_stay(school.db, from_id, student_id, on)
    left_on = None
    if not (on == school.today and _take_back(school.db, from_id, student_id, on)):
        left_on = leave(school, from_id, student_id, on - timedelta(days=1)).last_on
    membership_id = join(school, to_id, student_id, on, last_on, over_limit=over_limit)
    return Transferred(membership_id, left_on, last_on)


def _take_back(db: sqlite3.Connection, group_id: int, student_id: int, on: date) -> bool:
    """Remove the membership that begins that day, with later ones in the group; return whether there was one."""
    begins = (group_id, student_id, on.isoformat())
    query = "SELECT 1 FROM membership WHERE group_id = ? AND student_id = ? AND first_on = ?"
    if db.execute(query, begins).fetchone() is None:
        return False
    db.execute("DELETE FROM membership WHERE group_id = ? AND student_id = ? AND first_on >= ?", begins)
    return True


def _require_begun_before(school: "WritableSchool", group_id: int, student_id: int, on: date) -> None:
    """Refuse a transfer on the first day of a membership that has begun: no day before it could be its last.

    One that begins today, with nothing marked yet, can be a slip: it is only kept from what has happened.
    """
    row = school.db.execute(
        "SELECT 1 FROM membership WHERE group_id = :group AND student_id = :student AND first_on = :day"
        " AND (first_on < :today OR (first_on = :today AND EXISTS ("
        "     SELECT 1 FROM mark JOIN lesson ON lesson.id = mark.lesson_id"
        "      WHERE mark.student_id = :student AND lesson.group_id = :group AND mark.on_date >= :day)))",
        {"group": group_id, "student": student_id, "day": on.isoformat(), "today": school.today.isoformat()},
    ).fetchone()
    if row:
        names = {key: quoted(name) for key, name in names_of(school.db, group_id, student_id).items()}
        raise Refused(
            _("{student} is a member of {group} only since {first}.").format(**names, first=human_date(on)),
            _("Give a later day with --on, {day} for example.").format(day=human_date(on + timedelta(days=1))),
        )


def _end_of_stay(db: sqlite3.Connection, group_id: int, student_id: int, on: date) -> date | None:
    """Return the last day of the membership that holds that day; None: open end, or it has ended."""
    row = db.execute(
        "SELECT last_on FROM membership WHERE group_id = ? AND student_id = ? AND first_on <= ? AND last_on >= ?",
        (group_id, student_id, on.isoformat(), on.isoformat()),
    ).fetchone()
    return date.fromisoformat(row[0]) if row else None
