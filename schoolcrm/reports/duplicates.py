"""Clients who may be one person, as a list by group (R52)."""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from schoolcrm.core.language import _, translated
from schoolcrm.core.people.duplicates import REASONS, find_duplicates
from schoolcrm.reports.table import Column, Fact, Kind, Table

_WHO = """
    SELECT client.id, client.name,
           (SELECT value FROM contact WHERE client_id = client.id AND kind IN ('mobile', 'home') ORDER BY id LIMIT 1),
           (SELECT json_group_array(name) FROM (SELECT name FROM student WHERE client_id = client.id ORDER BY id))
      FROM json_each(?) AS wanted JOIN client ON client.id = wanted.value
"""


class DuplicateRow(NamedTuple):
    """One of a group of clients who may be one; the reasons are codes of REASONS."""

    group: int
    client_id: int
    client: str
    phone: str | None
    students: list[str]
    reason: list[str]


def find_duplicate_rows(db: sqlite3.Connection) -> list[DuplicateRow]:
    """Return the visible clients who may be one, group by group, with what tells them apart."""
    found = find_duplicates(db)
    wanted = json.dumps([one.client_id for one in found])
    who = {number: told for number, *told in db.execute(_WHO, (wanted,))}
    return [
        DuplicateRow(one.group, one.client_id, name, phone, json.loads(students), one.reasons)
        for one in found
        for name, phone, students in [who[one.client_id]]
    ]


def duplicates_table(found: Sequence[DuplicateRow]) -> Table:
    """Return the groups as a table; the groups and the clients are counted under it."""
    words = translated(REASONS)
    groups = found[-1].group if found else 0
    return Table(
        report="duplicates",
        title=_("Possible duplicates"),
        columns=(
            Column("group", _("Group of duplicates"), Kind.INTEGER),
            Column("client_id", _("Client no."), Kind.INTEGER),
            Column("client", _("Client")),
            Column("phone", _("Phone"), Kind.PHONE),
            Column("students", _("Students"), Kind.LIST),
            Column("reason", _("Alike by"), Kind.LIST, words, Kind.CODE),
        ),
        rows=found,
        totals=(
            Fact("groups", _("Groups of duplicates"), Kind.INTEGER, groups),
            Fact("clients", _("Clients"), Kind.INTEGER, len(found)),
        ),
        notes=(_("'schoolcrm clients merge KEEP OTHER' makes two clients one."),) if found else (),
    )
