"""School holidays as a list, and what stays on their days (R22)."""

import sqlite3
from collections.abc import Sequence

from schoolcrm.core.language import _, ngettext
from schoolcrm.core.learning.calendar import PlannedLesson
from schoolcrm.core.learning.holidays import Holiday
from schoolcrm.core.rules.dates import Period, human_date
from schoolcrm.core.rules.names import shortened
from schoolcrm.reports.schedule import Names
from schoolcrm.reports.table import Column, Fact, Kind, Table

MOST_NAMED = 10


def holidays_table(found: Sequence[Holiday], period: Period) -> Table:
    """Return the holidays as a table, both days inclusive."""
    columns = (
        Column("id", _("No."), Kind.INTEGER),
        Column("from", _("From"), Kind.DATE),
        Column("to", _("To"), Kind.DATE),
        Column("days", _("Days"), Kind.INTEGER),
        Column("name", _("Name")),
    )
    rows = [(one.id, one.first_on, one.last_on, (one.last_on - one.first_on).days + 1, one.name) for one in found]
    parameters = (Fact("period", _("Period"), Kind.PERIOD, period),)
    return Table("holidays", _("Holidays"), columns, rows, parameters)


def staying_sentence(db: sqlite3.Connection, lessons: Sequence[PlannedLesson]) -> str:
    """Return a sentence that names the lessons that take place though it is a holiday; empty: there are none."""
    if not lessons:
        return ""
    names = Names(db, lessons)
    told = [
        f"{human_date(lesson.on)} {lesson.time} {names.owner_of(lesson)} ({lesson.lesson_id})" for lesson in lessons
    ]
    sentence = ngettext(
        "{count} lesson was held or planned by hand then and stays: {lessons}.",
        "{count} lessons were held or planned by hand then and stay: {lessons}.",
        len(lessons),
    )
    return sentence.format(count=len(lessons), lessons=shortened(told, MOST_NAMED))
