"""`clients|students archive|restore`, `groups edit|archive|restore` (R7, R21, R53)."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import TODAY, add_client, add_group, join, make_school, pay, run_cli, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Two clients called Анна, with Петя and Маша; Борис with Олег; the group Робо with Петя."""
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        for name, child in (("Анна", "Петя"), ("Анна", "Маша"), ("Борис", "Олег")):
            add_client(school, name, student=child)
        add_group(school, "Робо")
        join(school, 1, 1, TODAY)
        pay(school, 1, 500_00, TODAY)
    return path


def test_clients_go_and_come_back(db: Path) -> None:
    code, out, err = run_cli("clients", "archive", "Петя", "Борис", db=db)
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        "warning: Анна: balance 500.00, debt 0.00, 0 subscriptions not ended.",
        "2 clients are in the archive: Анна, Борис.",
    ]
    assert column(db, "id", "clients", "list") == [2]
    assert column(db, "id", "clients", "list", "--archived") == [1, 3]
    assert answer(db, "clients", "restore", "Борис") == {"id": 3, "ids": [3]}
    assert column(db, "id", "clients", "list") == [2, 3]


def test_restore_means_the_namesake_in_the_archive(db: Path) -> None:
    answer(db, "clients", "archive", "2")
    assert answer(db, "clients", "restore", "Анна", "--dry-run") == {"id": 2, "ids": [2]}
    answer(db, "students", "archive", "Петя")
    assert answer(db, "students", "restore", "Петя")["ids"] == [1]
    assert "Анна" in refusal(db, "clients", "restore", "1")


def test_all_or_nothing(db: Path) -> None:
    answer(db, "clients", "archive", "Борис")
    assert "already" in refusal(db, "clients", "archive", "2", "Борис")
    assert "Зоя" in refusal(db, "clients", "archive", "2", "Зоя")
    assert column(db, "id", "clients", "list") == [1, 2]


def test_deleted_clients_are_restored_too(db: Path) -> None:
    answer(db, "status", "set", "in-work", "Борис")
    answer(db, "status", "set", "deleted", "Борис")
    assert "clients restore 3" in run_cli("status", "set", "deleted", "3", db=db)[2]
    answer(db, "clients", "restore", "Борис")
    assert column(db, "base", "clients", "list", "Борис", "--columns", "base") == ["in-work"]


def test_students_go_and_come_back(db: Path) -> None:
    assert answer(db, "students", "archive", "Петя", "Маша") == {"id": None, "ids": [1, 2]}
    assert column(db, "name", "students", "list") == ["Олег"]
    assert column(db, "members", "groups", "list") == [0]
    answer(db, "clients", "archive", "1")
    code, _out, err = run_cli("students", "restore", "Петя", db=db)
    assert code == 0
    assert err.splitlines() == [
        "warning: Петя stays out of sight: the client Анна is archived or deleted.",
        "1 student is back: Петя.",
    ]
    assert "clients restore" in refusal(db, "students", "restore", "Петя")


def test_groups_are_edited(db: Path) -> None:
    words = ("--name", "Робо 1", "--teacher", "Ольга", "--limit", "1", "--new")
    assert answer(db, "groups", "edit", "Робо", *words) == {"id": 1, "lines": 0}
    (row,) = answer(db, "groups", "list")["rows"]
    assert (row["name"], row["teacher"], row["limit"]) == ("Робо 1", "Ольга", 1)
    answer(db, "groups", "edit", "1", "--limit", "0", "--unset", "teacher")
    (row,) = answer(db, "groups", "list")["rows"]
    assert (row["teacher"], row["limit"]) == (None, None)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--name"),
        (("--name", ""), 1, "--name"),
        (("--limit", "-5"), 1, "-5"),
        (("--unset", "name"), 1, "name"),
        (("--teacher", "Ольга"), 1, "--new"),
    ],
)
def test_a_group_that_can_not_be_is_refused(db: Path, words: tuple[str, ...], code: int, said: str) -> None:
    answered, out, err = run_cli("groups", "edit", "Робо", *words, db=db)
    assert (answered, out) == (code, "")
    assert said in err


def test_groups_go_to_the_archive_and_come_back(db: Path) -> None:
    assert answer(db, "groups", "archive", "Робо") == {"id": 1, "members": [1]}
    assert answer(db, "groups", "list")["rows"] == []
    assert column(db, "id", "clients", "list", "is:grouped") == []
    assert "archive" in refusal(db, "groups", "join", "Робо", "Маша")
    assert "archive" in refusal(db, "groups", "archive", "Робо")
    assert "restore" in refusal(db, "groups", "add", "робо")
    assert answer(db, "groups", "restore", "Робо") == {"id": 1}
    assert column(db, "id", "clients", "list", "is:grouped") == [1]
