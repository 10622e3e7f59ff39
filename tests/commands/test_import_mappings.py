"""R61: mappings saved under a name, and asked for heading by heading (`--map ask`)."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders import make_school, reading_school, run_cli
from person_at_terminal import Person


@pytest.fixture
def school(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def write(folder: Path, *rows: Sequence[str], name: str = "c.csv") -> Path:
    path = folder / name
    path.write_text("".join(";".join(row) + "\n" for row in rows), "utf-8")
    return path


def rows_of(school: Path, query: str) -> list[tuple[Any, ...]]:
    with reading_school(school) as open_school:
        return open_school.db.execute(query).fetchall()


def test_a_mapping_is_saved_and_used_again(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["Кто", "Звонить", "Ерунда"], ["Пётр Иванов", "89161234567", "x"])
    said = ("--map", "Кто=student", "--map", "Звонить=phone", "--map", "Ерунда=-")
    code, _out, err = run_cli("import-csv", str(file), *said, "--save-mapping", "Наш файл", db=school)
    assert (code, 'saved as "Наш файл"' in err) == (0, True)
    kept = rows_of(school, "SELECT source, name, headings FROM saved_mapping")
    assert [(source, name, json.loads(headings)) for source, name, headings in kept] == [
        ("clients", "Наш файл", {"Кто": "student", "Звонить": "phone", "Ерунда": ""})
    ]
    other = write(tmp_path, ["Звонить", "Кто"], ["89169998877", "Ева Ли"], name="d.csv")
    code, _out, err = run_cli("import-csv", str(other), "--mapping", "наш  ФАЙЛ", db=school)
    assert code == 0
    assert "headings that the file lacks: Ерунда" in err
    assert rows_of(school, "SELECT value FROM contact ORDER BY id") == [("+79161234567",), ("+79169998877",)]


def test_saving_again_replaces_and_the_same_is_no_change(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["Кто"], ["Пётр Иванов"])
    words = ("import-csv", str(file), "--save-mapping", "Мой", "--map")
    for said in ("Кто=student", "Кто=student", "Кто=last_name"):
        assert run_cli(*words, said, db=school)[0] == 0
    assert rows_of(school, "SELECT count(*), headings FROM saved_mapping") == [(1, '{"Кто": "last_name"}')]
    assert rows_of(school, "SELECT count(*) FROM operation WHERE command = 'import-csv'") == [(2,)]


def test_an_unknown_mapping_is_refused_with_suggestions(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["ФИО"], ["Пётр Иванов"])
    code, _out, err = run_cli("import-csv", str(file), "--mapping", "Наш", db=school)
    assert (code, '"Наш"' in err, "none is saved yet" in err) == (1, True, True)
    run_cli("import-csv", str(file), "--save-mapping", "Наш файл", db=school)
    assert "Did you mean: Наш файл?" in run_cli("import-csv", str(file), "--mapping", "Наш фаил", db=school)[2]
    assert "There are: Наш файл." in run_cli("import-csv", str(file), "--mapping", "Zzz", db=school)[2]
    assert "Наш" in run_cli("payments", "import", str(file), "--mapping", "Наш файл", db=school)[2]
    assert "--save-mapping is empty" in run_cli("import-csv", str(file), "--save-mapping", " ", db=school)[2]


def test_a_dry_run_saves_no_mapping(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["ФИО"], ["Пётр Иванов"])
    code, _out, err = run_cli("import-csv", str(file), "--save-mapping", "Мой", "--dry-run", db=school)
    assert (code, "saved as" in err) == (0, False)
    assert rows_of(school, "SELECT count(*) FROM saved_mapping") == [(0,)]


def test_off_a_terminal_nobody_can_be_asked(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["ФИО", "Ерунда"], ["Пётр Иванов", "x"])
    code, _out, err = run_cli("import-csv", str(file), "--map", "ask", db=school)
    assert (code, "no terminal" in err, "--map 'Heading=field'" in err) == (1, True, True)


@pytest.fixture
def asked(school: Path, tmp_path: Path) -> Iterator[Person]:
    file = write(
        tmp_path,
        ["Кто", "Телефон", "Школа", "Баланс", "Остаток", "Ещё", ""],
        ["", "", "", "", "", "", ""],
        ["Пётр Иванов", "89161234567", "Гимназия № 2", "100", "200", "важно", "x"],
    )
    person = Person(school, "import-csv", str(file), "--map", "ask", "--save-mapping", "Наш")
    yield person
    person.leaves()


def test_each_unclear_heading_is_asked_about(school: Path, asked: Person) -> None:
    prompt = r"the list again:"
    asked.sees(r'"Кто", for example "Пётр Иванов"\n.*' + prompt)
    assert "  1. student's name" in asked.screen
    asked.types("77\n")
    asked.sees(r"77 is not in the list: 1 to \d+\.\n.*" + prompt)
    asked.types("1\n")
    asked.sees('"Школа", for example "Гимназия № 2"\n.*' + prompt)
    asked.types("1\n")  # another heading is the student's name already
    asked.sees(r"already\.\n.*" + prompt)
    asked.types("n\n")
    asked.sees('"Баланс", for example "100"\n.*' + prompt)
    asked.types("\n")
    asked.sees('"Остаток", for example "200"\n.*' + prompt)
    (number,) = [line.split(".")[0].strip() for line in asked.screen.splitlines() if line.endswith(". balance")]
    asked.types(f"{number}\n")
    asked.sees('"Ещё", for example "важно"\n.*' + prompt)
    asked.types("\n")
    asked.sees('"column 7", for example "x"\n.*' + prompt)
    asked.types("\n")
    assert asked.ends() == 0
    assert rows_of(school, "SELECT field.name, value FROM client_field JOIN field ON field.id = field_id") == [
        ("Школа", "Гимназия № 2")
    ]
    assert rows_of(school, "SELECT amount FROM payment") == [(20000,)]
    assert json.loads(rows_of(school, "SELECT headings FROM saved_mapping")[0][0])["Кто"] == "student"


def test_r61_a_field_is_named_by_any_heading_it_is_known_by(school: Path, asked: Person) -> None:
    answers = {"Кто": "ф.и.о.", "Школа": "Комментарий", "Баланс": "", "Остаток": "", "Ещё": "", "column 7": ""}
    for heading, answer in answers.items():
        asked.sees(rf'"{heading}", for example .*\n.*the list again:')
        asked.types(f"{answer}\n")
    assert asked.ends() == 0
    assert rows_of(school, "SELECT name, note FROM client") == [("Пётр Иванов", "Гимназия № 2")]


def test_ctrl_c_at_a_question_changes_nothing(school: Path, asked: Person) -> None:
    asked.sees("the list again:")
    asked.types("\x03")
    assert asked.ends() == 130
    assert rows_of(school, "SELECT count(*) FROM client") == [(0,)]
