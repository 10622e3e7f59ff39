"""Planned lessons with holidays and freezes are what looking day by day finds; the forecast is what they then cost."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused
from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.freezes import Freeze
from schoolcrm.core.learning.freezing import freeze_student, unfreeze
from schoolcrm.core.learning.holidays import add_holiday, remove_holiday
from schoolcrm.core.learning.lessons import hold
from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons
from schoolcrm.core.money.coverage import coming_charges

FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Line:
    """A line of the schedule: of one of two groups, or of student 0."""

    owner: int
    days: frozenset[int]
    every: int
    first: int
    length: int | None


@dataclass(frozen=True)
class Span:
    """Days from the first, so many; of a student where it matters. `back`: taken back again."""

    student: int
    first: int
    length: int
    excused: bool
    back: bool


SPANS = st.builds(
    Span,
    student=st.integers(0, 2),
    first=st.integers(-3, len(DAYS)),
    length=st.integers(1, 15),
    excused=st.booleans(),
    back=st.sampled_from([False, False, False, True]),
)
LINES = st.builds(
    Line,
    owner=st.integers(-1, 1),
    days=st.frozensets(st.integers(1, 7), min_size=1, max_size=3),
    every=st.integers(1, 3),
    first=st.integers(-10, 20),
    length=st.none() | st.integers(21, 60),
)
STAYS = st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(-5, 30), st.none() | st.integers(0, 40))


class TakenBack(Exception):
    """Nothing of an example is kept, so that one file serves all."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("planned"))


@contextmanager
def world(path: Path) -> Iterator["World"]:
    with suppress(TakenBack), writing_school(path, LAST) as school:
        yield World(school)
        raise TakenBack


@dataclass
class World:
    """Two groups and three students of two clients, and all that is known of them, kept in plain lists."""

    school: Any
    lines: list[tuple[int, Line]] = field(default_factory=list)
    stays: list[tuple[int, int, date, date]] = field(default_factory=list)
    frozen: set[tuple[int, date]] = field(default_factory=set)
    holidays: set[date] = field(default_factory=set)

    def __post_init__(self) -> None:
        client = add_client(self.school, "Ивановы", student="Маша")
        other = add_client(self.school, "Петровы", student="Олег")
        self.students = [student_of(self.school, client), add_student(self.school, client, "Петя")]
        self.students.append(student_of(self.school, other))
        self.groups = [add_group(self.school, "А"), add_group(self.school, "Б")]

    def add_line(self, line: Line) -> None:
        whose = {"student_id": self.students[0]} if line.owner < 0 else {"group_id": self.groups[line.owner]}
        begins = FIRST + timedelta(days=line.first)
        number = add_schedule(
            self.school,
            days=",".join(WEEKDAYS[day - 1] for day in line.days),
            time=f"{10 + len(self.lines)}:00",
            first_on=begins,
            last_on=None if line.length is None else begins + timedelta(days=line.length),
            every_weeks=line.every,
            **whose,
        )
        self.lines.append((number, line))

    def add_stay(self, group: int, student: int, first: int, length: int | None) -> None:
        begins = FIRST + timedelta(days=first)
        ends = None if length is None else begins + timedelta(days=length)
        with suppress(Refused):
            join(self.school, self.groups[group], self.students[student], begins, ends)
            self.stays.append((group, student, begins, ends or date.max))

    def freeze(self, span: Span) -> None:
        days = [FIRST + timedelta(days=span.first + number) for number in range(span.length)]
        wanted = Freeze(self.students[span.student], days[0], days[-1], span.excused)
        with suppress(Refused):
            made = freeze_student(self.school, wanted)
            if span.back:
                unfreeze(self.school, made.freeze.id)
            else:
                self.frozen |= {(span.student, day) for day in days}

    def close(self, span: Span) -> None:
        days = [FIRST + timedelta(days=span.first + number) for number in range(span.length)]
        with suppress(Refused):
            made = add_holiday(self.school, days[0], days[-1])
            if span.back:
                remove_holiday(self.school, made.id)
            else:
                self.holidays |= set(days)

    # The oracle ---------------------------------------------------------------------------------------------

    def expected(self, line: Line, day: date) -> list[int]:
        """Who should come that day."""
        if line.owner < 0:
            students = [0]
        else:
            students = [student for group, student, *days in self.stays if group == line.owner and _within(day, days)]
        return [self.students[one] for one in students if (one, day) not in self.frozen]

    def planned(self) -> Iterator[tuple[date, int, Line]]:
        """Look at every day and every line."""
        for day in DAYS:
            for number, line in self.lines:
                if day not in self.holidays and takes_place(line, day):
                    yield day, number, line


def _within(day: date, days: list[date]) -> bool:
    return days[0] <= day <= days[1]


