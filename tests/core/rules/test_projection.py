from collections.abc import Iterator
from datetime import date
from itertools import chain, count, islice

from charging_cases import DISCOUNTS, START, by_month, lesson, project, september, subscription, weekly
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.rules.charging import (
    Charge,
    Mark,
    Occasion,
    Terms,
    choose,
    planned_under,
    price_marks,
    projected_by_month,
    used_lessons,
)

Held = dict[int, list[Mark]]


def amounts(charges: list[Charge]) -> list[int]:
    return [charge.amount for charge in charges]


def test_r39_a_package_goes_on_where_the_marks_stopped_and_then_into_debt() -> None:
    package = subscription("package", 200000, 3)
    held = {1: [Mark(one, share) for one, share in zip(september(1, 3), (100, 0), strict=True)]}
    charges = project([package], held, september(8, 15, 22))
    assert [(charge.amount, charge.basis) for charge in charges] == [
        (66666, "paid"),
        (66668, "paid"),
        (66666, "over"),
    ]
    assert project([package], {}, september(8, 15, 22), used={1: 1}) == charges


def test_r34_after_a_package_that_stops_there_is_no_subscription() -> None:
    package = subscription("package", 200000, 2, stop_at_end=True)
    charges = project([package], {}, september(1, 8, 15))
    assert [(charge.amount, charge.basis) for charge in charges[1:]] == [(100000, "paid"), (0, "none")]


def test_r32_subscriptions_take_turns() -> None:
    package = subscription("package", 200000, 2, id=1, separate=True)
    month = subscription("month", 300000, id=2, last_on=date(2026, 9, 20))
    charges = project([month, package], {}, september(1, 8, 15, 16, 22))
    assert [charge.subscription_id for charge in charges] == [1, 1, 2, 2, 1]
    assert amounts(charges) == [100000, 100000, 100000, 100000, 100000]  # 3000 × 20 / 30 days = 2000 over 2
    assert charges[-1].basis == "over"


def test_r31_lessons_held_this_month_count_and_those_that_passed_unheld_too() -> None:
    month = subscription("month", 500000)
    held = {1: [Mark(one) for one in september(1, 2)]}
    assert amounts(project([month], held, september(15, 22, 29))) == [100000] * 3
    assert amounts(project([month], held, september(22, 29), unheld=september(15))) == [100000] * 2
    october = [lesson(date(2026, 10, 6)), lesson(date(2026, 10, 13))]
    assert amounts(project([month], held, october, unheld=september(15))) == [250000] * 2


def test_r31_a_lesson_held_ahead_of_an_upcoming_one_keeps_its_place() -> None:
    package = subscription("package", 200000, 3)
    held = {1: [Mark(one) for one in september(1, 16)]}
    assert amounts(project([package], held, september(15))) == [66666]
    late = {1: [Mark(one) for one in [*september(1), lesson(date(2026, 11, 3))]]}
    assert amounts(project([package], late, september(15))) == [66666]
    assert amounts(project([package], late, [lesson(date(2026, 11, 10))])) == [66668]


def test_r31_a_lesson_held_ahead_on_the_last_day_of_the_month_belongs_to_it() -> None:
    held = {1: [Mark(one) for one in september(30)]}
    assert amounts(project([subscription("month", 500000)], held, september(15, 22))) == [166666] * 2
    excused = {1: [Mark(one, 0) for one in september(30)]}
    october = [lesson(date(2026, 10, 6), 1), lesson(date(2026, 10, 13), 2)]
    package = subscription("package", 200000, 3)
    assert amounts(project([package], excused, september(15) + october)) == [66666, 66666, 66668]


def test_the_schedule_is_read_a_month_at_a_time() -> None:
    read: list[Occasion] = []

    def endless() -> Iterator[Occasion]:
        for number in count():
            read.append(lesson(date.fromordinal(START.toordinal() + number), number))
            yield read[-1]

    charges = projected_by_month([subscription("month", 300000)], {}, by_month(endless()))
    assert [charge.amount for charge in islice(charges, 30)] == [10000] * 30
    assert len(read) == 31


def hold(offers: list[Terms], held: Held, occasion: Occasion, share: int = 100) -> None:
    """Mark a lesson as the school does: choose who pays, then keep the mark under it (0: no subscription)."""
    used = {terms.id: used_lessons(held.get(terms.id, [])) for terms in offers}
    payer = choose(offers, occasion, lambda terms: (terms.lessons or 0) - used[terms.id])
    held.setdefault(payer.id if payer else 0, []).append(Mark(occasion, share))


