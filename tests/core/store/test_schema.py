"""The schema the migrations make is the one the models mirror, and every table of it is journaled."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel
from store_files import fill
from store_samples import KEYS, SAMPLES

from schoolcrm.core.store import models
from schoolcrm.core.store.database import SCHEMA_VERSION
from schoolcrm.core.store.journal import OWN_TABLES, journaled_tables
from schoolcrm.core.store.migrations import climb, scripts

TABLES = sorted(SAMPLES)


@pytest.fixture(scope="module")
def migrated() -> Iterator[sqlite3.Connection]:
    """A database made by the ladder of migrations."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        climb(db, 0)
        yield db


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A database made from the models."""
    path: Path = tmp_path_factory.mktemp("mirror") / "mirror.db"
    engine = create_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


def pragma(db: sqlite3.Connection, name: str, argument: str) -> list[dict[str, Any]]:
    rows = db.execute(f'PRAGMA {name}("{argument}")')
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows]


def source(db: sqlite3.Connection, kind: str, name: str) -> str:
    row = db.execute("SELECT sql FROM sqlite_schema WHERE type = ? AND name = ?", (kind, name)).fetchone()
    return str(row[0] or "") if row else ""


def plain(sql: str) -> str:
    """One writing of a piece of SQL: no comments, no quoted names, no spare spaces."""
    sql = re.sub(r"--[^\n]*", " ", sql).replace('"', "")
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(sql.split()))


def check_texts(sql: str) -> Counter[str]:
    """The expressions of the CHECKs of a CREATE TABLE."""
    found: Counter[str] = Counter()
    for match in re.finditer(r"\bCHECK\s*\(", sql):
        depth, quoted, start = 1, False, match.end()
        for at in range(start, len(sql)):
            quoted ^= sql[at] == "'"
            depth += 0 if quoted else (sql[at] == "(") - (sql[at] == ")")
            if depth == 0:
                found[plain(sql[start:at])] += 1
                break
    return found


def indexes(db: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    """The indexes: name (if it was given one), columns with order and collation, uniqueness, WHERE."""
    found = set()
    for index in pragma(db, "index_list", table):
        columns = tuple(
            (part["name"], part["desc"], part["coll"])
            for part in pragma(db, "index_xinfo", index["name"])
            if part["key"]
        )
        name = "" if index["name"].startswith("sqlite_autoindex_") else index["name"]
        condition = plain(source(db, "index", index["name"]).partition(" WHERE ")[2])
        found.add((name, columns, index["unique"], index["origin"], index["partial"], condition))
    return found


def foreign_keys(db: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    parts: dict[int, list[dict[str, Any]]] = {}
    for part in pragma(db, "foreign_key_list", table):
        parts.setdefault(part["id"], []).append(part)
    return {
        (
            key[0]["table"],
            tuple((part["from"], part["to"]) for part in sorted(key, key=lambda part: part["seq"])),
            key[0]["on_update"],
            key[0]["on_delete"],
            key[0]["match"],
        )
        for key in parts.values()
    }


def described(db: sqlite3.Connection, table: str) -> dict[str, Any]:
    (entry,) = [row for row in pragma(db, "table_list", table) if row["type"] == "table"]
    return {
        "columns": pragma(db, "table_xinfo", table),
        "foreign keys": foreign_keys(db, table),
        "indexes": indexes(db, table),
        "checks": check_texts(source(db, "table", table)),
        "strict": entry["strict"],
        "without rowid": entry["wr"],
    }


def test_models_and_samples_cover_every_table(migrated: sqlite3.Connection) -> None:
    assert journaled_tables(migrated) == TABLES
    assert sorted(SQLModel.metadata.tables) == TABLES
    mapped = {getattr(models, name).__tablename__ for name in models.__all__}
    assert mapped == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_model_mirrors_its_table(table: str, migrated: sqlite3.Connection, mirrored: sqlite3.Connection) -> None:
    made, mirror = described(migrated, table), described(mirrored, table)
    for aspect in made:
        assert mirror[aspect] == made[aspect], f"{table}: {aspect}"


def test_description_sees_what_it_should(migrated: sqlite3.Connection) -> None:
    mark = described(migrated, "mark")
    assert (mark["strict"], mark["without rowid"]) == (1, 1)
    assert mark["checks"]["charge BETWEEN 0 AND price"] == 1
    assert mark["checks"]["attended = 0 OR(reason_id IS NULL AND(share = 100 OR makes_up_id IS NOT NULL))"] == 1
    assert ("lesson", (("lesson_id", "id"), ("on_date", "on_date")), "CASCADE", "NO ACTION", "NONE") in mark[
        "foreign keys"
    ]
    unpaid = ("mark_unpaid", (("student_id", 0, "BINARY"), ("on_date", 0, "BINARY")), 0, "c", 1, "basis = 'none'")
    assert unpaid in mark["indexes"]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_three_journal_triggers(table: str, migrated: sqlite3.Connection) -> None:
    rows = migrated.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,))
    assert {name for (name,) in rows} == {f"journal_{table}_{kind}" for kind in ("insert", "update", "delete")}


def test_no_trigger_records_the_journal_itself(migrated: sqlite3.Connection) -> None:
    rows = migrated.execute("SELECT tbl_name FROM sqlite_schema WHERE name LIKE 'journal\\_%' ESCAPE '\\'")
    assert OWN_TABLES.isdisjoint(table for (table,) in rows if table != "journal_state")


def test_composite_keys_are_integers(migrated: sqlite3.Connection) -> None:
    """The journal joins them with a slash and takes them apart again."""
    for table, keys in KEYS.items():
        types = {column["name"]: column["type"] for column in pragma(migrated, "table_xinfo", table)}
        assert len(keys) == 1 or {types[key] for key in keys} == {"INTEGER"}, table


def test_every_table_is_keyed_as_the_samples_say(migrated: sqlite3.Connection) -> None:
    for table in TABLES:
        columns = pragma(migrated, "table_xinfo", table)
        primary = {column["name"] for column in columns if column["pk"]}
        if table != "mark":
            assert primary == set(KEYS.get(table, ("id",))), table


def test_schema_version_is_the_last_script() -> None:
    assert [number for number, _ in scripts()] == list(range(1, SCHEMA_VERSION + 1))


def test_samples_fit_together() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        climb(db, 0)
        fill(db)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
