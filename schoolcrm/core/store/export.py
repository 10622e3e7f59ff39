"""The whole school as CSV files that any program can read, and back again with nothing lost (docs/export.md)."""

import csv
import json
import re
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from schoolcrm.core.errors import Damaged, DiskTrouble, NotFound, Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of
from schoolcrm.core.store.database import SCHEMA_VERSION, connect, database_errors
from schoolcrm.core.store.files import partial_file, publish, sync_folder
from schoolcrm.core.store.migrations import climb, scripts
from schoolcrm.core.store.unrecorded import without_triggers

CONTENTS = "school.json"
_FORMAT = 1
_LONGEST_CELL = 2**31 - 1
# Its one row says which operation is being written just now: none.
_LEFT_OUT = frozenset({"journal_state"})
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")


class Exported(NamedTuple):
    """What was written out, or read in: the schema, and how many rows of each table."""

    schema: int
    rows: dict[str, int]


def export(db: sqlite3.Connection, folder: Path) -> Exported:
    """Write every table into a new or empty folder: a CSV file each, and CONTENTS with the schema and the counts.

    An empty cell is no value; a text that is empty, or that begins with a backslash, has a backslash before it,
    and so has a text of digits in a column that holds numbers too. Bytes are in base64. Raises
    Refused for a folder that holds something, DiskTrouble; what was made of it is then gone again.
    """
    try:
        with _all_or_nothing() as made:
            _make_empty(folder, made)
            counts = {table: _write_table(db, table, folder / f"{table}.csv", made) for table in _tables(db)}
            schema = int(db.execute("PRAGMA user_version").fetchone()[0])
            contents = {"schoolcrm_export": _FORMAT, "schema": schema, "rows": counts}
            with _created(folder / CONTENTS, made) as file:
                file.write(json.dumps(contents, indent=2) + "\n")
            sync_folder(folder)
    except OSError as error:
        raise DiskTrouble(
            _("{path} can't be written: {reason}.").format(path=error.filename or folder, reason=reason_of(error)),
            _("Free some space, or choose another folder; nothing was exported."),
        ) from error
    return Exported(schema, counts)


def import_export(path: Path, folder: Path) -> Exported:
    """Make a database at `path` out of an exported folder, history and numbers included.

    An export of an older program is migrated when the file is next opened. Raises NotFound, Refused (there is a
    file), Damaged (no export, a newer one, or not what its CONTENTS say), DiskTrouble.
    """
    contents = read_contents(folder)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with partial_file(path) as partial:
            _fill(partial, folder, contents)
            if not publish(partial, path):
                raise Refused(
                    _("There is a file at {path} already.").format(path=path),
                    _("Name another file with --db, or move that one away."),
                )
    except OSError as error:
        raise DiskTrouble(
            _("{path} can't be read or written: {reason}.").format(
                path=error.filename or path, reason=reason_of(error)
            ),
            _("Check the folder, its permissions and the free space; no database was made."),
        ) from error
    return contents


def require_empty(folder: Path) -> None:
    """Raise Refused for a folder that holds something, or a name that is a file's."""
    if folder.exists() and not folder.is_dir():
        raise Refused(_("{path} is a file.").format(path=folder), _("Name a new or an empty folder."))
    if folder.exists() and any(folder.iterdir()):
        raise Refused(_("The folder {path} is not empty.").format(path=folder), _("Name a new or an empty folder."))


@contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    """Yield a list for the files and folders that get made; a failure takes them away again, the last first."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):  # it is the first failure that counts
                if path.is_dir():
                    path.rmdir()
                else:
                    path.unlink()
        raise


def _make_empty(folder: Path, made: list[Path]) -> None:
    require_empty(folder)
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        try:
            missing.mkdir(mode=0o700 if missing == folder else 0o777)
        except FileExistsError:
            if not missing.is_dir():
                raise
        else:
            made.append(missing)
    folder.chmod(0o700)


def _tables(db: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    return sorted(name for (name,) in db.execute(query) if name not in _LEFT_OUT)


def _created(path: Path, made: list[Path]) -> Any:
    """Open a new file for the owner alone, and note it among what was made."""
    path.touch(mode=0o600, exist_ok=False)
    made.append(path)
    return path.open("w", encoding="utf-8", newline="")


def _types(db: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[1]: row[2] for row in db.execute(f'PRAGMA table_info("{table}")')}


def _key(db: sqlite3.Connection, table: str) -> str:
    keyed = sorted((row[5], row[1]) for row in db.execute(f'PRAGMA table_info("{table}")') if row[5])
    return ", ".join(f'"{name}"' for _place, name in keyed)


def _write_table(db: sqlite3.Connection, table: str, path: Path, made: list[Path]) -> int:
    types = _types(db, table)
    columns = ", ".join(f'"{name}"' for name in types)
    cells = [_cell_of_any if kind == "ANY" else _cell for kind in types.values()]
    count = 0
    with _created(path, made) as file:
        writer = csv.writer(file)
        writer.writerow(types)
        for row in db.execute(f'SELECT {columns} FROM "{table}" ORDER BY {_key(db, table)}'):  # noqa: S608
            writer.writerow([cell(value) for cell, value in zip(cells, row, strict=True)])
            count += 1
    return count


def _cell(value: str | float | bytes | None) -> str | float:
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = b64encode(value).decode()
    if isinstance(value, str) and (not value or value.startswith("\\")):
        return f"\\{value}"
    return value


def _cell_of_any(value: str | int | None) -> str | float:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return f"\\{value}"
    return _cell(value)


def _text(cell: str) -> str | None:
    return None if cell == "" else cell.removeprefix("\\")


def _number(cell: str) -> int | None:
    return None if cell == "" else int(cell)


def _any(cell: str) -> str | int | None:
    return int(cell) if _INTEGER.fullmatch(cell) else _text(cell)


def _bytes(cell: str) -> bytes | None:
    text = _text(cell)
    return None if text is None else b64decode(text, validate=True)


_READERS: Mapping[str, Callable[[str], Any]] = {"INTEGER": _number, "TEXT": _text, "ANY": _any, "BLOB": _bytes}


def read_contents(folder: Path) -> Exported:
    """Return the schema and the counts of an exported folder; NotFound, or Damaged if it is none or a newer one."""
    path = folder / CONTENTS
    try:
        contents = json.loads(path.read_text("utf-8"))
        version, schema = int(contents["schoolcrm_export"]), int(contents["schema"])
        rows = {str(table): int(count) for table, count in contents["rows"].items()}
    except FileNotFoundError:
        raise NotFound(
            _("There is no export in {folder}: it has no {file}.").format(folder=folder, file=CONTENTS),
            _("'schoolcrm db export FOLDER' makes one."),
        ) from None
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise Damaged(
            _("{path} is not the list of contents of an export.").format(path=path),
            _("Name the folder that 'schoolcrm db export' has written, as it was."),
        ) from error
    if version > _FORMAT or schema > SCHEMA_VERSION:
        raise Damaged(
            _("{path} was written by a newer schoolcrm (schema {version}, this program knows {known}).").format(
                path=path, version=schema, known=SCHEMA_VERSION
            ),
            _("Update schoolcrm; the folder was left as it was."),
        )
    return Exported(schema, rows)


def _fill(partial: Path, folder: Path, contents: Exported) -> None:
    with database_errors(partial), closing(connect(partial, writable=True)) as db:
        climb(db, 0, [step for step in scripts() if step[0] <= contents.schema])
        try:
            with without_triggers(db), _cells_of_any_length():
                for table in _tables(db):
                    _read_table(db, table, folder / f"{table}.csv", contents.rows.get(table))
                for table, *_others in db.execute("PRAGMA foreign_key_check"):
                    raise _not_as_written(folder / f"{table}.csv", _("it refers to what is not there"))
        except sqlite3.IntegrityError as error:
            raise _not_as_written(folder, str(error)) from error


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Let cells be as long as what was exported; the limit is one for the whole process, and others rely on it."""
    usual = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _read_table(db: sqlite3.Connection, table: str, path: Path, expected: int | None) -> None:
    if expected is None:
        raise _not_as_written(path.parent / CONTENTS, _("the table {table} is missing").format(table=table))
    types = _types(db, table)
    places = ", ".join("?" * len(types))
    counted = _Counted()
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            if next(reader, None) != list(types):
                raise _not_as_written(path, _("its headings are others"))
            readers = [_READERS[kind] for kind in types.values()]
            rows = counted.each([read(cell) for read, cell in zip(readers, row, strict=True)] for row in reader)
            db.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)  # noqa: S608
    except FileNotFoundError:
        raise _not_as_written(path, _("the file is missing")) from None
    except (ValueError, csv.Error) as error:
        raise _not_as_written(path, str(error)) from error
    if counted.rows != expected:
        told = _("it has {found} rows, not {expected}").format(found=counted.rows, expected=expected)
        raise _not_as_written(path, told)


class _Counted:
    """Counts rows on their way."""

    rows = 0

    def each(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.rows += 1
            yield row


def _not_as_written(path: Path, reason: str) -> Damaged:
    return Damaged(
        _("{path} is not as it was exported: {reason}.").format(path=path, reason=reason),
        _("Name the folder that 'schoolcrm db export' has written, as it was; no database was made."),
    )
