"""The ladder of numbered migrations, `PRAGMA user_version` naming the step a file stands on.

Each step is one transaction: the script, the views (at the last one) and the journal's triggers made anew, the foreign
keys checked, no record lost. Before a step a checked copy of the file is laid beside it.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from schoolcrm.core.errors import Damaged, DiskTrouble
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of
from schoolcrm.core.rules.names import shortened
from schoolcrm.core.store.database import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    connect,
    database_errors,
    file_version,
    require_no_file,
)
from schoolcrm.core.store.files import partial_file, publish, replace
from schoolcrm.core.store.foreign_keys import unfollowed_references
from schoolcrm.core.store.journal import SCHEMA, drop_triggers, install_journal, journaled_tables, statements


def scripts() -> list[tuple[int, str]]:
    """Return the steps as (version, SQL), in order; a step's number is the first part of its file's name."""
    found = [entry for entry in files(__package__).iterdir() if entry.name.endswith(".sql")]
    return sorted((int(entry.name.split("_")[0]), entry.read_text("utf-8")) for entry in found)


def create(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make a database, readable by its owner only; `fill` writes the school's defaults into it.

    The file appears under its name only when it is whole. Raises DiskTrouble when its folder can't be
    written, Refused when there is a file already.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_no_file(path)
        with partial_file(path) as partial:
            with database_errors(path), closing(connect(partial, writable=True)) as db:
                _begin(db)
                fill(db)
            if not publish(partial, path):
                require_no_file(path)
    except OSError as error:
        raise DiskTrouble(
            _("The database {path} can't be created: {reason}.").format(path=path, reason=reason_of(error)),
            _("Choose a folder you may write to, with --db."),
        ) from error


def _begin(db: sqlite3.Connection) -> None:
    """Lay out a new file as the steps would, in one transaction and with one making of the journal."""
    with unfollowed_references(db):
        lay_out(db, 0, SCHEMA_VERSION)
        install_journal(db)
        _stamp(db, SCHEMA_VERSION)


def migrate(path: Path) -> None:
    """Bring an older file up to this program's schema, step by step, a checked copy before each.

    Raises Damaged (not ours, newer, corrupt, a step would lose records), Busy, DiskTrouble.
    """
    with database_errors(path), closing(connect(path, writable=True)) as db:
        db.execute("BEGIN")
        version = file_version(db, path)
        require_fitting(db, version, path)
        db.execute("COMMIT")
        climb(db, version, keep_copy_of=path)


def require_fitting(db: sqlite3.Connection, version: int, path: Path) -> None:
    """Raise Damaged, naming the file, if its tables are not those of the older schema it says it has."""
    there = _columns(db)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        lay_out(new, 0, version)
        expected = _columns(new)
        lay_out(new, version, SCHEMA_VERSION)
        known = _columns(new).keys() | expected
    wrong = sorted(name for name in known if there.get(name) != expected.get(name))
    if wrong:
        raise Damaged(
            _("{path} says that it has schema {version}, but these tables don't fit it: {tables}.").format(
                path=path, version=version, tables=shortened(wrong)
            ),
            _("The file was left as it was; restore the latest backup or call someone who can repair it."),
        )


def lay_out(db: sqlite3.Connection, version: int, target: int) -> None:
    """Bring empty tables from one schema to another, without the triggers that record changes."""
    for number, script in scripts():
        if version < number <= target:
            for statement in (*statements(script), *statements(SCHEMA)):
                db.execute(statement)
    if target >= SCHEMA_VERSION:
        _install_views(db)


def _columns(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the columns of every table."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    tables = [name for (name,) in db.execute(query)]
    columns = "SELECT name FROM pragma_table_info(?) ORDER BY name"
    return {table: [name for (name,) in db.execute(columns, (table,))] for table in tables}


def climb(
    db: sqlite3.Connection,
    version: int,
    steps: list[tuple[int, str]] | None = None,
    keep_copy_of: Path | None = None,
) -> None:
    """Take every step above `version`; each is whole or not there at all."""
    for number, script in steps if steps is not None else scripts():
        if number > version:
            _step(db, number, script, keep_copy_of)


def copy_before(path: Path, number: int) -> Path:
    """Lay a checked copy of the file beside it before step `number`, and return where it is.

    Raises Damaged when the file is not sound, DiskTrouble when its folder can't be written.
    """
    target = path.with_name(f"{path.name}.before-{number:04d}")
    try:
        with partial_file(target) as partial:
            _copy(path, partial)
            replace(partial, target)
    except OSError as error:
        raise DiskTrouble(
            _("The database {path} can't be copied before its migration: {reason}.").format(
                path=path, reason=reason_of(error)
            ),
            _("Free some space or let its folder be written to; the file was left as it was."),
        ) from error
    return target


def _copy(path: Path, target: Path) -> None:
    with closing(connect(path)) as source, closing(connect(target, writable=True)) as copy:
        source.backup(copy)
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise Damaged(
            _("The database {path} is damaged: {verdict}.").format(path=path, verdict=verdict),
            _("It was not migrated; restore the latest backup."),
        )


def _step(db: sqlite3.Connection, number: int, script: str, keep_copy_of: Path | None) -> None:
    # A table that is rebuilt would take its children with it if references were followed.
    with unfollowed_references(db):
        if _stands_on(db) < number:  # else another process took the step while this one waited
            if keep_copy_of is not None:
                copy_before(keep_copy_of, number)
            _take(db, number, script)


def _stands_on(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _take(db: sqlite3.Connection, number: int, script: str) -> None:
    before = _counts(db)
    drop_triggers(db)
    for statement in statements(script):
        db.execute(statement)
    if number >= SCHEMA_VERSION:
        _install_views(db)
    install_journal(db)
    _verify(db, number, before)
    _stamp(db, number)


def _stamp(db: sqlite3.Connection, number: int) -> None:
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {number}")


def _install_views(db: sqlite3.Connection) -> None:
    """Make the views of views.sql in place of any that are there; they fit the newest schema only."""
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        db.execute(f'DROP VIEW "{name}"')
    for statement in statements(files("schoolcrm.core.store").joinpath("views.sql").read_text("utf-8")):
        db.execute(statement)


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in journaled_tables(db)}  # noqa: S608


def _verify(db: sqlite3.Connection, number: int, before: dict[str, int]) -> None:
    after = _counts(db)
    lost = sorted(name for name, count in before.items() if name in after and after[name] < count)
    orphans = db.execute("PRAGMA foreign_key_check").fetchall()
    if lost or orphans:
        tables = ", ".join(lost or sorted({row[0] for row in orphans}))
        raise Damaged(
            _("Migration {number} would lose records of: {tables}.").format(number=number, tables=tables),
            _("The file was left as it was; call someone who can look at it."),
        )
