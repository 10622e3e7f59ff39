"""Running a command of the operator's for a client, outside of any transaction (R56)."""

import shlex
import subprocess
from collections.abc import Mapping

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _

_SECONDS = 60


def run_own_command(command: str, environment: Mapping[str, str]) -> None:
    """Run the command, no shell between, nothing to read; Refused with the reason if it did not do its work."""
    try:
        words = shlex.split(command)
        if not words:
            raise ValueError(command)
    except ValueError as error:
        raise Refused(_('"{value}" can\'t be a command: {reason}.').format(value=command, reason=error)) from error
    try:
        run = subprocess.run(
            words,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(
            _("{command} gave no answer within {count} seconds").format(command=words[0], count=_SECONDS)
        ) from error
    except (OSError, ValueError) as error:
        raise Refused(f"{words[0]}: {getattr(error, 'strerror', None) or error}") from error
    if run.returncode:
        said = run.stderr.decode("utf-8", "replace").splitlines()
        last = next((line.strip() for line in reversed(said) if line.strip()), "")
        raise Refused(
            _("{command} ended with {code}: {reason}").format(command=words[0], code=run.returncode, reason=last or "—")
        )
