from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise, permutations

import pytest
from charging_cases import START, lesson, september, subscription
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.rules.charging import (
    Mark,
    Occasion,
    Terms,
    assign,
    choose,
    fits,
    planned_id,
    planned_under,
    used_lessons,
)
from schoolcrm.core.rules.paying import paying_order, share_out

SOME = st.frozensets(st.integers(1, 3), max_size=3)
OFFERS = st.lists(
    st.builds(
        subscription,
        kind=st.sampled_from(["lesson", "package", "month"]),
        lessons=st.integers(1, 4),
        id=st.integers(1, 99),
        first_on=st.dates(date(2026, 8, 30), date(2026, 9, 2)),
        last_on=st.none() | st.dates(date(2026, 8, 31), date(2026, 9, 4)),
        separate=st.booleans(),
        stop_at_end=st.booleans(),
        subjects=SOME,
        lesson_types=SOME,
    ),
    max_size=5,
    unique_by=lambda terms: terms.id,
)


def nothing_used(terms: Terms) -> int | None:
    return terms.lessons


def left(**packages: int) -> Callable[[Terms], int | None]:
    """Lessons left by package: ``left(p1=0)`` for the subscription with id 1."""
    return lambda terms: packages.get(f"p{terms.id}", terms.lessons)


def test_r32_a_subscription_is_valid_on_its_first_and_last_day() -> None:
    terms = subscription(first_on=START, last_on=date(2026, 9, 8))
    assert fits(terms, lesson(START))
    assert fits(terms, lesson(date(2026, 9, 8)))
    assert not fits(terms, lesson(date(2026, 8, 31)))
    assert not fits(terms, lesson(date(2026, 9, 9)))
    assert fits(subscription(), lesson(date(2099, 1, 1)))


@pytest.mark.parametrize(
    ("occasion", "fitting"),
    [
        (lesson(subject=1, type=2), True),
        (lesson(subject=2, type=2), False),
        (lesson(subject=1, type=1), False),
        (lesson(subject=None, type=2), False),
    ],
)
def test_r32_subject_and_lesson_type_must_be_covered(occasion: Occasion, fitting: bool) -> None:
    assert fits(subscription(subjects={1}, lesson_types={2, 3}), occasion) is fitting
    assert fits(subscription(), occasion)


def test_r32_the_order_of_the_subscriptions_that_fit() -> None:
    june, july = date(2027, 6, 30), date(2027, 7, 31)
    in_order = [
        subscription(id=90, separate=True),
        subscription(id=80, subjects={1}, lesson_types={1}),
        subscription(id=75, subjects={1, 2}, lesson_types={1, 2}),
        subscription(id=70, subjects={1}),
        subscription(id=60, lesson_types={1, 2}),
        subscription(id=50, last_on=june, first_on=date(2026, 8, 1)),
        subscription(id=40, last_on=july, first_on=date(2026, 2, 1)),
        subscription(id=30, last_on=july, first_on=date(2026, 3, 1)),
        subscription(id=20, first_on=date(2026, 1, 1)),
        subscription(id=10, first_on=date(2026, 4, 1)),
        subscription(id=11, first_on=date(2026, 4, 1)),
    ]
    for earlier, later in pairwise(in_order):
        assert choose([later, earlier], lesson(), nothing_used) == earlier
    assert choose(reversed(in_order), lesson(), nothing_used) == in_order[0]


def test_r32_a_package_without_lessons_left_gives_way() -> None:
    package, single = subscription("package", 400000, 8, id=1, separate=True), subscription(id=2)
    assert choose([package, single], lesson(), left(p1=1)) == package
    assert choose([package, single], lesson(), left(p1=0)) == single


def test_r33_nothing_fits() -> None:
    assert choose([], lesson(), nothing_used) is None
    assert choose([subscription(subjects={2})], lesson(), nothing_used) is None


def test_r34_a_used_up_package_goes_into_debt_unless_its_plan_says_stop() -> None:
    package = subscription("package", 400000, 8, id=1)
    stopping = subscription("package", 400000, 8, id=2, stop_at_end=True)
    later = subscription("package", 400000, 8, id=3)
    assert choose([later, package], lesson(), left(p1=0, p3=0)) == package
    assert choose([stopping], lesson(), left(p2=0)) is None
    assert choose([stopping, later], lesson(), left(p2=0, p3=1)) == later
    assert choose([stopping, later], lesson(), left(p2=0, p3=0)) == later


