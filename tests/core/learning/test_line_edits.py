"""A line of the schedule changed from a day on: days before it, and stored lessons, stay (R22)."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, add_group, add_schedule, hold, join, make_school, student_of, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.learning.lesson_changes import cancel_lesson
from schoolcrm.core.learning.lesson_lookup import lesson_of_group
from schoolcrm.core.learning.line_edits import Edited, edit_line
from schoolcrm.core.learning.schedule import find_slot
from schoolcrm.core.learning.timetable import planned_lessons

DAY = timedelta(days=1)


def school_with_group(school: Any, **line: Any) -> tuple[int, int]:
    """Return a group with one member and a line of its schedule."""
    group = add_group(school, "Робо")
    join(school, group, student_of(school, add_client(school, "Анна", student="Петя")), school.today)
    return group, add_schedule(school, group_id=group, **line)


def lessons(school: Any, last: date = TODAY + timedelta(weeks=10)) -> list[tuple[date, str, str]]:
    found = planned_lessons(school.db, first=TODAY - timedelta(weeks=10), last=last)
    return [(lesson.on, lesson.time, lesson.state) for lesson in found]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def test_r22_a_line_that_has_begun_ends_the_day_before_and_another_begins(path: Path) -> None:
    with writing_school(path) as school:
        _group, line = school_with_group(school, days="tue")
        before = lessons(school)
        edited = edit_line(school, line, {"weekdays": frozenset({4}), "time": "17:30"}, date(2026, 9, 15))
        assert edited == Edited(2, line, date(2026, 9, 15), [])
        assert find_slot(school.db, line).last_on == date(2026, 9, 14)
        after = lessons(school, date(2026, 9, 24))
        assert after[:2] == before[:2] == [(date(2026, 9, day), "18:00", "planned") for day in (1, 8)]
        assert after[2:] == [(date(2026, 9, day), "17:30", "planned") for day in (17, 24)]


def test_r22_a_line_without_a_lesson_before_that_day_changes_in_its_place(path: Path) -> None:
    with writing_school(path) as school:
        _group, line = school_with_group(school, days="thu")
        assert edit_line(school, line, {"minutes": 45}, TODAY) == Edited(line, None, TODAY, [])
        assert edit_line(school, line, {"first_on": date(2026, 9, 7)}, TODAY).first_on == date(2026, 9, 7)
        assert lessons(school, date(2026, 9, 10)) == [(date(2026, 9, 10), "18:00", "planned")]
        assert school.db.execute("SELECT count(*) FROM schedule").fetchone() == (1,)


def test_r22_stored_lessons_stay_in_the_place_of_the_new_lines(path: Path) -> None:
    with writing_school(path) as school:
        group, line = school_with_group(school, days="tue")
        hold(school, group, TODAY, present=[1])
        cancel_lesson(school, lesson_of_group(school.db, group, date(2026, 9, 15)).lesson)
    with writing_school(path, TODAY + 7 * DAY) as school:
        edited = edit_line(school, line, {"time": "19:00"}, school.today)
        assert edited.staying == ["2026-09-15 18:00"]
        assert lessons(school, date(2026, 9, 22)) == [
            (date(2026, 9, 1), "18:00", "held"),
            (date(2026, 9, 8), "19:00", "planned"),
            (date(2026, 9, 15), "18:00", "cancelled"),
            (date(2026, 9, 22), "19:00", "planned"),
        ]


def test_r22_todays_held_lesson_is_not_planned_a_second_time(path: Path) -> None:
    with writing_school(path) as school:
        group, line = school_with_group(school, days="tue", first_on=TODAY - 7 * DAY)
        hold(school, group, TODAY, present=[1])
        edit_line(school, line, {"time": "19:00"}, TODAY)
        assert [time for on, time, _state in lessons(school) if on == TODAY] == ["18:00"]


def test_r22_every_other_week_stays_in_its_weeks(path: Path) -> None:
    with writing_school(path) as school:
        _group, line = school_with_group(school, days="tue", every_weeks=2)
        edited = edit_line(school, line, {"time": "19:00"}, date(2026, 9, 8))
        assert edited.first_on == date(2026, 9, 14)
        assert [on.day for on, _time, _state in lessons(school, date(2026, 9, 30))] == [1, 15, 29]
        edit_line(school, edited.id, {"every_weeks": 1}, date(2026, 9, 22))
        assert [on.day for on, _time, _state in lessons(school, date(2026, 9, 30))] == [1, 15, 22, 29]


def test_a_last_day_alone_makes_no_new_line(path: Path) -> None:
    with writing_school(path, date(2026, 9, 9)) as school:
        _group, line = school_with_group(school, days="tue", first_on=TODAY)
        assert edit_line(school, line, {"last_on": date(2026, 9, 16)}, school.today).former_id is None
        assert [on.day for on, _time, _state in lessons(school)] == [1, 8, 15]
        assert edit_line(school, line, {"last_on": None}, school.today).id == line
        assert len(lessons(school, date(2026, 9, 30))) == 5


def test_an_unchanged_edit_changes_nothing(path: Path) -> None:
    with writing_school(path) as school:
        _group, line = school_with_group(school, days="tue")
        assert not edit_line(school, line, {"time": "18:00", "minutes": 60}, date(2026, 9, 15)).changed
        assert find_slot(school.db, line).last_on is None


def test_what_cannot_be(path: Path) -> None:
    with writing_school(path) as school:
        group, line = school_with_group(school, days="tue")
        other = add_schedule(school, group_id=group, days="wed", last_on=date(2026, 9, 9))
        mid = date(2026, 9, 8)
        for error, number, facts, on in (
            (BadValue, line, {"time": "19:00"}, TODAY - DAY),
            (BadValue, line, {"minutes": 0}, mid),
            (BadValue, line, {"every_weeks": 53}, mid),
            (BadValue, line, {"last_on": mid}, mid + DAY),
            (BadValue, line, {"time": "19:00", "last_on": mid}, mid + DAY),
            (BadValue, line, {"first_on": TODAY - DAY}, TODAY),
            (Refused, line, {"first_on": TODAY + DAY}, mid),
            (Refused, other, {"time": "19:00"}, date(2026, 9, 10)),
            (Refused, other, {"weekdays": frozenset({2})}, mid),
        ):
            with pytest.raises(error):
                edit_line(school, number, facts, on)
        assert len(lessons(school, date(2026, 9, 9))) == 4


@settings(max_examples=25, deadline=None)
@given(
    days=st.sets(st.integers(1, 7), min_size=1),
    new_days=st.sets(st.integers(1, 7), min_size=1),
    weeks=st.integers(1, 3),
    new_weeks=st.integers(1, 3),
    shift=st.integers(0, 30),
    time=st.sampled_from(["18:00", "19:00"]),
)
def test_r22_days_before_stay_and_days_after_are_the_new_ones(
    days: set[int], new_days: set[int], weeks: int, new_weeks: int, shift: int, time: str
) -> None:
    on, last = TODAY + shift * DAY, TODAY + 60 * DAY
    monday = TODAY - TODAY.weekday() * DAY
    with tempfile.TemporaryDirectory() as folder, writing_school(make_school(Path(folder))) as school:
        names = ",".join(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day - 1] for day in sorted(days))
        _group, line = school_with_group(school, days=names, every_weeks=weeks)
        before = [one for one in lessons(school, last) if one[0] < on]
        facts = {"weekdays": frozenset(new_days), "time": time, "every_weeks": new_weeks}
        first = edit_line(school, line, facts, on).first_on
        found = lessons(school, last)
        assert [one for one in found if one[0] < on] == before
        if new_weeks == weeks:
            expected = [day for day in _days(on, last) if (day - monday).days // 7 % weeks == 0]
        else:
            start = first - first.weekday() * DAY
            expected = [day for day in _days(first, last) if (day - start).days // 7 % new_weeks == 0]
        after = [(day, time, "planned") for day in expected if day.isoweekday() in new_days]
        if facts == {"weekdays": frozenset(days), "time": "18:00", "every_weeks": weeks}:
            after = [one for one in found if one[0] >= on]
        assert [one for one in found if one[0] >= on] == after


def _days(first: date, last: date) -> list[date]:
    return [first + number * DAY for number in range((last - first).days + 1)]
