"""The list of discounts, and how one is told in words (R35)."""

import json
import sqlite3
from datetime import date
from typing import Any, NamedTuple

from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.rules.dates import human_day
from schoolcrm.core.rules.money import human_money, human_percent
from schoolcrm.reports.table import Column, Fact, Kind, Table

STATE_WORDS = {"coming": N_("to come"), "running": N_("running"), "past": N_("past")}
_DISCOUNTS = """
    SELECT discount.id, client.id, client.name, student.id, student.name, discount.percent, discount.amount,
           discount.first_on, discount.last_on,
           (SELECT json_group_array(name) FROM (
               SELECT subject.name FROM discount_subject JOIN subject ON subject.id = discount_subject.subject_id
                WHERE discount_subject.discount_id = discount.id ORDER BY subject.name_key)),
           (SELECT json_group_array(name) FROM (
               SELECT lesson_type.name FROM discount_lesson_type
                 JOIN lesson_type ON lesson_type.id = discount_lesson_type.lesson_type_id
                WHERE discount_lesson_type.discount_id = discount.id ORDER BY lesson_type.name_key)),
           discount.note,
           CASE WHEN discount.first_on > :today THEN 'coming' WHEN discount.last_on < :today THEN 'past'
                ELSE 'running' END
      FROM discount
      JOIN student ON student.id = discount.student_id
"""
_OF_ALL = """
      JOIN visible_client AS client ON client.id = student.client_id
     WHERE student.archived_on IS NULL
"""
_OF_CLIENT = """
      JOIN client ON client.id = student.client_id
     WHERE client.id = :client
"""
_OF_ONE = """
      JOIN client ON client.id = student.client_id
     WHERE discount.id = :discount
"""
_IN_ORDER = " ORDER BY client.name_key, client.id, student.name_key, student.id, discount.id"


class DiscountRow(NamedTuple):
    """A discount with whose it is; `percent` in hundredths, `amount` in kopecks, one of them None."""

    id: int
    client_id: int
    client: str
    student_id: int
    student: str
    percent: int | None
    amount: int | None
    first: str | None
    last: str | None
    subjects: list[str]
    lesson_types: list[str]
    note: str | None
    state: str


def find_discounts(db: sqlite3.Connection, today: date, *, client_id: int | None = None) -> list[DiscountRow]:
    """Return the discounts by client and student; of one client those of archived students too."""
    query = _DISCOUNTS + (_OF_ALL if client_id is None else _OF_CLIENT) + _IN_ORDER
    return [_row(row) for row in db.execute(query, {"today": today.isoformat(), "client": client_id})]


def find_discount(db: sqlite3.Connection, discount_id: int, today: date) -> DiscountRow:
    """Return one discount; NotFound if there is none of that number."""
    from schoolcrm.core.money.discounts import require_discount

    require_discount(db, discount_id)
    asked = {"today": today.isoformat(), "discount": discount_id}
    return _row(db.execute(_DISCOUNTS + _OF_ONE, asked).fetchone())


def discounts_table(rows: list[DiscountRow], *, client: str = "") -> Table:
    """Return the list as a table; `percent` as a number, 12.5."""
    return Table(
        report="discounts",
        title=_("Discounts"),
        parameters=[Fact("client", _("Client"), Kind.TEXT, client)] if client else [],
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("student_id", _("Student no."), Kind.INTEGER, hidden=True),
            Column("student", _("Student")),
            Column("percent", "%", Kind.NUMBER),
            Column("amount", _("Amount"), Kind.MONEY),
            Column("first", _("First day"), Kind.DATE),
            Column("last", _("Last day"), Kind.DATE),
            Column("subjects", _("Subjects"), Kind.LIST),
            Column("lesson_types", _("Lesson types"), Kind.LIST),
            Column("note", _("Note")),
            Column("state", _("State"), Kind.CODE, words=translated(STATE_WORDS)),
        ),
        rows=[row._replace(percent=percent_number(row.percent)) for row in rows],  # type: ignore[arg-type]  # a cell
    )


def worth_of(row: DiscountRow) -> str:
    """Return what the discount takes off, for people: «12.5 %» or «150.00»."""
    return human_percent(row.percent) if row.percent is not None else human_money(row.amount or 0)


def days_of(row: DiscountRow) -> str:
    """Return the discount's days for people, empty if both are open."""
    first, last = (human_day(day) if day else "" for day in (row.first, row.last))
    if first and last:
        return f"{first} – {last}"
    if first:
        return _("from {date}").format(date=first)
    return _("until {date}").format(date=last) if last else ""


def percent_number(percent: int | None) -> int | float | None:
    """Return hundredths of a percent as the number that lists and programs read: 12.5."""
    if percent is None:
        return None
    return percent / 100 if percent % 100 else percent // 100


def _row(row: tuple[Any, ...]) -> DiscountRow:
    *told, subjects, lesson_types, note, state = row
    return DiscountRow._make((*told, json.loads(subjects), json.loads(lesson_types), note, state))
