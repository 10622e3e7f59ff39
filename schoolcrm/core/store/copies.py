"""Files beside the school that hold people too: copies of it, exports, files of rejected rows."""

import json
from contextlib import suppress
from pathlib import Path

from schoolcrm.core.store.backup import backup_folder
from schoolcrm.core.store.database import APPLICATION_ID
from schoolcrm.core.store.export import CONTENTS

_REJECTS = ".rejected.csv"
_MAGIC = b"SQLite format 3\x00"
_APPLICATION = slice(68, 72)  # where a file of SQLite says whose it is


def find_copies(path: Path) -> list[Path]:
    """Return what lies in the school's folder and its folder of backups and was written out of a school, by name.

    The school itself, copies that updates and restores keep beside it, and journals are not among them.
    """
    kept = (f"{path.name}.before-", f"{path.name}.replaced-")
    found = []
    for folder in (path.parent, backup_folder(path)):
        with suppress(OSError):
            found += [
                entry
                for entry in sorted(folder.iterdir())
                if not entry.name.startswith(kept) and _is_copy(entry) and not entry.samefile(path)
            ]
    return found


def _is_copy(entry: Path) -> bool:
    """Tell whether it is a school's database, an exported folder, or rejected rows; False for what can't be read."""
    try:
        if entry.is_dir():
            return _is_export(entry / CONTENTS)
        if entry.name.endswith(_REJECTS):
            return True
        with entry.open("rb") as file:
            header = file.read(_APPLICATION.stop)
    except OSError:
        return False
    return header.startswith(_MAGIC) and header[_APPLICATION] == APPLICATION_ID.to_bytes(4, "big")


def _is_export(contents: Path) -> bool:
    try:
        told = json.loads(contents.read_text("utf-8")) if contents.is_file() else None
    except ValueError:
        return False
    return isinstance(told, dict) and "schoolcrm_export" in told
