"""Lessons without a subscription (R33): held, marked, and charged 0 because no subscription fitted."""

import sqlite3
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.reports.table import Column, Kind, Table

# The marks come from an index that holds these alone; free trials are no such marks.
_UNPAID = """
    SELECT mark.on_date, client.id, client.name, student.name, study_group.name
      FROM mark INDEXED BY mark_unpaid
     CROSS JOIN student ON student.id = mark.student_id
     CROSS JOIN visible_client AS client ON client.id = student.client_id
     CROSS JOIN lesson ON lesson.id = mark.lesson_id
      LEFT JOIN study_group ON study_group.id = lesson.group_id
     WHERE mark.basis = 'none'
       AND NOT EXISTS (SELECT 1 FROM trial
                        WHERE trial.client_id = client.id AND trial.lesson_id = lesson.id AND trial.state = 'missed')
     ORDER BY mark.on_date, client.name_key, client.id, student.name_key, student.id, lesson.time, lesson.id
"""


class NoSubscription(NamedTuple):
    """A mark that nothing pays; `group` None: the student's own lesson."""

    lesson_on: str
    client_id: int
    client: str
    student: str
    group: str | None


def find_no_subscription(db: sqlite3.Connection) -> list[NoSubscription]:
    """Return the marks that no subscription pays, oldest first; archived and deleted clients' are left out (R7)."""
    return [NoSubscription(*row) for row in db.execute(_UNPAID)]


def no_subscription_table(found: list[NoSubscription]) -> Table:
    """Return the marks as a numbered table."""
    return Table(
        report="no-subscription",
        title=_("Lessons without a subscription"),
        columns=(
            Column("lesson_date", _("Lesson"), Kind.DATE),
            Column("client_id", _("Client no."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("student", _("Student")),
            Column("group", _("Group")),
        ),
        rows=found,
        notes=(_("A subscription sold with --reprice from the day of the lesson pays for it."),) if found else (),
        numbered=True,
    )
