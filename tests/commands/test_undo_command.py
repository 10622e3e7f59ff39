"""`undo` and `redo`: what is chosen, what is asked, what stands in the way (R54)."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from answers import answer, refusal, school_after_a_sale
from builders import run_cli

TODAY = "2026-09-30"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A school with a client, a group of one and a package; operations 2 to 7."""
    return school_after_a_sale(tmp_path, TODAY)


def does(path: Path, *words: str, user: str = "tester") -> Any:
    """Run the command, which must end well; return what it printed as JSON."""
    code, out, err = run_cli(*words, "--format", "json", db=path, today=TODAY, env={"SCHOOLCRM_USER": user})
    assert code == 0, err
    made = json.loads(out)
    if "undone" in made or "redone" in made:
        assert made.pop("operation") == made["id"]
    return made


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def last_operation(path: Path) -> int:
    return int(rows(path, "SELECT max(id) FROM operation")[0][0])


def names(path: Path) -> list[str]:
    return [name for (name,) in rows(path, "SELECT name FROM client ORDER BY id")]


# What is chosen -----------------------------------------------------------------------------------------


def test_r54_undo_takes_back_the_last_operation_whole_and_says_what(db: Path) -> None:
    made = does(db, "undo", "--yes")
    assert made == {"id": 8, "undone": 7, "command": "subscription sell", "records": 4}
    assert rows(db, "SELECT * FROM subscription") == []
    assert rows(db, "SELECT undoes, command FROM operation WHERE id = 8") == [(7, "undo")]


def test_undo_is_asked_for_and_shows_what_it_would_do(db: Path) -> None:
    said = refusal(db, "undo")
    assert "Operation 7 would be undone: subscription sell, by tester on" in said
    assert re.search(r"4 records: .*\bsubscription\b", said)
    assert not re.search(
        r"records: .*[^×\d]\d", said.partition(" Repeat")[0]
    )  # what is counted is no number of a record
    assert "--yes" in said
    assert len(rows(db, "SELECT * FROM subscription")) == 1


def test_a_dry_run_of_undo_shows_it_and_changes_nothing(db: Path) -> None:
    code, _out, err = run_cli("undo", "--dry-run", db=db)
    assert code == 0
    assert "would be undone" in err
    assert "nothing was changed" in err
    assert last_operation(db) == 7


def test_undo_walks_back_and_redo_walks_forward(db: Path) -> None:
    assert [does(db, "undo", "--yes")["undone"] for _ in range(3)] == [7, 6, 5]
    assert [does(db, "redo", "--yes")["redone"] for _ in range(2)] == [5, 6]
    assert does(db, "undo", "--yes")["undone"] == 6
    assert [does(db, "redo", "--yes")["redone"] for _ in range(2)] == [6, 7]
    assert "no undo of tester" in refusal(db, "redo", "--yes")
    assert len(rows(db, "SELECT * FROM subscription")) == 1


def test_undo_stops_at_the_making_of_the_school(db: Path) -> None:
    for _ in range(6):
        does(db, "undo", "--yes")
    assert "nothing that tester could undo" in refusal(db, "undo", "--yes")
    assert "can't be taken back" in refusal(db, "undo", "--op", "1", "--yes")
    assert "no operation 99" in refusal(db, "undo", "--op", "99", "--yes")


def test_each_user_undoes_their_own_and_names_others_by_number(db: Path) -> None:
    does(db, "clients", "add", "Борис Котов", user="olga")
    assert does(db, "undo", "--yes")["undone"] == 7
    assert "no undo of olga" in _refused(db, "redo", "--yes", user="olga")
    assert does(db, "undo", "--yes", user="olga")["undone"] == 8
    does(db, "redo", "--yes", user="olga")
    assert does(db, "undo", "--op", "8", "--yes")["undone"] == 8
    assert names(db) == ["Анна Иванова"]


def _refused(path: Path, *words: str, user: str) -> str:
    code, _out, err = run_cli(*words, db=path, env={"SCHOOLCRM_USER": user})
    assert code == 1
    return err


def test_undo_passes_over_a_recompute(db: Path) -> None:
    does(db, "clients", "add", "Борис Котов")
    answer(db, "status", "recompute", today="2027-09-01")
    assert rows(db, "SELECT command FROM operation ORDER BY id DESC LIMIT 1") == [("status recompute",)]
    assert does(db, "undo", "--op", "9", "--yes")["command"] == "status recompute"
    does(db, "redo", "--yes")
    assert does(db, "undo", "--yes")["undone"] == 8


def test_an_undo_is_not_undone_but_taken_back_by_redo(db: Path) -> None:
    does(db, "undo", "--yes")
    assert "is an undo itself" in refusal(db, "undo", "--op", "8", "--yes")
    does(db, "redo", "--yes")
    said = refusal(db, "undo", "--op", "9", "--yes")
    assert "redo of operation 7" in said
    assert "undo --op 7" in said
    does(db, "undo", "--op", "7", "--yes")
    assert "undone already, by operation 10" in refusal(db, "undo", "--op", "7", "--yes")


