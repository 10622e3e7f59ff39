"""Marks: who came to a lesson, who was missing and why, and what it costs (R12, R20, R23–R25, R31–R34)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.learning.freezes import require_not_frozen
from schoolcrm.core.learning.groups import require_active_student
from schoolcrm.core.learning.make_ups import FULL_SHARE, pass_on_share, require_not_made_up, share_of_make_up
from schoolcrm.core.money.charges import Touched, payer_of, price_anew
from schoolcrm.core.rules.charging import Occasion
from schoolcrm.core.statuses.events import require_active
from schoolcrm.core.statuses.trial_marks import belongs, find_sitting, is_free, mark_written
from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class Attendance:
    """One student at one lesson: attended, or absent with an optional reason (R20).

    `makes_up_id` is the missed lesson that coming to this one makes up for (R24).
    """

    student_id: int
    attended: bool
    reason_id: int | None = None
    makes_up_id: int | None = None


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

    Coming to the client's one free trial is free, as is an absence from it of who is no member (R12).
    Raises Refused for a student who is in the archive, or whose client is there or deleted, on a frozen day (R25),
    and for a make-up that can't be (R24).
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
    require_active_student(db, student_id)
    require_not_frozen(db, student_id, lesson.on)
    if attendance.attended:
        require_not_made_up(db, student_id, lesson.id)
    former = _former(db, lesson, student_id)
    sitting = find_sitting(db, client_id, student_id, lesson.id, lesson.on, was_trial=former.was_trial)
    payer = payer_of(db, student_id, lesson.occasion)
    as_trial = attendance.attended and payer is not None and _is_sold_as_trial(db, payer.id)
    # Who came to the free trial and is marked so again, came to the free trial, whatever was bought since.
    free = attendance.attended and (former.free or (not as_trial and is_free(db, sitting)))
    excused = not attendance.attended and sitting.is_awaited and not belongs(db, sitting)
    payer = None if free or excused else payer
    basis = "trial" if free else "none" if payer is None else "paid"
    share = 0 if excused else FULL_SHARE if free else _share(db, lesson.id, attendance)
    _write(db, lesson, attendance, basis, payer.id if payer else None, share)
    mark_written(school, sitting, attended=attendance.attended, is_trial=free or as_trial)
    places = {(payer.id if payer else None, lesson.on), (former.subscription_id, lesson.on)}
    if made_up := None if attendance.attended else pass_on_share(db, student_id, lesson.id, share):
        places.add((made_up.subscription_id, made_up.on))
    return [Touched(number, on) for number, on in places if number is not None]


def withdraw_marks(school: WritableSchool, lesson_id: int) -> tuple[int, int]:
    """Take all marks of a lesson back, with their charges (R23); return how many, and the kopecks charged.

    Raises Refused when a student made up for this lesson at another one.
    """
    from schoolcrm.core.statuses.trial_marks import lesson_withdrawn

    db = school.db
    rows = db.execute(
        "SELECT student_id, on_date, charge, subscription_id FROM mark WHERE lesson_id = ?", (lesson_id,)
    ).fetchall()
    for student_id, _on, _charge, _payer in rows:
        require_not_made_up(db, student_id, lesson_id)
    lesson_withdrawn(school, lesson_id)
    db.execute("DELETE FROM mark WHERE lesson_id = ?", (lesson_id,))
    price_anew(school, {Touched(payer, date.fromisoformat(on)) for _student, on, _charge, payer in rows if payer})
    return len(rows), sum(row[2] for row in rows)


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


def _write(
    db: sqlite3.Connection, lesson: _Lesson, attendance: Attendance, basis: str, subscription_id: int | None, share: int
) -> None:
    db.execute(
        "INSERT INTO mark"
        " (student_id, on_date, lesson_id, attended, reason_id, share, basis, price, charge, subscription_id,"
        " makes_up_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)"
        " ON CONFLICT DO UPDATE SET attended = excluded.attended, reason_id = excluded.reason_id,"
        " share = excluded.share, basis = excluded.basis, price = 0, charge = 0,"
        " subscription_id = excluded.subscription_id, separate_id = NULL, makes_up_id = excluded.makes_up_id",
        (
            attendance.student_id,
            lesson.on.isoformat(),
            lesson.id,
            attendance.attended,
            None if attendance.attended else attendance.reason_id,
            share,
            basis,
            subscription_id,
            attendance.makes_up_id,
        ),
    )


def _share(db: sqlite3.Connection, lesson_id: int, attendance: Attendance) -> int:
    """Return the percent of the price that the mark costs (R20, R24); an absence without a reason costs all of it."""
    if attendance.makes_up_id is not None:
        return share_of_make_up(db, attendance.student_id, attendance.makes_up_id, lesson_id)
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
