"""The one source of lessons: schedules, stored lessons and memberships put together (R22)."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import pytest
from builders import add_client, add_entry, add_group, add_schedule, hold, join, make_school, student_of, writing_school

from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons, read_calendar
from schoolcrm.core.rules.paying import PLANNED_ID

SEPTEMBER = {"first": date(2026, 9, 1), "last": date(2026, 9, 30)}


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), today=date(2026, 9, 30)) as school:
        yield school


def september(day: int) -> date:
    return date(2026, 9, day)


def student(school: Any, name: str) -> int:
    return student_of(school, add_client(school, f"Мама {name}", student=name))


def store(school: Any, **values: Any) -> int:
    """Store a lesson; by default a planned one at 18:00."""
    from schoolcrm.core.store.models import Lesson

    given = {"time": "18:00", "minutes": 60, "state": "planned", "lesson_type_id": 1, **values}
    return int(school.add(Lesson, **given).id)


def days(lessons: list[PlannedLesson]) -> list[int]:
    return [lesson.on.day for lesson in lessons]


def test_r22_lessons_are_computed_from_the_schedule(school: Any) -> None:
    subject, teacher, room = (add_entry(school, kind, "X") for kind in ("subjects", "teachers", "rooms"))
    group = add_group(school, "A", subject_id=subject, teacher_id=teacher, room_id=room)
    petya, masha = student(school, "Петя"), student(school, "Маша")
    join(school, group, petya, september(1))
    join(school, group, masha, september(10), september(20))
    line = add_schedule(school, group_id=group, days="mon,thu", minutes=45, first_on=september(1))
    found = planned_lessons(school.db, **SEPTEMBER)
    assert days(found) == [3, 7, 10, 14, 17, 21, 24, 28]
    assert found[0] == PlannedLesson(
        on=september(3),
        time="18:00",
        minutes=45,
        group_id=group,
        student_id=None,
        subject_id=subject,
        teacher_id=teacher,
        room_id=room,
        lesson_type_id=1,
        lesson_id=None,
        schedule_id=line,
        occurrence_on=september(3),
        state="planned",
        student_ids=(petya,),
    )
    assert [lesson.student_ids for lesson in found[2:5]] == [(masha, petya)] * 3
    assert days(planned_lessons(school.db, **SEPTEMBER, student_ids=[masha])) == [10, 14, 17]


def test_r22_a_single_students_schedule(school: Any) -> None:
    petya, masha = student(school, "Петя"), student(school, "Маша")
    add_schedule(school, student_id=petya, days="пн", first_on=september(1), last_on=september(20), every_weeks=2)
    found = planned_lessons(school.db, **SEPTEMBER, student_ids=[petya])
    assert days(found) == [14]
    assert (found[0].student_id, found[0].student_ids, found[0].lesson_type_id) == (petya, (petya,), 2)
    assert planned_lessons(school.db, **SEPTEMBER, student_ids=[masha]) == []


def test_r22_a_stored_lesson_takes_the_place_of_the_computed_one(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school, "Петя")
    join(school, group, petya, september(1))
    line = add_schedule(school, group_id=group, days="mon", first_on=september(1))
    held = hold(school, group, september(7), present=[petya])
    store(
        school, group_id=group, on_date=september(14), state="cancelled", schedule_id=line, occurrence_on=september(14)
    )
    moved = store(school, group_id=group, on_date=september(23), schedule_id=line, occurrence_on=september(21))
    for scope in ({}, {"group_id": group}, {"student_ids": [petya]}, {"client_id": 1}):
        found = planned_lessons(school.db, **SEPTEMBER, **scope)
        assert [(lesson.on.day, lesson.state, lesson.lesson_id) for lesson in found] == [
            (7, "held", held), (14, "cancelled", found[1].lesson_id), (23, "planned", moved), (28, "planned", None),
        ]  # fmt: skip
        assert found[2].occurrence_on == september(21)


def test_a_lesson_moved_out_of_the_period_is_in_neither_place_of_it(school: Any) -> None:
    group = add_group(school, "A")
    line = add_schedule(school, group_id=group, days="mon", first_on=september(1))
    store(school, group_id=group, on_date=date(2026, 10, 1), schedule_id=line, occurrence_on=september(28))
    assert days(planned_lessons(school.db, **SEPTEMBER)) == [7, 14, 21]
    october = planned_lessons(school.db, first=date(2026, 10, 1), last=date(2026, 10, 5))
    assert days(october) == [1, 5]


def test_a_lesson_stored_at_the_same_time_without_its_line_counts_once(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school, "Петя")
    store(school, group_id=group, on_date=september(7), state="held")
    store(school, student_id=petya, on_date=september(8))
    join(school, group, petya, september(1))
    add_schedule(school, group_id=group, days="mon", first_on=september(1), last_on=september(20))
    add_schedule(school, student_id=petya, days="tue", first_on=september(1), last_on=september(12))
    assert [(lesson.on.day, lesson.schedule_id is None) for lesson in planned_lessons(school.db, **SEPTEMBER)] == [
        (1, False), (7, True), (8, True), (14, False),
    ]  # fmt: skip
    assert days(planned_lessons(school.db, **SEPTEMBER, student_ids=[petya])) == [1, 8, 14]


def test_a_held_lesson_belongs_to_those_with_a_mark(school: Any) -> None:
    group = add_group(school, "A")
    member, guest, later = (student(school, name) for name in ("Петя", "Гость", "Позже"))
    join(school, group, member, september(1))
    add_schedule(school, group_id=group, days="mon", first_on=september(1), last_on=september(7))
    hold(school, group, september(7), present=[member, guest])
    join(school, group, later, september(1))
    assert sorted(planned_lessons(school.db, **SEPTEMBER)[0].student_ids) == [member, guest]
    assert days(planned_lessons(school.db, **SEPTEMBER, student_ids=[guest])) == [7]
    assert planned_lessons(school.db, **SEPTEMBER, student_ids=[later]) == []


def test_r7_the_archived_and_the_deleted_have_no_lessons_to_come(school: Any) -> None:
    group, petya, masha = add_group(school, "A"), student(school, "Петя"), student(school, "Маша")
    deleted = student_of(school, add_client(school, "Олег"))
    for member in (petya, masha, deleted):
        join(school, group, member, september(1))
        add_schedule(school, student_id=member, days="fri", first_on=september(1), last_on=september(5))
    add_schedule(school, group_id=group, days="mon", first_on=september(1))
    assert len(planned_lessons(school.db, **SEPTEMBER, student_ids=[petya, deleted])) == 6
    school.db.execute("UPDATE student SET archived_on = '2026-09-01' WHERE id = ?", (petya,))
    school.db.execute(
        "UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'deleted')"
        " WHERE id = (SELECT client_id FROM student WHERE id = ?)",
        (deleted,),
    )
    assert planned_lessons(school.db, **SEPTEMBER, student_ids=[petya, deleted]) == []
    found = planned_lessons(school.db, **SEPTEMBER)
    assert days(found) == [4, 7, 14, 21, 28]
    assert {lesson.student_ids for lesson in found} == {(masha,)}


def test_an_archived_group_has_lessons_up_to_that_day(school: Any) -> None:
    group = add_group(school, "A")
    add_schedule(school, group_id=group, days="mon", first_on=september(1))
    school.db.execute("UPDATE study_group SET archived_on = '2026-09-14'")
    assert days(planned_lessons(school.db, **SEPTEMBER)) == [7]


def test_filters_by_teacher_and_room(school: Any) -> None:
    one, two = add_entry(school, "teachers", "Один"), add_entry(school, "teachers", "Двойкин")
    room = add_entry(school, "rooms", "101")
    group = add_group(school, "A", teacher_id=one, room_id=room)
    line = add_schedule(school, group_id=group, days="mon", first_on=september(1))
    # On the 14th the other teacher stands in.
    store(
        school, group_id=group, on_date=september(14), teacher_id=two, room_id=room, schedule_id=line,
        occurrence_on=september(14),
    )  # fmt: skip
    store(school, group_id=group, on_date=september(22), teacher_id=two)
    assert days(planned_lessons(school.db, **SEPTEMBER, teacher_id=one)) == [7, 21, 28]
    assert days(planned_lessons(school.db, **SEPTEMBER, teacher_id=two)) == [14, 22]
    assert days(planned_lessons(school.db, **SEPTEMBER, room_id=room)) == [7, 14, 21, 28]


def test_lessons_of_one_day_come_by_time_stored_ones_first(school: Any) -> None:
    petya = student(school, "Петя")
    group = add_group(school, "A")
    late = add_schedule(school, student_id=petya, days="mon", time="19:00", first_on=september(7), last_on=september(7))
    early = add_schedule(
        school, student_id=petya, days="mon", time="09:00", first_on=september(7), last_on=september(7)
    )
    stored = store(school, group_id=group, on_date=september(7), time="19:00")
    found = planned_lessons(school.db, **SEPTEMBER)
    assert [(lesson.schedule_id, lesson.lesson_id) for lesson in found] == [(early, None), (None, stored), (late, None)]
    assert [lesson.occasion.id for lesson in found] == [PLANNED_ID + early, stored, PLANNED_ID + late]


# Without end --------------------------------------------------------------------------------------------


def test_coming_lessons_of_an_open_schedule_never_end(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school, "Петя")
    join(school, group, petya, september(1))
    add_schedule(school, group_id=group, days="mon", first_on=september(1), every_weeks=52)
    coming = read_calendar(school.db, first=september(8), student_ids=[petya]).coming(september(8))
    assert [lesson.on for lesson in islice(coming, 2)] == [date(2027, 8, 30), date(2028, 8, 28)]


def test_coming_lessons_end_with_the_schedule_or_the_membership(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school, "Петя")
    join(school, group, petya, september(1), date(2027, 3, 1))
    add_schedule(school, group_id=group, days="mon", first_on=september(1))
    add_schedule(school, student_id=petya, days="tue", first_on=september(1), last_on=september(8))
    calendar = read_calendar(school.db, first=september(1), student_ids=[petya])
    coming = list(calendar.coming(september(1)))
    assert coming == calendar.lessons(september(1), date(2030, 1, 1))
    assert len(coming) == 28
    assert coming[-1].on == date(2027, 3, 1)


def test_nobody_without_schedule_has_lessons_to_come(school: Any) -> None:
    petya = student(school, "Петя")
    assert list(read_calendar(school.db, first=september(1), student_ids=[petya]).coming(september(1))) == []
    assert list(read_calendar(school.db, first=september(1), student_ids=[]).coming(september(1))) == []


@pytest.mark.parametrize("scope", [{}, {"group_id": 1}, {"student_ids": [1]}, {"client_id": 1}])
def test_holidays_and_freezes_are_read_once_each(school: Any, scope: dict[str, Any]) -> None:
    from schoolcrm.core.learning.freezes import Freeze
    from schoolcrm.core.learning.freezing import freeze_student
    from schoolcrm.core.learning.holidays import add_holiday

    group, petya = add_group(school, "A"), student(school, "Петя")
    join(school, group, petya, september(1))
    for number, days_of_week in enumerate(("mon", "tue", "wed"), start=1):
        add_schedule(school, group_id=group, days=days_of_week, first_on=september(1))
        add_holiday(school, september(number))
        freeze_student(school, Freeze(petya, september(10 + number), september(10 + number)))
    statements: list[str] = []
    school.db.set_trace_callback(statements.append)
    calendar = read_calendar(school.db, first=september(1), **scope)
    assert [lesson.on for lesson in islice(calendar.coming(september(1)), 2)] == [september(7), september(8)]
    school.db.set_trace_callback(None)
    assert [sum(table in text for text in statements) for table in ("FROM holiday", "FROM freeze")] == [1, 1]
