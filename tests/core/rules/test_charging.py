from datetime import date
from fractions import Fraction
from math import floor

import pytest
from charging_cases import START, lesson, price_of_next, september, subscription, weekly
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.rules.charging import (
    Charge,
    Mark,
    Occasion,
    free_charge,
    price_marks,
    price_month,
    price_on,
    price_package,
    upfront_charges,
)


def amounts(charges: list[Charge]) -> list[int]:
    return [charge.amount for charge in charges]


def marked(lessons: list[Occasion], *shares: int) -> list[Mark]:
    return [Mark(one, share) for one, share in zip(lessons, shares, strict=True)]


def attended(lessons: list[Occasion]) -> list[Mark]:
    return [Mark(one) for one in lessons]


def test_r31_a_lesson_costs_its_price_times_the_share() -> None:
    charges = price_marks(subscription(price=70000), marked(september(1, 8, 15), 100, 0, 50))
    assert amounts(charges) == [70000, 0, 35000]
    assert {(charge.price, charge.basis, charge.subscription_id) for charge in charges} == {(70000, "paid", 1)}
    assert [charge.lesson_id for charge in charges] == [1, 8, 15]


@pytest.mark.parametrize(("price", "share", "amount"), [(333, 50, 167), (1, 50, 1), (1, 49, 0), (99999, 33, 33000)])
def test_r31_a_share_is_rounded_half_up_at_the_end(price: int, share: int, amount: int) -> None:
    assert amounts(price_marks(subscription(price=price), [Mark(lesson(), share)])) == [amount]


def test_r31_a_share_is_taken_of_the_lesson_price_and_not_of_the_package() -> None:
    # 1000.01 over 2: 500.00 and 500.01; half of each is rounded by itself.
    terms = subscription("package", 100001, 2)
    assert amounts(price_package(terms, marked(september(1, 8), 50, 50))) == [25000, 25001]


def test_r31_4000_over_9_lessons() -> None:
    lessons = weekly(START, date(2026, 10, 27))
    charges = price_package(subscription("package", 400000, 9), attended(lessons))
    assert amounts(charges) == [44444] * 8 + [44448]
    assert sum(amounts(charges)) == 400000


def test_r31_3600_over_9_lessons_as_4000_less_10_percent() -> None:
    lessons = weekly(START, date(2026, 10, 27))
    assert amounts(price_package(subscription("package", 360000, 9), attended(lessons))) == [40000] * 9


def test_r31_2000_over_3_lessons() -> None:
    assert amounts(price_package(subscription("package", 200000, 3), attended(september(1, 8, 15)))) == [
        66666,
        66666,
        66668,
    ]


def test_r31_a_share_of_0_uses_no_lesson_of_a_package() -> None:
    charges = price_package(subscription("package", 200000, 3), marked(september(1, 8, 15, 22), 100, 0, 1, 100))
    assert amounts(charges) == [66666, 0, 667, 66668]
    assert {charge.basis for charge in charges} == {"paid"}


def test_r31_an_earlier_lesson_marked_later_changes_places() -> None:
    terms = subscription("package", 200000, 3)
    first, second, third = september(1, 8, 15)
    assert amounts(price_package(terms, attended([second, third]))) == [66666, 66666]
    charges = price_package(terms, attended([second, third, first]))
    assert [charge.occasion for charge in charges] == [first, second, third]
    assert amounts(charges) == [66666, 66666, 66668]


def test_r31_the_order_is_date_then_time_then_id() -> None:
    lessons = [lesson(START, 3, "18:00"), lesson(START, 2, "09:00"), lesson(START, 1, "18:00")]
    charges = price_package(subscription("package", 200000, 3), attended(lessons))
    assert [charge.lesson_id for charge in charges] == [2, 1, 3]


