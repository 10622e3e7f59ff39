"""A room or a teacher wanted twice at once, a student in two places (R22)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_schedule,
    join,
    make_school,
    student_of,
    writing_school,
)

from schoolcrm.core.learning.calendar import PlannedLesson
from schoolcrm.core.learning.clashes import clashes_of_slot, find_clashes
from schoolcrm.reports.clashes import clash_sentences

UNTIL = date(2026, 9, 30)


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


def lesson(time: str, minutes: int = 60, state: str = "planned", day: int = 1, **needs: Any) -> PlannedLesson:
    given = {"group_id": 1, "student_id": None, "subject_id": None, "teacher_id": None, "room_id": 5, **needs}
    return PlannedLesson(
        on=date(2026, 9, day),
        time=time,
        minutes=minutes,
        lesson_type_id=1,
        lesson_id=None,
        schedule_id=1,
        occurrence_on=None,
        state=state,
        **given,
    )


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (lesson("18:00"), lesson("18:59"), True),
        (lesson("18:00"), lesson("19:00"), False),
        (lesson("18:00", 180), lesson("19:00"), True),
        (lesson("18:00"), lesson("18:00", day=2), False),
        (lesson("18:00"), lesson("18:30", room_id=6), False),
        (lesson("18:00", room_id=None), lesson("18:30", room_id=None), False),
        (lesson("18:00"), lesson("18:30", state="held"), True),
        (lesson("18:00"), lesson("18:30", state="cancelled"), False),
        (lesson("18:00", state="cancelled"), lesson("18:30"), False),
    ],
)
def test_r22_lessons_that_overlap_need_two_rooms(one: PlannedLesson, other: PlannedLesson, clash: bool) -> None:
    assert [(found.what, found.id) for found in find_clashes([one, other])] == ([("room", 5)] if clash else [])


def test_a_long_lesson_clashes_with_all_it_covers() -> None:
    day = [lesson("10:00", 300), lesson("10:30", 10), lesson("11:00", 10), lesson("15:00", 10)]
    assert [found.other.time for found in find_clashes(day)] == ["10:30", "11:00"]


def test_r22_a_new_line_clashes_in_room_teacher_and_student(school: Any) -> None:
    teacher, room = add_entry(school, "teachers", "Пётр"), add_entry(school, "rooms", "101")
    group = add_group(school, "Робо", teacher_id=teacher, room_id=room)
    petya = student_of(school, add_client(school, "Анна", student="Петя"))
    join(school, group, petya, date(2026, 9, 14))
    add_schedule(school, group_id=group, days="mon")
    own = add_schedule(
        school, student_id=petya, days="mon", time="18:30", teacher_id=teacher, room_id=room, first_on=TODAY
    )
    clashes = clashes_of_slot(school.db, own, TODAY, UNTIL)
    both = [("room", 7), ("teacher", 7)]
    all_three = [(what, day) for day in (14, 21, 28) for what in ("room", "teacher", "student")]
    assert [(clash.what, clash.one.on.day) for clash in clashes] == both + all_three
    assert clash_sentences(school.db, clashes) == [
        'The room "101" is used twice on 2026-09-07: "Робо" at 18:00 and "Петя" at 18:30.',
        '"Пётр" teaches twice at once on 2026-09-07: "Робо" at 18:00 and "Петя" at 18:30.',
        '"Петя" is in two places on 2026-09-14: "Робо" at 18:00 and "Петя" at 18:30.',
    ]


def test_lines_that_meet_nobody_clash_with_nothing(school: Any) -> None:
    group, other = add_group(school, "A"), add_group(school, "B")
    petya, masha = (student_of(school, add_client(school, name)) for name in ("Петя", "Маша"))
    join(school, group, petya, TODAY)
    join(school, other, masha, TODAY)
    add_schedule(school, group_id=group)
    line = add_schedule(school, group_id=other)
    assert clashes_of_slot(school.db, line, TODAY, UNTIL) == []
    join(school, other, petya, TODAY)
    assert {clash.id for clash in clashes_of_slot(school.db, line, TODAY, UNTIL)} == {petya}