# What stands in the way ---------------------------------------------------------------------------------


def test_a_later_change_of_the_same_record_stands_in_the_way_until_it_is_undone(db: Path) -> None:
    does(db, "clients", "edit", "Анна", "--manager", "Ольга")
    does(db, "clients", "edit", "Анна", "--manager", "Ира")
    said = refusal(db, "undo", "--op", "8", "--yes")
    assert "Operation 8 (clients edit) can't be taken back" in said
    assert "9 clients edit (client 1: Анна Иванова)" in said
    assert "undo --op 9" in said
    does(db, "undo", "--yes")
    does(db, "undo", "--op", "8", "--yes")
    assert rows(db, "SELECT manager FROM client") == [(None,)]


def test_what_refers_to_a_record_that_would_go_stands_in_the_way(db: Path) -> None:
    does(db, "clients", "add", "Борис Котов", "--student", "Вася")
    does(db, "payments", "add", "Борис", "500")
    does(db, "groups", "join", "Роботы", "Вася")
    said = refusal(db, "undo", "--op", "8", "--yes")
    assert "9 payments add (payment 1: Борис Котов)" in said
    assert "10 groups join (place in a group 2: Вася)" in said
    assert "Борис Котов" in names(db)


def test_a_mark_of_the_same_package_stands_in_the_way(db: Path) -> None:
    does(db, "lessons", "hold", "Роботы", "2026-09-07", "--all-present")
    does(db, "lessons", "hold", "Роботы", "2026-09-14", "--all-present")
    assert "9 lessons hold (mark 1/2: Петя)" in refusal(db, "undo", "--op", "8", "--yes")
    does(db, "undo", "--op", "9", "--yes")
    does(db, "undo", "--op", "8", "--yes")
    assert rows(db, "SELECT * FROM mark") == []
    assert rows(db, "SELECT balance FROM client_balance WHERE balance <> 0") == []


def test_a_name_that_was_given_to_another_stands_in_the_way(db: Path) -> None:
    does(db, "catalog", "subjects", "add", "Шахматы")
    does(db, "catalog", "subjects", "rename", "Шахматы", "Шашки")
    does(db, "catalog", "subjects", "add", "Шахматы")
    said = refusal(db, "undo", "--op", "9", "--yes")
    assert "another record has what this one had" in said
    assert "10 catalog subjects add (subject 2: Шахматы)" in said
    assert rows(db, "SELECT name FROM subject ORDER BY id") == [("Шашки",), ("Шахматы",)]


def test_a_client_does_not_come_back_to_a_deleted_status(db: Path) -> None:
    does(db, "status", "add", "reserve", "Потом")
    does(db, "status", "set", "Потом", "Анна")
    does(db, "status", "set", "refused", "Анна")
    does(db, "status", "delete", "Потом", "--yes")
    said = refusal(db, "undo", "--op", "10", "--yes")
    assert 'Анна Иванова would be in the status "Потом", which is deleted' in said
    assert "11 status delete" in said
    does(db, "undo", "--op", "11", "--yes")
    does(db, "undo", "--op", "10", "--yes")
    assert rows(db, "SELECT status.name FROM client JOIN status ON status.id = status_id") == [("Потом",)]


def test_a_record_that_is_gone_stands_in_the_way_of_what_was_on_it(db: Path) -> None:
    does(db, "clients", "add", "Борис Котов", "--phone", "89160000001")
    does(db, "clients", "contact", "remove", "Борис", "89160000001", "--yes")
    does(db, "clients", "merge", "Анна", "Борис", "--yes")
    said = refusal(db, "undo", "--op", "9", "--yes")
    assert "10 clients merge (client 2: Борис Котов)" in said
    assert rows(db, "SELECT value FROM contact") == [("+79161234567",)]


def test_r53_a_purge_is_final_and_so_is_what_it_emptied(db: Path) -> None:
    does(db, "clients", "add", "Борис Котов", "--phone", "89160000001")
    does(db, "clients", "edit", "Борис", "--note", "тайна")
    does(db, "payments", "add", "Борис", "500")
    does(db, "clients", "archive", "Борис")
    does(db, "clients", "purge", "Борис", "--yes")
    assert "can't be taken back" in refusal(db, "undo", "--yes")
    for number in ("8", "9", "11", "12"):
        assert "can't be taken back" in refusal(db, "undo", "--op", number, "--yes")
    assert "тайна" not in str(rows(db, "SELECT * FROM change")) + str(rows(db, "SELECT * FROM client"))


