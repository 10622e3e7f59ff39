from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from charging_cases import (
    DISCOUNTS,
    START,
    lesson,
    money,
    percent,
    price_of_next,
    project,
    september,
    subscription,
    weekly,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import use_language
from schoolcrm.core.rules.charging import (
    Charge,
    Mark,
    Terms,
    price_at_sale,
    price_marks,
    price_month,
    price_on,
    price_package,
    upfront_charges,
)
from schoolcrm.core.rules.discounts import Discount, after_best, best_of
from schoolcrm.core.rules.money import human_percent, machine_percent, parse_percent

OCTOBER = date(2026, 10, 1)


def amounts(charges: list[Charge]) -> list[int]:
    return [charge.amount for charge in charges]


def attended(lessons: list[Any]) -> list[Mark]:
    return [Mark(one) for one in lessons]


def test_r31_4000_over_9_with_10_percent_is_9_times_400() -> None:
    terms = subscription("package", 400000, 9, discounts=[percent(1000)])
    lessons = weekly(START, date(2026, 10, 27))
    assert amounts(price_package(terms, attended(lessons))) == [40000] * 9
    assert amounts(project([terms], {}, lessons)) == [40000] * 9


def test_r35_of_10_percent_and_150_on_1000_the_better_one_applies() -> None:
    discounts = [percent(1000, id=1), money(15000, id=2)]
    assert amounts(price_marks(subscription(price=100000, discounts=discounts), attended(september(1)))) == [85000]
    assert amounts(price_marks(subscription(price=200000, discounts=discounts), attended(september(1)))) == [180000]
    assert best_of(discounts, 150000) == discounts[0]  # both 150: the lower id
    assert best_of([], 150000) is None


def test_r35_a_money_discount_is_for_the_whole_package_or_month_and_for_each_lesson_of_lesson() -> None:
    off = [money(10000)]
    lessons = attended(september(1, 8))
    assert amounts(price_package(subscription("package", 100000, 4, discounts=off), lessons)) == [22500] * 2
    assert amounts(price_month(subscription("month", 100000, discounts=off), START, lessons)) == [45000] * 2
    assert amounts(price_marks(subscription("lesson", 100000, discounts=off), lessons)) == [90000] * 2


def test_r35_of_a_partly_covered_month_the_full_price_is_discounted_before_its_part_is_taken() -> None:
    terms = subscription("month", 300000, first_on=date(2026, 9, 21), discounts=[money(30000)])
    assert price_on(terms, lesson(date(2026, 9, 21))) == 90000  # 2700 × 10 of 30 days, not 1000 − 300
    assert price_on(terms, lesson(OCTOBER)) == 270000


def test_r35_a_price_never_falls_below_0() -> None:
    terms = subscription(price=10000, discounts=[money(15000)])
    assert amounts(price_marks(terms, attended(september(1)))) == [0]
    assert percent(10000).taken_off(12345) == 0


@pytest.mark.parametrize(
    ("price", "hundredths", "after"), [(333, 5000, 167), (1, 5000, 1), (100, 1250, 88), (99999, 1, 99989)]
)
def test_r35_the_discounted_price_is_rounded_half_up(price: int, hundredths: int, after: int) -> None:
    assert percent(hundredths).taken_off(price) == after


def test_r35_a_share_is_taken_of_the_discounted_price() -> None:
    terms = subscription(price=100000, discounts=[percent(1000)])
    assert amounts(price_marks(terms, [Mark(lesson(), 50), Mark(lesson(id=2), 0)])) == [45000, 0]


@pytest.mark.parametrize(
    ("price", "hundredths", "share", "lesson_price", "amount"),
    [
        (5565, 1000, 50, 5009, 2504),  # 50.085, half of it 25.0425; half of 50.09 would be 25.045
        (1, 5000, 50, 1, 0),  # a quarter of a kopeck
        (9, 3000, 90, 6, 6),  # 6.3 × 90 % = 5.67 kopecks; 6 × 90 % would be 5.4
    ],
)
def test_r31_a_discount_and_a_share_of_a_lesson_are_rounded_once(
    price: int, hundredths: int, share: int, lesson_price: int, amount: int
) -> None:
    [charge] = price_marks(subscription(price=price, discounts=[percent(hundredths)]), [Mark(lesson(), share)])
    assert (charge.price, charge.amount) == (lesson_price, amount)


def test_r31_a_package_is_whole_kopecks_before_its_lessons_are_shared() -> None:
    # 111.30 less 10 % is 100.17: 50.08 and 50.09, half of each by itself; a month of two lessons the same.
    lessons = september(1, 8)
    halves = [Mark(one, 50) for one in lessons]
    off = [percent(1000)]
    assert amounts(price_package(subscription("package", 11130, 2, discounts=off), halves)) == [2504, 2505]
    assert amounts(price_month(subscription("month", 11130, discounts=off), START, halves)) == [2504, 2505]


def test_r35_days_are_inclusive_and_may_be_open() -> None:
    window = money(100, first_on=date(2026, 9, 8), last_on=date(2026, 9, 15))
    days = [date(2026, 9, day) for day in (7, 8, 15, 16)]
    assert [window.holds_on(day) for day in days] == [False, True, True, False]
    assert [money(100, first_on=days[1]).holds_on(day) for day in days] == [False, True, True, True]
    assert [money(100, last_on=days[2]).holds_on(day) for day in days] == [True, True, True, False]


def test_r35_a_discount_is_for_its_subjects_and_lesson_types() -> None:
    assert [money(1, subjects={1}).covers(subject, 1) for subject in (1, 2, None)] == [True, False, False]
    assert [money(1, lesson_types={2}).covers(1, kind) for kind in (1, 2)] == [False, True]
    both = money(1, subjects={1}, lesson_types={2})
    assert [both.covers(1, 2), both.covers(1, 1), both.covers(2, 2)] == [True, False, False]


def test_r35_another_students_discount_is_not_ones_own() -> None:
    terms = subscription(price=100000, discounts=[percent(1000, student=2), percent(500, student=1, id=2)])
    marks = [Mark(lesson(id=1)), Mark(lesson(id=2), 100, 2), Mark(lesson(id=3), 100, 1)]
    assert amounts(price_marks(terms, marks)) == [95000, 90000, 95000]


def test_r35_a_package_whose_discount_ends_midway_takes_each_lessons_own_price() -> None:
    terms = subscription("package", 200000, 3, discounts=[percent(1000, last_on=date(2026, 9, 8))])
    # 1800 over 3, twice; the third of 2000 over 3 is 2000 − 2 × 666.66.
    assert amounts(price_package(terms, attended(september(1, 8, 15)))) == [60000, 60000, 66668]


def test_r34_a_lesson_beyond_the_package_has_its_discount_too() -> None:
    terms = subscription("package", 200000, 2, discounts=[percent(1000, first_on=date(2026, 9, 15))])
    assert amounts(price_package(terms, attended(september(1, 8, 15)))) == [100000, 100000, 90000]


def test_r31_upfront_is_charged_after_the_discount_of_the_day() -> None:
    until_september = percent(1000, last_on=date(2026, 9, 30))
    terms = subscription("package", 400000, 9, first_on=START, billing="upfront", discounts=[until_september])
    assert upfront_charges(terms) == [(START, 360000)]
    ends = date(2026, 11, 15)
    month = subscription("month", 300000, first_on=START, last_on=ends, billing="upfront", discounts=[until_september])
    assert upfront_charges(month) == [(START, 270000), (OCTOBER, 300000), (date(2026, 11, 1), 150000)]


@pytest.mark.parametrize(
    ("sold", "discount", "applies"),
    [
        ({}, {}, True),
        ({"subjects": {1}}, {"subjects": {1, 2}}, True),
        ({"subjects": {1, 2}}, {"subjects": {1}}, False),
        ({}, {"subjects": {1}}, False),
        ({"lesson_types": {1}}, {"lesson_types": {1}}, True),
        ({}, {"lesson_types": {1}}, False),
        ({"subjects": {1}}, {"subjects": {1}, "lesson_types": {1}}, False),
    ],
)
def test_r35_a_limited_discount_applies_to_a_sale_if_it_is_for_all_that_is_sold(
    sold: dict[str, Any], discount: dict[str, Any], applies: bool
) -> None:
    terms = subscription("package", 400000, 9, billing="upfront", discounts=[percent(1000, **discount)], **sold)
    assert price_at_sale(terms, START) == (360000 if applies else 400000)


def test_r38_the_price_of_the_next_lesson_has_its_discount() -> None:
    terms = subscription("package", 200000, 3, discounts=[percent(1000, first_on=date(2026, 9, 15))])
    assert price_of_next(terms, attended(september(1)), lesson(date(2026, 9, 8))) == 66666
    assert price_of_next(terms, attended(september(1)), lesson(date(2026, 9, 15))) == 60000


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [("10", 1000), ("12.5", 1250), ("12,5 %", 1250), ("0.01", 1), ("100", 10000), ("7.25%", 725)],
)
def test_a_percentage_is_read(text: str, hundredths: int) -> None:
    assert parse_percent(text) == hundredths


