"""Random histories of trials against an obvious oracle: who used it, which mark is free, the status (R7, R12)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from builders import add_client, add_group, add_student, join, make_school, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st
from status_facts import base_of, status_id

from schoolcrm.core.errors import SchoolError
from schoolcrm.core.learning.attendance import Attendance, mark_students
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.trials import book, cancel, open_booking, record_attended, trial_used

TODAY = date(2026, 9, 30)
DAYS = [date(2026, 9, 7) + timedelta(days=number) for number in range(3)]
MEMBER, GUEST, GROUP, OTHER_GROUP = 1, 2, 1, 2
BASES = ["new", "in-work", "trial-booked", "trial-done", "bought", "reserve", "deleted"]


@dataclass
class Booking:
    """A trial of the oracle: `closed_by`: the lesson that made it needless."""

    day: int
    group: int | None
    student: int | None
    state: str = "booked"
    lesson: int | None = None
    closed_by: int | None = None

    def means(self, lesson: int, student: int) -> bool:
        return self.day == lesson and self.group in (None, GROUP) and self.student in (None, student)


@dataclass
class Oracle:
    """R7 and R12 in plain words, for one client; a lesson of the group on each day, by the day's number."""

    base: str = "new"
    before: dict[str, str | None] = field(default_factory=dict)
    trials: list[Booking] = field(default_factory=list)
    free: set[tuple[int, int]] = field(default_factory=set)

    # R7

    def set_by_hand(self, base: str) -> None:
        if base != self.base:
            self.base, self.before[base] = base, None

    def _enter(self, base: str, stays: Iterable[str]) -> None:
        if self.base != base and self.base not in stays:
            self.before[base], self.base = self.base, base

    def _leave(self, base: str) -> None:
        if self.base == base and self.before.get(base):
            self.base = self.before[base] or base

    # R12

    @property
    def booking(self) -> Booking | None:
        return next((each for each in self.trials if each.state == "booked"), None)

    @property
    def used(self) -> bool:
        return bool(self.free) or any(each.state == "attended" for each in self.trials)

    def book(self, day: int, group: int | None, student: int | None, state: str = "booked") -> bool:
        if self.base == "deleted" or self.used:
            return False
        booking = self.booking
        if booking is None:
            booking = Booking(day, group, student)
            self.trials.append(booking)
        booking.day, booking.state = day, state
        booking.group, booking.student = group or booking.group, student or booking.student
        if state == "booked":
            self._enter("trial-booked", ("bought", "trial-done", "deleted"))
        else:
            self._enter("trial-done", ("bought", "deleted"))
        return True

    def cancel(self) -> bool:
        by_hand = [each for each in self.trials if each.state == "attended" and each.lesson is None]
        trial = self.booking or (by_hand[0] if by_hand else None)
        if trial is None:
            return False
        if trial.state == "attended":
            self._leave("trial-done")
        trial.state = "cancelled"
        self._leave("trial-booked")
        return True

    def mark(self, lesson: int, student: int, *, attended: bool) -> bool:
        if self.base == "deleted":
            return False
        if attended:
            self._came(lesson, student)
        else:
            self._stayed_away(lesson, student)
        return True

    def _came(self, lesson: int, student: int) -> None:
        if (lesson, student) in self.free:
            return
        by_hand = [e for e in self.trials if e.state == "attended" and e.lesson is None and e.means(lesson, student)]
        if by_hand:
            by_hand[0].lesson = lesson
            self.free.add((lesson, student))
            return
        if self.used:
            return
        missed = [e for e in self.trials if e.state == "missed" and e.lesson == lesson and e.student in (None, student)]
        booking = self.booking
        meant = booking if booking and booking.means(lesson, student) else missed[-1] if missed else None
        if meant is None and student != MEMBER:
            return
        self.free.add((lesson, student))
        if meant is not None:
            meant.state, meant.lesson = "attended", lesson
        if self.booking:
            self.booking.closed_by, self.booking.state = lesson, "cancelled"
        self._enter("trial-done", ("bought", "deleted"))

    def _stayed_away(self, lesson: int, student: int) -> None:
        if (lesson, student) in self.free:
            self.free.remove((lesson, student))
            missed = [each for each in self.trials if each.state == "attended" and each.lesson == lesson]
            for each in missed:
                each.state = "missed"
            for each in self.trials:
                if each.closed_by == lesson and each.state == "cancelled":
                    each.closed_by, each.state = None, "booked"
            self._leave("trial-done")
            if missed and not self.booking:
                self._leave("trial-booked")
        elif self.booking and self.booking.means(lesson, student):
            self.booking.lesson, self.booking.state = lesson, "missed"
            self._leave("trial-booked")


