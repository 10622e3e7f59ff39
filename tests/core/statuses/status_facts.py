"""Facts that statuses follow from, written as rows; and the present status of a client."""

from datetime import date
from typing import Any

from builders import student_of


def base_of(school: Any, client_id: int) -> str:
    """Return the base of the client's status."""
    query = "SELECT base FROM client JOIN status ON status.id = status_id WHERE client.id = ?"
    return str(school.db.execute(query, (client_id,)).fetchone()[0])


def stage_of(school: Any, client_id: int) -> str:
    """Return the base of the client's stage."""
    query = "SELECT base FROM client JOIN status ON status.id = stage_id WHERE client.id = ?"
    return str(school.db.execute(query, (client_id,)).fetchone()[0])


def status_id(school: Any, base: str, scale: str = "funnel") -> int:
    """Return the id of the automatic status of the base."""
    query = "SELECT id FROM status WHERE scale = ? AND base = ? AND automatic"
    return int(school.db.execute(query, (scale, base)).fetchone()[0])


def add_status(school: Any, base: str, name: str, scale: str = "funnel") -> int:
    """Add a status that is set by hand only; return its id."""
    query = "INSERT INTO status (scale, base, name, name_key, automatic) VALUES (?, ?, ?, ?, 0) RETURNING id"
    return int(school.db.execute(query, (scale, base, name, name.lower())).fetchone()[0])


def history_of(school: Any, client_id: int) -> list[tuple[str, str | None, str, str]]:
    """Return scale, base from, base to and reason of the client's changes, in order."""
    query = """
        SELECT change.scale, origin.base, target.base, change.reason
          FROM status_change AS change
          LEFT JOIN status AS origin ON origin.id = change.from_id
          JOIN status AS target ON target.id = change.to_id
         WHERE change.client_id = ? ORDER BY change.id"""
    return list(school.db.execute(query, (client_id,)))


def sold(school: Any, client_id: int, on: date, last_on: date | None = None, **details: Any) -> int:
    """Write a package of 4 lessons sold to the client's first student, one day long by default; return its id."""
    values: dict[str, Any] = {
        "student_id": student_of(school, client_id),
        "origin": "sale",
        "is_trial": 0,
        "kind": "package",
        "lessons": 4,
        "sold_on": on.isoformat(),
        "first_on": on.isoformat(),
        "last_on": (last_on or on).isoformat(),
        "deleted_on": None,
    } | details
    school.db.execute(
        "INSERT OR IGNORE INTO plan (id, name, name_key, kind, price, lessons, billing, separate, burn, stop_at_end)"
        " VALUES (1, 'Пакет', 'пакет', 'package', 400000, 4, 'by-lesson', 0, 0, 0)"
    )
    row = school.db.execute(
        "INSERT INTO subscription (student_id, plan_id, origin, is_trial, sold_on, first_on, last_on, kind, price,"
        " lessons, billing, separate, burn, stop_at_end, deleted_on)"
        " VALUES (:student_id, 1, :origin, :is_trial, :sold_on, :first_on, :last_on, :kind, 400000, :lessons,"
        " 'by-lesson', 0, 0, 0, :deleted_on) RETURNING id",
        values,
    )
    return int(row.fetchone()[0])


def contracted(
    school: Any,
    client_id: int,
    first_on: date,
    last_on: date | None = None,
    terminated_on: date | None = None,
    last_sale_id: int | None = None,
) -> int:
    """Write a contract of the client; return its id."""
    query = """
        INSERT INTO contract (client_id, school_number, amount, signed_on, first_on, last_on, terminated_on,
                              last_sale_id)
        SELECT ?, ifnull(max(school_number), 0) + 1, 0, ?, ?, ?, ?, ? FROM contract RETURNING id"""
    days = [day.isoformat() if day else None for day in (first_on, first_on, last_on, terminated_on)]
    return int(school.db.execute(query, (client_id, *days, last_sale_id)).fetchone()[0])


def on_trial(school: Any, client_id: int, on: date, state: str = "booked") -> None:
    """Write a trial of the client, without a mark and without its event."""
    query = "INSERT INTO trial (client_id, on_date, state) VALUES (?, ?, ?)"
    school.db.execute(query, (client_id, on.isoformat(), state))


def marked(
    school: Any,
    client_id: int,
    on: date,
    *,
    attended: bool = True,
    charge: int = 0,
    student_id: int | None = None,
    subscription_id: int | None = None,
) -> None:
    """Write a mark of the client's first student, or of the one given, at a lesson of its own."""
    student_id = student_id or student_of(school, client_id)
    number = school.db.execute("SELECT ifnull(max(id), 0) + 1 FROM lesson").fetchone()[0]
    school.db.execute(
        "INSERT INTO lesson (id, student_id, on_date, time, minutes, state, lesson_type_id)"
        " VALUES (?, ?, ?, ?, 60, 'held', (SELECT min(id) FROM lesson_type))",
        (number, student_id, on.isoformat(), f"{number // 60 % 24:02}:{number % 60:02}"),
    )
    school.db.execute(
        "INSERT INTO mark (student_id, on_date, lesson_id, attended, share, basis, price, charge, subscription_id)"
        " VALUES (?, ?, ?, ?, 100, ?, ?, ?, ?)",
        (student_id, on.isoformat(), number, attended, "paid" if subscription_id else "none", charge, charge,
         subscription_id),
    )  # fmt: skip


def paid(school: Any, client_id: int, amount: int, on: date, separate_id: int | None = None) -> None:
    """Write an adjustment of the client's balance in kopecks, of a separate account if it is given."""
    school.db.execute(
        "INSERT INTO payment (client_id, kind, on_date, amount, effect, subscription_id, separate_id)"
        " VALUES (?, 'adjustment', ?, ?, ?, ?, ?)",
        (client_id, on.isoformat(), amount, amount, separate_id, separate_id),
    )
