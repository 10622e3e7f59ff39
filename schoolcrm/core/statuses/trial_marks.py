"""What the marks of a lesson do to the trial of a client: attended, missed, or taken back again (R12)."""

import sqlite3
from datetime import date
from typing import NamedTuple

from schoolcrm.core.statuses.events import trial_attended, trial_missed, trial_withdrawn
from schoolcrm.core.statuses.trials import open_booking, trial_attended_on, trial_used
from schoolcrm.core.store.transaction import WritableSchool

# What was booked for that day and that lesson, or recorded without a mark; or what this lesson has decided already.
_MEANT = """
    SELECT trial.id, trial.state, trial.lesson_id
      FROM lesson JOIN trial ON trial.client_id = :client
     WHERE lesson.id = :lesson AND (trial.student_id IS NULL OR trial.student_id = :student)
       AND CASE WHEN trial.lesson_id IS NOT NULL
                THEN trial.lesson_id = lesson.id AND trial.state IN ('attended', 'missed')
                ELSE trial.state IN ('booked', 'attended') AND trial.on_date = lesson.on_date
                     AND (trial.group_id IS NULL OR trial.group_id = lesson.group_id) END
     ORDER BY trial.lesson_id IS NOT NULL, trial.id DESC LIMIT 1
"""
_BELONGS = """
    SELECT lesson.student_id IS :student
           OR EXISTS (SELECT 1 FROM membership
                       WHERE membership.group_id = lesson.group_id AND membership.student_id = :student
                         AND membership.first_on <= lesson.on_date
                         AND (membership.last_on IS NULL OR membership.last_on >= lesson.on_date))
      FROM lesson WHERE lesson.id = :lesson
"""
_IS_TRIAL_LESSON = """
    SELECT lesson_type.code IS 'trial' FROM lesson
      JOIN lesson_type ON lesson_type.id = lesson.lesson_type_id WHERE lesson.id = :lesson
"""
# A trial subscription that was sold pays for the trial itself.
_BOUGHT_NOTHING = """
    SELECT client.last_purchase_on IS NULL
           AND NOT EXISTS (SELECT 1 FROM purchase WHERE purchase.client_id = client.id)
           AND NOT EXISTS (SELECT 1 FROM student JOIN subscription ON subscription.student_id = student.id
                            WHERE student.client_id = client.id
                              AND subscription.is_trial AND subscription.deleted_on IS NULL)
           AND EXISTS (SELECT 1 FROM lesson WHERE lesson.id = :lesson AND lesson.group_id IS NOT NULL)
      FROM client WHERE client.id = :client
"""
_TRIALS_AT_LESSON = """
    SELECT DISTINCT student.client_id
      FROM mark
      JOIN student ON student.id = mark.student_id
      LEFT JOIN subscription ON subscription.id = mark.subscription_id
     WHERE mark.lesson_id = ? AND (mark.basis = 'trial' OR (mark.attended AND subscription.is_trial))
"""


class Sitting(NamedTuple):
    """A student at a lesson, who may be there for the client's trial.

    `was_trial`: the mark that stands there so far is the trial. `trial_id`, `state`, `decided`: the trial that the
    lesson is, booked or recorded, None if none is; `decided`: by a mark of this very lesson.
    """

    client_id: int
    student_id: int
    lesson_id: int
    on: date
    was_trial: bool
    trial_id: int | None = None
    state: str | None = None
    decided: bool = False

    @property
    def is_recorded(self) -> bool:
        """Tell whether the trial was recorded as attended without a mark, and this lesson is it."""
        return self.state == "attended" and not self.decided

    @property
    def is_awaited(self) -> bool:
        """Tell whether an absence from the lesson is an absence from the trial."""
        return self.state in ("booked", "missed") or (self.decided and self.was_trial)


def find_sitting(
    db: sqlite3.Connection, client_id: int, student_id: int, lesson_id: int, on: date, *, was_trial: bool
) -> Sitting:
    """Return what the lesson is to the client's trial if that student comes or not (R12a)."""
    keys = {"client": client_id, "student": student_id, "lesson": lesson_id}
    trial_id, state, decided_by = db.execute(_MEANT, keys).fetchone() or (None, None, None)
    return Sitting(client_id, student_id, lesson_id, on, was_trial, trial_id, state, decided_by is not None)


