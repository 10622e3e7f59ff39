"""The trial decided by the marks of lessons: booked, recorded by hand, by lesson type, given back (R12)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_student,
    hold,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.learning.attendance import Attendance, mark_students
from schoolcrm.core.money.charges import price_unpaid
from schoolcrm.core.statuses.trial_marks import lesson_withdrawn
from schoolcrm.core.statuses.trials import book, open_booking, record_attended, trial_used

DAY = date(2026, 9, 7)
WEEK = timedelta(weeks=1)
CLIENT, PETYA, MASHA, GROUP, OTHER_GROUP = 1, 1, 2, 1, 2


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """A client who bought nothing, with two children who are in no group, and two groups."""
    with writing_school(make_school(tmp_path), DAY + 8 * WEEK) as school:
        assert add_client(school, "Анна", student="Петя") == CLIENT
        assert (student_of(school, CLIENT), add_student(school, CLIENT, "Маша")) == (PETYA, MASHA)
        assert (add_group(school, "Робо", "Роботы"), add_group(school, "Шахматы")) == (GROUP, OTHER_GROUP)
        yield school


def base(school: Any) -> str:
    (code,) = school.db.execute("SELECT base FROM client JOIN status ON status.id = client.status_id").fetchone()
    return str(code)


def states(school: Any) -> list[str]:
    return [state for (state,) in school.db.execute("SELECT state FROM trial ORDER BY id")]


def came(school: Any, student: int = PETYA, on: date = DAY, group: int = GROUP) -> tuple[str, int]:
    return mark_of(school, hold(school, group, on, present=[student]), student)


def missed(school: Any, student: int = PETYA, on: date = DAY, group: int = GROUP) -> tuple[str, int]:
    return mark_of(school, hold(school, group, on, absent={student: None}), student)


def mark_of(school: Any, lesson: int, student: int) -> tuple[str, int]:
    query = "SELECT basis, charge FROM mark WHERE lesson_id = ? AND student_id = ?"
    basis, charge = school.db.execute(query, (lesson, student)).fetchone()
    return basis, charge


@pytest.mark.parametrize("student", [PETYA, MASHA])
@pytest.mark.parametrize("group", [None, GROUP])
def test_r12a_the_guest_of_the_booked_day_has_the_trial(school: Any, student: int, group: int | None) -> None:
    book(school, CLIENT, DAY, group_id=group)
    assert came(school, student) == ("trial", 0)
    assert (base(school), states(school), trial_used(school.db, CLIENT)) == ("trial-done", ["attended"], True)
    assert came(school, student, DAY + WEEK) == ("none", 0)


@pytest.mark.parametrize(
    "booked", [{"on": DAY + WEEK}, {"on": DAY, "group_id": OTHER_GROUP}, {"on": DAY, "student_id": MASHA}]
)
def test_r12a_another_day_group_or_child_is_not_what_was_booked(school: Any, booked: dict[str, Any]) -> None:
    book(school, CLIENT, **booked)
    assert came(school) == ("none", 0)
    assert missed(school, on=DAY - WEEK) == ("none", 0)
    assert (base(school), states(school)) == ("trial-booked", ["booked"])


def test_r12a_it_is_free_for_members_and_for_those_who_have_bought(school: Any) -> None:
    join(school, GROUP, PETYA, DAY)
    book(school, CLIENT, DAY)
    sell_plan(school, PETYA, add_plan(school, "lesson", 700_00), DAY)
    assert came(school) == ("trial", 0)
    assert base(school) == "bought"


def test_r12_a_trial_subscription_pays_and_the_booking_is_attended_all_the_same(school: Any) -> None:
    book(school, CLIENT, DAY)
    sell_plan(school, PETYA, add_plan(school, "lesson", 300_00), DAY, trial=True)
    assert came(school) == ("paid", 300_00)
    assert (base(school), states(school)) == ("trial-done", ["attended"])
    assert missed(school) == ("none", 0)
    assert (base(school), states(school)) == ("new", ["missed"])


def test_r12_missed_costs_a_guest_nothing_and_uses_nothing_up(school: Any) -> None:
    book(school, CLIENT, DAY)
    assert missed(school) == ("none", 0)
    assert (base(school), states(school), trial_used(school.db, CLIENT)) == ("new", ["missed"], False)
    sell_plan(school, PETYA, add_plan(school, "lesson", 700_00), DAY)
    assert (price_unpaid(school, PETYA, DAY), missed(school)) == (1, ("none", 0))


def test_r12_missed_by_a_member_costs_as_ever(school: Any) -> None:
    join(school, GROUP, PETYA, DAY)
    sell_plan(school, PETYA, add_plan(school, "lesson", 700_00), DAY)
    book(school, CLIENT, DAY)
    assert missed(school) == ("paid", 700_00)
    assert states(school) == ["missed"]


def test_r12_r7_marked_anew_to_and_fro(school: Any) -> None:
    book(school, CLIENT, DAY)
    for _time in range(3):
        assert came(school) == ("trial", 0)
        assert (base(school), states(school), trial_used(school.db, CLIENT)) == ("trial-done", ["attended"], True)
        assert came(school) == ("trial", 0)
        assert missed(school) == ("none", 0)
        assert (base(school), states(school), trial_used(school.db, CLIENT)) == ("new", ["missed"], False)
        assert missed(school) == ("none", 0)
    book(school, CLIENT, DAY + WEEK)
    assert came(school, on=DAY + WEEK) == ("trial", 0)
    assert states(school) == ["missed", "attended"]
    assert came(school) == ("none", 0)


def test_r12_a_sibling_who_comes_in_the_place_of_the_one_who_misses_it(school: Any) -> None:
    book(school, CLIENT, DAY)
    lesson = hold(school, GROUP, DAY, present=[MASHA], absent={PETYA: None})
    assert (mark_of(school, lesson, PETYA), mark_of(school, lesson, MASHA)) == (("none", 0), ("trial", 0))
    missed(school, PETYA)
    assert (base(school), states(school)) == ("trial-done", ["attended"])
    assert came(school, PETYA) == ("none", 0)


def test_r12_recorded_by_hand_the_mark_of_that_day_is_that_trial(school: Any) -> None:
    record_attended(school, CLIENT, DAY)
    assert came(school, MASHA) == ("trial", 0)
    assert came(school, PETYA) == ("none", 0)
    assert (base(school), states(school)) == ("trial-done", ["attended"])
    assert missed(school, MASHA) == ("none", 0)
    assert (base(school), states(school), trial_used(school.db, CLIENT)) == ("new", ["missed"], False)


def test_r12_recorded_by_hand_the_first_mark_in_a_group_is_an_ordinary_lesson(school: Any) -> None:
    join(school, GROUP, PETYA, DAY)
    record_attended(school, CLIENT, DAY - WEEK)
    assert came(school) == ("none", 0)
    assert missed(school) == ("none", 0)
    assert (base(school), states(school)) == ("trial-done", ["attended"])


def test_r12b_the_first_mark_in_a_group_closes_a_booking_until_it_is_taken_back(school: Any) -> None:
    join(school, GROUP, PETYA, DAY)
    book(school, CLIENT, DAY + WEEK)
    assert came(school) == ("trial", 0)
    assert (base(school), states(school)) == ("trial-done", ["cancelled"])
    missed(school)
    assert (base(school), states(school)) == ("trial-booked", ["booked"])
    assert came(school, on=DAY + WEEK) == ("trial", 0)


@pytest.mark.parametrize("bought", [False, True])
def test_r12_a_lesson_of_the_type_trial_is_the_trial_of_a_guest(school: Any, bought: bool) -> None:
    if bought:
        sell_plan(school, PETYA, add_plan(school, "lesson", 700_00), DAY)
    school.db.execute(
        "INSERT INTO lesson (id, group_id, on_date, time, minutes, state, lesson_type_id)"
        " SELECT 1, 1, '2026-09-07', '18:00', 60, 'held', id FROM lesson_type WHERE code = 'trial'"
    )
    mark_students(school, 1, [Attendance(PETYA, attended=True), Attendance(MASHA, attended=True)])
    assert (mark_of(school, 1, PETYA), mark_of(school, 1, MASHA)) == (("trial", 0), ("none", 0))
    assert base(school) == ("bought" if bought else "trial-done")


def test_r12_a_held_lesson_that_is_cancelled_gives_the_trial_back(school: Any) -> None:
    book(school, CLIENT, DAY)
    lesson = hold(school, GROUP, DAY, present=[PETYA])
    lesson_withdrawn(school, lesson)
    school.db.execute("DELETE FROM mark WHERE lesson_id = ?", (lesson,))
    assert (base(school), states(school), trial_used(school.db, CLIENT)) == ("new", ["cancelled"], False)
    book(school, CLIENT, DAY + WEEK)
    other = hold(school, GROUP, DAY + WEEK, absent={PETYA: None})
    lesson_withdrawn(school, other)
    assert (base(school), states(school)) == ("new", ["cancelled", "cancelled"])


def test_r12b_a_cancelled_lesson_opens_the_booking_that_it_had_closed(school: Any) -> None:
    join(school, GROUP, PETYA, DAY)
    book(school, CLIENT, DAY + WEEK)
    lesson = hold(school, GROUP, DAY, present=[PETYA])
    lesson_withdrawn(school, lesson)
    school.db.execute("DELETE FROM mark WHERE lesson_id = ?", (lesson,))
    booking = open_booking(school.db, CLIENT)
    assert booking is not None
    assert (base(school), booking.on, booking.lesson_id) == ("trial-booked", DAY + WEEK, None)


def test_r12_one_of_two_marks_under_a_trial_subscription_taken_back_leaves_the_other(school: Any) -> None:
    join(school, GROUP, PETYA, DAY)
    sell_plan(school, PETYA, add_plan(school, "package", 600_00, 2), DAY, trial=True)
    assert (came(school), came(school, on=DAY + WEEK)) == (("paid", 300_00), ("paid", 300_00))
    missed(school)
    assert (base(school), trial_used(school.db, CLIENT)) == ("trial-done", True)
    missed(school, on=DAY + WEEK)
    assert (base(school), trial_used(school.db, CLIENT)) == ("new", False)
