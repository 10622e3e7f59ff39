"""R62, R66: own fields of students and lessons come in from files; meanings of values; whose a row is; hints."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_student, make_school, reading_school, run_cli, writing_school
from person_at_terminal import Person

OF_STUDENTS = """
    SELECT student.name, field.name, value FROM student_field
      JOIN student ON student.id = student_id JOIN field ON field.id = field_id ORDER BY student.id, field.id
"""


@pytest.fixture
def school(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def write(folder: Path, *rows: Sequence[str], name: str = "c.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


def field(school: Path, name: str, of: str, *more: str) -> None:
    assert run_cli("fields", "add", name, "--of", of, *more, db=school)[0] == 0


def rows_of(school: Path, query: str) -> list[tuple[Any, ...]]:
    with reading_school(school) as open_school:
        return open_school.db.execute(query).fetchall()


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Рост", ()),
        ("рост ", ("--new-fields",)),
        ("field.Рост", ()),
        ("См", ("--map", "См=field.Рост")),
        ("См", ("--map", "См=field.рост", "--new-fields")),
        ("См", ("--map", "См=student.field.Рост")),
        ("См", ("--map", "См=Рост")),
    ],
)
def test_r62_a_students_own_field_is_found(school: Path, tmp_path: Path, heading: str, said: tuple[str, ...]) -> None:
    field(school, "Рост", "student", "--type", "number")
    file = write(tmp_path, ["ФИО", heading], ["Пётр Иванов", "120,5"], ["Ева Ли", ""])
    code, _out, err = run_cli("import-csv", str(file), *said, db=school)
    assert (code, 'own field of the student "Рост"' in err) == (0, True)
    assert rows_of(school, OF_STUDENTS) == [("Пётр Иванов", "Рост", "120.5")]
    assert rows_of(school, "SELECT count(*) FROM field") == [(1,)]
    assert run_cli("undo", "--yes", db=school)[0] == 0
    assert rows_of(school, OF_STUDENTS) == []


def test_r62_of_two_fields_called_alike_the_clients_is_meant(school: Path, tmp_path: Path) -> None:
    for of in ("student", "client"):
        field(school, "Школа", of)
    file = write(tmp_path, ["ФИО", "Школа", "Ш"], ["Пётр Иванов", "№ 1", "№ 2"])
    said = ("--map", "Ш=student.field.Школа", "--save-mapping", "Наш")
    assert run_cli("import-csv", str(file), *said, db=school)[0] == 0
    assert rows_of(school, "SELECT value FROM client_field") == [("№ 1",)]
    assert rows_of(school, OF_STUDENTS) == [("Пётр Иванов", "Школа", "№ 2")]
    other = write(tmp_path, ["ФИО", "Школа", "Ш"], ["Ева Ли", "№ 3", "№ 4"], name="d.csv")
    assert run_cli("import-csv", str(other), "--mapping", "Наш", db=school)[0] == 0
    assert rows_of(school, OF_STUDENTS)[1] == ("Ева Ли", "Школа", "№ 4")


def test_r64_updates_change_a_students_own_field_and_never_empty_it(school: Path, tmp_path: Path) -> None:
    field(school, "Рост", "student", "--type", "number")
    head = ["ФИО", "Телефон", "Рост"]
    first = write(tmp_path, head, ["Пётр Иванов", "89161234567", "120"], ["Ева Ли", "89161234568", "130"])
    run_cli("import-csv", str(first), db=school)
    later = write(tmp_path, head, ["Пётр Иванов", "89161234567", "125"], ["Ева Ли", "89161234568", ""], name="d.csv")
    for updated in (1, 0):
        made = run_cli("import-csv", str(later), "--on-duplicate", "update", "--format", "json", db=school)[1]
        assert json.loads(made)["updated"] == updated
    assert [row[2] for row in rows_of(school, OF_STUDENTS)] == ["125", "130"]


def test_r63_a_bad_value_of_a_students_own_field_rejects_its_row(school: Path, tmp_path: Path) -> None:
    field(school, "Рост", "student", "--type", "number")
    file = write(tmp_path, ["ФИО", "Рост"], ["Пётр Иванов", "высокий"], ["Ева Ли", "130"])
    code, _out, err = run_cli("import-csv", str(file), db=school)
    assert (code, 'row 2 rejected: Рост: "высокий"' in err) == (3, True)


def lessons_file(folder: Path, *rows: Sequence[str], heading: str = "Кабинет") -> Path:
    return write(folder, ["Дата", "Время", "Ученик", "Посещение", heading], *rows, name="l.csv")


@pytest.mark.parametrize(("heading", "said"), [("Кабинет", ()), ("Каб.", ("--map", "Каб.=field.кабинет"))])
def test_r66_lessons_own_fields_come_in(school: Path, tmp_path: Path, heading: str, said: tuple[str, ...]) -> None:
    field(school, "Кабинет", "lesson")
    with writing_school(school) as open_school:
        add_client(open_school, "Лев Ким", phone="89161234567")
    rows = (["03.08.2026", "10:00", "1", "да", "5"], ["04.08.2026", "10:00", "8 (916) 123-45-67", "да", ""])
    file = lessons_file(tmp_path, *rows, heading=heading)
    code, _out, err = run_cli("lessons", "import", str(file), *said, db=school)
    assert (code, 'own field "Кабинет"' in err) == (0, True)
    kept = "SELECT on_date, value FROM lesson_field JOIN lesson ON lesson.id = lesson_id"
    assert rows_of(school, kept) == [("2026-08-03", "5")]
    assert rows_of(school, "SELECT count(*) FROM mark") == [(2,)]
    assert run_cli("undo", "--yes", db=school)[0] == 0
    assert rows_of(school, kept) == []


def test_r66_rows_of_one_lesson_that_differ_in_its_own_field_are_rejected(school: Path, tmp_path: Path) -> None:
    field(school, "Кабинет", "lesson")
    with writing_school(school) as open_school:
        add_client(open_school, "Лев Ким")
        open_school.db.execute("INSERT INTO study_group (name, name_key, created_on) VALUES ('Р', 'р', '2026-01-01')")
        add_client(open_school, "Ева Ли")
    head = ["Дата", "Время", "Группа", "Ученик", "Посещение", "Кабинет"]
    rows = [["03.08.2026", "10:00", "Р", name, "да", room] for name, room in (("Лев Ким", "5"), ("Ева Ли", "6"))]
    code, _out, err = run_cli("lessons", "import", str(write(tmp_path, head, *rows)), db=school)
    assert (code, 'differ in the field "Кабинет": "5" and "6"' in err) == (1, True)


def test_hints_name_only_what_the_command_has(school: Path, tmp_path: Path) -> None:
    lessons = lessons_file(tmp_path, ["03.08.2026", "10:00", "1", "да", "5"])
    _code, _out, err = run_cli("lessons", "import", str(lessons), "--map", "Кабинет=field.Класс", db=school)
    assert "--new-fields" not in err
    assert "'schoolcrm fields add NAME --of lesson' adds one." in err
    payments = write(tmp_path, ["Дата", "Клиент", "Сумма", "X"], ["01.09.2026", "1", "100", "y"], name="p.csv")
    for target in ("field.Рост", "zzzz"):
        code, _out, err = run_cli("payments", "import", str(payments), "--map", f"X={target}", db=school)
        assert (code, f'no field "{target}"' in err, "voided" in err) == (1, True, True)
        assert "--new-fields" not in err
        assert "field:NAME" not in err


@pytest.fixture
def people(school: Path) -> Path:
    with writing_school(school) as open_school:
        add_client(open_school, "Анна Иванова", student="Пётр Иванов", phone="89161234567")
        add_client(open_school, "Лев Ким", phone="89161234568")
        add_student(open_school, 1, "Ева Иванова")
    return school


@pytest.mark.parametrize(
    ("client", "student", "meant"),
    [
        ("2", "", (2, None)),
        ("2.0", "", (2, None)),
        ("8 (916) 123-45-67", "", (1, None)),
        ("89161234568", "", (2, None)),
        ("79161234567", "", (1, None)),
        ("лев ким", "", (2, None)),
        ("1", "3", (1, 3)),
        ("Анна Иванова", "1", (1, 1)),
        ("", "3", (1, 3)),
        ("", "+7 916 123-45-68", (2, 2)),
    ],
)
def test_r66_a_payment_is_given_to_an_id_a_name_or_a_phone(
    people: Path, tmp_path: Path, client: str, student: str, meant: tuple[int, int | None]
) -> None:
    head = ["Дата", "Клиент", "Ученик", "Сумма"]
    file = write(tmp_path, head, ["01.09.2026", client, student, "100"])
    code, _out, err = run_cli("payments", "import", str(file), db=people)
    assert code == 0, err
    assert rows_of(people, "SELECT client_id, student_id FROM payment") == [meant]


@pytest.mark.parametrize(
    ("client", "student", "reason"),
    [
        ("999", "", "There is no client 999."),
        ("Иванова", "", 'No client is called "Иванова". Did you mean: Анна Иванова'),
        ("Зюзя", "", 'No client is called "Зюзя". The full name, a phone or an id will do.'),
        ("1", "2", '"2" is no student of Анна Иванова'),
        ("", "89161234567", 'Several people answer to "+7 916 123-45-67"'),
        ("---", "", '"---" is not a name'),
    ],
)
def test_r66_whose_a_row_is_is_never_guessed(
    people: Path, tmp_path: Path, client: str, student: str, reason: str
) -> None:
    file = write(tmp_path, ["Дата", "Клиент", "Ученик", "Сумма"], ["01.09.2026", client, student, "100"])
    code, _out, err = run_cli("payments", "import", str(file), db=people)
    assert (code, reason in err) == (1, True), err


def test_r63_a_rejected_row_has_the_number_that_a_spreadsheet_shows(school: Path, tmp_path: Path) -> None:
    rows = (["Выгрузка"], [], ["ФИО", "Дата рождения"], ["Ева\nЛи", ""], [], ["Лев Ким", "31.02.2016"])
    code, _out, err = run_cli("import-csv", str(write(tmp_path, *rows)), db=school)
    assert (code, "row 6 rejected: Дата рождения" in err) == (3, True), err


def test_r63_a_rejected_row_of_a_workbook_has_the_number_of_the_sheet(school: Path, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for cell, value in {
        "A2": "ФИО",
        "B2": "Дата рождения",
        "A5": "Ева Ли",
        "A9": "Лев Ким",
        "B9": "31.02.2016",
    }.items():
        book.active[cell] = value
    book.save(tmp_path / "c.xlsx")
    code, _out, err = run_cli("import-csv", str(tmp_path / "c.xlsx"), db=school)
    assert (code, "row 9 rejected: Дата рождения" in err) == (3, True), err


def test_r62_an_unknown_status_says_how_it_is_mapped_or_added(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["ФИО", "Статус"], ["Пётр Иванов", "Бросил"], ["Ева Ли", "Новый"])
    code, _out, err = run_cli("import-csv", str(file), db=school)
    assert code == 3
    for part in ('"Бросил"', "Отказался", "--map 'Статус:Бросил=refused'", "schoolcrm status add refused 'Бросил'"):
        assert part in err
    said = ("--map", "Статус:Бросил=refused", "--save-mapping", "Наш")
    code, _out, err = run_cli("import-csv", str(file), *said, db=school)
    assert (code, '"Бросил" → refused' in err) == (0, True)
    base = "SELECT base FROM client JOIN status ON status.id = status_id WHERE client.name = 'Пётр Иванов'"
    assert rows_of(school, base) == [("refused",)]
    other = write(tmp_path, ["ФИО", "Статус"], ["Лев Ким", "бросил "], name="d.csv")
    code, _out, err = run_cli("import-csv", str(other), "--mapping", "Наш", db=school)
    assert (code, "the file lacks" in err) == (0, False)
    assert rows_of(school, base.replace("Пётр Иванов", "Лев Ким")) == [("refused",)]


def test_r62_a_value_can_be_left_out_and_rejected_rows_keep_theirs(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["ФИО", "Пол", "Дата рождения"], ["Пётр Иванов", "?", ""], ["Ева Ли", "?", "31.02.2016"])
    assert run_cli("import-csv", str(file), "--map", "Пол:?=-", db=school)[0] == 3
    assert rows_of(school, "SELECT name, sex FROM student") == [("Пётр Иванов", None)]
    assert "Ева Ли;?;31.02.2016" in (tmp_path / "c.rejected.csv").read_text("utf-8")


def test_a_meaning_of_a_value_that_would_do_nothing_is_refused(school: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["ФИО", "Ерунда"], ["Пётр Иванов", "x"])
    code, _out, err = run_cli("import-csv", str(file), "--map", "Ерунда:x=y", db=school)
    assert (code, 'The column "Ерунда" is not imported' in err) == (1, True)
    code, _out, err = run_cli("import-csv", str(file), "--map", "Нет:x=y", db=school)
    assert (code, 'no heading "Нет:x"' in err, "Its headings: ФИО, Ерунда." in err) == (1, True, True)


def test_r66_values_of_payments_can_be_mapped(people: Path, tmp_path: Path) -> None:
    file = write(tmp_path, ["Дата", "Клиент", "Сумма", "Вид"], ["01.09.2026", "1", "100", "Нал"])
    assert run_cli("payments", "import", str(file), db=people)[0] == 1
    assert run_cli("payments", "import", str(file), "--map", "Вид:нал=income", db=people)[0] == 0


@pytest.fixture
def asked(school: Path, tmp_path: Path) -> Iterator[Person]:
    rows = (["Пётр Иванов", "Бросил", "x"], ["Ева Ли", "бросил", ""], ["Лев Ким", "Уволен", ""])
    file = write(tmp_path, ["ФИО", "Статус", "Ерунда"], *rows)
    person = Person(school, "import-csv", str(file), "--map", "ask")
    yield person
    person.leaves()


def test_r62_map_ask_asks_what_a_status_means_and_takes_names(school: Path, asked: Person) -> None:
    asked.sees('"Ерунда", for example "x"\n.*the list again:')
    asked.types("note\n")
    asked.sees(r'"Бросил" is no status of the school; it stands in 2 rows\.\n.*reject these rows:')
    asked.types("zzz\n")
    asked.sees(r'No status is called "zzz".*\n.*reject these rows:')
    asked.types("refused\n")
    asked.sees(r'"Уволен" is no status of the school; it stands in 1 row\.\n.*reject these rows:')
    asked.types("\n")
    assert asked.ends() == 3
    bases = "SELECT client.name, base, note FROM client JOIN status ON status.id = status_id ORDER BY client.id"
    assert rows_of(school, bases) == [("Пётр Иванов", "refused", "x"), ("Ева Ли", "refused", None)]


def test_a_first_sheet_that_is_a_note_is_told_with_the_other_sheets(school: Path, tmp_path: Path) -> None:
    from openpyxl import Workbook

    for rows in ([["Прочтите это"]], [["Прочтите это"], ["и это"]]):
        book = Workbook()
        book.active.title = "Заметка"
        for row in rows:
            book.active.append(row)
        for title in ("Клиенты", "Ещё"):
            book.create_sheet(title).append(["ФИО"])
        book["Клиенты"].append(["Пётр Иванов"])
        book.save(tmp_path / "c.xlsx")
        code, _out, err = run_cli("import-csv", str(tmp_path / "c.xlsx"), db=school)
        assert code == 1
        assert 'The sheet "Заметка" was read; --sheet chooses another one: Клиенты, Ещё.' in err
    assert run_cli("import-csv", str(tmp_path / "c.xlsx"), "--sheet", "Клиенты", db=school)[0] == 0


def test_a_guessed_encoding_may_be_wrong_and_the_hint_says_so(school: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    for text, encoding, told in (("Абв;Где\nЛи;1\n", "cp1251", True), ("Абв;Где\nЛи;1\n", "utf-8", False)):
        file.write_bytes(text.encode(encoding))
        code, _out, err = run_cli("import-csv", str(file), db=school)
        assert (code, "--encoding" in err) == (1, told), err
    file.write_bytes("Абв;Где\nЛи;1\n".encode("cp1251"))
    assert "--encoding" not in run_cli("import-csv", str(file), "--encoding", "cp1251", db=school)[2]


def test_many_rejected_rows_are_told_in_part_but_a_dry_run_tells_all(school: Path, tmp_path: Path) -> None:
    bad = [["Пётр Иванов", "31.02.2016"] for _number in range(50)]
    file = write(tmp_path, ["ФИО", "Дата рождения"], ["Ева Ли", ""], *bad)
    _code, _out, err = run_cli("import-csv", str(file), "--dry-run", db=school)
    assert err.count(" rejected: ") >= 50
    code, _out, err = run_cli("import-csv", str(file), "--strict", db=school)
    assert (code, err.count(" rejected: "), "30 more rows; --dry-run shows all" in err) == (1, 20, True)
    code, _out, err = run_cli("import-csv", str(file), db=school)
    assert (code, err.count("31.02.2016")) == (3, 20)
    assert f"… and 30 more rows; all are in {tmp_path / 'c.rejected.csv'}" in err
    nothing_good = write(tmp_path, ["ФИО", "Дата рождения"], *bad, name="d.csv")
    code, _out, err = run_cli("import-csv", str(nothing_good), db=school)
    assert (code, f"30 more rows; all are in {tmp_path / 'd.rejected.csv'}" in err) == (1, True)


def test_r66_digits_are_an_id_before_they_are_a_phone(people: Path, tmp_path: Path) -> None:
    with writing_school(people) as open_school:
        open_school.db.execute(
            "INSERT INTO client (id, name, name_key, status_id, stage_id, created_on)"
            " SELECT 89161234567, 'Яна Юн', 'яна юн', status_id, stage_id, created_on FROM client WHERE id = 2"
        )
    file = write(tmp_path, ["Дата", "Клиент", "Сумма"], ["01.09.2026", "89161234567", "100"])
    assert run_cli("payments", "import", str(file), db=people)[0] == 0
    assert rows_of(people, "SELECT client_id FROM payment") == [(89161234567,)]
