"""Single lessons outside the regular schedule, and lessons cancelled, moved or edited (R22, R23)."""

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from schoolcrm.core.errors import NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.attendance import Attendance, mark_students, withdraw_marks
from schoolcrm.core.learning.clashes import Clash, find_clashes
from schoolcrm.core.learning.freezes import require_not_frozen
from schoolcrm.core.learning.lesson_lookup import as_stored, stored_lesson
from schoolcrm.core.learning.lessons import expected_students, store
from schoolcrm.core.learning.schedule import check_minutes
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.statuses.trials import book as book_trial
from schoolcrm.core.statuses.trials import cancel as cancel_trial
from schoolcrm.core.store.transaction import WritableSchool

_MARKS = "SELECT student_id, attended, reason_id, makes_up_id FROM mark WHERE lesson_id = ? ORDER BY student_id"
_BOOKED = """
    SELECT client.id, client.name
      FROM trial
      JOIN visible_client AS client ON client.id = trial.client_id
     WHERE trial.state = 'booked' AND trial.on_date = ? AND trial.group_id = ?
     ORDER BY client.name_key, client.id
"""
CAN_BE_EMPTIED = {"topic": "topic", "homework": "homework", "note": "note", "teacher": "teacher_id", "room": "room_id"}
"""What a lesson can be without, as it is called → its column."""
_FACTS = frozenset({*CAN_BE_EMPTIED.values(), "minutes"})


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A lesson cancelled: its id, how many marks were taken back, and their charges in kopecks.

    `trials` are the clients whose trial had been booked for it, which is cancelled with it (R7).
    """

    id: int
    marks: int
    amount: int
    trials: list[str]


def plan_lesson(school: WritableSchool, lesson: PlannedLesson) -> int:
    """Put a single lesson into the timetable and return its id (R22).

    Raises Refused when the group or student has a lesson at that very time or the student is frozen, BadValue for a
    length that can't be.
    """
    check_minutes(lesson.minutes)
    _require_possible(school.db, lesson)
    lesson_id = store(school, lesson, "planned")
    _price_anew(school, lesson)
    return lesson_id


def cancel_lesson(school: WritableSchool, lesson: PlannedLesson, reason: str = "") -> Cancelled:
    """Cancel a lesson; of a held one the marks are taken back with their charges (R23).

    Raises Refused when it is cancelled already.
    """
    lesson = as_stored(school.db, lesson)
    marks = amount = 0
    if lesson.state == "held" and lesson.lesson_id is not None:
        marks, amount = withdraw_marks(school, lesson.lesson_id)
    lesson_id = store(school, lesson, "cancelled")
    if reason:
        school.db.execute("UPDATE lesson SET note = ? WHERE id = ?", (reason, lesson_id))
    _price_anew(school, lesson)
    clients = _booked_for(school.db, lesson)
    for client_id, _name in clients:
        cancel_trial(school, client_id)
    return Cancelled(lesson_id, marks, amount, [name for _client_id, name in clients])


def restore_lesson(school: WritableSchool, lesson_id: int) -> PlannedLesson:
    """Let a cancelled lesson take place again, still to be held, and return it (R22).

    Raises NotFound for an unknown number, Refused when it was not cancelled or another has taken its time.
    """
    row = school.db.execute("SELECT state, on_date FROM lesson WHERE id = ?", (lesson_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no lesson {id}.").format(id=lesson_id),
            _("'schoolcrm lessons list' shows the lessons of this month with their numbers."),
        )
    if row[0] != "cancelled":
        raise Refused(_("The lesson {id} was not cancelled.").format(id=lesson_id), _("There is nothing to restore."))
    on = date.fromisoformat(row[1])
    that_day = [lesson for lesson in planned_lessons(school.db, first=on, last=on) if lesson.lesson_id == lesson_id]
    for lesson in that_day:
        _require_possible(school.db, lesson)
    school.db.execute("UPDATE lesson SET state = 'planned' WHERE id = ?", (lesson_id,))
    restored = stored_lesson(school.db, lesson_id)
    assert restored is not None
    _price_anew(school, restored)
    return restored


def move_lesson(
    school: WritableSchool, lesson: PlannedLesson, on: date, time: str = "", *, even_so: bool = False
) -> int:
    """Move a lesson to another day or time and return its id; a held one is charged anew as of that day (R22, R31).

    Raises Refused when there is a lesson of the same group or student then, when the lesson was cancelled, and
    for a held one moved to a day after today unless `even_so`.
    """
    lesson = as_stored(school.db, lesson)
    moved = replace(lesson, on=on, time=time or lesson.time)
    if moved.moment[:2] == lesson.moment[:2]:
        raise Refused(
            _("The lesson is on {day} at {time} already.").format(day=human_date(on), time=moved.time),
            _("Give another day with --to or another time with --at."),
        )
    if lesson.state == "held" and on > school.today and not even_so:
        raise Refused(
            _("The lesson was held and can't be moved to {day}, after today.").format(day=human_date(on)),
            _("Repeat with --even-so to move it all the same."),
        )
    _require_possible(school.db, moved)
    bookings = _booked_for(school.db, lesson)
    lesson_id = store(school, lesson, lesson.state)
    school.db.execute("UPDATE lesson SET on_date = ?, time = ? WHERE id = ?", (on.isoformat(), moved.time, lesson_id))
    school.db.execute("UPDATE trial SET on_date = ? WHERE lesson_id = ?", (on.isoformat(), lesson_id))
    for client_id, _name in bookings:
        book_trial(school, client_id, on)
    if lesson.state == "held":
        _mark_anew(school, lesson_id, lesson.on)
    _price_anew(school, lesson, moved)
    return lesson_id


def edit_lesson(school: WritableSchool, lesson: PlannedLesson, facts: Mapping[str, str | int | None]) -> int:
    """Write what is told about one lesson: topic, homework, note, teacher, room, minutes; return its id (R22).

    None empties; without any fact the lesson is only stored, so that something can be written about it elsewhere.
    """
    assert facts.keys() <= _FACTS
    if (minutes := facts.get("minutes")) is not None:
        check_minutes(int(minutes))
    lesson = as_stored(school.db, lesson)
    lesson_id = store(school, lesson, lesson.state)
    if not facts:
        return lesson_id
    assignments = ", ".join(f"{column} = :{column}" for column in facts)
    school.db.execute(f"UPDATE lesson SET {assignments} WHERE id = :id", {**facts, "id": lesson_id})  # noqa: S608
    return lesson_id


def clashes_of_lesson(db: sqlite3.Connection, lesson_id: int, on: date) -> list[Clash]:
    """Return what the stored lesson of that day clashes with (R22)."""
    that_day = planned_lessons(db, first=on, last=on)
    return [clash for clash in find_clashes(that_day) if lesson_id in (clash.one.lesson_id, clash.other.lesson_id)]


def _require_possible(db: sqlite3.Connection, lesson: PlannedLesson) -> None:
    """Refuse a student's lesson inside a freeze (R25), and a second one of the same owner at the same minute."""
    if lesson.student_id is not None:
        require_not_frozen(db, lesson.student_id, lesson.on)
    whose = None if lesson.student_id is None else [lesson.student_id]
    that_day = planned_lessons(db, first=lesson.on, last=lesson.on, group_id=lesson.group_id, student_ids=whose)
    for other in that_day:
        if other.lesson_id is not None and other.lesson_id == lesson.lesson_id:
            continue
        same = (other.group_id, other.student_id, other.time) == (lesson.group_id, lesson.student_id, lesson.time)
        if same and other.state != "cancelled":
            raise Refused(
                _("There is a lesson on {day} at {time} already.").format(day=human_date(lesson.on), time=lesson.time),
                _("'schoolcrm lessons list --period {day}' shows the lessons of that day.").format(
                    day=lesson.on.isoformat()
                ),
            )


