"""`--map ask`: what a file's statuses mean that the school doesn't have, asked before anything is written (R62)."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from schoolcrm.commands.questions import answer, ask_line
from schoolcrm.commands.session import Session
from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, current_language, ngettext
from schoolcrm.core.rules.names import excerpt, fold, tidy
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    from schoolcrm.core.importing.clients import ClientFile
    from schoolcrm.core.importing.values import Reader

_MOST_ASKED = 30  # a column with more unknown names holds something else than statuses


def meanings_of_statuses(session: Session, file: "ClientFile") -> dict[str, str]:
    """Return «#3:Бросил» → a status of the school, as a person says, of each name that the school doesn't have."""
    # Put when the command has let go of everything; it then runs again.
    return answer(("statuses", str(file.source.path)), lambda: _asked(session, file))


@contextmanager
def _statuses(session: Session) -> Iterator[sqlite3.Connection]:
    """Give the school's database; the one that the import would make while there is none."""
    from schoolcrm.core.store.database import reading
    from schoolcrm.core.store.defaults import new_database

    with TemporaryDirectory() as folder:
        path = session.path
        if not path.exists():
            path = Path(folder) / "school.db"
            new_database(path, session.user, current_language())
        with reading(path, session.given_today) as school:
            yield school.db


def _asked(session: Session, file: "ClientFile") -> dict[str, str]:
    from schoolcrm.core.importing.status_cell import status_reader

    with _statuses(session) as db:
        return _said(file, status_reader(db))


def _said(file: "ClientFile", read: "Reader") -> dict[str, str]:
    said: dict[str, str] = {}
    for place, value, count in _unknown(file, read):
        sentence = ngettext(
            '"{value}" is no status of the school; it stands in {count} row.',
            '"{value}" is no status of the school; it stands in {count} rows.',
            count,
        )
        _say(sentence.format(value=excerpt(value), count=count))
        if target := _ask(read):
            said[f"#{place + 1}:{value}"] = target
    return said


def _ask(read: "Reader") -> str:
    """Return the status that is meant, "-" for none, "" to reject the rows."""
    while True:
        typed = tidy(ask_line(_("Which status is meant? Its name or base, -: none, Enter: reject these rows:")))
        if typed in ("", "-"):
            return typed
        try:
            read(typed)
        except BadValue as fault:
            _say(fault.sentence)
        else:
            return typed


def _unknown(file: "ClientFile", read: "Reader") -> list[tuple[int, str, int]]:
    """Return the place of the column, the name and the number of rows of each status that isn't known."""
    found = []
    for column in file.headings.filling("status"):
        meant = set(map(fold, column.meanings))
        names: dict[str, tuple[str, int]] = {}
        for _row, cells in file.source.rows():
            value = tidy(cells[column.place]) if column.place < len(cells) else ""
            if value and fold(value) not in meant and (fold(value) in names or len(names) < _MOST_ASKED):
                first, count = names.get(fold(value), (value, 0))
                names[fold(value)] = first, count + 1
        found += [(column.place, value, count) for value, count in names.values() if not _is_known(read, value)]
    return found


def _is_known(read: "Reader", value: str) -> bool:
    try:
        read(value)
    except BadValue:
        return False
    return True


def _say(line: str) -> None:
    sys.stderr.write(one_line(line) + "\n")
