"""Files of clients, kept in the database byte for byte (R55)."""

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, Damaged, Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import Wording, lookup_named
from schoolcrm.core.office.kept_bytes import as_kept, digest_of, read_kept
from schoolcrm.core.rules.names import excerpt
from schoolcrm.core.rules.personal import read_line
from schoolcrm.core.store.database import setting

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

LIMIT = "file_limit_mb"
"""The setting that says how large a file may be, in megabytes."""
FILE = Wording(
    absent=N_("The client has no file {name}."),
    several=N_("Several files answer to {name}."),
    advice=N_("'schoolcrm clients file list CLIENT' shows them; the number or the name will do."),
)
_FILES = """
    SELECT id, client_id, name, media_type, size, sha256, added_on, note FROM client_file
     WHERE client_id = ? ORDER BY added_on, id
"""
_MEGABYTE = 1024 * 1024
_UNITS = (N_("{size} B"), N_("{size} KB"), N_("{size} MB"))


class ClientFile(NamedTuple):
    """A file of a client; size in bytes."""

    id: int
    client_id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_on: date
    note: str | None


def add_file(school: "WritableSchool", client_id: int, name: str, content: bytes, *, note: str = "") -> ClientFile:
    """Keep a file of the client; its kind is told by the ending of its name.

    Raises Refused for one that is larger than the school's limit or that the client has already, BadValue for a name
    that can't be one.
    """
    from mimetypes import guess_type

    known_as = _read_name(name)
    _require_small(school.db, known_as, len(content))
    digest = digest_of(content)
    twin = next(
        (file for file in files_of(school.db, client_id) if (file.name, file.sha256) == (known_as, digest)), None
    )
    if twin is not None:
        raise Refused(
            _("The client has this file already: {name} (no. {id}).").format(name=twin.name, id=twin.id),
            _("'schoolcrm clients file list CLIENT' shows them all."),
        )
    facts: dict[str, str | int | None] = {
        "client_id": client_id,
        "name": known_as,
        "media_type": guess_type(known_as)[0] or "application/octet-stream",
        "size": len(content),
        "sha256": digest,
        "note": read_line(note) or None,
    }
    number = school.insert("client_file", added_on=school.today, **facts)
    school.insert("file_content", id=number, content=as_kept(content))
    return get_file(school.db, number)


def _require_small(db: sqlite3.Connection, name: str, size: int) -> None:
    most = int(setting(db, LIMIT))
    if size > most * _MEGABYTE:
        raise Refused(
            _("{name} is larger than the {most} MB that a file may have.").format(name=name, most=most),
            _("'schoolcrm config set {key} N' allows up to N megabytes.").format(key=LIMIT),
        )


def largest_size(db: sqlite3.Connection) -> int:
    """Return how many bytes a file may have by the school's setting."""
    return int(setting(db, LIMIT)) * _MEGABYTE


def files_of(db: sqlite3.Connection, client_id: int) -> list[ClientFile]:
    """Return the client's files in the order in which they were added."""
    return [_file(row) for row in db.execute(_FILES, (client_id,))]


def get_file(db: sqlite3.Connection, number: int) -> ClientFile:
    """Return the file of that number, which must be there."""
    return _file(db.execute(_FILES.replace("client_id = ?", "id = ?"), (number,)).fetchone())


def content_of(db: sqlite3.Connection, file: ClientFile) -> bytes:
    """Return the bytes of the file as they were added; Damaged if they are others."""
    content = read_kept(db, "file_content", file.id, file.sha256)
    if content is None:
        raise Damaged(
            _("The file {name} (no. {id}) is not as it was added.").format(name=file.name, id=file.id),
            _("Don't rely on it; a backup may still have it."),
        )
    return content


def remove_file(school: "WritableSchool", number: int) -> None:
    """Remove a file; the history keeps it, so that undo brings it back (R54)."""
    school.db.execute("DELETE FROM file_content WHERE id = ?", (number,))
    school.db.execute("DELETE FROM client_file WHERE id = ?", (number,))


def find_file(db: sqlite3.Connection, client_id: int, ref: str) -> int:
    """Return the client's file named by its number, its name or a part of it; Ambiguous, NotFound, BadValue."""
    return lookup_named([(file.id, file.name) for file in files_of(db, client_id)], ref, FILE)


def human_size(size: int) -> str:
    """Return a number of bytes as people read it: «12 KB»."""
    unit = 0
    amount = float(size)
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount /= 1024
        unit += 1
    shown = f"{amount:.0f}" if unit == 0 or amount >= 10 else f"{amount:.1f}"
    return _(_UNITS[unit]).format(size=shown)


def _read_name(name: str) -> str:
    """Return the last part of a file's name, whatever system wrote it; BadValue if nothing is left of it."""
    line = read_line(name.replace("\\", "/").rpartition("/")[2])
    if line in ("", ".", ".."):
        raise BadValue(
            _('"{value}" can\'t be the name of a file.').format(value=excerpt(name)),
            _("Give another with --name, one line without slashes."),
        )
    return line


def _file(row: tuple[int, int, str, str, int, str, str, str | None]) -> ClientFile:
    return ClientFile(*row[:6], date.fromisoformat(row[6]), row[7])
