"""Lines of the regular schedule: named, ended, removed (R22)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import Ambiguous, NotFound, Refused
from schoolcrm.core.learning.lines import end_line, find_line, remove_line
from schoolcrm.core.learning.schedule import find_slot
from schoolcrm.core.learning.timetable import planned_lessons

STUDENT, GROUP, LINE = 1, 1, 1


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    """A group of one student that meets on Tuesdays from 1 September 2026."""
    with writing_school(make_school(tmp_path), today=september(30)) as school:
        join(school, add_group(school, "Робо"), student_of(school, add_client(school, "Анна")), september(1))
        add_schedule(school, group_id=GROUP, days="tue", first_on=september(1))
        yield school


def september(day: int) -> date:
    return date(2026, 9, day)


def days(school: Any) -> list[int]:
    return [lesson.on.day for lesson in planned_lessons(school.db, first=september(1), last=september(30))]


def charge(school: Any) -> int:
    return int(school.db.execute("SELECT charge FROM mark").fetchone()[0])


def month_plan_with_a_mark(school: Any) -> None:
    sell_plan(school, STUDENT, add_plan(school, "month", 900_00), september(1))
    hold(school, GROUP, september(1), present=[STUDENT])
    assert charge(school) == 180_00


def test_the_last_day_is_inclusive_and_month_plans_follow(school: Any) -> None:
    month_plan_with_a_mark(school)
    assert end_line(school, LINE, september(15)) == []
    assert days(school) == [1, 8, 15]
    assert charge(school) == 300_00
    assert end_line(school, LINE, september(14)) == []
    assert days(school) == [1, 8]


def test_a_line_never_ends_before_it_begins_nor_later_than_it_does(school: Any) -> None:
    with pytest.raises(Refused, match="2026-08-31") as refused:
        end_line(school, LINE, date(2026, 8, 31))
    assert "remove 1" in refused.value.hint
    end_line(school, LINE, september(1))
    for day in (september(1), september(2)):
        with pytest.raises(Refused, match="2026-09-01"):
            end_line(school, LINE, day)


def test_lessons_stored_after_the_end_stay_and_are_told(school: Any) -> None:
    hold(school, GROUP, september(8), present=[STUDENT])
    hold(school, GROUP, september(22), present=[STUDENT])
    assert end_line(school, LINE, september(8)) == ["2026-09-22 18:00"]
    assert days(school) == [1, 8, 22]


def test_a_line_without_lessons_is_removed_and_month_plans_follow(school: Any) -> None:
    other = add_schedule(school, group_id=GROUP, days="wed", first_on=september(1))
    sell_plan(school, STUDENT, add_plan(school, "month", 900_00), september(1))
    hold(school, GROUP, september(1), present=[STUDENT])
    assert charge(school) == 90_00
    remove_line(school, other)
    assert charge(school) == 180_00
    with pytest.raises(NotFound):
        find_slot(school.db, other)


def test_a_line_with_a_lesson_of_any_state_is_not_removed(school: Any) -> None:
    hold(school, GROUP, september(8), present=[STUDENT])
    school.db.execute("UPDATE lesson SET state = 'cancelled'")
    with pytest.raises(Refused, match="2026-09-08 18:00") as refused:
        remove_line(school, LINE)
    assert "schedule end 1" in refused.value.hint
    assert days(school) == [1, 8, 15, 22, 29]


def test_a_line_is_named_by_number_group_or_student_with_only_one(school: Any) -> None:
    own = add_schedule(school, student_id=STUDENT, days="wed", first_on=september(1))
    for ref, number in (("1", LINE), ("робо", LINE), ("Анна", own), ("2", own)):
        assert find_line(school.db, school.today, ref) == number
    end_line(school, own, september(29))
    for unknown in ("Анна", "3", "никто"):
        with pytest.raises(NotFound):
            find_line(school.db, school.today, unknown)


def test_several_lines_are_told_by_their_days(school: Any) -> None:
    two = add_schedule(school, group_id=GROUP, days="mon,thu", time="09:00", first_on=september(1))
    other = add_schedule(school, group_id=add_group(school, "Робо 2"), days="fri", first_on=september(1))
    with pytest.raises(Ambiguous) as several:
        find_line(school.db, school.today, "Робо")
    assert several.value.candidates == ((two, "Mon, Thu 09:00"), (LINE, "Tue 18:00"))
    with pytest.raises(Ambiguous) as several:  # two groups answer to it: their lines are the choice
        find_line(school.db, school.today, "роб")
    assert {number for number, _label in several.value.candidates} == {LINE, two, other}
    assert find_line(school.db, school.today, "Робо 2") == other
