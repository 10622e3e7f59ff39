"""The lessons of some groups, students or clients are those of all where these are expected (R22)."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_group, add_student, make_school, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.learning.timetable import PlannedLesson, planned_lessons

SEPTEMBER = {"first": date(2026, 9, 1), "last": date(2026, 9, 30)}


# All ways of asking agree -------------------------------------------------------------------------------

_DAYS = st.integers(0, 40).map(lambda offset: date(2026, 8, 25) + timedelta(days=offset))
_SPANS = st.tuples(_DAYS, st.none() | st.integers(0, 30))
_STAYS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), _SPANS), max_size=8)
_LINES = st.lists(
    st.tuples(st.booleans(), st.integers(0, 1), st.sets(st.integers(1, 7), min_size=1, max_size=3),
              st.sampled_from(["09:00", "18:00"]), _SPANS, st.integers(1, 3)),
    max_size=6,
)  # fmt: skip
_STORED = st.lists(
    st.tuples(st.booleans(), st.integers(0, 1), _DAYS, st.sampled_from(["planned", "held", "cancelled"]),
              st.sets(st.integers(0, 3))),
    max_size=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def empty() -> Iterator[Any]:
    """A school with two clients of two students each and two groups, in one transaction for all examples."""
    with tempfile.TemporaryDirectory() as folder, writing_school(make_school(Path(folder))) as school:
        for name in ("Анна", "Олег"):
            client = add_client(school, name, student=f"{name} 1")
            add_student(school, client, f"{name} 2")
        add_group(school, "A")
        add_group(school, "B")
        yield school


@settings(max_examples=60, deadline=None)
@given(stays=_STAYS, lines=_LINES, stored=_STORED)
def test_lessons_of_some_are_those_of_all_where_they_are_expected(
    empty: Any, stays: Any, lines: Any, stored: Any
) -> None:
    db = empty.db
    db.execute("SAVEPOINT example")
    try:
        _fill(db, stays, lines, stored)
        everything = planned_lessons(db, **SEPTEMBER)
        assert everything == sorted(everything, key=lambda lesson: lesson.occasion.moment)
        for asked in ([1], [4], [1, 2], [1, 2, 3, 4]):
            assert planned_lessons(db, **SEPTEMBER, student_ids=asked) == _narrowed(everything, asked)
        assert planned_lessons(db, **SEPTEMBER, client_id=2) == _narrowed(everything, [3, 4])
        for group in (1, 2):
            of_group = [lesson for lesson in everything if lesson.group_id == group]
            assert planned_lessons(db, **SEPTEMBER, group_id=group) == of_group
            both = planned_lessons(db, **SEPTEMBER, group_id=group, student_ids=[1, 3])
            assert both == _narrowed(of_group, [1, 3])
    finally:
        db.execute("ROLLBACK TO example")
        db.execute("RELEASE example")


def _narrowed(lessons: list[PlannedLesson], asked: list[int]) -> list[PlannedLesson]:
    narrowed = [
        replace(lesson, student_ids=tuple(one for one in lesson.student_ids if one in asked)) for lesson in lessons
    ]
    return [lesson for lesson in narrowed if lesson.student_ids]


def _fill(db: Any, stays: Any, lines: Any, stored: Any) -> None:
    for group, student_id, (first, length) in stays:
        db.execute(
            "INSERT INTO membership (group_id, student_id, first_on, last_on) VALUES (?, ?, ?, ?)",
            (group + 1, student_id + 1, *_ends(first, length)),
        )
    for of_group, owner, weekdays, time, (first, length), every in lines:
        mask = sum(1 << (day - 1) for day in weekdays)
        db.execute(
            "INSERT INTO schedule (group_id, student_id, weekdays, time, minutes, every_weeks, lesson_type_id,"
            " first_on, last_on) VALUES (?, ?, ?, ?, 60, ?, 1, ?, ?)",
            (*_owner(of_group, owner), mask, time, every, *_ends(first, length)),
        )
    for number, (of_group, owner, day, state, marked) in enumerate(stored, start=1):
        if not of_group and state == "held":
            marked = {owner}
        db.execute(
            "INSERT OR IGNORE INTO lesson (id, group_id, student_id, on_date, time, minutes, state, lesson_type_id)"
            " VALUES (?, ?, ?, ?, '18:00', 60, ?, 1)",
            (number, *_owner(of_group, owner), day.isoformat(), state),
        )
        if state == "held":
            db.executemany(
                "INSERT INTO mark (student_id, on_date, lesson_id, attended, share, basis, price, charge)"
                " SELECT ?, on_date, id, 1, 100, 'none', 0, 0 FROM lesson WHERE id = ?",
                [(student_id + 1, number) for student_id in sorted(marked)],
            )


def _owner(of_group: bool, owner: int) -> tuple[int | None, int | None]:
    return (owner + 1, None) if of_group else (None, owner + 1)


def _ends(first: date, length: int | None) -> tuple[str, str | None]:
    return first.isoformat(), None if length is None else (first + timedelta(days=length)).isoformat()
