"""The school's own fields: of what, of which type, in how many records (R50)."""

import sqlite3

from schoolcrm.core.language import _, translated
from schoolcrm.core.people.custom_fields import ENTITIES, TYPES, CustomField, count_values, fields_of
from schoolcrm.reports.table import Column, Kind, Table

FieldRow = tuple[str, CustomField, int]


def find_fields(db: sqlite3.Connection, entity: str = "") -> list[FieldRow]:
    """Return (entity, field, number of records with a value) of one entity or of all, in the order of adding."""
    return [
        (each, field, count_values(db, each, field.id))
        for each in ([entity] if entity else ENTITIES)
        for field in fields_of(db, each)
    ]


def fields_table(rows: list[FieldRow]) -> Table:
    """Return the list of the school's own fields as a table."""
    columns = [
        Column("id", _("No."), Kind.INTEGER),
        Column("of", _("Of"), Kind.CODE, translated(ENTITIES)),
        Column("name", _("Field"), Kind.TEXT),
        Column("type", _("Type"), Kind.CODE, translated(TYPES)),
        Column("choices", _("Choices"), Kind.LIST),
        Column("values", _("Records with a value"), Kind.INTEGER),
    ]
    cells = [(field.id, entity, field.name, field.type, list(field.choices), values) for entity, field, values in rows]
    return Table(report="fields", title=_("Fields of the school's own"), columns=columns, rows=cells)
