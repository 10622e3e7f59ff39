"""Invented people: always the same, of the right shape, and nobody's."""

import pytest

from schoolcrm.core.rules.invented import invented_contact, invented_name


@pytest.mark.parametrize(
    ("sex", "like", "words", "ends"),
    [
        ("f", "Анна", 1, ""),
        ("f", "Анна Иванова", 2, "а"),
        ("m", "Пётр Иванов", 2, "н"),
        (None, "Иванова Анна Петровна", 3, "на"),
        (None, "Иванов Пётр Петрович", 3, "ич"),
        ("m", "Анна Иванова Петровна Старшая", 3, "ич"),
        (None, "", 1, ""),
    ],
)
def test_a_name_has_the_shape_of_the_one_it_replaces(sex: str | None, like: str, words: int, ends: str) -> None:
    name = invented_name(43, 43, sex, like)
    assert len(name.split()) == words
    assert name.endswith(ends)
    assert name == invented_name(43, 43, sex, like)


def test_a_family_has_one_surname() -> None:
    mother = invented_name(7, 7, "f", "Анна Иванова").split()[1]
    son = invented_name(7, -9, "m", "Пётр Иванов").split()[1]
    assert mother == f"{son}а"


def test_names_of_three_words_are_all_different() -> None:
    assert len({invented_name(number, number, "f", "а б в") for number in range(33_672)}) == 33_672


def test_contacts_are_nobodys() -> None:
    assert invented_contact("mobile", 12) == "+70000000012"
    assert invented_contact("email", 12) == "client12@example.com"
    kinds = ("mobile", "email", "address", "skype", "link", "metro")
    assert len({invented_contact(kind, number) for kind in kinds for number in range(50)}) == len(kinds) * 50
