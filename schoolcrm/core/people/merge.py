"""Merging two clients who are one: everything moves to the one that is kept, nothing is lost (R53)."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.people.merged_facts import merge_custom_fields, merge_facts
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.statuses.change import Change, write_changes
from schoolcrm.core.statuses.recompute import settle_stages
from schoolcrm.core.statuses.trials import open_booking
from schoolcrm.core.store.cells import client_name
from schoolcrm.core.store.transaction import WritableSchool

MOVED = (
    *("student", "payment", "contract", "trial", "status_change", "task", "message", "client_file"),
    "automation_run",
)
"""Tables whose rows go to the client that is kept as they are."""
JOINED = ("contact", "client_field")
"""Tables of which the kept client's rows win."""

_CLIENT = """
    SELECT client.id, client.name, client.status_id, client.stage_id, status.base, client.archived_on
      FROM client JOIN status ON status.id = client.status_id
     WHERE client.id = ?
"""
_SAME_NAMES = """
    SELECT name FROM student
     WHERE client_id = :other AND name_key IN (SELECT name_key FROM student WHERE client_id = :keep)
     ORDER BY name_key, id
"""
_LAST_CHANGE = """
    SELECT id, on_date, reason, subscription_id FROM status_change
     WHERE client_id = ? AND scale = ? ORDER BY reason = 'default-switched', id DESC LIMIT 1
"""
_LATER_CHANGE = """
    SELECT 1 FROM status_change
     WHERE client_id = :other AND scale = :scale AND (id > :id OR on_date > :on)
"""


@dataclass(frozen=True, slots=True)
class _Client:
    """One of the two, as the record has it."""

    id: int
    name: str
    status_id: int
    stage_id: int
    base: str
    archived_on: str | None


