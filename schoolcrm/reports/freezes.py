"""The list of freezes (R25)."""

import sqlite3
from datetime import date
from typing import Any

from schoolcrm.core.language import N_, _, translated
from schoolcrm.reports.table import Column, Kind, Table

STATE_WORDS = {"coming": N_("coming"), "running": N_("running"), "past": N_("past")}
_FREEZES = """
SELECT freeze.id, student.id, student.name, client.id, client.name, freeze.first_on, freeze.last_on,
       CAST(julianday(freeze.last_on) - julianday(freeze.first_on) AS INTEGER) + 1,
       CASE WHEN freeze.last_on < :today THEN 'past' WHEN freeze.first_on > :today THEN 'coming' ELSE 'running' END,
       freeze.excused, freeze.reason, study_group.name
  FROM freeze
  JOIN student ON student.id = freeze.student_id
  JOIN client ON client.id = student.client_id
  LEFT JOIN study_group ON study_group.id = freeze.group_id"""
_OF_STUDENT = " WHERE freeze.student_id = :student"
_OF_CLIENT = " WHERE client.id = :client"
_OF_SEEN = """
 WHERE student.archived_on IS NULL
   AND EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client.id)"""
_LATEST_FIRST = " ORDER BY freeze.first_on DESC, student.name_key, freeze.id"


def find_freezes(
    db: sqlite3.Connection, today: date, *, student_id: int | None = None, client_id: int | None = None
) -> list[tuple[Any, ...]]:
    """Return the freezes of a student, of a client's students, or of all who are not in the archive, latest first."""
    chosen = _OF_STUDENT if student_id is not None else _OF_CLIENT if client_id is not None else _OF_SEEN
    wanted = {"today": today.isoformat(), "student": student_id, "client": client_id}
    return db.execute(_FREEZES + chosen + _LATEST_FIRST, wanted).fetchall()


def freezes_table(rows: list[tuple[Any, ...]]) -> Table:
    """Return the list as a table; both days are inclusive, `group` is the group frozen as a whole."""
    columns = (
        Column("id", _("No."), Kind.INTEGER),
        Column("student_id", _("Student no."), Kind.INTEGER, hidden=True),
        Column("student", _("Student")),
        Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
        Column("client", _("Client")),
        Column("from", _("From"), Kind.DATE),
        Column("to", _("To"), Kind.DATE),
        Column("days", _("Days"), Kind.INTEGER),
        Column("state", _("State"), Kind.CODE, words=translated(STATE_WORDS)),
        Column("excused", _("Excused"), Kind.BOOL),
        Column("reason", _("Reason")),
        Column("group", _("Group")),
    )
    return Table("freezes", _("Freezes"), columns, rows)
