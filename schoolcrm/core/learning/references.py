"""Naming groups: by id, name, or part of a name (cli.md §1)."""

import sqlite3

from schoolcrm.core.language import N_
from schoolcrm.core.listing.lookup import NameTable, Wording

GROUPS = NameTable(
    "study_group",
    Wording(
        absent=N_("No group is called {name}."),
        several=N_("Several groups answer to {name}."),
        advice=N_("'schoolcrm groups list' shows all; a name, a part of it, or an id will do."),
    ),
)


def find_group(db: sqlite3.Connection, ref: str, *, include_archived: bool = False) -> int:
    """Return the id of the group named by id, name or part of a name.

    Archived groups are found only with `include_archived`. Raises Ambiguous, NotFound, BadValue.
    """
    return GROUPS.find(db, ref, include_archived=include_archived)