def _booked_for(db: sqlite3.Connection, lesson: PlannedLesson) -> list[tuple[int, str]]:
    """Return the clients whose trial is booked for this lesson, if it is the group's only one of the day (R12a)."""
    that_day = planned_lessons(db, first=lesson.on, last=lesson.on, group_id=lesson.group_id) if lesson.group_id else []
    if any(other.state != "cancelled" and other.time != lesson.time for other in that_day):
        return []
    rows = db.execute(_BOOKED, (lesson.on.isoformat(), lesson.group_id))
    return [(number, name) for number, name in rows]


def _mark_anew(school: WritableSchool, lesson_id: int, left_on: date) -> None:
    """Choose who pays the marks of a lesson that was moved from that day, and charge them anew."""
    from schoolcrm.core.money.charges import Touched, price_anew

    rows = school.db.execute(_MARKS, (lesson_id,)).fetchall()
    payers = "SELECT DISTINCT subscription_id FROM mark WHERE lesson_id = ? AND subscription_id IS NOT NULL"
    touched = [Touched(number, left_on) for (number,) in school.db.execute(payers, (lesson_id,))]
    mark_students(
        school,
        lesson_id,
        [
            Attendance(student_id, bool(attended), reason_id, makes_up_id=makes_up_id)
            for student_id, attended, reason_id, makes_up_id in rows
        ],
    )
    price_anew(school, touched)


def _price_anew(school: WritableSchool, *lessons: PlannedLesson) -> None:
    """Price the month plans anew whose number of lessons has changed with these (R31)."""
    price_months_anew(
        school,
        {student for lesson in lessons for student in _belonging(school.db, lesson)},
        min(lesson.on for lesson in lessons),
    )


def _belonging(db: sqlite3.Connection, lesson: PlannedLesson) -> Collection[int]:
    """Return who is expected at the lesson or has been at it."""
    marked = db.execute("SELECT student_id FROM mark WHERE lesson_id = ?", (lesson.lesson_id,))
    return {one.student_id for one in expected_students(db, lesson)} | {number for (number,) in marked}
