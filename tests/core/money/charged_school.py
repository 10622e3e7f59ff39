"""A school of one student in one group, whose subscriptions pay what is marked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from builders import add_client, add_group, add_plan, hold, join, make_school, sell_plan, student_of, writing_school

FIRST = date(2026, 9, 1)  # a Tuesday
WEEK = timedelta(weeks=1)


@contextmanager
def furnished_school(folder: Path) -> Iterator[Any]:
    """The student 1 in the group 1; no trial is left."""
    with writing_school(make_school(folder), date(2026, 12, 31)) as school:
        furnish(school)
        yield school


def furnish(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    school.db.execute("UPDATE client SET trial_spent = 1")
    assert (student_of(school, client), add_group(school, "Робо", "Роботы")) == (1, 1)
    join(school, 1, 1, date(2026, 1, 1))


def attend(school: Any, *days: date, reason: str | None = None) -> None:
    for day in days:
        hold(school, 1, day, **({"absent": {1: reason}} if reason else {"present": [1]}))


def sell(school: Any, kind: str, price: int, lessons: int | None = None, first: date = FIRST, **how: Any) -> int:
    """Add a plan and sell it to the student; what a plan says goes to the plan, the rest to the sale."""
    of_plan = {key: how.pop(key) for key in ("billing", "separate", "stop_at_end", "subject_ids") if key in how}
    count = school.db.execute("SELECT count(*) FROM plan").fetchone()[0]
    return sell_plan(school, 1, add_plan(school, kind, price, lessons, name=f"план {count}", **of_plan), first, **how)


def charges(school: Any) -> list[int]:
    return [charge for (charge,) in school.db.execute("SELECT charge FROM mark ORDER BY on_date, lesson_id")]


def payers(school: Any) -> list[tuple[str, int | None]]:
    rows = school.db.execute("SELECT basis, subscription_id FROM mark ORDER BY on_date, lesson_id")
    return [(basis, payer) for basis, payer in rows]


def weeks(count: int, first: date = FIRST) -> list[date]:
    return [first + number * WEEK for number in range(count)]
