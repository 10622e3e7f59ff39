"""Whose row it is, by what the row says: exactly one person, or a reason why not; never a guess (R63, R66)."""

import sqlite3
from collections.abc import Sequence
from itertools import permutations
from typing import NamedTuple

from schoolcrm.core.errors import BadValue, SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.listing.lookup import quoted, read_id
from schoolcrm.core.people.references import CLIENT, STUDENT, client_label, find_client, find_student, student_label
from schoolcrm.core.rules.names import fold, has_letter, tidy
from schoolcrm.core.rules.personal import read_name
from schoolcrm.core.rules.phones import human_phone, read_phones

_MOST_WORDS_TURNED = 4  # «Пётр Иванов» is «Иванов Пётр»
_MOST_SUGGESTED = 50  # rows of a file that get a suggestion each: looking for one takes time
_MOST_LISTED = 5
_MOST_KNOWN = 5_000

_CLIENTS = """
    SELECT id, NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client.id)
      FROM client WHERE name_key IN ({marks})
"""
_CLIENTS_OF_STUDENTS = """
    SELECT client_id, NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client_id)
      FROM student WHERE name_key IN ({marks})
"""
_STUDENTS = """
    SELECT id, archived_on IS NOT NULL
               OR NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client_id)
      FROM student WHERE name_key IN ({marks})
"""
_WITH_PHONE = "SELECT client_id FROM contact WHERE value_key IN ({marks}) AND kind IN ('mobile', 'home')"
_HAS_PHONE = "SELECT 1 FROM contact WHERE client_id = ? AND kind IN ('mobile', 'home')"
_OF_CLIENTS = """
    SELECT id, archived_on IS NOT NULL
               OR NOT EXISTS (SELECT 1 FROM visible_client WHERE visible_client.id = client_id)
      FROM student WHERE client_id IN ({marks})
"""


class Said(NamedTuple):
    """What a row says of a person; empty: nothing."""

    number: int | None = None
    name: str = ""
    phones: Sequence[str] = ()


