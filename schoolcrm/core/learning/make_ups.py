"""Make-ups: which missed lesson a mark makes up for (R24); and what else is noted beside a mark."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from schoolcrm.core.errors import NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import read_id
from schoolcrm.core.rules.dates import human_date, human_day, parse_date
from schoolcrm.core.store.transaction import WritableSchool

FULL_SHARE = 100
_NOTES = frozenset({"grade", "homework_grade", "note"})
_MARKS = """
    SELECT mark.lesson_id, mark.on_date, mark.attended, lesson.time
      FROM mark JOIN lesson ON lesson.id = mark.lesson_id
     WHERE mark.student_id = ? AND {condition}
     ORDER BY mark.attended, lesson.time
"""


class MakeUp(NamedTuple):
    """Where a student made up for a missed lesson: the lesson, its day, the subscription that paid (None: none)."""

    lesson_id: int
    on: date
    subscription_id: int | None


def missed_lesson(db: sqlite3.Connection, student_id: int, ref: str, today: date) -> int:
    """Return the id of the lesson that the student missed, named by its number or its day (R24).

    Raises NotFound when the student has no mark there, Refused when the student was there, or when the
    day has several missed lessons.
    """
    number = read_id(ref)
    if number is not None:
        rows = db.execute(_MARKS.format(condition="mark.lesson_id = ?"), (student_id, number)).fetchall()
    else:
        day = parse_date(ref, today).isoformat()
        rows = db.execute(_MARKS.format(condition="mark.on_date = ?"), (student_id, day)).fetchall()
    missed = [row for row in rows if not row[2]]
    if len(missed) > 1:
        raise Refused(
            _("The student missed {count} lessons on {day}.").format(count=len(missed), day=human_day(missed[0][1])),
            _("Name the lesson by its number: {numbers}.").format(numbers=", ".join(str(row[0]) for row in missed)),
        )
    if missed:
        return int(missed[0][0])
    if rows:
        raise Refused(
            _("The student was at the lesson of {day}.").format(day=human_day(rows[0][1])),
            _("Only a missed lesson is made up for."),
        )
    raise NotFound(
        _('The student has no missed lesson "{ref}".').format(ref=ref),
        _("'schoolcrm report journal CLIENT --period all' shows the lessons missed."),
    )


def share_of_make_up(db: sqlite3.Connection, student_id: int, missed_id: int, lesson_id: int) -> int:
    """Return the percent of the price that making up for that lesson costs: what the absence left (R24).

    Raises Refused when the student was there, has no mark there, or made up for it at another lesson.
    """
    row = db.execute(
        "SELECT attended, share FROM mark WHERE student_id = ? AND lesson_id = ?", (student_id, missed_id)
    ).fetchone()
    if row is None or row[0] or missed_id == lesson_id:
        raise Refused(
            _("The lesson {id} was not missed by the student.").format(id=missed_id),
            _("Only a missed lesson is made up for."),
        )
    made_up = _made_up_at(db, student_id, missed_id)
    if made_up is not None and made_up.lesson_id != lesson_id:
        raise Refused(
            _("The lesson {id} was made up for on {day} already.").format(id=missed_id, day=human_date(made_up.on)),
            _("A missed lesson can be made up for once."),
        )
    return FULL_SHARE - int(row[1])


def _made_up_at(db: sqlite3.Connection, student_id: int, lesson_id: int) -> MakeUp | None:
    """Return where the student made up for that missed lesson; None: nowhere."""
    row = db.execute(
        "SELECT lesson_id, on_date, subscription_id FROM mark WHERE student_id = ? AND makes_up_id = ?",
        (student_id, lesson_id),
    ).fetchone()
    return MakeUp(row[0], date.fromisoformat(row[1]), row[2]) if row else None


def require_not_made_up(db: sqlite3.Connection, student_id: int, lesson_id: int) -> None:
    """Raise Refused when the student made up for the lesson, so that the absence must stay."""
    made_up = _made_up_at(db, student_id, lesson_id)
    if made_up is not None:
        raise Refused(
            _("The student made up for this lesson on {day}.").format(day=human_date(made_up.on)),
            _("Mark the lesson {id} anew first, without --makes-up.").format(id=made_up.lesson_id),
        )


def pass_on_share(db: sqlite3.Connection, student_id: int, missed_id: int, share: int) -> MakeUp | None:
    """Let the make-up of a missed lesson cost what its absence, marked anew, leaves; return it (R24)."""
    made_up = _made_up_at(db, student_id, missed_id)
    if made_up is not None:
        db.execute(
            "UPDATE mark SET share = ?, charge = 0 WHERE student_id = ? AND on_date = ? AND lesson_id = ?",
            (FULL_SHARE - share, student_id, made_up.on.isoformat(), made_up.lesson_id),
        )
    return made_up


def note_mark(school: WritableSchool, lesson_id: int, student_id: int, texts: Mapping[str, str]) -> None:
    """Write grade, homework grade or note beside a student's mark; what isn't told stays."""
    assert texts.keys() <= _NOTES
    if texts:
        assignments = ", ".join(f"{column} = :{column}" for column in texts)
        school.db.execute(
            f"UPDATE mark SET {assignments} WHERE student_id = :student AND lesson_id = :lesson",  # noqa: S608
            {**texts, "student": student_id, "lesson": lesson_id},
        )
