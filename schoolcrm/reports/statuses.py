"""The list of statuses, a client's history of them, and what a recompute has to say (R1, R8–R10)."""

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.core.rules.status import SCALES, Skip, base_name
from schoolcrm.core.statuses.catalogue import read_statuses
from schoolcrm.core.store.cells import client_name
from schoolcrm.reports.table import Column, Kind, Table

if TYPE_CHECKING:
    from schoolcrm.core.statuses.history import PastChange
    from schoolcrm.core.statuses.recompute import Recomputed

SCALE_WORDS = {"funnel": N_("Status"), "loyalty": N_("Stage")}
REASON_WORDS = {
    "recorded": N_("recorded"),
    "hand": N_("set by hand"),
    "sale": N_("sale"),
    "sale-withdrawn": N_("sale deleted"),
    "student-added": N_("student added"),
    "trial": N_("trial lesson"),
    "trial-missed": N_("trial lesson taken back"),
    "refusal-rule": N_("long silence"),
    "loyalty-rule": N_("rule of loyalty"),
    "import": N_("import"),
    "default-switched": N_("another automatic status"),
    "termination": N_("contract terminated"),
}
SKIP_WORDS = {
    Skip.MONEY: N_("money on the account"),
    Skip.SUBSCRIPTION: N_("a subscription not yet ended"),
}
_COUNTS = """
    SELECT status.scale, status.id, count(client.id)
      FROM status
      JOIN client ON iif(status.scale = 'funnel', client.status_id, client.stage_id) = status.id
      JOIN status AS funnel ON funnel.id = client.status_id
     WHERE client.archived_on IS NULL AND (status.scale = 'funnel' OR funnel.base <> 'deleted')
     GROUP BY status.id
"""

_ARCHIVED = """
    SELECT status.scale, status.name, count(*)
      FROM client
      JOIN status ON status.id IN (client.status_id, client.stage_id)
     WHERE client.archived_on IS NOT NULL
     GROUP BY status.id ORDER BY status.id
"""


def find_statuses(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Return the statuses of both scales in their order, each with its number of clients not archived.

    Deleted clients are counted under their status, and not on the scale of loyalty (R7).
    """
    counts = {number: count for _scale, number, count in db.execute(_COUNTS)}
    return [
        (status.id, status.scale, status.base, status.name, status.automatic, counts.get(status.id, 0))
        for status in read_statuses(db).values()
    ]


def find_archived(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Return how many archived clients are in which status, by scale and name: the list leaves them out (R5)."""
    counts: dict[str, dict[str, int]] = {"funnel": {}, "loyalty": {}}
    for scale, name, count in db.execute(_ARCHIVED):
        counts[scale][name] = count
    return counts


def _archived_notes(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    sentences = {
        "funnel": _("In the archive besides, by status: {counts}."),
        "loyalty": _("In the archive besides, by stage: {counts}."),
    }
    pair = _("{name}: {count}")
    return [
        sentences[scale].format(counts=", ".join(pair.format(name=name, count=n) for name, n in of_names.items()))
        for scale, of_names in counts.items()
        if of_names
    ]


def statuses_table(
    rows: list[tuple[Any, ...]], archived: Mapping[str, Mapping[str, int]] = MappingProxyType({})
) -> Table:
    """Return the list of statuses as a table; those in the archive, as `find_archived` has them, are told below."""
    return Table(
        report="statuses",
        title=_("Statuses"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("scale", _("Scale"), Kind.CODE, words=translated(SCALE_WORDS)),
            Column("base", _("Base status"), Kind.CODE, words=base_words()),
            Column("name", _("Name")),
            Column("automatic", _("Automatic"), Kind.BOOL),
            Column("clients", _("Clients"), Kind.INTEGER),
        ),
        rows=rows,
        notes=_archived_notes(archived),
    )


def history_table(client: str, changes: "list[PastChange]") -> Table:
    """Return a client's changes of status and stage as a table (R10)."""
    return Table(
        report="status-history",
        title=_("History of statuses: {client}").format(client=client),
        columns=(
            Column("date", _("Date"), Kind.DATE),
            Column("scale", _("Scale"), Kind.CODE, words=translated(SCALE_WORDS)),
            Column("from", _("From status")),
            Column("to", _("To status")),
            Column("reason", _("Reason"), Kind.CODE, words=translated(REASON_WORDS)),
            Column("note", _("Note")),
            Column("user", _("By")),
            Column("at", _("Moment (UTC)"), Kind.MOMENT, hidden=True),
        ),
        rows=changes,
    )


def transition_lines(result: "Recomputed") -> list[str]:
    """Return one line per kind of change, with its count (R10)."""
    line = _("{scale}: {origin} → {to}: {count} ({reason})")
    return [
        line.format(
            scale=_(SCALE_WORDS[kind.scale]),
            origin=base_name(kind.scale, kind.origin),
            to=base_name(kind.scale, kind.to),
            count=kind.count,
            reason=_(REASON_WORDS[kind.reason]),
        )
        for kind in result.transitions
    ]


def skip_lines(result: "Recomputed") -> list[str]:
    """Return one line per reason for which clients are not refused, with their number (R8)."""
    line = _("Not refused: {count} ({reason})")
    return [line.format(count=count, reason=_(SKIP_WORDS[reason])) for reason, count in result.skipped.items()]


def recomputed_json(result: "Recomputed") -> dict[str, Any]:
    """Return what `recompute --format json` prints; from and to are base codes (cli.md §2)."""
    return {
        "changed": result.changed,
        "transitions": [
            {"scale": kind.scale, "from": kind.origin, "to": kind.to, "reason": kind.reason, "count": kind.count}
            for kind in result.transitions
        ],
        "skipped": [{"reason": reason.value, "count": count} for reason, count in result.skipped.items()],
    }


def named_clients(db: sqlite3.Connection, result: "Recomputed") -> dict[str, list[dict[str, Any]]]:
    """Return who was changed, with the school's own names of statuses, and who was not refused and why."""
    statuses = read_statuses(db)
    changed = [
        {
            "client_id": change.client_id,
            "client": client_name(db, change.client_id),
            "scale": change.scale,
            "from": statuses[change.from_id].name if change.from_id else None,
            "to": statuses[change.to_id].name,
        }
        for change in result.changes
    ]
    spared = [
        {"client_id": client_id, "client": client_name(db, client_id), "reason": reason.value}
        for client_id, reason in result.spared.items()
    ]
    return {"clients": changed, "skipped_clients": spared}


def client_lines(named: dict[str, list[dict[str, Any]]], *, quiet: bool = False) -> list[str]:
    """Return one line per client changed or not refused; `quiet`: the changed ones only (R10)."""
    moved = _("{client_id} {client}: {from} → {to}")
    stayed = _("{client_id} {client}: not refused ({reason})")
    lines = [moved.format_map(each) for each in named.get("clients", [])]
    lines += [
        stayed.format_map(each | {"reason": _(SKIP_WORDS[Skip(each["reason"])])})
        for each in ([] if quiet else named.get("skipped_clients", []))
    ]
    return [one_line(line) for line in lines]


def base_words() -> dict[str, str]:
    """Return the names of the bases of both scales by code, in the language in use."""
    return {base: base_name(scale, base) for scale, bases in SCALES.items() for base in bases}
