"""Changing statuses: the client's row and its history, always together (R6, R10)."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from schoolcrm.core.clock import utc_now
from schoolcrm.core.store.numbering import last_number
from schoolcrm.core.store.numbers import number_list
from schoolcrm.core.store.transaction import WritableSchool

# Becoming `bought` makes a lead a client who studies (R50); nothing here ever takes that back.
_UPDATE = {
    "funnel": """
        UPDATE client
           SET status_id = ?1, studies = max(studies, (SELECT base = 'bought' FROM status WHERE id = ?1))
         WHERE id = ?2""",
    "loyalty": "UPDATE client SET stage_id = ?1 WHERE id = ?2",
}
_RECORD = """
    INSERT INTO status_change (id, client_id, scale, from_id, to_id, reason, note, subscription_id, on_date, at, user)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_TO_CHANGE = {
    "funnel": """
        SELECT client.id, client.status_id, NULL
          FROM json_each(:clients) AS wanted JOIN client ON client.id = wanted.value
         WHERE client.status_id <> :status_id""",
    "loyalty": """
        SELECT client.id, client.stage_id,
               (SELECT max(subscription_id) FROM purchase WHERE purchase.client_id = client.id)
          FROM json_each(:clients) AS wanted JOIN client ON client.id = wanted.value
         WHERE client.stage_id <> :status_id""",
}


class Change(NamedTuple):
    """One client's move on one scale; `from_id` is None for a client just recorded.

    `subscription_id` names the sale behind it; behind a stage set by hand, the last purchase known then.
    """

    client_id: int
    scale: str
    from_id: int | None
    to_id: int
    reason: str
    note: str | None = None
    subscription_id: int | None = None


def write_changes(school: WritableSchool, changes: Collection[Change]) -> None:
    """Move the clients and keep each move in the history: day of the school, UTC time, user, reason (R10)."""
    signature = (school.today.isoformat(), utc_now(), school.user)
    for scale, update in _UPDATE.items():
        school.db.executemany(update, [(c.to_id, c.client_id) for c in changes if c.scale == scale])
    first = last_number(school.db, "status_change") + 1
    school.db.executemany(_RECORD, ((number, *change, *signature) for number, change in enumerate(changes, first)))


def set_status(
    school: WritableSchool,
    client_ids: Iterable[int],
    status_id: int,
    *,
    reason_note: str = "",
    reason: str = "hand",
) -> int:
    """Put the clients into a status of either scale by hand (R6); return how many were not in it before.

    `reason_note` is kept in the history. A stage set by hand holds until the client's next purchase (R9). Who is
    deleted, or is so no longer, has other lessons to come: month plans are priced anew (R7, R31).
    """
    (scale,) = school.db.execute("SELECT scale FROM status WHERE id = ?", (status_id,)).fetchone()
    changes = [
        Change(client_id, scale, former_id, status_id, reason, reason_note or None, bought_last)
        for client_id, former_id, bought_last in school.db.execute(
            _TO_CHANGE[scale], {"clients": number_list(sorted(set(client_ids))), "status_id": status_id}
        ).fetchall()
    ]
    hidden = _hidden(school, changes)
    write_changes(school, changes)
    _price_anew(school, hidden ^ _hidden(school, changes))
    return len(changes)


def _hidden(school: WritableSchool, changes: Collection[Change]) -> set[int]:
    """Return those of the clients who are deleted."""
    clients = number_list(change.client_id for change in changes)
    rows = school.db.execute(
        "SELECT client.id FROM json_each(?) AS wanted JOIN client ON client.id = wanted.value"
        " JOIN status ON status.id = client.status_id WHERE status.base = 'deleted'",
        (clients,),
    )
    return {number for (number,) in rows}


def _price_anew(school: WritableSchool, client_ids: Collection[int]) -> None:
    if client_ids:
        from schoolcrm.core.money.months import price_months_anew

        query = "SELECT id FROM student WHERE client_id IN (SELECT value FROM json_each(?))"
        students = school.db.execute(query, (number_list(client_ids),)).fetchall()
        price_months_anew(school, [number for (number,) in students], school.today)