LESSONS, STUDENTS = st.integers(0, 2), st.sampled_from([MEMBER, GUEST])
PLACES = (LESSONS, st.sampled_from([None, GROUP, OTHER_GROUP]), st.none() | STUDENTS)
STEPS = st.one_of(
    st.tuples(st.just("book"), *PLACES),
    st.tuples(st.just("attended"), *PLACES),
    st.tuples(st.just("cancel")),
    *[st.tuples(st.just("mark"), LESSONS, STUDENTS, st.booleans())] * 3,
    st.tuples(st.just("hand"), st.sampled_from(BASES)),
)


def told(oracle: Oracle, step: tuple[Any, ...]) -> bool:
    """Do the step in the oracle; tell whether it is allowed."""
    kind, *how = step
    if kind == "hand":
        oracle.set_by_hand(*how)
        return True
    if kind == "mark":
        return oracle.mark(how[0], how[1], attended=how[2])
    if kind == "cancel":
        return oracle.cancel()
    return oracle.book(*how, state="booked" if kind == "book" else "attended")


def done(school: Any, step: tuple[Any, ...]) -> bool:
    """Do the step in the school; tell whether it is allowed."""
    kind, *how = step
    try:
        if kind == "hand":
            set_status(school, [1], status_id(school, how[0]))
        elif kind == "mark":
            mark_students(school, how[0] + 1, [Attendance(how[1], how[2])])
        elif kind == "cancel":
            cancel(school, 1)
        elif kind == "book":
            book(school, 1, DAYS[how[0]], group_id=how[1], student_id=how[2])
        else:
            record_attended(school, 1, DAYS[how[0]], group_id=how[1], student_id=how[2])
    except SchoolError:
        return False
    return True


def prepare(school: Any) -> None:
    """Write a client with a child in the group and one in none, and a held lesson of the group on each day."""
    add_client(school, "Анна", student="Петя")
    add_student(school, 1, "Маша")
    add_group(school, "Робо")
    add_group(school, "Шахматы")
    join(school, GROUP, MEMBER, DAYS[0])
    for number, day in enumerate(DAYS, start=1):
        school.db.execute(
            "INSERT INTO lesson (id, group_id, on_date, time, minutes, state, lesson_type_id)"
            " SELECT ?, ?, ?, '18:00', 60, 'held', id FROM lesson_type WHERE code = 'group'",
            (number, GROUP, day.isoformat()),
        )


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_r7_r12_any_history_equals_the_oracle(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder, writing_school(make_school(Path(folder)), TODAY) as school:
        prepare(school)
        oracle = Oracle()
        for step in steps:
            assert done(school, step) == told(oracle, step)
            assert base_of(school, 1) == oracle.base
            assert trial_used(school.db, 1) == oracle.used
            free = school.db.execute("SELECT lesson_id - 1, student_id FROM mark WHERE basis = 'trial'")
            assert set(free) == oracle.free
            rows = school.db.execute("SELECT state FROM trial ORDER BY id").fetchall()
            assert [state for (state,) in rows] == [each.state for each in oracle.trials]
            booking = open_booking(school.db, 1)
            assert (booking and booking.on) == (oracle.booking and DAYS[oracle.booking.day])
            by_hand = [each for each in oracle.trials if each.state == "attended" and each.lesson is None]
            assert len(oracle.free) + len(by_hand) <= 1
