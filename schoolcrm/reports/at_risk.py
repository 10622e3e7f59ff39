"""Loss prevention («Предотвращение потери»): students who missed several held lessons in a row."""

import sqlite3
from collections.abc import Sequence
from datetime import date
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Any, NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.store.numbers import number_list
from schoolcrm.reports.filters import reason_fact
from schoolcrm.reports.names import names_of
from schoolcrm.reports.table import Column, Fact, Kind, Table

MISSES = 3
# Each student is asked for the newest attended mark, and for the misses since: the table of marks is clustered by
# student and date, so a few neighbouring rows tell. Lessons of one day have no order there: the second part, over
# the few that are left, decides by the time of the lesson.
_AT_RISK = """
    WITH missing AS MATERIALIZED (
        SELECT student.id, student.name, student.name_key, student.client_id,
               ifnull((SELECT on_date FROM mark
                        WHERE student_id = student.id AND on_date <= :today AND attended
                        ORDER BY on_date DESC LIMIT 1), '') AS seen_on
          FROM student
         WHERE student.archived_on IS NULL
           AND (SELECT count(*) FROM mark
                 WHERE student_id = student.id AND NOT attended {counted} AND on_date <= :today
                   AND on_date >= ifnull((SELECT on_date FROM mark
                                           WHERE student_id = student.id AND on_date <= :today AND attended
                                           ORDER BY on_date DESC LIMIT 1), '')) >= :misses)
    SELECT client.id, client.name, missing.id, missing.name, mark.attended, mark.on_date
      FROM missing
     CROSS JOIN visible_client AS client ON client.id = missing.client_id
     CROSS JOIN mark ON mark.student_id = missing.id AND mark.on_date BETWEEN missing.seen_on AND :today
     CROSS JOIN lesson ON lesson.id = mark.lesson_id
     WHERE (:statuses IS NULL OR client.status_id IN (SELECT value FROM json_each(:statuses))
            OR client.stage_id IN (SELECT value FROM json_each(:statuses)))
       AND NOT EXISTS (SELECT 1 FROM freeze
                        WHERE student_id = missing.id AND :today BETWEEN first_on AND last_on)
       AND (mark.attended OR (NOT EXISTS (SELECT 1 FROM freeze
                                           WHERE student_id = missing.id
                                             AND mark.on_date BETWEEN first_on AND last_on) {counted}))
     ORDER BY client.name_key, client.id, missing.name_key, missing.id, mark.on_date, lesson.time, lesson.id
"""
_COUNTED = "AND ifnull(mark.reason_id, 0) IN (SELECT value FROM json_each(:reasons))"


class AtRisk(NamedTuple):
    """A student with the lessons missed in a row, the newest last."""

    client_id: int
    client: str
    student: str
    misses: int
    dates: list[str]


def find_at_risk(
    db: sqlite3.Connection,
    today: date,
    *,
    misses: int = MISSES,
    reason_ids: Sequence[int] = (),
    status_ids: Sequence[int] | None = None,
) -> list[AtRisk]:
    """Return the students whose newest held lessons up to today are `misses` absences or more, most first.

    With `reason_ids` (NO_REASON: absent without one) other absences neither count nor break the row; with
    `status_ids` only clients in one of those statuses or stages. Students frozen today are left out, days inside
    a freeze don't count (R25). Raises BadValue for less than one miss.
    """
    if misses < 1:
        raise BadValue(
            _("{value} misses in a row can't be looked for.").format(value=misses), _("Give 1 or more with --misses.")
        )
    asked = {
        "today": today.isoformat(),
        "misses": misses,
        "reasons": number_list(reason_ids),
        "statuses": None if status_ids is None else number_list(status_ids),
    }
    rows = db.execute(_AT_RISK.format(counted=_COUNTED if reason_ids else ""), asked).fetchall()
    found = [_run(student, list(marks)) for student, marks in groupby(rows, key=itemgetter(0, 1, 2, 3))]
    return sorted((one for one in found if one.misses >= misses), key=lambda one: -one.misses)


def _run(person: tuple[Any, ...], marks: list[tuple[Any, ...]]) -> AtRisk:
    client_id, client, _student_id, student = person
    newest = takewhile(lambda mark: not mark[4], reversed(marks))
    days = [mark[5] for mark in newest][::-1]
    return AtRisk(client_id, client, student, len(days), days)


def at_risk_parameters(
    db: sqlite3.Connection, today: date, misses: int, reason_ids: Sequence[int], status_ids: Sequence[int] | None
) -> list[Fact]:
    """Return what made the report, for its head."""
    facts = [Fact("today", _("Today"), Kind.DATE, today), Fact("misses", _("Misses in a row"), Kind.INTEGER, misses)]
    if reason_ids:
        facts.append(reason_fact(db, reason_ids))
    if status_ids is not None:
        facts.append(Fact("statuses", _("Statuses"), Kind.LIST, list(names_of(db, "status", status_ids).values())))
    return facts


def at_risk_table(found: list[AtRisk], parameters: Sequence[Fact]) -> Table:
    """Return the students at risk as a numbered table."""
    return Table(
        report="at-risk",
        title=_("Loss prevention"),
        parameters=parameters,
        columns=(
            Column("client_id", _("Client no."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("student", _("Student")),
            Column("misses", _("Misses"), Kind.INTEGER),
            Column("dates", _("Days missed"), Kind.LIST, items=Kind.DATE),
        ),
        rows=found,
        numbered=True,
    )
