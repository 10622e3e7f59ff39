"""A student named beside a group or a lesson: its members are meant first, then anybody."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, refusal
from builders import add_client, add_group, join, make_school, student_of, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Three of one name: the first in the group, the second a member until August, the third never."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 1)) as school:
        students = [student_of(school, add_client(school, f"Мама {n}", student="Орлова Мария")) for n in (1, 2, 3)]
        group = add_group(school, "Робо 1")
        add_group(school, "Робо 2")
        join(school, group, students[0], date(2026, 9, 1))
        join(school, group, students[1], date(2026, 1, 1), date(2026, 8, 31))
    return path


def test_the_member_is_marked(db: Path) -> None:
    answer(db, "lessons", "plan", "Робо 1", "--on", "2026-09-01", "--at", "18:00")
    assert answer(db, "lessons", "mark", "Робо 1", "Орлова Мария", "present")["student_id"] == 1
    assert answer(db, "lessons", "mark", "Робо 1", "3", "present")["student_id"] == 3


def test_the_member_of_that_day_leaves(db: Path) -> None:
    assert answer(db, "groups", "leave", "Робо 1", "Мария", "--on", "2026-09-05")["student_id"] == 1
    assert "is not a member" in refusal(db, "groups", "leave", "Робо 1", "3", "--on", "2026-09-05")


def test_the_member_is_transferred(db: Path) -> None:
    assert answer(db, "groups", "transfer", "Мария", "Робо 1", "Робо 2", "--on", "2026-09-05")["student_id"] == 1


def test_two_members_of_one_name_are_asked_about(db: Path) -> None:
    answer(db, "groups", "join", "Робо 1", "3")
    assert "Several students" in refusal(db, "groups", "leave", "Робо 1", "Мария", "--on", "2026-09-05")
