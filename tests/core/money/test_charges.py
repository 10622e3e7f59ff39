"""What lessons cost, who pays them, and what is priced anew beside them (R31–R34), through real lessons and sales."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_entry, add_group, add_schedule, hold, make_school, writing_school
from charged_school import FIRST, attend, charges, furnish, furnished_school, payers, sell, weeks
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with furnished_school(tmp_path) as school:
        yield school


def schedule(school: Any, days: str = "tue") -> None:
    add_schedule(school, group_id=1, days=days, first_on=date(2026, 8, 1))


# The package


def test_r31_4000_over_9(school: Any) -> None:
    sell(school, "package", 4000_00, 9)
    attend(school, *weeks(9))
    assert charges(school) == [444_44] * 8 + [444_48]


def test_r31_2000_over_3_in_any_order_of_marking(school: Any) -> None:
    sell(school, "package", 2000_00, 3)
    first, second, third = weeks(3)
    attend(school, third, first)
    assert charges(school) == [666_66, 666_66]
    attend(school, second)
    assert charges(school) == [666_66, 666_66, 666_68]


def test_r31_an_absence_at_0_percent_uses_up_no_lesson_and_a_partial_one_does(school: Any) -> None:
    add_entry(school, "absence-reasons", "Болезнь", short="Б", charged=50)
    sell(school, "package", 2000_00, 3)
    first, second, third, fourth = weeks(4)
    attend(school, first, third, fourth)
    attend(school, second, reason="УП")
    assert charges(school) == [666_66, 0, 666_66, 666_68]
    attend(school, second, reason="Б")  # the third lesson is now the fourth one's
    assert charges(school) == [666_66, 333_33, 666_68, 666_66]
    assert payers(school)[3] == ("over", 1)
    attend(school, fourth, reason="Б")
    assert charges(school) == [666_66, 333_33, 666_68, 333_33]


def test_r31_the_charge_is_rounded_half_up_at_the_end(school: Any) -> None:
    add_entry(school, "absence-reasons", "Болезнь", short="Б", charged=50)
    sell(school, "lesson", 6_67)
    attend(school, FIRST, reason="Б")
    assert charges(school) == [3_34]


def test_r31_a_lesson_taken_off_a_package_prices_it_anew(school: Any) -> None:
    sell(school, "package", 2000_00, 3)
    attend(school, *weeks(4))
    assert charges(school) == [666_66, 666_66, 666_68, 666_66]
    attend(school, FIRST, reason="УП")
    assert charges(school) == [0, 666_66, 666_66, 666_68]
    assert payers(school) == [("paid", 1)] * 4


@settings(max_examples=25, deadline=None)
@given(price=st.integers(0, 10**7), lessons=st.integers(1, 12), data=st.data())
def test_r31_n_charges_of_a_package_sum_to_its_price(
    tmp_path_factory: pytest.TempPathFactory, price: int, lessons: int, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(weeks(lessons)))
    with writing_school(make_school(tmp_path_factory.mktemp("package")), date(2026, 12, 31)) as school:
        furnish(school)
        sell(school, "package", price, lessons)
        attend(school, *order)
        assert sum(charges(school)) == price
        assert set(charges(school)[:-1]) <= {price // lessons}


# The month


def test_r31_a_month_is_shared_by_its_lessons_held_and_planned(school: Any) -> None:
    schedule(school)
    sell(school, "month", 2000_00, first=date(2026, 8, 1))
    attend(school, *weeks(5))  # 1, 8, 15, 22, 29 September
    assert charges(school) == [400_00] * 5
    attend(school, date(2026, 10, 6))  # October has four
    assert charges(school)[5:] == [500_00]


def test_r31_what_is_left_of_a_month_falls_on_its_last_lesson_held_or_planned(school: Any) -> None:
    schedule(school)
    sell(school, "month", 1000_01)
    attend(school, *weeks(4))
    assert charges(school) == [200_00] * 4
    attend(school, weeks(5)[4])
    assert charges(school) == [200_00] * 4 + [200_01]


def test_r31_of_a_partly_covered_month_the_covered_days_are_paid(school: Any) -> None:
    schedule(school)
    sell(school, "month", 3000_00, first=date(2026, 9, 16), last_on=date(2026, 10, 10))
    attend(school, date(2026, 9, 15), date(2026, 9, 22), date(2026, 10, 6))
    assert charges(school) == [0, 750_00, 967_74]  # 15 of 30 days over 2 lessons, 10 of 31 days for one
    assert payers(school)[0] == ("none", None)


def test_r31_an_extra_lesson_prices_the_month_anew(school: Any) -> None:
    schedule(school)
    sell(school, "month", 2000_00)
    attend(school, *weeks(2))
    assert charges(school) == [400_00] * 2
    attend(school, date(2026, 9, 10))
    assert charges(school) == [333_33] * 3
    guest = add_group(school, "Шахматы")
    hold(school, guest, date(2026, 9, 11), present=[1])  # as a guest of another group
    assert charges(school) == [285_71] * 4


def test_r31_an_absence_counts_among_the_lessons_of_a_month(school: Any) -> None:
    schedule(school)
    sell(school, "month", 2000_00)
    attend(school, FIRST, reason="УП")
    attend(school, *weeks(5)[1:])
    assert charges(school) == [0, *[400_00] * 4]


def test_r31_a_lesson_that_moves_to_another_subscription_leaves_the_month_dearer(school: Any) -> None:
    schedule(school)
    month = sell(school, "month", 2000_00)
    attend(school, FIRST)
    assert charges(school) == [400_00]
    (robots,) = school.db.execute("SELECT id FROM subject").fetchone()
    package = sell(school, "package", 300_00, 2, first=date(2026, 9, 8), subject_ids=[robots])
    assert charges(school) == [666_66]  # the 8th and the 15th go to the package, which covers less
    attend(school, date(2026, 9, 8), reason="УП")
    assert charges(school) == [1000_00, 0]  # no lesson was used up: the 15th and the 22nd are left to it
    attend(school, date(2026, 9, 8))
    assert charges(school) == [666_66, 150_00]
    assert payers(school) == [("paid", month), ("paid", package)]


def test_r31_a_used_lesson_of_a_package_leaves_another_to_the_month(school: Any) -> None:
    schedule(school)
    sell(school, "month", 2000_00, first=date(2026, 9, 1))
    (robots,) = school.db.execute("SELECT id FROM subject").fetchone()
    attend(school, date(2026, 9, 29))
    assert charges(school) == [400_00]
    sell(school, "package", 300_00, 3, subject_ids=[robots], last_on=date(2026, 9, 22))
    assert charges(school) == [1000_00]  # one planned lesson and the held one are left
    attend(school, date(2026, 9, 3), date(2026, 9, 4))
    assert charges(school) == [100_00, 100_00, 500_00]  # the extra ones used up the package, three stay planned


# Upfront


@pytest.mark.parametrize(("kind", "lessons"), [("lesson", None), ("package", 2)])
def test_r31_upfront_takes_the_price_on_the_first_day_and_lessons_nothing(
    school: Any, kind: str, lessons: int | None
) -> None:
    sell(school, kind, 1000_00, lessons, first=date(2026, 8, 15), billing="upfront")
    attend(school, *weeks(2))
    assert school.db.execute("SELECT on_date, amount FROM upfront_charge").fetchall() == [("2026-08-15", 1000_00)]
    assert (charges(school), payers(school)) == ([0, 0], [("upfront", 1)] * 2)


def test_r34_beyond_a_package_paid_upfront_lessons_go_into_debt(school: Any) -> None:
    sell(school, "package", 1000_00, 2, billing="upfront")
    attend(school, *weeks(3))
    assert charges(school) == [0, 0, 500_00]


def test_r31_a_month_upfront_is_taken_on_each_months_first_covered_day(school: Any) -> None:
    sell(school, "month", 3000_00, first=date(2026, 9, 16), last_on=date(2026, 11, 15), billing="upfront")
    assert school.db.execute("SELECT on_date, amount FROM upfront_charge ORDER BY on_date").fetchall() == [
        ("2026-09-16", 1500_00),
        ("2026-10-01", 3000_00),
        ("2026-11-01", 1500_00),
    ]


def test_r23_marking_again_replaces_the_charge_and_prices_the_former_payer_anew(school: Any) -> None:
    package = sell(school, "package", 2000_00, 3)
    attend(school, *weeks(3))
    (robots,) = school.db.execute("SELECT id FROM subject").fetchone()
    narrow = sell(school, "lesson", 10_00, subject_ids=[robots], last_on=FIRST)
    attend(school, FIRST)
    assert payers(school) == [("paid", narrow), ("paid", package), ("paid", package)]
    assert charges(school) == [10_00, 666_66, 666_66]
    assert school.db.execute("SELECT count(*) FROM mark").fetchone() == (3,)


def test_r36_marks_know_the_separate_balance_they_are_taken_from(school: Any) -> None:
    general, separate = sell(school, "lesson", 10), sell(school, "lesson", 20, separate=True, last_on=FIRST)
    attend(school, *weeks(2))
    rows = school.db.execute("SELECT subscription_id, separate_id FROM mark ORDER BY on_date").fetchall()
    assert rows == [(separate, separate), (general, None)]


def test_r23_a_mark_made_again_does_not_count_against_itself(school: Any) -> None:
    package = sell(school, "package", 2000_00, 2, last_on=date(2026, 9, 30))
    attend(school, *weeks(2))
    sell(school, "lesson", 10_00)
    attend(school, weeks(2)[1])
    assert payers(school) == [("paid", package)] * 2
