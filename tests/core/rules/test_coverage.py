from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count

import pytest
from charging_cases import START, by_month, lesson, project, september, subscription, weekly
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.charging import Charge, Occasion, Terms, projected_by_month
from schoolcrm.core.rules.coverage import (
    GENERAL,
    Coverage,
    ProjectedCharge,
    account_of,
    in_date_order,
    lessons_left,
    placed,
    sum_by_account,
    to_pay,
    walk,
)

TUESDAY = date(2021, 4, 6)


def coming(terms: Terms, lessons: list[Occasion]) -> list[ProjectedCharge]:
    return list(placed([terms], project([terms], {}, lessons)))


def costing(*amounts: int, account: int = GENERAL, from_day: int = 1) -> list[ProjectedCharge]:
    """Daily lessons of September 2026 that cost those sums from one account."""
    lessons = september(*range(from_day, from_day + len(amounts)))
    return [
        ProjectedCharge(account, Charge(one, account or 99, amount, amount, "paid"))
        for one, amount in zip(lessons, amounts, strict=True)
    ]


@pytest.mark.parametrize(
    ("balance", "price", "package", "left"),
    [
        (20000, 2500, None, 8),
        (395250, 2500, None, 158),
        (20000, 2500, 5, 5),
        (20000, 2500, 12, 8),
        (20000, 2500, 0, 0),
        (2499, 2500, None, 0),
        (-1, 2500, None, -1),
        (-2500, 2500, 4, -1),
        (-2501, 2500, None, -2),
        (20000, 0, 5, 5),
        (-20000, 0, 5, 5),
        (20000, 0, None, None),
        (20000, None, None, 0),
        (-20000, None, 5, 0),
    ],
)
def test_r38_lessons_left(balance: int, price: int | None, package: int | None, left: int | None) -> None:
    assert lessons_left(balance, price, package) == left


def test_r39_200_at_25_every_tuesday_from_06_04_2021_expires_on_25_05_2021() -> None:
    terms, lessons = subscription(price=2500), weekly(TUESDAY, date(2021, 12, 31))
    assert walk({GENERAL: 20000}, coming(terms, lessons)) == Coverage(8, date(2021, 5, 25), False)
    holiday = [one for one in lessons if one.on != date(2021, 5, 4)]
    assert walk({GENERAL: 20000}, coming(terms, holiday)) == Coverage(8, date(2021, 6, 1), False)


def test_r39_at_the_end_of_the_schedule_it_stops_and_says_so() -> None:
    charges = coming(subscription(price=2500), weekly(TUESDAY, date(2021, 12, 31), last_on=date(2021, 4, 20)))
    assert walk({GENERAL: 20000}, charges) == Coverage(3, date(2021, 4, 20), True)
    assert walk({GENERAL: 20000}, []) == Coverage(0, None, True)


def test_r39_nothing_is_covered_without_money() -> None:
    assert walk({GENERAL: 2499}, costing(2500, 2500)) == Coverage(0, None, False)
    assert walk({GENERAL: -1}, costing(2500)) == Coverage(0, None, False)
    assert walk({}, costing(2500)) == Coverage(0, None, False)


def test_r39_money_that_was_too_short_for_one_lesson_covers_no_later_one() -> None:
    assert walk({GENERAL: 3000}, costing(2000, 2000, 500)) == Coverage(1, START, False)


def test_r39_other_accounts_go_on() -> None:
    charges = in_date_order(costing(2000, 2000, 2000), costing(500, 500, 500, account=7, from_day=2))
    assert walk({GENERAL: 2000, 7: 1000}, charges) == Coverage(3, date(2026, 9, 3), False)
    charges = in_date_order(costing(2000, 2000, 2000), costing(500, 500, 500, account=7, from_day=2))
    assert walk({GENERAL: 2000, 7: 5000}, charges) == Coverage(4, date(2026, 9, 4), True)


def test_r39_a_subscription_that_ends_ends_the_schedule() -> None:
    terms = subscription(price=2500, last_on=date(2021, 4, 13))
    charges = coming(terms, weekly(TUESDAY, date(2021, 6, 1)))
    assert charges[2].charge.basis == "none"
    assert walk({GENERAL: 20000}, charges) == Coverage(2, date(2021, 4, 13), True)


def test_r38_over_all_students_in_date_order() -> None:
    elder = costing(1000, 1000, 1000)
    younger = [
        ProjectedCharge(account, charge._replace(occasion=charge.occasion._replace(time="09:00")))
        for account, charge in costing(700, 700, 700)
    ]
    assert walk({GENERAL: 2400}, in_date_order(elder, younger)) == Coverage(3, date(2026, 9, 2), False)
    assert [charge.occasion.time for _, charge in in_date_order(elder, younger)] == ["09:00", "17:00"] * 3


def test_r39_a_lesson_at_0_is_covered_by_a_subscription_only() -> None:
    upfront = subscription("package", 400000, 3, billing="upfront")
    assert walk({GENERAL: 0}, coming(upfront, september(1, 8, 15))) == Coverage(3, date(2026, 9, 15), True)
    assert walk({GENERAL: 0}, coming(upfront, september(1, 8, 15, 22))) == Coverage(3, date(2026, 9, 15), False)
    uncovered = subscription(subjects={2})
    assert walk({GENERAL: 100000}, coming(uncovered, september(1, 8))) == Coverage(0, None, True)
    for_nothing = subscription("package", 0, 2)
    assert walk({GENERAL: 0}, coming(for_nothing, september(1, 8, 15))).lessons == 2


def test_r39_money_covers_lessons_beyond_a_package() -> None:
    package = subscription("package", 200000, 2)
    assert walk({GENERAL: 300000}, coming(package, september(1, 8, 15, 22))).lessons == 3


