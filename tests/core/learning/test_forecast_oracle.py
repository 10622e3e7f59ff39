"""The forecast against holding the lessons: they charge the same (R31, R39)."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_plan, make_school, sell_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from planned_world import DAYS, FIRST, LAST, LINES, SPANS, STAYS, Line, Span, World, world

from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.lessons import hold
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.money.coverage import coming_charges


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("planned"))


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
