"""Naming students by a name of their own, or all of a client's by the client's name or phone (R35)."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import Hit, Step, Wording, contains_words, lookup, read_id
from schoolcrm.core.people.references import (
    STUDENT,
    client_hits,
    client_label,
    phone_steps,
    student_hits,
    student_label,
    students_near,
)
from schoolcrm.core.rules.names import fold

CLIENT_MARK = "client:"  # before a client's id, where a bare number is a student's
_STUDENTS_OF = "SELECT id FROM student WHERE client_id = ? AND archived_on IS NULL ORDER BY id"

WORDING = Wording(
    absent=STUDENT.absent,
    several=N_("Several students or clients answer to {name}."),
    advice=STUDENT.advice,
    hidden=STUDENT.hidden,
)


def students_named(db: sqlite3.Connection, ref: str) -> list[int]:
    """Return the student named; of a client named, by name or phone, all students not in the archive.

    An exact name decides, a student's before a client's. A part that both a student's name and the name of a client
    with other students hold is Ambiguous: the candidates are of both kinds, a client's id written «client:1».
    Raises Refused for a client without students, Ambiguous, NotFound, BadValue.
    """
    number = read_id(ref.strip().removeprefix(CLIENT_MARK)) if ref.strip().startswith(CLIENT_MARK) else None
    steps: list[Step] = [
        lambda text: student_hits(db, "student.id = ?", [read_id(text)]),
        lambda text: _of_clients(db, "client.id = ?", [number]),
        lambda text: student_hits(db, "student.name_key = ?", [fold(text)]),
        lambda text: _of_clients(db, "client.name_key = ?", [fold(text)]),
        *(partial(_by_phone, db, condition_of) for condition_of in phone_steps()),
        lambda text: _by_part(db, text),
    ]
    found = lookup(
        ref,
        steps,
        labels=lambda ids: [_candidate(db, one) for one in ids],
        known=lambda: students_near(db, ref),
        wording=WORDING,
    )
    if found > 0:
        return [found]
    if students := _students(db, -found):
        return students
    raise Refused(
        _("The client {id} has no students.").format(id=-found),
        _("'schoolcrm students add' adds one."),
    )


def _of_clients(db: sqlite3.Connection, condition: str, parameters: Sequence[object]) -> list[Hit]:
    """Return the clients as hits with their ids below 0, to be told from students'."""
    return [(-number, hidden) for number, hidden in client_hits(db, condition, parameters)]


def _by_phone(db: sqlite3.Connection, condition_of: Callable[[str], tuple[str, list[str]]], text: str) -> list[Hit]:
    return _of_clients(db, *condition_of(text))


def _by_part(db: sqlite3.Connection, text: str) -> list[Hit]:
    """Return the students and the clients whose name holds the words; a client's one student only once."""
    students = student_hits(db, *contains_words("student.name_key", text))
    seen = {number for number, _hidden in students}
    clients = _of_clients(db, *contains_words("client.name_key", text))
    return students + [hit for hit in clients if not students or not seen.issuperset(_only(_students(db, -hit[0])))]


def _only(students: list[int]) -> list[int]:
    """Return a single student, or what no set of hits holds: several are another choice than one of them."""
    return students if len(students) < 2 else [0]


def _students(db: sqlite3.Connection, client_id: int) -> list[int]:
    return [number for (number,) in db.execute(_STUDENTS_OF, (client_id,))]


def _candidate(db: sqlite3.Connection, number: int) -> tuple[int | str, str]:
    if number > 0:
        return number, student_label(db, number)
    label = _("all students of the client {client}").format(client=client_label(db, -number))
    return f"{CLIENT_MARK}{-number}", label
