"""Conditions that lists of clients and of students share: plain words, `is:`, statuses, subscription days (R52)."""

import re
import sqlite3
from collections.abc import Mapping
from datetime import date

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, quoted
from schoolcrm.core.listing.fields import Bound
from schoolcrm.core.listing.sources import CURRENT_MEMBERSHIP, PHONE_KINDS, VALID_SUBSCRIPTION
from schoolcrm.core.rules.dates import parse_period
from schoolcrm.core.rules.names import closest, did_you_mean, excerpt, fold
from schoolcrm.core.rules.status import base_named

_FEWEST_DIGITS = 3
_SCALES = {"status": "funnel", "stage": "loyalty"}
_PHONES = f"contact.kind IN ({PHONE_KINDS})"
_NOT_DIGITS = r"[^0-9]"
_PHONE_LIKE = r"\+?[0-9()\s\u00a0./-]+"


def client_words(text: str, bound: Bound) -> str:
    """Return the condition that a client's or a student's name, a phone or a note holds the text."""
    word = bound.add(fold(text))
    found = [
        f"instr(client.name_key, {word}) > 0",
        _note_holds("client", word),
        _client_has("student", f"instr(student.name_key, {word}) > 0 OR {_note_holds('student', word)}", bound),
        *_has_phone(text, bound),
    ]
    return " OR ".join(found)


def student_words(text: str, bound: Bound) -> str:
    """Return the condition that the student's or the client's name, a phone or a note holds the text."""
    word = bound.add(fold(text))
    names = (f"instr({each}.name_key, {word}) > 0" for each in ("student", "client"))
    notes = (_note_holds(each, word) for each in ("student", "client"))
    return " OR ".join([*names, *notes, *_has_phone(text, bound)])


def _note_holds(table: str, word: str) -> str:
    """Return the condition that there is a note and it holds the word: most have none, and folding takes long."""
    return f"({table}.note IS NOT NULL AND instr(fold({table}.note), {word}) > 0)"


def _client_has(table: str, condition: str, bound: Bound) -> str:
    """Return the condition that the client has such a row in a table of things that are the client's."""
    if bound.one_by_one:
        return f"EXISTS (SELECT 1 FROM {table} WHERE {table}.client_id = client.id AND ({condition}))"  # noqa: S608
    return f"client.id IN (SELECT client_id FROM {table} WHERE {condition})"  # noqa: S608


def _has_phone(text: str, bound: Bound) -> list[str]:
    return [
        _client_has("contact", f"{_PHONES} AND {holds}", bound)
        for holds in phone_holds(text, "contact.value_key", bound)
    ]


def phone_holds(text: str, column: str, bound: Bound) -> list[str]:
    """Return the condition that a phone holds the digits that were written; none if they can't be a phone's.

    A leading 8 also means 7: that is how Russian phones are written and how they are kept.
    """
    digits = re.sub(_NOT_DIGITS, "", text)
    if len(digits) < _FEWEST_DIGITS or not re.fullmatch(_PHONE_LIKE, text.strip()):
        return []
    ways = [f"instr({column}, {bound.add(digits)}) > 0"]
    if digits.startswith("8"):
        ways.append(f"substr({column}, 1, {len(digits) + 1}) = {bound.add('+7' + digits[1:])}")
    return [f"({' OR '.join(ways)})"]


def match_status(text: str, exact: bool, bound: Bound) -> str:
    """Return the condition that the status's name holds the text, or that its base is called so (R1)."""
    return f"client.status_id IN (SELECT id FROM status WHERE {_is_called(text, exact, bound)})"  # noqa: S608


def match_stage(text: str, exact: bool, bound: Bound) -> str:
    """Return the condition that the stage's own name holds the text, or that its base is called so (R1)."""
    called = _is_called(text, exact, bound, "loyalty")
    return f"client.stage_id IN (SELECT id FROM status WHERE {called})"  # noqa: S608


def means_deleted(db: sqlite3.Connection, text: str, *, exact: bool = False) -> bool:
    """Tell whether the text means the statuses of deleted clients and no other (R7)."""
    bound = Bound(date.min)
    query = f"SELECT min(base = 'deleted') FROM status WHERE {_is_called(text, exact, bound)}"  # noqa: S608
    return bool(db.execute(query, bound.values).fetchone()[0])


