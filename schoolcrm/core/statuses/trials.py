"""The one free trial lesson of a client: booked, attended, missed or cancelled, whichever child comes (R12)."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.dates import human_date, human_day
from schoolcrm.core.statuses.events import (
    require_active,
    trial_attended,
    trial_booked,
    trial_missed,
    trial_withdrawn,
)
from schoolcrm.core.store.cells import client_name
from schoolcrm.core.store.transaction import WritableSchool

_TRIALS = "SELECT id, on_date, group_id, student_id, state, lesson_id FROM trial WHERE client_id = :client"
_BOOKED = _TRIALS + " AND state = 'booked'"
_LAST_BY_HAND = _TRIALS + " AND state = 'attended' AND lesson_id IS NULL ORDER BY on_date DESC, id DESC LIMIT 1"
# A mark stands for one trial, however it is paid: free by its own right, or under a trial subscription.
_ATTENDED = """
    SELECT on_date, lesson_id FROM trial
     WHERE client_id = :client AND state = 'attended' AND (lesson_id IS NULL OR lesson_id IS NOT :lesson)
    UNION ALL
    SELECT mark.on_date, mark.lesson_id
      FROM student
      JOIN mark ON mark.student_id = student.id AND mark.basis = 'trial'
     WHERE student.client_id = :client
       AND NOT (mark.lesson_id IS :lesson AND ifnull(mark.student_id = :student, 1))
    UNION ALL
    SELECT mark.on_date, mark.lesson_id
      FROM student
      JOIN subscription ON subscription.student_id = student.id
      JOIN mark ON mark.subscription_id = subscription.id AND mark.attended = 1
     WHERE student.client_id = :client AND subscription.is_trial = 1 AND subscription.deleted_on IS NULL
       AND NOT (mark.lesson_id IS :lesson AND ifnull(mark.student_id = :student, 1))
     ORDER BY 1 LIMIT 1
"""


class Trial(NamedTuple):
    """A trial of the client as it stands: "booked", "attended", "missed" or "cancelled".

    `lesson_id`: the lesson whose mark decided it.
    """

    id: int
    on: date
    group_id: int | None
    student_id: int | None
    state: str
    lesson_id: int | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A trial just written; `moved_from`: the day it had been booked for, if that was another one."""

    trial: Trial
    moved_from: date | None = None


def open_booking(db: sqlite3.Connection, client_id: int) -> Trial | None:
    """Return the trial that is booked and neither attended, missed nor cancelled; there is at most one."""
    return _trial(db.execute(_BOOKED, {"client": client_id}).fetchone())


def trial_attended_on(
    db: sqlite3.Connection, client_id: int, besides_lesson: int | None = None, besides_student: int | None = None
) -> date | None:
    """Return the day on which the client's trial was attended, None if it was not.

    Marks of one lesson can be left out, or one student's mark there.
    """
    keys = {"client": client_id, "lesson": besides_lesson, "student": besides_student}
    row = db.execute(_ATTENDED, keys).fetchone()
    return date.fromisoformat(row[0]) if row else None


def trial_used(
    db: sqlite3.Connection, client_id: int, besides_lesson: int | None = None, besides_student: int | None = None
) -> bool:
    """Tell whether the client's free trial is used up: attended, or spent before the move here (R12, R62).

    Marks of one lesson can be left out, or one student's mark there, for a mark doesn't count against itself.
    """
    return _is_spent(db, client_id) or trial_attended_on(db, client_id, besides_lesson, besides_student) is not None


def require_free_trial(db: sqlite3.Connection, client_id: int) -> None:
    """Raise Refused, saying when, if the client's one free trial is used up (R12)."""
    on = trial_attended_on(db, client_id)
    if on is None and not _is_spent(db, client_id):
        return
    name = client_name(db, client_id)
    if on is not None:
        used = _("{name} has used up the free trial lesson: attended on {day}.").format(name=name, day=human_date(on))
    else:
        used = _("{name} has used up the free trial lesson: imported as somebody who has studied here.").format(
            name=name
        )
    raise Refused(used, _("There is one per client, whichever child; sell a subscription for a lesson."))


def book(
    school: WritableSchool, client_id: int, on: date, *, group_id: int | None = None, student_id: int | None = None
) -> Recorded:
    """Book the client's trial lesson for the day, in a group or in none; an open booking is moved there (R12a).

    Raises Refused for a deleted or archived client, and when the trial is used up.
    """
    _require_taking_part(school.db, client_id)
    require_free_trial(school.db, client_id)
    former = open_booking(school.db, client_id)
    trial = _put(school, client_id, former, on, "booked", group_id=group_id, student_id=student_id)
    trial_booked(school, client_id, on)
    return Recorded(trial, former.on if former and former.on != on else None)


