"""Backups that commands make by themselves; trouble with one is told, and never keeps anybody from working."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schoolcrm.core.errors import SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    import sqlite3


def back_up_the_day(path: Path, db: "sqlite3.Connection") -> None:
    """Make the day's backup before the first change of the day; costs next to nothing when there is one.

    `db`: the file, open and with no transaction begun.
    """
    from schoolcrm.core.store.backup import backup_of_the_day

    _back_up(backup_of_the_day, path, db)


def back_up_before(path: Path, reason: str) -> None:
    """Make a backup before something big: `reason` is one of those of core.store.backup."""
    from schoolcrm.core.store.backup import automatic_backup

    _back_up(automatic_backup, path, reason)


def _back_up(make: Callable[..., object], *arguments: Any) -> None:
    try:
        make(*arguments)
    except SchoolError as error:
        warning = _("warning: no backup was made before the change: {reason}").format(reason=error.sentence)
        sys.stderr.write(one_line(warning) + "\n")
