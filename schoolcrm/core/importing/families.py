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
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.client_row import ClientRow, Contact
from schoolcrm.core.importing.keys import keys_of
from schoolcrm.core.importing.numbers_by_key import Key, KeyLog, NumbersByKey, SeldomAsked
from schoolcrm.core.language import _


class Placement(NamedTuple):
    """Whose row it is: the numbers of client and student, and whether they are met for the first time."""

    client: int
    student: int
    new_client: bool
    new_student: bool


class NewStudents:
    """Students who come with a file, in the order of their numbers: whose they are, and what they are called."""

    def __init__(self, first_client: int, first_student: int) -> None:
        self._first_client = first_client
        self._first_student = first_student
        self._clients = array("l")
        self._names = array("q")  # as hashes
        self._siblings = array("l")  # the client's student before; 0: none
        self._last_of_new = array("l")  # by client
        self._last_of_known: dict[int, int] = {}

    def add(self, client: int, name_key: str) -> None:
        """Note the next student; new clients come in the order of their numbers, too."""
        student = self._first_student + len(self._clients)
        self._clients.append(client)
        self._names.append(hash(name_key))
        place = client - self._first_client
        if place == len(self._last_of_new):
            self._siblings.append(0)
            self._last_of_new.append(student)
        elif place < 0:
            self._siblings.append(self._last_of_known.get(client, 0))
            self._last_of_known[client] = student
        else:
            self._siblings.append(self._last_of_new[place])
            self._last_of_new[place] = student

    def client_of(self, student: int) -> int:
        """Return the client's number."""
        return self._clients[student - self._first_student]

    def of_client(self, client: int, name_key: str) -> int | None:
        """Return the first student of that name that the client has, None if there is none."""
        place = client - self._first_client
        student = self._last_of_known.get(client, 0) if place < 0 else self._last_of_new[place]
        found = None
        while student:
            if self._names[student - self._first_student] == hash(name_key):
                found = student
            student = self._siblings[student - self._first_student]
        return found


class _ByNames:
    """Students by their own and their client's name: those of the school or new, and whom rows of this file meant."""

    def __init__(self) -> None:
        self._log = KeyLog()
        self._students: NumbersByKey | None = None
        self._said = NumbersByKey()

    def know(self, key: Key, student: int) -> None:
        """Note a student of the school."""
        self._log.add(key, -student)

    def say(self, key: Key, student: int, *, is_new: bool) -> None:
        """Note whom a row of the file meant."""
        if self._students is None:
            self._log.add(key, student << 1 | is_new)
        else:
            self._note(self._students, key, student << 1 | is_new)

    def find(self, key: Key) -> tuple[int | None, int | None]:
        """Return the first student of these names, and whom the first row of these names meant."""
        if self._students is None:
            self._students = NumbersByKey()
            for each, noted in self._log:
                self._note(self._students, each, noted)
            self._log = KeyLog()
        return self._students.get(key), self._said.get(key)

    def _note(self, students: NumbersByKey, key: Key, noted: int) -> None:
        if noted < 0:
            students.put_first(key, -noted)
            return
        self._said.put_first(key, noted >> 1)
        if noted & 1:
            students.put_first(key, noted >> 1)


