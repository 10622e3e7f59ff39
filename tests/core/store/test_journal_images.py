"""Whatever an operation does, its changes tell both images of every record, and can be taken back (R54)."""

import sqlite3
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import TODAY, USER
from hypothesis import given, settings
from hypothesis import strategies as st
from store_files import Records, changes_of, insert, make_filled, operate, state
from store_samples import SAMPLES, key_columns

from schoolcrm.core.store.database import reading
from schoolcrm.core.store.journal import Change, begin_operation, read_changes
from schoolcrm.core.store.migrations import climb
from schoolcrm.core.store.transaction import WritableSchool

Line = tuple[str, tuple[Any, ...]]


def played(records: Records, changes: list[Change]) -> Records:
    """Return the records after the changes, each of which must have met what it says it did."""
    after = dict(records)
    for change in changes:
        name = (change.entity, change.record)
        assert after.get(name) == change.before
        after.pop(name, None)
        if change.after is not None:
            after[name] = change.after
    return after


def take_back(changes: list[Change], school: WritableSchool) -> None:
    """Write back what each change found, from the last one to the first."""
    db = school.db
    db.execute("PRAGMA defer_foreign_keys = ON")
    for change in reversed(changes):
        where = " AND ".join(f'"{name}" = ?' for name in key_columns(change.entity))
        image = change.before or change.after
        assert image is not None
        key = [image[name] for name in key_columns(change.entity)]
        if change.before is None:
            db.execute(f'DELETE FROM "{change.entity}" WHERE {where}', key)
        elif change.after is None:
            insert(db, change.entity, change.before)
        else:
            columns = ", ".join(f'"{name}" = ?' for name in change.before)
            db.execute(f'UPDATE "{change.entity}" SET {columns} WHERE {where}', [*change.before.values(), *key])


# Every table -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", SAMPLES)
def test_every_change_of_every_table_is_recorded(table: str) -> None:
    """Foreign keys are off here: each table is tried alone."""
    row = SAMPLES[table]
    last = list(row)[-1]
    changed = row | {last: 7 if isinstance(row[last], int) else "other"}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        climb(db, 0)
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        number = begin_operation(db, USER, "test")
        insert(db, table, row)
        db.execute(f'UPDATE "{table}" SET "{last}" = ?', (changed[last],))
        db.execute(f'DELETE FROM "{table}"')
        found = [(change.entity, change.before, change.after) for change in read_changes(db, number)]
    steps = [None, row, None, changed, None] if last in key_columns(table) else [None, row, changed, None]
    images = [(before, after) for before, after in pairwise(steps) if before or after]
    assert found == [(table, before, after) for before, after in images]


# Random operations -------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
three = st.integers(1, 3)
days = st.dates(TODAY, TODAY.replace(day=5)).map(str)
sums = st.integers(1, 2**62)

STATEMENTS: list[tuple[str, tuple[st.SearchStrategy[Any], ...]]] = [
    ("INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", (three.map(str), words)),
    ("INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (three.map(str), words)),
    ("UPDATE OR REPLACE setting SET key = ? WHERE key = ?", (three.map(str), three.map(str))),
    ("DELETE FROM setting WHERE key = ?", (three.map(str),)),
    ("UPDATE client SET note = ? WHERE id = ?", (words, three)),
    ("UPDATE client SET studies = 1 - studies, manager = nullif(?, '')", (words,)),
    ("INSERT INTO contact (client_id, kind, value, value_key) VALUES (?, 'email', 'x', ?)", (three, words)),
    ("UPDATE OR REPLACE contact SET client_id = ? WHERE client_id = ?", (three, three)),
    ("DELETE FROM contact WHERE client_id = ?", (three,)),
    ("INSERT OR REPLACE INTO client_field VALUES (?, ?, ?)", (three, three, words)),
    ("UPDATE OR IGNORE client_field SET client_id = ? WHERE client_id = ?", (three, three)),
    ("DELETE FROM client_field WHERE field_id = ?", (three,)),
    ("INSERT OR IGNORE INTO student_teacher VALUES (?, 1)", (three,)),
    ("DELETE FROM student_teacher WHERE student_id = ?", (three,)),
    ("UPDATE OR IGNORE lesson SET on_date = ? WHERE id = ?", (days, three)),
    ("UPDATE lesson SET on_date = date(on_date, '+7 days')", ()),
    ("UPDATE lesson SET topic = ? WHERE id = ?", (words, three)),
    ("UPDATE lesson SET id = 9 - id WHERE id = ?", (st.integers(1, 8),)),
    ("REPLACE INTO lesson SELECT * FROM lesson WHERE id = ?", (three,)),
    ("DELETE FROM lesson WHERE id = ?", (three,)),
    (
        "INSERT OR REPLACE INTO mark (student_id, on_date, lesson_id, attended, share, basis, price, charge)"
        " SELECT ?, on_date, id, 1, 100, 'none', ?, 0 FROM lesson WHERE id = ?",
        (three, sums, three),
    ),
    ("UPDATE mark SET grade = ? WHERE lesson_id = ?", (words, three)),
    (
        "UPDATE OR IGNORE mark SET lesson_id = lesson.id, on_date = lesson.on_date FROM lesson"
        " WHERE lesson.id = ? AND mark.student_id = ?",
        (three, three),
    ),
    ("UPDATE OR REPLACE mark SET student_id = ? WHERE student_id = ?", (three, three)),
    ("DELETE FROM mark WHERE student_id = ? AND lesson_id = ?", (three, three)),
]
statement = st.sampled_from(STATEMENTS).flatmap(lambda pair: st.tuples(st.just(pair[0]), st.tuples(*pair[1])))
operations = st.lists(st.lists(statement, min_size=1, max_size=6), min_size=1, max_size=5)


def run(lines: list[Line], school: WritableSchool) -> None:
    for sql, values in lines:
        try:
            school.db.execute(sql, values)
        except sqlite3.IntegrityError:
            continue  # SQLite has taken the statement back; the operation goes on


@settings(max_examples=60, deadline=None)
@given(operations)
def test_changes_tell_both_images_and_can_be_taken_back(work: list[list[Line]]) -> None:
    with TemporaryDirectory() as folder:
        file = make_filled(Path(folder))
        kept: list[tuple[int, Records]] = []
        now = state(file)
        for lines in work:
            number = operate(file, partial(run, lines))
            before, now = now, state(file)
            assert number in operations_of(file) or before == now
            kept += [(number, before)] if number in operations_of(file) else []
        for (number, before), after in zip(kept, [*(records for _, records in kept[1:]), now], strict=False):
            assert played(before, changes_of(file, number)) == after
        for number, before in reversed(kept):
            operate(file, partial(take_back, changes_of(file, number)), undoes=number)
            assert state(file) == before


def operations_of(file: Path) -> list[int]:
    with reading(file, TODAY) as school:
        return [number for (number,) in school.db.execute("SELECT id FROM operation ORDER BY id")]
