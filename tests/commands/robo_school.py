"""A school of one group in September 2026, and what its lessons cost."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from answers import answer, refusal
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    join,
    make_school,
    reading_school,
    sell_plan,
    student_of,
    writing_school,
)

FIRST = date(2026, 9, 1)


def school_of_robo(folder: Path) -> Path:
    """Robo 1 meets on Tuesdays at 10:00 in September; Peter has a package of 3 for 2000.00, Vera pays 700 a lesson."""
    path = make_school(folder)
    with writing_school(path, FIRST) as school:
        anna = add_client(school, "Анна Иванова", student="Пётр Иванов")
        vera = add_client(school, "Вера Смирнова", student="Лев Смирнов")
        group = add_group(school, "Робо 1")
        for client in (anna, vera):
            join(school, group, student_of(school, client), FIRST)
        add_schedule(school, group_id=group, days="tue", time="10:00", first_on=FIRST)
        package = add_plan(school, "package", 200_000, 3)
        sell_plan(school, student_of(school, anna), package, FIRST)
        sell_plan(school, student_of(school, vera), add_plan(school, "lesson", 70_000), FIRST)
    return path


made = partial(answer, today="2026-09-30")
refused = partial(refusal, today="2026-09-30")


def held(path: Path, day: str, *more: str) -> dict[str, Any]:
    return made(path, "lessons", "hold", "Робо 1", day, "--all-present", *more)


def charges(path: Path, student: str) -> list[tuple[str, int]]:
    """The student's marks in order: day and charge in kopecks."""
    with reading_school(path, FIRST) as opened:
        rows = opened.db.execute(
            "SELECT mark.on_date, charge FROM mark JOIN student ON student.id = mark.student_id"
            " WHERE student.name = ? ORDER BY mark.on_date, lesson_id",
            (student,),
        )
        return [tuple(row) for row in rows]