def charges_of(offers: list[Terms], held: Held, planned: list[Occasion]) -> dict[tuple[date, str, int], Charge]:
    """The charges that the marks have when those lessons are still planned."""
    used = {terms.id: used_lessons(held.get(terms.id, [])) for terms in offers}
    priced = (
        price_marks(terms, held[terms.id], planned_under(terms, offers, planned, used))
        for terms in offers
        if terms.id in held
    )
    return {charge.occasion.moment: charge for charge in chain.from_iterable(priced)}


FIRST_DAYS = st.dates(date(2026, 8, 20), date(2026, 9, 20))
LAST_DAYS = st.none() | st.dates(date(2026, 9, 20), date(2026, 11, 20))
OFFERS = st.lists(
    st.builds(
        subscription,
        kind=st.sampled_from(["lesson", "package", "package", "month", "month"]),
        price=st.integers(0, 10**6),
        lessons=st.integers(1, 6),
        id=st.integers(1, 99),
        first_on=FIRST_DAYS,
        last_on=LAST_DAYS,
        billing=st.sampled_from(["by-lesson", "by-lesson", "upfront"]),
        separate=st.booleans(),
        stop_at_end=st.booleans(),
        subjects=st.frozensets(st.integers(1, 2), max_size=1),
        discounts=DISCOUNTS,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda terms: terms.id,
)
LESSONS = st.lists(
    st.builds(
        lesson,
        on=st.dates(date(2026, 8, 25), date(2026, 11, 25)),
        id=st.integers(1, 10**6),
        subject=st.integers(1, 2),
    ),
    max_size=25,
    unique_by=lambda one: one.id,
).map(lambda lessons: sorted(lessons, key=lambda one: one.moment))


@settings(max_examples=250, deadline=None)
@given(offers=OFFERS, lessons=LESSONS, data=st.data())
def test_the_forecast_is_what_holding_the_lessons_really_charges(
    offers: list[Terms], lessons: list[Occasion], data: st.DataObject
) -> None:
    past = data.draw(st.integers(0, len(lessons)))
    upcoming = lessons[past:]
    held: Held = {}
    for occasion in lessons[:past]:
        hold(offers, held, occasion, data.draw(st.sampled_from([0, 50, 100])))
    forecast = project(offers, held, upcoming)
    assert [charge.occasion for charge in forecast] == upcoming

    really: Held = {key: list(marks) for key, marks in held.items()}
    for number, (occasion, expected) in enumerate(zip(upcoming, forecast, strict=True)):
        still_planned = upcoming[number + 1 :]
        hold(offers, really, occasion)
        at_once = charges_of(offers, really, still_planned).get(occasion.moment)
        assert expected == (at_once or Charge(occasion, None, 0, 0, "none"))
        assert project(offers, really, still_planned) == forecast[number + 1 :]
    in_the_end = charges_of(offers, really, [])
    assert {charge.occasion.moment: charge for charge in forecast if charge.subscription_id} == {
        moment: charge for moment, charge in in_the_end.items() if moment in {one.moment for one in upcoming}
    }


@settings(max_examples=100, deadline=None)
@given(offers=OFFERS, lessons=LESSONS, data=st.data())
def test_the_forecast_of_a_package_and_a_month_agrees_with_pricing_all_at_once(
    offers: list[Terms], lessons: list[Occasion], data: st.DataObject
) -> None:
    """Lessons later than upcoming ones may be held already; one subscription, so that the choice is plain."""
    terms = data.draw(st.sampled_from(offers).filter(lambda one: not one.stop_at_end))
    fitting = [one for one in lessons if choose([terms], one, lambda _: 1)]
    flags = data.draw(st.lists(st.booleans(), min_size=len(fitting), max_size=len(fitting)))
    shares = st.sampled_from([0, 50, 100])
    marks = [Mark(one, data.draw(shares) if flag else 100) for one, flag in zip(fitting, flags, strict=True)]
    held = [mark for mark, flag in zip(marks, flags, strict=True) if flag]
    upcoming = [one for one, flag in zip(fitting, flags, strict=True) if not flag]
    all_at_once = {charge.occasion.moment: charge for charge in price_marks(terms, marks)}
    assert project([terms], {terms.id: held}, upcoming) == [all_at_once[one.moment] for one in upcoming]


def test_r31_the_money_of_a_running_month_is_the_same_every_week() -> None:
    month, lessons = subscription("month", 500000), weekly(START, date(2026, 10, 27))
    for week in range(len(lessons)):
        held = {1: [Mark(one) for one in lessons[:week]]}
        assert amounts(project([month], held, lessons[week:])) == ([100000] * 5 + [125000] * 4)[week:]
