"""`clients purge` of people only the history tells of, and what it says of copies that lie about (R53)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import TODAY, add_client, make_school, run_cli, writing_school

from schoolcrm.core.store.journal import BLANKED

SECRETS = ("Ксенофонтова", "ксенофонтова", "Пантелеймон", "пантелеймон", "9031112233", "сказала")
FILE = (
    "ФИО клиента;Имя заказчика;Телефон;Комментарий\n"
    "Пантелеймон;Ксенофонтова Ксения;8 903 111-22-33;сказала\n"
    "Пантелеймон Второй;Ксенофонтова Вторая;8 903 111-22-34;сказала\n"
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна and Борис, and no backups that would be made by themselves."""
    path = make_school(tmp_path, "en")
    with writing_school(path, TODAY) as school:
        add_client(school, "Анна Иванова", student="Петя", phone="8 916 000-00-01")
        add_client(school, "Борис", student="Олег", phone="8 916 000-00-02")
    answer(path, "config", "set", "backup_count", "0")
    return path


def add_and_take_back(db: Path) -> int:
    added = answer(db, "clients", "add", "Ксенофонтова Ксения", "--student", "Пантелеймон", "--phone", "89031112233")
    answer(db, "clients", "edit", str(added["id"]), "--note", "сказала")
    answer(db, "payments", "add", str(added["id"]), "100", "--note", "сказала")
    for _operation in range(3):
        answer(db, "undo", "--yes")
    return int(added["id"])


def take_back_import(db: Path, folder: Path) -> None:
    file = folder / "elsewhere" / "people.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(FILE, "utf-8")
    assert run_cli("import-csv", str(file), db=db)[0] == 0
    answer(db, "undo", "--yes")


def secrets_in(db: Path) -> list[tuple[str, str]]:
    files = [file for file in db.parent.iterdir() if file.is_file()]
    return [(secret, file.name) for file in files for secret in SECRETS if secret.encode() in file.read_bytes()]


@pytest.mark.parametrize("name", ["Ксенофонтова", "пантелеймон", "8 903 111-22-33", "3"])
def test_r53_who_was_added_and_taken_back_is_purged_from_the_history(db: Path, name: str) -> None:
    assert add_and_take_back(db) == 3
    assert secrets_in(db)
    said = refusal(db, "clients", "purge", name)
    assert "1 client was added and taken back, only the history tells of them: 3 Ксенофонтова Ксения" in said
    assert "clients add" in said
    assert secrets_in(db)
    purged = answer(db, "clients", "purge", name, "--yes")
    assert purged.items() >= {"id": 3, "ids": [3], "anonymous": [], "deleted": [], "taken_back": [3]}.items()
    assert secrets_in(db) == []
    assert column(db, "name", "clients", "list") == ["Анна Иванова", "Борис"]
    answer(db, "db", "check")


def test_r53_a_purged_addition_is_not_done_again_and_the_purge_is_told(db: Path) -> None:
    add_and_take_back(db)
    code, _out, err = run_cli("clients", "purge", "3", "--yes", db=db)
    assert (code, err) == (0, "The history has forgotten 1 client who was taken back.\n")
    assert "a purge has taken away for good what was there" in refusal(db, "redo", "--yes")
    newest = answer(db, "history")["rows"][0]
    assert (newest["entity"], newest["id"], newest["before"], newest["after"]) == ("client", None, None, None)
    assert "clients purge" in run_cli("history", db=db)[1]
    assert "can't be taken back" in refusal(db, "undo", "--op", str(newest["op"]), "--yes")
    assert 'No client is called "Ксенофонтова".' in refusal(db, "clients", "purge", "Ксенофонтова", "--yes")
    assert "purged client 3" in run_cli("history", "client:3", db=db)[1]


def test_r53_an_import_taken_back_is_forgotten_whole(db: Path, tmp_path: Path) -> None:
    take_back_import(db, tmp_path)
    assert secrets_in(db)
    assert "several" in refusal(db, "clients", "purge", "Ксенофонтова", "--yes").lower()
    assert "2 clients were added and taken back" in refusal(db, "clients", "purge", "--undone")
    assert answer(db, "clients", "purge", "--undone", "--dry-run")["taken_back"] == [3, 4]
    assert secrets_in(db)
    assert answer(db, "clients", "purge", "--undone", "--yes")["taken_back"] == [3, 4]
    assert secrets_in(db) == []
    assert "a purge has taken away" in refusal(db, "redo", "--yes")
    assert "Nobody was added and taken back" in refusal(db, "clients", "purge", "--undone", "--yes")


