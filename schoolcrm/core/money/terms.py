"""Sold subscriptions and marks, read from the database as the values that the charging rules work on."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from schoolcrm.core.rules.charging import Mark, Occasion, Terms

_TERMS = """
    SELECT id, student_id, kind, price, lessons, first_on, last_on, billing, separate, stop_at_end,
           (SELECT group_concat(subject_id) FROM subscription_subject WHERE subscription_id = subscription.id),
           (SELECT group_concat(lesson_type_id) FROM subscription_lesson_type WHERE subscription_id = subscription.id)
      FROM subscription
"""
_MARKS = """
    SELECT mark.subscription_id, mark.on_date, lesson.time, lesson.id, lesson.subject_id, lesson.lesson_type_id,
           mark.share
      FROM mark
      JOIN lesson ON lesson.id = mark.lesson_id
"""


def terms_of_student(db: sqlite3.Connection, student_id: int) -> list[Terms]:
    """Return the student's subscriptions, those deleted left out (R41)."""
    rows = db.execute(_TERMS + " WHERE student_id = ? AND deleted_on IS NULL", (student_id,))
    return [_terms(*row) for row in rows]


def terms_of(db: sqlite3.Connection, subscription_id: int) -> Terms:
    """Return one subscription's terms, also of a deleted one."""
    return _terms(*db.execute(_TERMS + " WHERE id = ?", (subscription_id,)).fetchone())


def marks_under(db: sqlite3.Connection, subscription_id: int) -> list[Mark]:
    """Return all marks that a subscription pays."""
    rows = db.execute(_MARKS + " WHERE mark.subscription_id = ?", (subscription_id,))
    return [mark_of(row[1:]) for row in rows]


def used_of_packages(
    db: sqlite3.Connection, offers: Iterable[Terms], without_lesson: int | None = None
) -> dict[int, int]:
    """Return how many lessons of each package are used up (R31), one lesson left out if asked."""
    query = "SELECT count(*) FROM mark WHERE subscription_id = ? AND share > 0 AND lesson_id IS NOT ?"
    return {
        terms.id: db.execute(query, (terms.id, without_lesson)).fetchone()[0]
        for terms in offers
        if terms.kind == "package"
    }


def mark_of(row: Sequence[Any]) -> Mark:
    """Return the mark of a row (date, time, lesson, subject, lesson type, share)."""
    on, time, lesson_id, subject_id, lesson_type_id, share = row
    return Mark(Occasion(date.fromisoformat(on), time, lesson_id, subject_id, lesson_type_id), share)


def _terms(*row: Any) -> Terms:
    number, student, kind, price, lessons, first, last, billing, separate, stop, subjects, types = row
    return Terms(
        id=number,
        student_id=student,
        kind=kind,
        price=price,
        lessons=lessons,
        first_on=date.fromisoformat(first),
        last_on=date.fromisoformat(last) if last else None,
        billing=billing,
        separate=bool(separate),
        stop_at_end=bool(stop),
        subjects=_numbers(subjects),
        lesson_types=_numbers(types),
    )


def _numbers(joined: str | None) -> frozenset[int]:
    return frozenset(map(int, joined.split(","))) if joined else frozenset()
