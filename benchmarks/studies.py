"""One student's way through three years: lessons attended and missed, what was bought for them and paid.

Charges agree with R30–R35: a package of N lessons at price P takes floor(P / N) a lesson and the rest with the N-th;
an excused absence uses no lesson and costs nothing; a used-up package charges on into debt; what is charged upfront
is taken at the sale.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from schoolcrm.core.rules.discounts import WHOLE
from schoolcrm.core.rules.money import prorate

PRICES = (600_00, 700_00, 850_00, 1000_00, 1200_00)
ATTENDED, MISSED = 0.88, 0.94  # up to here attended, up to there absent without excuse, else excused
RUNS_OVER = 0.15
VOIDED, GOODS, REFUNDED = 0.01, 0.008, 0.3


class Plan(NamedTuple):
    """A plan of the made school; `length_days` from the first day, `unit` the price of a lesson alone."""

    id: int
    name: str
    kind: str
    price: int
    lessons: int | None
    billing: str
    separate: int
    length_days: int | None
    unit: int


def make_plans() -> list[Plan]:
    """Return every plan of the school: the same offers at five prices of a lesson."""
    plans: list[Plan] = []
    for unit in PRICES:
        rubles = unit // 100
        offers: list[tuple[str, str, int, int | None, str, int, int | None]]
        offers = [(f"Разовое занятие по {rubles}", "lesson", unit, None, "by-lesson", 0, None)]
        for lessons in (8, 16, 24):
            price = unit * lessons * 95 // 1_000_000 * 10_000
            days = lessons * 7 + 42
            offers.append((f"{lessons} занятий по {rubles}", "package", price, lessons, "by-lesson", 0, days))
        price = unit * 16 * 9 // 100_000 * 10_000
        offers.append((f"16 занятий вперёд по {rubles}", "package", price, 16, "upfront", 0, 154))
        offers.append((f"16 занятий, свой счёт, по {rubles}", "package", price, 16, "by-lesson", 1, 154))
        offers.append((f"Месяц по {rubles}", "month", unit * 4, None, "upfront", 0, None))
        plans += [Plan(len(plans) + at, *offer, unit) for at, offer in enumerate(offers, start=1)]
    return plans


HABITS = (16, 18, 28, 18, 7, 5, 8)
"""How often each of the seven offers of a price is what a student buys."""


@dataclass
class Bought:
    """A subscription as it is being used."""

    id: int
    plan: Plan
    sold_on: date
    first_on: date
    last_on: date | None
    used: int = 0

    @property
    def account(self) -> int:
        """The account it is charged to: 0 the general one, else its own."""
        return self.id if self.plan.separate else 0

    def row(self, student_id: int) -> tuple[object, ...]:
        """Return the record."""
        plan = self.plan
        days = (self.sold_on.isoformat(), self.first_on.isoformat(), self.last_on and self.last_on.isoformat())
        terms = (plan.kind, plan.price, plan.lessons, plan.billing, plan.separate, 0, 0)
        return (self.id, student_id, plan.id, "sale", 0, *days, *terms)


class Visit(NamedTuple):
    """A lesson that took place while the student was a member."""

    lesson_id: int
    day: date
    iso_day: str


@dataclass
class Reasons:
    """The school's two reasons of absence and two accounts, by id."""

    excused: int
    unexcused: int
    accounts: list[int]


