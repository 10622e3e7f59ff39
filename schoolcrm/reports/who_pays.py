"""Who pays today («Кто сегодня оплатит»): clients with a lesson on the day whose money ends with it (R38, R39)."""

import sqlite3
from datetime import date
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.money.coverage import client_coverages
from schoolcrm.core.money.ledger import balances_of
from schoolcrm.core.store.numbers import number_list
from schoolcrm.reports.table import Column, Fact, Kind, Table

_CLIENTS = """
    SELECT client.id, client.name, student.id
      FROM student
     CROSS JOIN visible_client AS client ON client.id = student.client_id
     WHERE student.id IN (SELECT value FROM json_each(?)) AND student.archived_on IS NULL
     ORDER BY client.name_key, client.id
"""


class WhoPays(NamedTuple):
    """A client with a lesson on the day at `time`, and how far the money reaches; `balance` in kopecks."""

    next_lesson_on: date
    time: str
    client_id: int
    client: str
    lessons_left: int | None
    balance: int
    expires_on: date | None


def find_who_pays(db: sqlite3.Connection, on: date, today: date) -> list[WhoPays]:
    """Return clients with a lesson on the day whose money covers none, or none after that day, by time.

    A lesson counts whether held by now or not, but not a cancelled one. How far the money reaches is walked from
    today on, of the clients with a lesson only.
    """
    times = _first_times(db, on)
    found = []
    names: dict[int, str] = {}
    first: dict[int, str] = {}
    for client_id, name, student_id in db.execute(_CLIENTS, (number_list(times),)).fetchall():
        names[client_id] = name
        first[client_id] = min(times[student_id], first.get(client_id, "24:00"))
    covered = {
        client_id: covered
        for client_id, covered in client_coverages(db, list(names), today).items()
        if covered.lessons == 0 or (covered.expires_on is not None and covered.expires_on <= on)
    }
    accounts = balances_of(db, list(covered))
    for client_id, reach in covered.items():
        name, money = names[client_id], sum(accounts[client_id].values())
        found.append(WhoPays(on, first[client_id], client_id, name, reach.lessons, money, reach.expires_on))
    return sorted(found, key=lambda one: one.time)


def _first_times(db: sqlite3.Connection, on: date) -> dict[int, str]:
    """Return when each student's first lesson of the day begins."""
    times: dict[int, str] = {}
    for lesson in planned_lessons(db, first=on, last=on):
        if lesson.state != "cancelled":
            for student_id in lesson.student_ids:
                times.setdefault(student_id, lesson.time)
    return times


def who_pays_table(found: list[WhoPays], on: date) -> Table:
    """Return those who pay as a numbered table, in the order of their lessons."""
    return Table(
        report="who-pays",
        title=_("Who pays"),
        parameters=(Fact("on", _("Day"), Kind.DATE, on),),
        columns=(
            Column("next_lesson", _("Nearest lesson"), Kind.DATE),
            Column("time", _("Time"), Kind.TIME, beside=True),
            Column("client_id", _("Client no."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("lessons_left", _("Lessons left"), Kind.INTEGER),
            Column("balance", _("Balance"), Kind.MONEY),
            Column("expires", _("Expires"), Kind.DATE),
        ),
        rows=found,
        numbered=True,
    )
