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

    The new membership ends when the old one would have. Raises Refused for one and the same group, when the
    student is no member of the first one on the day before (or, joining later, on the day), and as `join` does.
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
    left = leave(school, from_id, student_id, on - timedelta(days=1))
    membership_id = join(school, to_id, student_id, on, last_on, over_limit=over_limit)
    return Transferred(membership_id, left.last_on, last_on)


def _require_begun_before(school: "WritableSchool", group_id: int, student_id: int, on: date) -> None:
    """Refuse a transfer on the first day of a membership that has begun: no day before it could be its last."""
    row = school.db.execute(
        "SELECT first_on FROM membership WHERE group_id = ? AND student_id = ? AND first_on = ? AND first_on <= ?",
        (group_id, student_id, on.isoformat(), school.today.isoformat()),
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
