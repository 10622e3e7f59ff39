"""The settings as a list: the school's, kept in its database, and the operator's own, kept in a file."""

from pathlib import Path
from typing import NamedTuple

from schoolcrm.core.language import _
from schoolcrm.reports.table import Column, Fact, Kind, Table

SCHOOL, FILE = "school", "file"


class SettingRow(NamedTuple):
    """One setting: its key, value, default, where it is kept (SCHOOL or FILE), and what it means.

    None: none, as the time zone of a school that goes by the machine's.
    """

    key: str
    value: str | None
    default: str | None
    kept: str
    meaning: str


def settings_table(rows: list[SettingRow], database: Path, file: Path, *, found: bool) -> Table:
    """Return the settings as a table; without a database (`found` is false) a note says so."""
    places = {SCHOOL: _("the school's database"), FILE: _("your settings file")}
    note = _("There is no database at {path}: the settings of the school are not listed.").format(path=database)
    return Table(
        report="config",
        title=_("Settings"),
        parameters=(
            Fact("database", _("Database"), Kind.TEXT, str(database)),
            Fact("file", _("Settings file"), Kind.TEXT, str(file)),
        ),
        columns=(
            Column("key", _("Setting")),
            Column("value", _("Value")),
            Column("default", _("Default")),
            Column("kept", _("Kept in"), Kind.CODE, places),
            Column("meaning", _("Meaning")),
        ),
        rows=rows,
        notes=() if found else (note,),
    )
