"""How many lessons the money pays, and until when (R38, R39), over real schedules, sales and payments."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.money.coverage import client_coverage, lessons_left_of
from schoolcrm.core.money.ledger import balances
from schoolcrm.core.money.terms import terms_of, used_of_packages
from schoolcrm.core.rules.coverage import Coverage, account_of

FIRST = date(2021, 4, 1)
TUESDAY = date(2021, 4, 6)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The client 1 with the student 1, who has lessons of his own on Tuesdays from 6 April 2021."""
    with writing_school(make_school(tmp_path), FIRST) as school:
        assert student_of(school, add_client(school, "Анна", student="Петя")) == 1
        add_schedule(school, student_id=1, days="tue", first_on=TUESDAY)
        yield school


def left(school: Any, subscription_id: int, today: date = FIRST) -> int | None:
    terms = terms_of(school.db, subscription_id)
    used = used_of_packages(school.db, [terms]).get(terms.id, 0)
    return lessons_left_of(school.db, terms, used, balances(school.db, 1).get(account_of(terms), 0), today)


def coverage(school: Any, today: date = FIRST) -> Coverage:
    return client_coverage(school.db, 1, today)


def test_r39_200_at_25_weekly_from_06_04_2021_expires_on_25_05_2021(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    pay(school, 1, 200_00, FIRST)
    assert coverage(school) == Coverage(8, date(2021, 5, 25), ended=False)


def test_r39_holidays_and_cancelled_lessons_are_skipped(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    pay(school, 1, 200_00, FIRST)
    school.db.execute(
        "INSERT INTO lesson (student_id, on_date, time, minutes, state, lesson_type_id, schedule_id, occurrence_on)"
        " VALUES (1, '2021-05-04', '18:00', 60, 'cancelled', 2, 1, '2021-05-04')"
    )
    assert coverage(school) == Coverage(8, date(2021, 6, 1), ended=False)


def test_r39_it_stops_at_the_end_of_the_schedule_and_says_so(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    pay(school, 1, 200_00, FIRST)
    school.db.execute("UPDATE schedule SET last_on = '2021-04-20'")
    assert coverage(school) == Coverage(3, date(2021, 4, 20), ended=True)


def test_r39_nothing_is_covered_without_money_or_subscription(school: Any) -> None:
    pay(school, 1, 24_99, FIRST)
    assert coverage(school) == Coverage(0, None, ended=True)
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    assert coverage(school) == Coverage(0, None, ended=False)
    assert client_coverage(school.db, add_client(school, "Без учеников"), FIRST).lessons == 0


def test_r39_all_subscriptions_in_order_with_their_prices(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "package", 100_00, 3), FIRST, last_on=date(2021, 12, 31))
    sell_plan(school, 1, add_plan(school, "lesson", 40_00), FIRST)
    pay(school, 1, 180_00, FIRST)  # 33.33 + 33.33 + 33.34, then 40 and 40
    assert coverage(school) == Coverage(5, TUESDAY + timedelta(weeks=4), ended=False)


def test_r38_of_a_client_the_lessons_of_all_students_are_counted(school: Any) -> None:
    masha = add_student(school, 1, "Маша")
    add_schedule(school, student_id=masha, days="wed", first_on=FIRST)
    for student in (1, masha):
        sell_plan(school, student, add_plan(school, "lesson", 25_00, name=str(student)), FIRST)
    pay(school, 1, 100_00, FIRST)
    assert coverage(school) == Coverage(4, date(2021, 4, 14), ended=False)
    school.db.execute("UPDATE student SET archived_on = '2021-04-01' WHERE id = ?", (masha,))
    assert coverage(school) == Coverage(4, date(2021, 4, 27), ended=False)


def test_r39_todays_lesson_counts_until_it_is_held(school: Any) -> None:
    group = add_group(school, "Робо")
    school.db.execute("UPDATE schedule SET student_id = NULL, group_id = ?", (group,))
    join(school, group, 1, FIRST)
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    pay(school, 1, 50_00, FIRST)
    assert coverage(school, TUESDAY) == Coverage(2, TUESDAY + timedelta(weeks=1), ended=False)
    hold(school, group, TUESDAY, present=[1], even_so=True)
    assert coverage(school, TUESDAY) == Coverage(1, TUESDAY + timedelta(weeks=1), ended=False)


@pytest.mark.parametrize(("paid", "lessons"), [(200_00, 8), (3952_50, 158), (24_99, 0), (-1, -1), (-25_01, -2)])
def test_r38_lessons_left_of_a_subscription_at_25(school: Any, paid: int, lessons: int) -> None:
    number = sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    pay(school, 1, paid, FIRST, kind="adjustment")
    assert left(school, number) == lessons


def test_r38_of_a_package_not_more_than_it_holds(school: Any) -> None:
    number = sell_plan(school, 1, add_plan(school, "package", 100_00, 3), FIRST)
    pay(school, 1, 66_66, FIRST)
    assert left(school, number) == 2
    pay(school, 1, 1000_00, FIRST)
    assert left(school, number) == 3
    group = add_group(school, "Робо")
    for day in (1, 2):
        hold(school, group, date(2021, 4, day), present=[1], even_so=True)
    assert left(school, number) == 1
    hold(school, group, date(2021, 4, 3), present=[1], even_so=True)
    assert left(school, number) == 0


def test_r38_the_last_lesson_of_a_package_may_cost_more(school: Any) -> None:
    number = sell_plan(school, 1, add_plan(school, "package", 10, 4), FIRST)  # 2, 2, 2 and 4 kopecks
    for day in (1, 2, 3):
        hold(school, add_group(school, str(day)), date(2021, 4, day), present=[1], even_so=True)
    pay(school, 1, 9, FIRST)
    assert (balances(school.db, 1), left(school, number)) == ({0: 3}, 0)


def test_r38_of_a_month_by_the_price_of_the_next_lesson_planned(school: Any) -> None:
    number = sell_plan(school, 1, add_plan(school, "month", 100_00), FIRST)
    pay(school, 1, 75_00, FIRST)
    assert left(school, number) == 3  # four Tuesdays in April
    school.db.execute("DELETE FROM schedule")
    assert left(school, number) == 0  # a single lesson would cost the whole month


def test_r38_lessons_at_0(school: Any) -> None:
    package = sell_plan(school, 1, add_plan(school, "package", 100_00, 3, billing="upfront"), FIRST)
    by_lesson = sell_plan(school, 1, add_plan(school, "lesson", 0), FIRST)
    assert (left(school, package), left(school, by_lesson)) == (3, None)


def test_r39_an_upfront_sale_that_is_not_paid_covers_nothing(school: Any) -> None:
    package = sell_plan(school, 1, add_plan(school, "package", 100_00, 3, billing="upfront"), FIRST)
    assert (coverage(school), left(school, package)) == (Coverage(0, None, ended=False), 3)
    pay(school, 1, 99_99, FIRST)
    assert coverage(school) == Coverage(0, None, ended=False)
    pay(school, 1, 1, FIRST)
    assert coverage(school).lessons == 3


def test_r39_a_separate_balance_goes_on_beside_a_debt(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "package", 100_00, 3, billing="upfront", separate=True), FIRST)
    pay(school, 1, -500_00, FIRST, kind="adjustment")
    assert coverage(school) == Coverage(0, None, ended=False)
    pay(school, 1, 100_00, FIRST, subscription_id=1)
    assert coverage(school).lessons == 3


def test_r38_its_own_balance_is_asked_and_after_its_end_none(school: Any) -> None:
    plan = add_plan(school, "lesson", 25_00)
    own = sell_plan(school, 1, plan, FIRST, separate=True, last_on=date(2021, 4, 30))
    pay(school, 1, 1000_00, FIRST)
    assert left(school, own) == 0
    pay(school, 1, 50_00, FIRST, subscription_id=own)
    assert (left(school, own), left(school, own, date(2021, 5, 1))) == (2, 0)


def test_r39_on_its_last_day_a_subscription_still_pays(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST, last_on=TUESDAY)
    pay(school, 1, 200_00, FIRST)
    assert coverage(school, TUESDAY) == Coverage(1, TUESDAY, ended=True)
    assert coverage(school, TUESDAY + timedelta(days=1)).lessons == 0


@pytest.mark.parametrize(("price", "balance"), [(0, 0), (25_00, 100_000_00)])
def test_r38_r39_no_figure_is_told_of_what_lasts_beyond_ten_years(school: Any, price: int, balance: int) -> None:
    sell_plan(school, 1, add_plan(school, "lesson", price), FIRST)
    if balance:
        pay(school, 1, balance, FIRST)
    assert coverage(school) == Coverage(None, None, ended=False)
    school.db.execute("UPDATE schedule SET last_on = '2021-04-20'")
    assert coverage(school) == Coverage(3, date(2021, 4, 20), ended=True)


def test_r39_enough_for_nearly_ten_years_is_told(school: Any) -> None:
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    pay(school, 1, 520 * 25_00, FIRST)
    assert coverage(school) == Coverage(520, TUESDAY + timedelta(weeks=519), ended=False)


def test_r39_a_free_students_lessons_last_as_long_as_the_account_pays_the_others(school: Any) -> None:
    brother = add_student(school, 1, "Коля")
    add_schedule(school, student_id=brother, days="tue", time="20:00", first_on=TUESDAY)
    sell_plan(school, 1, add_plan(school, "lesson", 25_00), FIRST)
    sell_plan(school, brother, add_plan(school, "lesson", 0, name="Даром"), FIRST)
    pay(school, 1, 50_00, FIRST)
    assert coverage(school) == Coverage(4, date(2021, 4, 13), ended=False)
