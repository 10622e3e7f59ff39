"""Names that stand in the heads and rows of reports."""

import sqlite3
from collections.abc import Iterable

from schoolcrm.core.language import _
from schoolcrm.core.store.numbers import number_list


def account_name(account: int) -> str:
    """Return what an account of a client is called: 0 is the general one, others a subscription's own (R36)."""
    return _("subscription {id}").format(id=account) if account else _("general")


def student_names(db: sqlite3.Connection, client_id: int) -> dict[int | None, str]:
    """Return the client's students by id, those in the archive too."""
    return dict(db.execute("SELECT id, name FROM student WHERE client_id = ?", (client_id,)))


def names_in(db: sqlite3.Connection, table: str) -> dict[int | None, str]:
    """Return all names of a catalogue, or of the groups, by id; `table` is one of the program's own tables."""
    return dict(db.execute(f"SELECT id, name FROM {table}"))  # noqa: S608


def names_of(db: sqlite3.Connection, table: str, ids: Iterable[int | None]) -> dict[int | None, str]:
    """Return the names of those records by id, None left out; `table` is one of the program's own tables."""
    wanted = number_list(sorted({number for number in ids if number is not None}))
    return dict(db.execute(f"SELECT id, name FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (wanted,)))  # noqa: S608
