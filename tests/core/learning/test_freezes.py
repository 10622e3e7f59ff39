"""Freezes: nothing is planned, marked or charged inside; an excused one extends what runs during it (R25)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_plan, add_schedule, hold, pay, sell_plan
from frozen_school import GROUP, MASHA, PETYA, days_of, freeze, last_day, march, school_in_march, subscription

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.learning.freezes import freezes_of, require_not_frozen
from schoolcrm.core.learning.freezing import unfreeze
from schoolcrm.core.learning.lesson_lookup import lesson_of_group
from schoolcrm.core.learning.lessons import expected_students
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.money.coverage import client_coverage


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with school_in_march(tmp_path) as school:
        yield school


# Extension ----------------------------------------------------------------------------------------------


def test_r25_10_to_16_march_valid_to_31_march_becomes_7_april(school: Any) -> None:
    number = subscription(school)
    made = freeze(school, 10, 16, excused=True, reason="болеет")
    assert last_day(school, number) == "2026-04-07"
    assert [tuple(end) for end in made.ends] == [(number, date(2026, 4, 7))]
    assert freezes_of(school.db, PETYA) == [made.freeze]
    assert (made.freeze.days, made.freeze.reason) == (7, "болеет")
    assert days_of(school) == [3, 5, 17, 19, 24, 26, 31]
    assert days_of(school, MASHA) == [3, 5, 10, 12, 17, 19, 24, 26, 31]


def test_r25_a_second_freeze_on_the_extended_days_extends_again(school: Any) -> None:
    number = subscription(school)
    freeze(school, 10, 16, excused=True)
    freeze(school, 32, 34, excused=True)  # 1 to 3 April
    assert last_day(school, number) == "2026-04-10"
    unfreeze(school, 1)
    assert last_day(school, number) == "2026-04-03"
    unfreeze(school, 2)
    assert last_day(school, number) == "2026-03-31"
    assert school.db.execute("SELECT count(*) FROM freeze_extension").fetchone() == (0,)


def test_r25_a_freeze_that_is_not_excused_extends_nothing(school: Any) -> None:
    number = subscription(school)
    assert freeze(school, 10, 16).ends == []
    assert last_day(school, number) == "2026-03-31"
    assert days_of(school) == [3, 5, 17, 19, 24, 26, 31]


@pytest.mark.parametrize(
    ("first", "last", "ends"),
    [(1, 9, 9), (1, 10, 17), (16, 31, 38), (17, 31, 31), (12, 14, 21), (1, 31, 38)],
)
def test_r25_running_means_valid_on_any_day_of_it(school: Any, first: int, last: int, ends: int) -> None:
    number = subscription(school, last, first=march(first))
    freeze(school, 10, 16, excused=True)
    assert last_day(school, number) == march(ends).isoformat()


def test_r25_open_deleted_and_others_subscriptions_stay_as_they_are(school: Any) -> None:
    open_end, masha = subscription(school, None), subscription(school, student=MASHA)
    deleted = subscription(school, 30)
    school.db.execute("UPDATE subscription SET deleted_on = '2026-03-01' WHERE id = ?", (deleted,))
    assert freeze(school, 10, 16, excused=True).ends == []
    assert [last_day(school, number) for number in (open_end, deleted, masha)] == ["None", "2026-03-30", "2026-03-31"]


def test_r25_a_deleted_subscription_gets_nothing_back_and_is_charged_nothing(school: Any) -> None:
    from schoolcrm.core.money.changes import delete_subscription

    number = subscription(school, kind="month", billing="upfront")
    freeze(school, 10, 16, excused=True)
    delete_subscription(school, number)
    assert unfreeze(school, 1).ends == []
    assert upfront(school) == []


def upfront(school: Any) -> list[tuple[str, int]]:
    return list(school.db.execute("SELECT on_date, amount FROM upfront_charge ORDER BY on_date"))


def test_r25_upfront_months_are_charged_for_the_days_added(school: Any) -> None:
    subscription(school, kind="month", billing="upfront")
    assert upfront(school) == [("2026-03-01", 4000_00)]
    freeze(school, 10, 16, excused=True)
    assert upfront(school) == [("2026-03-01", 4000_00), ("2026-04-01", 933_33)]  # 7 of 30 days
    unfreeze(school, 1)
    assert upfront(school) == [("2026-03-01", 4000_00)]


def test_r31_a_month_has_fewer_lessons_then(school: Any) -> None:
    subscription(school, kind="month")
    school.today = march(31)
    hold(school, GROUP, march(3), present=[PETYA, MASHA])
    assert charge(school) == 444_44  # 9 lessons
    freeze(school, 10, 16)
    assert charge(school) == 571_42  # 7 lessons
    unfreeze(school, 1)
    assert charge(school) == 444_44


def test_r31_a_partly_covered_month_is_worth_more_when_it_gets_longer(school: Any) -> None:
    subscription(school, 17, kind="month")
    school.today = march(31)
    hold(school, GROUP, march(3), present=[PETYA, MASHA])
    assert charge(school) == 438_71  # 17 of 31 days of 4000.00 make 2193.55, for 3, 5, 10, 12, 17 March
    freeze(school, 10, 16, excused=True)
    assert charge(school) == 619_35  # 24 of 31 days make 3096.77, for 3, 5, 17, 19, 24 March


def test_r32_an_end_that_moves_may_change_who_pays_and_with_it_a_month(school: Any) -> None:
    subscription(school, 31, kind="month")
    subscription(school, 30, first=march(5))  # it ends first, so it pays all it can: 5 to 26 March
    school.today = march(31)
    hold(school, GROUP, march(3), present=[PETYA, MASHA])
    assert charge(school) == 4000_00 // 2  # 3 and 31 March
    freeze(school, 27, 30, excused=True)  # nothing is planned then; both end 4 days later, and now it pays the 31st
    assert charge(school) == 4000_00 // 1


def test_r32_taking_a_freeze_back_may_change_who_pays_in_months_before_it(school: Any) -> None:
    subscription(school, 51, kind="month")  # to 20 April
    freeze(school, 41, 47, excused=True)  # 10 to 16 April: to 27 April
    subscription(school, 56, first=march(5))  # to 25 April, so it pays what it can: 8 lessons from 5 to 31 March
    school.today = march(31)
    hold(school, GROUP, march(3), present=[PETYA, MASHA])
    assert charge(school) == 4000_00
    unfreeze(school, 1)
    assert charge(school) == 444_44  # now the month plan ends first and pays all 9 lessons of March


def charge(school: Any, student: int = PETYA) -> int:
    return int(school.db.execute("SELECT charge FROM mark WHERE student_id = ?", (student,)).fetchone()[0])


# What is forbidden --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "last"), [(10, 16), (16, 20), (5, 10), (1, 31), (12, 13)])
def test_r25_overlap_is_refused_naming_the_other(school: Any, first: int, last: int) -> None:
    freeze(school, 10, 16)
    with pytest.raises(Refused, match=r'"Петя" .*2026-03-10 .*2026-03-16 .*1\)') as refused:
        freeze(school, first, last)
    assert "unfreeze 1" in refused.value.hint
    freeze(school, 17, 17)
    freeze(school, 9, 9)
    freeze(school, 10, 16, student=MASHA)


def test_r25_marks_inside_are_refused_and_listed(school: Any) -> None:
    school.today = march(31)
    hold(school, GROUP, march(10), present=[PETYA], absent={MASHA: None})
    for student in (PETYA, MASHA):
        with pytest.raises(Refused, match=r"2026-03-10 18:00 Робо"):
            freeze(school, 10, 16, student=student)
    freeze(school, 11, 16)
    assert days_of(school) == [3, 5, 10, 17, 19, 24, 26, 31]


def test_bad_days_and_students_are_refused(school: Any) -> None:
    with pytest.raises(BadValue, match=r"2026-03-09"):
        freeze(school, 10, 9)
    school.db.execute("UPDATE student SET archived_on = '2026-03-01' WHERE id = ?", (PETYA,))
    with pytest.raises(Refused, match="Петя"):
        freeze(school, 10, 16)


def test_r23_require_not_frozen(school: Any) -> None:
    freeze(school, 10, 16)
    for day, student in ((9, PETYA), (17, PETYA), (10, MASHA)):
        require_not_frozen(school.db, student, march(day))
    for day in (10, 16):
        with pytest.raises(Refused, match=r'"Петя" .*2026-03-10.*2026-03-16'):
            require_not_frozen(school.db, PETYA, march(day))


def test_r25_unfreezing_never_leaves_a_paid_lesson_without_its_subscription(school: Any) -> None:
    number = subscription(school)
    freeze(school, 10, 16, excused=True)
    school.today = march(40)
    hold(school, GROUP, march(33), present=[PETYA, MASHA])  # 2 April
    with pytest.raises(Refused, match=rf"{number} .*2026-04-02") as refused:
        unfreeze(school, 1)
    assert f"extend {number} --days 7" in refused.value.hint


def test_r25_an_end_closed_meanwhile_stays(school: Any) -> None:
    from schoolcrm.core.money.changes import close_subscription

    number = subscription(school)
    freeze(school, 10, 16, excused=True)
    close_subscription(school, number, march(5))
    assert unfreeze(school, 1).ends == []
    assert last_day(school, number) == "2026-03-05"


# What is planned ----------------------------------------------------------------------------------------


def test_r25_nobody_frozen_is_expected_at_a_lesson(school: Any) -> None:
    freeze(school, 10, 16)
    lesson = lesson_of_group(school.db, GROUP, march(10)).lesson
    assert lesson.student_ids == (MASHA,)
    assert [one.student_id for one in expected_students(school.db, lesson)] == [MASHA]
    assert len(expected_students(school.db, lesson_of_group(school.db, GROUP, march(17)).lesson)) == 2


def test_r25_a_students_own_lessons_too(school: Any) -> None:
    add_schedule(school, student_id=PETYA, days="wed", first_on=march(1))
    from schoolcrm.core.store.models import Lesson

    school.add(Lesson, student_id=PETYA, on_date=march(13), time="12:00", minutes=60, state="planned", lesson_type_id=2)
    assert set(days_of(school)) >= {11, 13}
    freeze(school, 10, 16)
    assert not {11, 13} & set(days_of(school))
    everybody = planned_lessons(school.db, first=march(10), last=march(16))
    assert [(lesson.on.day, lesson.group_id) for lesson in everybody] == [(10, GROUP), (12, GROUP)]


def test_r25_the_money_reaches_further(school: Any) -> None:
    sell_plan(school, PETYA, add_plan(school, "lesson", 500_00), march(1))
    pay(school, 1, 1500_00, march(1))
    assert client_coverage(school.db, 1, march(1)).expires_on == march(10)
    freeze(school, 10, 16)
    assert client_coverage(school.db, 1, march(1)).expires_on == march(17)
