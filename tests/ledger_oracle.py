"""A slow, obvious school: what marks cost and what accounts hold, straight from the rules (R12, R30–R37).

Who pays is decided when a lesson is marked (R32–R34); what it costs follows from all that is known now (R31).
"""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

Moment = tuple[date, str]


@dataclass(frozen=True)
class Lesson:
    """A lesson of a schedule or an extra one; no student has two at one moment, so that ids never decide."""

    on: date
    time: str
    subject: int | None
    lesson_type: int = 1

    @property
    def moment(self) -> Moment:
        return (self.on, self.time)


@dataclass(eq=False)
class Sold:
    """A sold subscription."""

    id: int
    student: int
    kind: str
    price: int
    lessons: int | None
    first: date
    last: date | None
    upfront: bool = False
    separate: bool = False
    stop: bool = False
    subjects: frozenset[int] = frozenset()
    deleted: bool = False


@dataclass(eq=False)
class Reduction:
    """A discount of a student (R35): percent in hundredths, or an amount."""

    student: int
    percent: int | None
    amount: int | None
    first: date | None
    last: date | None
    subjects: frozenset[int]
    lesson_types: frozenset[int]

    def holds(self, student: int, day: date) -> bool:
        return student == self.student and (self.first or date.min) <= day <= (self.last or date.max)

    def after(self, price: int) -> Fraction:
        if self.percent is not None:
            return Fraction(price * (100_00 - self.percent), 100_00)
        return Fraction(max(0, price - (self.amount or 0)))


@dataclass(eq=False)
class Marked:
    """A student at a lesson; `free`: the trial; `payer` None otherwise: no subscription; `kept`: of one deleted."""

    student: int
    lesson: Lesson
    attended: bool
    share: int
    payer: Sold | None = None
    free: bool = False
    kept: tuple[str, int] | None = None


@dataclass
class Paid:
    """A payment's effect on an account, until it is voided."""

    client: int
    on: date
    kind: str
    effect: int
    account: int = 0
    student: int | None = None
    void: bool = False


Planned = Callable[[int], Iterable[Lesson]]