class Families:
    """Gives every row its client and student; new ones are numbered on from the numbers given.

    `known_student_of` gives a client's student of that name (folded) who is in the database. Whoever was placed long
    ago is looked up in temporary files: the memory doesn't grow with the rows.
    """

    def __init__(
        self,
        first_client: int = 1,
        first_student: int = 1,
        known_student_of: Callable[[int, str], int | None] = lambda _client, _name_key: None,
        numbers: Callable[[], NumbersByKey] = NumbersByKey,
    ) -> None:
        self._first_client = first_client
        self._first_student = first_student
        self._next_client = first_client
        self._next_student = first_student
        self._known_student_of = known_student_of
        # All in one: the keys of clients and students tell themselves apart, and the number of each has one meaning.
        self._numbers = numbers()
        self._phoneless_by_post = numbers()
        self._clients_by_post = SeldomAsked()
        self._by_names = _ByNames()
        self._new = NewStudents(first_client, first_student)
        self._known_students = array("l")  # in rising order, with their clients at the same places
        self._clients_of_known = array("l")

    def know_client(self, client: int, client_key: str, phones: Sequence[str], contacts: Iterable[Contact]) -> None:
        """Note a client who is already in the database, so that new students can join them."""
        keys = keys_of("", client_key, None, phones, contacts)
        for key in keys.by_phone:
            self._numbers.put_first(key, client)
        self._note_post(client, keys.by_post, phoneless=not phones)

    def note_phones(self, client: int, row: ClientRow) -> None:
        """Note that a known client gets the phones of a row, so that the other children of the row's payer join."""
        for key in row.keys_by_phone:
            self._numbers.put_first(key, client)

    def forget_birthday(self, student: int, name_key: str, former: str) -> None:
        """Note that a known student's birth date is changed, and the former one nobody's any more.

        A second import of the file won't find it either, and must not place a row otherwise.
        """
        for key in keys_of(name_key, "", former, (), ()).of_student:
            if self._numbers.get(key) == student:
                self._numbers.remove(key)

    def know_student(
        self,
        student: int,
        client: int,
        *,
        name_key: str,
        client_key: str,
        birthday: str | None,
        phones: Iterable[str],
    ) -> None:
        """Note a student who is already in the database, by rising numbers; ``phones`` are the client's."""
        self._known_students.append(student)
        self._clients_of_known.append(client)
        keys = keys_of(name_key, client_key, birthday, phones, ())
        for key in keys.of_student:
            self._numbers.put_first(key, student)
        self._by_names.know(keys.by_names, student)

    def place(self, row: ClientRow, *, repeat: bool = False) -> Placement:
        """Return whose row it is and note it; ``repeat`` makes a new student of a known one, too.

        Raises BadValue when it is one client's student by the birth date and another's by a phone, or by its names
        one student of the file and another of the school: the next import could take one for the other.
        """
        keys = row.keys_of_student
        owners = self._numbers.get_all(keys)
        met = None if repeat else self._find_student(owners, row.key_by_names)
        client = self._place_client(row) if met is None else self._client_of(met)
        is_new = client == self._next_client
        if met is None and not (is_new or repeat) and (row.phones or row.student_is_client):
            met = self._namesake(client, row.student_key)
        student = self._next_student if met is None else met
        self._numbers.put_missing(keys, owners, student)
        self._by_names.say(row.key_by_names, student, is_new=met is None)
        if met is None:
            self._new.add(client, row.student_key)
            self._next_student += 1
            self._next_client += is_new
        return Placement(client, student, is_new, met is None)

    def _namesake(self, client: int, name_key: str) -> int | None:
        """Return the client's student of that name: a further import would find them by the client's phones."""
        known = self._known_student_of(client, name_key) if client < self._first_client else None
        return self._new.of_client(client, name_key) if known is None else known

    def _client_of(self, student: int) -> int:
        if student >= self._first_student:
            return self._new.client_of(student)
        return self._clients_of_known[bisect_left(self._known_students, student)]

    def _find_student(self, owners: Sequence[int | None], by_names: Key) -> int | None:
        """Return who is known under the keys, or if the row has none, under the names; raises as `place` does."""
        if any(owners):
            known = [owner for owner in owners if owner is not None]
            if len(set(known)) > 1 and len(set(map(self._client_of, known))) > 1:
                raise BadValue(_("Students of different clients answer to the birth date and the phones of the row."))
            return known[0]
        if owners:
            return None
        of_school, said = self._by_names.find(by_names)
        if of_school and said and of_school != said:
            raise BadValue(_("Several students answer to the names of the row: it needs a birth date or a phone."))
        return of_school or said

    def _place_client(self, row: ClientRow) -> int:
        """Return the number of a known client, or the next one."""
        by_phone, by_post = row.keys_by_phone, row.keys_by_post
        owners = self._numbers.get_all(by_phone)
        client = next(filter(None, owners), None)
        if client is None:
            client = self._find_by_post(by_post, phoneless=not by_phone) if by_post else self._next_client
        self._numbers.put_missing(by_phone, owners, client)
        self._note_post(client, by_post, phoneless=not by_phone)
        return client

    def _find_by_post(self, by_post: Sequence[Key], *, phoneless: bool) -> int:
        """Return the client with an email or address in common, if one of the two has no phone."""
        find = self._clients_by_post.get if phoneless else self._phoneless_by_post.get
        for key in by_post:
            if client := find(key):
                return client
        return self._next_client

    def _note_post(self, client: int, by_post: Iterable[Key], *, phoneless: bool) -> None:
        for key in by_post:
            self._clients_by_post.add(key, client)
            if phoneless:
                self._phoneless_by_post.put_first(key, client)
