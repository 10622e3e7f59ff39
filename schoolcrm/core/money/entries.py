"""The entries of a client's ledger, in the order of a reconciliation (R36, R37)."""

import sqlite3
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.rules.dates import Period
from schoolcrm.core.store.cells import day_bounds

_ENTRIES = """
    WITH entry AS (
        SELECT student_id, on_date, rank, kind, id, account, amount FROM ledger_entry
         WHERE client_id = :client AND on_date BETWEEN :first AND :last
        )
    SELECT entry.on_date, entry.rank, ifnull(lesson.time, ''), entry.kind, entry.id, entry.account, entry.amount,
           entry.student_id, mark.attended, absence_reason.short, mark.basis, subject.name,
           ifnull(study_group.name, lesson_type.name), plan.name, payment.note, payer.deleted_on IS NOT NULL
      FROM entry
      LEFT JOIN lesson ON entry.kind = 'lesson' AND lesson.id = entry.id
      LEFT JOIN mark ON entry.kind = 'lesson' AND mark.student_id = entry.student_id
                    AND mark.on_date = entry.on_date AND mark.lesson_id = entry.id
      LEFT JOIN subscription AS payer ON payer.id = mark.subscription_id
      LEFT JOIN absence_reason ON absence_reason.id = mark.reason_id
      LEFT JOIN subject ON subject.id = lesson.subject_id
      LEFT JOIN study_group ON study_group.id = lesson.group_id
      LEFT JOIN lesson_type ON lesson_type.id = lesson.lesson_type_id
      LEFT JOIN upfront_charge ON entry.kind = 'upfront' AND upfront_charge.id = entry.id
      LEFT JOIN subscription ON subscription.id = upfront_charge.subscription_id
      LEFT JOIN plan ON plan.id = subscription.plan_id
      LEFT JOIN payment ON entry.rank = 0 AND payment.id = entry.id
     WHERE (:student IS NULL OR entry.student_id = :student) AND (:account IS NULL OR entry.account = :account)
     ORDER BY entry.on_date, entry.rank <> 0, 3, entry.rank, entry.id, entry.student_id
"""


class Entry(NamedTuple):
    """One line of the ledger; `amount` in kopecks, + in, − out, 0 for goods paid at the till.

    `kind`: a kind of payment, 'upfront' (charged at the sale) or 'lesson'. Of a lesson: whether the student came,
    the reason's short name, what paid (`basis`; `payer_deleted`: a subscription deleted since, R41), its subject and
    its group or type.
    """

    on: date
    kind: str
    id: int
    account: int
    amount: int
    student_id: int | None
    attended: bool | None
    reason: str | None
    basis: str | None
    subject: str | None
    group: str | None
    plan: str | None
    note: str | None
    payer_deleted: int


def entries_of(
    db: sqlite3.Connection, client_id: int, period: Period, *, student_id: int | None = None, account: int | None = None
) -> list[Entry]:
    """Return the client's entries of the period, payments of a day before its lessons, then by time and id."""
    asked: dict[str, Any] = {
        "client": client_id,
        "student": student_id,
        "account": account,
        **day_bounds(period),
    }
    return [_entry(*row) for row in db.execute(_ENTRIES, asked)]


def _entry(*row: Any) -> Entry:
    on, _rank, _time, kind, number, account, amount, student_id, attended, *words = row
    came = None if attended is None else bool(attended)
    return Entry(date.fromisoformat(on), kind, number, account, amount, student_id, came, *words)