@dataclass
class Oracle:
    """All clients' money. `client_of`: student → client; `planned`: a student's lessons still to be held."""

    client_of: dict[int, int]
    planned: Planned
    sold: list[Sold] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    marks: dict[tuple[int, Moment], Marked] = field(default_factory=dict)
    discounts: list[Reduction] = field(default_factory=list)

    # What happens ---------------------------------------------------------------------------------------

    def mark(self, student: int, lesson: Lesson, *, attended: bool, share: int, member: bool) -> None:
        """R12b: the first lesson that a member attends is free while nothing was bought and no trial used; R32."""
        former = self.marks.pop((student, lesson.moment), None)
        mark = Marked(student, lesson, attended, share)
        family = [one for one, client in self.client_of.items() if client == self.client_of[student]]
        untouched = not any(sold.student in family and not sold.deleted for sold in self.sold) and not any(
            one.free for one in self.marks.values() if one.student in family
        )
        mark.free = attended and ((former is not None and former.free) or (member and untouched))
        if not mark.free:
            mark.payer = self.payer_of(student, lesson)
        self.marks[student, lesson.moment] = mark

    def pay_unpaid(self, student: int, first: date) -> None:
        """R33: lessons without a subscription are paid now, in order."""
        for mark in self.in_order(self.marks.values()):
            if mark.student == student and mark.lesson.on >= first and not mark.free and mark.payer is None:
                mark.payer = self.payer_of(student, mark.lesson)

    def delete(self, sold: Sold) -> None:
        """R41: its marks keep what they cost."""
        charges = self.charges()
        for mark in self.marks.values():
            if mark.payer is sold:
                mark.kept = charges[mark.student, mark.lesson.moment]
        sold.deleted = True

    # What follows ---------------------------------------------------------------------------------------

    def payer_of(self, student: int, lesson: Lesson, used: dict[int, int] | None = None) -> Sold | None:
        """R32, R34."""
        used = self.used() if used is None else used
        fitting = [
            sold
            for sold in self.sold
            if sold.student == student
            and not sold.deleted
            and sold.first <= lesson.on <= (sold.last or date.max)
            and (not sold.subjects or lesson.subject in sold.subjects)
        ]
        fitting.sort(key=lambda one: (not one.separate, not one.subjects, one.last or date.max, one.first, one.id))
        for sold in fitting:
            if sold.lessons is None or used.get(sold.id, 0) < sold.lessons:
                return sold
        return next((sold for sold in fitting if not sold.stop), None)

    def used(self) -> dict[int, int]:
        """Lessons used up of each subscription: marks with a share above 0 %."""
        counts: dict[int, int] = {}
        for mark in self.marks.values():
            if mark.payer is not None and mark.share:
                counts[mark.payer.id] = counts.get(mark.payer.id, 0) + 1
        return counts

    def charges(self) -> dict[tuple[int, Moment], tuple[str, int]]:
        """Basis and charge of every mark (R31)."""
        found = {key: ("trial" if mark.free else "none", 0) for key, mark in self.marks.items() if mark.payer is None}
        for sold in self.sold:
            marks = self.in_order(mark for mark in self.marks.values() if mark.payer is sold)
            if sold.deleted:
                found |= {(mark.student, mark.lesson.moment): mark.kept or ("", 0) for mark in marks}
                continue
            priced = {"lesson": self._by_lesson, "package": self._as_package, "month": self._by_month}[sold.kind]
            for mark, (basis, charge) in zip(marks, priced(sold, marks), strict=True):
                found[mark.student, mark.lesson.moment] = basis, charge
        return found

    def exact_price(self, sold: Sold, mark: Marked) -> Fraction:
        """R35: the subscription's price for that lesson, as low as the best single discount makes it."""
        prices = [
            one.after(sold.price)
            for one in self.discounts
            if one.holds(mark.student, mark.lesson.on)
            and (not one.subjects or mark.lesson.subject in one.subjects)
            and (not one.lesson_types or mark.lesson.lesson_type in one.lesson_types)
        ]
        return min([Fraction(sold.price), *prices])

    def upfront(self, sold: Sold) -> list[tuple[date, int]]:
        """What the sale itself charges, less the best discount that is for all the subscription covers."""
        found = []
        for day in upfront_days(sold):
            prices = [
                one.after(sold.price)
                for one in self.discounts
                if one.holds(sold.student, day) and not one.lesson_types
                if not one.subjects or (sold.subjects and sold.subjects <= one.subjects)
            ]
            price = rounded(min([Fraction(sold.price), *prices]), 1, 1)
            found.append((day, month_price(sold, day.replace(day=1), price) if sold.kind == "month" else price))
        return found

    def _by_lesson(self, sold: Sold, marks: list[Marked]) -> list[tuple[str, int]]:
        return [
            ("upfront", 0) if sold.upfront else ("paid", rounded(self.exact_price(sold, mark), mark.share, 100))
            for mark in marks
        ]

    def _as_package(self, sold: Sold, marks: list[Marked]) -> list[tuple[str, int]]:
        assert sold.lessons is not None
        priced, number = [], 0
        for mark in marks:
            number += mark.share > 0
            whole = rounded(self.exact_price(sold, mark), 1, 1)
            common = whole // sold.lessons
            price = whole - (sold.lessons - 1) * common if number == sold.lessons else common
            if number > sold.lessons and mark.share > 0:
                priced.append(("over", rounded(common, mark.share, 100)))
            elif sold.upfront:
                priced.append(("upfront", 0))
            else:
                priced.append(("paid", rounded(price, mark.share, 100)))
        return priced

    def _by_month(self, sold: Sold, marks: list[Marked]) -> list[tuple[str, int]]:
        priced: list[tuple[str, int]] = []
        for month, group in groupby(marks, key=lambda mark: mark.lesson.on.replace(day=1)):
            held = list(group)
            moments = [mark.lesson.moment for mark in held]
            moments += [one.moment for one in self.planned_under(sold) if one.on.replace(day=1) == month]
            for mark in held:
                whole = month_price(sold, month, rounded(self.exact_price(sold, mark), 1, 1))
                common = whole // len(moments)
                rest = whole - (len(moments) - 1) * common
                price = rest if mark is held[-1] and mark.lesson.moment == max(moments) else common
                priced.append(("upfront", 0) if sold.upfront else ("paid", rounded(price, mark.share, 100)))
        return priced

    def planned_under(self, sold: Sold) -> list[Lesson]:
        """The planned lessons that the subscription will pay, month by month as things stand now."""
        found = []
        planned = sorted(self.planned(sold.student), key=lambda lesson: lesson.moment)
        for _month, lessons in groupby(planned, key=lambda lesson: lesson.on.replace(day=1)):
            used = self.used()
            for lesson in lessons:
                payer = self.payer_of(sold.student, lesson, used)
                if payer is not None:
                    used[payer.id] = used.get(payer.id, 0) + 1
                if payer is sold:
                    found.append(lesson)
        return found

    def entries(self) -> list[tuple[int, int, date, int]]:
        """Everything that moves money: client, account, day, amount (R36)."""
        found = [(one.client, one.account, one.on, one.effect) for one in self.paid if not one.void]
        for sold in self.sold:
            account = sold.id if sold.separate else 0
            found += [(self.client_of[sold.student], account, day, -sum_) for day, sum_ in self.upfront(sold)]
        for key, (_basis, charge) in self.charges().items():
            mark = self.marks[key]
            account = mark.payer.id if mark.payer is not None and mark.payer.separate else 0
            found.append((self.client_of[mark.student], account, mark.lesson.on, -charge))
        return found

    def balances(self, until: date = date.max) -> dict[int, dict[int, int]]:
        """Client → account → balance by all entries up to a day."""
        found: dict[int, dict[int, int]] = {client: {0: 0} for client in self.client_of.values()}
        for client, account, day, amount in self.entries():
            if day <= until:
                found[client][account] = found[client].get(account, 0) + amount
        return found

    @staticmethod
    def in_order(marks: Iterable[Marked]) -> list[Marked]:
        return sorted(marks, key=lambda mark: (mark.lesson.moment, mark.student))


def rounded(price: Fraction | int, part: int, whole: int) -> int:
    """price × part / whole, rounded half up."""
    return int((price * Fraction(part, whole) + Fraction(1, 2)) // 1)


def month_price(sold: Sold, month: date, price: int) -> int:
    """The price of a month, of a partly covered one only of its covered days."""
    length = calendar.monthrange(month.year, month.month)[1]
    days = [month.replace(day=number) for number in range(1, length + 1)]
    covered = sum(sold.first <= day <= (sold.last or date.max) for day in days)
    return rounded(price, covered, length)


def upfront_days(sold: Sold) -> list[date]:
    """The days on which the sale itself charges."""
    if not sold.upfront or sold.deleted:
        return []
    if sold.kind != "month":
        return [sold.first]
    assert sold.last is not None
    days = [sold.first + timedelta(days=number) for number in range((sold.last - sold.first).days + 1)]
    return [day for day in days if day == sold.first or day.day == 1]
