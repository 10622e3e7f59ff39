"""Naming clients and students: by id, name, phone, part of a name (cli.md §1)."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import N_
from schoolcrm.core.listing.lookup import (
    MOST_SUGGESTED_FROM,
    Hit,
    Wording,
    contains_words,
    lookup,
    read_id,
)
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.phones import human_phone, local_number, read_phones

_HIDDEN_CLIENT = "NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client.id)"
_HIDDEN_STUDENT = f"(student.archived_on IS NOT NULL OR {_HIDDEN_CLIENT})"
_CLIENTS = f"SELECT client.id, {_HIDDEN_CLIENT} FROM client"  # noqa: S608
_CLIENTS_BY_STUDENT = f"SELECT client.id, {_HIDDEN_STUDENT} FROM student JOIN client ON client.id = student.client_id"  # noqa: S608
_STUDENTS = f"SELECT student.id, {_HIDDEN_STUDENT} FROM student JOIN client ON client.id = student.client_id"  # noqa: S608
_OF_PHONES = "client.id IN (SELECT client_id FROM contact WHERE kind IN ('mobile', 'home') AND"
_WITH_PHONE = _OF_PHONES + " value_key IN ({marks}))"
_WITH_PHONE_ENDING = _OF_PHONES + " value_key GLOB ?)"

CLIENT = Wording(
    absent=N_("No client is called {name}."),
    several=N_("Several clients answer to {name}."),
    advice=N_("'schoolcrm clients list' shows all; a name, a part of it, a phone or an id will do."),
    hidden=N_("{name} is archived or deleted; 'schoolcrm clients restore' brings a client back."),
)
STUDENT = Wording(
    absent=N_("No student is called {name}."),
    several=N_("Several students answer to {name}."),
    advice=N_("'schoolcrm students list' shows all; a name, a part of it, or an id will do."),
    hidden=N_("{name} is archived or deleted; 'schoolcrm students restore' or 'clients restore' brings one back."),
)


def find_client(
    db: sqlite3.Connection, ref: str, *, include_archived: bool = False, archived_first: bool = False
) -> int:
    """Return the id of the client named by id, name, phone or part of a name; a student's name stands for it.

    Archived and deleted clients are found only with `include_archived`; with `archived_first` they are the ones
    meant, others only where none of them answers. Raises Ambiguous, NotFound, BadValue.
    """

    def some(sql: str, condition: str, parameters: Sequence[object]) -> list[Hit]:
        hits = client_hits(db, condition, parameters, sql)
        return _turned_round(hits) if archived_first else hits

    steps = (
        lambda text: some(_CLIENTS, "client.id = ?", [read_id(text)]),
        lambda text: some(_CLIENTS, "client.name_key = ?", [fold(text)]),
        lambda text: some(_CLIENTS_BY_STUDENT, "student.name_key = ?", [fold(text)]),
        lambda text: some(_CLIENTS, *_with_phone(text)),
        lambda text: some(_CLIENTS, *_with_phone_ending(text)),
        lambda text: [
            *some(_CLIENTS, *contains_words("client.name_key", text)),
            *some(_CLIENTS_BY_STUDENT, *contains_words("student.name_key", text)),
        ],
    )
    return lookup(
        ref,
        steps,
        labels=lambda ids: [(number, client_label(db, number)) for number in ids],
        known=lambda: [*_names_near(db, "client", ref), *_names_near(db, "student", ref)],
        wording=CLIENT,
        include_archived=include_archived or archived_first,
    )


def find_student(
    db: sqlite3.Connection, ref: str, *, include_archived: bool = False, archived_first: bool = False
) -> int:
    """Return the id of the student named by id, name, the client's name or phone, or part of a name.

    Archived students and those of archived or deleted clients are found only with `include_archived`; with
    `archived_first` they are the ones meant, others only where none of them answers.
    Raises Ambiguous, NotFound, BadValue.
    """

    def some(condition: str, parameters: Sequence[object]) -> list[Hit]:
        hits = student_hits(db, condition, parameters)
        return _turned_round(hits) if archived_first else hits

    steps = (
        lambda text: some("student.id = ?", [read_id(text)]),
        lambda text: some("student.name_key = ?", [fold(text)]),
        lambda text: some("client.name_key = ?", [fold(text)]),
        lambda text: some(*_with_phone(text)),
        lambda text: some(*_with_phone_ending(text)),
        lambda text: some(*contains_words("student.name_key", text)),
    )
    return lookup(
        ref,
        steps,
        labels=lambda ids: [(number, student_label(db, number)) for number in ids],
        known=lambda: students_near(db, ref),
        wording=STUDENT,
        include_archived=include_archived or archived_first,
    )


def client_label(db: sqlite3.Connection, client_id: int) -> str:
    """Return the client's name with what tells namesakes apart: the phone and the students."""
    name, phone, students = db.execute(
        "SELECT name, (SELECT value FROM contact WHERE client_id = client.id AND kind IN ('mobile', 'home')"
        " ORDER BY id LIMIT 1), (SELECT group_concat(name, ', ') FROM student WHERE client_id = client.id)"
        " FROM client WHERE id = ?",
        (client_id,),
    ).fetchone()
    return " · ".join(part for part in (name, human_phone(phone) if phone else "", students) if part)


