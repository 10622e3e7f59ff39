"""Writing: one immediate transaction a command, recorded as one operation of the journal."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
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
)
from schoolcrm.core.store.journal import begin_operation, end_operation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from sqlmodel import SQLModel

    Row = TypeVar("Row", bound=SQLModel)


@dataclass
class WritableSchool(School):
    """The school inside one write transaction: `db` and `session` share the connection.

    `user` signs the changes. Text SQL through `db` sees what `session` wrote after `session.flush()`;
    `add` flushes by itself.
    """

    user: str
    operation_id: int = field(default=0)

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
        """Validate the values as `model`, write the record and return it with its id."""
        record = model.model_validate(values)
        self.session.add(record)
        self.session.flush()
        return record


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
    with writable_connection(path) as db:
        if before is not None:
            before(db)
        with operation(db, today, user=user, command=command, dry_run=dry_run, undoes=undoes) as school:
            yield school


@contextmanager
def writable_connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for writing, no transaction begun: for work that is prepared before the lock is taken."""
    require_file(path)
    with database_errors(path), closing(_writable(path)) as db:
        yield db


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
    school = WritableSchool(db, today or school_today(db), user)
    try:
        school.operation_id = begin_operation(db, user, command, undoes)
        yield school
        flush(school)
        keep = end_operation(db, school.operation_id) and not dry_run
        db.execute("COMMIT" if keep else "ROLLBACK")
    except BaseException:
        _roll_back(db)
        raise


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
