"""`schoolcrm messages deliver`: emails to a real server, sms to a real command, each message once."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from answers import answer
from builders import add_client, make_school, reading_school, run_cli, writing_school
from mail_server import MailServer, mail_server

from schoolcrm.core.people.contacts import add_contacts, read_contact


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def db(tmp_path: Path, server: MailServer) -> Path:
    """A school with three clients who have an email, and its mail server."""
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        for name, address in (
            ("Anna", "anna@example.org"),
            ("Boris", "boris@example.org"),
            ("Vera", "vera@example.org"),
        ):
            add_contacts(school, add_client(school, name), map(read_contact, [f"email:{address}"]))
    for key, value in (
        ("mail_server", f"127.0.0.1:{server.port}"),
        ("mail_security", "none"),
        ("mail_from", "school@example.org"),
    ):
        answer(path, "config", "set", key, value)
    return path


def write_to_all(db: Path) -> None:
    answer(
        db, "messages", "send", "id:1..", "--template", "Привет, {name}!\n.\nEnd", "--subject", "Для {name}", "--yes"
    )


def deliver(db: Path, settings: str = "", *more: str) -> tuple[int, str, str]:
    config = db.with_name("settings.toml")
    config.write_text(settings, "utf-8")
    return run_cli("messages", "deliver", *more, db=db, env={"SCHOOLCRM_CONFIG": str(config)})


def states(db: Path) -> list[str]:
    with reading_school(db) as school:
        return [state for (state,) in school.db.execute("SELECT state FROM message ORDER BY id")]


def test_r55_what_waits_is_sent_and_not_sent_again(db: Path, server: MailServer) -> None:
    write_to_all(db)
    code, _out, err = deliver(db)
    assert (code, "Sent: 3" in err) == (0, True)
    assert server.addresses == ["anna@example.org", "boris@example.org", "vera@example.org"]
    letter: Any = server.letters[0][1]
    assert (letter["From"], letter["Subject"]) == ("school@example.org", "Для Anna")
    assert letter.get_content().split() == ["Привет,", "Anna!", ".", "End"]
    assert len({each["Message-ID"] for _address, each in server.letters}) == 3
    assert deliver(db)[0] == 0
    assert len(server.letters) == 3
    assert states(db) == ["sent"] * 3


def test_r55_a_refused_address_keeps_its_reason_and_is_tried_again(db: Path, server: MailServer) -> None:
    write_to_all(db)
    server.refused = {"boris@example.org"}
    code, _out, err = deliver(db)
    assert code == 3
    assert "message 2 to Boris was not sent: 550 no such person" in err
    assert states(db) == ["sent", "failed", "sent"]
    (failed,) = answer(db, "messages", "list", "--state", "failed", "--format", "json")["rows"]
    assert failed["error"] == "550 no such person"
    server.refused = set()
    assert deliver(db)[0] == 0
    assert server.addresses == ["anna@example.org", "vera@example.org", "boris@example.org"]


def test_r55_who_is_killed_while_handing_over_sends_nothing_twice(db: Path, server: MailServer) -> None:
    """The server has the email and the program is killed before it hears so."""
    write_to_all(db)
    running: list[Popen[bytes]] = []

    def kill() -> bool:
        os.kill(running[0].pid, signal.SIGKILL)
        return False

    server.before_answer = kill
    environment = {**os.environ, "SCHOOLCRM_DB": str(db), "SCHOOLCRM_TODAY": "2026-09-01", "SCHOOLCRM_LANG": "en"}
    running.append(Popen([sys.executable, "-m", "schoolcrm", "messages", "deliver"], env=environment))
    assert running[0].wait() == -signal.SIGKILL
    assert states(db) == ["sending", "queued", "queued"]
    server.before_answer = lambda: True
    code, _out, err = deliver(db)
    assert code == 3
    assert "message 1 to Anna was interrupted and may have been sent" in err
    assert server.addresses == ["anna@example.org", "boris@example.org", "vera@example.org"]
    assert run_cli("messages", "retry", "1", db=db)[0] == 1  # it asks first
    answer(db, "messages", "retry", "1", "--yes")
    assert deliver(db)[0] == 0
    assert server.addresses[3:] == ["anna@example.org"]
    assert server.letters[3][1]["Message-ID"] == server.letters[0][1]["Message-ID"]


def test_r55_a_server_that_hangs_up_leaves_one_in_doubt_and_goes_on(db: Path, server: MailServer) -> None:
    write_to_all(db)
    hang_up = iter([False])
    server.before_answer = lambda: next(hang_up, True)
    code, _out, err = deliver(db)
    assert code == 3
    assert "in doubt: 1" in err
    assert states(db) == ["sending", "sent", "sent"]


def test_r7_clients_out_of_sight_get_nothing(db: Path, server: MailServer) -> None:
    write_to_all(db)
    answer(db, "clients", "archive", "Boris")
    assert deliver(db)[0] == 0
    assert server.addresses == ["anna@example.org", "vera@example.org"]


def test_a_dry_run_tells_and_sends_nothing(db: Path, server: MailServer) -> None:
    write_to_all(db)
    code, _out, err = deliver(db, "", "--dry-run")
    assert code == 0
    assert "message 1 to Anna, anna@example.org" in err
    assert (server.letters, states(db)) == ([], ["queued"] * 3)


def test_without_a_server_everything_waits(db: Path, server: MailServer) -> None:
    write_to_all(db)
    answer(db, "config", "unset", "mail_server")
    code, _out, err = deliver(db)
    assert (code, "no mail server is set" in err, states(db)) == (3, True, ["queued"] * 3)
    answer(db, "config", "set", "mail_server", "127.0.0.1:1")
    code, _out, err = deliver(db)
    assert (code, "127.0.0.1:1" in err, states(db)) == (1, True, ["queued"] * 3)


def test_what_was_sent_cant_be_undone(db: Path) -> None:
    write_to_all(db)
    deliver(db)
    code, _out, err = run_cli("undo", "--yes", db=db)
    assert (code, "messages deliver" in err) == (1, True)
    assert states(db) == ["sent"] * 3


# The password -------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_the_password_comes_from_a_file_of_ones_own_or_a_command(db: Path, server: MailServer, tmp_path: Path) -> None:
    answer(db, "config", "set", "mail_user", "school")
    write_to_all(db)
    code, _out, err = deliver(db)
    assert (code, "wants a password" in err) == (1, True)
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    secret.chmod(0o644)
    code, _out, err = deliver(db, f'mail_password_file = "{secret}"\n')
    assert (code, str(secret) in err, "chmod 600" in err) == (1, True, True)
    assert server.letters == []
    secret.chmod(0o600)
    assert deliver(db, f'mail_password_file = "{secret}"\n')[0] == 0
    assert len(server.logins) == 1
    answer(db, "messages", "send", "Anna", "--template", "again and again", "--yes")
    assert deliver(db, f"mail_password_command = '''{sys.executable} -c \"print('s3cret')\"'''\n")[0] == 0
    assert server.logins[0] == server.logins[1]
    assert b"s3cret" not in db.read_bytes()


# Sms ----------------------------------------------------------------------------------------------------


def test_r55_sms_go_by_the_operators_command(db: Path, tmp_path: Path) -> None:
    for name, phone in (("Anna", "89161234567"), ("Boris", "89161234568")):
        answer(db, "clients", "contact", "add", name, f"mobile:{phone}")
    answer(db, "messages", "send", "^Vera", "--channel", "sms", "--template", "Hello {name}", "--yes")
    code, _out, err = deliver(db)
    assert (code, "no command for sms is set" in err, states(db)) == (3, True, ["queued", "queued"])
    script = tmp_path / "gateway.py"
    script.write_text(
        "import sys\n"
        "if sys.argv[1].endswith('8'): sys.exit('no credit')\n"
        f"open({str(tmp_path / 'sent')!r}, 'a').write(sys.argv[1] + ' ' + sys.stdin.read() + '\\n')\n"
    )
    code, _out, err = deliver(db, f'sms_command = "{sys.executable} {script} {{phone}}"\n')
    assert (code, "no credit" in err, states(db)) == (3, True, ["sent", "failed"])
    assert (tmp_path / "sent").read_text() == "+79161234567 Hello Anna\n"


# The invitation -----------------------------------------------------------------------------------------


def test_r40_an_invitation_brings_the_page(db: Path, server: MailServer) -> None:
    answer(db, "clients", "access", "grant", "Anna")
    assert deliver(db)[0] == 0
    ((_address, letter),) = server.letters
    (page,) = letter.iter_attachments()
    assert page.get_content_type() == "text/html"
    assert "<h1>Anna</h1>" in page.get_content()
