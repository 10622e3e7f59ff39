"""Which rows are one client, and which repeat a student (R64)."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue
from schoolcrm.core.importing.client_row import ClientRow
from schoolcrm.core.importing.families import Families, Placement
from schoolcrm.core.importing.keys import keys_of
from schoolcrm.core.rules.names import fold

ANNA, EVA = "+79160000001", "+79160000002"


def row(
    student: str,
    payer: str = "",
    phones: Sequence[str] = (),
    birthday: str | None = None,
    email: str = "",
    address: str = "",
) -> ClientRow:
    contacts = [("mobile", phone, phone, None) for phone in phones]
    contacts += [(kind, value, fold(value), None) for kind, value in (("email", email), ("address", address)) if value]
    client = payer or student
    keys = keys_of(fold(student), fold(client), birthday, phones, contacts)
    return ClientRow(
        2,
        student,
        fold(student),
        client,
        fold(client),
        fold(client) == fold(student),
        *keys,
        phones=tuple(phones),
        contacts=tuple(contacts),
        custom=(),
        birthday=birthday,
    )


def place_all(*rows: ClientRow) -> list[tuple[int, int]]:
    families = Families()
    return [(placed.client, placed.student) for placed in map(families.place, rows)]


def test_r64_same_payer_and_phone_are_one_client_with_two_students() -> None:
    families = Families(first_client=10, first_student=20)
    assert families.place(row("Ли Ева", "Ли Анна", [ANNA])) == Placement(10, 20, True, True)
    assert families.place(row("Ли Лев", "ЛИ  анна", [EVA, ANNA])) == Placement(10, 21, False, True)
    assert families.place(row("Ким Лев", "Ким Анна", [ANNA])) == Placement(11, 22, True, True)


def test_r64_same_payer_with_another_phone_is_another_client() -> None:
    assert place_all(row("Ли Ева", "Ли Анна", [ANNA]), row("Ли Лев", "Ли Анна", [EVA])) == [(1, 1), (2, 2)]


@pytest.mark.parametrize(("email", "address"), [("a@example.com", ""), ("", "Мира, 5")])
@pytest.mark.parametrize(("first", "second"), [([], []), ([ANNA], []), ([], [ANNA])])
def test_r64_without_phones_an_email_or_the_address_must_agree(
    email: str, address: str, first: list[str], second: list[str]
) -> None:
    one = row("Ли Ева", "Ли Анна", first, email=email, address=address)
    other = row("Ли Лев", "Ли Анна", second, email=email.upper(), address=address)
    assert place_all(one, other) == [(1, 1), (1, 2)]


def test_r64_without_phones_the_payers_name_alone_is_not_enough() -> None:
    assert place_all(row("Ли Ева", "Ли Анна"), row("Ли Лев", "Ли Анна")) == [(1, 1), (2, 2)]


def test_r64_an_email_does_not_outweigh_different_phones() -> None:
    one = row("Ли Ева", "Ли Анна", [ANNA], email="a@example.com")
    other = row("Ли Лев", "Ли Анна", [EVA], email="a@example.com")
    assert place_all(one, other) == [(1, 1), (2, 2)]


def test_r64_an_adult_learner_and_their_child_are_one_client() -> None:
    assert place_all(row("Ли Анна", "", [ANNA]), row("Ли Ева", "Ли Анна", [ANNA])) == [(1, 1), (1, 2)]


@pytest.mark.parametrize(
    "again",
    [
        row("ли ева", "Ли Анна", [ANNA]),
        row("Ли Ева", "Ли Пётр", [EVA, ANNA]),
        row("Ли Ева", "Ли Пётр", [], "2016-05-01"),
        row("Ли Ева", "Ли Анна"),
    ],
    ids=["phone", "one of the phones", "birth date", "neither: payer"],
)
def test_r64_a_student_is_known_again(again: ClientRow) -> None:
    first = row("Ли Ева", "Ли Анна", [ANNA], "2016-05-01")
    families = Families()
    families.place(first)
    assert families.place(again) == Placement(1, 1, False, False)


@pytest.mark.parametrize(
    "other",
    [
        row("Ли Ева", "Ли Пётр", [EVA], "2016-05-02"),
        row("Ли Ева", "Ли Пётр"),
        row("Ли Ева", "Ли Анна", [EVA]),
        row("Ли Лев", "Ли Анна", [ANNA], "2016-05-01"),
    ],
    ids=["other date and phone", "neither: other payer", "payer counts only without phone", "other name"],
)
def test_r64_another_student_is_not(other: ClientRow) -> None:
    families = Families()
    families.place(row("Ли Ева", "Ли Анна", [ANNA], "2016-05-01"))
    assert families.place(other).new_student


def test_r64_the_earliest_of_several_that_agree_is_taken() -> None:
    students = [row("Ли Ева", "Ли Анна", [phone]) for phone in (ANNA, EVA)]
    assert place_all(*students, row("Ли Ева", "Ли Анна")) == [(1, 1), (2, 2), (1, 1)]
    families = [row("Ли Ева", "Ли Анна", phones) for phones in ([ANNA], [EVA])]
    both, later = row("Ли Лев", "Ли Анна", [ANNA, EVA]), row("Ли Ян", "Ли Анна", [EVA])
    assert place_all(*families, both, later) == [(1, 1), (2, 2), (1, 3), (2, 4)]


def test_r64_a_known_student_can_be_created_again() -> None:
    families = Families()
    first = row("Ли Ева", "Ли Анна", [ANNA])
    families.place(first)
    assert families.place(first, repeat=True) == Placement(1, 2, False, True)


def test_r64_who_is_in_the_database_is_known() -> None:
    families = Families(first_client=8, first_student=9)
    families.know_client(
        3, "ли анна", [ANNA], [("mobile", ANNA, ANNA, None), ("email", "a@example.com", "a@example.com", None)]
    )
    families.know_student(5, 3, name_key="ли ева", client_key="ли анна", birthday="2016-05-01", phones=[ANNA])
    assert families.place(row("Ли Ева", "Ли Анна", [ANNA])) == Placement(3, 5, False, False)
    assert families.place(row("Ли Ева", "Ли Анна")) == Placement(3, 5, False, False)
    assert families.place(row("Ли Лев", "Ли Анна", [ANNA])) == Placement(3, 9, False, True)
    assert families.place(row("Ли Ян", "Ли Анна", email="A@example.com")) == Placement(3, 10, False, True)
    assert families.place(row("Ким Ян")) == Placement(8, 11, True, True)


PEOPLE = st.builds(
    row,
    student=st.sampled_from(["Ли Ева", "Ли Лев", "Ким Ян"]),
    payer=st.sampled_from(["", "Ли Анна", "Ким Ян"]),
    phones=st.lists(st.sampled_from([ANNA, EVA]), max_size=2, unique=True),
    birthday=st.sampled_from([None, "2016-05-01", "2017-05-01"]),
    email=st.sampled_from(["", "a@example.com"]),
    address=st.sampled_from(["", "Мира, 5"]),
)


def test_r64_a_row_that_is_two_clients_students_is_not_guessed_about() -> None:
    families = Families()
    born = row("Ли Ева", "Ли Вера", birthday="2016-05-01")
    phoned = row("Ли Ева", "Ли Анна", phones=[ANNA])
    assert families.place(born).client != families.place(phoned).client
    with pytest.raises(BadValue, match="birth date and the phones"):
        families.place(row("Ли Ева", "Ли Вера", phones=[ANNA], birthday="2016-05-01"))
    assert not families.place(born).new_student


@given(st.lists(PEOPLE, max_size=12))
def test_r64_the_same_rows_a_second_time_bring_nobody_new(rows: list[ClientRow]) -> None:
    families = Families()
    for each in rows:
        with suppress(BadValue):
            families.place(each)
    for each in rows:
        with suppress(BadValue):
            assert not families.place(each).new_student


def is_same_student(one: ClientRow, other: ClientRow) -> bool:
    if one.student_key != other.student_key:
        return False
    if not other.phones and other.birthday is None:
        return one.client_key == other.client_key
    same_birthday = other.birthday is not None and one.birthday == other.birthday
    return same_birthday or bool(set(one.phones) & set(other.phones))


def is_same_client(one: ClientRow, other: ClientRow) -> bool:
    if one.client_key != other.client_key:
        return False
    if one.phones and other.phones:
        return bool(set(one.phones) & set(other.phones))
    post = [{fold(value) for kind, value, _key, _whose in each.contacts if kind != "mobile"} for each in (one, other)]
    return bool(post[0] & post[1])


@given(st.lists(PEOPLE, max_size=10))
def test_r64_whoever_is_new_agrees_with_nobody_before_and_whoever_is_not_agrees_with_somebody(
    rows: list[ClientRow],
) -> None:
    """The rule once more, slowly: each row against every earlier one."""
    families = Families()
    placed: list[Placement] = []
    good: list[ClientRow] = []
    for each in rows:
        before = list(zip(good, placed, strict=True))
        try:
            now = families.place(each)
        except BadValue:
            assert len({there.student for earlier, there in before if is_same_student(earlier, each)}) > 1
            continue
        good.append(each)
        same_students = {there.student for earlier, there in before if is_same_student(earlier, each)}
        # By a phone that the client gets from this row a second import would find them as one.
        namesakes = {
            there.student
            for earlier, there in before
            if (each.phones or each.student_is_client)
            and there.client == now.client
            and earlier.student_key == each.student_key
        }
        assert now.new_student == (not same_students and not namesakes)
        if not now.new_student:
            assert now.student in (same_students or namesakes)
        else:
            clients = {there.client for earlier, there in before if is_same_client(earlier, each) and there.new_student}
            assert clients <= {now.client} or now.client in clients
        placed.append(now)
