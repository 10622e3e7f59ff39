"""The journal knows every change of every record, before and after, well enough to take it back (R54)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from builders import TODAY, USER
from store_files import changes_of, dump, make_filled, operate, whole
from store_samples import SAMPLES

from schoolcrm.core.store.database import connect, reading
from schoolcrm.core.store.journal import recorded_together, statements
from schoolcrm.core.store.transaction import WritableSchool


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A school with the samples in it."""
    return make_filled(tmp_path)


# Examples ----------------------------------------------------------------------------------------------


def test_a_moved_lesson_takes_its_marks_along_and_all_is_recorded(path: Path) -> None:
    number = operate(path, lambda school: school.db.execute("UPDATE lesson SET on_date = '2026-02-02' WHERE id = 1"))
    found = {change.entity: change for change in changes_of(path, number)}
    assert set(found) == {"lesson", "mark"}
    for change in found.values():
        assert change.before == SAMPLES[change.entity]
        assert change.after == SAMPLES[change.entity] | {"on_date": "2026-02-02"}
    assert found["mark"].record == "1/1"


def test_a_new_key_is_one_record_less_and_one_more(path: Path) -> None:
    number = operate(path, lambda school: school.db.execute("UPDATE client_field SET client_id = 3"))
    row = SAMPLES["client_field"]
    assert [(change.record, change.before, change.after) for change in changes_of(path, number)] == [
        ("1/1", row, None),
        ("3/1", None, row | {"client_id": 3}),
    ]


def test_images_stay_right_when_the_record_goes_on_changing(path: Path) -> None:
    def rename(name: str) -> int:
        return operate(path, lambda school: school.db.execute("UPDATE client SET name = ? WHERE id = 1", (name,)))

    numbers = [rename(name) for name in ("Вера", "Юля", "Яна")]
    names = [
        (change.before and change.before["name"], change.after and change.after["name"])
        for number in numbers
        for change in changes_of(path, number)
    ]
    assert names == [("Анна", "Вера"), ("Вера", "Юля"), ("Юля", "Яна")]


def test_text_of_every_kind_comes_back_as_it_was(path: Path) -> None:
    text = "a\0b\"'\\\n\u2028\U0001f600\ufeff{}[]"
    operate(path, lambda school: school.db.execute("UPDATE client SET note = ? WHERE id = 1", (text,)))
    number = operate(path, lambda school: school.db.execute("UPDATE client SET note = NULL WHERE id = 1"))
    (change,) = changes_of(path, number)
    assert change.before is not None
    assert change.before["note"] == text


def test_what_the_session_writes_is_recorded_with_the_rest(path: Path) -> None:
    from schoolcrm.core.store.models import Client, Contact

    def work(school: WritableSchool) -> None:
        school.db.execute("UPDATE client SET name = 'Вера' WHERE id = 1")
        school.add(Contact, client_id=1, kind="email", value="a@b.c", value_key="a@b.c")
        client = school.session.get(Client, 2)
        assert client is not None
        client.note = "seen"

    number = operate(path, work)
    assert [(change.entity, change.record) for change in changes_of(path, number)] == [
        ("client", 1),
        ("contact", 2),
        ("client", 2),
    ]


def test_an_operation_says_who_what_and_which_one_it_undoes(path: Path) -> None:
    number = operate(path, lambda school: school.db.execute("UPDATE client SET note = 'x' WHERE id = 1"), undoes=1)
    with reading(path, TODAY) as school:
        row = school.db.execute("SELECT user, command, undoes FROM operation WHERE id = ?", (number,)).fetchone()
    assert row == (USER, "test", 1)


def test_changes_of_an_operation_nobody_made(path: Path) -> None:
    assert changes_of(path, 99) == []


def test_each_operation_has_its_own_changes(path: Path) -> None:
    numbers = [
        operate(path, lambda school, name=name: school.db.execute("INSERT INTO setting VALUES (?, '')", (name,)))  # type: ignore[misc]
        for name in ("a", "b", "c")
    ]
    assert [[change.record for change in changes_of(path, number)] for number in numbers] == [["a"], ["b"], ["c"]]


# What can't be ------------------------------------------------------------------------------------------


