"""The schedule as events of a calendar: each lesson is one, and stays the same one whatever happens to it (R22)."""

import sqlite3
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.core.learning.timetable import PlannedLesson
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.reports.schedule import Names, Scope, lessons_of, schedule_parameters


class Event(NamedTuple):
    """One lesson in a calendar, in the school's local time; `uid` stays when it is moved, held or cancelled."""

    uid: str
    begins: datetime
    ends: datetime
    summary: str
    location: str
    description: str
    cancelled: bool


def find_events(db: sqlite3.Connection, period: Period, scope: Scope) -> list[Event]:
    """Return the lessons asked for as events, by date and time; the period has both ends.

    Lessons cancelled one by one are there as such, so that who has imported them learns of it; on holidays
    and inside freezes there are none.
    """
    lessons = lessons_of(db, period, scope)
    names = Names(db, lessons)
    return [_event(lesson, names, scope) for lesson in lessons]


def calendar_name(db: sqlite3.Connection, scope: Scope) -> str:
    """Return what calendar programs show as the calendar's name: whose lessons they are."""
    asked = [str(fact.value) for fact in schedule_parameters(db, Period(None, None), scope) if fact.key != "period"]
    return one_line(", ".join(asked)) or _("School")


def _event(lesson: PlannedLesson, names: Names, scope: Scope) -> Event:
    begins = datetime.combine(lesson.on, time.fromisoformat(lesson.time))
    owner = names.owner_of(lesson)
    subject = names.subjects.get(lesson.subject_id)
    room, location = names.rooms.get(lesson.room_id), names.locations.get(lesson.room_id)
    return Event(
        uid=f"{_identity(lesson)}@schoolcrm",
        begins=begins,
        ends=begins + timedelta(minutes=lesson.minutes),
        summary=one_line(f"{owner} ({subject})" if subject else owner),
        location=one_line(", ".join(part for part in (location, room) if part)),
        description="\n".join(map(one_line, _lines(lesson, names, scope))),
        cancelled=lesson.state == "cancelled",
    )


def _identity(lesson: PlannedLesson) -> str:
    """Return what names a lesson before and after it is stored: its place in the schedule, else its number."""
    if lesson.schedule_id is not None and lesson.occurrence_on is not None:
        return f"line-{lesson.schedule_id}-{_digits(lesson.occurrence_on)}"
    return f"lesson-{lesson.lesson_id}"


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _lines(lesson: PlannedLesson, names: Names, scope: Scope) -> list[str]:
    lines = []
    if teacher := names.teachers.get(lesson.teacher_id):
        lines.append(_("Teacher: {name}").format(name=teacher))
    if lesson.group_id is not None and scope.by_person and (students := names.of_students(lesson.student_ids)):
        lines.append(_("Students: {names}").format(names=students))
    return lines
