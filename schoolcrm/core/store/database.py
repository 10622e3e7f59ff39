"""Opening the school's file: pragmas, checks of what the file is, errors of SQLite in plain words.

Reading goes over a read-only connection of `sqlite3` alone; writing is one immediate transaction
(`transaction.py`). Rollback journal with full synchronisation: the safe choice for one file on one disk.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from schoolcrm.core.clock import school_day
from schoolcrm.core.errors import Busy, Damaged, DiskTrouble, NotFound, Refused, SchoolError
from schoolcrm.core.language import _, use_own_texts
from schoolcrm.core.rules.disk import reason_of

# None is what most columns have to say, and sqlite3 looks for a way of its own to put it each time.
_NOTHING: dict[None, None] = {}
sqlite3.register_adapter(type(None), _NOTHING.get)

APPLICATION_ID = 0x5C4001C2
WAIT_SECONDS = 10.0
# Kept beside the ladder's last step so that a reader need not look at the migrations' folder.
SCHEMA_VERSION = 5

_READONLY_ROLLBACK = 776  # SQLITE_READONLY_ROLLBACK: a crash left a journal that only a writer can roll back
# What SQLite says without a code of its own where a byte of what we wrote has changed.
_SPOILT = ("malformed JSON", "Could not decode to UTF-8")


@dataclass(slots=True)
class School:
    """The school's database, opened for reading, and the day that counts as today."""

    db: sqlite3.Connection
    today: date


class OwnTransaction(sqlite3.Connection):
    """A connection whose transaction begins and ends with SQL only, never with a method.

    SQLAlchemy calls `rollback()` when it first meets a connection and whenever a statement fails: that would
    end the transaction of the whole command behind its back, and what follows would be written bit by bit.
    """

    def commit(self) -> None:
        """Do nothing: COMMIT is executed by whoever executed BEGIN."""

    def rollback(self) -> None:
        """Do nothing: ROLLBACK is executed by whoever executed BEGIN."""


def connect(path: Path, *, writable: bool = False) -> sqlite3.Connection:
    """Return a connection to an existing file with this program's pragmas set; does not check what it is."""
    mode = "rw" if writable else "ro"
    db = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=WAIT_SECONDS,
        factory=OwnTransaction,
    )
    try:
        db.execute("PRAGMA foreign_keys = ON")
        if writable:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA recursive_triggers = ON")
            db.execute("PRAGMA secure_delete = ON")
    except BaseException:
        db.close()
        raise
    return db


def require_file(path: Path) -> None:
    """Raise NotFound, saying where it looked and what to run, when there is no database.

    Raises DiskTrouble when its folder may not be looked into.
    """
    try:
        found = path.exists()
    except OSError as error:
        raise _unusable(path, reason_of(error)) from error
    if path.is_dir():
        raise _unusable(path, _("it is a folder"))
    if not found:
        raise NotFound(
            _("There is no database at {path}.").format(path=path),
            _("Run 'schoolcrm init' or 'schoolcrm import-csv FILE' to create it, or name another file with --db."),
        )


def require_no_file(path: Path) -> None:
    """Raise Refused when there is a file where a new database is to be."""
    if path.exists():
        raise Refused(
            _("There is a file at {path} already.").format(path=path),
            _("Name another file with --db, or move that one away."),
        )


def file_version(db: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of the file; Damaged if it isn't ours or comes from a newer program."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        raise Damaged(
            _("{path} is not a schoolcrm database.").format(path=path),
            _("Name the school's file with --db; this one was left as it was."),
        )
    if version > SCHEMA_VERSION:
        raise Damaged(
            _("{path} was written by a newer schoolcrm (schema {version}, this program knows {known}).").format(
                path=path, version=version, known=SCHEMA_VERSION
            ),
            _("Update schoolcrm; the file was left as it was."),
        )
    return version


@contextmanager
def reading(path: Path, today: date | None) -> Iterator[School]:
    """Open the file read-only, all statements seeing one state of it; `today` None: the school's own day.

    Raises NotFound (no file), Damaged (not ours, newer, corrupt), Busy, DiskTrouble.
    """
    require_file(path)
    with database_errors(path), closing(_readable(path)) as db:
        speak_of_labels(db)
        yield School(db, today or school_today(db))


def step_aside(db: sqlite3.Connection) -> None:
    """Let who waits write: what `reading` opened sees the file from then on as it is then. Nothing may be under way."""
    db.execute("COMMIT")
    db.execute("BEGIN")


