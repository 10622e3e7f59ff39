"""Groups changed after they were added, put in the archive and taken out of it (R21, R31)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    sell_plan,
    writing_school,
)

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.learning.group_changes import archive_group, edit_group, emptied, restore_group
from schoolcrm.core.learning.groups import join as join_group
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.money.ledger import balance

FIRST, TODAY = date(2026, 9, 1), date(2026, 9, 10)
ROBOTS, CHESS = 1, 2


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The group 1 «Робо», Mondays and Thursdays, with its own subject and the student 1."""
    with writing_school(make_school(tmp_path), TODAY) as school:
        add_entry(school, "subjects", "Роботы")
        add_entry(school, "subjects", "Шахматы")
        add_entry(school, "teachers", "Ольга")
        add_entry(school, "teachers", "Иван")
        add_client(school, "Анна", student="Петя")
        school.db.execute("UPDATE client SET trial_spent = 1")
        add_group(school, "Робо", subject_id=ROBOTS, teacher_id=1, size_limit=5)
        add_group(school, "Шахматы")
        join(school, 1, 1, FIRST)
        add_schedule(school, group_id=1, days="mon,thu", first_on=FIRST)
        yield school


def facts(school: Any) -> tuple[Any, ...]:
    columns = "name, name_key, subject_id, level_id, teacher_id, room_id, size_limit"
    return tuple(school.db.execute(f"SELECT {columns} FROM study_group WHERE id = 1").fetchone())


def test_what_is_named_changes_the_rest_stays(school: Any) -> None:
    assert edit_group(school, 1, {"name": "  РОБО  1 ", "size_limit": 7}) == 0
    assert facts(school) == ("РОБО 1", "робо 1", ROBOTS, None, 1, None, 7)
    edit_group(school, 1, {**emptied(["limit", "teacher"]), "name": "Робо 1"})
    assert facts(school) == ("Робо 1", "робо 1", ROBOTS, None, None, None, None)


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"name": "шахматы"}, Refused, "Шахматы"),
        ({"name": " "}, BadValue, "name"),
        ({"size_limit": 0}, BadValue, "0"),
    ],
)
def test_what_can_not_be_is_refused(school: Any, wanted: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        edit_group(school, 1, wanted)
    with pytest.raises(BadValue, match="name"):
        emptied(["name"])


def test_lines_with_the_groups_teacher_follow_those_with_their_own_do_not(school: Any) -> None:
    add_schedule(school, group_id=1, days="tue", first_on=FIRST, teacher_id=2)
    add_schedule(school, group_id=1, days="wed", first_on=FIRST, last_on=date(2026, 9, 9))
    held = hold(school, 1, date(2026, 9, 3), [1])
    assert edit_group(school, 1, {"teacher_id": 2}) == 1
    assert school.db.execute("SELECT teacher_id FROM schedule ORDER BY id").fetchall() == [(2,), (2,), (1,)]
    assert school.db.execute("SELECT teacher_id FROM lesson WHERE id = ?", (held,)).fetchone() == (1,)


def test_r31_another_subject_leaves_the_lessons_to_another_plan(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "month", 800_00, subject_ids=[ROBOTS]), FIRST)
    hold(school, 1, date(2026, 9, 3), [1])
    assert balance(school.db, 1) == -100_00
    edit_group(school, 1, {"subject_id": CHESS})
    assert balance(school.db, 1) == -800_00


def test_r31_a_group_in_the_archive_has_no_lessons_from_today_until_it_is_back(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "month", 800_00), FIRST)
    hold(school, 1, date(2026, 9, 3), [1])
    assert archive_group(school, 1) == [1]
    assert [one.on.day for one in planned_lessons(school.db, first=FIRST, last=date(2026, 9, 30))] == [3, 7]
    assert balance(school.db, 1) == -400_00
    with pytest.raises(Refused, match="Робо"):
        join_group(school, 1, 1, date(2027, 1, 1))
    restore_group(school, 1)
    assert balance(school.db, 1) == -100_00
    assert len(planned_lessons(school.db, first=FIRST, last=date(2026, 9, 30))) == 8


def test_a_single_lesson_of_an_archived_group_is_planned_no_more(school: Any) -> None:
    school.db.execute(
        "INSERT INTO lesson (group_id, on_date, time, minutes, state, lesson_type_id)"
        " VALUES (1, '2026-09-12', '09:00', 60, 'planned', 1)"
    )
    assert date(2026, 9, 12) in [one.on for one in planned_lessons(school.db, first=TODAY, last=date(2026, 9, 13))]
    archive_group(school, 1)
    assert planned_lessons(school.db, first=TODAY, last=date(2026, 9, 13)) == []


def test_nothing_is_done_twice(school: Any) -> None:
    with pytest.raises(Refused, match="not in the archive"):
        restore_group(school, 1)
    archive_group(school, 1)
    with pytest.raises(Refused, match="in the archive"):
        archive_group(school, 1)