@settings(max_examples=150)
@given(OFFERS, st.dictionaries(st.integers(1, 99), st.integers(0, 2)))
def test_r32_the_choice_does_not_depend_on_the_order_of_the_offers(
    offers: list[Terms], packages: dict[int, int]
) -> None:
    chosen = {
        choose(order, lesson(), lambda terms: packages.get(terms.id, 0)) for order in list(permutations(offers))[:24]
    }
    assert len(chosen) == 1


@settings(max_examples=150)
@given(OFFERS)
def test_r32_a_narrower_cover_is_never_passed_over(offers: list[Terms]) -> None:
    chosen = choose(offers, lesson(), nothing_used)
    for other in offers:
        if chosen is None or not fits(other, lesson()) or other.separate != chosen.separate:
            continue
        assert not (_within(other, chosen) and not _within(chosen, other))


def _within(inner: Terms, outer: Terms) -> bool:
    """All that ``inner`` covers is covered by ``outer``."""
    pairs = ((inner.subjects, outer.subjects), (inner.lesson_types, outer.lesson_types))
    return all(not wide or (narrow and narrow <= wide) for narrow, wide in pairs)


def test_packages_are_used_up_on_the_way_and_only_by_marks_with_a_share() -> None:
    package, single = subscription("package", 200000, 2, id=1, separate=True), subscription(id=2)
    marks = [Mark(one, share) for one, share in zip(september(1, 2, 3, 4, 5), (100, 0, 50, 100, 0), strict=True)]
    assert assign([single, package], marks, {}) == [package, package, package, single, single]
    assert assign([single, package], marks, {1: 1}) == [package, single, single, single, single]
    assert used_lessons(marks) == 3


def test_r34_a_package_that_stops_is_given_no_more_lessons_than_it_holds() -> None:
    lessons = september(1, 8, 15)
    stops = subscription("package", 200000, 2, stop_at_end=True)
    assert [share_out([stops], lessons, {1: used}) for used in (0, 1, 2)] == [{1: lessons[:2]}, {1: lessons[:1]}, {}]
    assert share_out([subscription("package", 200000, 2)], lessons, {1: 2}) == {1: lessons}


@settings(max_examples=250, deadline=None)
@given(OFFERS, st.lists(st.dates(date(2026, 8, 30), date(2026, 9, 4)), min_size=1, max_size=5), st.data())
def test_lessons_shared_out_at_a_glance_are_those_shared_out_one_by_one(
    offers: list[Terms], days: list[date], data: st.DataObject
) -> None:
    kinds = st.sampled_from([1, 1, 2])
    lessons = [lesson(day, at, subject=data.draw(kinds), type=data.draw(kinds)) for at, day in enumerate(sorted(days))]
    if data.draw(st.booleans()):
        few = [one for one in offers if one.kind == "package" or len(offers) > 3][:2]
        offers = [replace(terms, subjects=frozenset(), lesson_types=frozenset()) for terms in few]
    used = {terms.id: data.draw(st.integers(0, 4)) for terms in offers}
    shares: dict[int, list[Occasion]] = {}
    for one, payer in zip(lessons, assign(offers, map(Mark, lessons), used), strict=True):
        if payer is not None:
            shares.setdefault(payer.id, []).append(one)
    assert share_out(sorted(offers, key=paying_order), lessons, used) == shares


def test_r31_planned_lessons_of_a_month_are_those_it_will_pay() -> None:
    package = subscription("package", 200000, 2, id=1, separate=True)
    month = subscription("month", 500000, id=2, last_on=date(2026, 9, 20))
    lessons = september(1, 8, 15, 22)
    assert planned_under(month, [month, package], lessons, {1: 1}) == lessons[1:3]
    assert planned_under(package, [month, package], lessons, {1: 1}) == [lessons[0], lessons[3]]


def test_planned_lessons_come_after_stored_ones_of_the_same_time() -> None:
    stored, planned = lesson(id=10**12), lesson(id=planned_id(1))
    assert stored.moment < planned.moment < lesson(id=1, time="17:30").moment
    assert planned_id(1) == planned_id(1) < planned_id(2) < 2**63
