"""What the made school has agreed with its clients beside lessons: trials, contracts, freezes, discounts.

A discount is a student's own from the first day to the last, so that every charge of theirs is less by it; a freeze
is not excused, so that it moves no end of a subscription.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from benchmarks.lessons import FIRST_MONDAY, WEEKS
from benchmarks.scales import TODAY

FREEZES, DISCOUNTS, CONTRACTS = 0.02, 0.02, 0.11  # shares of the students, the students, the clients who study
LEADS_ON_TRIAL = 0.62  # of the clients who never studied: 5 % of all
TERMINATED = 0.4  # of the contracts of those who left
FREEZE = timedelta(days=13)


class Days(NamedTuple):
    """A span of days, both inclusive."""

    first: date
    last: date

    def iso(self) -> tuple[str, str]:
        """Return the days as the database keeps them."""
        return self.first.isoformat(), self.last.isoformat()


class Trial(NamedTuple):
    """A trial lesson booked on a client: its state, its day, and the funnel's base that the client has for it."""

    state: str
    on: date
    base: str


def freeze_within(chance: random.Random, start: int, end: int) -> Days | None:
    """Return two weeks without lessons of some students, of those who still learn often the two that come."""
    if chance.random() >= FREEZES:
        return None
    if end == WEEKS and chance.random() < 0.5:
        return Days(TODAY, TODAY + FREEZE)
    first = FIRST_MONDAY + timedelta(weeks=chance.randrange(start, end))
    return Days(first, first + FREEZE)


def discount_of(chance: random.Random) -> int:
    """Return some students' discount in hundredths of a percent, 0 for all others."""
    return chance.choice((500, 1000, 1500)) if chance.random() < DISCOUNTS else 0


def trial_of_lead(chance: random.Random, created_on: date) -> Trial | None:
    """Return the trial of some who never studied: to come, attended, or missed."""
    if chance.random() >= LEADS_ON_TRIAL:
        return None
    state = chance.choices(("booked", "attended", "missed"), (20, 50, 30))[0]
    if state == "booked":
        return Trial(state, TODAY + timedelta(days=chance.randrange(1, 10)), "trial-booked")
    return Trial(state, created_on + timedelta(days=7), "trial-done" if state == "attended" else "in-work")


def contract_row(
    chance: random.Random, client_id: int, days: Days, sales: Sequence[int], *, left: bool
) -> tuple[object, ...] | None:
    """Return the record of some clients' contract; of those who `left`, some are terminated on the last day.

    `sales` are the ids of what was sold to the client.
    """
    if chance.random() >= CONTRACTS:
        return None
    first_on, ended_on = days.iso()
    terminated = left and chance.random() < TERMINATED
    last_on = None if terminated or chance.random() < 0.5 else (days.first + timedelta(days=364)).isoformat()
    last_sale = max(sales, default=None) if terminated else None
    terms = (chance.randint(30, 120), chance.randint(20, 90) * 1000_00, chance.choice((None, 5, 10)))
    terminated_on = ended_on if terminated else None
    return (client_id, client_id, *terms, first_on, first_on, last_on, terminated_on, last_sale)