def is_free(db: sqlite3.Connection, sitting: Sitting) -> bool:
    """Tell whether coming to the lesson would be the client's one free trial (R12).

    It is what was booked, or recorded by hand; a lesson of the type trial; or the first one in a group that the
    student belongs to, of a client who bought nothing. The student's own mark there doesn't count against itself.
    """
    if sitting.is_recorded:
        return True
    if trial_used(db, sitting.client_id, sitting.lesson_id, sitting.student_id):
        return False
    keys = {"client": sitting.client_id, "lesson": sitting.lesson_id}
    return (
        sitting.trial_id is not None
        or bool(db.execute(_IS_TRIAL_LESSON, keys).fetchone()[0])
        or (bool(db.execute(_BOUGHT_NOTHING, keys).fetchone()[0]) and belongs(db, sitting))
    )


def belongs(db: sqlite3.Connection, sitting: Sitting) -> bool:
    """Tell whether the student is no guest: the lesson is the student's own, or of a group joined by then (R21)."""
    keys = {"student": sitting.student_id, "lesson": sitting.lesson_id}
    return bool(db.execute(_BELONGS, keys).fetchone()[0])


def mark_written(school: WritableSchool, sitting: Sitting, *, attended: bool, is_trial: bool) -> None:
    """Let a mark just written decide the client's trial, and move the status as R7 says.

    `is_trial`: the student came, and it was the trial, free or paid by a trial subscription.
    """
    if is_trial and not sitting.was_trial:
        _attend(school, sitting)
    elif sitting.was_trial and not is_trial:
        _take_back(school, sitting.client_id, sitting.lesson_id)
    elif not attended and sitting.state == "booked":
        _decide(school, sitting, "missed")
        trial_missed(school, sitting.client_id)


def lesson_withdrawn(school: WritableSchool, lesson_id: int) -> None:
    """Give back the trials that a lesson held decided: it is cancelled, and its marks are about to be deleted.

    A booking that the lesson was is cancelled with it; one that it had made needless is open again (R7, R12).
    """
    db = school.db
    used = [client_id for (client_id,) in db.execute(_TRIALS_AT_LESSON, (lesson_id,)).fetchall()]
    for client_id in used:
        _take_back(school, client_id, lesson_id, besides=lesson_id)
    db.execute(
        "UPDATE trial SET state = 'cancelled', lesson_id = NULL WHERE lesson_id = ? AND state = 'missed'", (lesson_id,)
    )


def _attend(school: WritableSchool, sitting: Sitting) -> None:
    """Let the mark be the client's trial; a booking for another lesson is not needed any more."""
    if sitting.trial_id is not None:
        _decide(school, sitting, "attended")
    school.db.execute(
        "UPDATE trial SET state = 'cancelled', lesson_id = ? WHERE client_id = ? AND state = 'booked'",
        (sitting.lesson_id, sitting.client_id),
    )
    if not sitting.is_recorded:
        trial_attended(school, sitting.client_id, sitting.on)


def _take_back(school: WritableSchool, client_id: int, lesson_id: int, *, besides: int | None = None) -> None:
    """Let the lesson be the client's trial no more: what was booked for it is missed, and a booking that it made
    needless is open again. If another trial was attended, the status stands for that one; `besides`: the lesson
    whose marks are still there but don't count."""
    keys = (client_id, lesson_id)
    missed = school.db.execute(
        "UPDATE trial SET state = 'missed' WHERE client_id = ? AND lesson_id = ? AND state = 'attended'", keys
    )
    school.db.execute(
        "UPDATE trial SET state = 'booked', lesson_id = NULL"
        " WHERE client_id = ? AND lesson_id = ? AND state = 'cancelled' AND NOT EXISTS"
        " (SELECT 1 FROM trial AS other WHERE other.client_id = trial.client_id AND other.state = 'booked')",
        keys,
    )
    if trial_attended_on(school.db, client_id, besides) is None:
        trial_withdrawn(school, client_id)
        if missed.rowcount and open_booking(school.db, client_id) is None:
            trial_missed(school, client_id)


def _decide(school: WritableSchool, sitting: Sitting, state: str) -> None:
    school.db.execute(
        "UPDATE trial SET state = ?, lesson_id = ? WHERE id = ?", (state, sitting.lesson_id, sitting.trial_id)
    )
