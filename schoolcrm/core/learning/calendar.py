"""Lessons of any span of days, out of schedules, stored lessons and memberships read before (R22)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from schoolcrm.core.rules.paying import Moment, Occasion, planned_id
from schoolcrm.core.rules.timetable import Slot, occurrences

_WINDOW = timedelta(days=91)
_ONE_DAY = timedelta(days=1)
_MOMENT = attrgetter("moment")


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    """One lesson: computed from a schedule (`lesson_id` None, state 'planned') or stored, in any state.

    `group_id` or `student_id` says whose lesson it is. `student_ids` are, of those asked about, the ones
    expected that day (members, or the one student); of a held lesson the ones with a mark.
    """

    on: date
    time: str
    minutes: int
    group_id: int | None
    student_id: int | None
    subject_id: int | None
    teacher_id: int | None
    room_id: int | None
    lesson_type_id: int
    lesson_id: int | None
    schedule_id: int | None
    occurrence_on: date | None
    state: str
    student_ids: tuple[int, ...] = ()

    @property
    def occasion(self) -> Occasion:
        """The lesson as the rules of charging know it."""
        return Occasion(*self.moment, self.subject_id, self.lesson_type_id)

    @property
    def moment(self) -> Moment:
        """The key of R31's order: date, time, id; a computed lesson comes after the stored ones."""
        number = self.lesson_id if self.lesson_id is not None else planned_id(self.schedule_id or 0)
        return self.on, self.time, number


class Stay(NamedTuple):
    """A student's membership in a group, both days inclusive."""

    student_id: int
    first_on: date
    last_on: date


class Freeze(NamedTuple):
    """Days without lessons of one student, both inclusive (R25)."""

    first_on: date
    last_on: date


@dataclass(slots=True)
class Calendar:
    """What lessons are computed from, read once: slots, days taken by stored lessons and holidays, stored lessons,
    stays, freezes of students.

    `only_students`: lessons nobody asked about is expected at are left out.
    """

    only_students: bool
    slots: list[Slot] = field(default_factory=list)
    taken: defaultdict[int, set[date]] = field(default_factory=lambda: defaultdict(set))
    stored: list[PlannedLesson] = field(default_factory=list)
    stays: defaultdict[int, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    freezes: dict[int, list[Freeze]] = field(default_factory=dict)

    def lessons(self, first: date, last: date) -> list[PlannedLesson]:
        """Return the lessons of the days from first to last, inclusive, by date, time and id."""
        found = [lesson for lesson in self.stored if first <= lesson.on <= last]
        for slot in self.slots:
            for day in occurrences(slot, first, last, self.taken[slot.id]):
                students = self.expected(slot.group_id, slot.student_id, day)
                if self.takes_place(slot.group_id, day, students):
                    found.append(computed_lesson(slot, day, students))
        return sorted(found, key=_MOMENT)

    def coming(self, first: date) -> Iterator[PlannedLesson]:
        """Yield the lessons from that day on, in order, to the end of the schedule; it may have none."""
        last_day = self._last_day()
        while first <= last_day:
            last = min(first + _WINDOW, last_day) if first < date.max - _WINDOW else date.max
            yield from self.lessons(first, last)
            if last == date.max:
                return
            first = last + _ONE_DAY

    def expected(self, group_id: int | None, student_id: int | None, day: date) -> tuple[int, ...]:
        """Return who should come: the one student, or the members of the day, but for whoever is frozen (R25)."""
        students = self._belonging(group_id, student_id, day)
        if not self.freezes:
            return students
        return tuple(student for student in students if not self._is_frozen(student, day))

    def takes_place(self, group_id: int | None, day: date, students: tuple[int, ...]) -> bool:
        """Tell whether a lesson to come is to be listed, given who is expected at it.

        A group may meet before it has members; but where all who would come are frozen there is no lesson (R25).
        """
        if students:
            return True
        return not (self.only_students or group_id is None or self._belonging(group_id, None, day))

    def _belonging(self, group_id: int | None, student_id: int | None, day: date) -> tuple[int, ...]:
        """Return the one student, or the members of the day."""
        if group_id is None:
            return () if student_id is None else (student_id,)
        return tuple(stay.student_id for stay in self.stays[group_id] if stay.first_on <= day <= stay.last_on)

    def _is_frozen(self, student_id: int, day: date) -> bool:
        return any(first_on <= day <= last_on for first_on, last_on in self.freezes.get(student_id, ()))

    def _last_day(self) -> date:
        ends = [lesson.on for lesson in self.stored]
        for slot in self.slots:
            end = slot.last_on or date.max
            if slot.group_id is not None and self.only_students:
                stays = [stay.last_on for stay in self.stays[slot.group_id]]
                end = min(end, max(stays, default=date.min))
            ends.append(end)
        return max(ends, default=date.min)


def computed_lesson(slot: Slot, day: date, students: tuple[int, ...]) -> PlannedLesson:
    """Return the lesson of a schedule on that day, with those who should come."""
    return PlannedLesson(
        on=day,
        time=slot.time,
        minutes=slot.minutes,
        group_id=slot.group_id,
        student_id=slot.student_id,
        subject_id=slot.subject_id,
        teacher_id=slot.teacher_id,
        room_id=slot.room_id,
        lesson_type_id=slot.lesson_type_id,
        lesson_id=None,
        schedule_id=slot.id,
        occurrence_on=day,
        state="planned",
        student_ids=students,
    )
