"""Whose student it is; naming one where only a few are meant: the client's own, or the members of a lesson."""

import sqlite3
from collections.abc import Collection

from schoolcrm.core.errors import NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import lookup, quoted, read_id
from schoolcrm.core.people.references import STUDENT, find_student, student_label
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.cells import client_name


def client_of_student(db: sqlite3.Connection, student_id: int) -> int:
    """Return the client whose student it is; NotFound."""
    row = db.execute("SELECT client_id FROM student WHERE id = ?", (student_id,)).fetchone()
    if row is None:
        raise NotFound(
            _("There is no student {id}.").format(id=student_id),
            _("'schoolcrm students list' shows all with their ids."),
        )
    return int(row[0])


def find_among(db: sqlite3.Connection, student_ids: Collection[int], ref: str) -> int:
    """Return the one of these students named by id, name or part of a name, else any student of the school.

    The beginning of a name goes before other parts of it; namesakes elsewhere don't make a name ambiguous.
    Raises Ambiguous, NotFound, BadValue.
    """
    if not (hits := answering(db, student_ids, ref)):
        return find_student(db, ref)
    return lookup(
        ref,
        [lambda _ref: [(number, False) for number in hits]],
        labels=lambda ids: [(number, student_label(db, number)) for number in ids],
        known=list,
        wording=STUDENT,
    )


def answering(db: sqlite3.Connection, student_ids: Collection[int], ref: str) -> list[int]:
    """Return those of the students who answer to an id, a name or a part of a name, its beginning first."""
    keys = _name_keys(db, student_ids)
    words = fold(ref).split()
    steps = (
        [number for number in keys if number == read_id(ref)],
        [number for number, key in keys.items() if key == fold(ref)],
        [number for number, key in keys.items() if _begin(words, key)],
        [number for number, key in keys.items() if words and all(word in key for word in words)],
    )
    return next(filter(None, steps), [])


def find_student_of(db: sqlite3.Connection, client_id: int, ref: str) -> int:
    """Return the client's student named; raises Refused for another client's, Ambiguous, NotFound, BadValue."""
    names = dict(db.execute("SELECT id, name FROM student WHERE client_id = ? ORDER BY name_key", (client_id,)))
    student_id = find_among(db, names, ref)
    if student_id not in names:
        raise Refused(
            _("{student} is no student of {client}.").format(student=quoted(ref), client=client_name(db, client_id)),
            _("The students are: {names}.").format(names=", ".join(names.values())) if names else "",
        )
    return student_id


def _name_keys(db: sqlite3.Connection, student_ids: Collection[int]) -> dict[int, str]:
    query = "SELECT name_key FROM student WHERE id = ?"
    return {number: db.execute(query, (number,)).fetchone()[0] for number in student_ids}


def _begin(words: list[str], key: str) -> bool:
    """Tell whether every word is the beginning of a word of the name."""
    return bool(words) and all(any(part.startswith(word) for part in key.split()) for word in words)
