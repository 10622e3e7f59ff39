"""A client's card: everything known about one client, in one reading (R51)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.fields import Field, Registry, custom_fields_of
from schoolcrm.core.listing.rows import LARGEST_PAGE, Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS
from schoolcrm.core.office.client_files import ClientFile, files_of
from schoolcrm.core.office.messages import Message, latest_messages
from schoolcrm.core.office.tasks import Task, Wanted, find_tasks
from schoolcrm.core.people.contacts import contacts_of
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.tasks import ARCHIVED
from schoolcrm.core.statuses.trials import Trial, open_booking
from schoolcrm.reports.contracts import find_contracts
from schoolcrm.reports.discounts import DiscountRow, find_discounts
from schoolcrm.reports.freezes import find_freezes
from schoolcrm.reports.journal import Visit, read_journal
from schoolcrm.reports.schedule import lines_of_students
from schoolcrm.reports.subscriptions import find_sold

FEWEST_DAYS, MOST_DAYS = 7, 360
LATEST_MESSAGES = 5

_LESSONS = """
SELECT count(*), ifnull(sum(mark.attended), 0)
  FROM student JOIN mark ON mark.student_id = student.id
 WHERE student.client_id = ?"""
_PAYMENTS = """
SELECT count(*), ifnull(sum(effect), 0) FROM payment
 WHERE client_id = ? AND kind IN ('income', 'refund') AND voided_on IS NULL"""
_LEARNING = """
SELECT subject.name, level.name
  FROM student_subject
  JOIN subject ON subject.id = student_subject.subject_id
  LEFT JOIN level ON level.id = student_subject.level_id
 WHERE student_subject.student_id = ?
 ORDER BY subject.name_key"""


@dataclass(frozen=True, slots=True)
class Values:
    """One record's values by field: all fields of the registry, the school's own included."""

    fields: Sequence[Field]
    cells: tuple[Any, ...]

    def __getitem__(self, key: str) -> Any:
        return next(cell for field, cell in zip(self.fields, self.cells, strict=True) if field.key == key)


@dataclass(frozen=True, slots=True)
class StudentCard:
    """A student's values, and the subjects with the level reached (None: none yet)."""

    values: Values
    learning: list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Card:
    """A client's card. Sums in kopecks; `schedule`: the regular lines of the students and their groups that go on;
    `accounts` by subscription, 0 the general one; `visits` are the past and coming lessons of `days` around today;
    `schedule_ended`: the schedule ends before the money does (R39); `trial` is the one that is booked, `trial_group`
    the name of its group; `tasks` are those not put away, `messages` the last ones, the newest first."""

    values: Values
    contacts: list[tuple[int, str, str, str | None]]
    students: list[StudentCard]
    schedule: list[tuple[Any, ...]]
    accounts: dict[int, int]
    schedule_ended: bool
    lessons_registered: int
    lessons_attended: int
    payments_count: int
    payments_sum: int
    subscriptions: list[tuple[Any, ...]]
    discounts: list[DiscountRow]
    contracts: list[tuple[Any, ...]]
    freezes: list[tuple[Any, ...]]
    tasks: list[Task]
    messages: list[Message]
    files: list[ClientFile]
    trial: Trial | None
    trial_group: str | None
    visits: list[Visit]
    today: date
    days: int

    @property
    def past(self) -> list[Visit]:
        """The visits that are over: before today, and today's lessons that have been held."""
        return [visit for visit in self.visits if self._is_over(visit)]

    @property
    def coming(self) -> list[Visit]:
        """The visits of today and later that are still to come."""
        return [visit for visit in self.visits if not self._is_over(visit)]

    def _is_over(self, visit: Visit) -> bool:
        return visit.on < self.today or (visit.on == self.today and visit.state in ("attended", "missed"))


def find_card(db: sqlite3.Connection, client_id: int, today: date, days: int) -> Card:
    """Return the client's card with the visits of `days` before and after today; BadValue for too many or few."""
    from schoolcrm.core.money.coverage import client_coverage
    from schoolcrm.core.money.ledger import balances

    around = days_around(today, days)
    coverage = client_coverage(db, client_id, today)
    registered, attended = db.execute(_LESSONS, (client_id,)).fetchone()
    count, paid = db.execute(_PAYMENTS, (client_id,)).fetchone()
    trial = open_booking(db, client_id)
    students = find_student_cards(db, today, f"client_id:{client_id}")
    studying = [student.values["id"] for student in students if student.values["archived"] is None]
    group = db.execute("SELECT name FROM study_group WHERE id = ?", (trial.group_id if trial else None,)).fetchone()
    return Card(
        values=_all_values(db, today, CLIENTS, f"id:{client_id}")[0],
        contacts=contacts_of(db, client_id),
        students=students,
        schedule=lines_of_students(db, studying, today),
        accounts=balances(db, client_id),
        schedule_ended=coverage.ended and bool(coverage.lessons),
        lessons_registered=registered,
        lessons_attended=attended,
        payments_count=count,
        payments_sum=paid,
        subscriptions=list(find_sold(db, today.isoformat(), client_id=client_id)),
        discounts=find_discounts(db, today, client_id=client_id),
        contracts=find_contracts(db, Period(None, None), client_id=client_id),
        freezes=find_freezes(db, today, client_id=client_id),
        tasks=[task for task in find_tasks(db, today, Wanted(client_id)) if task.state != ARCHIVED],
        messages=latest_messages(db, client_id, LATEST_MESSAGES),
        files=files_of(db, client_id),
        trial=trial,
        trial_group=group[0] if group else None,
        visits=read_journal(db, client_id, around, today, grouping="none").visits,
        today=today,
        days=days,
    )


def days_around(today: date, days: int) -> Period:
    """Return the period from `days` before today to `days` after it; BadValue for too many or few (R51)."""
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise BadValue(
            _("{value} days can't be shown.").format(value=days),
            _("Give --days from {first} to {last}.").format(first=FEWEST_DAYS, last=MOST_DAYS),
        )
    return Period(today - timedelta(days=days), today + timedelta(days=days))


def find_student_cards(db: sqlite3.Connection, today: date, query: str) -> list[StudentCard]:
    """Return what is known about the students that answer to a term of the query language, archived ones too."""
    return [
        StudentCard(values, db.execute(_LEARNING, (values["id"],)).fetchall())
        for values in _all_values(db, today, STUDENTS, query)
    ]


def _all_values(db: sqlite3.Connection, today: date, registry: Registry, query: str) -> list[Values]:
    listed = [field.key for field in registry.fields.values() if field.listed]
    own = [field.key for field in custom_fields_of(db, registry.entity, registry.id).values()]
    wish = Wish(query=[query], columns=[*listed, *own], limit=LARGEST_PAGE, scope="all")
    listing = list_rows(db, today, registry, wish)
    return [Values(listing.fields, row) for row in listing.rows]
