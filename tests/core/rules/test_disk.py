"""What the system says of a file is said in the language in use."""

import errno
import os

import pytest

from schoolcrm.core.language import use_language
from schoolcrm.core.rules.disk import reason_of


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EISDIR, errno.ENAMETOOLONG])
def test_usual_reasons_are_translated(number: int) -> None:
    trouble = OSError(number, os.strerror(number))
    english = reason_of(trouble)
    use_language("ru")
    try:
        assert not reason_of(trouble).isascii()
    finally:
        use_language("en")
    assert english.isascii()


def test_other_reasons_are_those_of_the_system() -> None:
    assert reason_of(OSError(errno.EMFILE, "Too many open files")) == "Too many open files"
    assert reason_of(OSError()) == "OSError"
