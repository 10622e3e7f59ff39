"""`schoolcrm tasks`, `messages`, `clients access|file`: what they print, ask and refuse (R40, R51, R55)."""

from pathlib import Path

import pytest
from answers import answer, refusal
from builders import add_client, make_school, run_cli, writing_school

from schoolcrm.core.people.contacts import add_contacts, read_contact


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        add_contacts(school, add_client(school, "Anna", student="Peter"), [read_contact("email:anna@example.org")])
        add_client(school, "Boris")
    return path


# Tasks --------------------------------------------------------------------------------------------------


def test_r55_tasks_are_added_listed_done_and_archived(db: Path) -> None:
    assert answer(db, "tasks", "add", "Peter", "Call back", "--due", "+1d") == {
        "id": 1, "client_id": 1, "due": "2026-09-02", "state": "open",
    }  # fmt: skip
    answer(db, "tasks", "add", "Boris", "Write", "--due", "yesterday")
    answer(db, "tasks", "add", "Boris", "Sometime")
    rows = answer(db, "tasks", "list")["rows"]
    assert [(row["text"], row["overdue"]) for row in rows] == [
        ("Call back", False),
        ("Sometime", False),
        ("Write", True),
    ]
    assert answer(db, "tasks", "done", "Write", "3") == {"id": 2, "ids": [2, 3]}
    assert answer(db, "tasks", "archive", "Write") == {"id": 2, "ids": [2]}
    assert [row["id"] for row in answer(db, "tasks", "list")["rows"]] == [1, 3, 2]
    assert [row["id"] for row in answer(db, "tasks", "list", "--state", "done", "--client", "Boris")["rows"]] == [3]
    assert [row["id"] for row in answer(db, "tasks", "list", "--due", "tomorrow")["rows"]] == [1]
    assert [row["id"] for row in answer(db, "tasks", "list", "--to", "today")["rows"]] == [2]


def test_tasks_refuse_what_cant_be(db: Path) -> None:
    assert "Zoe" in refusal(db, "tasks", "add", "Zoe", "Call")
    assert "someday" in refusal(db, "tasks", "add", "Anna", "Call", "--due", "someday")
    assert '"7"' in refusal(db, "tasks", "done", "7")
    assert '"late"' in refusal(db, "tasks", "list", "--state", "late")


def test_undo_takes_tasks_and_messages_back(db: Path) -> None:
    answer(db, "tasks", "add", "Anna", "Call")
    answer(db, "tasks", "done", "Call")
    answer(db, "messages", "log", "Anna", "Called", "--channel", "call")
    for _operation in range(3):
        assert run_cli("undo", "--yes", db=db)[0] == 0
    assert answer(db, "tasks", "list")["rows"] == answer(db, "messages", "list")["rows"] == []


# Messages -----------------------------------------------------------------------------------------------


def test_r55_what_was_said_is_noted(db: Path) -> None:
    told = answer(db, "messages", "log", "Anna", "Asked for Tuesdays", "--channel", "call", "--in", "--on", "yesterday")
    assert told == {"id": 1, "client_id": 1, "channel": "call", "state": "logged"}
    answer(db, "messages", "log", "Boris", "A comment")
    rows = answer(db, "messages", "list")["rows"]
    assert [(row["date"], row["channel"], row["direction"]) for row in rows] == [
        ("2026-08-31", "call", "in"),
        ("2026-09-01", "comment", None),
    ]
    assert [row["id"] for row in answer(db, "messages", "list", "Anna", "--period", "2026-08")["rows"]] == [1]
    assert '"pigeon"' in refusal(db, "messages", "log", "Anna", "x", "--channel", "pigeon")
    assert run_cli("messages", "log", "Anna", "x", "--in", db=db)[0] == 2


def test_r55_a_mailing_is_asked_for_and_tells_whom_it_leaves_out(db: Path) -> None:
    words = ("messages", "send", "id:1..", "--template", "Hello, {name}!")
    said = refusal(db, *words)
    assert '1 message would be written to Anna ("Hello, Anna!"); without an address: 1.' in said
    assert answer(db, "messages", "list")["rows"] == []
    code, out, err = run_cli(*words, "--yes", "--format", "json", db=db)
    assert (code, out.strip()) == (3, '{"id": 1, "ids": [1], "skipped": [2], "operation": 3}')
    assert "Boris (no. 2) has no address" in err
    assert run_cli(*words, "--dry-run", db=db)[0] == 3
    assert len(answer(db, "messages", "list")["rows"]) == 1
    assert "Nobody of those found has an address: Boris" in refusal(
        db, "messages", "send", "Boris", "--template", "Hi {id}"
    )
    assert "No client answers" in refusal(db, "messages", "send", "Zoe", "--template", "Hi there", "--yes")
    assert "{nmae}" in refusal(db, "messages", "send", "Anna", "--template", "Hi {nmae}", "--yes")
    assert run_cli("messages", "send", "Anna", "--channel", "sms", "--subject", "x", "--template", "y", db=db)[0] == 2


