"""`schoolcrm fields`: what scripts and people get (R50)."""

from pathlib import Path

import pytest
from answers import answer
from builders import make_school, run_cli


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    assert run_cli("clients", "add", "Анна", "--student", "Петя", db=path)[0] == 0
    return path


def test_fields_are_added_listed_with_their_values_and_used(path: Path) -> None:
    choices = ["--choice", "Утро", "--choice", "Вечер"]
    made = answer(path, "fields", "add", "Смена", "--type", "choice", *choices)
    assert made == {"id": 1, "of": "client", "name": "Смена", "type": "choice", "choices": ["Утро", "Вечер"]}
    assert answer(path, "fields", "add", "Класс", "--type", "number", "--of", "student")["id"] == 2
    assert answer(path, "fields", "add", "Тема недели", "--of", "lesson")["type"] == "text"
    answer(path, "clients", "edit", "Анна", "--field", "смена=ВЕЧЕР")
    assert answer(path, "fields", "list")["rows"] == [
        {"id": 1, "of": "client", "name": "Смена", "type": "choice", "choices": ["Утро", "Вечер"], "values": 1},
        {"id": 2, "of": "student", "name": "Класс", "type": "number", "choices": [], "values": 0},
        {"id": 3, "of": "lesson", "name": "Тема недели", "type": "text", "choices": [], "values": 0},
    ]
    assert [row["id"] for row in answer(path, "fields", "list", "--of", "student")["rows"]] == [2]
    (row,) = answer(path, "clients", "list", "field.смена:вечер", "--columns", "field.смена")["rows"]
    assert row == {"field.Смена": "Вечер"}


@pytest.mark.parametrize(
    ("name", "written"),
    [("Рост, см", "Рост см"), ("Сделка: этап", "Сделка этап"), ("a, b:c", "a b c"), ('"ё" (100 %)', '"ё" (100 %)')],
)
def test_a_name_with_signs_stays_as_it_is_and_is_written_without_them(path: Path, name: str, written: str) -> None:
    code, _out, err = run_cli("fields", "add", name, db=path)
    assert (code, written in err) == (0, True)
    assert answer(path, "fields", "list")["rows"][0]["name"] == name
    for each in (name, written):
        answer(path, "clients", "edit", "Анна", "--field", f"{each}=5")
        (row,) = answer(path, "clients", "list", f"field.{written}:5", "--columns", f"field.{written}")["rows"]
        assert row == {f"field.{name}": "5"}
    answer(path, "clients", "edit", "Анна", "--unset", f"field.{name}")
    assert answer(path, "fields", "remove", name, "--yes")["values"] == 0


def test_a_name_with_an_equals_sign_is_refused(path: Path) -> None:
    code, _out, err = run_cli("fields", "add", "a=b", db=path)
    assert (code, err) == (
        1,
        'error: The name "a=b" has an equals sign, which sets a field apart from its value.\n'
        'hint: Call it "a b", for example.\n',
    )
    assert answer(path, "fields", "list")["rows"] == []


def test_removing_is_asked_for_and_says_how_many_records_have_a_value(path: Path) -> None:
    answer(path, "fields", "add", "Рост")
    answer(path, "fields", "add", "Рост", "--of", "student")
    answer(path, "clients", "edit", "Анна", "--field", "Рост=5")
    code, _out, err = run_cli("fields", "remove", "Рост", "--yes", db=path)
    assert (code, err) == (
        2, 'error: Several have a field "Рост": clients, students.\nhint: Say which one with --of client|student.\n'
    )  # fmt: skip
    code, _out, err = run_cli("fields", "remove", "рост", "--of", "client", db=path)
    assert (code, err.splitlines()[0]) == (
        1, 'error: The field "Рост" of clients would be removed, with its value in 1 record.'
    )  # fmt: skip
    removed = answer(path, "fields", "remove", "рост", "--of", "client", "--yes")
    assert removed == {"id": 1, "of": "client", "name": "Рост", "values": 1}
    assert answer(path, "fields", "remove", "рост", "--yes")["of"] == "student"
    assert answer(path, "fields", "list")["rows"] == []


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["add", ""], 1, "NAME is empty."),
        (["add", "x", "--type", "colour"], 1, '"colour" is not a type of field.'),
        (["add", "x", "--of", "dog"], 1, '"dog" has no fields of the school\'s own.'),
        (["list", "--of", "dog"], 1, '--of can\'t be "dog".'),
        (["remove", "x", "--of", "dog"], 1, '--of can\'t be "dog".'),
        (["remove", "Рост"], 1, 'There is no field "Рост".'),
        (["remove", "Рост", "--of", "lesson"], 1, 'There is no field "Рост".'),
    ],
)
def test_mistakes_are_one_sentence(path: Path, words: list[str], code: int, sentence: str) -> None:
    failed, out, err = run_cli("fields", *words, db=path)
    assert (failed, out, err.splitlines()[0]) == (code, "", f"error: {sentence}")
