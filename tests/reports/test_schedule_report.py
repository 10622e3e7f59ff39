"""The report of the schedule (§5, R22): the lessons of `schedule list`, columns left out on demand."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_schedule,
    join,
    make_school,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.schedule import Scope
from schoolcrm.reports.schedule_report import hidden_columns, schedule_report

TODAY = date(2026, 9, 1)
WEEK = Period(TODAY, date(2026, 9, 7))
KEYS = "weekday date time minutes location room teacher subject group student"


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The group learns on Tuesdays and Fridays; Яна alone on Wednesdays."""
    with writing_school(make_school(tmp_path), TODAY) as here:
        room = add_entry(here, "rooms", "101", location_id=add_entry(here, "locations", "Центр"))
        teacher = add_entry(here, "teachers", "Ольга")
        group = add_group(here, "Робо 1", "Роботы", teacher_id=teacher, room_id=room)
        join(here, group, student_of(here, add_client(here, "Анна", student="Петя")), TODAY)
        yana = student_of(here, add_client(here, "Борис", student="Яна"))
        add_schedule(
            here, group_id=group, days="tue,fri", first_on=TODAY, subject_id=1, teacher_id=teacher, room_id=room
        )
        add_schedule(here, student_id=yana, days="wed", time="10:00", minutes=45, first_on=TODAY)
        yield here


def rows(school: Any, period: Period = WEEK, **scope: int) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in schedule_report(school.db, period, TODAY, Scope(**scope)).rows]


def test_the_whole_school_by_date_and_time(school: Any) -> None:
    table = schedule_report(school.db, WEEK, TODAY, Scope())
    assert [column.key for column in table.columns] == KEYS.split()
    assert [tuple(row) for row in table.rows] == [
        (2, TODAY, "18:00", 60, "Центр", "101", "Ольга", "Роботы", "Робо 1", None),
        (3, date(2026, 9, 2), "10:00", 45, None, None, None, None, None, "Яна"),
        (5, date(2026, 9, 4), "18:00", 60, "Центр", "101", "Ольга", "Роботы", "Робо 1", None),
    ]


def test_a_client_student_group_teacher_or_room_narrows(school: Any) -> None:
    assert [row[8:] for row in rows(school, client_id=1)] == [("Робо 1", "Петя")] * 2
    assert [row[8:] for row in rows(school, student_id=2)] == [(None, "Яна")]
    for scope in ("group_id", "teacher_id", "room_id"):
        assert [row[1].day for row in rows(school, **{scope: 1})] == [1, 4]


def test_cancelled_lessons_are_left_out(school: Any) -> None:
    school.db.execute(
        "INSERT INTO lesson (group_id, on_date, time, minutes, state, lesson_type_id, schedule_id, occurrence_on)"
        " VALUES (1, '2026-09-01', '18:00', 60, 'cancelled', 1, 1, '2026-09-01')"
    )
    assert [row[1].day for row in rows(school)] == [2, 4]


def test_columns_are_left_out_on_demand(school: Any) -> None:
    table = schedule_report(school.db, WEEK, TODAY, Scope(), hidden_columns("room, Teacher,subject"))
    keys = ["weekday", "date", "time", "minutes", "location", "group", "student"]
    assert [column.key for column in table.columns] == keys
    assert len(next(iter(table.rows))) == 7
    assert hidden_columns("") == []
    with pytest.raises(BadValue, match="time"):
        hidden_columns("room,time")


def test_an_open_period_gets_both_ends(school: Any) -> None:
    table = schedule_report(school.db, Period(TODAY, None), TODAY, Scope(student_id=2))
    told = {fact.key: fact.value for fact in table.parameters}
    assert told["period"] == Period(TODAY, date(2027, 9, 1))
    assert told["student"] == "Яна"
