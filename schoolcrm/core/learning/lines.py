"""Lines of the regular schedule: naming one, ending it, removing it (R22)."""

import sqlite3
from datetime import date, timedelta
from typing import TYPE_CHECKING

from schoolcrm.core.errors import Ambiguous, NotFound, Refused
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.learning.references import find_group
from schoolcrm.core.learning.schedule import find_slot, find_slots, students_of
from schoolcrm.core.listing.lookup import quoted, read_id, several
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.people.references import find_student
from schoolcrm.core.rules.dates import human_date, human_day, human_weekday
from schoolcrm.core.rules.names import shortened
from schoolcrm.core.rules.timetable import Slot

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool


def find_line(db: sqlite3.Connection, today: date, ref: str) -> int:
    """Return the line named by its number, or by the group or student who has only this one from today on.

    Raises NotFound, BadValue for an empty name, Ambiguous (with the lines) when there are several.
    """
    number = read_id(ref)
    if number is not None:
        return find_slot(db, number).id
    lines = _lines_of_groups(db, today, ref) + _lines_of_students(db, today, ref)
    if not lines:
        raise NotFound(
            _("No line of the schedule belongs to {name}.").format(name=quoted(ref)),
            _("'schoolcrm schedule list --lines' shows the lines of the schedule."),
        )
    if len(lines) > 1:
        candidates = [(line.id, _line_label(line)) for line in lines]
        raise several(_("{name} has several lines in the schedule.").format(name=quoted(ref)), candidates)
    return lines[0].id


def _line_label(line: Slot) -> str:
    """Return the days and the time of a line, to tell it from others."""
    days = ", ".join(human_weekday(day) for day in sorted(line.weekdays))
    return f"{days} {line.time}"


def end_line(school: "WritableSchool", slot_id: int, on: date) -> list[str]:
    """Make `on` the line's last day, inclusive; return the stored lessons of the line after it, which stay.

    Raises Refused for a day before the line begins, and for a line that has ended by then already.
    """
    line = find_slot(school.db, slot_id)
    if on < line.first_on:
        raise Refused(
            _("Line {id} of the schedule begins on {first}, after {day}.").format(
                id=slot_id, first=human_date(line.first_on), day=human_date(on)
            ),
            _("Give a later day with --on, or take it away: 'schoolcrm schedule remove {id}'.").format(id=slot_id),
        )
    if line.last_on is not None and line.last_on <= on:
        raise Refused(
            _("Line {id} of the schedule ends on {last} already.").format(id=slot_id, last=human_date(line.last_on)),
            _("Give an earlier day with --on, or add another line: 'schoolcrm schedule add'."),
        )
    school.db.execute("UPDATE schedule SET last_on = ? WHERE id = ?", (on.isoformat(), slot_id))
    after = on + timedelta(days=1)
    price_months_anew(school, students_of(school.db, line), after, line.last_on)
    return stored_lessons(school.db, slot_id, after)


def remove_line(school: "WritableSchool", slot_id: int) -> None:
    """Remove a line of which no lesson has been stored; Refused, with the way to end it, for another."""
    line = find_slot(school.db, slot_id)
    _require_unused(school.db, slot_id)
    school.db.execute("DELETE FROM schedule WHERE id = ?", (slot_id,))
    price_months_anew(school, students_of(school.db, line), line.first_on, line.last_on)


def _require_unused(db: sqlite3.Connection, slot_id: int) -> None:
    """Refuse a line that stored lessons refer to: held, cancelled, moved or edited ones."""
    stored = stored_lessons(db, slot_id, date.min)
    if not stored:
        return
    sentence = ngettext(
        "{count} lesson was held, cancelled or changed on line {id} of the schedule: {lessons}.",
        "{count} lessons were held, cancelled or changed on line {id} of the schedule: {lessons}.",
        len(stored),
    )
    raise Refused(
        sentence.format(count=len(stored), id=slot_id, lessons=shortened(stored)),
        _("End it instead: 'schoolcrm schedule end {id} --on DAY'.").format(id=slot_id),
    )


def _lines_of_groups(db: sqlite3.Connection, today: date, ref: str) -> list[Slot]:
    try:
        groups = [find_group(db, ref)]
    except NotFound:
        return []
    except Ambiguous as namesakes:
        groups = [number for number, _label in namesakes.candidates]
    return [line for number in groups for line in find_slots(db, group_id=number, first=today)]


def _lines_of_students(db: sqlite3.Connection, today: date, ref: str) -> list[Slot]:
    """Return the lines of lessons that the student has alone."""
    try:
        students = {find_student(db, ref)}
    except NotFound:
        return []
    except Ambiguous as namesakes:
        students = {number for number, _label in namesakes.candidates}
    return [line for line in find_slots(db, student_ids=students, first=today) if line.student_id in students]


def stored_lessons(db: sqlite3.Connection, slot_id: int, first: date) -> list[str]:
    """Return the days of the stored lessons of a line whose own day is that one or later."""
    rows = db.execute(
        "SELECT on_date, time FROM lesson WHERE schedule_id = ? AND occurrence_on >= ? ORDER BY on_date, time",
        (slot_id, first.isoformat()),
    )
    return [f"{human_day(on)} {time}" for on, time in rows]