@dataclass
class Study:
    """Walks one student's lessons; the records gather in `marks`, `sales`, `charges` and `payments`."""

    chance: random.Random
    client_id: int
    student_id: int
    offers: list[Plan]
    reasons: Reasons
    next_subscription: int
    trial_due: bool
    discount: int = 0
    marks: list[tuple[object, ...]] = field(default_factory=list)
    sales: list[Bought] = field(default_factory=list)
    charges: list[tuple[object, ...]] = field(default_factory=list)
    payments: list[tuple[object, ...]] = field(default_factory=list)
    trial_on: date | None = None

    def __post_init__(self) -> None:
        self.habit = self.chance.choices(self.offers, HABITS)[0]
        slow = self.chance.random() < 0.12
        self.credit = self.habit.unit * self.chance.randint(3, 10) if slow else 0
        self.overdrawn_for = 0
        self.balances: dict[int, int] = {}

    def walk(self, visits: list[Visit], *, leaves: bool) -> None:
        """Attend or miss the lessons one after the other; `leaves`: there are no more after them."""
        for visit in visits:
            draw = self.chance.random()
            if draw < ATTENDED:
                self._mark(visit, 1, None, 100)
            elif draw < MISSED:
                self._mark(visit, 0, self.reasons.unexcused, 100)
            else:
                self._mark(visit, 0, self.reasons.excused, 0)
            if draw < GOODS:
                self._pay_for_goods(visit.iso_day)
        if leaves and visits:
            self._leave(visits[-1])

    def _mark(self, visit: Visit, attended: int, reason: int | None, share: int) -> None:
        if self.trial_due:
            basis = "trial" if attended else "none"
            self._keep(visit, attended, reason, share, basis, 0, 0, None)
            if attended:
                self.trial_due, self.trial_on = False, visit.day
            return
        bought = self._valid_on(visit.day)
        basis, price = self._price(bought, share)
        charge = price * share // 100
        bought.used += share > 0
        if charge:
            self._charge(bought, charge, visit.iso_day)
        self._keep(visit, attended, reason, share, basis, price, charge, bought)

    def _keep(
        self,
        visit: Visit,
        attended: int,
        reason: int | None,
        share: int,
        basis: str,
        price: int,
        charge: int,
        bought: Bought | None,
    ) -> None:
        paid_by = (bought.id, bought.id if bought.plan.separate else None) if bought else (None, None)
        lesson = (self.student_id, visit.iso_day, visit.lesson_id)
        self.marks.append((*lesson, attended, reason, share, basis, price, charge, *paid_by))

    def _valid_on(self, day: date) -> Bought:
        """Return the subscription that pays a lesson of the day; buy the next one when the last is at its end."""
        bought = self.sales[-1] if self.sales else None
        if bought is None or (bought.last_on is not None and bought.last_on < day):
            return self._buy(day)
        if bought.plan.lessons is not None and bought.used >= bought.plan.lessons:
            if self.overdrawn_for == 0 and self.chance.random() < RUNS_OVER:
                self.overdrawn_for = self.chance.randint(2, 4)
            self.overdrawn_for = max(0, self.overdrawn_for - 1)
            return bought if self.overdrawn_for else self._buy(day)
        return bought

    def _buy(self, day: date) -> Bought:
        plan = self.habit
        first_on, last_on = day, None
        if plan.kind == "month":
            first_on = day.replace(day=1)
            last_on = (first_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        elif plan.length_days:
            last_on = day + timedelta(days=plan.length_days - 1)
        bought = Bought(self.next_subscription, plan, day, first_on, last_on)
        self.next_subscription += 1
        self.sales.append(bought)
        if plan.billing == "upfront":
            price = self._discounted(plan)
            self.charges.append((bought.id, first_on.isoformat(), price))
            self._charge(bought, price, day.isoformat())
        return bought

    def _price(self, bought: Bought, share: int) -> tuple[str, int]:
        """Return the basis and the full price of the next lesson under the subscription."""
        plan, whole = bought.plan, self._discounted(bought.plan)
        if plan.lessons is None:
            return ("upfront", 0) if plan.billing == "upfront" else ("paid", whole)
        common = whole // plan.lessons
        if bought.used >= plan.lessons and share:
            return "over", common
        if plan.billing == "upfront":
            return "upfront", 0
        is_last = bought.used + 1 == plan.lessons
        return "paid", whole - (plan.lessons - 1) * common if is_last else common

    def _discounted(self, plan: Plan) -> int:
        """Return the price of the whole plan after the student's discount (R35)."""
        return prorate(plan.price, WHOLE - self.discount, WHOLE)

    def _charge(self, bought: Bought, amount: int, day: str) -> None:
        """Take the sum from the account and pay when that leaves less than the payer is used to owe."""
        account = bought.account
        balance = self.balances.get(account, 0) - amount
        while balance < -self.credit:
            paid = self.habit.unit * self.chance.choice((2, 3, 4, 4))
            voided = self.chance.random() < VOIDED
            self._keep_payment(bought if account else None, "income", day, paid, paid, voided=voided)
            balance += 0 if voided else paid
        self.balances[account] = balance

    def _pay_for_goods(self, day: str) -> None:
        self._keep_payment(None, "goods", day, self.chance.randint(2, 12) * 100_00, 0)

    def _leave(self, last: Visit) -> None:
        """End what has no end, and give back some of the money left on the general account."""
        for bought in self.sales:
            if bought.last_on is None:
                bought.last_on = last.day
        left = self.balances.get(0, 0)
        if left > 0 and self.chance.random() < REFUNDED:
            self._keep_payment(None, "refund", last.iso_day, left, -left)
            self.balances[0] = 0

    def _keep_payment(
        self, bought: Bought | None, kind: str, day: str, amount: int, effect: int, *, voided: bool = False
    ) -> None:
        own = (bought.id, bought.id) if bought else (None, None)
        void = (day, "ошибка кассира") if voided else (None, None)
        account = self.chance.choice(self.reasons.accounts)
        self.payments.append((self.client_id, self.student_id, *own, kind, day, amount, effect, account, *void))
