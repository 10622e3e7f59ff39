"""Which records are a client's or a student's, those among them that are gone: the journal knows whose they were."""

import sqlite3
from collections.abc import Iterator, Sequence

from schoolcrm.core.store.edits import Record
from schoolcrm.core.store.journal import OWNER, key_columns_of, record_key

OF_CLIENT = (
    *("contact", "status_change", "payment", "trial", "contract", "task", "message", "client_file"),
    "automation_run",
)
OF_STUDENT = (
    "student_subject",
    "membership",
    "schedule",
    "lesson",
    "subscription",
    "freeze",
    "discount",
    "test_result",
)
NAMED_BY: dict[str, Sequence[str]] = {
    "client": ("client_field",),
    "student": ("student_field", "student_teacher", "mark"),
    "subscription": ("subscription_subject", "subscription_lesson_type"),
    "lesson": ("lesson_field",),
    "freeze": ("freeze_extension",),
    "discount": ("discount_subject", "discount_lesson_type"),
    "client_file": ("file_content",),
}
"""Records whose names in the journal are, or begin with, the number of the one they hang on."""

# Money stays with the client who paid when a student is given to another, and a client's payments have an index.
_PAYMENTS_FOR_STUDENT = """
    SELECT 'payment', id FROM payment
     WHERE student_id = :student
       AND client_id IN (SELECT client_id FROM student WHERE id = :student
                          UNION
                         SELECT json_extract(before, '$.client_id') FROM change
                          WHERE entity = 'student' AND record = :student AND before IS NOT NULL)
"""


def _records_of_client(db: sqlite3.Connection, client_id: int) -> list[Record]:
    """Return the client's record and all that is or was the client's: contacts, students, money, marks…

    A student who was given to another client is told here too, what hangs on the student is the other's.
    """
    found: list[Record] = [("client", client_id), *_hanging(db, "client", client_id)]
    for entity in OF_CLIENT:
        for record in _owned(db, entity, "client_id", client_id):
            found += [record, *_hanging(db, *record)]
    for _entity, number in _owned(db, "student", "client_id", client_id):
        row = db.execute("SELECT client_id FROM student WHERE id = ?", (number,)).fetchone()
        is_theirs = row is None or row[0] == client_id
        found += _records_of_student(db, int(number)) if is_theirs else [("student", number)]
    return list(dict.fromkeys(found))


def _records_of_student(db: sqlite3.Connection, student_id: int) -> list[Record]:
    """Return the student's record and all that is or was the student's: marks, subscriptions, groups, payments…"""
    found: list[Record] = [("student", student_id), *_hanging(db, "student", student_id)]
    for entity in OF_STUDENT:
        for record in _owned(db, entity, "student_id", student_id):
            found += [record, *_hanging(db, *record)]
            if entity == "subscription":
                found += _owned(db, "upfront_charge", "subscription_id", int(record[1]))
    payments = db.execute(_PAYMENTS_FOR_STUDENT, {"student": student_id})
    return list(dict.fromkeys([*found, *payments.fetchall()]))


def records_of(db: sqlite3.Connection, entity: str, record: int | str) -> list[Record]:
    """Return the record and what hangs on it."""
    if entity == "client":
        return _records_of_client(db, int(record))
    if entity == "student":
        return _records_of_student(db, int(record))
    return [(entity, record), *_hanging(db, entity, record)]


def _owned(db: sqlite3.Connection, entity: str, column: str, owner: int) -> list[Record]:
    """Return the records of the entity that the owner has, or had at any time."""
    name = record_key(key_columns_of(db, entity), entity)
    live = f"SELECT {name} FROM {entity} WHERE {column} = ?"  # noqa: S608
    # Neither sorted nor made distinct: for that SQLite would rather read all changes of the entity.
    past = f"SELECT record FROM change WHERE entity = ? AND before IS NOT NULL AND {OWNER} = ?"  # noqa: S608
    rows = [*db.execute(live, (owner,)), *db.execute(past, (entity, owner))]
    return [(entity, record) for record in sorted({record for (record,) in rows})]


def _hanging(db: sqlite3.Connection, entity: str, record: int | str) -> Iterator[Record]:
    for part in NAMED_BY.get(entity, ()):
        # Names that begin so lie between the slash and the sign that follows it.
        query = (
            "SELECT record FROM change WHERE entity = :part AND record = :whole"
            " UNION SELECT record FROM change WHERE entity = :part AND record > :first AND record < :last"
        )
        bounds = {"part": part, "whole": record, "first": f"{record}/", "last": f"{record}0"}
        for (name,) in db.execute(query, bounds):
            yield part, name
