"""Names that begin as what was typed, for the shell's completion: few, quickly found, and never a complaint."""

import sqlite3

from schoolcrm.core.rules.names import fold

MOST = 100

_CLIENT = "FROM client WHERE archived_on IS NULL AND status_id NOT IN (SELECT id FROM status WHERE base = 'deleted')"
_STUDENT = "FROM student WHERE archived_on IS NULL"
_SUBSCRIBED = "SELECT student_id FROM subscription WHERE deleted_on IS NULL"
_NAMED = {
    "clients": f"SELECT name {_CLIENT}",
    "students": f"SELECT name {_STUDENT}",
    "groups": "SELECT name FROM study_group WHERE archived_on IS NULL",
    "plans": "SELECT name FROM plan WHERE archived_on IS NULL",
    "statuses": "SELECT name FROM status WHERE deleted_on IS NULL",
    "contracts": f"SELECT name {_CLIENT} AND id IN (SELECT client_id FROM contract)",  # noqa: S608
    "subscriptions": f"SELECT name {_STUDENT} AND id IN ({_SUBSCRIBED})",
    "forms": "SELECT name FROM print_form",
    "contract forms": "SELECT name FROM print_form WHERE used_for = 'contract'",
    "subscription forms": "SELECT name FROM print_form WHERE used_for = 'subscription'",
    "client filters": "SELECT name FROM saved_filter WHERE entity = 'client'",
    "student filters": "SELECT name FROM saved_filter WHERE entity = 'student'",
    "client fields": "SELECT name FROM field WHERE entity = 'client'",
    "student fields": "SELECT name FROM field WHERE entity = 'student'",
    "lesson fields": "SELECT name FROM field WHERE entity = 'lesson'",
    **{
        kind: f"SELECT name FROM {table} WHERE archived_on IS NULL"  # noqa: S608
        for kind, table in {
            "subjects": "subject",
            "levels": "level",
            "locations": "location",
            "rooms": "room",
            "teachers": "teacher",
            "lesson-types": "lesson_type",
            "absence-reasons": "absence_reason",
            "sources": "source",
            "accounts": "account",
        }.items()
    },
}
KINDS = frozenset(_NAMED)


def names_beginning(db: sqlite3.Connection, kind: str, typed: str) -> list[str]:
    """Return at most MOST names of a kind that begin as typed; if none does, those that have it anywhere.

    `kind` is one of KINDS; writing in small letters and ё make no difference (R50).
    """
    start = fold(typed)
    query = _NAMED[kind] + (" AND " if "WHERE" in _NAMED[kind] else " WHERE ")
    order = f" ORDER BY name_key LIMIT {MOST}"
    found = db.execute(query + "name_key >= ? AND name_key < ?" + order, (start, start + "\U0010ffff")).fetchall()
    if not found and start:
        found = db.execute(query + "instr(name_key, ?)" + order, (start,)).fetchall()
    return list(dict.fromkeys(name for (name,) in found))
