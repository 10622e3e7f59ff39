"""Sold subscriptions and marks, read from the database as the values that the charging rules work on."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from schoolcrm.core.rules.charging import Mark, Occasion, Terms
from schoolcrm.core.rules.discounts import Discount
from schoolcrm.core.store.numbers import number_list

_COLUMNS = """
    SELECT subscription.id, student_id, kind, price, lessons, first_on, last_on, billing, separate, stop_at_end,
           (SELECT group_concat(subject_id) FROM subscription_subject WHERE subscription_id = subscription.id),
           (SELECT group_concat(lesson_type_id) FROM subscription_lesson_type WHERE subscription_id = subscription.id),
           EXISTS (SELECT 1 FROM discount WHERE discount.student_id = subscription.student_id)
"""
_TERMS = f"{_COLUMNS} FROM subscription"
_TERMS_OF_CLIENTS = f"""
    {_COLUMNS}, student.client_id
      FROM json_each(:clients)
     CROSS JOIN student ON student.client_id = json_each.value
     CROSS JOIN subscription ON subscription.student_id = student.id
     WHERE student.archived_on IS NULL AND deleted_on IS NULL AND ifnull(last_on, :since) >= :since
"""
_MARKS = """
    SELECT mark.subscription_id, mark.on_date, lesson.time, lesson.id, lesson.subject_id, lesson.lesson_type_id,
           mark.share, mark.student_id
      FROM mark
      JOIN lesson ON lesson.id = mark.lesson_id
"""
_MARKS_SINCE = """
     WHERE mark.subscription_id IN (SELECT value FROM json_each(:subscriptions)) AND mark.on_date >= :since
     ORDER BY mark.student_id
"""
_USED_BEFORE = """
    SELECT subscription_id, sum(share > 0 AND on_date < :day), max(on_date) >= :day
      FROM mark
     WHERE subscription_id IN (SELECT value FROM json_each(:subscriptions))
     GROUP BY subscription_id
"""
_DISCOUNTS = """
    SELECT id, student_id, percent, amount, first_on, last_on,
           (SELECT group_concat(subject_id) FROM discount_subject WHERE discount_id = discount.id),
           (SELECT group_concat(lesson_type_id) FROM discount_lesson_type WHERE discount_id = discount.id)
      FROM discount
     WHERE student_id IN (SELECT value FROM json_each(?))
     ORDER BY student_id, id