def student_label(db: sqlite3.Connection, student_id: int) -> str:
    """Return the student's name with what tells namesakes apart: the year of birth and the client."""
    name, birthday, client = db.execute(
        "SELECT student.name, student.birthday, client.name FROM student"
        " JOIN client ON client.id = student.client_id WHERE student.id = ?",
        (student_id,),
    ).fetchone()
    return " · ".join(part for part in (name, birthday[:4] if birthday else "", client) if part)


def client_hits(db: sqlite3.Connection, condition: str, parameters: Sequence[object], sql: str = _CLIENTS) -> list[Hit]:
    """Return the ids of the clients that fulfil a condition in SQL, by name, each with whether it is out of sight."""
    return _hits(db, f"{sql} WHERE {condition} ORDER BY client.name_key, client.id", parameters)


def student_hits(db: sqlite3.Connection, condition: str, parameters: Sequence[object]) -> list[Hit]:
    """Return the ids of the students that fulfil a condition in SQL, by name, each with whether it is out of sight."""
    return _hits(db, f"{_STUDENTS} WHERE {condition} ORDER BY student.name_key, student.id", parameters)


def students_near(db: sqlite3.Connection, ref: str) -> Iterable[str]:
    """Return names of students to suggest from."""
    return _names_near(db, "student", ref)


def _hits(db: sqlite3.Connection, sql: str, parameters: Sequence[object]) -> list[Hit]:
    return [(number, bool(hidden)) for number, hidden in db.execute(sql, parameters)]


def _turned_round(hits: list[Hit]) -> list[Hit]:
    """Return the hits with those in the archive as the visible ones."""
    return [(number, not hidden) for number, hidden in hits]


def phone_steps() -> tuple[Callable[[str], tuple[str, list[str]]], ...]:
    """Return what makes conditions of a client's phone: the whole number first, then its end without the code."""
    return _with_phone, _with_phone_ending


def _with_phone(text: str) -> tuple[str, list[str]]:
    """Return the condition that the client has the phone that was written; never true for other text."""
    try:
        phones = read_phones(text)
    except BadValue:
        phones = []
    return _WITH_PHONE.format(marks=", ".join("?" * len(phones))), phones


def _with_phone_ending(text: str) -> tuple[str, list[str]]:
    """Return the condition that a phone of the client ends in the number written without its code."""
    digits = local_number(text)
    return (_WITH_PHONE_ENDING, [f"*{digits}"]) if digits else ("0", [])


def _names_near(db: sqlite3.Connection, table: str, ref: str) -> Iterable[str]:
    """Return names to suggest from: all of a small school, of a large one those that begin alike."""
    count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    start = "" if count <= MOST_SUGGESTED_FROM else fold(ref)[:2]
    rows = db.execute(
        f"SELECT DISTINCT name FROM {table}"  # noqa: S608
        " WHERE name_key >= ? AND name_key < ? AND archived_on IS NULL LIMIT ?",
        (start, start + "\U0010ffff", MOST_SUGGESTED_FROM),
    )
    return [name for (name,) in rows]
