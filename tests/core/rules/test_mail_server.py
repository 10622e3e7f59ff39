"""The name of a mail server, as it is written."""

import pytest

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.mail_server import host_and_port, is_local, read_server


@pytest.mark.parametrize(
    ("written", "security", "parts"),
    [
        ("smtp.example.org", "starttls", ("smtp.example.org", 587)),
        (" smtp.example.org ", "tls", ("smtp.example.org", 465)),
        ("localhost", "none", ("localhost", 25)),
        ("10.0.0.1:2525", "tls", ("10.0.0.1", 2525)),
    ],
)
def test_a_server_is_a_host_and_a_port(written: str, security: str, parts: tuple[str, int]) -> None:
    assert host_and_port(read_server(written), security) == parts


@pytest.mark.parametrize("written", ["", "a b", "smtp.example.org:0", "smtp.example.org:99999", "http://x", "-x", "x:"])
def test_what_is_no_server_is_refused(written: str) -> None:
    with pytest.raises(BadValue, match="mail server"):
        read_server(written)


def test_only_this_machine_is_local() -> None:
    assert is_local("127.0.0.1")
    assert is_local("localhost")
    assert not is_local("smtp.example.org")
