"""Held lessons and their marks written straight into a school: quick enough for thousands of random histories."""

from datetime import date
from typing import Any


def held(school: Any, student_id: int, on: date, time: str = "18:00", **details: Any) -> int:
    """Record a held lesson of the student's own; return its id."""
    columns = {
        "student_id": student_id,
        "on_date": on.isoformat(),
        "time": time,
        "minutes": 60,
        "state": "held",
        "lesson_type_id": type_id(school, "individual"),
        **details,
    }
    return insert(school, "lesson", columns)


def mark(school: Any, student_id: int, lesson_id: int, *, attended: bool = True, **details: Any) -> None:
    """Mark the student at the lesson, nothing charged unless the details say so."""
    (on,) = school.db.execute("SELECT on_date FROM lesson WHERE id = ?", (lesson_id,)).fetchone()
    columns = {
        "student_id": student_id,
        "on_date": on,
        "lesson_id": lesson_id,
        "attended": attended,
        "share": 100,
        "basis": "none",
        "price": 0,
        "charge": 0,
        **details,
    }
    insert(school, "mark", columns)


def visit(school: Any, student_id: int, on: date, *, attended: bool = True, time: str = "18:00", **details: Any) -> int:
    """Record a lesson of the student with its mark; return the lesson's id."""
    lesson_id = held(school, student_id, on, time)
    mark(school, student_id, lesson_id, attended=attended, **details)
    return lesson_id


def freeze(school: Any, student_id: int, first_on: date, last_on: date) -> int:
    """Record a freeze of the student."""
    days = {"first_on": first_on.isoformat(), "last_on": last_on.isoformat()}
    return insert(school, "freeze", {"student_id": student_id, **days, "excused": 0})


def type_id(school: Any, code: str) -> int:
    """Return the id of one of the program's own lesson types."""
    return int(school.db.execute("SELECT id FROM lesson_type WHERE code = ?", (code,)).fetchone()[0])


def reason_id(school: Any, short: str) -> int:
    """Return the id of an absence reason."""
    return int(school.db.execute("SELECT id FROM absence_reason WHERE short = ?", (short,)).fetchone()[0])


def archive(school: Any, table: str, number: int) -> None:
    """Put a record in the archive."""
    school.db.execute(f"UPDATE {table} SET archived_on = '2026-09-01' WHERE id = ?", (number,))


def delete_client(school: Any, client_id: int) -> None:
    """Give the client the status of deleted ones (R7)."""
    query = "UPDATE client SET status_id = (SELECT min(id) FROM status WHERE base = 'deleted') WHERE id = ?"
    school.db.execute(query, (client_id,))


def insert(school: Any, table: str, columns: dict[str, Any]) -> int:
    """Insert a row and return its number."""
    marks = ", ".join("?" * len(columns))
    query = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    return int(school.db.execute(query, tuple(columns.values())).lastrowid)