class NamedPeople:
    """Finds clients and students; who was found once is known for the rows to come."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._suggested = 0
        self._known: dict[tuple[bool, Said], int] = {}

    def client(self, said: Said) -> int:
        """Return the client's id; a student's name stands for the client. Raises BadValue."""
        return self._remembered(said, is_client=True)

    def student(self, said: Said) -> int:
        """Return the student's id; phones are the client's. Raises BadValue."""
        return self._remembered(said, is_client=False)

    def said_of_client(self, text: str, phones: Sequence[str] = (), number: int | None = None) -> Said:
        """Return what the cell of a client, their phones and their id say together; BadValue (cli.md §1)."""
        return self._said(text, phones, number, "client")

    def said_of_student(self, text: str, phones: Sequence[str] = (), number: int | None = None) -> Said:
        """Return what the cell of a student, the client's phones and the student's id say together; BadValue."""
        return self._said(text, phones, number, "student")

    def _said(self, text: str, phones: Sequence[str], number: int | None, table: str) -> Said:
        """Digits are an id if there is such a one, else a phone."""
        if not text or has_letter(text):
            return Said(number, text, tuple(phones))
        written = _written_id(text)
        query = f"SELECT 1 FROM {table} WHERE id = ?"  # noqa: S608
        if written is not None and self._db.execute(query, (written,)).fetchone():
            if number not in (None, written):
                sentence = _("The row says two ids of one person: {first} and {second}.")
                raise BadValue(sentence.format(first=number, second=written))
            return Said(written, "", tuple(phones))
        try:
            return Said(number, "", (*read_phones(text), *phones))
        except BadValue:
            if written is None:
                raise
            return Said(written, "", tuple(phones))

    def client_of(self, student: int) -> int:
        """Return the client to whom a student belongs."""
        return int(self._db.execute("SELECT client_id FROM student WHERE id = ?", (student,)).fetchone()[0])

    def student_of(self, client: int, text: str) -> int:
        """Return the client's student of that name, id or phone; BadValue if there is none such, or more than one."""
        if has_letter(text):
            rows = list(self._some("SELECT id, 0 FROM student WHERE name_key IN ({marks})", _keys(text)))
        else:
            rows = [self.student(self.said_of_student(text))]
        theirs = [number for number in rows if self.client_of(number) == client]
        if len(theirs) != 1:
            sentence = _("{student} is no student of {client}.")
            raise BadValue(sentence.format(student=quoted(text), client=client_label(self._db, client)))
        return theirs[0]

    def _remembered(self, said: Said, *, is_client: bool) -> int:
        key = (is_client, said)
        if key not in self._known:
            found = self._numbered(said, is_client) if said.number is not None else self._named(said, is_client)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = found
        return self._known[key]

    def _numbered(self, said: Said, is_client: bool) -> int:
        """Return the id that is written, if the name beside it is theirs."""
        number = said.number
        assert number is not None
        table = "client" if is_client else "student"
        row = self._db.execute(f"SELECT name FROM {table} WHERE id = ?", (number,)).fetchone()  # noqa: S608
        if row is None:
            sentence = _("There is no client {id}.") if is_client else _("There is no student {id}.")
            raise BadValue(sentence.format(id=number))
        if said.name and number not in self._by_name(said.name, is_client):
            sentence = _("The id {id} is that of {label}, not of {name}.")
            raise BadValue(sentence.format(id=number, label=row[0], name=quoted(said.name)))
        return number

    def _named(self, said: Said, is_client: bool) -> int:
        found = self._by_name(said.name, is_client) if said.name else None
        if said.phones:
            clients = {row[0] for row in self._db.execute(*_filled(_WITH_PHONE, said.phones))}
            found = self._of_clients(clients, is_client) if found is None else self._agreeing(found, clients, is_client)
        found = found or {}
        visible = [number for number, hidden in found.items() if not hidden] or list(found)
        if len(visible) == 1:
            return visible[0]
        raise self._several(said, visible, is_client) if visible else self._none(said, is_client)

    def _by_name(self, name: str, is_client: bool) -> dict[int, bool]:
        """Return who is called so, each with whether they are hidden."""
        if not is_client:
            return self._some(_STUDENTS, _keys(name))
        return self._some(_CLIENTS, _keys(name)) or self._some(_CLIENTS_OF_STUDENTS, _keys(name))

    def _of_clients(self, clients: set[int], is_client: bool) -> dict[int, bool]:
        if is_client:
            return self._some(_CLIENTS.replace("name_key", "id"), sorted(clients))
        return self._some(_OF_CLIENTS, sorted(clients))

    def _agreeing(self, found: dict[int, bool], clients: set[int], is_client: bool) -> dict[int, bool]:
        """Return those of them who have the phone, else those of whom no phone is known."""
        client_of = {number: number if is_client else self.client_of(number) for number in found}
        with_phone = {number: hidden for number, hidden in found.items() if client_of[number] in clients}
        return with_phone or {
            number: hidden
            for number, hidden in found.items()
            if self._db.execute(_HAS_PHONE, (client_of[number],)).fetchone() is None
        }

    def _some(self, query: str, values: Sequence[object]) -> dict[int, bool]:
        return {number: bool(hidden) for number, hidden in self._db.execute(*_filled(query, values))}

    def _several(self, said: Said, found: list[int], is_client: bool) -> BadValue:
        label = client_label if is_client else student_label
        listed = "; ".join(f"{number} {label(self._db, number)}" for number in found[:_MOST_LISTED])
        sentence = _("Several people answer to {name}: {candidates}. A phone or an id tells which.")
        return BadValue(sentence.format(name=_written(said), candidates=listed))

    def _none(self, said: Said, is_client: bool) -> BadValue:
        """Return why nobody was found, with somebody who may have been meant."""
        absent = _("No client is called {name}.") if is_client else _("No student is called {name}.")
        sentence = absent.format(name=_written(said))
        self._suggested += 1
        if not said.name or self._suggested > _MOST_SUGGESTED:
            return BadValue(sentence)
        find, label = (find_client, client_label) if is_client else (find_student, student_label)
        try:
            near = label(self._db, find(self._db, said.name, include_archived=True))
        except SchoolError as error:
            # A part of a name, which the usual advice offers, is not enough for a row of a file.
            usual = error.hint in (_(CLIENT.advice), _(STUDENT.advice))
            hint = _("The full name, a phone or an id will do.") if usual else error.hint
            return BadValue(f"{sentence} {hint}".strip())
        return BadValue(f"{sentence} {_('Did you mean: {names}?').format(names=near)}")


def read_person(text: str) -> str:
    """Return the cell of a person: a name, or an id or a phone as they are written; BadValue for anything else."""
    if has_letter(text) or not any(map(str.isdigit, text)):
        return read_name(text)
    if _written_id(text) is None:
        read_phones(text)
    return tidy(text)


def _written_id(text: str) -> int | None:
    """Return the id that a cell holds, None if it is no plain number."""
    return read_id(tidy(text).removesuffix(".0"))


def _keys(name: str) -> list[str]:
    """Return the keys of a name with its words in any order."""
    words = fold(name).split()
    if len(words) > _MOST_WORDS_TURNED:
        return [" ".join(words)]
    return [" ".join(order) for order in dict.fromkeys(permutations(words))]


def _filled(query: str, values: Sequence[object]) -> tuple[str, list[object]]:
    return query.format(marks=", ".join("?" * len(values))), list(values)


def _written(said: Said) -> str:
    """Return what the row says of the person, in quotation marks."""
    return quoted(", ".join(filter(None, (said.name, *map(human_phone, said.phones)))))
