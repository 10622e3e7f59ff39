"""One sold subscription: its terms, what is used and charged so far, and every mark it paid (R30, R31, R41)."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.money.terms import terms_of
from schoolcrm.reports.names import names_of
from schoolcrm.reports.subscriptions import BILLING_WORDS, KIND_WORDS, STATE_WORDS, find_one_sold
from schoolcrm.reports.table import Column, Fact, Kind, Table

MARK_WORDS = {"attended": N_("attended"), "missed": N_("missed")}
BASIS_WORDS = {
    "paid": N_("by lesson"),
    "upfront": N_("paid upfront"),
    "over": N_("used up: into debt"),
}
_MARKS = """
    SELECT mark.on_date, lesson.time, student.id, student.name, study_group.name, subject.name, lesson_type.name,
           iif(mark.attended, 'attended', 'missed'), absence_reason.name, mark.basis, mark.price, mark.share / 100.0,
           mark.charge
      FROM mark
      JOIN lesson ON lesson.id = mark.lesson_id
      JOIN student ON student.id = mark.student_id
      JOIN lesson_type ON lesson_type.id = lesson.lesson_type_id
      LEFT JOIN study_group ON study_group.id = lesson.group_id
      LEFT JOIN subject ON subject.id = lesson.subject_id
      LEFT JOIN absence_reason ON absence_reason.id = mark.reason_id
     WHERE mark.subscription_id = ?
     ORDER BY mark.on_date, lesson.time, lesson.id, student.name_key
"""
_REST = """
    SELECT stop_at_end, burn, origin, deleted_on,
           (SELECT ifnull(sum(amount), 0) FROM upfront_charge WHERE subscription_id = subscription.id),
           (SELECT ifnull(sum(effect), 0) FROM payment WHERE subscription_id = subscription.id AND voided_on IS NULL),
           (SELECT count(*) FROM mark WHERE subscription_id = subscription.id AND share > 0)
      FROM subscription WHERE id = ?
"""


@dataclass(frozen=True, slots=True)
class SubscriptionCard:
    """A sold subscription: the row of the list, the rest of its terms, names of what it covers, its marks.

    Sums are in kopecks.
    """

    row: tuple[Any, ...]
    stops: bool
    burns: bool
    imported: bool
    deleted_on: str | None
    upfront: int
    payments: int
    used: int
    subjects: list[str]
    lesson_types: list[str]
    marks: list[tuple[Any, ...]]


def find_subscription_card(db: sqlite3.Connection, subscription_id: int, today: date) -> SubscriptionCard:
    """Return everything about one sold subscription, also of a deleted one."""
    stops, burns, origin, deleted_on, upfront, payments, used = db.execute(_REST, (subscription_id,)).fetchone()
    terms = terms_of(db, subscription_id)
    return SubscriptionCard(
        row=find_one_sold(db, today, subscription_id),
        stops=bool(stops),
        burns=bool(burns),
        imported=origin == "import",
        deleted_on=deleted_on,
        upfront=upfront,
        payments=payments,
        used=used,
        subjects=sorted(names_of(db, "subject", terms.subjects).values()),
        lesson_types=sorted(names_of(db, "lesson_type", terms.lesson_types).values()),
        marks=db.execute(_MARKS, (subscription_id,)).fetchall(),
    )


def subscription_table(card: SubscriptionCard) -> Table:
    """Return one subscription as a table of its marks, with everything else about it in the head."""
    student, plan = card.row[4], card.row[5]
    several = len({mark[2] for mark in card.marks} | {card.row[3]}) > 1
    return Table(
        report="subscription",
        title=_("Subscription: {student}, {plan}").format(student=student, plan=plan),
        head=_terms(card) + _standing(card),
        columns=(
            Column("date", _("Date"), Kind.DATE),
            Column("time", _("Time"), Kind.TIME),
            Column("student_id", _("Student no."), Kind.INTEGER, hidden=True),
            Column("student", _("Student"), hidden=not several),
            Column("group", _("Group")),
            Column("subject", _("Subject")),
            Column("lesson_type", _("Lesson type")),
            Column("state", _("State"), Kind.CODE, words=translated(MARK_WORDS)),
            Column("reason", _("Reason")),
            Column("basis", _("How charged"), Kind.CODE, words=translated(BASIS_WORDS)),
            Column("price", _("Price"), Kind.MONEY),
            Column("share", _("Share"), Kind.SHARE, hidden=all(mark[11] == 1 for mark in card.marks)),
            Column("charge", _("Charge"), Kind.MONEY),
        ),
        rows=card.marks,
        totals=[Fact("charge", _("Charged"), Kind.MONEY, sum(mark[12] for mark in card.marks))],
        notes=[_("The subscription is deleted: its lessons keep their charges.")] if card.deleted_on else (),
    )


def _terms(card: SubscriptionCard) -> tuple[Fact, ...]:
    row = card.row
    return (
        Fact("id", _("No."), Kind.INTEGER, row[0]),
        Fact("client_id", _("Client no."), Kind.INTEGER, row[1]),
        Fact("client", _("Client"), Kind.TEXT, row[2]),
        Fact("student_id", _("Student no."), Kind.INTEGER, row[3]),
        Fact("student", _("Student"), Kind.TEXT, row[4]),
        Fact("plan", _("Plan"), Kind.TEXT, row[5]),
        Fact("kind", _("Kind"), Kind.CODE, row[6], words=translated(KIND_WORDS)),
        Fact("price", _("Price"), Kind.MONEY, row[7]),
        Fact("billing", _("Billing"), Kind.CODE, row[13], words=translated(BILLING_WORDS)),
        Fact("sold", _("Sold"), Kind.DATE, row[10]),
        Fact("first", _("First day"), Kind.DATE, row[11]),
        Fact("last", _("Last day"), Kind.DATE, row[12]),
        Fact("subjects", _("Subjects"), Kind.LIST, card.subjects or None),
        Fact("lesson_types", _("Lesson types"), Kind.LIST, card.lesson_types or None),
        Fact("separate", _("Own balance"), Kind.BOOL, row[14]),
        Fact("burn", _("Burns"), Kind.BOOL, card.burns),
        Fact("stop_at_end", _("Stops at end"), Kind.BOOL, card.stops),
        Fact("trial", _("Trial"), Kind.BOOL, row[15]),
        Fact("imported", _("Imported"), Kind.BOOL, card.imported),
    )


def _standing(card: SubscriptionCard) -> tuple[Fact, ...]:
    row = card.row
    lesson_charges = sum(mark[12] for mark in card.marks)
    return (
        Fact("state", _("State"), Kind.CODE, row[16], words=translated(STATE_WORDS)),
        Fact("deleted", _("Deleted"), Kind.DATE, card.deleted_on),
        Fact("lessons", _("Lessons"), Kind.INTEGER, row[8]),
        Fact("lessons_used", _("Lessons used"), Kind.INTEGER, card.used),
        Fact("lessons_left", _("Lessons the money covers"), Kind.INTEGER, row[9]),
        Fact("burnt", _("Burnt lessons"), Kind.INTEGER, row[17]),
        Fact("burnt_sum", _("Burnt sum"), Kind.MONEY, row[18]),
        Fact("charged_upfront", _("Charged upfront"), Kind.MONEY, card.upfront),
        Fact("charged", _("Charged in all"), Kind.MONEY, card.upfront + lesson_charges),
        Fact("payments", _("Paid for it"), Kind.MONEY, card.payments),
    )