def takes_place(line: Line, day: date) -> bool:
    begins = FIRST + timedelta(days=line.first)
    if day < begins or (line.length is not None and day > begins + timedelta(days=line.length)):
        return False
    weeks = (monday(day) - monday(begins)).days // 7
    return weeks % line.every == 0 and day.isoweekday() in line.days


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def key(lesson: PlannedLesson) -> tuple[date, int | None]:
    return lesson.on, lesson.schedule_id


@settings(max_examples=80, deadline=None)
@given(
    lines=st.lists(LINES, min_size=1, max_size=5),
    stays=st.lists(STAYS, max_size=6),
    freezes=st.lists(SPANS, max_size=5),
    holidays=st.lists(SPANS, max_size=3),
)
def test_planned_lessons_are_what_looking_day_by_day_finds(
    path: Path, lines: list[Line], stays: list[Any], freezes: list[Span], holidays: list[Span]
) -> None:
    with world(path) as here:
        for line in lines:
            here.add_line(line)
        for stay in stays:
            here.add_stay(*stay)
        for span in freezes:
            here.freeze(span)
        for span in holidays:
            here.close(span)
        wanted = {(day, number): sorted(here.expected(line, day)) for day, number, line in here.planned()}
        for student in here.students:
            found = planned_lessons(here.school.db, first=FIRST, last=LAST, student_ids=[student])
            assert [key(lesson) for lesson in found] == [day for day, who in wanted.items() if student in who]
        owners = dict(here.lines)
        everything = planned_lessons(here.school.db, first=FIRST, last=LAST)
        assert {key(lesson): sorted(lesson.student_ids) for lesson in everything} == {
            (day, number): who for (day, number), who in wanted.items() if who or is_empty(here, owners[number], day)
        }


def is_empty(here: World, line: Line, day: date) -> bool:
    """A group without members may meet; where all are frozen nobody meets."""
    return line.owner >= 0 and not any(group == line.owner and _within(day, days) for group, _one, *days in here.stays)


@dataclass(frozen=True)
class Sells:
    student: int
    kind: str
    price: int
    lessons: int
    first: int
    length: int | None
    upfront: bool


SELLS = st.builds(
    Sells,
    student=st.integers(0, 2),
    kind=st.sampled_from(["lesson", "package", "month", "month"]),
    price=st.integers(0, 6000_00),
    lessons=st.integers(1, 6),
    first=st.integers(-5, 20),
    length=st.none() | st.integers(1, 60),
    upfront=st.sampled_from([False, False, False, True]),
)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(LINES, min_size=1, max_size=4),
    stays=st.lists(STAYS, min_size=1, max_size=5),
    sales=st.lists(SELLS, min_size=1, max_size=4),
    freezes=st.lists(SPANS, max_size=4),
    holidays=st.lists(SPANS, max_size=2),
    today=st.sampled_from(DAYS),
)
def test_the_forecast_is_what_holding_the_lessons_left_by_freezes_and_holidays_charges(
    path: Path,
    lines: list[Line],
    stays: list[Any],
    sales: list[Sells],
    freezes: list[Span],
    holidays: list[Span],
    today: date,
) -> None:
    with world(path) as here:
        for line in lines:
            here.add_line(line)
        for stay in stays:
            here.add_stay(*stay)
        for number, sale in enumerate(sales):
            sell(here, sale, number)
        for span in freezes[:2]:
            here.freeze(span)
        hold_all(here, FIRST, today - timedelta(days=1))
        for span in holidays:
            here.close(span)
        for span in freezes[2:]:
            here.freeze(span)
        told = {
            (student, one.lesson.on, one.lesson.time): one.charge.amount
            for student in here.students
            for one in coming_charges(here.school.db, student, today, LAST)
        }
        hold_all(here, today, LAST)
        assert told == charged_since(here, today)


def sell(here: World, sale: Sells, number: int) -> None:
    begins = FIRST + timedelta(days=sale.first)
    ends = None if sale.length is None else begins + timedelta(days=sale.length)
    upfront = sale.upfront and (sale.kind != "month" or ends is not None)
    plan = add_plan(
        here.school,
        sale.kind,
        sale.price,
        sale.lessons if sale.kind == "package" else None,
        name=f"{number}",
        billing="upfront" if upfront else "by-lesson",
    )
    sell_plan(here.school, here.students[sale.student], plan, begins, last_on=ends)


def hold_all(here: World, first: date, last: date) -> None:
    """Hold all lessons of those days at which anybody is expected."""
    for lesson in planned_lessons(here.school.db, first=first, last=last):
        if lesson.state == "planned" and lesson.student_ids:
            hold(here.school, lesson, [Attendance(student, attended=True) for student in lesson.student_ids])


def charged_since(here: World, today: date) -> dict[tuple[int, date, str], int]:
    rows = here.school.db.execute(
        "SELECT mark.student_id, mark.on_date, lesson.time, mark.charge FROM mark"
        " JOIN lesson ON lesson.id = mark.lesson_id WHERE mark.on_date >= ?",
        (today.isoformat(),),
    )
    return {(student, date.fromisoformat(on), time): charge for student, on, time, charge in rows}
