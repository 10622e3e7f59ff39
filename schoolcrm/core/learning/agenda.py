"""The lessons to come of many students, one student after the other, out of one calendar (R22, R25)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from schoolcrm.core.learning.calendar import Calendar, Freeze, PlannedLesson, Stay, computed_lesson
from schoolcrm.core.rules.paying import PLANNED_ID, Occasion, planned_id
from schoolcrm.core.rules.prices import month_end
from schoolcrm.core.rules.timetable import Slot, occurrences

_ONE_DAY = timedelta(days=1)
_MOMENT = attrgetter("moment")


class _Place(NamedTuple):
    """A slot that a student goes to, within their stays in its group."""

    slot: Slot
    stays: list[Stay]

    @property
    def last_on(self) -> date:
        return min(self.slot.last_on or date.max, max(stay.last_on for stay in self.stays))


class Agenda:
    """What `Calendar.coming` says of each student alone, as far as a lesson's price asks for it.

    The calendar is of those students only. What a slot gives in a month is worked out once for all who go to it.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._slots = {slot.id: slot for slot in calendar.slots}
        self._lessons = {lesson.lesson_id: lesson for lesson in calendar.stored}
        self._taken = calendar.taken
        self._freezes = calendar.freezes
        self._places = _places(calendar)
        self._stored: defaultdict[int, list[Occasion]] = defaultdict(list)
        self._months: dict[tuple[int, date], list[Occasion]] = {}
        for lesson in calendar.stored:
            if lesson.state == "planned":
                for student_id in lesson.student_ids:
                    self._stored[student_id].append(lesson.occasion)

    @property
    def students(self) -> set[int]:
        """Return the students who may have lessons to come."""
        return {student_id for student_id, places in self._places.items() if places} | self._stored.keys()

    def lesson(self, occasion: Occasion, student_id: int) -> PlannedLesson:
        """Return, of a lesson to come of that student, all that is known of it."""
        slot = self._slots.get(occasion.id - PLANNED_ID)
        return computed_lesson(slot, occasion.on, (student_id,)) if slot else self._lessons[occasion.id]

    def months(self, student_id: int, first: date, last: date) -> Iterator[Sequence[Occasion]]:
        """Yield the student's lessons not yet held from first to last, inclusive, in order, by months that have any."""
        last = min(last, self._last_day(student_id))
        while first <= last:
            ends = month_end(first)
            lessons = self._month(student_id, first, ends)
            if ends > last:
                lessons = [lesson for lesson in lessons if lesson.on <= last]
            if lessons:
                yield lessons
            if ends == date.max:
                return
            first = ends + _ONE_DAY

    def _month(self, student_id: int, first: date, last: date) -> list[Occasion]:
        found = [lesson for lesson in self._stored.get(student_id, ()) if first <= lesson.on <= last]
        freezes = self._freezes.get(student_id, ())
        places = self._places.get(student_id, ())
        for slot, stays in places:
            lessons = self._of_slot(slot, first, last)
            always = not freezes and any(stay.first_on <= first and last <= stay.last_on for stay in stays)
            if always and len(places) == 1 and not found:
                return lessons
            found += lessons if always else (one for one in lessons if _is_expected(one.on, stays, freezes))
        return sorted(found, key=_MOMENT)

    def _of_slot(self, slot: Slot, first: date, last: date) -> list[Occasion]:
        known = self._months.get((slot.id, first))
        if known is None:
            number, subject, kind = planned_id(slot.id), slot.subject_id, slot.lesson_type_id
            days = occurrences(slot, first, last, self._taken.get(slot.id, ()))
            known = [Occasion(day, slot.time, number, subject, kind) for day in days]
            self._months[slot.id, first] = known
        return known

    def _last_day(self, student_id: int) -> date:
        ends = [lesson.on for lesson in self._stored.get(student_id, ())]
        ends += [place.last_on for place in self._places.get(student_id, ())]
        return max(ends, default=date.min)


def _places(calendar: Calendar) -> dict[int, list[_Place]]:
    slots: defaultdict[int, list[Slot]] = defaultdict(list)
    places: defaultdict[int, list[_Place]] = defaultdict(list)
    for slot in calendar.slots:
        if slot.group_id is not None:
            slots[slot.group_id].append(slot)
        elif slot.student_id is not None:
            places[slot.student_id].append(_Place(slot, [Stay(slot.student_id, date.min, date.max)]))
    for group_id, members in calendar.stays.items():
        stays: defaultdict[int, list[Stay]] = defaultdict(list)
        for stay in members:
            stays[stay.student_id].append(stay)
        for student_id, own in stays.items():
            places[student_id] += (_Place(slot, own) for slot in slots[group_id])
    return places


def _is_expected(day: date, stays: list[Stay], freezes: list[Freeze] | tuple[()]) -> bool:
    return any(first_on <= day <= last_on for _student, first_on, last_on in stays) and not any(
        first_on <= day <= last_on for first_on, last_on in freezes
    )
