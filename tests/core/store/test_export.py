"""The school as CSV files and back again: exactly the same, the history included."""

import csv
import json
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from builders import TODAY
from store_files import make_filled, needs_permissions
from test_upgrades import records, released

from schoolcrm.core.errors import Damaged, DiskTrouble, NotFound, Refused
from schoolcrm.core.store.database import SCHEMA_VERSION, reading
from schoolcrm.core.store.export import CONTENTS, Exported, export, import_export
from schoolcrm.core.store.transaction import writing

ODD = (
    "",
    "\\",
    "\\N",
    "\\\\",
    "5",
    "-7",
    "007",
    "1.5",
    '"',
    "a,b",
    "a\nb",
    "a\r\nb",
    "\r",
    " ",
    "\ufeff",
    "😀",
    "NULL",
    "\x01",
)


def written(path: Path, folder: Path) -> Exported:
    with reading(path, TODAY) as school:
        return export(school.db, folder)


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school with a record of every kind, and with odd texts among its notes, own fields and settings."""
    path = make_filled(tmp_path)
    with writing(path, TODAY, user="tester", command="test") as opened:
        for number, text in enumerate(ODD, start=10):
            opened.db.execute(
                "INSERT INTO field VALUES (?, 'client', ?, ?, 'text', NULL)", (number, f"f{number}", f"f{number}")
            )
            opened.db.execute("INSERT INTO client_field VALUES (1, ?, ?)", (number, text))
            opened.db.execute("INSERT INTO setting VALUES (?, ?)", (text, text))
        opened.db.execute("UPDATE client SET note = '' WHERE id = 2")
        opened.db.execute("UPDATE client SET note = NULL WHERE id = 3")
        opened.db.execute("UPDATE setting SET value = 'x' WHERE key = '5'")
    return path


def test_there_and_back_nothing_is_lost(school: Path, tmp_path: Path) -> None:
    folder, back = tmp_path / "out", tmp_path / "new" / "back.db"
    exported = written(school, folder)
    assert import_export(back, folder) == exported == written(back, tmp_path / "again")
    assert records(back) == records(school)
    assert back.stat().st_mode & 0o777 == 0o600
    for file in folder.iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_triggers_and_indexes_are_all_there(school: Path, tmp_path: Path) -> None:
    written(school, tmp_path / "out")
    import_export(tmp_path / "back.db", tmp_path / "out")
    schemas = []
    for path in (school, tmp_path / "back.db"):
        with closing(sqlite3.connect(path)) as db:
            schemas.append(db.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall())
    assert schemas[0] == schemas[1]


def test_the_files_are_private_and_say_what_they_hold(school: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    exported = written(school, folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    contents = json.loads((folder / CONTENTS).read_text("utf-8"))
    assert contents == {"schoolcrm_export": 1, "schema": SCHEMA_VERSION, "rows": exported.rows}
    assert {file.stem for file in folder.glob("*.csv")} == set(exported.rows)
    with (folder / "client.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert [row["note"] for row in rows] == ["«ё» \" ' \\ 😀 \x07", "\\", ""]


def test_a_folder_that_holds_something_is_left_alone(school: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(Refused, match="not empty"):
        written(school, tmp_path / "out")
    with pytest.raises(Refused, match="is a file"):
        written(school, school)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_an_empty_folder_becomes_private(school: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o755)
    written(school, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


@needs_permissions
def test_a_place_that_may_not_be_written_to(school: Path, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(DiskTrouble, match="closed"):
        written(school, tmp_path / "closed" / "out")


def test_an_existing_database_is_never_replaced(school: Path, tmp_path: Path) -> None:
    written(school, tmp_path / "out")
    before = school.read_bytes()
    with pytest.raises(Refused, match="already"):
        import_export(school, tmp_path / "out")
    assert school.read_bytes() == before


def test_no_export_a_newer_one_and_a_broken_one_are_refused(school: Path, tmp_path: Path) -> None:
    folder, target = tmp_path / "out", tmp_path / "new.db"
    with pytest.raises(NotFound, match="no export"):
        import_export(target, folder)
    written(school, folder)
    contents = (folder / CONTENTS).read_text("utf-8")
    for text, said in (
        ("{", "not the list"),
        ("[]", "not the list"),
        (contents.replace(f'"schema": {SCHEMA_VERSION}', '"schema": 99'), "newer"),
        (contents.replace('"client": 3', '"client": 4'), "3 rows, not 4"),
        (contents.replace('    "client": 3,\n', ""), "client is missing"),
    ):
        (folder / CONTENTS).write_text(text, "utf-8")
        with pytest.raises(Damaged, match=said):
            import_export(target, folder)
    (folder / CONTENTS).write_text(contents, "utf-8")
    assert not target.exists()
    assert not list(tmp_path.glob("new.db*"))


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("client.csv", lambda text: text.replace("id,", "number,", 1), "headings"),
        ("client.csv", lambda text: text + "1,2\n", "client.csv"),
        ("client.csv", lambda text: text.replace("2026-01-01", "2026-02-30", 1), "constraint"),
        ("student.csv", lambda text: text.replace("\n1,1,", "\n1,77,", 1), "refers"),
        ("mark.csv", None, "missing"),
    ],
)  # fmt: skip
def test_files_that_were_changed_are_refused_whole(
    school: Path, tmp_path: Path, file: str, change: Callable[[str], str] | None, said: str
) -> None:
    folder, target = tmp_path / "out", tmp_path / "new.db"
    written(school, folder)
    changed = folder / file
    if change is None:
        changed.unlink()
    else:
        text = changed.read_bytes().decode()
        assert change(text) != text
        changed.write_bytes(change(text).encode())
    with pytest.raises(Damaged, match=said):
        import_export(target, folder)
    assert not list(tmp_path.glob("new.db*"))


def test_an_export_of_an_earlier_program_is_brought_up_when_opened(tmp_path: Path) -> None:
    old = released(1, tmp_path)
    with closing(sqlite3.connect(old)) as db:
        export(db, tmp_path / "out")
    assert import_export(tmp_path / "back.db", tmp_path / "out").schema == 1
    assert records(tmp_path / "back.db") == records(old)
    with reading(tmp_path / "back.db", TODAY) as opened:
        assert opened.db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_reading_an_export_leaves_the_limit_of_other_readers_alone(tmp_path: Path) -> None:
    import csv

    usual = csv.field_size_limit()
    with reading(make_filled(tmp_path), TODAY) as school:
        export(school.db, tmp_path / "out")
    import_export(tmp_path / "back.db", tmp_path / "out")
    assert csv.field_size_limit() == usual


@contextmanager
def small_files() -> Iterator[None]:
    """Let no file grow beyond a few bytes, as on a full disk."""
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))


def test_a_failed_export_leaves_nothing_of_its_own_and_all_that_was_there(school: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    for folder in (there, there / "deep" / "new"):
        with small_files(), pytest.raises(DiskTrouble) as refused:
            written(school, folder)
        assert "nothing was exported" in refused.value.hint
        assert list(there.iterdir()) == []
