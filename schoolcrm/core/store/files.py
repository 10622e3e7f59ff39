"""Files that appear under their name only when they are whole and on the disk, readable by their owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
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
    sync_file(partial)
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
    sync_file(partial)
    partial.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
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
