"""Marks: who came to a lesson, who was missing and why, and what it costs (R12, R20, R23, R31–R34)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.money.charges import Touched, payer_of, price_anew
from schoolcrm.core.rules.charging import Occasion
from schoolcrm.core.statuses.events import require_active, trial_attended, trial_withdrawn
from schoolcrm.core.store.transaction import WritableSchool

FULL_SHARE = 100
_IS_TRIAL = """
    SELECT NOT client.trial_spent AND client.last_purchase_on IS NULL
           AND NOT EXISTS (SELECT 1 FROM purchase WHERE purchase.client_id = client.id)
           AND NOT EXISTS (SELECT 1 FROM student JOIN subscription ON subscription.student_id = student.id
                            WHERE student.client_id = client.id
                              AND subscription.is_trial AND subscription.deleted_on IS NULL)
           AND NOT EXISTS (SELECT 1 FROM student JOIN mark ON mark.student_id = student.id
                            WHERE student.client_id = client.id AND mark.basis = 'trial'
                              AND NOT (mark.lesson_id = :lesson AND mark.student_id = :student))
           AND EXISTS (SELECT 1 FROM lesson JOIN membership ON membership.group_id = lesson.group_id
                        WHERE lesson.id = :lesson AND membership.student_id = :student
                          AND membership.first_on <= lesson.on_date
                          AND (membership.last_on IS NULL OR membership.last_on >= lesson.on_date))
      FROM client WHERE client.id = :client
"""


@dataclass(frozen=True, slots=True)
class Attendance:
    """One student at one lesson: attended, or absent with an optional reason (R20)."""

    student_id: int
    attended: bool
    reason_id: int | None = None


@dataclass(frozen=True, slots=True)
class MarkWritten:
    """A mark as it stands after charging; amounts in kopecks."""

    student_id: int
    attended: bool
    reason_id: int | None
    basis: str
    charge: int


@dataclass(frozen=True, slots=True)
class _Lesson:
    id: int
    on: date
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class _Former:
    """The mark that stood here before; `was_trial`: it had used up the client's trial."""

    subscription_id: int | None
    free: bool
    was_trial: bool


def mark_students(school: WritableSchool, lesson_id: int, attendances: Sequence[Attendance]) -> list[MarkWritten]:
    """Write the marks of a held lesson, replacing earlier ones, and charge them (R23, R31).

    The first attended mark of a client's child in a group, when nothing was ever bought, is the free trial (R12).
    Raises Refused for a student whose client is deleted.
    """
    lesson = _lesson(school.db, lesson_id)
    touched: list[Touched] = []
    for attendance in attendances:
        touched += _mark(school, lesson, attendance)
    price_anew(school, touched)
    return [_written(school.db, lesson, attendance.student_id) for attendance in attendances]


def _mark(school: WritableSchool, lesson: _Lesson, attendance: Attendance) -> list[Touched]:
    """Replace one mark; return the subscriptions whose marks must be priced anew."""
    db = school.db
    student_id = attendance.student_id
    (client_id,) = db.execute("SELECT client_id FROM student WHERE id = ?", (student_id,)).fetchone()
    require_active(db, client_id)
    former = _former(db, lesson, student_id)
    # Who came to the free trial and is marked so again, came to the free trial, whatever was bought since.
    free = attendance.attended and (former.free or is_trial(db, client_id, student_id, lesson.id))
    payer = None if free else payer_of(db, student_id, lesson.occasion)
    basis = "trial" if free else "none" if payer is None else "paid"
    _write(db, lesson, attendance, basis, payer.id if payer else None)
    trial = free or (attendance.attended and payer is not None and _is_sold_as_trial(db, payer.id))
    if trial and not former.was_trial:
        trial_attended(school, client_id, lesson.on)
    elif former.was_trial and not trial:
        trial_withdrawn(school, client_id)
    numbers = {payer.id if payer else None, former.subscription_id}
    return [Touched(number, lesson.on) for number in numbers if number is not None]


def _former(db: sqlite3.Connection, lesson: _Lesson, student_id: int) -> _Former:
    row = db.execute(
        "SELECT mark.subscription_id, mark.basis = 'trial', mark.attended AND ifnull(subscription.is_trial, 0)"
        " FROM mark LEFT JOIN subscription ON subscription.id = mark.subscription_id"
        " WHERE mark.student_id = ? AND mark.on_date = ? AND mark.lesson_id = ?",
        (student_id, lesson.on.isoformat(), lesson.id),
    ).fetchone()
    if row is None:
        return _Former(None, False, False)
    return _Former(row[0], bool(row[1]), bool(row[1] or row[2]))


def _is_sold_as_trial(db: sqlite3.Connection, subscription_id: int) -> bool:
    return bool(db.execute("SELECT is_trial FROM subscription WHERE id = ?", (subscription_id,)).fetchone()[0])


def is_trial(db: sqlite3.Connection, client_id: int, student_id: int, lesson_id: int) -> bool:
    """Tell whether attending this lesson would be the client's one free trial (R12b).

    It is a lesson of a group the student belongs to that day, of a client who bought nothing and whose
    children used no trial; the mark that stands at this very lesson doesn't count against itself.
    A trial subscription that was sold pays for the trial itself.
    """
    row = db.execute(_IS_TRIAL, {"client": client_id, "student": student_id, "lesson": lesson_id}).fetchone()
    return bool(row[0])


def _write(
    db: sqlite3.Connection, lesson: _Lesson, attendance: Attendance, basis: str, subscription_id: int | None
) -> None:
    db.execute(
        "INSERT INTO mark"
        " (student_id, on_date, lesson_id, attended, reason_id, share, basis, price, charge, subscription_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)"
        " ON CONFLICT DO UPDATE SET attended = excluded.attended, reason_id = excluded.reason_id,"
        " share = excluded.share, basis = excluded.basis, price = 0, charge = 0,"
        " subscription_id = excluded.subscription_id, separate_id = NULL",
        (
            attendance.student_id,
            lesson.on.isoformat(),
            lesson.id,
            attendance.attended,
            None if attendance.attended else attendance.reason_id,
            _share(db, attendance),
            basis,
            subscription_id,
        ),
    )


def _share(db: sqlite3.Connection, attendance: Attendance) -> int:
    """Return the percent of the price that the mark costs; an absence without a reason costs all of it (R20)."""
    if attendance.attended or attendance.reason_id is None:
        return FULL_SHARE
    return int(db.execute("SELECT charged FROM absence_reason WHERE id = ?", (attendance.reason_id,)).fetchone()[0])


def _lesson(db: sqlite3.Connection, lesson_id: int) -> _Lesson:
    on, time, subject_id, type_id = db.execute(
        "SELECT on_date, time, subject_id, lesson_type_id FROM lesson WHERE id = ?", (lesson_id,)
    ).fetchone()
    day = date.fromisoformat(on)
    return _Lesson(lesson_id, day, Occasion(day, time, lesson_id, subject_id, type_id))


def _written(db: sqlite3.Connection, lesson: _Lesson, student_id: int) -> MarkWritten:
    row = db.execute(
        "SELECT student_id, attended, reason_id, basis, charge FROM mark"
        " WHERE student_id = ? AND on_date = ? AND lesson_id = ?",
        (student_id, lesson.on.isoformat(), lesson.id),
    ).fetchone()
    return MarkWritten(row[0], bool(row[1]), row[2], row[3], row[4])
