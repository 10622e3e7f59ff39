"""Backups: whole checked copies of the school's file, made while others work with it, and those made by themselves."""

import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from schoolcrm.core.clock import machine_now
from schoolcrm.core.errors import Damaged, DiskTrouble, Refused, SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of
from schoolcrm.core.store.database import connect, database_errors, file_version, require_file, setting
from schoolcrm.core.store.files import next_name, partial_file, publish, replace

FOLDER = "backups"
DAY, IMPORT, PURGE = "day", "import", "purge"
"""What the automatic backups are made before: the first change of a day, an import, a purge."""

CACHE = -64_000
"""Kibibytes, written as SQLite wants them: without room for an index, checking reads the file again and again."""

_STAMP = "%Y%m%d-%H%M%S"
_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


class Backup(NamedTuple):
    """A backup that was made: where it is, its bytes, the schema it has; `fault`: what is not whole of the school."""

    path: Path
    size: int
    schema: int
    fault: str = ""


def backup_folder(path: Path) -> Path:
    """Return the folder in which backups of the file are made unless a place is named."""
    return path.parent / FOLDER


def find_backups(path: Path) -> list[Path]:
    """Return the backups of the file in its own folder of backups, by hand or automatic, the newest first."""
    return _named(path)


def made_at(backup: Path) -> datetime:
    """Return when a backup of that folder was made, by its name, in the machine's time."""
    (stamp,) = re.findall(r"-(\d{8}-\d{6})(?:-\w+)*\.db$", backup.name)
    return datetime.strptime(stamp, _STAMP).astimezone()


def make_backup(path: Path, target: Path | None = None, *, overwrite: bool = False, reason: str = "") -> Backup:
    """Copy the school's file, as it stands at one moment, to `target`, or into its folder of backups.

    Nobody is kept from working longer than the copying takes. The copy is checked before it gets its name. That
    of a school whose tables or journal are not whole is made, for there may be no other, and says so.
    Raises Refused if there is a file at `target` and it is not to be overwritten, Damaged, Busy, DiskTrouble.
    """
    from schoolcrm.core.store.checking import fault_of

    require_file(path)
    place = target or _new_name(path, reason)
    with disk_errors(place):
        if target is None:
            place.parent.mkdir(mode=0o700, exist_ok=True)
        require_place(path, place, overwrite=overwrite)
        with partial_file(place) as partial:
            schema = copy_database(path, partial)
            require_sound(partial, path, quick=bool(reason))
            fault = "" if reason else fault_of(partial, path)
            if overwrite:
                replace(partial, place)
            elif not publish(partial, place):
                refuse_existing(place)
        return Backup(place, place.stat().st_size, schema, fault)


def copy_database(path: Path, target: Path) -> int:
    """Copy the school's file at `path` into the empty file `target`; return its schema.

    Raises Damaged for a file that is not ours or is newer, Busy, DiskTrouble.
    """
    # Writable: after a crash the first who opens the file must be able to roll its journal back.
    with database_errors(path), closing(connect(path, writable=True)) as source:
        source.execute("BEGIN")
        schema = file_version(source, path)
        with closing(connect(target, writable=True)) as copy:
            # Nobody reads the copy before it is whole, and it is synced when it gets its name.
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            with _naming(target):
                source.backup(copy)
        return schema


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Let trouble with the disk be told of the copy, not of the file that is copied."""
    try:
        yield
    except sqlite3.Error as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in _DISK:
            raise
        with database_errors(target):
            raise


def require_sound(copy: Path, origin: Path, *, quick: bool = False) -> None:
    """Raise Damaged, naming `origin`, if the copy of it is not ours or not sound; `quick`: its indexes left out."""
    with database_errors(origin), closing(connect(copy, writable=True)) as db:
        file_version(db, origin)
        db.execute(f"PRAGMA cache_size = {CACHE}")
        # The values in the rows were checked when they were written; here it is about the pages.
        db.execute("PRAGMA ignore_check_constraints = ON")
        verdict = str(db.execute(f"PRAGMA {'quick' if quick else 'integrity'}_check(1)").fetchone()[0])
    if verdict != "ok":
        raise Damaged(
            _("The database {path} is damaged: {verdict}.").format(path=origin, verdict=" ".join(verdict.split())),
            _("'schoolcrm db check' tells more; 'schoolcrm db restore FILE' brings a sound backup back."),
        )


def automatic_backup(path: Path, reason: str) -> Backup | None:
    """Make a backup before something big, and let the oldest automatic ones go.

    None, and nothing done, when they are switched off or the school has nobody in it yet. Raises what
    `make_backup` does, BadValue for a setting that is no number.
    """
    keep = _how_many(path)
    if not keep:
        return None
    backup = make_backup(path, reason=reason)
    with disk_errors(backup_folder(path)):
        _let_go(path, keep)
    return backup


def backup_of_the_day(path: Path, db: sqlite3.Connection) -> Backup | None:
    """Make the day's automatic backup before its first change; raises what `automatic_backup` does.

    `db` is the file, open, so that asking costs no other opening.

    None when there is one of today, and for a school that was only begun today.
    """
    now = machine_now()
    if _named(path, f"{now:%Y%m%d}"):
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    if _began(db) >= f"{midnight:%Y-%m-%dT%H:%M:%S}":
        return None
    return automatic_backup(path, DAY)


def kept_beside(path: Path) -> list[Path]:
    """Return the copies kept beside the file: of restores, then of updates, the newest first."""
    return [copy for kind in _kept_by_kind(path) for copy in kind]


def let_kept_go(path: Path, *, spare: Collection[Path]) -> None:
    """Delete the copies beside the file but the newest of each kind: as many as automatic backups, at least one.

    To be called after a restore; trouble with it is none of the restore's, and is left for the next time.
    """
    with suppress(SchoolError, OSError):
        _let_kept_go(path, _setting_of(path), {file.resolve() for file in spare})


def _let_kept_go(path: Path, keep: int, spared: Collection[Path] = ()) -> None:
    for kind in _kept_by_kind(path):
        for old in kind[max(1, keep) :]:
            if old.resolve() not in spared:
                old.unlink(missing_ok=True)
                old.with_name(f"{old.name}-journal").unlink(missing_ok=True)


def _kept_by_kind(path: Path) -> Iterator[list[Path]]:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return
    for kind in (r"replaced-(\d{8}-\d{6})(?:-(\d+))?", r"before-(\d{4})()"):
        pattern = re.compile(rf"{re.escape(path.name)}\.{kind}")
        found = (match for name in names if (match := pattern.fullmatch(name)))
        ordered = sorted(((match[1], int(match[2] or 1), match[0]) for match in found), reverse=True)
        yield [path.with_name(name) for _stamp, _number, name in ordered]


def _began(db: sqlite3.Connection) -> str:
    """Return the moment (UTC) of the school's first operation; of a school without one, a moment never reached."""
    row = db.execute("SELECT at FROM operation ORDER BY id LIMIT 1").fetchone()
    return str(row[0]) if row else "9999"


