"""Groups and memberships (R21)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_group,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.learning.groups import Left, leave, members_on
from schoolcrm.core.learning.groups import join as join_group
from schoolcrm.core.learning.references import find_group


@pytest.fixture
def school(tmp_path: Any) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


def september(day: int) -> date:
    return date(2026, 9, day)


def student(school: Any, name: str = "Петя Иванов") -> int:
    return student_of(school, add_client(school, "Анна Иванова", student=name))


def stays(school: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in school.db.execute("SELECT first_on, last_on FROM membership ORDER BY first_on")]


def test_a_group_is_named_by_id_name_or_part(school: Any) -> None:
    number = add_group(school, "Робо 1", "Роботы", size_limit=8)
    assert find_group(school.db, "робо 1") == find_group(school.db, "Роб") == find_group(school.db, "1") == number
    with pytest.raises(NotFound, match='"Рабо 1"') as refusal:
        find_group(school.db, "Рабо 1")
    assert "Робо 1" in refusal.value.hint


def test_two_groups_have_no_name_in_common(school: Any) -> None:
    add_group(school, "Ёлка")
    with pytest.raises(Refused, match='"Ёлка"'):
        add_group(school, " елка ")


@pytest.mark.parametrize(("name", "limit"), [("", None), ("  ", None), ("A", 0), ("A", -1)])
def test_what_is_no_group(school: Any, name: str, limit: int | None) -> None:
    with pytest.raises(BadValue):
        add_group(school, name, size_limit=limit)


# Joining ------------------------------------------------------------------------------------------------


def test_r21_both_days_of_a_membership_are_in_it(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school)
    join(school, group, petya, september(5), september(7))
    days = [day for day in range(1, 11) if members_on(school.db, group, september(day)) == [petya]]
    assert days == [5, 6, 7]


def test_r21_a_membership_of_one_day(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school)
    join(school, group, petya, september(5), september(5))
    assert members_on(school.db, group, september(5)) == [petya]
    with pytest.raises(BadValue, match="2026-09-04"):
        join(school, group, petya, september(5), september(4))


@pytest.mark.parametrize(("first", "last"), [(1, 10), (1, None), (10, 10), (12, 15), (20, 25), (20, None), (5, 30)])
def test_one_student_is_in_a_group_once_at_a_time(school: Any, first: int, last: int | None) -> None:
    group, petya = add_group(school, "A"), student(school)
    join(school, group, petya, september(10), september(20))
    with pytest.raises(Refused, match="from 2026-09-10 to 2026-09-20"):
        join(school, group, petya, september(first), september(last) if last else None)
    assert len(stays(school)) == 1


def test_memberships_beside_one_another_and_in_other_groups_are_fine(school: Any) -> None:
    group, other, petya = add_group(school, "A"), add_group(school, "B"), student(school)
    join(school, group, petya, september(10), september(20))
    join(school, group, petya, september(1), september(9))
    join(school, group, petya, september(21))
    join(school, other, petya, september(10))
    with pytest.raises(Refused, match="since 2026-09-21"):
        join(school, group, petya, september(25), september(26))


def test_r21_a_full_group_needs_over_limit(school: Any) -> None:
    group = add_group(school, "A", size_limit=1)
    first, second, third = (student(school, name) for name in ("Петя", "Маша", "Коля"))
    join(school, group, first, september(1), september(10))
    with pytest.raises(Refused, match='"A" is full: 1 of 1'):
        join(school, group, second, september(10), september(12))
    join(school, group, second, september(11), september(12))
    with pytest.raises(Refused, match="full"):  # on the 11th, though not on the first day
        join(school, group, third, date(2026, 8, 1))
    join_group(school, group, third, date(2026, 8, 1), over_limit=True)
    assert len(members_on(school.db, group, september(11))) == 2


def test_members_who_are_gone_take_no_place(school: Any) -> None:
    group = add_group(school, "A", size_limit=2)
    archived, deleted = student(school, "Петя"), student_of(school, add_client(school, "Олег", status="deleted"))
    join(school, group, archived, september(1))
    school.db.execute("UPDATE student SET archived_on = ? WHERE id = ?", (TODAY.isoformat(), archived))
    for gone in (archived, deleted):
        with pytest.raises(Refused, match="takes part in nothing"):
            join(school, group, gone, september(1))
    assert members_on(school.db, group, september(1)) == []
    join(school, group, student(school, "Маша"), september(1))
    join(school, group, student(school, "Коля"), september(1))


def test_nobody_joins_an_archived_group(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school)
    school.db.execute("UPDATE study_group SET archived_on = ?", (TODAY.isoformat(),))
    with pytest.raises(Refused, match='"A" is in the archive'):
        join(school, group, petya, september(1))


# Leaving ------------------------------------------------------------------------------------------------


def test_r21_the_day_of_leaving_is_the_last_in_the_group(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school)
    join(school, group, petya, september(1))
    assert leave(school, group, petya, september(10)) == Left(september(10))
    assert stays(school) == [("2026-09-01", "2026-09-10")]
    assert leave(school, group, petya, september(5)) == Left(september(5))
    assert stays(school) == [("2026-09-01", "2026-09-05")]


def test_leaving_before_the_first_day_removes_the_membership(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school)
    join(school, group, petya, september(10))
    assert leave(school, group, petya, september(9)) == Left(None)
    assert stays(school) == []


def test_leaving_leaves_nothing_for_later(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school)
    join(school, group, petya, september(1), september(10))
    join(school, group, petya, september(20))
    assert leave(school, group, petya, september(5)) == Left(september(5))
    assert stays(school) == [("2026-09-01", "2026-09-05")]


def test_only_a_member_can_leave(school: Any) -> None:
    group, petya = add_group(school, "A"), student(school)
    join(school, group, petya, september(1), september(10))
    with pytest.raises(Refused, match='"Петя Иванов" is not a member of "A" on 2026-09-11'):
        leave(school, group, petya, september(11))
    assert stays(school) == [("2026-09-01", "2026-09-10")]


def test_r21_lessons_held_keep_a_student_who_left(school: Any) -> None:
    group = add_group(school, "A")
    client = add_client(school, "Анна", student="Петя")
    petya, masha = student_of(school, client), add_student(school, client, "Маша")
    add_schedule(school, group_id=group, days="tue", first_on=TODAY)
    for member in (petya, masha):
        join(school, group, member, TODAY)
    hold(school, group, TODAY, present=[petya], absent={masha: "УП"})
    before = school.db.execute("SELECT * FROM mark").fetchall()
    assert leave(school, group, petya, TODAY) == Left(TODAY)
    assert school.db.execute("SELECT * FROM mark").fetchall() == before