def test_r34_a_used_up_package_charges_the_common_price_into_debt() -> None:
    terms = subscription("package", 200000, 3)
    charges = price_package(terms, marked(september(1, 2, 3, 4, 5, 6), 100, 100, 100, 100, 50, 0))
    assert amounts(charges) == [66666, 66666, 66668, 66666, 33333, 0]
    assert [charge.price for charge in charges] == [66666, 66666, 66668, 66666, 66666, 66666]
    assert [charge.basis for charge in charges] == ["paid", "paid", "paid", "over", "over", "paid"]
    assert {charge.subscription_id for charge in charges} == {1}


def test_r34_beyond_a_package_that_stops_there_is_no_subscription() -> None:
    terms = subscription("package", 200000, 2, stop_at_end=True)
    charges = price_package(terms, attended(september(1, 8, 15)))
    assert charges[-1] == free_charge(lesson(date(2026, 9, 15), 15), "none")
    assert charges[-1] == Charge(lesson(date(2026, 9, 15), 15), None, 0, 0, "none")
    assert amounts(charges) == [100000, 100000, 0]


def test_r31_a_month_is_shared_by_held_and_planned_lessons() -> None:
    terms = subscription("month", 500000)
    held, planned = attended(september(1, 8)), september(15, 22, 29)
    assert amounts(price_month(terms, START, held, planned)) == [100000, 100000]
    assert amounts(price_month(terms, START, held, planned[:1])) == [166666, 166666]
    assert amounts(price_month(terms, START, held, september(5))) == [166666, 166668]
    assert amounts(price_month(terms, START, held)) == [250000, 250000]


def test_r31_an_excused_lesson_counts_in_the_month_but_costs_nothing() -> None:
    charges = price_month(subscription("month", 500000), START, marked(september(1, 8, 15), 100, 0, 100))
    assert amounts(charges) == [166666, 0, 166668]


def test_r31_each_calendar_month_by_itself() -> None:
    terms = subscription("month", 500000)
    lessons = weekly(date(2026, 9, 1), date(2026, 10, 27))  # 5 in September, 4 in October
    assert amounts(price_marks(terms, attended(lessons))) == [100000] * 5 + [125000] * 4
    charges = price_marks(terms, attended(lessons[:6]), lessons[6:])
    assert amounts(charges) == [100000] * 5 + [125000]
    assert amounts(price_month(terms, date(2026, 10, 1), attended(lessons))) == [125000] * 4


def test_r31_a_partly_covered_month_costs_its_covered_days() -> None:
    terms = subscription("month", 300000, first_on=date(2026, 9, 21), last_on=date(2027, 2, 14))
    assert price_on(terms, lesson(date(2026, 9, 21))) == 100000  # 10 of 30 days
    assert price_on(terms, lesson(date(2026, 10, 1))) == 300000
    assert price_on(terms, lesson(date(2026, 12, 31))) == 300000
    assert price_on(terms, lesson(date(2027, 2, 1))) == 150000  # 14 of 28
    assert amounts(price_month(terms, START, attended(september(22, 24, 29)))) == [33333, 33333, 33334]


def test_r38_the_price_of_the_next_lesson() -> None:
    package, next_one = subscription("package", 200000, 3), lesson(date(2026, 9, 15), 15)
    assert price_of_next(package, [], next_one) == 66666
    assert price_of_next(package, attended(september(1, 8)), next_one) == 66668
    assert price_of_next(package, attended(september(1, 8, 9)), next_one) == 66666
    assert price_of_next(subscription("month", 500000), attended(september(1)), next_one, *september(22, 29)) == 125000
    assert price_of_next(subscription("package", 200000, 3, billing="upfront"), [], next_one) == 0


def test_r31_lessons_of_an_upfront_subscription_charge_nothing() -> None:
    for kind in ("lesson", "month", "package"):
        terms = subscription(kind, 200000, 2 if kind == "package" else None, billing="upfront")
        charges = price_marks(terms, marked(september(1, 8), 100, 50))
        assert [(charge.price, charge.amount, charge.basis) for charge in charges] == [(0, 0, "upfront")] * 2


