"""Writing: one immediate transaction a command, recorded as one operation of the journal."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from schoolcrm.core.store.database import (
    SCHEMA_VERSION,
    School,
    connect,
    database_errors,
    file_version,
    require_file,
    school_today,
    speak_of_labels,
)
from schoolcrm.core.store.files import keep_private
from schoolcrm.core.store.journal import begin_operation, end_operation
from schoolcrm.core.store.numbering import last_number

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from sqlmodel import SQLModel

    Row = TypeVar("Row", bound=SQLModel)

Cell = str | int | bool | date | None
"""What a column of the school's tables may be given."""
_KINDS = {"TEXT": str, "INTEGER": int}


@dataclass
class WritableSchool(School):
    """The school inside one write transaction: `db` and `session` share the connection.

    `user` signs the changes; an operation that changed no record is kept only if it `leaves_trace`; at its end
    `kept_as` is its number in the journal, None if nothing was kept. Text SQL through `db` sees what `session` wrote
    after `session.flush()`; `add` flushes by itself. `insert` is the light door for what a desk records all day:
    SQLModel and what it stands on take three times as long to import as such a command takes in all.
    """

    user: str
    operation_id: int = field(default=0)
    leaves_trace: bool = field(default=False)
    kept_as: int | None = field(default=None)

    @cached_property
    def session(self) -> "Session":
        """A SQLAlchemy session over the transaction's own connection."""
        from sqlalchemy import create_engine
        from sqlalchemy.orm import Session
        from sqlalchemy.pool import StaticPool

        engine = create_engine(
            "sqlite://",
            creator=lambda: self.db,
            poolclass=StaticPool,
            pool_reset_on_return=None,
            hide_parameters=True,
        )
        return Session(engine, autoflush=True, expire_on_commit=False)

    def add(self, model: "type[Row]", **values: Any) -> "Row":
        """Validate the values as `model`, write the record and return it with its id, which is a new one."""
        if "id" in model.model_fields and values.get("id") is None:
            values["id"] = last_number(self.db, str(model.__tablename__)) + 1
        record = model.model_validate(values)
        self.session.add(record)
        self.session.flush()
        return record

    def insert(self, table: str, **values: "Cell") -> int:
        """Write a row of the table and return its number, a new one; 0 in a table without one.

        The schema checks what the models do: its columns' kinds here, the rest by its CHECKs and keys. Raises
        TypeError for a column that the table has not or a value of another kind, sqlite3.IntegrityError.
        """
        kinds = {name: kind for _at, name, kind, *_rest in self.db.execute(f'PRAGMA table_info("{table}")')}
        row = {name: _stored(value, kinds.get(name), f"{table}.{name}") for name, value in values.items()}
        if "id" in kinds and "id" not in row:
            row["id"] = last_number(self.db, table) + 1
        columns, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        return self.db.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", row).lastrowid or 0  # noqa: S608

    def forget(self) -> None:
        """Let the session, if there is one, forget what a savepoint took back: its numbers are given again."""
        if "session" in self.__dict__:
            self.session.expunge_all()


def _stored(value: "Cell", kind: str | None, column: str) -> str | int | None:
    """Return the value as its column keeps it; TypeError where the two don't fit, which is told without the value."""
    if type(value) is bool:
        value = int(value)
    cell = value.isoformat() if isinstance(value, date) else value
    if kind is None or type(value) is datetime or (cell is not None and type(cell) is not _KINDS[kind]):
        raise TypeError(f"{column} takes no {type(value).__name__}")
    return cell


@contextmanager
def writing(
    path: Path,
    today: date | None,
    *,
    user: str,
    command: str,
    dry_run: bool = False,
    undoes: int | None = None,
    before: Callable[[sqlite3.Connection], None] | None = None,
) -> Iterator[WritableSchool]:
    """Open the file for one write transaction; commit it at the end, or take all of it back.

    Taken back are: any exception, `dry_run`, and an operation that changed nothing (it leaves no trace).
    `today` None: the school's own day; `undoes`: the number of the operation this one takes back (R54);
    `before`: what is done with the open file before the transaction begins.
    Raises NotFound, Damaged, Busy (after WAIT_SECONDS), DiskTrouble.
    """
    with writable_connection(path, dry_run=dry_run) as db:
        if before is not None:
            before(db)
        with operation(db, today, user=user, command=command, dry_run=dry_run, undoes=undoes) as school:
            yield school


@contextmanager
def writable_connection(path: Path, *, dry_run: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the file for writing, no transaction begun: for work that is prepared before the lock is taken.

    Unless it is a `dry_run`, the file is made its owner's alone and keeps its changes in itself from then on.
    """
    require_file(path)
    with database_errors(path), closing(_writable(path)) as db:
        if not dry_run:
            keep_private(path)
            _leave_wal(db)
        yield db


def _leave_wal(db: sqlite3.Connection) -> None:
    """Bring a file that another program left in WAL mode back to the rollback journal, if nobody else has it open."""
    if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        return
    (wait,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute("PRAGMA busy_timeout = 0")
    with suppress(sqlite3.OperationalError):
        db.execute("PRAGMA journal_mode = DELETE").fetchone()
    db.execute(f"PRAGMA busy_timeout = {wait}")


@contextmanager
def operation(
    db: sqlite3.Connection,
    today: date | None,
    *,
    user: str,
    command: str,
    dry_run: bool = False,
    undoes: int | None = None,
) -> Iterator[WritableSchool]:
    """Hold the one transaction of `writing` on a connection that is open already."""
    db.execute("BEGIN IMMEDIATE")
    speak_of_labels(db)
    school = WritableSchool(db, today or school_today(db), user)
    try:
        school.operation_id = begin_operation(db, user, command, undoes)
        yield school
        flush(school)
        keep = (end_operation(db, school.operation_id) or school.leaves_trace) and not dry_run
        db.execute("COMMIT" if keep else "ROLLBACK")
        school.kept_as = school.operation_id if keep else None
    except BaseException:
        _roll_back(db)
        raise


def may_set_off(school: WritableSchool) -> bool:
    """Tell whether the operation may set an automation off (R56): one is in force, and a client was changed.

    Asked at the end of every operation, so that those it is nothing to don't pay for more than the question.
    """
    if school.db.execute("SELECT 1 FROM automation WHERE removed_on IS NULL LIMIT 1").fetchone() is None:
        return False
    flush(school)
    first = "(SELECT first_change FROM operation WHERE operation.id = ?)"
    query = f"SELECT 1 FROM change WHERE id >= {first} AND +entity IN ('client', 'client_field') LIMIT 1"  # noqa: S608
    return school.db.execute(query, (school.operation_id,)).fetchone() is not None


def flush(school: WritableSchool) -> None:
    """Send what the session still holds, if a session was ever used."""
    if "session" in school.__dict__:
        school.session.flush()


def _writable(path: Path) -> sqlite3.Connection:
    db = connect(path, writable=True)
    try:
        version = file_version(db, path)
    except BaseException:
        db.close()
        raise
    if version < SCHEMA_VERSION:
        from schoolcrm.core.store.migrations import migrate

        db.close()
        migrate(path)
        db = connect(path, writable=True)
    return db


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        db.execute("ROLLBACK")
