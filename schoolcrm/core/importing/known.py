"""What the database holds already, for an import to join: names of catalogues, plans, people (R62, R64)."""

import sqlite3
from itertools import groupby
from operator import itemgetter
from typing import Any

from schoolcrm.core.importing.client_row import PHONE_KINDS
from schoolcrm.core.importing.families import Families
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.rules.names import fold, tidy
from schoolcrm.core.store.numbering import last_number

_MOST_AS_WRITTEN = 10_000
_KNOWN_CLIENTS = """
    SELECT client.id, client.name_key, contact.kind, contact.value_key
      FROM client LEFT JOIN contact ON contact.client_id = client.id
     ORDER BY client.id
"""
_KNOWN_STUDENTS = """
    SELECT student.id, student.client_id, student.name_key, client.name_key, student.birthday,
           (SELECT group_concat(value, char(10)) FROM contact
             WHERE contact.client_id = client.id AND kind IN ('mobile', 'home'))
      FROM student JOIN client ON client.id = student.client_id
     ORDER BY student.id
"""


class Catalogue:
    """Names of one catalogue with their ids; a new name gets the next id, a record in the spool, and joins `added`.

    `details` complete the record of a new one.
    """

    def __init__(self, db: sqlite3.Connection, spool: Spool, table: str, *details: Any) -> None:
        self._details = details
        self._spool = spool
        self._table = table
        self._ids: dict[str, int] = dict(db.execute(f"SELECT name_key, id FROM {table}"))  # noqa: S608
        self._as_written: dict[str, int] = {}
        self._next = 1 + last_number(db, table)
        self.added: list[str] = []

    def id_of(self, name: str) -> int:
        """Return the entry's id."""
        found = self._as_written.get(name)
        if found is None:
            found = self._id_under(fold(name), name)
            if len(self._as_written) < _MOST_AS_WRITTEN:
                self._as_written[name] = found
        return found

    def _id_under(self, key: str, name: str) -> int:
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = self._next
            self._next += 1
            self.added.append(tidy(name))
            self._spool.add(self._table, found, self.added[-1], key, *self._details)
        return found


def automatic_statuses(db: sqlite3.Connection, scale: str) -> list[tuple[str, int]]:
    """Return (base, id) of the statuses that automatic transitions use on a scale (R2)."""
    return db.execute("SELECT base, id FROM status WHERE scale = ? AND automatic = 1", (scale,)).fetchall()


def statuses_of(db: sqlite3.Connection, base: str) -> frozenset[int]:
    """Return the ids of all statuses under a base that an import can give, deleted ones left out (R5)."""
    rows = db.execute("SELECT id FROM status WHERE base = ? AND deleted_on IS NULL", (base,))
    return frozenset(number for (number,) in rows)


def own_fields_of(db: sqlite3.Connection, entity: str) -> dict[str, int]:
    """Return folded name → id of the school's own fields of clients, or of students."""
    return dict(db.execute("SELECT name_key, id FROM field WHERE entity = ?", (entity,)))


def lesson_plans(db: sqlite3.Connection) -> dict[int, int]:
    """Return price → id of the plans that an imported lesson price may reuse: plain ones, for any subject."""
    rows = db.execute(
        "SELECT price, min(id) FROM plan WHERE kind = 'lesson' AND billing = 'by-lesson' AND separate = 0"
        " AND archived_on IS NULL AND length_days IS NULL AND length_months IS NULL"
        " AND id NOT IN (SELECT plan_id FROM plan_subject) AND id NOT IN (SELECT plan_id FROM plan_lesson_type)"
        " GROUP BY price"
    )
    return dict(rows.fetchall())


def know_people(db: sqlite3.Connection, families: Families) -> None:
    """Tell the families who is in the database already, archived and deleted clients included.

    One person after the other, for a school of 100,000 doesn't fit into the memory that an import may take.
    """
    for (client, key), rows in groupby(db.execute(_KNOWN_CLIENTS), key=itemgetter(0, 1)):
        contacts = [(kind, value, value, None) for _client, _key, kind, value in rows if kind is not None]
        phones = [value for kind, value, _key, _whose in contacts if kind in PHONE_KINDS]
        families.know_client(client, key, phones, contacts)
    for student, client, key, client_key, birthday, phones in db.execute(_KNOWN_STUDENTS):
        families.know_student(
            student,
            client,
            name_key=key,
            client_key=client_key,
            birthday=birthday,
            phones=phones.split("\n") if phones else (),
        )


def known_student_of(db: sqlite3.Connection, client: int, name_key: str) -> int | None:
    """Return the client's first student of that name."""
    query = "SELECT min(id) FROM student WHERE client_id = ? AND name_key = ?"
    (student,) = db.execute(query, (client, name_key)).fetchone()
    return None if student is None else int(student)