def test_r34_beyond_a_package_paid_upfront_lessons_are_charged() -> None:
    charges = price_package(subscription("package", 200000, 3, billing="upfront"), attended(september(1, 2, 3, 4)))
    assert amounts(charges) == [0, 0, 0, 66666]
    assert charges[-1].basis == "over"


def test_r31_upfront_charges_of_a_package_and_of_a_lesson() -> None:
    for kind, lessons in (("package", 8), ("lesson", None)):
        assert upfront_charges(subscription(kind, 400000, lessons, first_on=START, billing="upfront")) == [
            (START, 400000)
        ]
    one_day = subscription(price=70000, first_on=START, last_on=START, billing="upfront")
    assert upfront_charges(one_day) == [(START, 70000)]
    assert upfront_charges(subscription("package", 400000, 8, first_on=START)) == []


def test_r31_upfront_charges_of_a_month_plan() -> None:
    terms = subscription("month", 300000, first_on=date(2026, 11, 16), last_on=date(2027, 1, 1), billing="upfront")
    assert upfront_charges(terms) == [
        (date(2026, 11, 16), 150000),
        (date(2026, 12, 1), 300000),
        (date(2027, 1, 1), 9677),
    ]


def test_r31_an_upfront_month_plan_needs_an_end() -> None:
    with pytest.raises(ValueError, match="subscription 7"):
        upfront_charges(subscription("month", billing="upfront", id=7))


def test_r41_closed_before_it_began_it_charges_nothing() -> None:
    for kind in ("month", "lesson"):
        terms = subscription(kind, first_on=START, last_on=date(2026, 8, 31), billing="upfront")
        assert upfront_charges(terms) == []


def test_a_package_needs_a_number_of_lessons() -> None:
    with pytest.raises(ValueError, match="subscription 1"):
        price_package(subscription("package", lessons=None), [Mark(lesson())])


PRICES = st.integers(0, 10**9)


@settings(max_examples=150)
@given(price=PRICES, size=st.integers(1, 40), data=st.data())
def test_r31_the_charges_of_a_package_sum_to_its_price_in_any_order_of_marking(
    price: int, size: int, data: st.DataObject
) -> None:
    days = [lesson(date.fromordinal(START.toordinal() + n // 2), n) for n in range(size)]
    marks = attended(data.draw(st.permutations(days)))
    excused = [Mark(lesson(START, size + n), 0) for n in range(data.draw(st.integers(0, 3)))]
    charges = price_package(subscription("package", price, size), [*excused, *marks])
    assert sum(amounts(charges)) == price
    cut = data.draw(st.integers(0, size))
    ordered = attended(days)
    tail = price_package(subscription("package", price, size), ordered[cut:], used_before=cut)
    assert tail == price_package(subscription("package", price, size), ordered)[cut:]


@settings(max_examples=150)
@given(
    price=PRICES,
    days=st.sets(st.integers(1, 30), min_size=1),
    first=st.integers(1, 30),
    last=st.integers(1, 30),
    data=st.data(),
)
def test_r31_the_charges_of_a_month_sum_to_its_price_when_all_are_held(
    price: int, days: set[int], first: int, last: int, data: st.DataObject
) -> None:
    terms = subscription("month", price, first_on=START.replace(day=first), last_on=START.replace(day=last))
    lessons = september(*sorted(days))
    whole = price_on(terms, lessons[0])
    assert sum(amounts(price_month(terms, START, attended(lessons)))) == whole
    held = data.draw(st.integers(0, len(lessons)))
    partly = price_month(terms, START, attended(lessons[:held]), lessons[held:])
    assert partly == price_month(terms, START, attended(lessons))[:held]


@given(price=PRICES, share=st.integers(0, 100))
def test_r31_a_share_is_the_exact_part_rounded_half_up(price: int, share: int) -> None:
    [charge] = price_marks(subscription(price=price), [Mark(lesson(), share)])
    assert charge.amount == floor(Fraction(price * share, 100) + Fraction(1, 2))
