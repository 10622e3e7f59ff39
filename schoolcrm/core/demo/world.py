"""The days of the sample school: what is to happen on which of them, and what everybody needs to make it happen."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush

from schoolcrm.core.demo.words import Words
from schoolcrm.core.store.transaction import WritableSchool

WEEKS = 10
"""So many whole weeks of lessons lie before the week of today."""
_PER_ROUBLE = {"RUB": 100, "KGS": 100, "KZT": 500, "AMD": 500, "UZS": 14_000}
_PER_ROUBLE_ELSEWHERE = 2

ROBOTICS, ENGLISH, DANCE = range(3)


@dataclass(slots=True)
class Pupil:
    """A student who attends: what is bought for them, and how it is paid; `left` counts the lessons bought so far.

    `habit`: prompt, late, owes (no longer pays), lapsed (buys no more), drifting (comes no more). The discount is
    in percent or in the smallest units of money.
    """

    id: int
    client_id: int
    name: str
    course: int
    plan: str
    habit: str = "prompt"
    left: int = 0
    until: date | None = None
    subscription_id: int = 0
    percent_off: int = 0
    amount_off: int = 0


@dataclass(slots=True)
class Furniture:
    """The numbers of the entries of catalogues, in the order of their names in the table of words."""

    subjects: list[int]
    levels: list[int]
    teachers: list[list[int]]
    rooms: list[int]
    sources: list[int]
    accounts: list[int]
    reasons: list[int]
    groups: list[int]
    plans: dict[str, int]
    holiday: date


@dataclass(slots=True)
class World:
    """The school being made, with what is still to happen; `school.today` walks through its days."""

    school: WritableSchool
    words: Words
    currency: str
    today: date
    chance: random.Random
    furniture: Furniture = field(init=False)
    pupils: dict[int, Pupil] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    surnames: list[str] = field(default_factory=list)
    _agenda: list[tuple[date, int, Callable[[], None]]] = field(default_factory=list)
    _planned: int = 0

    def __post_init__(self) -> None:
        people = self.words.people
        numbers = self.chance.sample(range(people.phones), 100)
        self.phones = [people.phone.format(number) for number in numbers]
        self.surnames = self.chance.sample(people.surnames, len(people.surnames))

    @property
    def first_day(self) -> date:
        """The Monday on which lessons begin."""
        return self.today - timedelta(days=self.today.weekday(), weeks=WEEKS)

    @property
    def moved_in_on(self) -> date:
        """The day on which the school took the program into use."""
        return self.first_day - timedelta(weeks=1)

    def ago(self, days: int) -> date:
        """Return the day so many days before today."""
        return self.today - timedelta(days=days)

    def at(self, day: date, do: Callable[[], None]) -> None:
        """Let it happen on that day, after what was planned for it before; never, if the day is still to come."""
        if day <= self.today:
            self._planned += 1
            heappush(self._agenda, (day, self._planned, do))

    def live(self, each_day: Callable[[date], None]) -> None:
        """Walk through the days up to today: what is planned for the day happens, then `each_day`."""
        day = self.moved_in_on
        while day <= self.today:
            self.school.today = day
            while self._agenda and self._agenda[0][0] <= day:
                heappop(self._agenda)[2]()
            each_day(day)
            day += timedelta(days=1)

    def money(self, roubles: int) -> int:
        """Return a price in the smallest units of the school's currency; it looks usual there."""
        return roubles * _PER_ROUBLE.get(self.currency, _PER_ROUBLE_ELSEWHERE)
