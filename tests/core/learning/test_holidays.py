"""School holidays cancel what is computed from the schedule, for everybody (R22)."""

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
    pay,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound, Refused
from schoolcrm.core.learning.holidays import add_holiday, find_holiday, find_holidays, remove_holiday, stored_on
from schoolcrm.core.learning.lesson_lookup import lesson_of_group
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.money.coverage import client_coverage
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.forecast import forecast
from schoolcrm.reports.holidays import staying_sentence

STUDENT, GROUP = 1, 1


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    """A group that meets on Tuesdays (1 September 2026 is one), its student also alone on Wednesdays."""
    with writing_school(make_school(tmp_path), today=date(2026, 9, 1)) as school:
        join(school, add_group(school, "Робо"), student_of(school, add_client(school, "Анна")), september(1))
        add_schedule(school, group_id=GROUP, days="tue", first_on=september(1))
        add_schedule(school, student_id=STUDENT, days="wed", first_on=september(1))
        yield school


def september(day: int) -> date:
    return date(2026, 9, day)


def days(school: Any, **scope: Any) -> list[int]:
    return [lesson.on.day for lesson in planned_lessons(school.db, first=september(1), last=september(30), **scope)]


def test_r22_a_holiday_takes_the_lessons_of_its_days_away(school: Any) -> None:
    made = add_holiday(school, september(8), september(15), "  Осенние   каникулы ")
    assert (made.id, made.name, made.label) == (1, "Осенние каникулы", '2026-09-08 – 2026-09-15 "Осенние каникулы"')
    assert add_holiday(school, september(23)).last_on == september(23)
    for scope in ({}, {"student_ids": [STUDENT]}, {"client_id": 1}):
        assert days(school, **scope) == [1, 2, 16, 22, 29, 30]
    assert days(school, group_id=GROUP) == [1, 22, 29]
    assert remove_holiday(school, made.id) == made
    assert days(school) == [1, 2, 8, 9, 15, 16, 22, 29, 30]


def test_r22_a_lesson_held_or_moved_there_stays(school: Any) -> None:
    school.today = september(30)
    held = hold(school, GROUP, september(8), present=[STUDENT])
    from schoolcrm.core.store.models import Lesson

    moved = school.add(
        Lesson, group_id=GROUP, on_date=september(9), time="12:00", minutes=60, state="planned", lesson_type_id=1,
        schedule_id=1, occurrence_on=september(22),
    ).id  # fmt: skip
    made = add_holiday(school, september(8), september(9))
    stored = stored_on(school.db, made)
    assert [lesson.lesson_id for lesson in stored] == [held, moved]
    assert days(school) == [1, 2, 8, 9, 15, 16, 23, 29, 30]
    told = staying_sentence(school.db, stored)
    assert "2026-09-08 18:00 Робо (1), 2026-09-09 12:00 Робо (2)" in told
    assert staying_sentence(school.db, []) == ""


def test_a_group_can_meet_on_a_holiday_all_the_same(school: Any) -> None:
    made = add_holiday(school, september(8))
    assert lesson_of_group(school.db, GROUP, september(8)).extra
    school.today = september(30)
    hold(school, GROUP, september(8), present=[STUDENT])
    remove_holiday(school, made.id)
    assert days(school, group_id=GROUP) == [1, 8, 15, 22, 29]


def test_r31_a_month_has_fewer_lessons_then(school: Any) -> None:
    sell_plan(school, STUDENT, add_plan(school, "month", 900_00), september(1))
    school.today = september(30)
    hold(school, GROUP, september(1), present=[STUDENT])

    def charge() -> int:
        return int(school.db.execute("SELECT charge FROM mark").fetchone()[0])

    assert charge() == 90_00  # 5 Tuesdays and 5 Wednesdays
    made = add_holiday(school, september(8))
    assert charge() == 100_00
    add_holiday(school, date(2026, 10, 6))
    assert charge() == 100_00
    remove_holiday(school, made.id)
    assert charge() == 90_00


def test_r39_forecast_and_expires_skip_holidays(school: Any) -> None:
    sell_plan(school, STUDENT, add_plan(school, "lesson", 100_00), september(1))
    pay(school, 1, 300_00, september(1))
    assert client_coverage(school.db, 1, september(1)).expires_on == september(8)
    add_holiday(school, september(2), september(8))
    assert client_coverage(school.db, 1, september(1)).expires_on == september(15)
    found = forecast(school.db, 1, Period(september(1), september(15)), september(1))
    assert (len(found.rows), found.charges) == (3, 300_00)


def test_bad_holidays_are_refused(school: Any) -> None:
    with pytest.raises(BadValue, match="2026-09-07"):
        add_holiday(school, september(8), september(7))
    with pytest.raises(BadValue, match="367"):
        add_holiday(school, september(8), date(2027, 9, 9))
    add_holiday(school, september(8), date(2027, 9, 8))
    with pytest.raises(Refused, match="2027-09-08"):
        add_holiday(school, september(8), date(2027, 9, 8))


def test_a_holiday_is_named_by_number_day_or_name(school: Any) -> None:
    one = add_holiday(school, september(8), september(10), "Осенние каникулы").id
    two = add_holiday(school, september(20), name="Зимние каникулы").id
    for ref, number in (("1", one), ("09.09.2026", one), ("осенние", one), ("ЗИМН", two), ("2026-09-20", two)):
        assert find_holiday(school.db, school.today, ref) == number
    with pytest.raises(Ambiguous) as several:
        find_holiday(school.db, school.today, "каникулы")
    assert [number for number, _label in several.value.candidates] == [one, two]
    for unknown in ("3", "летние", "2026-09-11", " "):
        with pytest.raises(NotFound):
            find_holiday(school.db, school.today, unknown)
    assert [one.id for one in find_holidays(school.db, september(10), september(19))] == [one]
    assert [one.id for one in find_holidays(school.db)] == [one, two]
