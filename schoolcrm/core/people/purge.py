"""Purging clients from the archive for good: money entries stay, without the person (R53).

Who has no money entries and no contracts is deleted with everything. The journal tells that there were changes, no
longer what they said.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.people.purged_filters import delete_filters, redaction_of_filters, telltales_of
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.redaction import Redaction, redact_images
from schoolcrm.core.store.transaction import WritableSchool

_GONE = "NULL"
_EMPTIED = "iif({value} IS NULL, NULL, '')"


class Texts(NamedTuple):
    """What a table tells about a person: whose a row is, and what stands in its columns afterwards.

    `owner` is the column that names a record of `of`: a client, a student, a lesson of the student's own, a file.
    `blanks`: column → SQL, with ``{value}`` for what stands there and ``{record}`` for the row's number. A row that
    is not `kept` is deleted of an anonymous client too.
    """

    table: str
    owner: str
    of: str
    blanks: Mapping[str, str]
    kept: bool = True


PERSONAL = (
    Texts("contact", "client_id", "client", {"value": "'—'", "value_key": "'—'", "note": _GONE}, kept=False),
    Texts("client_field", "client_id", "client", {"value": "''"}, kept=False),
    Texts("student_field", "student_id", "student", {"value": "''"}, kept=False),
    Texts("student_teacher", "student_id", "student", {}, kept=False),
    Texts("student_subject", "student_id", "student", {}, kept=False),
    Texts("test_result", "student_id", "student", {"note": _GONE}, kept=False),
    Texts("lesson_field", "lesson_id", "lesson", {"value": "''"}, kept=False),
    Texts("task", "client_id", "client", {"text": "'—'"}, kept=False),
    Texts(
        "message",
        "client_id",
        "client",
        {"text": "'—'", "subject": _GONE, "address": _EMPTIED, "error": _EMPTIED},
        kept=False,
    ),
    Texts("automation_run", "client_id", "client", {"reason": _EMPTIED}, kept=False),
    Texts("file_content", "id", "file", {"content": "''"}, kept=False),
    Texts("client_file", "client_id", "client", {"name": "'—'", "note": _GONE}, kept=False),
    Texts("status_change", "client_id", "client", {"note": _GONE}),
    Texts("payment", "client_id", "client", {"payer": _GONE, "note": _GONE, "void_reason": _EMPTIED}),
    Texts("contract", "client_id", "client", {"terms": _GONE}),
    Texts("subscription", "student_id", "student", {"note": _GONE}),
    Texts("freeze", "student_id", "student", {"reason": _GONE}),
    Texts("discount", "student_id", "student", {"note": _GONE}),
    Texts("mark", "student_id", "student", {"note": _GONE}),
    Texts("lesson", "student_id", "student", {"topic": _GONE, "homework": _GONE, "note": _GONE}),
    Texts(
        "student",
        "id",
        "student",
        {
            "name": "replace(:student_name, '{{id}}', {record})",
            "name_key": "replace(:student_key, '{{id}}', {record})",
            **dict.fromkeys(("birthday", "sex", "note"), _GONE),
        },
    ),
    Texts(
        "client",
        "id",
        "client",
        {
            "name": "replace(:client_name, '{{id}}', {record})",
            "name_key": "replace(:client_key, '{{id}}', {record})",
            **dict.fromkeys(("birthday", "sex", "manager", "colour", "note", "passport"), _GONE),
        },
    ),
)
"""Every table whose rows say something about a client or a student in words."""

_STUDENTS = "(SELECT id FROM student WHERE client_id = :client)"
_SUBSCRIPTIONS = f"(SELECT id FROM subscription WHERE student_id IN {_STUDENTS})"  # noqa: S608
_LESSONS = f"(SELECT id FROM lesson WHERE student_id IN {_STUDENTS})"  # noqa: S608
_FREEZES = f"(SELECT id FROM freeze WHERE student_id IN {_STUDENTS})"  # noqa: S608
_DISCOUNTS = f"(SELECT id FROM discount WHERE student_id IN {_STUDENTS})"  # noqa: S608
_FILES = "(SELECT id FROM client_file WHERE client_id = :client)"
_OF_CLIENT, _OF_STUDENTS = "client_id = :client", f"student_id IN {_STUDENTS}"

OWNED: Mapping[str, str] = {
    "lesson_field": f"lesson_id IN {_LESSONS}",
    "mark": _OF_STUDENTS,
    "trial": _OF_CLIENT,
    "freeze_extension": f"freeze_id IN {_FREEZES} OR subscription_id IN {_SUBSCRIPTIONS}",
    "freeze": _OF_STUDENTS,
    "discount_subject": f"discount_id IN {_DISCOUNTS}",
    "discount_lesson_type": f"discount_id IN {_DISCOUNTS}",
    "discount": _OF_STUDENTS,
    "test_result": _OF_STUDENTS,
    "membership": _OF_STUDENTS,
    "lesson": _OF_STUDENTS,
    "schedule": _OF_STUDENTS,
    "status_change": _OF_CLIENT,
    "upfront_charge": f"subscription_id IN {_SUBSCRIPTIONS}",
    "subscription_subject": f"subscription_id IN {_SUBSCRIPTIONS}",
    "subscription_lesson_type": f"subscription_id IN {_SUBSCRIPTIONS}",
    "subscription": _OF_STUDENTS,
    "student_field": _OF_STUDENTS,
    "student_teacher": _OF_STUDENTS,
    "student_subject": _OF_STUDENTS,
    "student": _OF_CLIENT,
    "task": _OF_CLIENT,
    "message": _OF_CLIENT,
    "automation_run": _OF_CLIENT,
    "file_content": f"id IN {_FILES}",
    "client_file": _OF_CLIENT,
    "contact": _OF_CLIENT,
    "client_field": _OF_CLIENT,
    "client": "id = :client",
}
"""What goes with a client who is deleted with everything: table → its rows, in the order in which they can go."""

_HAS_MONEY = f"""
    SELECT EXISTS (SELECT 1 FROM payment WHERE client_id = :client)
        OR EXISTS (SELECT 1 FROM payment WHERE student_id IN {_STUDENTS})
        OR EXISTS (SELECT 1 FROM contract WHERE client_id = :client)
        OR EXISTS (SELECT 1 FROM upfront_charge WHERE subscription_id IN {_SUBSCRIPTIONS})
        OR EXISTS (SELECT 1 FROM mark WHERE student_id IN {_STUDENTS} AND charge > 0)