def _how_many(path: Path) -> int:
    """Return how many automatic backups the school keeps, 0 also if there is nobody in it yet."""
    with database_errors(path), closing(connect(path, writable=True)) as db:
        file_version(db, path)
        anybody = db.execute("SELECT EXISTS (SELECT 1 FROM client)").fetchone()[0]
        return _setting_in(db) if anybody else 0


def _setting_of(path: Path) -> int:
    with database_errors(path), closing(connect(path, writable=True)) as db:
        file_version(db, path)
        return _setting_in(db)


def _setting_in(db: sqlite3.Connection) -> int:
    from schoolcrm.core.rules.settings import SETTINGS, kept_value

    each = SETTINGS["backup_count"]
    return int(kept_value(each.key, setting(db, each.key), each.default, each.read))


def _let_go(path: Path, keep: int) -> None:
    """Delete all but the newest automatic backups and copies beside the file; those made by hand stay."""
    for old in _named(path, reasons="-(?:day|import|purge)")[keep:]:
        old.unlink(missing_ok=True)
    _let_kept_go(path, keep)
    long_ago = (machine_now() - timedelta(days=1)).timestamp()
    for left in _left_behind(path):
        if left.stat().st_mtime < long_ago:
            left.unlink(missing_ok=True)


def _left_behind(path: Path) -> list[Path]:
    """Return the unfinished copies, of now or of a command that was killed: they hold people too."""
    unfinished = r"\.new-[a-z0-9_]{8}(?:-journal)?"
    stem, name = re.escape(_stem(path)), re.escape(path.name)
    places = (
        (backup_folder(path), re.compile(rf"{stem}-\d{{8}}-\d{{6}}(?:-\w+)*\.db{unfinished}")),
        (path.parent, re.compile(rf"{name}(?:\.replaced-[\d-]+|\.before-\d+)?{unfinished}")),
    )
    return [entry for folder, pattern in places for entry in folder.iterdir() if pattern.fullmatch(entry.name)]


def _stem(path: Path) -> str:
    return path.stem if path.suffix == ".db" else path.name


def _named(path: Path, day: str = r"\d{8}", reasons: str = r"(?:-[a-z]+)?") -> list[Path]:
    """Return the backups of the file with such names, the newest first."""
    pattern = re.compile(rf"{re.escape(_stem(path))}-({day}-\d{{6}})(?:-(\d+))?{reasons}\.db")
    try:
        names = [pattern.fullmatch(entry.name) for entry in backup_folder(path).iterdir()]
    except OSError:
        return []
    # Of several made in one second the later ones have a number.
    found = sorted(((name[1], int(name[2] or 1), name[0]) for name in names if name), reverse=True)
    return [backup_folder(path) / name for _stamp, _number, name in found]


def _new_name(path: Path, reason: str) -> Path:
    begins = f"{_stem(path)}-{machine_now().strftime(_STAMP)}"
    return next_name(backup_folder(path), begins, f"-{reason}.db" if reason else ".db")


def require_place(path: Path, place: Path, *, overwrite: bool) -> None:
    """Raise Refused if the copy can't be at `place`: no folder, the school, or a file that is not to be replaced."""
    require_folder(place)
    if place.exists() and place.samefile(path):
        raise Refused(
            _("{path} is the school's database itself.").format(path=place), _("Name another file for the copy.")
        )
    if not overwrite:
        refuse_existing(place)


def require_folder(place: Path) -> None:
    """Raise Refused when there is no folder for a file at `place`."""
    if not place.parent.is_dir():
        raise Refused(
            _("There is no folder {folder}.").format(folder=place.parent),
            _("Make the folder first, or name another file for the copy."),
        )


def refuse_existing(place: Path) -> None:
    """Raise Refused when there is a file of that name."""
    if place.exists():
        raise Refused(
            _("There is a file at {path} already.").format(path=place),
            _("Name another file, or repeat the command with --yes to replace it."),
        )


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Turn the system's refusal to read or write the file into DiskTrouble that names it."""
    try:
        yield
    except OSError as error:
        raise DiskTrouble(
            _("{path} can't be written: {reason}.").format(path=place, reason=reason_of(error)),
            _("Free some space, or choose another place; the database was left as it was."),
        ) from error