def test_a_template_may_be_a_file(db: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("\ufeffDear {name},\ncome.\n", "utf-8")
    answer(db, "messages", "send", "Anna", "--template", str(letter), "--yes")
    (row,) = answer(db, "messages", "list")["rows"]
    assert row["text"].splitlines() == ["Dear Anna,", "come."]
    assert "gone.txt" in refusal(db, "messages", "send", "Anna", "--template", str(tmp_path / "gone.txt"), "--yes")
    letter.write_bytes(b"\xff\xfe\x00")
    assert "letter.txt" in refusal(db, "messages", "send", "Anna", "--template", str(letter), "--yes")


def test_a_message_can_be_cancelled_and_put_back(db: Path) -> None:
    answer(db, "messages", "send", "Anna", "--template", "Hello there", "--yes")
    assert answer(db, "messages", "cancel", "1")["state"] == "cancelled"
    assert answer(db, "messages", "retry", "1")["state"] == "queued"
    assert "77" in refusal(db, "messages", "cancel", "77")


# Access and files ---------------------------------------------------------------------------------------


def test_r40_access_is_granted_revoked_and_shown(db: Path) -> None:
    assert answer(db, "clients", "access", "grant", "Anna") == {
        "id": 1, "access": True, "granted": True, "message_id": 1,
    }  # fmt: skip
    assert not answer(db, "clients", "access", "grant", "Anna")["granted"]
    assert answer(db, "clients", "access", "resend", "Anna") == {"id": 1, "message_id": 2}
    rows = answer(db, "clients", "list", "access:yes", "--columns", "name,access")["rows"]
    assert rows == [{"name": "Anna", "access": True}]
    assert answer(db, "clients", "show", "Anna")["rows"][0]["access"] is True
    assert "Access: yes" in run_cli("clients", "show", "Anna", db=db)[1]
    assert answer(db, "clients", "access", "revoke", "Anna") == {"id": 1, "access": False}
    assert "Anna has no access" in refusal(db, "clients", "access", "revoke", "Anna")
    assert [row["name"] for row in answer(db, "clients", "list", "access:no")["rows"]] == ["Anna", "Boris"]


def test_r55_files_go_in_and_come_out(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "pass.bin"
    source.write_bytes(bytes(range(256)))
    made = answer(db, "clients", "file", "add", "Anna", str(source), "--note", "copy")
    assert (made["id"], made["name"], made["size"]) == (1, "pass.bin", 256)
    (row,) = answer(db, "clients", "file", "list", "Anna")["rows"]
    assert (row["name"], row["size"], row["note"], row["sha256"]) == ("pass.bin", 256, "copy", made["sha256"])
    assert "already" in refusal(db, "clients", "file", "get", "Anna", "pass")
    assert run_cli("clients", "file", "get", "Anna", "pass", "-o", "out.bin", db=db)[0] == 0
    assert (tmp_path / "out.bin").read_bytes() == source.read_bytes()
    assert "would be removed" in refusal(db, "clients", "file", "remove", "Anna", "1")
    answer(db, "clients", "file", "remove", "Anna", "1", "--yes")
    assert "no file" in refusal(db, "clients", "file", "get", "Anna", "1")
    assert "gone.bin" in refusal(db, "clients", "file", "add", "Anna", str(tmp_path / "gone.bin"))
    assert "can't be read" in refusal(db, "clients", "file", "add", "Anna", str(tmp_path))


# The card and the morning screen ------------------------------------------------------------------------


def test_r51_the_card_has_tasks_latest_messages_and_files(db: Path, tmp_path: Path) -> None:
    answer(db, "tasks", "add", "Anna", "Call", "--due", "2026-08-30")
    answer(db, "tasks", "add", "Anna", "Gone")
    answer(db, "tasks", "archive", "Gone")
    for number in range(6):
        answer(db, "messages", "log", "Anna", f"comment {number}")
    (tmp_path / "a.txt").write_text("abc")
    answer(db, "clients", "file", "add", "Anna", str(tmp_path / "a.txt"))
    (row,) = answer(db, "clients", "show", "Anna")["rows"]
    assert row["tasks"] == [{"id": 1, "text": "Call", "due": "2026-08-30", "state": "open", "overdue": True}]
    assert [message["text"] for message in row["messages"]] == [f"comment {number}" for number in (5, 4, 3, 2, 1)]
    assert [(file["name"], file["size"]) for file in row["files"]] == [("a.txt", 3)]
    page = run_cli("clients", "show", "Anna", db=db)[1]
    for told in ("Call (no. 1)", "overdue", "comment 5", "a.txt (no. 1)", "3 B"):
        assert told in page, told


def test_the_morning_screen_has_tasks_due_and_messages_that_wait(db: Path) -> None:
    for text, due in (("today's", "today"), ("tomorrow's", "tomorrow"), ("overdue", "yesterday"), ("sometime", "")):
        answer(db, "tasks", "add", "Anna", text, *(["--due", due] if due else []))
    answer(db, "messages", "send", "Anna", "--template", "Hello there", "--yes")
    rows = [row for row in answer(db, "today")["rows"] if row["topic"] in ("tasks", "messages")]
    assert [(row["topic"], row["what"], row["count"]) for row in rows] == [
        ("tasks", "Anna · today's", None),
        ("tasks", "Anna · overdue", None),
        ("messages", None, 1),
    ]
    assert rows[0]["command"] == "schoolcrm tasks done 1"
