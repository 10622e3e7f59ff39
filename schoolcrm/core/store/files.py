"""Files that appear under their name only when they are whole and on the disk, readable by their owner alone."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def partial_file(path: Path) -> Iterator[Path]:
    """Yield an empty file beside `path` that nobody else writes to (mode 0600), gone at the end."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f"{path.name[:80]}.new-", dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
    finally:
        for suffix in ("", "-journal"):
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)


def publish(partial: Path, path: Path) -> bool:
    """Give the whole file its name for good; False, and nothing done, if there is a file of that name."""
    _sync_file(partial)
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return False
    except OSError:  # the file system knows no links
        if path.exists():
            return False
        partial.replace(path)
    sync_folder(path.parent)
    return True


def replace(partial: Path, path: Path) -> None:
    """Put the whole file in the place of the one of that name, if there is any."""
    _sync_file(partial)
    partial.replace(path)
    sync_folder(path.parent)


def _sync_file(path: Path) -> None:
    """Make what was written to the file survive a power cut."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make a file's new name survive a power cut, where folders can be synced."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def keep_private(path: Path) -> None:
    """Let nobody but its owner read a file that is ours; what its owner may not do with it stays so."""
    with suppress(OSError):
        status = path.stat()
        if status.st_mode & 0o077 and hasattr(os, "geteuid") and status.st_uid == os.geteuid():
            path.chmod(status.st_mode & 0o700)


def next_name(folder: Path, begins: str, ending: str = "") -> Path:
    """Return the name of a new file that begins with a moment: of several in one second the later ones have a number.

    It is greater than all that are there, also where one between them is gone: what is rotated is told by its name.
    """
    taken = re.compile(rf"{re.escape(begins)}(?:-(\d+))?(?:-[a-z]+)*(?:\.db)?")
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    last = max((int(found[1] or 1) for found in map(taken.fullmatch, names) if found), default=0)
    return folder / f"{begins}{f'-{last + 1}' if last else ''}{ending}"
