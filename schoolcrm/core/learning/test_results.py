"""Results of tests, kept of each student (R55)."""

import re
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.names import tidy

if TYPE_CHECKING:
    from datetime import date

    from schoolcrm.core.store.transaction import WritableSchool

_SCORE = r"([0-9]{1,6})(?:[.,]([0-9]{1,2}))?"


class Result(NamedTuple):
    """What one test of a student gave; the score is in hundredths."""

    student_id: int
    score: int
    on: "date"
    subject_id: int | None = None
    group_id: int | None = None
    teacher_id: int | None = None
    note: str = ""


def parse_score(text: str) -> int:
    """Return a score like ``4.5``, ``4,5`` or ``87`` in hundredths.

    Raises BadValue for anything else: a sign, more than two decimals, words.
    """
    found = re.fullmatch(_SCORE, tidy(text))
    if found is None:
        raise BadValue(
            _("{value} is not a result of a test.").format(value=quoted(text)),
            _("Write a number like 87 or 4.5, with two decimals at most."),
        )
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def add_result(school: "WritableSchool", result: Result, *, even_so: bool = False) -> int:
    """Record the result and return its id; of a group's test the group's subject and teacher, unless given.

    Raises Refused for a day after today unless `even_so`.
    """
    from schoolcrm.core.store.models import TestResult

    if result.on > school.today and not even_so:
        raise Refused(
            _("{day} is after today.").format(day=human_date(result.on)),
            _("Repeat with --even-so to record it all the same."),
        )
    subject_id, teacher_id = result.subject_id, result.teacher_id
    if result.group_id is not None:
        of_group = school.db.execute("SELECT subject_id, teacher_id FROM study_group WHERE id = ?", (result.group_id,))
        subject, teacher = of_group.fetchone()
        subject_id, teacher_id = subject_id or subject, teacher_id or teacher
    record = school.add(
        TestResult,
        student_id=result.student_id,
        on_date=result.on,
        score=result.score,
        subject_id=subject_id,
        group_id=result.group_id,
        teacher_id=teacher_id,
        note=tidy(result.note) or None,
    )
    return int(record.id)
