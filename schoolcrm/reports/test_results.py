"""The list of test results, of one student or of all (R55)."""

import sqlite3
from typing import Any

from schoolcrm.core.language import _
from schoolcrm.reports.filters import teacher_shown
from schoolcrm.reports.table import Column, Fact, Kind, Table
from schoolcrm.reports.tests import plain_score

_RESULTS = """
    SELECT test_result.id, test_result.on_date, student.id, student.name, client.name, subject.name, study_group.name,
           test_result.score, test_result.note, teacher.name, teacher.archived_on IS NOT NULL
      FROM test_result
      JOIN student ON student.id = test_result.student_id
      JOIN client ON client.id = student.client_id
      LEFT JOIN subject ON subject.id = test_result.subject_id
      LEFT JOIN study_group ON study_group.id = test_result.group_id
      LEFT JOIN teacher ON teacher.id = test_result.teacher_id
     WHERE {whose}
     ORDER BY test_result.on_date DESC, test_result.id DESC
"""
_OF_ONE = "test_result.student_id = :student"
_OF_ALL = """
           student.archived_on IS NULL
       AND EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client.id)
"""


def find_results(db: sqlite3.Connection, student_id: int | None = None) -> list[tuple[Any, ...]]:
    """Return the results of a student, or of all who are in no archive, newest first."""
    query = _RESULTS.format(whose=_OF_ALL if student_id is None else _OF_ONE)
    return [_row(*row) for row in db.execute(query, {"student": student_id})]


def _row(*row: Any) -> tuple[Any, ...]:
    *facts, score, note, teacher, archived = row
    return (*facts, teacher_shown(teacher, archived=archived), plain_score(score), note)


def results_table(rows: list[tuple[Any, ...]], student: str = "") -> Table:
    """Return the results as a table; `student`: the one asked for."""
    return Table(
        report="test-results",
        title=_("Test results"),
        parameters=[Fact("student", _("Student"), Kind.TEXT, student)] if student else [],
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("date", _("Date"), Kind.DATE),
            Column("student_id", _("Student no."), Kind.INTEGER, hidden=True),
            Column("student", _("Student")),
            Column("client", _("Client")),
            Column("subject", _("Subject")),
            Column("group", _("Group")),
            Column("teacher", _("Teacher")),
            Column("result", _("Result"), Kind.NUMBER),
            Column("note", _("Note")),
        ),
        rows=rows,
    )
