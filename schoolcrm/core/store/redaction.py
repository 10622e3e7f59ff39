"""Taking a person's texts out of the journal, and what was ever written out of the file's free space (R53).

Only a purge may do so; the guards of the journal are lifted inside its one transaction and put back.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from schoolcrm.core.store.database import connect, database_errors
from schoolcrm.core.store.journal import BLANKED

_GUARD = "change_is_final"


class Redaction(NamedTuple):
    """What to take out of the images of one table: which images, and what each column holds from now on.

    `images` is the query of their numbers; the values of `blanks` are SQL over the table `change`, where
    ``{value}`` stands for the column in the image. A table without any keeps what it says: numbers only.
    """

    images: str
    blanks: Mapping[str, str]


def redact_images(db: sqlite3.Connection, redactions: Sequence[Redaction], parameters: Mapping[str, object]) -> None:
    """Blank these columns in the images that the journal keeps.

    The images stay whole records: who changed what when is still told, without the person. They are marked, for
    none of them can be written back.
    """
    with _guard_lifted(db):
        for one in redactions:
            if one.blanks:
                _rewrite(db, one, parameters)


def _rewrite(db: sqlite3.Connection, redaction: Redaction, parameters: Mapping[str, object]) -> None:
    replaced = ", ".join(
        f"'$.{column}', {blank.replace('{value}', _in_image(column))}" for column, blank in redaction.blanks.items()
    )
    db.execute(
        f"UPDATE change SET before = json_set(json_replace(before, {replaced}), '$.{BLANKED}', 1)"  # noqa: S608
        f" WHERE id IN ({redaction.images})",
        parameters,
    )


def _in_image(column: str) -> str:
    return f"json_extract(before, '$.{column}')"


@contextmanager
def _guard_lifted(db: sqlite3.Connection) -> Iterator[None]:
    """Let the journal be rewritten; an exception takes the whole transaction back, and the guard's absence with it."""
    (guard,) = db.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?", (_GUARD,)).fetchone()
    db.execute(f"DROP TRIGGER {_GUARD}")
    yield
    db.execute(guard)


def wipe_free_space(path: Path) -> None:
    """Write the file anew, so that nothing is left in its pages of what was deleted or moved about (VACUUM).

    `secure_delete` clears what is deleted, but a page that was once split may hold a second copy of a row that moved
    away: of files with random changes and secrets deleted at the end, one in five still held some. Raises Busy,
    DiskTrouble; the file is then as it was.
    """
    with database_errors(path), closing(connect(path, writable=True)) as db:
        db.execute("VACUUM")
