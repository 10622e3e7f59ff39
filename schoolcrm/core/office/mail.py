"""Handing emails over to the school's mail server, by SMTP (R40)."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.core.office.delivery import InDoubtError, NotDeliveredError, Parcel
from schoolcrm.core.rules.mail_server import NONE, TLS, MailServer, host_and_port, is_local

_TIMEOUT = 30


class _RefusedError(Exception):
    """The server took the sender or the address for none of its business; the text is its answer."""


class MailCarrier:
    """A connection to the mail server, made when the carrier is, and made anew after the server has hung up."""

    def __init__(self, server: MailServer) -> None:
        """Connect; Refused when the server can't be reached, is no mail server, or does not know the school."""
        self._server = server
        try:
            self._smtp = _connected(server)
        except (OSError, smtplib.SMTPException) as error:
            raise Refused(
                _("The mail server {server} can't be used: {reason}.").format(
                    server=server.server, reason=reason_of(error)
                ),
                _("No email was sent; 'schoolcrm config list' shows the settings whose names begin with mail_."),
            ) from error

    def close(self) -> None:
        """Say goodbye to the server; one that is gone already doesn't matter."""
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()

    def hand_over(self, parcel: Parcel) -> None:
        """Send one email; what went wrong before its text was sent is sure not to have gone out."""
        try:
            letter = _letter_of(parcel, self._server.sender)
            self._announce(str(parcel.message.address))
        except (OSError, smtplib.SMTPException, ValueError, _RefusedError) as error:
            self._start_over()
            raise NotDeliveredError(reason_of(error)) from error
        try:
            code, answer = self._smtp.data(letter)
        except smtplib.SMTPDataError as error:
            self._start_over()
            raise NotDeliveredError(reason_of(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise InDoubtError(reason_of(error)) from error
        if code != 250:
            self._start_over()
            raise NotDeliveredError(_answer(code, answer))

    def _announce(self, address: str) -> None:
        if self._smtp.sock is None:
            self._smtp = _connected(self._server)
        for code, answer in (self._smtp.mail(self._server.sender), self._smtp.rcpt(address)):
            if code not in (250, 251):
                raise _RefusedError(_answer(code, answer))

    def _start_over(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.rset()


def _letter_of(parcel: Parcel, sender: str) -> bytes:
    """Return the email as it travels; the same message always has the same Message-ID, whenever it is sent."""
    message = parcel.message
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = str(message.address)
    letter["Subject"] = message.subject or _("A message from your school")
    letter["Date"] = formatdate(localtime=True)
    letter["Message-ID"] = (
        f"<schoolcrm.{message.on:%Y%m%d}.{message.client_id}.{message.id}@{sender.rpartition('@')[2]}>"
    )
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    if parcel.page:
        letter.add_attachment(parcel.page, subtype="html", filename="page.html")
    return letter.as_bytes()


def _connected(server: MailServer) -> smtplib.SMTP:
    host, port = host_and_port(server.server, server.security)
    if server.security == TLS:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=ssl.create_default_context())
    else:
        smtp = smtplib.SMTP(host, port, timeout=_TIMEOUT)
    try:
        if server.security not in (TLS, NONE):
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            if server.security == NONE and not is_local(host):
                raise smtplib.SMTPException(_("a password is not sent over a way that isn't protected"))
            smtp.login(server.user, server.password)
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def reason_of(error: Exception) -> str:
    """Return what the server or the machine said, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def _answer(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {text}".split())
