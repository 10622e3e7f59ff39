"""Planned lessons with holidays and freezes are what looking day by day finds (R22, R25, R39)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import make_school
from hypothesis import given, settings
from hypothesis import strategies as st
from planned_world import FIRST, LAST, LINES, SPANS, STAYS, Line, Span, World, _within, world

from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("planned"))


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