@pytest.fixture
def bare(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for writing without an operation."""
    with closing(connect(path, writable=True)) as db:
        yield db


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE client SET note = 'x'",
        "DELETE FROM payment",
        "INSERT INTO setting VALUES ('a', 'b')",
        "UPDATE lesson SET on_date = '2026-03-03' WHERE id = 1",
    ],
)
def test_a_write_outside_an_operation_fails(sql: str, bare: sqlite3.Connection) -> None:
    before = dump(bare)
    with pytest.raises(sqlite3.IntegrityError):
        bare.execute(sql)
    assert dump(bare) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE change SET before = NULL",
        "UPDATE change SET operation_id = 2 WHERE id = 1",
        "DELETE FROM change WHERE id = 1",
        "DELETE FROM change",
        "REPLACE INTO change SELECT id, operation_id, entity, record, 'delete', NULL FROM change WHERE id = 1",
        "UPDATE operation SET user = 'somebody else'",
        "DELETE FROM operation",
        "REPLACE INTO operation SELECT id, at, 'somebody else', command, undoes, first_change FROM operation",
    ],
)
def test_the_journal_is_never_rewritten(sql: str, bare: sqlite3.Connection) -> None:
    before = dump(bare)
    with pytest.raises(sqlite3.IntegrityError, match="never rewritten"):
        bare.execute(sql)
    assert dump(bare) == before


# What leaves no trace -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE client SET name = name",
        "UPDATE client SET note = NULL WHERE id = 99",
        "INSERT OR IGNORE INTO setting VALUES ('currency', 'EUR')",
        "SELECT 1",
    ],
)
def test_an_operation_that_changes_nothing_leaves_no_trace(sql: str, path: Path) -> None:
    before = whole(path)
    number = operate(path, lambda school: school.db.execute(sql))
    assert whole(path) == before
    assert changes_of(path, number) == []


def test_a_dry_run_leaves_no_trace(path: Path) -> None:
    before = whole(path)
    operate(path, lambda school: school.db.execute("DELETE FROM payment"), dry_run=True)
    assert whole(path) == before


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_no_trace(error: type[BaseException], path: Path) -> None:
    before = whole(path)

    def fail(school: WritableSchool) -> None:
        school.db.execute("DELETE FROM payment")
        raise error

    with pytest.raises(error):
        operate(path, fail)
    assert whole(path) == before


def test_the_next_operation_after_one_without_a_trace_is_whole(path: Path) -> None:
    operate(path, lambda school: school.db.execute("DELETE FROM payment"), dry_run=True)
    number = operate(path, lambda school: school.db.execute("DELETE FROM payment"))
    (change,) = changes_of(path, number)
    assert (change.entity, change.record) == ("payment", 1)
    assert (change.before, change.after) == (SAMPLES["payment"], None)


# Scripts ------------------------------------------------------------------------------------------------


def test_a_script_is_split_into_its_statements() -> None:
    script = """-- first; of two
CREATE TABLE a (b TEXT DEFAULT ';');
CREATE TRIGGER c AFTER INSERT ON a
BEGIN DELETE FROM a; SELECT 1; END;
-- the end
"""
    first, second, rest = statements(script)
    assert first.endswith("(b TEXT DEFAULT ';');\n")
    assert second.endswith("SELECT 1; END;\n")
    assert rest == "-- the end\n"


# Records that are recorded together ---------------------------------------------------------------------------


def add_levels(school: WritableSchool) -> None:
    """Add two levels that were never there."""
    school.db.execute("INSERT INTO level (name, name_key) VALUES ('Низкий', 'низкий'), ('Высокий', 'высокий')")


def recorded_levels(path: Path, number: int) -> list[tuple[object, ...]]:
    return [(change.entity, change.record, change.before, change.after) for change in changes_of(path, number)]


def test_what_is_recorded_together_is_what_the_triggers_record(path: Path) -> None:
    def together(school: WritableSchool) -> None:
        with recorded_together(school.db, "level", "teacher"):
            add_levels(school)

    before = dump_of(path)
    one_by_one = recorded_levels(path, operate(path, add_levels))
    assert len(one_by_one) == 2
    operate(path, lambda school: school.db.execute("DELETE FROM level WHERE name_key IN ('низкий', 'высокий')"))
    assert recorded_levels(path, operate(path, together)) == [
        (entity, record, None, after) for entity, record, _before, after in one_by_one
    ]
    later = recorded_levels(path, operate(path, lambda school: school.db.execute("DELETE FROM level WHERE id > 1")))
    assert len(later) == 2  # the triggers are there again
    assert dump_of(path) == before


def test_records_with_keys_of_two_columns_are_recorded_together_by_the_first(path: Path) -> None:
    def of_new_students(school: WritableSchool) -> None:
        school.db.execute(
            "INSERT INTO client (id, name, name_key, status_id, stage_id, created_on)"
            " SELECT 8, 'Ли', 'ли', min(id), max(id), '2026-09-01' FROM status"
        )
        school.db.execute(
            "INSERT INTO student (id, client_id, name, name_key, created_on) VALUES"
            " (8, 8, 'Ли', 'ли', '2026-09-01'), (9, 8, 'Ким', 'ким', '2026-09-01')"
        )
        school.db.execute("INSERT INTO teacher (id, name, name_key) VALUES (8, 'Цой', 'цой'), (9, 'Ян', 'ян')")
        with recorded_together(school.db, "student_teacher"):
            school.db.execute("INSERT INTO student_teacher (student_id, teacher_id) VALUES (9, 8), (8, 9), (8, 8)")

    changes = changes_of(path, operate(path, of_new_students))
    assert [change.record for change in changes if change.entity == "student_teacher"] == ["8/8", "8/9", "9/8"]


def test_when_recording_together_fails_the_triggers_are_back(path: Path) -> None:
    def fail(school: WritableSchool) -> None:
        with recorded_together(school.db, "level"):
            add_levels(school)
            raise LookupError

    before = dump_of(path)
    with pytest.raises(LookupError):
        operate(path, fail)
    assert dump_of(path) == before
    assert len(recorded_levels(path, operate(path, add_levels))) == 2


def dump_of(path: Path) -> tuple[object, ...]:
    """Return the levels and the triggers."""
    with closing(sqlite3.connect(path)) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name").fetchall()
        return (db.execute("SELECT * FROM level ORDER BY id").fetchall(), triggers)
