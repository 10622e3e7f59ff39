"""Records written back from the journal: long stretches in one statement, as if change by change (R54)."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import TODAY, add_client, add_group, make_school
from builders import writing_school as writing

from schoolcrm.core.errors import Refused
from schoolcrm.core.office.undoing import carry_out, choose_undo, prepare
from schoolcrm.core.store import transaction, undo, writing_back
from schoolcrm.core.store.journal import bounds

MANY = 2 * writing_back.LONG


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school of many groups with one client."""
    path = make_school(tmp_path)
    with writing(path, TODAY) as opened:
        add_client(opened)
        for number in range(MANY):
            add_group(opened, f"Группа {number}")
    return path


def groups(path: Path) -> list[tuple[int, str]]:
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT id, name FROM study_group ORDER BY id").fetchall()
    finally:
        db.close()


def take_back(path: Path, number: int | None = None) -> int:
    """Undo the operation, or the last one, and return the number of the undo."""
    with undo.connection(path) as db:
        chosen = choose_undo(db, "tester", number)
        undoing = prepare(db, chosen)
        with transaction.operation(db, TODAY, user="tester", command="undo", undoes=chosen.id) as opened:
            carry_out(opened, undoing)
        return opened.operation_id


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements of the undo that write to the school's tables."""
    told: list[str] = []
    opening = undo.writable_connection

    def traced(path: Path, *, dry_run: bool) -> object:
        context = opening(path, dry_run=dry_run)

        class Traced:
            def __enter__(self) -> sqlite3.Connection:
                db = context.__enter__()
                db.set_trace_callback(told.append)
                return db

            def __exit__(self, *error: object) -> object:
                return context.__exit__(*error)

        return Traced()

    monkeypatch.setattr(undo, "writable_connection", traced)
    yield told


def written(statements: list[str], verb: str) -> int:
    """Return how many statements of that kind were run on the groups; each is told again with each trigger."""
    return len({one for one in statements if one.startswith(verb) and "study_group" in one})


def change_all(path: Path, *queries: str) -> None:
    with writing(path, TODAY) as opened:
        for query in queries:
            opened.db.execute(query)


RENAMED = "UPDATE study_group SET name = name || '!', name_key = name_key || '!'"


def test_r54_one_statement_takes_back_what_was_changed_of_many(school: Path, statements: list[str]) -> None:
    before = groups(school)
    change_all(school, RENAMED)
    take_back(school)
    assert groups(school) == before
    assert written(statements, "UPDATE") == 1


def test_r54_one_statement_brings_back_what_was_deleted_of_many(school: Path, statements: list[str]) -> None:
    before = groups(school)
    change_all(school, "DELETE FROM study_group")
    take_back(school)
    assert groups(school) == before
    assert written(statements, "INSERT") == 1


def test_r54_one_statement_takes_away_what_was_made_of_many(school: Path, statements: list[str]) -> None:
    take_back(school)
    assert groups(school) == []
    assert written(statements, "DELETE") == 1


def test_only_the_columns_that_changed_are_written(school: Path, statements: list[str]) -> None:
    change_all(school, "UPDATE study_group SET size_limit = 8")
    take_back(school)
    (update,) = {one for one in statements if one.startswith("UPDATE") and "study_group" in one}
    assert '"size_limit" =' in update
    assert '"name" =' not in update


def test_of_a_record_changed_twice_the_first_image_counts(school: Path) -> None:
    before = groups(school)
    change_all(school, RENAMED, RENAMED)
    take_back(school)
    assert groups(school) == before


def test_records_that_were_made_and_changed_and_deleted_in_one_operation(school: Path) -> None:
    before = groups(school)
    change_all(
        school,
        RENAMED,
        "INSERT INTO study_group (id, name, name_key, created_on)"
        " SELECT id + 1000, name || '+', name_key || '+', created_on FROM study_group",
        RENAMED,
        "DELETE FROM study_group WHERE id % 3 = 0",
    )
    after = groups(school)
    number = take_back(school)
    assert groups(school) == before
    with undo.connection(school) as db:
        operation = undo.read_operation(db, number)
        assert operation is not None
        undoing = prepare(db, operation)
        with transaction.operation(db, TODAY, user="tester", command="redo", undoes=number) as opened:
            carry_out(opened, undoing)
    assert groups(school) == after


def test_names_that_were_exchanged_go_back_change_by_change(school: Path, statements: list[str]) -> None:
    before = groups(school)
    with writing(school, TODAY) as opened:
        opened.db.execute("CREATE TEMP TABLE other AS SELECT id, name, name_key FROM study_group")
        opened.db.execute("UPDATE study_group SET name = 'x' || id, name_key = 'x' || id")
        opened.db.execute(
            "UPDATE study_group SET name = other.name, name_key = other.name_key FROM other"
            f" WHERE other.id = {MANY} + 1 - study_group.id"
        )
    assert [name for _number, name in groups(school)] == [name for _number, name in reversed(before)]
    take_back(school)
    assert groups(school) == before
    assert written(statements, "UPDATE") >= 2 * MANY


# Between the plan and the lock -----------------------------------------------------------------------------


def test_nothing_is_held_while_it_is_prepared_and_what_was_written_since_is_seen(school: Path) -> None:
    change_all(school, RENAMED)
    with undo.connection(school) as db:
        chosen = choose_undo(db, "tester", None)
        undoing = prepare(db, chosen)
        change_all(school, "UPDATE study_group SET size_limit = 5 WHERE id = 7")
        with (
            pytest.raises(Refused) as refused,
            transaction.operation(db, TODAY, user="tester", command="undo", undoes=chosen.id) as opened,
        ):
            carry_out(opened, undoing)
    assert "something later rests on it" in refused.value.sentence
    assert "7" in refused.value.hint
    assert groups(school)[0][1].endswith("!")


def test_what_was_written_since_and_does_not_matter_does_not_matter(school: Path) -> None:
    before = groups(school)
    change_all(school, RENAMED)
    with undo.connection(school) as db:
        chosen = choose_undo(db, "tester", None)
        undoing = prepare(db, chosen)
        change_all(school, "UPDATE client SET note = 'позже'")
        with transaction.operation(db, TODAY, user="tester", command="undo", undoes=chosen.id) as opened:
            carry_out(opened, undoing)
    assert groups(school) == before


def test_the_numbers_of_stretches_are_those_of_their_changes(school: Path) -> None:
    change_all(school, RENAMED, "UPDATE client SET note = 'x'", "DELETE FROM study_group WHERE id > 10")
    with undo.connection(school) as db:
        (number,) = db.execute("SELECT max(id) FROM operation").fetchone()
        found = bounds(db, number)
        assert found is not None
        writing_back.gather(db, *found)
        stretches = writing_back.stretches(db, *found)
    told = [(one.kind, one.entity, one.changes) for one in stretches]
    assert told == [("delete", "study_group", MANY - 10), ("update", "client", 1), ("update", "study_group", MANY)]
    assert [stretches[2].first, stretches[0].last] == list(found)
    assert stretches[0].first == stretches[1].last + 1
