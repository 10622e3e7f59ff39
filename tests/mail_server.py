"""A mail server of this machine for tests: it keeps what it is given, and refuses or hangs up as it is told."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast


class MailServer:
    """What the server was given: emails by address. Addresses in `refused` are answered with 550.

    `before_answer` is called when the text of an email has come, before its arrival is confirmed.
    """

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()
        self.logins: list[str] = []
        self.before_answer: Callable[[], bool] = lambda: True
        self.port = 0

    @property
    def addresses(self) -> list[str]:
        """To whom emails came, in the order of coming."""
        return [address for address, _letter in self.letters]


class _Talk(socketserver.StreamRequestHandler):
    """One connection: just enough of SMTP."""

    def handle(self) -> None:
        self.mail = cast("Any", self.server).mail
        self._say("220 ready")
        address = ""
        while line := self.rfile.readline():
            verb, _space, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("250-here", "250 AUTH PLAIN")
                case "AUTH":
                    self.mail.logins.append(rest)
                    self._say("235 known")
                case "RCPT":
                    address = rest.partition("<")[2].partition(">")[0]
                    self._say("550 no such person" if address in self.mail.refused else "250 fine")
                case "DATA":
                    if not self._take(address):
                        return
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _take(self, address: str) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.mail.letters.append((address, message_from_bytes(b"".join(lines), policy=default)))
        if not self.mail.before_answer():
            return False
        self._say("250 taken")
        return True

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run the server on a free port of this machine."""
    mail = MailServer()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        cast("Any", server).mail = mail
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield mail
        server.shutdown()
        thread.join()