"""


def terms_of_student(db: sqlite3.Connection, student_id: int) -> list[Terms]:
    """Return the student's subscriptions with the student's discounts (R35), those deleted left out (R41)."""
    rows = db.execute(_TERMS + " WHERE student_id = ? AND deleted_on IS NULL", (student_id,)).fetchall()
    discounts = discounts_of(db, student_id) if rows and rows[0][-1] else ()
    return [_terms(discounts, *row[:-1]) for row in rows]


def terms_of_clients(
    db: sqlite3.Connection, client_ids: Sequence[int], since: date
) -> dict[int, dict[int, list[Terms]]]:
    """Return the subscriptions that last up to that day or longer, by client and student, read together.

    Students in the archive are left out, and whoever has no such subscription.
    """
    asked = {"clients": number_list(client_ids), "since": since.isoformat()}
    rows = db.execute(_TERMS_OF_CLIENTS, asked).fetchall()
    discounts = _discounts_of(db, sorted({row[1] for row in rows if row[-2]}))
    found: defaultdict[int, dict[int, list[Terms]]] = defaultdict(dict)
    for row in rows:
        found[row[-1]].setdefault(row[1], []).append(_terms(discounts.get(row[1], ()), *row[:-2]))
    return found


def terms_of(db: sqlite3.Connection, subscription_id: int) -> Terms:
    """Return one subscription's terms with its student's discounts (R35), also of a deleted one."""
    *row, has_discounts = db.execute(_TERMS + " WHERE id = ?", (subscription_id,)).fetchone()
    return _terms(discounts_of(db, row[1]) if has_discounts else (), *row)


def discounts_of(db: sqlite3.Connection, student_id: int) -> tuple[Discount, ...]:
    """Return all discounts of a student, past and coming ones too (R35)."""
    return _discounts_of(db, [student_id]).get(student_id, ())


def with_discounts_of(db: sqlite3.Connection, terms: Terms, marks: Iterable[Mark]) -> Terms:
    """Return the terms with the discounts of those too who had the subscription before and have marks under it."""
    others = {mark.student_id for mark in marks if mark.student_id is not None} - {terms.student_id}
    theirs = (discount for student_id in sorted(others) for discount in discounts_of(db, student_id))
    return replace(terms, discounts=(*terms.discounts, *theirs)) if others else terms


def marks_under(db: sqlite3.Connection, subscription_id: int) -> list[Mark]:
    """Return all marks that a subscription pays."""
    rows = db.execute(_MARKS + " WHERE mark.subscription_id = ? ORDER BY mark.student_id", (subscription_id,))
    return [mark_of(row[1:]) for row in rows]


def marks_since(db: sqlite3.Connection, subscription_ids: Sequence[int], since: date) -> Mapping[int, list[Mark]]:
    """Return, by subscription, the marks from that day on that it pays."""
    asked = {"subscriptions": number_list(subscription_ids), "since": since.isoformat()}
    found: defaultdict[int, list[Mark]] = defaultdict(list)
    for number, *row in db.execute(_MARKS + _MARKS_SINCE, asked):
        found[number].append(mark_of(row))
    return found


def used_before(db: sqlite3.Connection, subscription_ids: Sequence[int], day: date) -> tuple[dict[int, int], list[int]]:
    """Return how many lessons of each subscription were used up before that day (R31); which have marks since then."""
    used, marked = {}, []
    asked = {"subscriptions": number_list(subscription_ids), "day": day.isoformat()}
    for number, lessons, since in db.execute(_USED_BEFORE, asked):
        used[number] = lessons
        if since:
            marked.append(number)
    return used, marked


def used_of_packages(
    db: sqlite3.Connection, offers: Iterable[Terms], without_lesson: int | None = None
) -> dict[int, int]:
    """Return how many lessons of each package are used up (R31), its student's mark at one lesson left out if asked.

    A sibling's mark at that lesson, made before the package was moved (R41), counts.
    """
    query = (
        "SELECT count(*) FROM mark WHERE subscription_id = ? AND share > 0 AND NOT (lesson_id IS ? AND student_id = ?)"
    )
    return {
        terms.id: db.execute(query, (terms.id, without_lesson, terms.student_id)).fetchone()[0]
        for terms in offers
        if terms.kind == "package"
    }


def mark_of(row: Sequence[Any]) -> Mark:
    """Return the mark of a row (date, time, lesson, subject, lesson type, share, and the student if it matters)."""
    on, time, lesson_id, subject_id, lesson_type_id, share, *student = row
    return Mark(Occasion(date.fromisoformat(on), time, lesson_id, subject_id, lesson_type_id), share, *student)


def _discounts_of(db: sqlite3.Connection, student_ids: Sequence[int]) -> dict[int, tuple[Discount, ...]]:
    rows = db.execute(_DISCOUNTS, (number_list(student_ids),)) if student_ids else ()
    discounts = (_discount(*row) for row in rows)
    return {student_id: tuple(own) for student_id, own in groupby(discounts, key=attrgetter("student_id"))}


def _discount(*row: Any) -> Discount:
    number, student, percent, amount, first, last, subjects, types = row
    return Discount(
        id=number,
        student_id=student,
        percent=percent,
        amount=amount,
        first_on=date.fromisoformat(first) if first else None,
        last_on=date.fromisoformat(last) if last else None,
        subjects=_numbers(subjects),
        lesson_types=_numbers(types),
    )


def _terms(discounts: tuple[Discount, ...], *row: Any) -> Terms:
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
        discounts=discounts,
    )


def _numbers(joined: str | None) -> frozenset[int]:
    return frozenset(map(int, joined.split(","))) if joined else frozenset()
