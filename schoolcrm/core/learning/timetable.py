"""The one source of lessons, past and to come: schedules, stored lessons and memberships put together (R22).

A lesson of a schedule is computed until one is stored in its place (`lesson.schedule_id`, `occurrence_on`);
on holidays none is, and nobody is expected while frozen (R25). Each table is read once per calendar.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from schoolcrm.core.learning.calendar import Calendar, Freeze, PlannedLesson, Stay
from schoolcrm.core.rules.timetable import Slot, weekdays_of
from schoolcrm.core.store.numbers import number_list

__all__ = ["Calendar", "PlannedLesson", "planned_lessons", "read_calendar", "students_asked"]


def planned_lessons(
    db: sqlite3.Connection,
    *,
    first: date,
    last: date,
    client_id: int | None = None,
    student_ids: Iterable[int] | None = None,
    group_id: int | None = None,
    teacher_id: int | None = None,
    room_id: int | None = None,
) -> list[PlannedLesson]:
    """Return the lessons of the days from first to last, inclusive, in order (R22).

    All states are there: 'planned' (computed or stored), 'held', 'cancelled'. Every filter given narrows;
    none: the whole school. Archived groups, students and clients have no lessons to come.
    """
    calendar = read_calendar(
        db,
        first=first,
        last=last,
        client_id=client_id,
        student_ids=student_ids,
        group_id=group_id,
        teacher_id=teacher_id,
        room_id=room_id,
    )
    return calendar.lessons(first, last)


def read_calendar(
    db: sqlite3.Connection,
    *,
    first: date,
    last: date | None = None,
    client_id: int | None = None,
    student_ids: Iterable[int] | None = None,
    group_id: int | None = None,
    teacher_id: int | None = None,
    room_id: int | None = None,
) -> Calendar:
    """Read what the lessons from first to last (None: without end) are computed from; filters narrow."""
    students = students_asked(db, client_id, student_ids)
    asked: dict[str, str | int | None] = {
        "first": first.isoformat(),
        "last": (last or date.max).isoformat(),
        "students": None if students is None else number_list(students),
        "group": group_id,
        "teacher": teacher_id,
        "room": room_id,
    }
    calendar = Calendar(only_students=students is not None)
    _read_stays(db, calendar, asked)
    asked["groups"] = number_list([group_id] if group_id is not None and students is None else calendar.stays)
    _read_freezes(db, calendar, asked)
    _read_slots(db, calendar, asked)
    _read_taken(db, calendar, asked)
    _read_holidays(db, calendar, asked)
    _read_stored(db, calendar, asked)
    return calendar


def students_asked(
    db: sqlite3.Connection, client_id: int | None, student_ids: Iterable[int] | None
) -> list[int] | None:
    """Return the students asked about: the given ones, those of the client, or both at once; None: everybody."""
    chosen = None if student_ids is None else set(student_ids)
    if client_id is not None:
        theirs = {row[0] for row in db.execute("SELECT id FROM student WHERE client_id = ?", (client_id,))}
        chosen = theirs if chosen is None else chosen & theirs
    return None if chosen is None else sorted(chosen)


_day = date.fromisoformat

# A query is put together from these fixed pieces, for each way of asking has an index of its own.
_STAYS = """
SELECT membership.group_id, membership.student_id, membership.first_on, membership.last_on
  FROM membership
  JOIN student ON student.id = membership.student_id
  JOIN visible_client ON visible_client.id = student.client_id
 WHERE student.archived_on IS NULL
   AND membership.first_on <= :last AND ifnull(membership.last_on, :first) >= :first"""
_STAYS_OF_STUDENTS = " AND membership.student_id IN (SELECT value FROM json_each(:students))"
_STAYS_OF_GROUP = " AND membership.group_id = :group"
_FREEZES = "SELECT student_id, first_on, last_on FROM freeze WHERE first_on <= :last AND last_on >= :first"
_FREEZES_OF_STUDENTS = " AND student_id IN (SELECT value FROM json_each(:students))"
_FREEZES_OF_GROUP = " AND student_id IN (SELECT student_id FROM membership WHERE group_id = :group)"
_IN_ORDER = " ORDER BY membership.group_id, student.name_key, student.id"

_SLOTS = """
SELECT schedule.id, schedule.weekdays, schedule.time, schedule.minutes, schedule.first_on,
       min(ifnull(schedule.last_on, '9999-12-31'), ifnull(date(study_group.archived_on, '-1 day'), '9999-12-31')),
       schedule.every_weeks, schedule.group_id, schedule.student_id, schedule.subject_id, schedule.teacher_id,
       schedule.room_id, schedule.lesson_type_id
  FROM schedule
  LEFT JOIN study_group ON study_group.id = schedule.group_id
  LEFT JOIN student ON student.id = schedule.student_id
  LEFT JOIN visible_client ON visible_client.id = student.client_id
 WHERE schedule.first_on <= :last AND ifnull(schedule.last_on, :first) >= :first
   AND (schedule.group_id IS NOT NULL OR (student.archived_on IS NULL AND visible_client.id IS NOT NULL))
   AND (:teacher IS NULL OR schedule.teacher_id = :teacher) AND (:room IS NULL OR schedule.room_id = :room)
   AND (:group IS NULL OR schedule.group_id = :group)"""
_SLOTS_OF_SOME = """
   AND (schedule.group_id IN (SELECT value FROM json_each(:groups))
        OR schedule.student_id IN (SELECT value FROM json_each(:students)))"""

# A stored lesson takes the place it was stored for, and any of the same owner at the same time of the day.
_TAKEN = """
SELECT schedule_id, occurrence_on FROM lesson
 WHERE schedule_id IN (SELECT value FROM json_each(:slots)) AND occurrence_on BETWEEN :first AND :last
