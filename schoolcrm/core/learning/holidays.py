"""School holidays: days on which no lesson is computed from the schedule, for anybody (R22)."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.learning.calendar import PlannedLesson
from schoolcrm.core.learning.timetable import planned_lessons
from schoolcrm.core.listing.lookup import quoted, read_id, several
from schoolcrm.core.money.months import price_months_anew
from schoolcrm.core.rules.dates import human_date, parse_date
from schoolcrm.core.rules.names import fold, tidy

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

LONGEST = 366


class Holiday(NamedTuple):
    """Days without lessons, both inclusive."""

    id: int
    first_on: date
    last_on: date
    name: str | None

    @property
    def label(self) -> str:
        """Its days and its name, to stand in a sentence or a list of candidates."""
        days = human_date(self.first_on)
        if self.last_on > self.first_on:
            days = f"{days} – {human_date(self.last_on)}"
        return f"{days} {quoted(self.name)}" if self.name else days


def add_holiday(school: "WritableSchool", first_on: date, last_on: date | None = None, name: str = "") -> Holiday:
    """Add a holiday of one day or of all days to the last, inclusive; month plans are priced anew (R31).

    Raises BadValue when it ends before it begins or takes more than a year, Refused for one that is there already.
    """
    from schoolcrm.core.store.models import Holiday as Record

    last_on = last_on or first_on
    _check(first_on, last_on)
    for other in find_holidays(school.db, first_on, last_on):
        if (other.first_on, other.last_on) == (first_on, last_on):
            raise Refused(
                _("The holiday {holiday} is there already.").format(holiday=other.label),
                _("'schoolcrm schedule holiday list' shows all."),
            )
    record = school.add(Record, first_on=first_on, last_on=last_on, name=tidy(name) or None)
    assert record.id is not None
    _price_anew(school, first_on, last_on)
    return Holiday(record.id, first_on, last_on, record.name)


def remove_holiday(school: "WritableSchool", holiday_id: int) -> Holiday:
    """Remove a holiday: its lessons are planned again, unless another covers the day. Return what was removed."""
    holiday = _get_holiday(school.db, holiday_id)
    school.db.execute("DELETE FROM holiday WHERE id = ?", (holiday_id,))
    _price_anew(school, holiday.first_on, holiday.last_on)
    return holiday


def find_holidays(db: sqlite3.Connection, first: date | None = None, last: date | None = None) -> list[Holiday]:
    """Return the holidays with any day from first to last, inclusive (None: no limit), by their first day."""
    rows = db.execute(
        "SELECT id, first_on, last_on, name FROM holiday WHERE first_on <= ? AND last_on >= ?"
        " ORDER BY first_on, last_on, id",
        ((last or date.max).isoformat(), (first or date.min).isoformat()),
    )
    return [_holiday(row) for row in rows]


def _get_holiday(db: sqlite3.Connection, holiday_id: int) -> Holiday:
    """Return a holiday by its id; NotFound."""
    row = db.execute("SELECT id, first_on, last_on, name FROM holiday WHERE id = ?", (holiday_id,)).fetchone()
    if row is None:
        raise _unknown(f"{holiday_id}")
    return _holiday(row)


def find_holiday(db: sqlite3.Connection, today: date, ref: str) -> int:
    """Return the id of the holiday named by its number, one of its days, or a part of its name.

    Raises NotFound, Ambiguous (with candidates).
    """
    number = read_id(ref)
    if number is not None:
        return _get_holiday(db, number).id
    found = _of_day(db, today, ref) or _of_name(db, ref)
    if not found:
        raise _unknown(ref)
    if len(found) > 1:
        candidates = [(one.id, one.label) for one in found]
        raise several(_("Several holidays answer to {name}.").format(name=quoted(ref)), candidates)
    return found[0].id


def stored_on(db: sqlite3.Connection, holiday: Holiday) -> list[PlannedLesson]:
    """Return the lessons that stay on the holiday's days: held ones, and ones planned or moved there by hand."""
    lessons = planned_lessons(db, first=holiday.first_on, last=holiday.last_on)
    return [lesson for lesson in lessons if lesson.lesson_id is not None and lesson.state != "cancelled"]


def _check(first_on: date, last_on: date) -> None:
    if last_on < first_on:
        raise BadValue(
            _("A holiday can't end on {last} before it begins on {first}.").format(
                first=human_date(first_on), last=human_date(last_on)
            ),
            _("Give a later day with --to."),
        )
    days = (last_on - first_on).days + 1
    if days > LONGEST:
        raise BadValue(
            _("A holiday of {days} days, to {last}, is longer than a year.").format(
                days=days, last=human_date(last_on)
            ),
            _("Look at the year of --to; end lines of the schedule with 'schoolcrm schedule end'."),
        )


def _of_day(db: sqlite3.Connection, today: date, ref: str) -> list[Holiday]:
    try:
        day = parse_date(ref, today)
    except BadValue:
        return []
    return find_holidays(db, day, day)


def _of_name(db: sqlite3.Connection, ref: str) -> list[Holiday]:
    words = fold(ref).split()
    return [one for one in find_holidays(db) if words and all(word in fold(one.name or "") for word in words)]


def _price_anew(school: "WritableSchool", first_on: date, last_on: date) -> None:
    """Price the month plans of those days anew, for fewer or more lessons share a month's price."""
    students = school.db.execute("SELECT DISTINCT student_id FROM subscription WHERE kind = 'month'").fetchall()
    price_months_anew(school, [number for (number,) in students], first_on, last_on)


def _holiday(row: tuple[int, str, str, str | None]) -> Holiday:
    number, first_on, last_on, name = row
    return Holiday(number, date.fromisoformat(first_on), date.fromisoformat(last_on), name)


def _unknown(ref: str) -> NotFound:
    return NotFound(
        _("There is no holiday {name}.").format(name=quoted(ref)),
        _("'schoolcrm schedule holiday list' shows all; a number, a day or a name will do."),
    )
