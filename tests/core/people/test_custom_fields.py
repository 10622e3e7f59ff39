"""The school's own fields of clients and students (R50)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, make_school, student_of, writing_school

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.people.custom_fields import (
    add_field,
    count_values,
    entities_with,
    fields_of,
    find_field,
    parse_assignments,
    read_value,
    read_values,
    remove_field,
    set_values,
)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        add_field(school, "client", "Рост", type="number")
        add_field(school, "client", "Школа")
        add_field(school, "client", "Смена", type="choice", choices=["Утро", "Вечер"])
        add_field(school, "client", "Анкета", type="date")
        add_field(school, "client", "Согласие", type="bool")
        add_field(school, "student", "Класс")
        yield school


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("рост", "120,5", "120.5"),
        ("рост", "0,000000001", "0.000000001"),
        ("рост", "1 200", "1200"),
        ("ШКОЛА", " № 5 ", "№ 5"),
        ("смена", "вечер", "Вечер"),
        ("анкета", "01.09.26", "2026-09-01"),
        ("согласие", "да", "1"),
        ("согласие", "no", "0"),
    ],
)
def test_values_are_kept_by_type(school: Any, name: str, text: str, kept: str) -> None:
    assert read_value(find_field(school.db, "client", name), text, TODAY) == kept


@pytest.mark.parametrize(
    ("name", "text"),
    [("Рост", "высокий"), ("Рост", "1,000"), ("Смена", "день"), ("Анкета", "32.01.2026"), ("Согласие", "может")],
)
def test_a_value_of_the_wrong_type_names_the_field(school: Any, name: str, text: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_value(find_field(school.db, "client", name), text, TODAY)
    assert caught.value.sentence.startswith(f'"{name}": ')
    assert text in caught.value.sentence


def test_setting_again_replaces_and_empty_removes(school: Any) -> None:
    client = add_client(school)

    def told(*texts: str) -> tuple[Any, ...]:
        set_values(school, "client", client, read_values(school.db, "client", parse_assignments(texts), TODAY))
        columns = ["field.Рост", "field.Школа", "field.Согласие"]
        return list_rows(school.db, TODAY, CLIENTS, Wish(columns=columns)).rows[0]

    assert told("Рост=120", "школа=а=б", "согласие=да") == (120, "а=б", 1)
    assert told("рост=121.5", "Школа=") == (121.5, None, 1)


def test_fields_belong_to_clients_or_to_students(school: Any) -> None:
    assert [field.name for field in fields_of(school.db, "student")] == ["Класс"]
    student = student_of(school, add_client(school))
    set_values(school, "student", student, read_values(school.db, "student", {"Класс": "2 А"}, TODAY))
    with pytest.raises(NotFound):
        find_field(school.db, "client", "Класс")


def test_an_unknown_field_suggests_the_nearest_or_lists_them(school: Any) -> None:
    with pytest.raises(NotFound) as caught:
        find_field(school.db, "client", "Шкала")
    assert caught.value.hint == "Did you mean: Школа?"
    with pytest.raises(NotFound) as caught:
        find_field(school.db, "lesson", "Шкала")
    assert caught.value.hint == "The school has added no fields of its own yet."


@pytest.mark.parametrize("text", ["", "Рост", "=5", " = "])
def test_an_assignment_needs_a_name_and_an_equals_sign(text: str) -> None:
    with pytest.raises(BadValue):
        parse_assignments([text])


def test_a_field_of_the_same_name_is_refused(school: Any) -> None:
    with pytest.raises(Refused):
        add_field(school, "client", " рост")
    with pytest.raises(BadValue):
        add_field(school, "client", " ")
    add_field(school, "student", "Рост")


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"type": "colour"}, '"colour" is not a type of field.'),
        ({"type": "choice"}, 'The field "Новое" has nothing to choose from.'),
        ({"type": "choice", "choices": ["а", " "]}, 'A choice of the field "Новое" is empty.'),
        ({"type": "choice", "choices": ["Ёж", "еж"]}, 'The choice "еж" is given twice.'),
        ({"type": "date", "choices": ["а"]}, 'The field "Новое" has choices, but its type is date.'),
        ({"entity": "group"}, '"group" has no fields of the school\'s own.'),
        ({"name": ":,="}, "A field needs a name."),
        ({"name": "а=б"}, 'The name "а=б" has an equals sign, which sets a field apart from its value.'),
    ],
)
def test_a_field_that_can_not_be_is_refused(school: Any, details: dict[str, Any], sentence: str) -> None:
    given = {"entity": "client", "name": "Новое", **details}
    with pytest.raises(BadValue) as caught:
        add_field(school, given.pop("entity"), given.pop("name"), **given)
    assert caught.value.sentence == sentence


def test_names_that_differ_in_signs_only_are_one(school: Any) -> None:
    add_field(school, "client", "Сделка: этап")
    with pytest.raises(Refused):
        add_field(school, "client", "сделка этап")
    assert find_field(school.db, "client", "СДЕЛКА этап").name == "Сделка: этап"


def test_a_field_is_removed_with_its_values(school: Any) -> None:
    clients = [add_client(school, name) for name in ("Анна", "Борис")]
    field = find_field(school.db, "client", "Рост")
    for client in clients:
        set_values(school, "client", client, {field: "5"})
    other = find_field(school.db, "client", "Школа")
    set_values(school, "client", clients[0], {other: "7"})
    add_field(school, "student", "Рост")
    assert (count_values(school.db, "client", field.id), entities_with(school.db, "рост")) == (2, ["client", "student"])
    remove_field(school, "client", field.id)
    assert count_values(school.db, "client", field.id) == 0
    assert count_values(school.db, "client", other.id) == 1
    assert entities_with(school.db, "рост") == ["student"]
