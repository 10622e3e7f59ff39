"""A number that named a record never comes to name another, though the first is gone (R54)."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import make_school, run_cli


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    answer(path, "clients", "add", "Anna")
    return path


def test_r54_a_number_taken_back_is_not_given_again(db: Path) -> None:
    assert answer(db, "clients", "add", "Boris", "--phone", "89031112233")["id"] == 2
    answer(db, "undo", "--yes")
    assert answer(db, "clients", "add", "Vera", "--phone", "89031112244")["id"] == 3
    assert "Vera" not in run_cli("history", "client:2", db=db)[1]
    assert "Boris" not in run_cli("history", "client:3", db=db)[1]


def test_r54_what_was_taken_back_can_be_done_again_though_others_were_added_since(db: Path) -> None:
    answer(db, "clients", "add", "Boris", "--phone", "89031112233", "--student", "Oleg")
    answer(db, "payments", "add", "2", "100")
    for _operation in range(2):
        answer(db, "undo", "--yes")
    answer(db, "clients", "add", "Vera", "--phone", "89031112244", "--student", "Lev")
    answer(db, "payments", "add", "Vera", "50")
    for _operation in range(2):
        answer(db, "redo", "--yes")
    assert column(db, "name", "clients", "list") == ["Anna", "Boris", "Vera"]
    assert column(db, "amount", "payments", "list", "--period", "all") == ["50.00", "100.00"]
    answer(db, "db", "check")


def test_r54_numbers_of_an_import_taken_back_stay_theirs(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "ФИО клиента;Имя заказчика;Телефон;Предмет;Группы;Стоимость 1 урока\n"
        "Олег;Борис;8 903 111-22-33;Английский;А1;500\n"
        "Лев;Вера;8 903 111-22-44;Английский;А1;500\n",
        "utf-8",
    )
    assert run_cli("import-csv", str(file), db=db)[0] == 0
    answer(db, "undo", "--yes")
    assert answer(db, "clients", "add", "Grisha", "--phone", "89031112255")["id"] == 4
    answer(db, "status", "set", "in-work", "4")
    answer(db, "redo", "--yes")
    assert column(db, "name", "clients", "list") == ["Anna", "Grisha", "Борис", "Вера"]
    assert column(db, "id", "clients", "list") == [1, 4, 2, 3]
    answer(db, "db", "check")


def test_r54_two_imports_after_one_that_was_taken_back(db: Path, tmp_path: Path) -> None:
    for number, name in enumerate(("Борис", "Вера", "Галина")):
        file = tmp_path / f"people-{number}.csv"
        file.write_text(f"ФИО клиента;Телефон\n{name};8 903 111-22-3{number}\n", "utf-8")
        assert run_cli("import-csv", str(file), db=db)[0] == 0
        if name == "Борис":
            answer(db, "undo", "--yes")
    assert column(db, "id", "clients", "list") == [1, 3, 4]
    assert refusal(db, "clients", "show", "2")
