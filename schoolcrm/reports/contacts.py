"""A client's contacts, with the numbers under which they are changed (R50); passport data when they are asked for."""

import sqlite3

from schoolcrm.core.language import _, translated
from schoolcrm.core.people.contacts import KINDS, PHONES, contacts_of
from schoolcrm.core.rules.phones import human_phone
from schoolcrm.core.store.cells import client_name
from schoolcrm.reports.table import Column, Fact, Kind, Table


def contacts_table(db: sqlite3.Connection, client_id: int, *, for_programs: bool) -> Table:
    """Return the client's contacts as a table; programs get phones as they are kept."""
    name = client_name(db, client_id)
    rows = [
        (number, kind, human_phone(value) if kind in PHONES and not for_programs else value, note)
        for number, kind, value, note in contacts_of(db, client_id)
    ]
    return Table(
        report="contacts",
        title=_("Contacts of {client}").format(client=name),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("kind", _("Kind"), Kind.CODE, translated(KINDS)),
            Column("value", _("Value")),
            Column("note", _("Note")),
        ),
        rows=rows,
        parameters=(Fact("client_id", _("Client no."), Kind.INTEGER, client_id),),
    )


def passport_of(db: sqlite3.Connection, client_id: int) -> str | None:
    """Return the client's passport data; None where none are recorded."""
    (passport,) = db.execute("SELECT passport FROM client WHERE id = ?", (client_id,)).fetchone()
    return None if passport is None else str(passport)


def with_passport(card: Table, passport: str | None, *, for_programs: bool) -> Table:
    """Return a client's card with the passport data, which it has only on demand (R50)."""
    label = _("Passport")
    if for_programs:
        columns = [*card.columns, Column("passport", label)]
        return card._replace(columns=columns, rows=[[*row, passport] for row in card.rows])
    return card._replace(head=[*card.head, Fact("passport", label, Kind.TEXT, passport or _("not recorded"))])