def _readable(path: Path) -> sqlite3.Connection:
    try:
        return _snapshot(path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != _READONLY_ROLLBACK:
            raise
    _roll_back_after_crash(path)
    return _snapshot(path)


def _snapshot(path: Path) -> sqlite3.Connection:
    """Return a read-only connection inside a transaction that sees the file as the check of it did."""
    db = connect(path)
    try:
        db.execute("BEGIN")
        if file_version(db, path) < SCHEMA_VERSION:
            from schoolcrm.core.store.migrations import migrate

            db.close()
            migrate(path)
            db = connect(path)
            db.execute("BEGIN")
            file_version(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _roll_back_after_crash(path: Path) -> None:
    with closing(connect(path, writable=True)) as db:
        db.execute("PRAGMA user_version").fetchone()


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file, not about our statements, into refusals people understand."""
    try:
        yield
    except Exception as error:
        cause = getattr(error, "orig", error)  # SQLAlchemy wraps SQLite's error and keeps it as `orig`
        refusal = _refusal(cause, path) if isinstance(cause, sqlite3.DatabaseError) else None
        if refusal is None and isinstance(cause, sqlite3.OperationalError):
            refusal = _misfit(path)
        if refusal is None and isinstance(cause, ValueError) and _is_spoilt(path):
            refusal = _damaged(path)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: sqlite3.DatabaseError, path: Path) -> SchoolError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(
            _("The database {path} is busy: another command is writing to it.").format(path=path),
            _("Try again in a moment; nothing was changed."),
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or str(error).startswith(_SPOILT):
        return _damaged(path)
    if code == sqlite3.SQLITE_FULL:
        return DiskTrouble(
            _("The disk that holds {path} is full.").format(path=path),
            _("Free some space and repeat; nothing was changed."),
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return _unusable(path, _reason_of(error, path))
    return None


def _reason_of(error: sqlite3.DatabaseError, path: Path) -> str:
    """Return why SQLite could not read or write the file, in the language in use where it is a usual reason."""
    if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR:
        return _("the disk reports an error")
    with suppress(OSError, AttributeError):  # Windows has no statvfs
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            return _("the disk is read-only")
    permitted = os.access(path, os.R_OK | os.W_OK) and os.access(path.absolute().parent, os.W_OK | os.X_OK)
    return str(error) if permitted else _("it is not permitted")


def _damaged(path: Path) -> Damaged:
    return Damaged(
        _("{path} is damaged or is not a database.").format(path=path),
        _("Don't write to it; restore the latest backup or call someone who can repair it."),
    )


def _is_spoilt(path: Path) -> bool:
    """Whether the list of tables can't be read, for which SQLite has no words, or the journal holds what isn't JSON."""
    with suppress(sqlite3.Error), closing(connect(path)) as db:
        try:
            query = "SELECT EXISTS (SELECT 1 FROM change WHERE before IS NOT NULL AND NOT json_valid(before))"
            return bool(db.execute(query).fetchone()[0])
        except UnicodeDecodeError:
            return True
    return False


def _misfit(path: Path) -> SchoolError | None:
    """Return the refusal of a file whose tables are not this program's; None: the statement was to blame."""
    from schoolcrm.core.store.checking import broken, faults_of_schema

    with suppress(sqlite3.Error, SchoolError), closing(connect(path)) as db:
        if file_version(db, path) == SCHEMA_VERSION and (faults := list(faults_of_schema(db))):
            return broken(path, faults)
    return None


def _unusable(path: Path, reason: str | None) -> DiskTrouble:
    return DiskTrouble(
        _("The database {path} can't be read or written: {reason}.").format(path=path, reason=reason),
        _("Check that the file and its folder may be written to by you; nothing was changed."),
    )


def setting(db: sqlite3.Connection, key: str, default: str | None = None) -> str:
    """Return a setting of the school kept in the database, or `default`; None: the one in `core.rules.settings`."""
    row = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    if row:
        return str(row[0])
    if default is not None:
        return default
    from schoolcrm.core.rules.settings import SETTINGS

    return SETTINGS[key].default


def language_of_school(path: Path) -> str:
    """Return the language the school has set, "en" when there is no file that could tell."""
    try:
        with closing(connect(path)) as db:
            return setting(db, "language")
    except (sqlite3.Error, OSError):
        return "en"


def school_today(db: sqlite3.Connection) -> date:
    """Return today's date in the school's own time zone, which is kept in the database."""
    return school_day(setting(db, "time_zone"))


def speak_of_labels(db: sqlite3.Connection) -> None:
    """Let the headings from now on have the school's own words (R57)."""
    kept = dict(db.execute("SELECT key, value FROM setting WHERE key > 'label.' AND key < 'label/'"))
    if not kept:
        use_own_texts({})
        return
    from schoolcrm.core.rules.labels import own_texts

    use_own_texts(own_texts(kept))
