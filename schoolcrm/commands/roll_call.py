"""The roll call of a lesson on a terminal: who came, one by one."""

import sys
from typing import TYPE_CHECKING

from schoolcrm.commands.questions import ask_line
from schoolcrm.commands.session import reading
from schoolcrm.core.errors import SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    import typer

    from schoolcrm.core.learning.attendance import Attendance
    from schoolcrm.core.learning.lessons import Expected
    from schoolcrm.core.learning.timetable import PlannedLesson
    from schoolcrm.core.store.database import School

_NAME = "SELECT name FROM study_group WHERE id = ? UNION ALL SELECT name FROM student WHERE id = ?"


def call_roll(ctx: "typer.Context", lesson: "PlannedLesson", members: list["Expected"]) -> list["Attendance"]:
    """Ask about each member on the terminal: Enter for came, a reason's short name or "-" for missed.

    The database is opened only to look something up: while a person thinks, others can write.
    """
    from schoolcrm.core.learning.absence_reasons import short_names
    from schoolcrm.core.learning.attendance import Attendance

    with reading(ctx) as school:
        title = _title(school, lesson)
        reasons = short_names(school.db)
    legend = _("Enter: came · -: missed · {reasons}: missed for that reason · <: one back · Ctrl-C: write nothing")
    for line in (title, legend.format(reasons=", ".join(reasons))):
        sys.stderr.write(one_line(line) + "\n")
    answers: list[Attendance] = []
    while len(answers) < len(members):
        one = members[len(answers)]
        answer = _answer(ctx, f"  {len(answers) + 1}/{len(members)} {one.name}:")
        if answer is not None:
            answers.append(Attendance(one.student_id, *answer))
        elif answers:
            answers.pop()
    return answers


def _title(school: "School", lesson: "PlannedLesson") -> str:
    """Return whose lesson it is, and when."""
    from schoolcrm.core.rules.dates import human_date, human_weekday

    (name,) = school.db.execute(_NAME, (lesson.group_id, lesson.student_id)).fetchone()
    return f"{name} · {human_weekday(lesson.on.isoweekday())} {human_date(lesson.on)} {lesson.time}"


def _answer(ctx: "typer.Context", prompt: str) -> tuple[bool, int | None] | None:
    """Return whether the student came and the reason of absence; None: back to the one before."""
    while True:
        typed = ask_line(prompt)
        if typed == "<":
            return None
        if typed in {"", "+"}:
            return True, None
        if typed in {"-", "−"}:
            return False, None
        try:
            return False, _reason(ctx, typed)
        except SchoolError as error:
            sys.stderr.write(one_line(f"{error.sentence} {error.hint}".strip()) + "\n")


def _reason(ctx: "typer.Context", ref: str) -> int:
    from schoolcrm.core.learning.catalogues import find_entry

    with reading(ctx) as school:
        return find_entry(school.db, "absence-reasons", ref)
