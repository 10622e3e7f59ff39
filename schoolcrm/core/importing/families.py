"""Which rows of a file are one client with several students, and which repeat a student (R64).

One pass, in the order of the file: a row joins the first earlier row (or person of the database) it
agrees with. Two rows are of one client when the client's name and a phone agree; where one of the
two has no phone, the name and an email or the address. Two rows are one student when the student's
name and the birth date or a phone agree; a row with neither, the student's and the client's name.
"""

from array import array
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from schoolcrm.core.importing.client_row import ClientRow, Contact
from schoolcrm.core.rules.names import fold

_BY_POST = ("email", "address")

Key = int
"""Stands for what two rows must agree in. A hash, because of the memory: for 100,000 rows the odds of
two different keys meeting are one to some hundred million."""

_UNUSED_BITS = 4  # 60 bits are an integer of 32 bytes, 64 bits one of 48


class Placement(NamedTuple):
    """Whose row it is: the numbers of client and student, and whether they are met for the first time."""

    client: int
    student: int
    new_client: bool
    new_student: bool


def student_keys(name_key: str, birthday: date | None, phones: Iterable[str]) -> list[Key]:
    """Return the keys of a student with a birth date or a phone; any common one means the same student."""
    keys = [hash((name_key, phone)) >> _UNUSED_BITS for phone in phones]
    if birthday is not None:
        keys.append(hash((name_key, birthday)) >> _UNUSED_BITS)
    return keys


def student_key_by_names(name_key: str, client_key: str) -> Key:
    """Return what a row with neither birth date nor phone must have in common with a student."""
    return hash((name_key, client_key, "client")) >> _UNUSED_BITS


def client_phone_keys(client_key: str, phones: Iterable[str]) -> list[Key]:
    """Return the keys of a client with phones; any common one means the same client."""
    return [hash((client_key, phone, "phone")) >> _UNUSED_BITS for phone in phones]


def client_post_keys(client_key: str, contacts: Iterable[Contact]) -> list[Key]:
    """Return the keys of a client by emails and address; they count where one of the two has no phone."""
    return [
        hash((client_key, kind, value.casefold() if kind == "email" else fold(value))) >> _UNUSED_BITS
        for kind, value, _whose in contacts
        if kind in _BY_POST
    ]


class _SeldomAsked:
    """Keys with numbers, the first number winning; a lookup table is only made when it is asked for."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._numbers = array("q")
        self._table: dict[Key, int] | None = None

    def add(self, key: Key, number: int) -> None:
        if self._table is None:
            self._keys.append(key)
            self._numbers.append(number)
        else:
            self._table.setdefault(key, number)

    def find(self, key: Key) -> int | None:
        if self._table is None:
            self._table = dict(zip(reversed(self._keys), reversed(self._numbers), strict=True))
        return self._table.get(key)


class Families:
    """Gives every row its client and student; new ones are numbered on from the numbers given.

    Keeps some 350 bytes a row: 100,000 rows take 35 MB.
    """

    def __init__(self, first_client: int = 1, first_student: int = 1) -> None:
        self._next_client = first_client
        self._next_student = first_student
        self._clients: dict[Key, int] = {}
        self._clients_by_post = _SeldomAsked()
        self._phoneless_by_post: dict[Key, int] = {}
        self._students: dict[Key, int] = {}
        self._students_by_names = _SeldomAsked()
        self._first_student = first_student
        self._clients_of_new = array("q")  # by student, counted from the first
        self._clients_of_known: dict[int, int] = {}

    def know_client(self, client: int, client_key: str, phones: Sequence[str], contacts: Iterable[Contact]) -> None:
        """Note a client who is already in the database, so that new students can join them."""
        for key in client_phone_keys(client_key, phones):
            self._clients.setdefault(key, client)
        self._note_post(client, client_post_keys(client_key, contacts), phoneless=not phones)

    def note_phones(self, client: int, row: ClientRow) -> None:
        """Note that a known client gets the phones of a row, so that the other children of the row's payer join."""
        for key in client_phone_keys(row.client_key, row.phones):
            self._clients.setdefault(key, client)

    def know_student(
        self,
        student: int,
        client: int,
        *,
        name_key: str,
        client_key: str,
        birthday: date | None,
        phones: Iterable[str],
    ) -> None:
        """Note a student who is already in the database; ``phones`` are the client's."""
        keys = student_keys(name_key, birthday, phones)
        self._clients_of_known[student] = client
        self._note_student(student, keys, student_key_by_names(name_key, client_key))

    def place(self, row: ClientRow, *, repeat: bool = False) -> Placement:
        """Return whose row it is and note it; ``repeat`` makes a new student of a known one, too."""
        student = self._place_student(row, repeat=repeat)
        if student != self._next_student:
            return Placement(self._client_of(student), student, False, False)
        client = self._place_client(row)
        is_new = client == self._next_client
        self._next_student += 1
        self._next_client += is_new
        self._clients_of_new.append(client)
        return Placement(client, student, is_new, True)

    def _client_of(self, student: int) -> int:
        known = self._clients_of_known.get(student)
        return known if known is not None else self._clients_of_new[student - self._first_student]

    def _place_student(self, row: ClientRow, *, repeat: bool) -> int:
        """Return the number of a known student, or the next one."""
        keys = student_keys(row.student_key, row.birthday, row.phones)
        by_names = student_key_by_names(row.student_key, row.client_key)
        student = self._next_student
        if repeat:
            self._note_student(student, keys, by_names)
            return student
        if keys:
            student = _first_owner(self._students, keys, student)
        else:
            student = self._students_by_names.find(by_names) or student
        self._students_by_names.add(by_names, student)
        return student

    def _place_client(self, row: ClientRow) -> int:
        """Return the number of a known client, or the next one."""
        by_phone = client_phone_keys(row.client_key, row.phones)
        by_post = client_post_keys(row.client_key, row.contacts)
        client = _first_owner(self._clients, by_phone, self._next_client)
        if client == self._next_client and by_post:
            client = self._find_by_post(by_post, phoneless=not by_phone)
            self._clients.update(dict.fromkeys(by_phone, client))
        self._note_post(client, by_post, phoneless=not by_phone)
        return client

    def _find_by_post(self, by_post: Sequence[Key], *, phoneless: bool) -> int:
        """Return the client with an email or address in common, if one of the two has no phone."""
        find = self._clients_by_post.find if phoneless else self._phoneless_by_post.get
        if phoneless or self._phoneless_by_post:
            for client in map(find, by_post):
                if client is not None:
                    return client
        return self._next_client

    def _note_post(self, client: int, by_post: Iterable[Key], *, phoneless: bool) -> None:
        for key in by_post:
            self._clients_by_post.add(key, client)
            if phoneless:
                self._phoneless_by_post.setdefault(key, client)

    def _note_student(self, student: int, keys: Iterable[Key], by_names: Key) -> None:
        for key in keys:
            self._students.setdefault(key, student)
        self._students_by_names.add(by_names, student)


def _first_owner(owners: dict[Key, int], keys: Sequence[Key], number: int) -> int:
    """Return the owner of the first key that has one, else ``number``; keys without get that owner."""
    owner = number
    for key in keys:
        known = owners.setdefault(key, number)
        if owner == number:
            owner = known
    if owner != number:
        for key in keys:
            if owners[key] == number:
                owners[key] = owner
    return owner
