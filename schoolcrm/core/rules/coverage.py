"""How far the money of a client reaches: lessons left, expires, and what is to pay (R36, R38, R39)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from heapq import merge
from typing import NamedTuple

from schoolcrm.core.rules.charging import Charge, Moment, Terms

GENERAL = 0
"""The key of a client's general account; a separate one has its subscription's id."""


class ProjectedCharge(NamedTuple):
    """A charge to come and the account that it will be taken from."""

    account: int
    charge: Charge


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many coming lessons the money covers, the day of the last one, and what stopped the walk (R39).

    ``ended``: the schedule ended before the money did.
    """

    lessons: int
    expires_on: date | None
    ended: bool


def account_of(terms: Terms) -> int:
    """Return the account that a subscription is charged to: its own if it has a separate balance (R36)."""
    return terms.id if terms.separate else GENERAL


def placed(offers: Iterable[Terms], charges: Iterable[Charge]) -> Iterator[ProjectedCharge]:
    """Yield the charges with their accounts; one without subscription belongs to the general account."""
    accounts = {terms.id: account_of(terms) for terms in offers}
    for charge in charges:
        payer = charge.subscription_id
        yield ProjectedCharge(GENERAL if payer is None else accounts[payer], charge)


def in_date_order(*streams: Iterable[ProjectedCharge]) -> Iterator[ProjectedCharge]:
    """Yield several students' charges, each in order, as one stream in order, read only as far as asked."""
    return merge(*streams, key=_moment)


def walk(balances: Mapping[int, int], charges: Iterable[ProjectedCharge], *, free_until: date = date.max) -> Coverage:
    """Return how far the accounts' money reaches over a client's coming lessons, given in date order (R39).

    A lesson is covered if its account still holds its charge; an account that ran short pays nothing further,
    the others go on. A lesson that costs nothing is covered if a subscription pays for it, not if none does.
    The walk stops when all of ``balances`` ran short and the day is past ``free_until``, the last day
    a subscription can pay a lesson that costs nothing (``last_free_day``), so that ``charges`` need not end.
    """
    left = dict(balances)
    short: set[int] = set()
    lessons, last = 0, None
    for account, charge in charges:
        if charge.occasion.on > free_until and short >= balances.keys():
            break
        if charge.amount == 0:
            covered = charge.basis in ("paid", "upfront")
        else:
            covered = account not in short and left.get(account, 0) >= charge.amount
        if covered:
            left[account] = left.get(account, 0) - charge.amount
            lessons, last = lessons + 1, (account, charge.occasion.on)
        elif charge.amount:
            short.add(account)
    ended = last[0] not in short if last else not short
    return Coverage(lessons, last[1] if last else None, ended)


def last_free_day(offers: Iterable[Terms]) -> date:
    """Return the last day a subscription can pay a lesson that costs nothing: upfront, priced 0, or discounted to 0."""
    return max((_free_until(terms) for terms in offers), default=date.min)


def _free_until(terms: Terms) -> date:
    ends, least = terms.last_on or date.max, _LEAST[terms.kind](terms)
    if terms.billing == "upfront" or terms.price < least:
        return ends
    free = (
        discount.last_on or date.max
        for discount in terms.discounts
        if discount.taken_off(terms.price) < least and discount.covers_any(terms.subjects, terms.lesson_types)
    )
    return min(ends, max(free, default=date.min))


# Below these prices, in kopecks, single lessons may cost nothing: a month's price is shared among its covered days
# and then among their lessons, of which no student has a hundred a day.
_LEAST: Mapping[str, Callable[[Terms], int]] = {
    "lesson": lambda terms: 1,
    "package": lambda terms: terms.lessons or 1,
    "month": lambda terms: 31 * 100,
}


def lessons_left(balance: int, next_price: int | None, package_left: int | None) -> int | None:
    """Return the lessons that the account still pays (R38), rounded down, so negative in debt.

    ``next_price`` None: no subscription fits, 0 lessons. Price 0: the lessons left of the package, else None.
    """
    if next_price is None:
        return 0
    if next_price == 0:
        return package_left
    paid = balance // next_price
    return paid if package_left is None else min(paid, package_left)


def sum_by_account(charges: Iterable[ProjectedCharge]) -> dict[int, int]:
    """Return the sum of the charges of each account that has any."""
    sums: dict[int, int] = {}
    for account, charge in charges:
        sums[account] = sums.get(account, 0) + charge.amount
    return sums


def to_pay(balances: Mapping[int, int], charges: Mapping[int, int]) -> int:
    """Return what is to pay: per account what its charges exceed its balance by, never below 0, summed.

    ``charges``: the sum per account (``sum_by_account``). An account in debt counts, charges or not.
    """
    accounts = balances.keys() | charges.keys()
    return sum(max(0, charges.get(account, 0) - balances.get(account, 0)) for account in accounts)


def _moment(projected: ProjectedCharge) -> Moment:
    return projected.charge.occasion.moment
