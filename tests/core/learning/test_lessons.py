"""Holding lessons: which lesson is meant, who is expected, what is stored (R21–R23)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import Refused
from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.lesson_lookup import (
    DEFAULT_MINUTES,
    UNKNOWN_TIME,
    lesson_of_group,
    lesson_of_student,
    stored_lesson,
)
from schoolcrm.core.learning.lessons import expected_students
from schoolcrm.core.learning.lessons import hold as hold_lesson
from schoolcrm.core.learning.timetable import planned_lessons

TUESDAY = date(2026, 9, 1)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The group 1 on Tuesdays at 18:00 with the students 1 (Петя) and 2 (Маша)."""
    with writing_school(make_school(tmp_path), TUESDAY + 8 * WEEK) as school:
        group = add_group(school, "Робо", "Роботы")
        client = add_client(school, "Анна", student="Петя")
        for student in (student_of(school, client), add_student(school, client, "Маша")):
            join(school, group, student, TUESDAY)
        add_schedule(school, group_id=group, days="tue", minutes=90, first_on=TUESDAY)
        yield school


def states(school: Any, first: date = TUESDAY, last: date = TUESDAY + 8 * WEEK) -> list[tuple[date, str, str]]:
    lessons = planned_lessons(school.db, group_id=1, first=first, last=last)
    return [(lesson.on, lesson.time, lesson.state) for lesson in lessons]


def marked(school: Any, lesson_id: int) -> dict[int, int]:
    return dict(school.db.execute("SELECT student_id, attended FROM mark WHERE lesson_id = ?", (lesson_id,)))


def cancel(school: Any, on: date) -> None:
    school.db.execute(
        "INSERT INTO lesson (group_id, on_date, time, minutes, state, lesson_type_id, schedule_id, occurrence_on)"
        " VALUES (1, ?, '18:00', 90, 'cancelled', 1, 1, ?)",
        (on.isoformat(), on.isoformat()),
    )


# Which lesson


def test_r22_a_held_lesson_takes_the_place_of_the_computed_one(school: Any) -> None:
    number = hold(school, 1, TUESDAY, present=[1, 2])
    assert states(school, last=TUESDAY + WEEK) == [
        (TUESDAY, "18:00", "held"),
        (TUESDAY + WEEK, "18:00", "planned"),
    ]
    row = school.db.execute("SELECT minutes, subject_id, schedule_id, occurrence_on FROM lesson").fetchone()
    assert row == (90, 1, 1, "2026-09-01")
    assert hold(school, 1, TUESDAY, present=[1]) == number


def test_a_lesson_outside_the_schedule_is_like_those_of_the_group(school: Any) -> None:
    choice = lesson_of_group(school.db, 1, TUESDAY + DAY)
    assert (choice.extra, choice.lesson.time, choice.lesson.minutes, choice.lesson.subject_id) == (True, "18:00", 90, 1)
    assert lesson_of_group(school.db, 1, TUESDAY + DAY, "09:15").lesson.time == "09:15"
    number = hold(school, 1, TUESDAY + DAY, present=[1, 2])
    assert school.db.execute("SELECT schedule_id FROM lesson WHERE id = ?", (number,)).fetchone() == (None,)
    assert not lesson_of_group(school.db, 1, TUESDAY + DAY).extra


def test_r23_a_group_without_a_schedule_can_be_held(school: Any) -> None:
    teacher, room = add_entry(school, "teachers", "Ольга"), add_entry(school, "rooms", "5")
    group = add_group(school, "Шахматы", "Шахматы", teacher_id=teacher, room_id=room)
    lesson = lesson_of_group(school.db, group, TUESDAY).lesson
    facts = (lesson.time, lesson.minutes, lesson.subject_id, lesson.teacher_id, lesson.room_id)
    assert facts == (UNKNOWN_TIME, DEFAULT_MINUTES, 2, teacher, room)
    hold(school, group, TUESDAY, present=[1], time="10:00")
    later = lesson_of_group(school.db, group, TUESDAY + WEEK).lesson
    assert (later.time, later.teacher_id) == ("10:00", teacher)


def test_of_several_lessons_of_a_day_the_time_tells_which(school: Any) -> None:
    add_schedule(school, group_id=1, days="tue", time="10:00", first_on=TUESDAY)
    with pytest.raises(Refused) as caught:
        lesson_of_group(school.db, 1, TUESDAY)
    assert "10:00, 18:00" in caught.value.hint
    assert lesson_of_group(school.db, 1, TUESDAY, "10:00").lesson.schedule_id == 2
    hold(school, 1, TUESDAY, present=[1, 2], time="10:00")
    assert states(school, last=TUESDAY) == [(TUESDAY, "10:00", "held"), (TUESDAY, "18:00", "planned")]


def test_another_time_on_a_day_with_a_lesson_is_an_extra_one(school: Any) -> None:
    hold(school, 1, TUESDAY, present=[1, 2], time="12:00")
    assert states(school, last=TUESDAY) == [(TUESDAY, "12:00", "held"), (TUESDAY, "18:00", "planned")]


def test_a_cancelled_lesson_is_not_held(school: Any) -> None:
    cancel(school, TUESDAY)
    assert lesson_of_group(school.db, 1, TUESDAY).extra
    with pytest.raises(Refused, match="cancelled"):
        stored_lesson(school.db, 1)
    assert stored_lesson(school.db, 99) is None


def test_a_lesson_is_named_by_its_number(school: Any) -> None:
    number = hold(school, 1, TUESDAY, present=[1, 2])
    lesson = stored_lesson(school.db, number)
    assert lesson is not None
    assert (lesson.on, lesson.time, lesson.group_id, lesson.state) == (TUESDAY, "18:00", 1, "held")