"""  # noqa: S608
# Clients merged into this one left their history, which still tells the number it was written under.
_MERGED_IDS = """
    SELECT DISTINCT json_extract(change.before, '$.client_id') AS former
      FROM status_change
      JOIN change ON change.entity = 'status_change' AND change.record = status_change.id
     WHERE status_change.client_id = :client AND change.before IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM client WHERE client.id = former)
"""
_FORMER = """
    SELECT DISTINCT record FROM change
     WHERE entity = :entity AND before IS NOT NULL
       AND json_extract(before, :owner) IN (SELECT value FROM json_each(:owners))
       AND NOT EXISTS (SELECT 1 FROM {entity} WHERE {entity}.id = change.record)
"""


@dataclass(frozen=True, slots=True)
class Purged:
    """A client who was purged; `is_anonymous`: money or contracts remain under the number."""

    id: int
    is_anonymous: bool


_KINDS = ("client", "student", "lesson", "file")


@dataclass(slots=True)
class _Numbers:
    """Under which numbers the journal knows the people who are purged."""

    client: set[int] = field(default_factory=set)
    student: set[int] = field(default_factory=set)
    lesson: set[int] = field(default_factory=set)
    file: set[int] = field(default_factory=set)

    def parameters(self) -> dict[str, object]:
        """Return what the SQL of PERSONAL asks for: the numbers, and the names that stand in their place."""
        names = {"client": _("purged client {id}"), "student": _("purged student {id}")}
        texts = {f"{kind}_name": name for kind, name in names.items()}
        keys = {f"{kind}_key": fold(name) for kind, name in names.items()}
        numbers = {f"{kind}s": json.dumps(sorted(getattr(self, kind))) for kind in _KINDS}
        return {**texts, **keys, **numbers}


def keeps_money(db: sqlite3.Connection, client_id: int) -> bool:
    """Tell whether payments, charges or contracts must outlast the client, without the person (R53)."""
    return bool(db.execute(_HAS_MONEY, {"client": client_id}).fetchone()[0])


def require_archived(db: sqlite3.Connection, client_ids: Iterable[int]) -> None:
    """Raise Refused for a client who is not in the archive: only from there one is purged (R53)."""
    for client_id in client_ids:
        name, archived_on = db.execute("SELECT name, archived_on FROM client WHERE id = ?", (client_id,)).fetchone()
        if archived_on is None:
            raise Refused(
                _("{name} is not in the archive.").format(name=name),
                _("Only from there one is purged: 'schoolcrm clients archive {id}' first.").format(id=client_id),
            )


def purge_clients(school: WritableSchool, client_ids: Collection[int]) -> list[Purged]:
    """Purge the clients with their students, from the records and from the journal; nothing brings them back (R53).

    Money entries and contracts stay under an anonymous client. Raises Refused, and does nothing, when one of them is
    not in the archive. The file's free space is another matter: see `redaction.wipe_free_space`.
    """
    chosen = list(dict.fromkeys(client_ids))
    require_archived(school.db, chosen)
    numbers = _Numbers()
    for client_id in chosen:
        _note_numbers(school.db, client_id, numbers)
    telltales = telltales_of(school.db, chosen)
    parameters = numbers.parameters()
    purged = [_purge(school.db, client_id, parameters) for client_id in chosen]
    delete_filters(school.db, telltales)
    redactions = [*map(_redaction, PERSONAL), redaction_of_filters(school.db, telltales)]
    redact_images(school.db, redactions, parameters)
    return purged


def _purge(db: sqlite3.Connection, client_id: int, parameters: Mapping[str, object]) -> Purged:
    if not keeps_money(db, client_id) and _is_deleted_whole(db, client_id):
        return Purged(client_id, is_anonymous=False)
    _make_anonymous(db, client_id, parameters)
    return Purged(client_id, is_anonymous=True)


def _is_deleted_whole(db: sqlite3.Connection, client_id: int) -> bool:
    """Delete the client with everything; False, and nothing done, if a record of others refers to something of it."""
    db.execute("SAVEPOINT purge")
    try:
        for table, rows in OWNED.items():
            db.execute(f"DELETE FROM {table} WHERE {rows}", {"client": client_id})  # noqa: S608
    except sqlite3.IntegrityError:
        db.execute("ROLLBACK TO purge")
        db.execute("RELEASE purge")
        return False
    db.execute("RELEASE purge")
    return True


def _make_anonymous(db: sqlite3.Connection, client_id: int, parameters: Mapping[str, object]) -> None:
    theirs = {"client": "(:client)", "student": _STUDENTS, "lesson": _LESSONS, "file": _FILES}
    asked = {**parameters, "client": client_id}
    for texts in PERSONAL:
        rows = f"{texts.owner} IN {theirs[texts.of]}"
        if not texts.kept:
            db.execute(f"DELETE FROM {texts.table} WHERE {rows}", asked)  # noqa: S608
            continue
        record = texts.owner
        blanks = ", ".join(
            f"{name} = {blank.format(value=name, record=record)}" for name, blank in texts.blanks.items()
        )
        db.execute(f"UPDATE {texts.table} SET {blanks} WHERE {rows}", asked)  # noqa: S608


def _redaction(texts: Texts) -> Redaction:
    owner = "record" if texts.owner == "id" else f"json_extract(before, '$.{texts.owner}')"
    blanks = {column: blank.format(value="{value}", record="record") for column, blank in texts.blanks.items()}
    return Redaction(texts.table, f"{owner} IN (SELECT value FROM json_each(:{texts.of}s))", blanks)  # noqa: S608


def _note_numbers(db: sqlite3.Connection, client_id: int, numbers: _Numbers) -> None:
    """Add the numbers of the client, of those merged into it, and of their students and the students' own lessons."""
    one = {"client": client_id}
    clients = {client_id, *_column(db, _MERGED_IDS, one)}
    students = {*_column(db, _STUDENTS[1:-1], one), *_former(db, "student", "client_id", clients)}
    numbers.client |= clients
    numbers.student |= students
    numbers.file |= {*_column(db, _FILES[1:-1], one), *_former(db, "client_file", "client_id", clients)}
    numbers.lesson |= {*_column(db, _LESSONS[1:-1], one), *_former(db, "lesson", "student_id", students)}


def _former(db: sqlite3.Connection, entity: str, owner: str, owners: Collection[int]) -> list[int]:
    """Return the numbers of records that are deleted and belonged to one of the owners."""
    asked = {"entity": entity, "owner": f"$.{owner}", "owners": json.dumps(sorted(owners))}
    return _column(db, _FORMER.format(entity=entity), asked)


def _column(db: sqlite3.Connection, query: str, parameters: Mapping[str, object]) -> list[int]:
    return [number for (number,) in db.execute(query, parameters)]