def test_r39_an_account_below_0_covers_nothing_even_at_0() -> None:
    upfront = subscription("package", 400000, 3, billing="upfront")
    assert walk({GENERAL: -1}, coming(upfront, september(1, 8, 15))) == Coverage(0, None, False)
    assert walk({GENERAL: -1, 7: 0}, costing(0, 0, account=7)) == Coverage(2, date(2026, 9, 2), True)


def test_r39_an_account_that_ran_short_covers_no_later_lesson_at_0() -> None:
    assert walk({GENERAL: 2500}, costing(0, 2000, 600, 0)) == Coverage(2, date(2026, 9, 2), False)


def test_the_walk_needs_no_end_once_the_money_ran_out() -> None:
    def endless(terms: Terms) -> Iterator[ProjectedCharge]:
        days = (lesson(date.fromordinal(START.toordinal() + n), n) for n in count())
        return placed([terms], projected_by_month([terms], {}, by_month(days)))

    terms = subscription(price=2500)
    assert walk({GENERAL: 20000}, endless(terms)).expires_on == date(2026, 9, 8)
    upfront = subscription(billing="upfront", id=2)
    both = in_date_order(endless(terms), endless(upfront))
    assert walk({GENERAL: 2500}, both) == Coverage(2, START, False)
    assert walk({GENERAL: -1}, endless(upfront)) == Coverage(0, None, False)


def test_r36_a_separate_balance_is_an_account_of_its_own() -> None:
    separate, general = subscription(id=5, separate=True, subjects={1}), subscription(id=6, price=100)
    assert (account_of(separate), account_of(general)) == (5, GENERAL)
    lessons = [*september(1), lesson(date(2026, 9, 2), subject=2), lesson(date(2019, 1, 1))]
    charges = list(placed([separate, general], project([separate, general], {}, lessons)))
    assert [account for account, _ in charges] == [5, GENERAL, GENERAL]
    assert sum_by_account(charges) == {5: 70000, GENERAL: 100}


def test_forecast_8_lessons_at_700_with_1500_cost_5600_and_4100_is_to_pay() -> None:
    charges = coming(subscription(price=70000), september(*range(1, 9)))
    assert sum_by_account(charges) == {GENERAL: 560000}
    assert to_pay({GENERAL: 150000}, sum_by_account(charges)) == 410000


def test_r36_to_pay_is_per_account_and_never_below_0() -> None:
    assert to_pay({GENERAL: 310000, 5: -800000}, {}) == 800000
    assert to_pay({GENERAL: 310000, 5: -800000}, {GENERAL: 300000, 5: 100000}) == 900000
    assert to_pay({GENERAL: 0}, {7: 100}) == 100


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(-10, 300))
def test_r39_one_account_covers_the_longest_run_it_can_pay(amounts: list[int], balance: int) -> None:
    covered = walk({GENERAL: balance}, costing(*amounts))
    assert covered.lessons == _longest_run(amounts, balance)
    assert covered.ended is (covered.lessons == len(amounts))


@given(st.integers(1, 500), st.integers(0, 5000), st.integers(0, 28))
def test_r38_lessons_left_of_one_price_is_what_the_walk_covers(price: int, balance: int, days: int) -> None:
    covered = walk({GENERAL: balance}, costing(*[price] * days))
    left = lessons_left(balance, price, None)
    assert left is not None
    assert covered.lessons == min(left, days)


def _longest_run(amounts: Iterable[int], balance: int) -> int:
    lessons = 0
    for amount in amounts:
        balance -= amount
        if balance < 0:
            break
        lessons += 1
    return lessons


HORIZON = date(2026, 9, 5)


def test_r38_r39_what_costs_nothing_and_goes_on_has_no_end() -> None:
    assert walk({GENERAL: 0}, costing(*[0] * 6), HORIZON) == Coverage(None, None, False)
    assert walk({GENERAL: 0}, costing(*[0] * 5), HORIZON) == Coverage(5, HORIZON, True)


def test_r39_money_for_lessons_after_the_horizon_has_no_end_and_too_little_for_them_has_one() -> None:
    assert walk({GENERAL: 600}, costing(*[100] * 6), HORIZON) == Coverage(None, None, False)
    assert walk({GENERAL: 599}, costing(*[100] * 6), HORIZON) == Coverage(5, HORIZON, False)


def test_r39_beside_what_costs_nothing_the_account_that_runs_short_tells() -> None:
    free = costing(*[0] * 6, account=7)
    assert walk({GENERAL: 250, 7: 0}, in_date_order(costing(*[100] * 6), free), HORIZON) == Coverage(
        2, date(2026, 9, 2), False
    )
    assert walk({GENERAL: 900, 7: 0}, in_date_order(costing(*[100] * 3), free), HORIZON) == Coverage(None, None, False)
    rich = costing(*[1] * 6, account=7)
    both = in_date_order(costing(*[100] * 6), rich)
    assert walk({GENERAL: 250, 7: 90}, both, HORIZON) == Coverage(None, None, False)
    one_account = in_date_order(costing(*[100] * 6), costing(*[0] * 6))
    assert walk({GENERAL: 250}, one_account, HORIZON) == Coverage(4, date(2026, 9, 2), False)


def test_the_walk_of_what_has_no_end_stops_after_the_horizon() -> None:
    days = (ProjectedCharge(GENERAL, Charge(lesson(date.fromordinal(n)), 1, 0, 0, "paid")) for n in count(1))
    assert walk({GENERAL: 0}, days, date(1, 2, 1)).expires_on is None
    assert next(days).charge.occasion.on <= date(1, 2, 5)