@dataclass(frozen=True, slots=True)
class Merging:
    """What the merge of `other` into `keep` moves: rows by table, and both balances in kopecks.

    `namesakes`: students of `other` with the name of a student of `keep`; they stay two.
    """

    keep_id: int
    keep: str
    other_id: int
    other: str
    counts: dict[str, int]
    keep_balance: int
    other_balance: int
    namesakes: list[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it: the balance in kopecks, and what could only be kept in the note."""

    id: int
    name: str
    balance: int
    noted: list[str]


def find_merging(db: sqlite3.Connection, keep_id: int, other_id: int) -> Merging:
    """Return what a merge would move; raises Refused for one and the same client, or one out of sight."""
    keep, other = _pair(db, keep_id, other_id)
    counts = {table: _count(db, table, other_id) for table in (*MOVED, *JOINED)}
    names = db.execute(_SAME_NAMES, {"keep": keep_id, "other": other_id})
    return Merging(
        keep_id=keep_id,
        keep=keep.name,
        other_id=other_id,
        other=other.name,
        counts=counts,
        keep_balance=balance(db, keep_id),
        other_balance=balance(db, other_id),
        namesakes=[name for (name,) in names],
    )


def merge_clients(school: WritableSchool, keep_id: int, other_id: int) -> Merged:
    """Move everything of the other client to the one that is kept, and delete the other's record (R53).

    The kept client's facts win, the other's fill gaps; what differs is told in the note. The status is the kept
    client's, unless only the other has bought; the stage is set anew from all purchases (R9). Separate balances stay
    with their subscriptions. Raises Refused for one and the same client, or one that is archived or deleted.
    """
    keep, other = _pair(school.db, keep_id, other_id)
    noted = [
        *merge_facts(school.db, keep_id, other_id),
        *merge_custom_fields(school.db, keep_id, other_id),
        *_settle_bookings(school, keep_id, other_id),
    ]
    _merge_contacts(school.db, keep_id, other_id)
    _settle_statuses(school, keep, other)
    for table in MOVED:
        school.db.execute(f"UPDATE {table} SET client_id = ? WHERE client_id = ?", (keep_id, other_id))  # noqa: S608
    _write_note(school, keep_id, other_id, noted)
    school.db.execute("DELETE FROM client WHERE id = ?", (other_id,))
    settle_stages(school, [keep_id])
    return Merged(keep_id, keep.name, balance(school.db, keep_id), noted)


def _pair(db: sqlite3.Connection, keep_id: int, other_id: int) -> tuple[_Client, _Client]:
    if keep_id == other_id:
        name = client_name(db, keep_id)
        raise Refused(
            _("{name} can't be merged with itself: both names mean client {id}.").format(name=name, id=keep_id),
            _("'schoolcrm clients duplicates' shows who may be one, with the ids."),
        )
    keep, other = (_Client(*db.execute(_CLIENT, (number,)).fetchone()) for number in (keep_id, other_id))
    for client in (keep, other):
        if client.archived_on or client.base == "deleted":
            raise Refused(
                _("{name} is archived or deleted and can't be merged.").format(name=client.name),
                _("Restore the client first: 'schoolcrm clients restore {id}'.").format(id=client.id),
            )
    return keep, other


def _count(db: sqlite3.Connection, table: str, client_id: int) -> int:
    query = f"SELECT count(*) FROM {table} WHERE client_id = ?"  # noqa: S608
    return int(db.execute(query, (client_id,)).fetchone()[0])


def _merge_contacts(db: sqlite3.Connection, keep_id: int, other_id: int) -> None:
    """Move the contacts; of one that both have, the notes are joined."""
    query = "SELECT kind, value_key, id, note FROM contact WHERE client_id = ? ORDER BY id"
    known = {(kind, key): (number, note) for kind, key, number, note in db.execute(query, (keep_id,))}
    for kind, key, number, note in db.execute(query, (other_id,)).fetchall():
        if (kind, key) not in known:
            db.execute("UPDATE contact SET client_id = ? WHERE id = ?", (keep_id, number))
            continue
        kept_number, kept_note = known[kind, key]
        parts = dict.fromkeys(part for part in (kept_note, note) if part)
        db.execute("UPDATE contact SET note = ? WHERE id = ?", ("; ".join(parts) or None, kept_number))
        db.execute("DELETE FROM contact WHERE id = ?", (number,))


def _settle_bookings(school: WritableSchool, keep_id: int, other_id: int) -> list[str]:
    """Cancel the other's booking of a trial lesson where both have one: a client has one at most (R12)."""
    mine, theirs = open_booking(school.db, keep_id), open_booking(school.db, other_id)
    if mine is None or theirs is None:
        return []
    school.db.execute("UPDATE trial SET state = 'cancelled' WHERE id = ?", (theirs.id,))
    return [_("trial lesson booked for {day}, cancelled").format(day=human_date(theirs.on))]


def _settle_statuses(school: WritableSchool, keep: _Client, other: _Client) -> None:
    """Let the joined history end where the client stands: with the kept one's status and stage, or `bought`.

    To be called while the two histories still lie apart.
    """
    note = _("merged with {name} (client {id})").format(name=other.name, id=other.id)
    comes_in = other.base == "bought" and keep.base != "bought"
    ends = {"funnel": other.status_id if comes_in else keep.status_id, "loyalty": keep.stage_id}
    changes = []
    for scale, from_id in (("funnel", keep.status_id), ("loyalty", keep.stage_id)):
        winner, loser = (other, keep) if comes_in and scale == "funnel" else (keep, other)
        change = Change(keep.id, scale, from_id, ends[scale], "hand", note)
        closing = _closing(school.db, change, winner.id, loser.id)
        if closing is not None:
            changes.append(closing)
    write_changes(school, changes)


def _closing(db: sqlite3.Connection, change: Change, winner_id: int, loser_id: int) -> Change | None:
    """Return the change that ends the joined history, with the reason of the winner's own last one.

    None if that history ends so by itself: then no line is needed. A stage set by hand stays so until the next
    purchase after the ones known when it was set (R9).
    """
    last = db.execute(_LAST_CHANGE, (winner_id, change.scale)).fetchone()
    if last is None:
        return change
    number, on, reason, subscription_id = last
    asked = {"other": loser_id, "scale": change.scale, "id": number, "on": on}
    if change.from_id == change.to_id and not db.execute(_LATER_CHANGE, asked).fetchone():
        return None
    return change._replace(reason=reason, subscription_id=subscription_id if reason == "hand" else None)


def _write_note(school: WritableSchool, keep_id: int, other_id: int, noted: Collection[str]) -> None:
    """Join the notes; what differed and has no other place comes under them."""
    query = "SELECT note FROM client WHERE id = ?"
    notes = [school.db.execute(query, (number,)).fetchone()[0] for number in (keep_id, other_id)]
    if noted:
        line = _("Merged with client {id} on {day}: {told}.")
        notes.append(line.format(id=other_id, day=human_date(school.today), told="; ".join(noted)))
    parts: dict[str, Any] = dict.fromkeys(note for note in notes if note)
    school.db.execute("UPDATE client SET note = ? WHERE id = ?", ("\n".join(parts) or None, keep_id))
