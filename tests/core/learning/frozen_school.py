"""A school in March 2026 whose students are frozen, with what the tests of freezes ask of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.learning.freezes import Freeze
from schoolcrm.core.learning.freezing import freeze_student
from schoolcrm.core.learning.timetable import planned_lessons


@contextmanager
def school_in_march(folder: Path) -> Iterator[Any]:
    """March 2026 (1 March is a Sunday), a group of Petya and Masha that meets on Tuesdays and Thursdays."""
    with writing_school(make_school(folder), today=date(2026, 3, 1)) as school:
        group = add_group(school, "Робо")
        for name in ("Петя", "Маша"):
            join(school, group, student_of(school, add_client(school, f"Мама {name}", student=name)), march(1))
        add_schedule(school, group_id=group, days="tue,thu", first_on=march(1))
        yield school


PETYA, MASHA, GROUP = 1, 2, 1


def march(day: int) -> date:
    return date(2026, 3, 1) + timedelta(days=day - 1)


def freeze(school: Any, first: int, last: int, student: int = PETYA, **facts: Any) -> Any:
    return freeze_student(school, Freeze(student, march(first), march(last), **facts))


def subscription(school: Any, last: int | None = 31, kind: str = "package", student: int = PETYA, **facts: Any) -> int:
    plan = add_plan(school, kind, 4000_00, 8 if kind == "package" else None, name=f"{kind} {student} {last} {facts}")
    return sell_plan(school, student, plan, facts.pop("first", march(1)), last_on=last and march(last), **facts)


def last_day(school: Any, subscription_id: int) -> str:
    return str(school.db.execute("SELECT last_on FROM subscription WHERE id = ?", (subscription_id,)).fetchone()[0])


def days_of(school: Any, student: int = PETYA) -> list[int]:
    """The student's lessons in March."""
    lessons = planned_lessons(school.db, first=march(1), last=march(31), student_ids=[student])
    return [lesson.on.day for lesson in lessons]
