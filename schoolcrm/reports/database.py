"""What is known about the school's file: how big, how old, what is in it; and what a check of it has found."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.office.invariants import CHECKS, Checked
from schoolcrm.reports.table import Column, Fact, Kind, Table

COUNTED = {
    "client": N_("Clients"),
    "student": N_("Students"),
    "study_group": N_("Groups"),
    "lesson": N_("Lessons held, moved or cancelled"),
    "mark": N_("Marks"),
    "subscription": N_("Subscriptions"),
    "payment": N_("Payments"),
    "contract": N_("Contracts"),
    "operation": N_("Operations in the history"),
}
"""The tables that are counted, with what they hold."""


class FileFacts(NamedTuple):
    """The school's file: sizes in bytes, moments in the school's own time; `counts` are rows by table.

    `copies` are the names of the files beside it that restores and updates have kept.
    """

    path: Path
    size: int
    free: int
    schema: int
    created: datetime | None
    last_change: datetime | None
    last_backup: datetime | None
    backups: int
    copies: list[str]
    counts: dict[str, int]


def find_file_facts(db: sqlite3.Connection, path: Path) -> FileFacts:
    """Return what is known about the file that is open."""
    from schoolcrm.core.store.backup import find_backups, kept_beside, made_at
    from schoolcrm.core.store.checking import free_bytes
    from schoolcrm.core.store.database import setting

    zone = _zone(setting(db, "time_zone"))
    first, last = (
        db.execute(f"SELECT at FROM operation ORDER BY id {order} LIMIT 1").fetchone()  # noqa: S608
        for order in ("ASC", "DESC")
    )
    backups = find_backups(path)
    return FileFacts(
        path=path,
        size=path.stat().st_size,
        free=free_bytes(db),
        schema=db.execute("PRAGMA user_version").fetchone()[0],
        created=_moment(first[0], zone) if first else None,
        last_change=_moment(last[0], zone) if last else None,
        last_backup=made_at(backups[0]).astimezone(zone) if backups else None,
        backups=len(backups),
        copies=[copy.name for copy in kept_beside(path)],
        counts={table: db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in COUNTED},  # noqa: S608
    )


def file_table(facts: FileFacts) -> Table:
    """Return the facts as a table: what is counted in rows, the rest before them."""
    return Table(
        report="db-info",
        title=_("Database"),
        columns=(
            Column("what", _("What"), Kind.CODE, words=translated(COUNTED)),
            Column("count", _("How many"), Kind.INTEGER),
        ),
        rows=list(facts.counts.items()),
        head=(
            Fact("path", _("File"), Kind.TEXT, str(facts.path)),
            Fact("size", _("Size, bytes"), Kind.NUMBER, facts.size),
            Fact("free", _("Free in the file, bytes"), Kind.NUMBER, facts.free),
            Fact("schema", _("Schema"), Kind.INTEGER, facts.schema),
            Fact("created", _("Made"), Kind.MOMENT, facts.created),
            Fact("last_change", _("Last change"), Kind.MOMENT, facts.last_change),
            Fact("last_backup", _("Last backup"), Kind.MOMENT, facts.last_backup),
            Fact("backups", _("Backups kept"), Kind.INTEGER, facts.backups),
            Fact("copies", _("Kept beside it"), Kind.LIST, facts.copies),
        ),
    )


def checks_table(found: Sequence[Checked], path: Path) -> Table:
    """Return the checks as a table, a line each."""
    words = {check.code: _(check.meaning) for check in CHECKS}
    return Table(
        report="db-check",
        title=_("Checks of the database"),
        parameters=(Fact("path", _("File"), Kind.TEXT, str(path)),),
        columns=(
            Column("check", _("What must hold"), Kind.CODE, words=words),
            Column("state", _("State"), Kind.CODE, words={"ok": _("in order"), "damaged": _("DAMAGED")}),
            Column("violations", _("Violations"), Kind.INTEGER),
            Column("examples", _("For example"), Kind.LIST),
        ),
        rows=[(one.code, "damaged" if one.found else "ok", one.found, one.examples) for one in found],
    )


def _moment(text: str, zone: tzinfo | None) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)


def _zone(name: str) -> tzinfo | None:
    """Return the school's time zone; None, the machine's, when it has none or nobody knows it."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