def test_a_students_own_lesson_is_not_the_groups(school: Any) -> None:
    assert lesson_of_student(school.db, 1, TUESDAY) is None
    add_schedule(school, student_id=1, days="tue", time="15:00", first_on=TUESDAY)
    lesson = lesson_of_student(school.db, 1, TUESDAY)
    assert lesson is not None
    assert [one.student_id for one in expected_students(school.db, lesson)] == [1]
    number = hold_lesson(school, lesson, [Attendance(1, attended=True)]).id
    assert marked(school, number) == {1: 1}
    held = lesson_of_student(school.db, 1, TUESDAY)
    assert held is not None
    assert held.lesson_id == number


# Who is expected


def test_r21_members_of_the_day_are_expected_first_and_last_day_included(school: Any) -> None:
    (client,) = school.db.execute("SELECT id FROM client").fetchone()
    oleg = add_student(school, client, "Олег")
    join(school, 1, oleg, TUESDAY + WEEK, TUESDAY + 2 * WEEK)

    def names(on: date) -> list[str]:
        return [one.name for one in expected_students(school.db, lesson_of_group(school.db, 1, on).lesson)]

    assert [len(names(TUESDAY + number * WEEK)) for number in range(4)] == [2, 3, 3, 2]
    assert names(TUESDAY + WEEK) == ["Маша", "Олег", "Петя"]


def test_archived_and_deleted_ones_are_not_expected(school: Any) -> None:
    other = add_client(school, "Борис", student="Яна")
    join(school, 1, student_of(school, other), TUESDAY)
    lesson = lesson_of_group(school.db, 1, TUESDAY).lesson
    assert len(expected_students(school.db, lesson)) == 3
    school.db.execute("UPDATE student SET archived_on = '2026-09-01' WHERE id = 2")
    school.db.execute("UPDATE client SET archived_on = '2026-09-01' WHERE id = ?", (other,))
    assert [one.student_id for one in expected_students(school.db, lesson)] == [1]
    school.db.execute("UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'deleted')")
    assert expected_students(school.db, lesson) == []


# Holding


def test_r23_every_member_must_be_named(school: Any) -> None:
    with pytest.raises(Refused, match=r"Маша\.$"):
        hold(school, 1, TUESDAY, present=[1])
    assert school.db.execute("SELECT count(*) FROM lesson").fetchone() == (0,)
    assert marked(school, hold(school, 1, TUESDAY, present=[1], absent={2: "УП"})) == {1: 1, 2: 0}


def test_r23_of_a_held_lesson_only_those_named_are_marked_anew(school: Any) -> None:
    number = hold(school, 1, TUESDAY, present=[1], absent={2: None})
    hold(school, 1, TUESDAY, present=[2])
    assert marked(school, number) == {1: 1, 2: 1}
    (client,) = school.db.execute("SELECT id FROM client").fetchone()
    oleg = add_student(school, client, "Олег")
    join(school, 1, oleg, TUESDAY)
    with pytest.raises(Refused, match="Олег"):  # a member since, who has no mark there
        hold(school, 1, TUESDAY, present=[2])
    hold(school, 1, TUESDAY, absent={oleg: "НП"})
    assert marked(school, number) == {1: 1, 2: 1, oleg: 0}


def test_r23_a_guest_is_marked_too(school: Any) -> None:
    guest = student_of(school, add_client(school, "Гость"))
    assert marked(school, hold(school, 1, TUESDAY, present=[1, 2, guest])) == {1: 1, 2: 1, guest: 1}


def test_r23_a_lesson_after_today_needs_even_so(school: Any) -> None:
    later = TUESDAY + 9 * WEEK
    with pytest.raises(Refused, match=later.isoformat()):
        hold(school, 1, later, present=[1, 2])
    hold(school, 1, later, present=[1, 2], even_so=True)
    hold(school, 1, TUESDAY + 8 * WEEK, present=[1, 2])  # today


def test_the_topic_is_kept_until_another_is_given(school: Any) -> None:
    lesson = lesson_of_group(school.db, 1, TUESDAY).lesson
    both = [Attendance(1, attended=True), Attendance(2, attended=True)]
    for topic, kept in (("Моторы", "Моторы"), ("", "Моторы"), ("Датчики", "Датчики")):
        hold_lesson(school, lesson, both, topic=topic)
        assert school.db.execute("SELECT topic FROM lesson").fetchall() == [(kept,)]


def test_a_lesson_stored_meanwhile_is_that_lesson(school: Any) -> None:
    """Between looking up and writing somebody else may have held or cancelled it."""
    both = [Attendance(1, attended=True), Attendance(2, attended=True)]
    computed = lesson_of_group(school.db, 1, TUESDAY).lesson
    extra = lesson_of_group(school.db, 1, TUESDAY + DAY).lesson
    for lesson in (computed, extra):
        first = hold_lesson(school, lesson, both).id
        assert hold_lesson(school, lesson, both[:1]).id == first
    later = lesson_of_group(school.db, 1, TUESDAY + WEEK).lesson
    cancel(school, TUESDAY + WEEK)
    with pytest.raises(Refused, match="cancelled"):
        hold_lesson(school, later, both)


def test_r21_who_left_keeps_the_marks_of_lessons_held(school: Any) -> None:
    from schoolcrm.core.learning.groups import leave

    number = hold(school, 1, TUESDAY + WEEK, present=[1, 2])
    leave(school, 1, 2, TUESDAY)
    assert marked(school, number) == {1: 1, 2: 1}
    assert marked(school, hold(school, 1, TUESDAY + 2 * WEEK, present=[1])) == {1: 1}
