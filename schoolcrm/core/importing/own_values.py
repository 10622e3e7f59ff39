"""Values in the school's own fields of clients and students, as the rows of a file give them (R62)."""

import sqlite3

from schoolcrm.core.importing.client_row import ClientRow
from schoolcrm.core.importing.kept_values import field_text
from schoolcrm.core.importing.known import own_fields_of
from schoolcrm.core.importing.spool import Spool
from schoolcrm.core.importing.updates import Updates
from schoolcrm.core.rules.names import fold, tidy
from schoolcrm.core.store.numbering import last_number


class OwnValues:
    """Gathers the values; a field of clients that is new gets its record in the spool."""

    def __init__(self, db: sqlite3.Connection, spool: Spool) -> None:
        self._spool = spool
        self._of_clients = own_fields_of(db, "client")
        self._of_students = own_fields_of(db, "student")
        self._next_field = 1 + last_number(db, "field")

    def add_client(self, row: ClientRow, client: int) -> None:
        """Gather the values of a client who comes with the file."""
        for name, value in row.custom:
            self._spool.add("client_field", client, self._field(name), field_text(value))

    def add_student(self, row: ClientRow, student: int) -> None:
        """Gather the values of a student who comes with the file."""
        for name, value in row.student_custom:
            self._spool.add("student_field", student, self._of_students[fold(name)], field_text(value))

    def update_client(self, row: ClientRow, client: int, updates: Updates) -> None:
        """Gather what the row says of a client who is there already."""
        for name, value in row.custom:
            updates.add("client_field", client, self._field(name), field_text(value))

    def update_student(self, row: ClientRow, student: int, updates: Updates) -> None:
        """Gather what the row says of a student who is there already."""
        for name, value in row.student_custom:
            updates.add("student_field", student, self._of_students[fold(name)], field_text(value))

    def _field(self, name: str) -> int:
        key = fold(name)
        if key not in self._of_clients:
            self._of_clients[key] = self._next_field
            self._next_field += 1
            self._spool.add("field", self._of_clients[key], "client", tidy(name), key, "text")
        return self._of_clients[key]
