"""Handing sms over to a command of the operator's: a gateway's own program, or a script (R55)."""

import shlex
import subprocess

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.core.office.delivery import InDoubtError, NotDeliveredError, Parcel

PHONE = "{phone}"
_SECONDS = 60


def read_command(text: str) -> str:
    """Return the command as it is kept; BadValue for one whose quotation marks don't match."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise BadValue(
            _('"{value}" can\'t be a command: {reason}.').format(value=text, reason=error),
            _("Check the quotation marks."),
        ) from error
    if not words:
        raise BadValue(_("The command is empty."), _("Write the program and its options."))
    return text.strip()


class SmsCommand:
    """A command that sends one sms: the phone is an argument of it ({phone}, or the last), the text its input."""

    def __init__(self, command: str) -> None:
        self._words = shlex.split(command)

    def hand_over(self, parcel: Parcel) -> None:
        """Run the command, no shell between; it has sent the sms if its exit code is 0."""
        phone = str(parcel.message.address)
        words = [word.replace(PHONE, phone) for word in self._words]
        if not any(PHONE in word for word in self._words):
            words.append(phone)
        try:
            run = subprocess.run(
                words, input=parcel.message.text.encode(), capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise InDoubtError(
                _("{command} gave no answer within {count} seconds").format(command=words[0], count=_SECONDS)
            ) from error
        except OSError as error:
            raise NotDeliveredError(f"{words[0]}: {error.strerror}") from error
        if run.returncode:
            said = run.stderr.decode("utf-8", "replace").split("\n")
            last = next((line.strip() for line in reversed(said) if line.strip()), "")
            raise NotDeliveredError(f"{words[0]}: {last or run.returncode}")
