"""What single cells of the database say, and are asked for: days, the name of somebody or something."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schoolcrm.core.rules.dates import Period


def stored_day(text: str | None) -> date | None:
    """Return the day as it lies in the database; None where there is none."""
    return date.fromisoformat(text) if text else None


def day_bounds(period: "Period") -> dict[str, str]:
    """Return the period's days as the parameters `first` and `last` of a query; an open side lets every day in."""
    return {
        "first": period.first.isoformat() if period.first else "",
        "last": period.last.isoformat() if period.last else "9999-12-31",
    }


def client_name(db: sqlite3.Connection, client_id: int) -> str:
    """Return the client's name; the client must be there."""
    return str(db.execute("SELECT name FROM client WHERE id = ?", (client_id,)).fetchone()[0])


def student_name(db: sqlite3.Connection, student_id: int) -> str:
    """Return the student's name; the student must be there."""
    return str(db.execute("SELECT name FROM student WHERE id = ?", (student_id,)).fetchone()[0])


def group_name(db: sqlite3.Connection, group_id: int | None) -> str:
    """Return the group's name; the group must be there."""
    return str(db.execute("SELECT name FROM study_group WHERE id = ?", (group_id,)).fetchone()[0])
