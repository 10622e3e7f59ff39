"""The report «Schedule» («Расписание»): the lessons of a period, with the columns that are wanted."""

import sqlite3
from collections.abc import Sequence
from datetime import date

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, quoted
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.schedule import Scope, closed, find_schedule, schedule_parameters, schedule_table
from schoolcrm.reports.table import Table

HIDABLE = ("room", "teacher", "subject")


def hidden_columns(text: str) -> list[str]:
    """Return the columns to leave out of a list like ``room,teacher``; BadValue for one that can't be."""
    asked = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in asked:
        if word not in HIDABLE:
            raise BadValue(
                _("The column {name} can't be left out.").format(name=quoted(word)),
                _("Those that can: {names}.").format(names=", ".join(HIDABLE)),
            )
    return asked


def schedule_report(
    db: sqlite3.Connection, period: Period, today: date, scope: Scope, hide: Sequence[str] = ()
) -> Table:
    """Return the lessons of the period as a table, cancelled ones left out (R22).

    They are those of a client, student, group, teacher or room, or all. An open period reaches a year from today;
    the columns in `hide` are left out of every format.
    """
    span = closed(period, today)
    return schedule_table(find_schedule(db, span, scope), schedule_parameters(db, span, scope), hide)
