"""The content of a file that is to be kept in the school's database."""

from pathlib import Path

from schoolcrm.core.errors import BadValue, NotFound
from schoolcrm.core.language import _


def content_of_file(path: Path, largest: int) -> bytes:
    """Return the bytes of the file, of one that is too large the first `largest` and one more; NotFound, BadValue."""
    from schoolcrm.core.rules.disk import reason_of

    try:
        with path.open("rb") as stream:
            # One byte more than it may have tells that it has too many, whatever it is a file of.
            return stream.read(largest + 1)
    except FileNotFoundError:
        raise NotFound(
            _("There is no file {path}.").format(path=path), _("Check the name and the folder of the file.")
        ) from None
    except OSError as error:
        raise BadValue(
            _("{path} can't be read: {reason}.").format(path=path, reason=reason_of(error)),
            _("Name a file that you may read."),
        ) from error