def record_attended(
    school: WritableSchool,
    client_id: int,
    on: date | None = None,
    *,
    group_id: int | None = None,
    student_id: int | None = None,
    even_so: bool = False,
) -> Recorded:
    """Record without a mark that the trial was attended: the one booked, or one that never was (R12a).

    The day is by default the one it was booked for, today if that is still to come or nothing was booked.
    Raises Refused for a deleted or archived client, when the trial is used up, and for a day after today
    unless `even_so`.
    """
    _require_taking_part(school.db, client_id)
    require_free_trial(school.db, client_id)
    former = open_booking(school.db, client_id)
    on = on or (min(former.on, school.today) if former else school.today)
    if on > school.today and not even_so:
        raise Refused(
            _("The trial lesson of {day} is after today.").format(day=human_date(on)),
            _("Book it with 'schoolcrm clients trial book', or repeat with --even-so."),
        )
    trial = _put(school, client_id, former, on, "attended", group_id=group_id, student_id=student_id)
    trial_attended(school, client_id, on)
    return Recorded(trial, former.on if former and former.on != on else None)


def cancel(
    school: WritableSchool,
    client_id: int,
    on: date | None = None,
    *,
    group_id: int | None = None,
    student_id: int | None = None,
) -> Trial:
    """Cancel the open booking, or a trial recorded as attended without a mark: it can be booked again (R7, R12).

    Returns it as it stood. What is given besides the client must be so. Raises Refused for a trial that is a
    lesson's mark, NotFound when nothing can be cancelled, BadValue when it is another than said.
    """
    keys = {"client": client_id}
    trial = open_booking(school.db, client_id) or _trial(school.db.execute(_LAST_BY_HAND, keys).fetchone())
    if trial is None:
        raise _nothing_to_cancel(school.db, client_id)
    if (
        on not in (None, trial.on)
        or group_id not in (None, trial.group_id)
        or student_id not in (None, trial.student_id)
    ):
        raise BadValue(
            _("The trial lesson of {name} is another one: {trial}.").format(
                name=client_name(school.db, client_id), trial=describe(school.db, trial)
            ),
            _("Leave --on, --group and --student out to cancel that one."),
        )
    school.db.execute("UPDATE trial SET state = 'cancelled' WHERE id = ?", (trial.id,))
    if trial.state == "booked":
        trial_missed(school, client_id)
    elif trial_attended_on(school.db, client_id) is None:
        trial_withdrawn(school, client_id)
        trial_missed(school, client_id)
    return trial


def describe(db: sqlite3.Connection, trial: Trial) -> str:
    """Return the day of a trial, with the group and the student if they are known, in words."""
    group = db.execute("SELECT name FROM study_group WHERE id = ?", (trial.group_id,)).fetchone()
    student = db.execute("SELECT name FROM student WHERE id = ?", (trial.student_id,)).fetchone()
    return " · ".join([human_date(trial.on), *(row[0] for row in (group, student) if row)])


def _put(
    school: WritableSchool,
    client_id: int,
    former: Trial | None,
    on: date,
    state: str,
    *,
    group_id: int | None,
    student_id: int | None,
) -> Trial:
    """Write a trial, or change the booking that there is; what is not said stays as it was booked."""
    if former is None:
        number = school.insert(
            "trial", client_id=client_id, group_id=group_id, student_id=student_id, on_date=on, state=state
        )
        return Trial(number, on, group_id, student_id, state, None)
    trial = former._replace(
        on=on, group_id=group_id or former.group_id, student_id=student_id or former.student_id, state=state
    )
    school.db.execute(
        "UPDATE trial SET on_date = ?, group_id = ?, student_id = ?, state = ? WHERE id = ?",
        (on.isoformat(), trial.group_id, trial.student_id, state, trial.id),
    )
    return trial


def _require_taking_part(db: sqlite3.Connection, client_id: int) -> None:
    """Raise Refused for a client who is deleted, or in the archive."""
    require_active(db, client_id)
    (archived_on,) = db.execute("SELECT archived_on FROM client WHERE id = ?", (client_id,)).fetchone()
    if archived_on is not None:
        raise Refused(
            _("{name} is archived.").format(name=client_name(db, client_id)),
            _("Restore the client first: 'schoolcrm clients restore {id}'.").format(id=client_id),
        )


def _nothing_to_cancel(db: sqlite3.Connection, client_id: int) -> Refused | NotFound:
    """Return why there is nothing to cancel: the trial is a lesson's mark, or there is none."""
    name = client_name(db, client_id)
    row = db.execute(_ATTENDED, {"client": client_id, "lesson": None, "student": None}).fetchone()
    if row is None:
        return NotFound(
            _("{name} has no trial lesson booked.").format(name=name),
            _("Book one with 'schoolcrm clients trial book {id} --on DATE'.").format(id=client_id),
        )
    return Refused(
        _("The trial lesson of {name} is the mark of a lesson: {day}.").format(name=name, day=human_day(row[0])),
        _("Mark that lesson anew: 'schoolcrm lessons mark {id} STUDENT absent'.").format(id=row[1]),
    )


def _is_spent(db: sqlite3.Connection, client_id: int) -> bool:
    """Tell whether the client was imported as somebody whose trial is used up (R62)."""
    return bool(db.execute("SELECT trial_spent FROM client WHERE id = ?", (client_id,)).fetchone()[0])


def _trial(row: tuple[Any, ...] | None) -> Trial | None:
    return Trial(row[0], date.fromisoformat(row[1]), *row[2:]) if row else None
