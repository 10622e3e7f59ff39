"""The address of a mail server as it is written: ``smtp.example.org`` or ``smtp.example.org:465``. Pure."""

import re
from typing import NamedTuple

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _

STARTTLS, TLS, NONE = "starttls", "tls", "none"
WAYS = (STARTTLS, TLS, NONE)
_PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
_SERVER = r"([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?"
_LOCAL = frozenset({"localhost", "127.0.0.1"})


class MailServer(NamedTuple):
    """How the server is reached: as the settings have it; `password` is asked for only if there is a `user`."""

    server: str
    security: str
    sender: str
    user: str = ""
    password: str = ""


def read_server(text: str) -> str:
    """Return the server as it is kept; BadValue for what can't be the name of one."""
    found = re.fullmatch(_SERVER, text.strip())
    if found is None or not 0 < int(found[2] or 1) < 65_536:
        from schoolcrm.core.rules.names import excerpt

        raise BadValue(
            _('"{value}" is not the name of a mail server.').format(value=excerpt(text)),
            _("Write it like smtp.example.org or smtp.example.org:465."),
        )
    return text.strip()


def host_and_port(server: str, security: str) -> tuple[str, int]:
    """Return the two parts of a server that `read_server` has returned; without a port the usual one."""
    host, _colon, port = server.partition(":")
    return host, int(port) if port else _PORTS[security]


def is_local(host: str) -> bool:
    """Tell whether the server is this very machine: what is said to it goes over no network."""
    return host in _LOCAL