UNION ALL
SELECT schedule.id, lesson.on_date FROM schedule
  JOIN lesson ON lesson.group_id = schedule.group_id AND lesson.time = schedule.time
 WHERE schedule.id IN (SELECT value FROM json_each(:slots)) AND lesson.on_date BETWEEN :first AND :last
   AND lesson.group_id IS NOT NULL AND lesson.state <> 'cancelled'
UNION ALL
SELECT schedule.id, lesson.on_date FROM schedule
  JOIN lesson ON lesson.student_id = schedule.student_id AND lesson.time = schedule.time
 WHERE schedule.id IN (SELECT value FROM json_each(:slots)) AND lesson.on_date BETWEEN :first AND :last
   AND lesson.student_id IS NOT NULL AND lesson.state <> 'cancelled'"""

_HOLIDAYS = "SELECT first_on, last_on FROM holiday WHERE first_on <= :last AND last_on >= :first"

_STORED = """
SELECT on_date, time, minutes, group_id, student_id, subject_id, teacher_id, room_id, lesson_type_id, id,
       schedule_id, occurrence_on, state
  FROM lesson
 WHERE on_date BETWEEN :first AND :last
   AND (state <> 'planned' OR NOT EXISTS (
        SELECT 1 FROM study_group WHERE study_group.id = lesson.group_id AND study_group.archived_on <= lesson.on_date
        UNION ALL
        SELECT 1 FROM student WHERE student.id = lesson.student_id
           AND (student.archived_on IS NOT NULL
                OR NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = student.client_id))))
   AND (:teacher IS NULL OR teacher_id = :teacher) AND (:room IS NULL OR room_id = :room)
   AND (:group IS NULL OR group_id = :group)"""
_OF_GROUPS = " AND group_id IN (SELECT value FROM json_each(:groups))"
_NOT_HELD = " AND state <> 'held'"
_OF_STUDENTS = " AND student_id IN (SELECT value FROM json_each(:students))"
_MARKED = """
   AND state = 'held'
   AND id IN (SELECT lesson_id FROM mark
               WHERE student_id IN (SELECT value FROM json_each(:students)) AND on_date BETWEEN :first AND :last)"""

_MARKS = "SELECT lesson_id, student_id FROM mark WHERE lesson_id IN (SELECT value FROM json_each(:held))"
_MARKS_OF_STUDENTS = """
SELECT lesson_id, student_id FROM mark
 WHERE student_id IN (SELECT value FROM json_each(:students)) AND on_date BETWEEN :first AND :last"""

_Asked = dict[str, str | int | None]


def _read_stays(db: sqlite3.Connection, calendar: Calendar, asked: _Asked) -> None:
    query = _STAYS
    if asked["students"] is not None:
        query += _STAYS_OF_STUDENTS
    if asked["group"] is not None:
        query += _STAYS_OF_GROUP
    for group_id, student_id, first_on, last_on in db.execute(query + _IN_ORDER, asked):
        calendar.stays[group_id].append(Stay(student_id, _day(first_on), _day(last_on) if last_on else date.max))


def _read_freezes(db: sqlite3.Connection, calendar: Calendar, asked: _Asked) -> None:
    query = _FREEZES
    if asked["students"] is not None:
        query += _FREEZES_OF_STUDENTS
    elif asked["group"] is not None:
        query += _FREEZES_OF_GROUP
    for student_id, first_on, last_on in db.execute(query, asked):
        calendar.freezes.setdefault(student_id, []).append(Freeze(_day(first_on), _day(last_on)))


def _read_slots(db: sqlite3.Connection, calendar: Calendar, asked: _Asked) -> None:
    some = asked["students"] is not None or asked["group"] is not None
    for row in db.execute(_SLOTS + (_SLOTS_OF_SOME if some else ""), asked):
        number, mask, time, minutes, first_on, last_on, weeks, *rest = row
        last = _day(last_on)
        days = weekdays_of(mask), time, minutes, _day(first_on), None if last == date.max else last, weeks
        calendar.slots.append(Slot(number, *days, *rest))


def _read_taken(db: sqlite3.Connection, calendar: Calendar, asked: _Asked) -> None:
    slots = number_list(slot.id for slot in calendar.slots)
    for schedule_id, occurrence_on in db.execute(_TAKEN, {**asked, "slots": slots}):
        calendar.taken[schedule_id].add(_day(occurrence_on))


def _read_holidays(db: sqlite3.Connection, calendar: Calendar, asked: _Asked) -> None:
    """Let holidays take the place of computed lessons of everybody (R22)."""
    days = {day for first_on, last_on in db.execute(_HOLIDAYS, asked) for day in _days(_day(first_on), _day(last_on))}
    if days:
        for slot in calendar.slots:
            calendar.taken[slot.id] |= days


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _read_stored(db: sqlite3.Connection, calendar: Calendar, asked: _Asked) -> None:
    if asked["students"] is not None:
        queries = [_STORED + _OF_GROUPS + _NOT_HELD, _STORED + _OF_STUDENTS + _NOT_HELD, _STORED + _MARKED]
    else:
        queries = [_STORED if asked["group"] is None else _STORED + _OF_GROUPS]
    rows = [row for query in queries for row in db.execute(query, asked)]
    present = _present(db, [row[9] for row in rows if row[12] == "held"], asked)
    for row in rows:
        day, group_id, student_id = _day(row[0]), row[3], row[4]
        held = row[12] == "held"
        students = tuple(present[row[9]]) if held else calendar.expected(group_id, student_id, day)
        if (held and not calendar.only_students) or calendar.takes_place(group_id, day, students):
            occurrence_on = _day(row[11]) if row[11] else None
            calendar.stored.append(PlannedLesson(day, *row[1:11], occurrence_on, row[12], students))  # type: ignore[call-arg]


def _present(db: sqlite3.Connection, held: list[int], asked: _Asked) -> defaultdict[int, list[int]]:
    """Return the students with a mark at each of the held lessons, of those asked about."""
    query = _MARKS if asked["students"] is None else _MARKS_OF_STUDENTS
    present: defaultdict[int, list[int]] = defaultdict(list)
    if held:
        for lesson_id, student_id in db.execute(query, {**asked, "held": number_list(held)}):
            present[lesson_id].append(student_id)
    return present
