"""What single cells of the database say: a day that may be missing, the name of somebody or something."""

import sqlite3
from datetime import date


def stored_day(text: str | None) -> date | None:
    """Return the day as it lies in the database; None where there is none."""
    return date.fromisoformat(text) if text else None


def client_name(db: sqlite3.Connection, client_id: int) -> str:
    """Return the client's name; the client must be there."""
    return str(db.execute("SELECT name FROM client WHERE id = ?", (client_id,)).fetchone()[0])


def student_name(db: sqlite3.Connection, student_id: int) -> str:
    """Return the student's name; the student must be there."""
    return str(db.execute("SELECT name FROM student WHERE id = ?", (student_id,)).fetchone()[0])


def group_name(db: sqlite3.Connection, group_id: int | None) -> str:
    """Return the group's name; the group must be there."""
    return str(db.execute("SELECT name FROM study_group WHERE id = ?", (group_id,)).fetchone()[0])