def test_r53_what_a_purge_has_emptied_does_not_come_back(db: Path) -> None:
    does(db, "payments", "add", "Анна", "500")
    does(db, "clients", "contact", "remove", "Анна", "1", "--yes")
    does(db, "clients", "archive", "Анна")
    does(db, "clients", "purge", "Анна", "--yes")
    assert "a purge has taken away for good what was there" in refusal(db, "undo", "--op", "9", "--yes")
    assert "No contact" in refusal(db, "clients", "contact", "restore", "1", "1")
    assert rows(db, "SELECT * FROM contact") == []


def test_redo_is_refused_when_its_records_were_written_since(db: Path) -> None:
    does(db, "clients", "edit", "Анна", "--manager", "Ольга")
    does(db, "undo", "--yes")
    does(db, "clients", "edit", "Анна", "--manager", "Ира")
    said = refusal(db, "redo", "--yes")
    assert "Operation 8 (clients edit) can't be done again" in said
    assert "10 clients edit (client 1: Анна Иванова)" in said
    assert rows(db, "SELECT manager FROM client") == [("Ира",)]


# Whole operations ---------------------------------------------------------------------------------------


def test_r65_undo_removes_an_import_whole(db: Path, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    lines = [f"Клиент {number},+7916{number:07},{number}" for number in range(300)]
    file.write_text("ФИО клиента,Мобильный,Баланс\n" + "\n".join(lines), "utf-8")
    run_cli("import-csv", str(file), db=db, today=TODAY)
    assert len(names(db)) == 301
    assert does(db, "undo", "--yes")["command"] == "import-csv"
    assert names(db) == ["Анна Иванова"]
    assert rows(db, "SELECT count(*) FROM payment") == [(0,)]
    does(db, "redo", "--yes")
    assert rows(db, "SELECT sum(balance) FROM client_balance") == [(sum(range(300)) * 100,)]


def test_r54_a_removed_contact_is_brought_back(db: Path) -> None:
    does(db, "clients", "contact", "edit", "Анна", "1", "--note", "мама")
    does(db, "clients", "contact", "remove", "Анна", "1", "--yes")
    does(db, "clients", "contact", "add", "Анна", "email:anna@mail.ru")
    assert rows(db, "SELECT value FROM contact") == [("anna@mail.ru",)]
    does(db, "clients", "contact", "restore", "Анна", "8 (916) 123-45-67")
    assert rows(db, "SELECT value, note FROM contact WHERE kind = 'mobile'") == [("+79161234567", "мама")]
    assert "No contact" in refusal(db, "clients", "contact", "restore", "Анна", "89161234567")


def test_a_contact_that_the_client_has_again_is_not_brought_back(db: Path) -> None:
    does(db, "clients", "contact", "add", "Анна", "email:anna@mail.ru")
    does(db, "clients", "contact", "remove", "Анна", "1", "--yes")
    does(db, "clients", "contact", "add", "Анна", "mobile:89161234567")
    assert 'No contact "1" of the client was removed' in refusal(db, "clients", "contact", "restore", "Анна", "1")
    assert len(rows(db, "SELECT * FROM contact")) == 2


# A sale made later ---------------------------------------------------------------------------------------


def client_now(path: Path) -> list[tuple[Any, ...]]:
    return rows(
        path,
        "SELECT status.base, stage.base, studies, access_on IS NOT NULL FROM client"
        " JOIN status ON status.id = status_id JOIN status AS stage ON stage.id = stage_id",
    )


def test_r7_the_first_of_two_sales_is_not_undone_for_the_client_still_has_bought(db: Path) -> None:
    does(db, "subscription", "sell", "Петя", "Три", "--on", "2026-09-20")
    bought = client_now(db)
    said = refusal(db, "undo", "--op", "7", "--yes")
    assert "(subscription 2)" in said
    assert "schoolcrm subscription delete 1" in said
    assert (client_now(db), bought) == ([("bought", "active", 1, 1)], [("bought", "active", 1, 1)])
    does(db, "subscription", "delete", "1", "--yes")
    assert client_now(db) == bought


def test_r7_without_the_later_sale_the_first_is_undone(db: Path) -> None:
    does(db, "subscription", "sell", "Петя", "Три", "--on", "2026-09-20")
    does(db, "undo", "--op", "8", "--yes")
    assert client_now(db) == [("bought", "active", 1, 1)]
    does(db, "undo", "--op", "7", "--yes")
    assert client_now(db) == [("new", "newcomer", 0, 0)]


def test_r7_a_later_sale_that_is_deleted_or_a_trial_one_is_not_in_the_way(db: Path) -> None:
    does(db, "subscription", "sell", "Петя", "Три", "--on", "2026-09-20")
    does(db, "subscription", "delete", "2", "--yes")
    does(db, "subscription", "sell", "Петя", "Три", "--on", "2026-09-21", "--trial")
    does(db, "undo", "--op", "7", "--yes")
    assert client_now(db) == [("new", "newcomer", 0, 0)]
