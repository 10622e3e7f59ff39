"""Bringing a backup back in the place of the school's file, and writing the file anew without its free space."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from schoolcrm.core.clock import machine_now
from schoolcrm.core.errors import NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.store.backup import copy_database, disk_errors, let_kept_go, require_sound
from schoolcrm.core.store.checking import require_whole
from schoolcrm.core.store.database import connect, database_errors, file_version, require_file
from schoolcrm.core.store.files import keep_private, next_name, partial_file, replace, sync_folder
from schoolcrm.core.store.redaction import wipe_free_space

_NOT_READABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Restored(NamedTuple):
    """A file that was brought back: its schema, and where the one it replaces is kept (None: there was none)."""

    schema: int
    kept: Path | None


class Contents(NamedTuple):
    """What a backup holds: its schema, how many clients, and the moment (UTC) of its last operation, if any."""

    schema: int
    clients: int
    last_change: str | None


class Compacted(NamedTuple):
    """Bytes of the file before and after it was written anew."""

    before: int
    after: int


def require_backup(path: Path, file: Path) -> Contents:
    """Return what a backup holds that can be brought back to `path`.

    Raises NotFound, Refused (it is the school's own file), Damaged (not ours, newer, not sound), DiskTrouble.
    """
    if not file.exists():
        raise NotFound(
            _("There is no file {path}.").format(path=file),
            _("Backups lie in the folder 'backups' beside the database; 'schoolcrm db info' names the last one."),
        )
    if path.exists() and path.samefile(file):
        raise Refused(_("{path} is the school's database itself.").format(path=file), _("Name a backup to bring back."))
    with database_errors(file), closing(connect(file, writable=True)) as db:
        schema = file_version(db, file)
        require_sound(file, file)
        require_whole(file, file)
        (clients,) = db.execute("SELECT count(*) FROM client").fetchone()
        row = db.execute("SELECT at FROM operation ORDER BY id DESC LIMIT 1").fetchone()
    return Contents(schema, clients, row[0] if row else None)


def restore(path: Path, file: Path) -> Restored:
    """Put the backup `file` in the place of the school's file, which is kept beside it.

    What others are writing is finished before and kept with it; who waits meanwhile goes on with the restored
    school. A crash leaves one or the other. Raises what `require_backup` does, and Busy.
    """
    require_backup(path, file)
    with disk_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with partial_file(path) as partial:
            schema = copy_database(file, partial)
            require_sound(partial, file)
            require_whole(partial, file)
            if not path.exists():
                replace(partial, path)
                return Restored(schema, None)
            kept = next_name(path.parent, f"{path.name}.replaced-{machine_now():%Y%m%d-%H%M%S}")
            _put_in_place(path, partial, kept)
            keep_private(path)
            let_kept_go(path, spare={kept, file})
            return Restored(schema, kept)


def compact(path: Path) -> Compacted:
    """Write the file anew without its free space, checked before and after; raises Damaged, Busy, DiskTrouble."""
    require_file(path)
    require_sound(path, path)
    before = path.stat().st_size
    wipe_free_space(path)
    keep_private(path)
    require_sound(path, path)
    return Compacted(before, path.stat().st_size)


def _put_in_place(path: Path, new: Path, kept: Path) -> None:
    try:
        _overwrite(path, new, kept)
    except sqlite3.DatabaseError as error:
        # Without a journal to roll back the file is as it was, and what was kept of it one copy too many.
        if not path.with_name(f"{path.name}-journal").exists():
            kept.unlink(missing_ok=True)
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in _NOT_READABLE:
            with database_errors(path):
                raise
        _change_places(path, new, kept)


def _overwrite(path: Path, new: Path, kept: Path) -> None:
    """Keep what the file holds and write the new content into it, under one exclusive lock.

    The file itself stays: a writer that waits for it must not write into one that nobody reads any more.
    """
    with closing(connect(path, writable=True)) as db:
        # The lock outlasts each transaction of this connection, so that nobody can come in between.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("COMMIT")
        with partial_file(kept) as partial:
            with database_errors(partial), closing(connect(partial, writable=True)) as copy:
                db.backup(copy)
            replace(partial, kept)
        with closing(connect(new)) as source:
            source.backup(db)


def _change_places(path: Path, new: Path, kept: Path) -> None:
    """Give the name to the new file; for one that is no database any more, which nobody can be working with."""
    try:
        kept.hardlink_to(path)
    except OSError:  # the file system knows no links
        path.rename(kept)
    # A journal of the old file would be rolled back into the new one.
    with suppress(FileNotFoundError):
        path.with_name(f"{path.name}-journal").rename(kept.with_name(f"{kept.name}-journal"))
    sync_folder(path.parent)
    replace(new, path)
