"""What reports can be narrowed by, as it is named on the command line and as it stands in their heads."""

import sqlite3
from collections.abc import Sequence

from schoolcrm.core.errors import NotFound
from schoolcrm.core.language import _
from schoolcrm.core.learning.catalogues import CATALOGUES, find_entry
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.status import base_named, split_scale
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.reports.names import names_of
from schoolcrm.reports.table import Fact, Kind

NO_REASON = 0
"""Stands for "absent without a reason" among the ids of reasons; on the command line it is a hyphen."""

_HYPHENS = ("-", "–", "—")
_OF_BASE = "SELECT id FROM status WHERE deleted_on IS NULL AND scale = ? AND base = ? ORDER BY id"
_OF_NAME = "SELECT 1 FROM status WHERE deleted_on IS NULL AND name_key = ? AND (? IS NULL OR scale = ?)"


def reason_meant(db: sqlite3.Connection, ref: str) -> int:
    """Return the id of the absence reason named, archived ones too; of a hyphen NO_REASON.

    Raises Ambiguous, NotFound.
    """
    if ref.strip() in _HYPHENS:
        return NO_REASON
    try:
        return find_entry(db, "absence-reasons", ref, include_archived=True)
    except NotFound as error:
        advice = _("{hint} A hyphen stands for absent without a reason.").format(hint=error.hint)
        raise NotFound(error.sentence, advice.strip()) from None


def statuses_meant(db: sqlite3.Connection, ref: str) -> list[int]:
    """Return the statuses named: by a base's code or name all under it, else the one that is called so (R1).

    A status's own name goes before the name of a base. Raises Ambiguous, NotFound when there is none.
    """
    scale, name = split_scale(ref)
    base = base_named(name, scale)
    is_code = base is not None and fold(name) == base[1]
    if base and (is_code or not _is_own_name(db, fold(name), scale)):
        return [number for (number,) in db.execute(_OF_BASE, base)]
    return [find_status(db, ref)]


def _is_own_name(db: sqlite3.Connection, key: str, scale: str | None) -> bool:
    return db.execute(_OF_NAME, (key, scale, scale)).fetchone() is not None


def reason_fact(db: sqlite3.Connection, reason_ids: Sequence[int]) -> Fact:
    """Return the reasons chosen, for the head of a report."""
    names = {**names_of(db, "absence_reason", reason_ids), NO_REASON: _("without a reason")}
    return Fact("reasons", _("Reasons"), Kind.LIST, [names[number] for number in reason_ids])


def entry_fact(db: sqlite3.Connection, key: str, label: str, kind: str, ids: Sequence[int]) -> Fact:
    """Return the entries of a catalogue chosen, for the head of a report; an archived teacher is shown as such."""
    query = f"SELECT id, name, archived_on IS NOT NULL FROM {CATALOGUES[kind].table} WHERE id = ?"  # noqa: S608
    rows = [db.execute(query, (number,)).fetchone() for number in ids]
    names = [teacher_shown(name, archived=kind == "teachers" and archived) for _id, name, archived in rows]
    return Fact(key, label, Kind.LIST, names)


def teacher_shown(name: str | None, *, archived: bool) -> str | None:
    """Return the teacher's name as reports about the past show it: that of an archived one says so."""
    return _("{name} (deleted)").format(name=name) if name and archived else name
