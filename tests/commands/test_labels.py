"""Labels by `schoolcrm config` (R57): in lists, reports and cards, in every format and language, and back again."""

import json
import zipfile
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from builders import add_client, add_group, make_school, run_cli, student_of, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        client = add_client(school, "Анна Иванова", student="Пётр Иванов", phone="8 916 123-45-67")
        add_group(school, "Робо 1")
        assert student_of(school, client)
    return path


def run(db: Path, *words: str, lang: str = "en") -> str:
    code, out, err = run_cli(*words, db=db, lang=lang)
    assert code == 0, err
    return out


def label(db: Path, **words: str) -> None:
    for key, word in words.items():
        run(db, "config", "set", f"label.{key}", word)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_r57_lists_cards_and_reports_say_the_words_of_the_school(db: Path, lang: str) -> None:
    label(db, students="Учащиеся", student="Учащийся", client="Заказчик", clients="Заказчики")
    clients = run(db, "clients", "list", lang=lang)
    assert clients.startswith("Заказчики\n")
    assert "Учащиеся" in clients
    assert run(db, "students", "list", lang=lang).startswith("Учащиеся\n")
    assert "\nУчащиеся\n" in run(db, "clients", "show", "Анна", lang=lang)
    assert "учащийся" in run(db, "history", "--entity", "student", lang=lang)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_r57_keys_and_names_of_commands_never_change(db: Path, lang: str) -> None:
    before = json.loads(run(db, "students", "list", "--format", "json", lang=lang))
    csv = run(db, "students", "list", "--format", "csv", lang=lang)
    label(db, students="Учащиеся", student="Учащийся", client="Заказчик", lessons="Уроки")
    after = json.loads(run(db, "students", "list", "--format", "json", lang=lang))
    assert after["rows"] == before["rows"]
    assert [column["key"] for column in after["columns"]] == [column["key"] for column in before["columns"]]
    assert (after["title"], after["columns"][1]["label"]) == ("Учащиеся", "Учащийся")
    assert run(db, "students", "list", "--format", "csv", lang=lang) == csv


def test_r57_html_and_xlsx_have_them_too(db: Path, tmp_path: Path) -> None:
    label(db, students="Учащиеся", clients="Заказчики")
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    run(db, "clients", "list", "-o", str(page))
    run(db, "clients", "list", "-o", str(book))
    assert "<h1>Заказчики</h1>" in page.read_text("utf-8")
    with zipfile.ZipFile(book) as file:
        texts = [
            text for name in file.namelist() if name.endswith(".xml") for text in fromstring(file.read(name)).itertext()
        ]
    assert "Учащиеся" in texts


def test_r57_the_usual_word_comes_back(db: Path) -> None:
    usual = run(db, "clients", "list")
    label(db, clients="Заказчики")
    assert run(db, "clients", "list") != usual
    code, _out, err = run_cli("config", "unset", "label.clients", db=db, lang="en")
    assert (code, err) == (0, "label.clients is back to its default: Clients.\n")
    assert run(db, "clients", "list") == usual


def test_r57_an_undo_takes_a_label_back(db: Path) -> None:
    usual = run(db, "clients", "list")
    label(db, clients="Заказчики")
    run(db, "undo", "--yes")
    assert run(db, "clients", "list") == usual


def test_r57_the_word_in_use_and_the_usual_one_are_listed(db: Path) -> None:
    label(db, students="Учащиеся")
    rows = {row["key"]: row for row in json.loads(run(db, "config", "list", "--format", "json"))["rows"]}
    assert (rows["label.students"]["value"], rows["label.students"]["default"]) == ("Учащиеся", "Students")
    assert rows["label.client"]["value"] == "Client"
    assert run(db, "config", "get", "label.students", lang="ru") == "Учащиеся\n"
    assert run(db, "config", "get", "label.groups", lang="ru") == "Группы\n"


def test_r57_kinds_of_records_are_named_by_the_usual_words_as_well(db: Path) -> None:
    label(db, student="Учащийся")
    for kind in ("student", "ученик", "учащийся"):
        assert "Пётр" in run(db, "history", "--entity", kind, lang="ru")


def test_r57_an_unknown_label_lists_the_nearest(db: Path) -> None:
    code, _out, err = run_cli("config", "set", "label.student s", "Учащиеся", db=db, lang="en")
    assert code == 1
    assert "label.students" in err


def test_r57_a_word_that_is_none_is_refused(db: Path) -> None:
    code, _out, err = run_cli("config", "set", "label.students", "{label}", db=db, lang="en")
    assert code == 1
    assert "hint:" in err
    assert run(db, "config", "get", "label.students") == "Students\n"
