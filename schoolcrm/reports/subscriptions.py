"""The lists of plans and of sold subscriptions (R30)."""

import sqlite3
from datetime import date
from typing import Any

from schoolcrm.core.language import N_, _
from schoolcrm.core.money.coverage import lessons_left_of
from schoolcrm.core.money.terms import terms_of
from schoolcrm.core.rules.coverage import account_of
from schoolcrm.reports.table import Column, Fact, Kind, Table

KIND_WORDS = {"lesson": N_("by lesson"), "package": N_("package"), "month": N_("month")}
BILLING_WORDS = {"by-lesson": N_("each lesson"), "upfront": N_("upfront")}
STATE_WORDS = {
    "future": N_("to begin"),
    "running": N_("running"),
    "used": N_("used up"),
    "ended": N_("ended"),
    "deleted": N_("deleted"),
}
_PLANS = """
    SELECT id, name, kind, price, lessons, length_days, length_months, billing, separate, burn, stop_at_end,
           (SELECT json_group_array(subject.name) FROM plan_subject
              JOIN subject ON subject.id = plan_subject.subject_id WHERE plan_subject.plan_id = plan.id),
           (SELECT json_group_array(lesson_type.name) FROM plan_lesson_type
              JOIN lesson_type ON lesson_type.id = plan_lesson_type.lesson_type_id
             WHERE plan_lesson_type.plan_id = plan.id),
           archived_on
      FROM plan
     WHERE :archived OR archived_on IS NULL
     ORDER BY name_key
"""
_SOLD = """
    SELECT subscription.id, student.client_id, client.name, student.id, student.name, plan.name, subscription.kind,
           subscription.price, subscription.lessons,
           (SELECT count(*) FROM mark WHERE mark.subscription_id = subscription.id AND mark.share > 0),
           subscription.sold_on, subscription.first_on, subscription.last_on, subscription.billing,
           subscription.separate, subscription.is_trial, subscription.deleted_on, subscription.burn
      FROM subscription
      JOIN student ON student.id = subscription.student_id
      JOIN visible_client AS client ON client.id = student.client_id
      JOIN plan ON plan.id = subscription.plan_id"""
_OF_CLIENT = " WHERE student.client_id = :client"
_NEWEST_FIRST = " ORDER BY subscription.sold_on DESC, subscription.id DESC"
_ACCOUNTS = "SELECT client_id, account, balance FROM account_balance"
_ACCOUNTS_OF_CLIENT = """
    SELECT client_id, account, sum(amount) FROM ledger_entry WHERE client_id = :client GROUP BY account
"""


def find_plans(db: sqlite3.Connection, *, archived: bool = False) -> list[tuple[Any, ...]]:
    """Return the plans of the catalogue by name, archived ones only if asked."""
    import json

    rows = db.execute(_PLANS, {"archived": archived})
    return [(*row[:11], tuple(json.loads(row[11])), tuple(json.loads(row[12])), row[13]) for row in rows]


def find_sold(db: sqlite3.Connection, today: str, *, client_id: int | None = None) -> list[tuple[Any, ...]]:
    """Return the sold subscriptions, newest first, with their lessons left (R38) and their state today."""
    asked = {"client": client_id}
    query = _ACCOUNTS if client_id is None else _ACCOUNTS_OF_CLIENT
    accounts = {(client, account): balance for client, account, balance in db.execute(query, asked)}
    rows = db.execute(_SOLD + ("" if client_id is None else _OF_CLIENT) + _NEWEST_FIRST, asked).fetchall()
    return [_with_state(db, row, accounts, date.fromisoformat(today)) for row in rows]


def _with_state(
    db: sqlite3.Connection, row: tuple[Any, ...], accounts: dict[tuple[int, int], int], today: date
) -> tuple[Any, ...]:
    client_id, lessons, used, deleted, burns = row[1], row[8], row[9], row[16], row[17]
    first, last = date.fromisoformat(row[11]), date.fromisoformat(row[12]) if row[12] else date.max
    if deleted:
        return (*row[:9], 0, *row[10:16], "deleted", None, None)
    if last < today:
        burnt = max(0, lessons - used) if burns and lessons is not None else None
        # What the used lessons of the package did not cost (R31) is the sum of those that burnt (R34).
        burnt_sum = None if burnt is None else row[7] - used * (row[7] // lessons) if burnt else 0
        return (*row[:9], 0, *row[10:16], "ended", burnt, burnt_sum)
    terms = terms_of(db, row[0])
    balance = accounts.get((client_id, account_of(terms)), 0)
    left = lessons_left_of(db, terms, used, balance, today)
    state = "used" if lessons is not None and used >= lessons else "future" if first > today else "running"
    return (*row[:9], left, *row[10:16], state, None, None)


def plans_table(rows: list[tuple[Any, ...]]) -> Table:
    """Return the catalogue of plans as a table."""
    return Table(
        report="plans",
        title=_("Plans"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("name", _("Plan")),
            Column("kind", _("Kind"), Kind.CODE, words=_words(KIND_WORDS)),
            Column("price", _("Price"), Kind.MONEY),
            Column("lessons", _("Lessons"), Kind.INTEGER),
            Column("length_days", _("Days"), Kind.INTEGER),
            Column("length_months", _("Months"), Kind.INTEGER),
            Column("billing", _("Charged"), Kind.CODE, words=_words(BILLING_WORDS)),
            Column("separate", _("Own balance"), Kind.BOOL),
            Column("burn", _("Burns"), Kind.BOOL),
            Column("stop_at_end", _("Stops at end"), Kind.BOOL),
            Column("subjects", _("Subjects"), Kind.LIST),
            Column("lesson_types", _("Lesson types"), Kind.LIST),
            Column("archived", _("Archived"), Kind.DATE, hidden=True),
        ),
        rows=rows,
    )


def sold_table(rows: list[tuple[Any, ...]]) -> Table:
    """Return sold subscriptions as a table; burnt lessons and their sum are shown where there are any (R34)."""
    burnt = any(row[-2] for row in rows)
    return Table(
        report="subscriptions",
        title=_("Subscriptions"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("student_id", _("Student no."), Kind.INTEGER, hidden=True),
            Column("student", _("Student")),
            Column("plan", _("Plan")),
            Column("kind", _("Kind"), Kind.CODE, words=_words(KIND_WORDS)),
            Column("price", _("Price"), Kind.MONEY),
            Column("lessons", _("Lessons"), Kind.INTEGER),
            Column("lessons_left", _("Lessons left"), Kind.INTEGER),
            Column("sold", _("Sold"), Kind.DATE),
            Column("first", _("First day"), Kind.DATE),
            Column("last", _("Last day"), Kind.DATE),
            Column("billing", _("Charged"), Kind.CODE, words=_words(BILLING_WORDS)),
            Column("separate", _("Own balance"), Kind.BOOL),
            Column("trial", _("Trial"), Kind.BOOL),
            Column("state", _("State"), Kind.CODE, words=_words(STATE_WORDS)),
            Column("burnt", _("Burnt lessons"), Kind.INTEGER, hidden=not burnt),
            Column("burnt_sum", _("Burnt sum"), Kind.MONEY, hidden=not burnt),
        ),
        rows=rows,
        totals=[
            Fact("burnt", _("Burnt lessons"), Kind.INTEGER, sum(row[-2] or 0 for row in rows)),
            Fact("burnt_sum", _("Burnt sum"), Kind.MONEY, sum(row[-1] or 0 for row in rows)),
        ]
        if burnt
        else (),
    )


def _words(marked: dict[str, str]) -> dict[str, str]:
    return {code: _(word) for code, word in marked.items()}
