"""The mail server's password: from a command or from a file that only its owner can read, never from the database."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.rules.disk import reason_of

_SECONDS = 60
_OTHERS = 0o077


def mail_password(settings: Mapping[str, str]) -> str:
    """Return the password that the operator's settings lead to; Refused when it can't be had."""
    if command := settings.get("mail_password_command"):
        return _of_command(command)
    if file := settings.get("mail_password_file"):
        return _of_file(Path(file).expanduser())
    raise Refused(
        _("The mail server wants a password, and it is not said where it is."),
        _("Say it: schoolcrm config set mail_password_command 'pass show mail', or mail_password_file FILE."),
    )


def _of_file(file: Path) -> str:
    try:
        if os.name == "posix" and file.stat().st_mode & _OTHERS:
            raise Refused(
                _("Others may read the file of the password: {path}.").format(path=file),
                _("Make it your own first: chmod 600 {path}").format(path=shlex.quote(str(file))),
            )
        return _first_line(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        raise Refused(
            _("The file of the password can't be read: {path}: {reason}.").format(path=file, reason=reason),
            _("Name a file that you may read: schoolcrm config set mail_password_file FILE."),
        ) from error


def _of_command(command: str) -> str:
    words = shlex.split(command)
    try:
        run = subprocess.run(words, stdout=subprocess.PIPE, timeout=_SECONDS, check=True, encoding="utf-8")
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        raise Refused(
            _("The command of the password failed: {reason}.").format(reason=error),
            _("Try the command by itself; 'schoolcrm config set mail_password_command COMMAND' sets another."),
        ) from error
    return _first_line(run.stdout, words[0])


def _first_line(text: str, source: str) -> str:
    line = text.split("\n")[0].rstrip("\r")
    if not line:
        raise Refused(
            _("The password of the mail server is empty: {source}.").format(source=source),
            _("The password is the first line of the file, or of what the command prints."),
        )
    return line