def require_status(db: sqlite3.Connection, field: str, text: str, *, exact: bool = False) -> None:
    """Raise BadValue if no status answers to the text after `status:`, or no stage to that after `stage:` (R1)."""
    if _is_there(db, text, exact, _SCALES[field]):
        return
    other = next(each for each in _SCALES if each != field)
    if _is_there(db, text, exact, _SCALES[other]):
        hint = _("That is one of the other scale: write {term}.").format(term=f"{other}:{excerpt(text)}")
    else:
        query = "SELECT name, base FROM status WHERE scale = ? AND deleted_on IS NULL ORDER BY automatic DESC, id"
        known = db.execute(query, (_SCALES[field],)).fetchall()
        ways = {word: name for name, base in known for word in (name, base, *name.split())}
        near = dict.fromkeys(ways[word] for word in closest(text, ways))
        hint = did_you_mean(near) or _("'schoolcrm status list' shows all.")
    raise BadValue(_("No status is called {name}.").format(name=quoted(excerpt(text))), hint)


def _is_there(db: sqlite3.Connection, text: str, exact: bool, scale: str) -> bool:
    bound = Bound(date.min)
    query = f"SELECT 1 FROM status WHERE {_is_called(text, exact, bound, scale)}"  # noqa: S608
    return db.execute(query, bound.values).fetchone() is not None


def _is_called(text: str, exact: bool, bound: Bound, scale: str = "funnel") -> str:
    name = bound.add(fold(text))
    ways = [f"name_key = {name}" if exact else f"instr(name_key, {name}) > 0"]
    if named := base_named(text, scale):
        ways.append(f"base = {bound.add(named[1])}")
    return f"scale = '{scale}' AND deleted_on IS NULL AND ({' OR '.join(ways)})"


def match_subscription_days(text: str, exact: bool, bound: Bound) -> str:
    """Return the condition that a subscription's validity overlaps the period (R52)."""
    return _overlapping("client.id", "student.client_id", text, bound)


def match_own_subscription_days(text: str, exact: bool, bound: Bound) -> str:
    """Return the condition that a subscription of the student overlaps the period (R52)."""
    return _overlapping("student.id", "student.id", text, bound)


def _overlapping(record: str, owner: str, text: str, bound: Bound) -> str:
    period = parse_period(text, bound.today)
    conditions = ["subscription.deleted_on IS NULL"]
    if period.last:
        conditions.append(f"subscription.first_on <= {bound.add(period.last.isoformat())}")
    if period.first:
        first = bound.add(period.first.isoformat())
        conditions.append(f"ifnull(subscription.last_on, {first}) >= {first}")
    return (
        f"{record} IN (SELECT {owner} FROM subscription JOIN student ON student.id = subscription.student_id"  # noqa: S608
        f" WHERE {' AND '.join(conditions)})"
    )


_STUDENTS = "JOIN student ON student.id = {table}.student_id AND student.archived_on IS NULL"
_IN_MONTH = "substr({column}, 6, 2) = substr(:today, 6, 2)"
_IN_GROUP = (
    f"SELECT {{owner}} FROM membership {_STUDENTS.format(table='membership')} WHERE {CURRENT_MEMBERSHIP}"  # noqa: S608
    " AND membership.group_id IN (SELECT id FROM study_group WHERE archived_on IS NULL)"
)
_SUBSCRIBED = f"SELECT {{owner}} FROM subscription {_STUDENTS.format(table='subscription')} WHERE {VALID_SUBSCRIPTION}"  # noqa: S608
_OF_CLIENT: Mapping[str, str] = {
    "debtor": "client.id IN (SELECT client_id FROM account_balance WHERE balance < 0)",
    "lead": "client.studies = 0",
    # The ids that `clients duplicates` has too: found once a statement.
    "duplicate": "client.id IN (SELECT value FROM json_each(duplicate_ids()))",
}
CLIENT_FLAGS: Mapping[str, str] = {
    "grouped": f"client.id IN ({_IN_GROUP.format(owner='student.client_id')})",
    "ungrouped": f"client.id NOT IN ({_IN_GROUP.format(owner='student.client_id')})",
    "birthday": (
        f"{_IN_MONTH.format(column='client.birthday')} OR client.id IN (SELECT client_id FROM student"  # noqa: S608
        f" WHERE {_IN_MONTH.format(column='birthday')} AND archived_on IS NULL)"
    ),
    "unsubscribed": f"client.id NOT IN ({_SUBSCRIBED.format(owner='student.client_id')})",
    "archived": "client.archived_on IS NOT NULL",
    **_OF_CLIENT,
}
STUDENT_FLAGS: Mapping[str, str] = {
    "grouped": f"student.id IN ({_IN_GROUP.format(owner='student.id')})",
    "ungrouped": f"student.id NOT IN ({_IN_GROUP.format(owner='student.id')})",
    "birthday": _IN_MONTH.format(column="student.birthday"),
    "unsubscribed": f"student.id NOT IN ({_SUBSCRIBED.format(owner='student.id')})",
    "archived": "student.archived_on IS NOT NULL OR client.archived_on IS NOT NULL",
    **_OF_CLIENT,
}
