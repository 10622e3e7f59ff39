"""Where output goes: a file that appears whole or not at all, or the standard output."""

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from schoolcrm.core.errors import DiskTrouble, Refused, SchoolError
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to; it gets its name only when all is written, readable by its owner alone.

    An existing file is replaced, a device or pipe is written to directly. Raises Refused for a name that
    can't be a file, DiskTrouble when the disk is full, read-only or not permitted; nothing is left behind.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                yield device
        else:
            with _beside(Path(os.path.realpath(path))) as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as trouble:
        raise write_error(path, trouble) from trouble


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """Give a temporary file in the same folder that replaces ``path`` at the end."""
    import tempfile

    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def text_into(file: BinaryIO) -> Iterator[TextIO]:
    """Give a UTF-8 text stream that writes into the file, with line ends as they are written."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    try:
        yield text
        text.flush()
    finally:
        _let_go(text)


def _let_go(text: io.TextIOWrapper) -> None:
    """Part the wrapper from its file, which stays open; what a full disk refused to take is dropped."""
    try:
        text.detach()
    except OSError:
        text.buffer.close()


@contextmanager
def standard_output(stream: TextIO, *, utf8: bool) -> Iterator[TextIO]:
    """Give the standard output: as UTF-8 for formats that promise it, else in the encoding of the terminal.

    What the encoding lacks becomes a question mark. Raises DiskTrouble when the output can't be written,
    and lets BrokenPipeError through (``| head`` is no error).
    """
    if isinstance(stream, io.TextIOWrapper):
        if utf8:
            stream.reconfigure(encoding="utf-8", errors="strict", newline="")
        else:
            stream.reconfigure(errors="replace")
    try:
        yield stream
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as trouble:
        sentence = _("The output can't be written: {reason}.").format(reason=reason_of(trouble))
        raise DiskTrouble(sentence, _("Free some room, or write into a file elsewhere with -o.")) from trouble


def write_error(path: Path, trouble: OSError) -> SchoolError:
    """Return the refusal that says why the file can't be written, and what to do."""
    if trouble.errno in (errno.ENOENT, errno.ENOTDIR):
        return Refused(
            _("There is no folder {folder}.").format(folder=path.parent),
            _("Make the folder first, or choose another with -o."),
        )
    if trouble.errno == errno.EISDIR:
        return Refused(_("{path} is a folder.").format(path=path), _("Add the name of the file."))
    if trouble.errno in (errno.ENAMETOOLONG, errno.EINVAL):
        return Refused(_("{path} can't be the name of a file.").format(path=path), _("Choose another with -o."))
    sentence = _("{path} can't be written: {reason}.").format(path=path, reason=reason_of(trouble))
    return DiskTrouble(sentence, _("Choose another place with -o."))
