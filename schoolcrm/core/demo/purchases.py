"""Who buys what in the sample school, and pays when."""

from datetime import date, timedelta
from functools import partial

from schoolcrm.core.demo.furnishing import LESSONS, PRICES
from schoolcrm.core.demo.world import Pupil, World
from schoolcrm.core.money.payments import Payment, pay
from schoolcrm.core.money.sales import Sale, sell
from schoolcrm.core.rules.dates import month_of

_BY_LESSON = frozenset({"single", "individual"})
_PREPAID = 4
"""So many lessons are paid at once where each has its price."""
_LAPSED = 9
"""So many days ago the last subscription of a lapsed pupil ended."""
_LAST_SOLD = 25
"""So many days ago they bought for the last time, at the latest."""
_OWING = (30, 30, 44)
"""For so many days those who owe have paid nothing: some longer."""
_AHEAD = timedelta(days=4)
"""So long before a month is over the next one is bought."""


def see_to_subscription(world: World, pupil: Pupil) -> None:
    """Let the pupil have a subscription for the lesson of the day, unless they have, or buy no more."""
    day = world.school.today
    if pupil.plan in _BY_LESSON:
        _see_to_single_lessons(world, pupil, day)
    elif pupil.plan == "month":
        if pupil.until is None or pupil.until - day < _AHEAD:
            _buy_month(world, pupil, day)
    elif pupil.until is None or pupil.until < day or pupil.left <= 0:
        _renew(world, pupil, day)


def lesson_used(pupil: Pupil) -> None:
    """Count a lesson that the pupil's money was used for."""
    pupil.left -= 1


def _take_money(
    world: World, client_id: int, amount: int, on: date, *, subscription_id: int | None = None, note: str = ""
) -> None:
    """Let the client pay on that day, by cash, card or bank as it comes."""
    (account,) = world.chance.choices(world.furniture.accounts, (25, 60, 15))
    payment = Payment(client_id, amount, on, account_id=account, subscription_id=subscription_id, note=note)
    world.at(on, partial(_pay, world, payment))


def _pay(world: World, payment: Payment) -> None:
    pay(world.school, payment)


def _see_to_single_lessons(world: World, pupil: Pupil, day: date) -> None:
    if not pupil.subscription_id:
        sale = Sale(pupil.id, world.furniture.plans[pupil.plan], day, day)
        pupil.subscription_id = sell(world.school, sale).id
    if pupil.left <= 0 and _pays(world, pupil, day):
        _take_money(world, pupil.client_id, _PREPAID * _reduced(pupil, world.money(PRICES[pupil.plan])), day)
        pupil.left = _PREPAID


def _renew(world: World, pupil: Pupil, day: date) -> None:
    last_on = None
    if pupil.habit == "lapsed":
        if day > world.ago(_LAST_SOLD):
            return
        last_on = world.ago(_LAPSED) if day > world.ago(_LAPSED + 40) else None
    sold = sell(world.school, Sale(pupil.id, world.furniture.plans[pupil.plan], day, day, last_on))
    pupil.subscription_id, pupil.until, pupil.left = sold.id, sold.last_on, LESSONS[pupil.plan]
    _pay_for(world, pupil, day, _reduced(pupil, world.money(PRICES[pupil.plan])))


def _buy_month(world: World, pupil: Pupil, day: date) -> None:
    """Buy the rest of the first month, then one calendar month after the other."""
    first_on = day if pupil.until is None else max(day, pupil.until + timedelta(days=1))
    month = month_of(first_on)
    assert month.first is not None and month.last is not None
    sale = Sale(pupil.id, world.furniture.plans[pupil.plan], day, first_on, month.last)
    pupil.subscription_id, pupil.until = sell(world.school, sale).id, month.last
    price = _reduced(pupil, world.money(PRICES[pupil.plan]))
    covered = (month.last - first_on).days + 1
    _pay_for(world, pupil, day, price * covered // month.last.day)


def _reduced(pupil: Pupil, price: int) -> int:
    return price * (100 - pupil.percent_off) // 100 - pupil.amount_off


def _pays(world: World, pupil: Pupil, day: date) -> bool:
    return pupil.habit != "owes" or day < world.ago(_OWING[pupil.id % len(_OWING)])


def _pay_for(world: World, pupil: Pupil, day: date, price: int) -> None:
    """Pay for the subscription just sold: at once, some days later, or a course in two halves."""
    own = None
    if not _pays(world, pupil, day):
        return
    if pupil.plan == "course":
        own = pupil.subscription_id
        _take_money(world, pupil.client_id, price - price // 2, day + timedelta(days=14), subscription_id=own)
        price //= 2
    later = world.chance.randrange(4, 9) if pupil.habit == "late" else 0
    _take_money(world, pupil.client_id, price, day + timedelta(days=later), subscription_id=own)
