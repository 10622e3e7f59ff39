"""Students: adding one to a client (R50)."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from schoolcrm.core.people.custom_fields import CustomField, set_values
from schoolcrm.core.people.facts import person_name
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.personal import parse_birthday
from schoolcrm.core.store.numbering import last_number

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


@dataclass(frozen=True, slots=True)
class NewStudent:
    """A student to be added: column → value as `facts.read_facts` returns them, subjects with levels, teachers."""

    facts: Mapping[str, Any]
    subjects: Sequence[tuple[int, int | None]] = ()
    teacher_ids: Sequence[int] = ()
    custom: Mapping[CustomField, str] = field(default_factory=dict)


def parse_student(text: str, today: date) -> dict[str, str]:
    """Return the field texts of ``NAME`` or ``NAME:BIRTH``; BadValue for no name or no date."""
    name, colon, birthday = text.rpartition(":")
    if not colon:
        return {"name": person_name(text)}
    return {"name": person_name(name), "birthday": parse_birthday(birthday, today).isoformat()}


def add_student(school: "WritableSchool", client_id: int, student: NewStudent) -> int:
    """Add the student to the client and return the id; a client for the administrator becomes a new one (R7)."""
    from schoolcrm.core.statuses.events import student_added

    student_id = school.insert("student", client_id=client_id, created_on=school.today, **student.facts)
    for subject_id, level_id in student.subjects:
        school.insert("student_subject", student_id=student_id, subject_id=subject_id, level_id=level_id)
    for teacher_id in student.teacher_ids:
        school.insert("student_teacher", student_id=student_id, teacher_id=teacher_id)
    set_values(school, "student", student_id, student.custom)
    student_added(school, client_id)
    return student_id


def edit_student(school: "WritableSchool", student_id: int, told: NewStudent, *, forgotten_teachers: bool) -> None:
    """Change what is told about a student, leave the rest; teachers and subjects are added (R50).

    `forgotten_teachers`: those who answered for the student so far do no longer.
    """
    from schoolcrm.core.people.facts import set_facts

    set_facts(school, "student", student_id, told.facts)
    if forgotten_teachers:
        school.db.execute("DELETE FROM student_teacher WHERE student_id = ?", (student_id,))
    school.db.executemany(
        "INSERT INTO student_teacher (student_id, teacher_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(student_id, teacher_id) for teacher_id in told.teacher_ids],
    )
    for subject_id, level_id in told.subjects:
        set_subject(school, student_id, subject_id, level_id)
    set_values(school, "student", student_id, told.custom)


def set_subject(school: "WritableSchool", student_id: int, subject_id: int, level_id: int | None) -> None:
    """Write that the student learns the subject, at that level (None: the level is left as it is) (R50)."""
    school.db.execute(
        "INSERT INTO student_subject (id, student_id, subject_id, level_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET level_id = ifnull(excluded.level_id, level_id)",
        (last_number(school.db, "student_subject") + 1, student_id, subject_id, level_id),
    )


def remove_subject(school: "WritableSchool", student_id: int, subject_id: int) -> bool:
    """Write that the student does not learn the subject any more; return whether it was there."""
    gone = school.db.execute(
        "DELETE FROM student_subject WHERE student_id = ? AND subject_id = ?", (student_id, subject_id)
    )
    return gone.rowcount > 0


def namesakes(db: sqlite3.Connection, client_id: int, name: str) -> int:
    """Return how many students of that name the client has."""
    row = db.execute("SELECT count(*) FROM student WHERE client_id = ? AND name_key = ?", (client_id, fold(name)))
    return int(row.fetchone()[0])
