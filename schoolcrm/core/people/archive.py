"""Putting clients and students in the archive, and back (R7, R53). Nothing else of theirs is ended by it."""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import balances
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.statuses.catalogue import automatic_status, living_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.store.numbers import number_list
from schoolcrm.core.store.transaction import WritableSchool

_CLIENT = """
    SELECT client.id, client.name, client.archived_on, status.base
      FROM client JOIN status ON status.id = client.status_id
     WHERE client.id = ?
"""
_STUDENT = """
    SELECT student.id, student.name, student.archived_on, client.id, client.name,
           EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client.id)
      FROM student JOIN client ON client.id = student.client_id
     WHERE student.id = ?
"""
_NOT_ENDED = """
    SELECT count(*) FROM subscription
     WHERE student_id IN (SELECT value FROM json_each(?)) AND deleted_on IS NULL
       AND (last_on IS NULL OR last_on >= ?)
"""
# How the client came among the deleted: moves between statuses of that base don't count.
_DELETION = """
    SELECT status_change.from_id, status_change.on_date
      FROM status_change
      JOIN status AS target ON target.id = status_change.to_id
      LEFT JOIN status AS origin ON origin.id = status_change.from_id
     WHERE status_change.client_id = ? AND target.base = 'deleted' AND origin.base IS NOT 'deleted'
     ORDER BY status_change.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Archived:
    """Who went into the archive, and what is not settled: balance, debt (kopecks, R36), subscriptions not ended."""

    id: int
    name: str
    balance: int
    debt: int
    subscriptions: int

    @property
    def is_settled(self) -> bool:
        """Whether there is neither money on an account, nor debt, nor a subscription that goes on."""
        return not (self.balance or self.debt or self.subscriptions)


@dataclass(frozen=True, slots=True)
class Restored:
    """Who is back; of a student, `hidden_by`: the name of the client who is still in the archive or deleted."""

    id: int
    name: str
    hidden_by: str | None = None


def archive_clients(school: WritableSchool, client_ids: Iterable[int]) -> list[Archived]:
    """Put the clients in the archive; Refused, and nothing done, when one of them is there already.

    Their money, subscriptions, groups and schedules stay as they are (R7). Lessons to come are planned for them
    no more, so that the marks of a running month plan are priced anew (R31).
    """
    return [_archive_client(school, client_id) for client_id in dict.fromkeys(client_ids)]


def restore_clients(school: WritableSchool, client_ids: Iterable[int]) -> list[Restored]:
    """Take the clients out of the archive, and those deleted back to the status they had before, by hand (R7).

    Raises Refused, and does nothing, when one of them is neither in the archive nor deleted.
    """
    return [_restore_client(school, client_id) for client_id in dict.fromkeys(client_ids)]


def archive_students(school: WritableSchool, student_ids: Iterable[int]) -> list[Archived]:
    """Put the students in the archive, as `archive_clients`; the money told of is their client's."""
    return [_archive_student(school, student_id) for student_id in dict.fromkeys(student_ids)]


def restore_students(school: WritableSchool, student_ids: Iterable[int]) -> list[Restored]:
    """Take the students out of the archive; Refused, and nothing done, when one of them is not there."""
    return [_restore_student(school, student_id) for student_id in dict.fromkeys(student_ids)]


def _archive_client(school: WritableSchool, client_id: int) -> Archived:
    _id, name, archived_on, _base = school.db.execute(_CLIENT, (client_id,)).fetchone()
    if archived_on:
        raise Refused(
            _("{name} is in the archive already.").format(name=name),
            _("'schoolcrm clients list --archived' shows the archive."),
        )
    _set_archived(school, "client", client_id, school.today)
    students = _students_of(school.db, client_id)
    price_months_anew(school, students, school.today)
    return _told(school, client_id, name, client_id, students)


def _archive_student(school: WritableSchool, student_id: int) -> Archived:
    _id, name, archived_on, client_id, _client, _visible = school.db.execute(_STUDENT, (student_id,)).fetchone()
    if archived_on:
        raise Refused(
            _("{name} is in the archive already.").format(name=name),
            _("'schoolcrm students list --archived' shows the archive."),
        )
    _set_archived(school, "student", student_id, school.today)
    price_months_anew(school, [student_id], school.today)
    return _told(school, student_id, name, client_id, [student_id])


def _restore_client(school: WritableSchool, client_id: int) -> Restored:
    _id, name, archived_on, base = school.db.execute(_CLIENT, (client_id,)).fetchone()
    if not archived_on and base != "deleted":
        raise Refused(
            _("{name} is neither in the archive nor deleted.").format(name=name),
            _("'schoolcrm clients list --archived' shows the archive; --all shows deleted clients too."),
        )
    away_since = date.fromisoformat(archived_on) if archived_on else school.today
    if base == "deleted":
        status_id, deleted_on = _before_deletion(school.db, client_id)
        set_status(school, [client_id], status_id)
        away_since = min(away_since, deleted_on or school.today)
    _set_archived(school, "client", client_id, None)
    price_months_anew(school, _students_of(school.db, client_id), away_since)
    return Restored(client_id, name)


def _restore_student(school: WritableSchool, student_id: int) -> Restored:
    _id, name, archived_on, _client_id, client, visible = school.db.execute(_STUDENT, (student_id,)).fetchone()
    if not archived_on:
        raise Refused(
            _("{name} is not in the archive.").format(name=name),
            _("'schoolcrm students list --archived' shows the archive.")
            if visible
            else _("The client is: 'schoolcrm clients restore' brings back {client}.").format(client=client),
        )
    _set_archived(school, "student", student_id, None)
    price_months_anew(school, [student_id], date.fromisoformat(archived_on))
    return Restored(student_id, name, None if visible else client)


def _set_archived(school: WritableSchool, entity: str, record_id: int, on: date | None) -> None:
    query = f"UPDATE {entity} SET archived_on = ? WHERE id = ?"  # noqa: S608
    school.db.execute(query, (on.isoformat() if on else None, record_id))


def _before_deletion(db: sqlite3.Connection, client_id: int) -> tuple[int, date | None]:
    """Return the status from before the client was deleted, and the day; one recorded as deleted is new."""
    row = db.execute(_DELETION, (client_id,)).fetchone()
    if row is None or row[0] is None:
        return automatic_status(db, "funnel", "new"), date.fromisoformat(row[1]) if row else None
    return living_status(db, row[0]), date.fromisoformat(row[1])


def _students_of(db: sqlite3.Connection, client_id: int) -> list[int]:
    return [number for (number,) in db.execute("SELECT id FROM student WHERE client_id = ?", (client_id,))]


def _told(school: WritableSchool, record_id: int, name: str, client_id: int, student_ids: Collection[int]) -> Archived:
    accounts = balances(school.db, client_id).values()
    asked = (number_list(student_ids), school.today.isoformat())
    (subscriptions,) = school.db.execute(_NOT_ENDED, asked).fetchone()
    return Archived(record_id, name, sum(accounts), -sum(one for one in accounts if one < 0), subscriptions)
