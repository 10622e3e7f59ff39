"""Purging clients from the archive for good: money entries stay, without the person (R53).

Who has no money entries and no contracts is deleted with everything. The journal tells that there were changes, no
longer what they said.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.people.purged_filters import Telltales, delete_filters, redaction_of_filters, telltales_of
from schoolcrm.core.people.purged_numbers import images_of, note_clients, note_spans
from schoolcrm.core.people.taken_back import TakenBack
from schoolcrm.core.rules.names import fold
from schoolcrm.core.store.numbers import number_list
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

_CHOSEN = "(SELECT value FROM json_each(:clients))"
# Who paid for a student of another's is found by going through the payments once, not once for each client.
_KEEPING_MONEY = f"""
    SELECT chosen.value FROM json_each(:clients) AS chosen
     WHERE EXISTS (SELECT 1 FROM payment WHERE client_id = chosen.value)
        OR EXISTS (SELECT 1 FROM contract WHERE client_id = chosen.value)
        OR EXISTS (SELECT 1 FROM student CROSS JOIN subscription ON subscription.student_id = student.id
                    CROSS JOIN upfront_charge ON upfront_charge.subscription_id = subscription.id
                    WHERE student.client_id = chosen.value)
        OR EXISTS (SELECT 1 FROM student CROSS JOIN mark ON mark.student_id = student.id
                    WHERE student.client_id = chosen.value AND mark.charge > 0)
     UNION
    SELECT student.client_id FROM payment CROSS JOIN student ON student.id = payment.student_id
     WHERE student.client_id IN {_CHOSEN}
"""  # noqa: S608
_FEW = 3
# Whether a student who is deleted was paid for is looked up, not searched for in all payments.
_INDEX = "CREATE INDEX payment_of_purged ON payment (student_id) WHERE student_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Purged:
    """A client who was purged; `is_anonymous`: money or contracts remain under the number."""

    id: int
    is_anonymous: bool


def keeping_money(db: sqlite3.Connection, client_ids: Collection[int]) -> set[int]:
    """Return those of whom payments, charges or contracts must outlast them, without the person (R53)."""
    rows = db.execute(_KEEPING_MONEY, {"clients": number_list(client_ids)})
    return {number for (number,) in rows}


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
    note_clients(school.db, chosen)
    telltales = telltales_of(school.db)
    keeping = keeping_money(school.db, chosen)
    gone = _delete(school.db, [one for one in chosen if one not in keeping])
    _make_anonymous(school.db, [one for one in chosen if one not in gone])
    delete_filters(school.db, telltales)
    _redact(school.db, telltales)
    return [Purged(one, is_anonymous=one not in gone) for one in chosen]


def purge_taken_back(school: WritableSchool, clients: Collection[TakenBack]) -> None:
    """Purge from the journal clients, with all that was theirs, whom only it tells of; nothing brings them back (R53).

    The operation is told of in the history though no record changes by it.
    """
    note_spans(school.db, [one.span for one in clients])
    telltales = telltales_of(school.db)
    delete_filters(school.db, telltales)
    _redact(school.db, telltales)
    school.leaves_trace = True


def _redact(db: sqlite3.Connection, telltales: Telltales) -> None:
    redactions = [Redaction(images_of(one.table, one.owner, one.of), _blanks_in_image(one)) for one in PERSONAL]
    redact_images(db, [*redactions, redaction_of_filters(db, telltales)], _names())


def _names() -> dict[str, str]:
    """Return what the SQL of PERSONAL asks for: the names in the place of a person's, as written and folded."""
    names = {"client": _("purged client {id}"), "student": _("purged student {id}")}
    return {
        **{f"{kind}_name": name for kind, name in names.items()},
        **{f"{kind}_key": fold(name) for kind, name in names.items()},
    }


def _delete(db: sqlite3.Connection, client_ids: Collection[int]) -> set[int]:
    """Delete the clients with everything; return those of whom nothing was in the way."""
    if len(client_ids) <= _FEW:
        return {one for one in client_ids if _is_deleted_whole(db, one)}
    db.execute(_INDEX)
    gone = {one for one in client_ids if _is_deleted_whole(db, one)}
    db.execute("DROP INDEX payment_of_purged")
    return gone


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


def _make_anonymous(db: sqlite3.Connection, client_ids: Collection[int]) -> None:
    students = f"(SELECT id FROM student WHERE client_id IN {_CHOSEN})"  # noqa: S608
    theirs = {
        "client": _CHOSEN,
        "student": students,
        "lesson": f"(SELECT id FROM lesson WHERE student_id IN {students})",  # noqa: S608
        "file": f"(SELECT id FROM client_file WHERE client_id IN {_CHOSEN})",  # noqa: S608
    }
    asked = {**_names(), "clients": number_list(client_ids)}
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


def _blanks_in_image(texts: Texts) -> dict[str, str]:
    return {column: blank.format(value="{value}", record="record") for column, blank in texts.blanks.items()}
