"""What is known of a contract or of a subscription, for a form to print (R42). Reads only."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from schoolcrm.core.learning.freezes import Freeze, freezes_of
from schoolcrm.core.money.contracts import Contract, contract_of
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.people.contacts import PHONES, contacts_of
from schoolcrm.core.rules.phones import human_phone
from schoolcrm.core.store.cells import stored_day
from schoolcrm.core.store.database import School, setting
from schoolcrm.reports.names import names_of
from schoolcrm.reports.printing.own_fields import own_values
from schoolcrm.reports.printing.texts import InWords, Sum, Values, Word
from schoolcrm.reports.subscription import MARK_WORDS, find_subscription_card
from schoolcrm.reports.subscriptions import KIND_WORDS, STATE_WORDS

_STUDENTS = """
    SELECT id, name, birthday FROM student
     WHERE client_id = :client AND (archived_on IS NULL OR id = :student) AND (:student IS NULL OR id = :student)
     ORDER BY id
"""
_SEPARATOR = ", "


def contract_values(school: School, contract_id: int) -> Values:
    """Return what a form of a contract may print, by its placeholders."""
    db, contract = school.db, contract_of(school.db, contract_id)
    students = _students(school, contract.client_id)
    return {
        **_common(school, contract.client_id),
        "students": students,
        "student_names": _SEPARATOR.join(student["name"] for student in students),
        "contract": _contract(db, contract),
    }


def _contract(db: sqlite3.Connection, contract: Contract) -> Values:
    terms = contract.terms
    return {
        "number": contract.called,
        "school_number": contract.school_number,
        "signed": terms.first_on,
        "first_day": terms.first_on,
        "last_day": terms.last_on,
        "terminated": contract.terminated_on,
        "amount": Sum(contract.amount),
        "amount_in_words": InWords(contract.amount, setting(db, "currency")),
        "visits": contract.visits,
        "lesson_type": names_of(db, "lesson_type", [terms.lesson_type_id]).get(terms.lesson_type_id),
        "pay_day": terms.pay_day,
        "terms": terms.terms,
    }


def subscription_values(school: School, subscription_id: int) -> Values:
    """Return what a form of a subscription may print, by its placeholders."""
    db = school.db
    card = find_subscription_card(db, subscription_id, school.today)
    (number, client_id, _client, student_id, _student, plan, kind, price, lessons, left, *days) = card.row
    sold, first, last = (stored_day(day) for day in days[:3])
    freezes = [freeze for freeze in freezes_of(db, student_id) if _overlaps(freeze, first, last)]
    return {
        **_common(school, client_id),
        "student": _students(school, client_id, student_id)[0],
        "subscription": {
            "number": number,
            "plan": plan,
            "kind": Word(KIND_WORDS[kind]),
            "price": Sum(price),
            "price_in_words": InWords(price, setting(db, "currency")),
            "lessons": lessons,
            "lessons_used": card.used,
            "lessons_left": left,
            "sold": sold,
            "first_day": first,
            "last_day": last,
            "subjects": _SEPARATOR.join(card.subjects),
            "lesson_types": _SEPARATOR.join(card.lesson_types),
            "paid": Sum(card.payments),
            "charged": Sum(card.upfront + sum(mark[12] for mark in card.marks)),
            "state": Word(STATE_WORDS[card.row[16]]),
        },
        "freezes": [_freeze(freeze) for freeze in freezes],
        "visits": [_visit(mark) for mark in card.marks],
    }


def _overlaps(freeze: Freeze, first: date | None, last: date | None) -> bool:
    return (last is None or freeze.first_on <= last) and (first is None or first <= freeze.last_on)


def _freeze(freeze: Freeze) -> Values:
    return {
        "first_day": freeze.first_on,
        "last_day": freeze.last_on,
        "days": freeze.days,
        "reason": freeze.reason,
    }


def _visit(mark: tuple[Any, ...]) -> Values:
    return {
        "date": stored_day(mark[0]),
        "time": mark[1],
        "subject": mark[5],
        "state": Word(MARK_WORDS[mark[7]]),
        "reason": mark[8],
        "charge": Sum(mark[12]),
    }


def _common(school: School, client_id: int) -> dict[str, Any]:
    db = school.db
    query = "SELECT name, birthday, passport FROM client WHERE id = ?"
    name, birthday, passport = db.execute(query, (client_id,)).fetchone()
    return {
        "today": school.today,
        "currency": setting(db, "currency"),
        "client": {
            "number": client_id,
            "name": name,
            **_contacts(db, client_id),
            "birthday": stored_day(birthday),
            "passport": passport,
            "balance": Sum(balance(db, client_id)),
            **own_values(db, "client", client_id),
        },
    }


def _contacts(db: sqlite3.Connection, client_id: int) -> Mapping[str, str | None]:
    contacts = contacts_of(db, client_id)
    phones = [human_phone(value) for _id, kind, value, _note in contacts if kind in PHONES]

    def first_of(wanted: str) -> str | None:
        return next((value for _id, kind, value, _note in contacts if kind == wanted), None)

    return {
        "phone": phones[0] if phones else None,
        "phones": _SEPARATOR.join(phones),
        "email": first_of("email"),
        "address": first_of("address"),
    }


def _students(school: School, client_id: int, student_id: int | None = None) -> list[dict[str, Any]]:
    """Return the client's students who are not archived, or the one named, whether archived or not."""
    rows = school.db.execute(_STUDENTS, {"client": client_id, "student": student_id})
    return [
        {
            "number": number,
            "name": name,
            "birthday": stored_day(birthday),
            "age": _age(stored_day(birthday), school.today),
            **own_values(school.db, "student", number),
        }
        for number, name, birthday in rows.fetchall()
    ]


def _age(birthday: date | None, today: date) -> int | None:
    if birthday is None:
        return None
    return today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
