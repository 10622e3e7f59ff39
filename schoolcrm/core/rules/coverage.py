"""How far the money of a client reaches: lessons left, expires, and what is to pay (R36, R38, R39)."""

from collections.abc import Iterable, Iterator, Mapping
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

    ``ended``: the schedule ended before the money did. Both None and not ``ended``: it lasts without an end.
    """

    lessons: int | None
    expires_on: date | None
    ended: bool


def account_of(terms: Terms) -> int:
    """Return the account that a subscription is charged to: its own if it has a separate balance (R36)."""
    return terms.id if terms.separate else GENERAL


def placed(offers: Iterable[Terms], charges: Iterable[Charge]) -> Iterator[ProjectedCharge]:
    """Yield the charges with their accounts; one without subscription belongs to the general account."""
    accounts: dict[int | None, int] = {terms.id: account_of(terms) for terms in offers}
    accounts[None] = GENERAL
    for charge in charges:
        yield ProjectedCharge(accounts[charge.subscription_id], charge)


def in_date_order(*streams: Iterable[ProjectedCharge]) -> Iterator[ProjectedCharge]:
    """Yield several students' charges, each in order, as one stream in order, read only as far as asked."""
    return merge(*streams, key=_moment)


def walk(balances: Mapping[int, int], charges: Iterable[ProjectedCharge], horizon: date = date.max) -> Coverage:
    """Return how far the accounts' money reaches over a client's coming lessons, given in date order (R39).

    A lesson is covered if its account is not below 0 after its charge, be the charge 0; an account that ran short
    covers nothing further, the others go on. A lesson that costs nothing is not covered if no subscription pays it.
    The walk stops when all of ``balances``, which should name every account that can be charged, ran short, so that
    ``charges`` need not end. An account that still pays a lesson after the ``horizon`` has no end that could be told:
    nor has the client, unless nothing is ever taken from that account and another one runs short.
    """
    left, waiting = dict(balances), set(balances)
    short: set[int] = set()
    endless: set[int] = set()
    covered: list[tuple[int, date]] = []
    for account, (occasion, _payer, _price, amount, basis, _student) in charges:
        if not waiting and (short or endless):
            break
        if amount == 0 and basis not in ("paid", "upfront"):
            continue
        remains = left.get(account, 0) - amount
        if account in short or remains < 0:
            short.add(account)
            waiting.discard(account)
        elif occasion.on > horizon:
            endless.add(account)
            waiting.discard(account)
        else:
            left[account] = remains
            covered.append((account, occasion.on))
    if endless and (not short or any(left.get(account, 0) < balances.get(account, 0) for account in endless)):
        return Coverage(None, None, False)
    told = [(account, on) for account, on in covered if account not in endless] if endless else covered
    if not told:
        return Coverage(0, None, not short)
    account, last = told[-1]
    return Coverage(len(told), last, account not in short)


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
