"""The entries of a catalogue (R20)."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from schoolcrm.core.language import N_, _, translated
from schoolcrm.core.learning.catalogues import CATALOGUES
from schoolcrm.reports.table import Column, Kind, Table

_TYPE_WORDS = {
    "group": N_("lessons of groups"),
    "individual": N_("lessons of one student"),
    "trial": N_("trial lessons"),
    "make-up": N_("make-ups of missed lessons"),
}
# What a catalogue's entries have beside number and name: SQL of the columns.
_DETAILS = {
    "rooms": ", (SELECT location.name FROM location WHERE location.id = entry.location_id)",
    "lesson-types": ", code",
    "absence-reasons": ", short, excused, charged / 100.0",
}


def find_entries(db: sqlite3.Connection, kind: str, *, archived: bool | None = False) -> list[tuple[Any, ...]]:
    """Return the entries by name; `archived`: True only those in the archive, None all of them."""
    query = (
        f"SELECT id, name{_DETAILS.get(kind, '')}, archived_on FROM {CATALOGUES[kind].table} AS entry"  # noqa: S608
        " WHERE ? IS NULL OR (archived_on IS NOT NULL) = ? ORDER BY name_key, id"
    )
    return db.execute(query, (archived, archived)).fetchall()


def catalogue_table(kind: str, rows: Sequence[Sequence[Any]], *, show_archived: bool = False) -> Table:
    """Return the list as a table; the column `archived` is shown to people when it can hold something."""
    return Table(
        report=kind,
        title=_(CATALOGUES[kind].title),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("name", _("Name")),
            *_detail_columns(kind),
            Column("archived", _("Archived"), Kind.DATE, hidden=not show_archived),
        ),
        rows=rows,
    )


def _detail_columns(kind: str) -> list[Column]:
    if kind == "rooms":
        return [Column("location", _("Location"))]
    if kind == "lesson-types":
        words = translated(_TYPE_WORDS)
        return [Column("code", _("Used for"), Kind.CODE, words=words)]
    if kind == "absence-reasons":
        return [
            Column("short", _("Short")),
            Column("excused", _("Excused"), Kind.BOOL),
            Column("charged", _("Charged"), Kind.SHARE),
        ]
    return []