def test_r53_many_are_forgotten_part_by_part(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schoolcrm.commands.client_purge.AT_ONCE", 1)
    take_back_import(db, tmp_path)
    answer(db, "clients", "purge", "--undone", "--yes")
    assert secrets_in(db) == []
    with closing(sqlite3.connect(db)) as plain:
        assert plain.execute("SELECT count(*) FROM operation WHERE command = 'clients purge'").fetchone() == (2,)


def test_r53_what_the_present_holder_of_the_number_has_stays(db: Path) -> None:
    """In a file of an earlier program a number may have named two people, one after the other."""
    add_and_take_back(db)
    with writing_school(db, TODAY) as school:
        school.db.execute(
            "INSERT INTO client (id, name, name_key, status_id, stage_id, created_on)"
            " SELECT 3, 'Вера', 'вера', status_id, stage_id, created_on FROM client WHERE id = 1"
        )
    answer(db, "clients", "edit", "3", "--note", "first")
    last = answer(db, "clients", "edit", "3", "--note", "second")
    assert last["id"] == 3
    (number,) = column(db, "op", "history", "--limit", "1")
    assert answer(db, "clients", "purge", "--undone", "--yes")["taken_back"] == [3]
    assert secrets_in(db) == []
    with closing(sqlite3.connect(db)) as plain:
        images = [text for (text,) in plain.execute("SELECT before FROM change WHERE before LIKE '%Вера%'")]
    assert images
    assert not [text for text in images if BLANKED in text]
    answer(db, "undo", "--op", str(number), "--yes")
    assert answer(db, "clients", "show", "3")["rows"][0]["note"] == "first"


def test_r53_who_is_back_or_merged_is_nobody_that_only_the_history_tells_of(db: Path) -> None:
    add_and_take_back(db)
    for _operation in range(2):
        answer(db, "redo", "--yes")
    assert "Nobody was added" in refusal(db, "clients", "purge", "--undone", "--yes")
    assert "not in the archive" in refusal(db, "clients", "purge", "3", "--yes")
    answer(db, "undo", "--yes")
    answer(db, "clients", "merge", "1", "2", "--yes")
    assert 'No client is called "2"' in refusal(db, "clients", "purge", "2", "--yes")


def test_r53_a_saved_filter_that_can_only_mean_them_goes_too(db: Path) -> None:
    add_and_take_back(db)
    run_cli("clients", "list", "Ксенофонтова", "--save", "hers", db=db)
    run_cli("clients", "list", "Анна", "--save", "ours", db=db)
    assert column(db, "name", "clients", "filters", "list") == ["hers", "ours"]
    answer(db, "clients", "purge", "3", "--yes")
    assert column(db, "name", "clients", "filters", "list") == ["ours"]
    assert secrets_in(db) == []


def test_purge_asks_for_names_or_undone(db: Path) -> None:
    assert run_cli("clients", "purge", db=db)[0] == 2
    assert run_cli("clients", "purge", "1", "--undone", db=db)[0] == 2


def test_r53_archived_people_and_those_taken_back_go_together(db: Path) -> None:
    add_and_take_back(db)
    answer(db, "clients", "archive", "2")
    code, _out, err = run_cli("clients", "purge", "3", "Борис", "--yes", db=db)
    assert code == 0
    assert "1 client purged; of 0 the money stays" in err
    assert "The history has forgotten 1 client" in err
    assert secrets_in(db) == []
    assert b"9160000002" not in db.read_bytes()


def test_copies_that_lie_about_are_named(db: Path, tmp_path: Path) -> None:
    folder = db.parent
    answer(db, "clients", "archive", "2")
    answer(db, "db", "backup", str(folder / "mine.db"))
    (folder / "backups").mkdir()
    answer(db, "db", "backup", str(folder / "backups" / "by-hand.db"))
    answer(db, "db", "export", str(folder / "exported"))
    (folder / "people.rejected.csv").write_text("x", "utf-8")
    (folder / "letter.txt").write_text("x", "utf-8")
    (folder / "letters").mkdir()
    with closing(sqlite3.connect(folder / "other.db")) as other:
        other.execute("CREATE TABLE something (x)")
    err = run_cli("clients", "purge", "2", "--yes", db=db)[2]
    (told,) = [line for line in err.splitlines() if "copies made earlier" in line]
    assert told.startswith("warning: 4 copies made earlier may still hold the person: ")
    for name in ("mine.db", "backups/by-hand.db", "exported", "people.rejected.csv"):
        assert str(folder / name) in told
    for name in ("letter", "other.db", str(db)):
        assert name not in told
