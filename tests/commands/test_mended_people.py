"""Clients and students at the command line: days in words, what a change says, names that are meant (R50, R52)."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, add_plan, make_school, run_cli, sell_plan, writing_school

from schoolcrm.core.people.custom_fields import add_field
from schoolcrm.core.rules.names import known_names


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна (1) with Петя, Борис (2) with Олег; own fields Кdate, Рост, «a=b»."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        add_client(school, "Анна", student="Петя")
        add_client(school, "Борис", student="Олег")
        add_field(school, "client", "Кdate", type="date")
        add_field(school, "client", "Рост", type="number")
        add_field(school, "student", "Рост", type="number")
    return path


def told(db: Path, *words: str) -> str:
    code, _out, err = run_cli(*words, db=db)
    assert code == 0, err
    return err


@pytest.mark.parametrize(
    ("written", "day"), [("yesterday", "2026-08-31"), ("сегодня", "2026-09-01"), ("-2w", "2026-08-18")]
)
def test_a_birthday_is_told_in_words_too(db: Path, written: str, day: str) -> None:
    told(db, "clients", "edit", "Анна", f"--birthday={written}")
    told(db, "students", "edit", "Петя", f"--birthday={written}")
    told(db, "clients", "bulk", "Борис", "--set", f"birthday={written}", "--yes")
    told(db, "clients", "add", "Вера", "--student", f"Ия:{written}")
    assert column(db, "birthday", "clients", "list", "--columns", "id,birthday") == [day, day, None]
    assert column(db, "birthday", "students", "list", "name:Ия,Петя", "--columns", "birthday") == [day, day]


@pytest.mark.parametrize(("written", "day"), [("today", "2026-09-01"), ("+7d", "2026-09-08"), ("пн", "2026-09-07")])
def test_a_date_of_the_schools_own_is_told_in_words_too(db: Path, written: str, day: str) -> None:
    told(db, "clients", "edit", "Анна", "--field", f"Кdate={written}")
    told(db, "clients", "bulk", "Борис", "--set", f"field.Кdate={written}", "--yes")
    assert column(db, "field.Кdate", "clients", "list", "--columns", "field.Кdate") == [day, day]


def test_a_cell_of_a_file_tells_no_day_in_words(tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text("Заказчик;Ученик;Дата рождения\nАнна;Петя;вчера\nБорис;Олег;01.05.2018\n", encoding="utf-8")
    assert run_cli("import-csv", str(file), db=tmp_path / "school.db")[0] == 3


def test_an_edit_that_changes_nothing_says_so(db: Path) -> None:
    assert told(db, "clients", "edit", "Анна", "--sex", "f") == "Client 1 changed: Анна.\n"
    again = "Nothing to change: client 1, Анна, has these values already.\n"
    assert told(db, "clients", "edit", "Анна", "--sex", "f", "--name", "Анна") == again
    assert told(db, "students", "edit", "Петя", "--sex", "m") == "Student 1 changed: Петя.\n"
    again = "Nothing to change: student 1, Петя, has these values already.\n"
    assert told(db, "students", "edit", "Петя", "--sex", "m") == again


def test_unset_means_an_own_field_by_its_plain_name_too(db: Path) -> None:
    for kind, name in (("clients", "Анна"), ("students", "Петя")):
        told(db, kind, "edit", name, "--field", "Рост=120")
        told(db, kind, "edit", name, "--unset", "рост")
        assert column(db, "field.Рост", kind, "list", name, "--columns", "field.Рост") == [None]
        assert "field.Рост" in refusal(db, kind, "edit", name, "--unset", "вес")


def test_what_was_removed_is_told_by_its_label(db: Path) -> None:
    told(db, "clients", "edit", "Анна", "--birthday", "1990-05-01", "--field", "Рост=170")
    words = ("clients", "edit", "Анна", "--unset", "birthday", "--unset", "рост")
    assert told(db, *words) == "Client 1 changed: Анна. Removed: Birthday, Рост.\n"


def test_an_own_field_without_its_prefix_is_suggested(db: Path) -> None:
    assert "Did you mean: field.Рост?" in refusal(db, "clients", "list", "рост:150")


def test_a_field_is_said_as_it_is_written(db: Path) -> None:
    said = told(db, "fields", "add", "Рост, см")
    assert said == 'Field 4 of clients added: Рост, см. In queries and options it is written "Рост см".\n'
    assert told(db, "fields", "add", "Вес") == "Field 5 of clients added: Вес.\n"
    told(db, "clients", "edit", "Анна", "--field", "Рост см=120")
    assert column(db, "id", "clients", "list", "field.Рост см:120") == [1]


def test_all_own_fields_are_told_when_none_is_near(db: Path) -> None:
    said = refusal(db, "clients", "edit", "Анна", "--field", "zzz=1")
    assert "The school's own fields: Кdate, Рост." in said


def test_of_what_there_is_the_nearest_come_first_and_ten_at_most() -> None:
    assert known_names("Крта", ["Наличные", "Карта", "Счёт"]) == "Карта, Наличные, Счёт"
    assert known_names("x", map(str, range(12))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …"


def test_help_names_a_default_once() -> None:
    _code, out, _err = run_cli("fields", "add", "--help")
    assert out.casefold().count("default") == 2


def test_one_name_is_not_for_several(db: Path) -> None:
    said = refusal(db, "clients", "bulk", "is:lead", "--set", "name=Галя", "--yes")
    assert 'The query finds 2 clients, who can\'t all be called "Галя".' in said
    assert told(db, "clients", "bulk", "Анна", "--set", "name=Галя", "--yes") == "1 client changed.\n"
    assert column(db, "name", "clients", "list") == ["Борис", "Галя"]


def test_the_question_of_many_says_what_is_set_to_what(db: Path) -> None:
    told(db, "clients", "edit", "Анна", "--note", "x")
    sets = ("--set", "birthday=yesterday", "--set", "note=", "--set", "status=reserve", "--set", "field.рост=1,5")
    said = refusal(db, "clients", "bulk", "Анна", *sets)
    assert "To be set: Birthday = 2026-08-31; Note = —; Status = Резерв; Рост = 1.5." in said


def test_r53_an_undone_merge_and_move_bring_the_stages_back(db: Path) -> None:
    with writing_school(db) as school:
        plan_id = add_plan(school, "lesson", 700_00)
        for _count in range(3):
            sell_plan(school, 1, plan_id, school.today)
    before = answer(db, "clients", "list", "--columns", "name,status,stage,lead")["rows"]
    told(db, "students", "move", "Петя", "--to", "Борис")
    assert column(db, "stage", "clients", "list", "--columns", "stage") == ["newcomer", "regular"]
    told(db, "undo", "--yes")
    told(db, "clients", "merge", "Борис", "Анна", "--yes")
    assert column(db, "stage", "clients", "list", "--columns", "stage") == ["regular"]
    told(db, "undo", "--yes")
    assert answer(db, "clients", "list", "--columns", "name,status,stage,lead")["rows"] == before
