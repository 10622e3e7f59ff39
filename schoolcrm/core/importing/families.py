"""Which rows of a file are one client with several students, and which repeat a student (R64).

One pass, in the order of the file: a row joins the first earlier row (or person of the database) it
agrees with. Two rows are of one client when the client's name and a phone agree; where one of the
two has no phone, the name and an email or the address. Two rows are one student when the student's
name and the birth date or a phone agree; a row with neither, the student's and the client's name.
A row with a phone makes no second student of one name of the client it joins: by that phone, which is
the client's from then on, they would be found as one. Nor is there a second student who is the client.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.client_row import ClientRow, Contact
from schoolcrm.core.language import _
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
    """Return the keys of a student with a birth date or a phone; any common one means the same student.

    Of two children of one name the one of that birth date is meant, whoever else has the phone: so it comes first.
    """
    born = () if birthday is None else (birthday,)
    return [hash((name_key, mark)) >> _UNUSED_BITS for mark in (*born, *phones)]


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

    `known_student_of` gives a client's student of that name (folded) who is in the database. Keeps some 380 bytes
    a row: 100,000 rows take 38 MB.
    """

    def __init__(
        self,
        first_client: int = 1,
        first_student: int = 1,
        known_student_of: Callable[[int, str], int | None] = lambda _client, _name_key: None,
    ) -> None:
        self._next_client = first_client
        self._next_student = first_student
        self._clients: dict[Key, int] = {}
        self._clients_by_post = _SeldomAsked()
        self._phoneless_by_post: dict[Key, int] = {}
        self._students: dict[Key, int] = {}
        self._students_by_names = _SeldomAsked()
        self._said_by_names = _SeldomAsked()  # by rows of this file, whoever the student's client is
        self._first_student = first_student
        self._clients_of_new = array("q")  # by student, counted from the first
        self._names_of_new = array("q")
        self._first_client = first_client
        self._first_of_new = array("q")  # students by client
        self._further: dict[int, list[int]] = {}
        self._known_student_of = known_student_of
        self._known_students = array("q")  # in rising order, with their clients at the same places
        self._clients_of_known = array("q")

    def know_client(self, client: int, client_key: str, phones: Sequence[str], contacts: Iterable[Contact]) -> None:
        """Note a client who is already in the database, so that new students can join them."""
        for key in client_phone_keys(client_key, phones):
            self._clients.setdefault(key, client)
        self._note_post(client, client_post_keys(client_key, contacts), phoneless=not phones)

    def note_phones(self, client: int, row: ClientRow) -> None:
        """Note that a known client gets the phones of a row, so that the other children of the row's payer join."""
        for key in client_phone_keys(row.client_key, row.phones):
            self._clients.setdefault(key, client)

    def forget_birthday(self, student: int, name_key: str, former: date) -> None:
        """Note that a known student's birth date is changed, and the former one nobody's any more.

        A second import of the file won't find it either, and must not place a row otherwise.
        """
        for key in student_keys(name_key, former, ()):
            if self._students.get(key) == student:
                del self._students[key]

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
        """Note a student who is already in the database, by rising numbers; ``phones`` are the client's."""
        keys = student_keys(name_key, birthday, phones)
        self._known_students.append(student)
        self._clients_of_known.append(client)
        self._note_student(student, keys, student_key_by_names(name_key, client_key))

    def place(self, row: ClientRow, *, repeat: bool = False) -> Placement:
        """Return whose row it is and note it; ``repeat`` makes a new student of a known one, too.

        Raises BadValue when it is one client's student by the birth date and another's by a phone, or by its names
        one student of the file and another of the school: the next import could take one for the other.
        """
        keys = student_keys(row.student_key, row.birthday, row.phones)
        by_names = student_key_by_names(row.student_key, row.client_key)
        student = self._next_student if repeat else self._find_student(keys, by_names)
        if student != self._next_student:
            self._said_by_names.add(by_names, student)
            return Placement(self._client_of(student), student, False, False)
        client = self._place_client(row)
        is_new = client == self._next_client
        namesake = None
        if not (is_new or repeat) and (row.phones or row.student_is_client):
            namesake = self._namesake(client, row.student_key)
        if namesake is not None:
            self._students.update(dict.fromkeys(keys, namesake))
            self._said_by_names.add(by_names, namesake)
            return Placement(client, namesake, False, False)
        self._note_student(student, keys, by_names)
        self._said_by_names.add(by_names, student)
        self._add_student(client, row.student_key, is_new=is_new)
        return Placement(client, student, is_new, True)

    def _add_student(self, client: int, name_key: str, *, is_new: bool) -> None:
        if is_new:
            self._first_of_new.append(self._next_student)
            self._next_client += 1
        else:
            self._further.setdefault(client, []).append(self._next_student)
        self._clients_of_new.append(client)
        self._names_of_new.append(hash(name_key))
        self._next_student += 1

    def _namesake(self, client: int, name_key: str) -> int | None:
        """Return the client's student of that name: a further import would find them by the client's phones."""
        if client >= self._first_client:
            students = [int(self._first_of_new[client - self._first_client])]
        elif (known := self._known_student_of(client, name_key)) is not None:
            return known
        else:
            students = []
        students += self._further.get(client, ())
        names = (self._names_of_new[student - self._first_student] for student in students)
        return next((student for student, name in zip(students, names, strict=True) if name == hash(name_key)), None)

    def _client_of(self, student: int) -> int:
        if student >= self._first_student:
            return self._clients_of_new[student - self._first_student]
        return self._clients_of_known[bisect_left(self._known_students, student)]

    def _find_student(self, keys: Sequence[Key], by_names: Key) -> int:
        """Return the number of a known student, or the next one; raises BadValue as `place` does."""
        if keys:
            owners = {self._students[key] for key in keys if key in self._students}
            if len(owners) > 1 and len({self._client_of(owner) for owner in owners}) > 1:
                raise BadValue(_("Students of different clients answer to the birth date and the phones of the row."))
            return _first_owner(self._students, keys, self._next_student)
        known, said = self._students_by_names.find(by_names), self._said_by_names.find(by_names)
        if known and said and known != said:
            raise BadValue(_("Several students answer to the names of the row: it needs a birth date or a phone."))
        return known or said or self._next_student

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
