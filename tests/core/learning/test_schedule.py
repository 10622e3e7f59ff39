"""Lines of the regular schedule (R22)."""

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

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.learning.schedule import Line, add_slot, find_slot, find_slots
from schoolcrm.core.rules.timetable import Slot


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


def test_r22_a_line_has_what_the_group_has_unless_said(school: Any) -> None:
    subject, other = add_entry(school, "subjects", "Роботы"), add_entry(school, "subjects", "Шахматы")
    teacher, room = add_entry(school, "teachers", "Пётр"), add_entry(school, "rooms", "101")
    group = add_group(school, "A", subject_id=subject, teacher_id=teacher, room_id=room)
    own = add_slot(school, Line({1, 4}, "18:00", TODAY, group_id=group))
    said = add_slot(
        school,
        Line({7}, "09:30", TODAY, 90, date(2026, 9, 30), 2, group_id=group, subject_id=other, lesson_type_id=4),
    )
    assert find_slot(school.db, own) == Slot(
        own, frozenset({1, 4}), "18:00", 60, TODAY, None, 1, group, None, subject, teacher, room, 1
    )
    assert find_slot(school.db, said) == Slot(
        said, frozenset({7}), "09:30", 90, TODAY, date(2026, 9, 30), 2, group, None, other, teacher, room, 4
    )


def test_a_students_line_is_of_individual_lessons(school: Any) -> None:
    petya = student_of(school, add_client(school))
    line = find_slot(school.db, add_schedule(school, student_id=petya))
    (individual,) = school.db.execute("SELECT id FROM lesson_type WHERE code = 'individual'").fetchone()
    assert (line.student_id, line.group_id, line.lesson_type_id) == (petya, None, individual)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": ()},
        {"minutes": 0},
        {"minutes": 1441},
        {"every_weeks": 0},
        {"every_weeks": 53},
        {"last_on": date(2026, 8, 31)},
        {"weekdays": {1}, "last_on": date(2026, 9, 6)},  # no Monday in it
        {"group_id": None},
        {"student_id": 1},
    ],
)
def test_what_is_no_line_of_a_schedule(school: Any, wrong: dict[str, Any]) -> None:
    given = {"weekdays": {2}, "time": "18:00", "first_on": TODAY, "group_id": add_group(school, "A"), **wrong}
    with pytest.raises(BadValue):
        add_slot(school, Line(**given))
    assert find_slots(school.db) == []


def test_nothing_is_planned_for_the_archived(school: Any) -> None:
    group, petya = add_group(school, "A"), student_of(school, add_client(school))
    school.db.execute("UPDATE study_group SET archived_on = '2026-09-01'")
    school.db.execute("UPDATE student SET archived_on = '2026-09-01'")
    for owner in ({"group_id": group}, {"student_id": petya}):
        with pytest.raises(Refused, match="archive"):
            add_schedule(school, **owner)


def test_one_group_has_one_lesson_at_a_time(school: Any) -> None:
    group, other = add_group(school, "A"), add_group(school, "B")
    add_schedule(school, group_id=group, days="mon,thu", every_weeks=2)
    with pytest.raises(Refused, match="2026-09-03 at 18:00"):
        add_schedule(school, group_id=group, days="tue-thu")
    add_schedule(school, group_id=group, days="mon", first_on=date(2026, 9, 7), every_weeks=2)  # the weeks between
    add_schedule(school, group_id=group, days="mon,thu", time="19:00")
    add_schedule(school, group_id=other, days="mon,thu")
    assert len(find_slots(school.db)) == 4


def test_lines_are_found_by_whose_they_are_and_when(school: Any) -> None:
    group, other = add_group(school, "A"), add_group(school, "B")
    teacher, room = add_entry(school, "teachers", "Пётр"), add_entry(school, "rooms", "101")
    petya = student_of(school, add_client(school))
    join(school, group, petya, date(2026, 9, 1), date(2026, 9, 10))
    thu = add_schedule(school, group_id=group, days="thu", last_on=date(2026, 9, 30))
    mon = add_schedule(school, group_id=other, days="mon", teacher_id=teacher)
    fri = add_schedule(school, student_id=petya, days="fri", first_on=date(2026, 10, 1), room_id=room)

    def found(**asked: Any) -> list[int]:
        return [slot.id for slot in find_slots(school.db, **asked)]

    assert found() == [mon, thu, fri]
    assert found(group_id=group) == [thu]
    assert found(teacher_id=teacher) == [mon]
    assert found(room_id=room) == [fri]
    assert found(student_ids=[petya]) == [thu, fri]
    assert found(student_ids=[petya], first=date(2026, 9, 11)) == [fri]
    assert found(first=date(2026, 9, 2), last=date(2026, 9, 30)) == [mon, thu]
    assert found(first=date(2026, 10, 1)) == [mon, fri]
    school.db.execute("UPDATE study_group SET archived_on = '2026-09-01' WHERE id = ?", (other,))
    assert found() == [thu, fri]


def test_a_line_that_is_not_there(school: Any) -> None:
    with pytest.raises(NotFound, match="17"):
        find_slot(school.db, 17)