@pytest.mark.parametrize("text", ["0", "100.01", "-5", "12.555", "ten", "", "1e2", "0.00", "101", "10 %%"])
def test_what_is_no_percentage_is_named(text: str) -> None:
    with pytest.raises(BadValue, match=f'"{text}"'):
        parse_percent(text)


def test_a_percentage_is_written_without_needless_decimals() -> None:
    assert [machine_percent(one) for one in (1000, 1250, 1255, 10000, 5)] == ["10", "12.5", "12.55", "100", "0.05"]
    assert human_percent(1250) == "12.5\u00a0%"
    use_language("ru")
    assert human_percent(1250) == "12,5\u00a0%"


# For any discounts --------------------------------------------------------------------------------------

PRICES = st.integers(0, 10**8)
DAYS = [date.fromordinal(START.toordinal() + 4 * n) for n in range(12)]
LESSONS = [lesson(day, n, subject=1 + n % 2, type=1 + n % 3 // 2) for n, day in enumerate(DAYS)]
SOLD = st.builds(
    subscription,
    kind=st.sampled_from(["lesson", "package", "month"]),
    price=PRICES,
    lessons=st.integers(1, 12),
    discounts=DISCOUNTS,
)


def without_discounts(terms: Terms) -> Terms:
    return subscription(terms.kind, terms.price, terms.lessons)


@settings(max_examples=200)
@given(terms=SOLD, shares=st.lists(st.sampled_from([0, 50, 100]), min_size=12, max_size=12))
def test_r35_a_discount_never_makes_a_lesson_dearer_but_for_the_kopecks_that_the_last_one_evens_out(
    terms: Terms, shares: list[int]
) -> None:
    """The last lesson of a package or month bears what division leaves, below one kopeck per lesson."""
    marks = [Mark(one, share) for one, share in zip(LESSONS, shares, strict=True)]
    usual = {charge.occasion.id: charge for charge in price_marks(without_discounts(terms), marks)}
    dearer = 0
    for charge in price_marks(terms, marks):
        before = usual[charge.occasion.id]
        assert 0 <= charge.amount <= before.amount + 11
        dearer += charge.amount > before.amount
    assert dearer <= {"lesson": 0, "package": 1, "month": 2}[terms.kind]


@given(price=PRICES, discounts=DISCOUNTS)
def test_r35_the_best_single_discount_is_chosen_and_never_a_sum(price: int, discounts: list[Discount]) -> None:
    after = after_best(discounts, price)
    assert after == min([price, *(one.taken_off(price) for one in discounts)])
    best = best_of(discounts, price)
    assert best is None or all(
        (one.taken_off(price), one.id) >= (best.taken_off(price), best.id) and best in discounts for one in discounts
    )
    assert 0 <= after <= price


SMALL_OR_LARGE = st.integers(0, 200) | PRICES


@settings(max_examples=400)
@given(
    price=SMALL_OR_LARGE,
    share=st.sampled_from([0, 25, 50, 75, 100]) | st.integers(0, 100),
    percents=st.lists(st.sampled_from([1000, 1250, 5000]) | st.integers(1, 10_000), max_size=2),
    sums=st.lists(SMALL_OR_LARGE.filter(bool), max_size=1),
)
def test_r31_a_lesson_costs_the_exact_share_of_the_exact_price_rounded_half_up(
    price: int, share: int, percents: list[int], sums: list[int]
) -> None:
    discounts = [percent(one, id=n) for n, one in enumerate(percents)] + [money(one, id=9) for one in sums]
    [charge] = price_marks(subscription(price=price, discounts=discounts), [Mark(lesson(), share)])
    less_percent = [price * (1 - Fraction(one, 10_000)) for one in percents]
    exact = min([Fraction(price), *less_percent, *(max(Fraction(0), Fraction(price - one)) for one in sums)])
    assert charge.amount == floor(exact * Fraction(share, 100) + Fraction(1, 2))
    assert charge.price == floor(exact + Fraction(1, 2))
    assert 0 <= charge.amount <= charge.price
    assert share < 100 or charge.amount == charge.price


@given(price=PRICES, size=st.integers(1, 12), discounts=DISCOUNTS)
def test_r31_the_charges_of_a_package_or_month_sum_to_its_price_after_one_constant_discount(
    price: int, size: int, discounts: list[Discount]
) -> None:
    always: dict[str, Any] = {"first_on": None, "last_on": None, "subjects": frozenset(), "lesson_types": frozenset()}
    constant = [one._replace(**always) for one in discounts]
    package = subscription("package", price, size, discounts=constant)
    assert sum(amounts(price_package(package, attended(LESSONS[:size])))) == after_best(constant, price)
    month = subscription("month", price, discounts=constant)
    september_lessons = [one for one in LESSONS if one.on.month == 9]
    assert sum(amounts(price_month(month, START, attended(september_lessons)))) == after_best(constant, price)
