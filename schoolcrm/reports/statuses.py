"""The list of statuses, a client's history and explanation, and what a recompute has to say (R1, R8–R11)."""

import sqlite3
from typing import TYPE_CHECKING, Any

from schoolcrm.core.language import N_, _
from schoolcrm.core.rules.dates import human_date
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.core.rules.status import SCALES, Skip, base_name
from schoolcrm.core.statuses.catalogue import read_statuses
from schoolcrm.reports.names import client_name
from schoolcrm.reports.table import Column, Fact, Kind, Table

if TYPE_CHECKING:
    from datetime import date

    from schoolcrm.core.statuses.history import Explanation, PastChange, Standing
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


def find_statuses(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Return the statuses of both scales in their order, each with its number of clients not archived.

    Deleted clients are counted under their status, and not on the scale of loyalty (R7).
    """
    counts = {number: count for _scale, number, count in db.execute(_COUNTS)}
    return [
        (status.id, status.scale, status.base, status.name, status.automatic, counts.get(status.id, 0))
        for status in read_statuses(db).values()
    ]


def statuses_table(rows: list[tuple[Any, ...]]) -> Table:
    """Return the list of statuses as a table."""
    return Table(
        report="statuses",
        title=_("Statuses"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("scale", _("Scale"), Kind.CODE, words=_words(SCALE_WORDS)),
            Column("base", _("Base status"), Kind.CODE, words=_base_words()),
            Column("name", _("Name")),
            Column("automatic", _("Automatic"), Kind.BOOL),
            Column("clients", _("Clients"), Kind.INTEGER),
        ),
        rows=rows,
    )


def history_table(client: str, changes: "list[PastChange]") -> Table:
    """Return a client's changes of status and stage as a table (R10)."""
    return Table(
        report="status-history",
        title=_("History of statuses: {client}").format(client=client),
        columns=(
            Column("date", _("Date"), Kind.DATE),
            Column("scale", _("Scale"), Kind.CODE, words=_words(SCALE_WORDS)),
            Column("from", _("From status")),
            Column("to", _("To status")),
            Column("reason", _("Reason"), Kind.CODE, words=_words(REASON_WORDS)),
            Column("note", _("Note")),
            Column("user", _("By")),
            Column("at", _("Moment (UTC)"), hidden=True),
        ),
        rows=changes,
    )


def explanation_table(client: str, explanation: "Explanation", today: "date") -> Table:
    """Return what decides a client's status and stage as a table, what comes next in words below it (R11)."""
    held = _words(SKIP_WORDS) | {"hand": _("set by hand")}
    return Table(
        report="status-explain",
        title=_("Status of {client}").format(client=client),
        columns=(
            Column("scale", _("Scale"), Kind.CODE, words=_words(SCALE_WORDS)),
            Column("status", _("Now")),
            Column("base", _("Base status"), Kind.CODE, words=_base_words()),
            Column("since", _("Since"), Kind.DATE),
            Column("reason", _("Reason"), Kind.CODE, words=_words(REASON_WORDS)),
            Column("next", _("Next"), Kind.CODE, words=_base_words()),
            Column("next_on", _("From day"), Kind.DATE),
            Column("held_by", _("Held back by"), Kind.CODE, words=held),
        ),
        rows=[_standing_cells(each) for each in (explanation.funnel, explanation.loyalty)],
        head=_facts(explanation),
        notes=_expectations(explanation, today),
    )


def _standing_cells(standing: "Standing") -> tuple[Any, ...]:
    status = standing.status
    arrival = (standing.since, standing.reason)
    return (status.scale, status.name, status.base, *arrival, standing.next_base, standing.next_on, standing.held_by)


def _facts(explanation: "Explanation") -> list[Fact]:
    facts = explanation.facts
    if facts is None:
        return []
    silence = facts.silence
    return [
        Fact("purchases", _("Purchases"), Kind.INTEGER, facts.purchases.made),
        Fact("last_purchase", _("Last purchase"), Kind.DATE, facts.purchases.last_on),
        Fact("last_visit", _("Last visit"), Kind.DATE, silence.attended_on),
        Fact("last_decision", _("Last set by hand"), Kind.DATE, silence.decided_on),
    ]


def _expectations(explanation: "Explanation", today: "date") -> list[str]:
    if explanation.facts is None:
        return [_("The client is archived or deleted: no rule changes anything.")]
    sentences = [_refusal_sentence(explanation.funnel, today), _stage_sentence(explanation.loyalty, today)]
    return [sentence for sentence in sentences if sentence]


def _refusal_sentence(standing: "Standing", today: "date") -> str:
    if standing.next_base is None or standing.next_on is None:
        return _("Time alone does not change this status.")
    name = base_name("funnel", standing.next_base)
    if standing.next_on > today:
        sentence = _("{status} on {day} unless something is bought, a lesson attended or the status set by hand.")
        return sentence.format(status=name, day=human_date(standing.next_on))
    if standing.held_by:
        sentence = _("{status} was due on {day} and is held back: {reason}.")
        reason = _(SKIP_WORDS[Skip(standing.held_by)])
        return sentence.format(status=name, day=human_date(standing.next_on), reason=reason)
    return _("{status} at the next recompute: due since {day}.").format(status=name, day=human_date(standing.next_on))


def _stage_sentence(standing: "Standing", today: "date") -> str:
    if standing.held_by == "hand":
        return _("The stage was set by hand and stays until the next purchase.")
    if standing.next_base is None or standing.next_on is None:
        return ""
    name = base_name("loyalty", standing.next_base)
    if standing.next_on > today:
        return _("{status} on {day} unless something is bought.").format(status=name, day=human_date(standing.next_on))
    return _("{status} at the next recompute.").format(status=name)


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


def client_lines(named: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return one line per client changed or not refused."""
    moved = _("{client_id} {client}: {from} → {to}")
    stayed = _("{client_id} {client}: not refused ({reason})")
    lines = [moved.format_map(each) for each in named.get("clients", [])]
    lines += [
        stayed.format_map(each | {"reason": _(SKIP_WORDS[Skip(each["reason"])])})
        for each in named.get("skipped_clients", [])
    ]
    return [one_line(line) for line in lines]


def _words(words: dict[Any, str]) -> dict[str, str]:
    return {str(code): _(word) for code, word in words.items()}


def _base_words() -> dict[str, str]:
    return {base: base_name(scale, base) for scale, bases in SCALES.items() for base in bases}
