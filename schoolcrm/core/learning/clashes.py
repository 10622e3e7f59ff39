"""A room or a teacher wanted twice at once, a student in two places: found, never forbidden (R22)."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from schoolcrm.core.learning.calendar import PlannedLesson
from schoolcrm.core.learning.schedule import find_slot
from schoolcrm.core.learning.timetable import planned_lessons

What = Literal["room", "teacher", "student"]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two lessons of one day that overlap and need the same room, teacher or student (`what`, its `id`)."""

    what: What
    id: int
    one: PlannedLesson
    other: PlannedLesson


def find_clashes(lessons: Iterable[PlannedLesson]) -> Iterator[Clash]:
    """Yield the clashes among lessons given in order of time; cancelled ones clash with nothing."""
    taking_place = (lesson for lesson in lessons if lesson.state != "cancelled")
    for _day, of_day in groupby(taking_place, key=lambda lesson: lesson.on):
        timed = [(_start(lesson), lesson) for lesson in of_day]
        for place, (start, one) in enumerate(timed):
            for other_start, other in timed[place + 1 :]:
                if other_start >= start + one.minutes:
                    break
                yield from _between(one, other)


def clashes_of_slot(db: sqlite3.Connection, slot_id: int, first: date, last: date) -> list[Clash]:
    """Return the clashes of one line of the schedule from the first to the last day, in order."""
    slot = find_slot(db, slot_id)
    own = planned_lessons(db, first=first, last=last, group_id=slot.group_id, student_ids=_one(slot.student_id))
    own = [lesson for lesson in own if lesson.schedule_id == slot_id]
    students = {student for lesson in own for student in lesson.student_ids}
    beside = planned_lessons(db, first=first, last=last, student_ids=students)
    if slot.room_id is not None:
        beside += planned_lessons(db, first=first, last=last, room_id=slot.room_id)
    if slot.teacher_id is not None:
        beside += planned_lessons(db, first=first, last=last, teacher_id=slot.teacher_id)
    others = {_key(lesson): lesson for lesson in beside if lesson.schedule_id != slot_id}
    together = sorted([*own, *others.values()], key=lambda lesson: lesson.moment)
    return [clash for clash in find_clashes(together) if slot_id in (clash.one.schedule_id, clash.other.schedule_id)]


def clashes_of_member(db: sqlite3.Connection, group_id: int, student_id: int, first: date, last: date) -> list[Clash]:
    """Return where the student has to be in two places at once, of which one is the group, in order."""
    own = planned_lessons(db, first=first, last=last, student_ids=[student_id])
    return [
        clash
        for clash in find_clashes(own)
        if clash.what == "student" and group_id in (clash.one.group_id, clash.other.group_id)
    ]


def _between(one: PlannedLesson, other: PlannedLesson) -> Iterator[Clash]:
    if one.room_id is not None and one.room_id == other.room_id:
        yield Clash("room", one.room_id, one, other)
    if one.teacher_id is not None and one.teacher_id == other.teacher_id:
        yield Clash("teacher", one.teacher_id, one, other)
    for student_id in sorted(set(one.student_ids) & set(other.student_ids)):
        yield Clash("student", student_id, one, other)


def _start(lesson: PlannedLesson) -> int:
    hours, minutes = lesson.time.split(":")
    return int(hours) * 60 + int(minutes)


def _key(lesson: PlannedLesson) -> tuple[int | None, int | None, date]:
    return lesson.lesson_id, lesson.schedule_id, lesson.on


def _one(student_id: int | None) -> list[int] | None:
    return None if student_id is None else [student_id]
