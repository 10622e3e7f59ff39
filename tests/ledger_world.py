"""Random histories that happen at once in a true school and in the oracle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from builders import add_client, add_entry, add_group, add_schedule, add_student, join, student_of, unwritten_school
from ledger_events import (
    AFTER_ALL,
    CHESS,
    FIRST,
    HISTORIES,
    HOLDS,
    LAST,
    MARKS,
    PRESENT,
    ROBOTS,
    SELLS,
    SHARES,
    Cancels,
    Event,
    Gives,
    Holds,
    Marks,
    Pays,
    Sells,
    TakesAway,
    Voids,
)
from ledger_oracle import Lesson, Oracle, Paid, Reduction, Sold

from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.lesson_changes import cancel_lesson
from schoolcrm.core.learning.lesson_lookup import lesson_of_group, lesson_of_student
from schoolcrm.core.learning.lessons import hold
from schoolcrm.core.learning.timetable import PlannedLesson
from schoolcrm.core.money.discounts import NewDiscount, add_discount, remove_discount
from schoolcrm.core.money.payments import Payment, pay, void_payment
from schoolcrm.core.money.plans import Offer, add_plan
from schoolcrm.core.money.sales import Sale, sell

__all__ = [
    "FIRST",
    "HISTORIES",
    "HOLDS",
    "LAST",
    "MARKS",
    "PRESENT",
    "ROBOTS",
    "SELLS",
    "Event",
    "Sells",
    "World",
    "world",
]


@contextmanager
def world(path: Path) -> Iterator["World"]:
    """A school with two families, two groups and a student of his own lessons; it is taken back at the end."""
    with unwritten_school(path, AFTER_ALL) as school:
        yield World(school)


@dataclass
class World:
    """The school, the oracle, and what they have in common: students, groups, lessons."""

    school: Any
    clients: list[int] = field(default_factory=list)
    students: list[int] = field(default_factory=list)
    held: dict[tuple[int, Lesson], int] = field(default_factory=dict)
    payments: list[tuple[int, Paid]] = field(default_factory=list)
    discounts: list[tuple[int, Reduction]] = field(default_factory=list)

    def __post_init__(self) -> None:
        school = self.school
        add_entry(school, "absence-reasons", "Болезнь", short="Б", charged=50)
        subjects = {ROBOTS: add_entry(school, "subjects", "Роботы"), CHESS: add_entry(school, "subjects", "Шахматы")}
        assert subjects == {ROBOTS: 1, CHESS: 2}
        self.clients = [add_client(school, "Ивановы", student="Маша"), add_client(school, "Петровы", student="Олег")]
        masha, oleg = (student_of(school, client) for client in self.clients)
        petya = add_student(school, self.clients[0], "Петя")
        self.students = [masha, petya, oleg]
        robots, chess = add_group(school, "Роботы", subject_id=ROBOTS), add_group(school, "Шахматы", subject_id=CHESS)
        self.stays = {
            robots: [(one, FIRST, date.max) for one in self.students],
            chess: [(masha, date(2026, 9, 10), date(2026, 10, 20)), (petya, FIRST, date.max)],
        }
        for group, stays in self.stays.items():
            for student, first, last in stays:
                join(school, group, student, first, None if last == date.max else last)
        add_schedule(school, group_id=robots, days="tue,fri", time="18:00", first_on=FIRST, last_on=LAST)
        add_schedule(school, group_id=chess, days="wed", time="16:00", first_on=FIRST, last_on=LAST)
        add_schedule(school, student_id=petya, days="sat", time="10:00", first_on=FIRST, last_on=LAST)
        days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
        self.lessons = (
            [(robots, Lesson(day, "18:00", ROBOTS)) for day in days if day.isoweekday() in (2, 5)]
            + [(chess, Lesson(day, "16:00", CHESS)) for day in days if day.isoweekday() == 3]
            + [(-petya, Lesson(day, "10:00", None, 2)) for day in days if day.isoweekday() == 6]
        )
        self.lessons.sort(key=lambda one: one[1].moment)
        client_of = {masha: self.clients[0], petya: self.clients[0], oleg: self.clients[1]}
        self.oracle = Oracle(client_of, self.planned)

    # Lessons --------------------------------------------------------------------------------------------

    def members(self, owner: int, day: date) -> list[int]:
        """Who is expected: members of the group, or the one student (owner below 0)."""
        if owner < 0:
            return [-owner]
        return [student for student, first, last in self.stays[owner] if first <= day <= last]

    def planned(self, student: int) -> list[Lesson]:
        """The student's lessons still to be held."""
        return [
            lesson
            for owner, lesson in self.lessons
            if (owner, lesson) not in self.held and student in self.members(owner, lesson.on)
        ]

    def meant(self, owner: int, lesson: Lesson) -> PlannedLesson:
        """The lesson as the school knows it."""
        if owner > 0:
            return lesson_of_group(self.school.db, owner, lesson.on, lesson.time).lesson
        found = lesson_of_student(self.school.db, -owner, lesson.on, lesson.time)
        assert found is not None
        return found

    def hold(self, owner: int, lesson: Lesson, marks: dict[int, str]) -> None:
        """Hold the lesson, or mark again, on both sides; student → PRESENT, a reason's short name or ""."""
        db = self.school.db
        reasons = dict(db.execute("SELECT short, id FROM absence_reason"))
        wanted = [Attendance(one, mark == PRESENT, reasons.get(mark)) for one, mark in marks.items()]
        self.held[owner, lesson] = hold(self.school, self.meant(owner, lesson), wanted).id
        for student, mark in marks.items():
            member = owner > 0 and student in self.members(owner, lesson.on)
            self.oracle.mark(student, lesson, attended=mark == PRESENT, share=SHARES[mark], member=member)

    # Events ---------------------------------------------------------------------------------------------

    def happen(self, event: Event) -> None:
        """Let an event happen on both sides."""
        if isinstance(event, Sells):
            self._sell(event)
        elif isinstance(event, Pays):
            self._pay(event)
        elif isinstance(event, Voids):
            self._void(event)
        elif isinstance(event, Marks):
            self._mark_anew(event)
        elif isinstance(event, Gives):
            self._give(event)
        elif isinstance(event, TakesAway):
            self._take_away(event)
        elif isinstance(event, Cancels):
            self._cancel(event)
        else:
            self._hold(event)

    def _sell(self, event: Sells) -> None:
        student, first = self.students[event.student], FIRST + timedelta(days=event.first)
        days = 60 if event.days is None and event.kind == "month" and event.upfront else event.days
        last = None if days is None else first + timedelta(days=days)
        lessons = event.lessons if event.kind == "package" else None
        offer = Offer(
            name=f"plan {len(self.oracle.sold)}",
            kind=event.kind,
            price=event.price,
            lessons=lessons,
            billing="upfront" if event.upfront else "by-lesson",
            separate=event.separate,
            stop_at_end=event.stop,
            subject_ids=sorted(event.subjects),
        )
        plan = add_plan(self.school, offer)
        sold = sell(self.school, Sale(student, plan, FIRST, first, last), reprice=event.reprice)
        facts = (sold.id, student, event.kind, event.price, lessons, first, last)
        self.oracle.sold.append(Sold(*facts, event.upfront, event.separate, event.stop, event.subjects))
        if event.reprice:
            self.oracle.pay_unpaid(student, first)

    def _pay(self, event: Pays) -> None:
        client = self.clients[event.client]
        theirs = [sold for sold in self.oracle.sold if self.oracle.client_of[sold.student] == client]
        sold = None if event.subscription is None or not theirs else theirs[event.subscription % len(theirs)]
        signed = -event.amount if event.kind == "adjustment" and event.negative else event.amount
        payment = Payment(
            client_id=client,
            amount=signed,
            on=FIRST + timedelta(days=event.day),
            kind=event.kind,
            subscription_id=sold.id if sold else None,
            from_balance=event.kind == "goods" and event.from_balance,
        )
        number = pay(self.school, payment, even_so=True)
        effects = {"income": signed, "refund": -signed, "adjustment": signed, "goods": -signed * event.from_balance}
        account = sold.id if sold and sold.separate else 0
        paid = Paid(client, payment.on, event.kind, effects[event.kind], account, sold.student if sold else None)
        self.oracle.paid.append(paid)
        self.payments.append((number, paid))

    def _void(self, event: Voids) -> None:
        if self.payments:
            number, paid = self.payments[event.payment % len(self.payments)]
            if not paid.void:
                void_payment(self.school, number, "mistake")
                paid.void = True

    def _give(self, event: Gives) -> None:
        student = self.students[event.student]
        first = None if event.first is None else FIRST + timedelta(days=event.first)
        last = None if event.days is None else (first or FIRST) + timedelta(days=event.days)
        facts = (event.percent, event.amount, first, last)
        given = add_discount(
            self.school, student, NewDiscount(*facts, sorted(event.subjects), sorted(event.lesson_types))
        )
        self.discounts.append((given.id, Reduction(student, *facts, event.subjects, event.lesson_types)))
        self.oracle.discounts.append(self.discounts[-1][1])

    def _take_away(self, event: TakesAway) -> None:
        if self.discounts:
            number, discount = self.discounts.pop(event.discount % len(self.discounts))
            remove_discount(self.school, number)
            self.oracle.discounts.remove(discount)

    def _mark_anew(self, event: Marks) -> None:
        if self.oracle.marks:
            marked = list(self.oracle.marks.values())[event.mark % len(self.oracle.marks)]
            owner = next(owner for owner, lesson in self.held if lesson == marked.lesson)
            self.hold(owner, marked.lesson, {marked.student: event.as_what})

    def _cancel(self, event: Cancels) -> None:
        """R23: a cancelled lesson's marks and charges are gone, and it is no lesson of its month any more."""
        owner, lesson = self.lessons[event.lesson % len(self.lessons)]
        cancel_lesson(self.school, self.meant(owner, lesson))
        self.lessons.remove((owner, lesson))
        self.held.pop((owner, lesson), None)
        for key in [key for key, mark in self.oracle.marks.items() if mark.lesson == lesson]:
            del self.oracle.marks[key]

    def _hold(self, event: Holds) -> None:
        owner, lesson = self.lessons[event.lesson % len(self.lessons)]
        members = self.members(owner, lesson.on)
        if (owner, lesson) in self.held:
            members = members[event.lesson % 3 :][:1]
        marks = {student: event.marks[at % 3] for at, student in enumerate(members)}
        guest = None if event.guest is None else self.students[event.guest]
        if guest is not None and owner > 0 and guest not in self.members(owner, lesson.on):
            marks[guest] = event.marks[2]
        if marks:
            self.hold(owner, lesson, marks)
