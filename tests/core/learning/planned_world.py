"""A made-up school with all that is known of it in plain lists, to compute its lessons from day by day."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from builders import add_client, add_group, add_schedule, add_student, join, student_of, unwritten_school
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused
from schoolcrm.core.learning.freezes import Freeze
from schoolcrm.core.learning.freezing import freeze_student, unfreeze
from schoolcrm.core.learning.holidays import add_holiday, remove_holiday

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


@contextmanager
def world(path: Path) -> Iterator["World"]:
    """Yield an example's world; nothing of it is kept, so that one file serves all."""
    with unwritten_school(path, LAST) as school:
        yield World(school)


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
