"""Subscriptions changed after the sale, in a true school and in the oracle at once (R41)."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import strategies as st
from ledger_oracle import Sold
from ledger_world import FIRST, HISTORIES, HOLDS, MARKS, ROBOTS, SELLS, Event, Sells, World

from schoolcrm.core.errors import SchoolError
from schoolcrm.core.money.changes import (
    close_subscription,
    delete_subscription,
    extend_subscription,
    move_subscription,
)


@dataclass(frozen=True)
class Deletes:
    subscription: int


@dataclass(frozen=True)
class Closes:
    subscription: int
    day: int


@dataclass(frozen=True)
class Extends:
    subscription: int
    days: int


@dataclass(frozen=True)
class Moves:
    subscription: int
    student: int


Change = Deletes | Closes | Extends | Moves

NUMBERS = st.integers(0, 7)
CHANGES: st.SearchStrategy[Change] = (
    st.builds(Deletes, NUMBERS)
    | st.builds(Closes, NUMBERS, st.integers(-8, 60))
    | st.builds(Closes, NUMBERS, st.integers(20, 60))
    | st.builds(Extends, NUMBERS, st.integers(0, 40))
    | st.builds(Moves, NUMBERS, st.integers(0, 2))
    | st.builds(Moves, NUMBERS, st.integers(0, 1))
)
# Month plans of one student beside one another, some charged upfront: what one of them loses, the others pay.
MONTHS = st.builds(
    Sells,
    student=st.sampled_from([0, 0, 0, 1]),
    kind=st.sampled_from(["month", "month", "month", "package"]),
    price=st.integers(0, 6000_00),
    lessons=st.integers(1, 5),
    first=st.integers(-3, 10),
    days=st.none() | st.integers(10, 60),
    upfront=st.sampled_from([False, False, True]),
    separate=st.booleans(),
    stop=st.just(False),
    subjects=st.sampled_from([frozenset(), frozenset(), frozenset({ROBOTS})]),
    reprice=st.just(True),
)
BESIDE = st.builds(
    lambda *parts: [event for part in parts for event in part],
    st.lists(MONTHS, min_size=2, max_size=4),
    st.lists(HOLDS, min_size=4, max_size=10),
    st.lists(MONTHS, max_size=1),
)
CHANGED_HISTORIES: st.SearchStrategy[list[Event | Change]] = st.builds(
    lambda before, after: [*before, *after],
    HISTORIES | BESIDE | BESIDE,
    st.lists(CHANGES | CHANGES | HOLDS | MARKS | SELLS, min_size=2, max_size=14),
)


def change(here: World, event: Change) -> None:
    """Change one of the subscriptions on both sides; what the oracle does not allow must be refused."""
    if not here.oracle.sold:
        return
    sold = here.oracle.sold[event.subscription % len(here.oracle.sold)]
    if sold.deleted or not _is_possible(here, sold, event):
        with pytest.raises(SchoolError):
            _change_school(here, sold, event)
    else:
        _change_school(here, sold, event)
        _change_oracle(here, sold, event)


def _day(event: Closes) -> date:
    return FIRST + timedelta(days=event.day)


def _is_possible(here: World, sold: Sold, event: Change) -> bool:
    if isinstance(event, Closes):
        days = [mark.lesson.on for mark in here.oracle.marks.values() if mark.payer is sold]
        return sold.first <= _day(event) < (sold.last or date.max) and all(day <= _day(event) for day in days)
    if isinstance(event, Extends):
        return sold.last is not None and event.days > 0
    if isinstance(event, Moves):
        student = here.students[event.student]
        return student != sold.student and here.oracle.client_of[student] == here.oracle.client_of[sold.student]
    return True


def _change_school(here: World, sold: Sold, event: Change) -> None:
    if isinstance(event, Deletes):
        delete_subscription(here.school, sold.id)
    elif isinstance(event, Closes):
        close_subscription(here.school, sold.id, _day(event))
    elif isinstance(event, Extends):
        extend_subscription(here.school, sold.id, days=event.days)
    else:
        move_subscription(here.school, sold.id, here.students[event.student])


def _change_oracle(here: World, sold: Sold, event: Change) -> None:
    if isinstance(event, Deletes):
        here.oracle.delete(sold)
    elif isinstance(event, Closes):
        sold.last = _day(event)
    elif isinstance(event, Extends):
        assert sold.last is not None
        sold.last += timedelta(days=event.days)
    else:
        sold.student = here.students[event.student]
