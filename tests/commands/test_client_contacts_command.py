"""`schoolcrm clients contact`: contacts one by one (R50)."""

from pathlib import Path
from typing import Any

import pytest
from answers import answer, refusal
from builders import TODAY, add_client, make_school, run_cli, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path, TODAY) as school:
        add_client(school, "Анна", student="Петя", phone="8 916 000-00-01")
        add_client(school, "Борис", student="Олег", phone="8 916 000-00-02")
    return path


def contacts(db: Path, client: str = "Анна") -> list[tuple[Any, ...]]:
    rows = answer(db, "clients", "contact", "list", client)["rows"]
    return [(row["id"], row["kind"], row["value"], row["note"]) for row in rows]


def test_contacts_are_added_with_their_numbers(db: Path) -> None:
    assert answer(db, "clients", "contact", "add", "Петя", "home:84951234567:бабушка") == {
        "id": 3, "ids": [3], "client_id": 1,
    }  # fmt: skip
    made = answer(db, "clients", "contact", "add", "Анна", "link:https://x.org:8080/a:чат", "metro:Сокол")
    assert made == {"id": None, "ids": [4, 5], "client_id": 1}
    assert contacts(db) == [
        (1, "mobile", "+79160000001", None),
        (3, "home", "+74951234567", "бабушка"),
        (4, "link", "https://x.org:8080/a", "чат"),
        (5, "metro", "Сокол", None),
    ]
    assert "+7 495 123-45-67" in run_cli("clients", "contact", "list", "Анна", db=db)[1]


def test_a_known_contact_takes_a_note_and_nothing_else(db: Path) -> None:
    assert "already" in refusal(db, "clients", "contact", "add", "Анна", "mobile:+7 916 000 00 01")
    assert answer(db, "clients", "contact", "add", "Анна", "mobile:+7 916 000 00 01:папа")["ids"] == [1]
    assert contacts(db) == [(1, "mobile", "+79160000001", "папа")]


@pytest.mark.parametrize("named", ["1", "#1", "8 (916) 000-00-01", "+79160000001", "9160000001", "000001"])
def test_a_contact_is_named_by_number_or_value(db: Path, named: str) -> None:
    assert answer(db, "clients", "contact", "edit", "Анна", named, "--note", "мама") == {"id": 1, "client_id": 1}
    assert contacts(db) == [(1, "mobile", "+79160000001", "мама")]


def test_contacts_are_changed(db: Path) -> None:
    answer(db, "clients", "contact", "edit", "Анна", "1", "--value", "8 495 123-45-67", "--kind", "home", "--note", "x")
    assert contacts(db) == [(1, "home", "+74951234567", "x")]
    answer(db, "clients", "contact", "edit", "Анна", "1", "--unset", "note")
    assert contacts(db) == [(1, "home", "+74951234567", None)]
    answer(db, "clients", "contact", "add", "Анна", "email:A@b.de")
    answer(db, "clients", "contact", "edit", "Анна", "a@B.de", "--value", "c@d.de")
    assert contacts(db)[1][1:] == ("email", "c@d.de", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["edit", "Анна", "2", "--note", "x"], 'no contact "2"'),
        (["edit", "Анна", "1", "--kind", "email"], "not an email address"),
        (["edit", "Анна", "1", "--value", "12"], "12"),
        (["edit", "Анна", "1", "--unset", "value"], "can't be emptied"),
        (["edit", "Анна", "9161111111", "--value", "89160000001"], "already"),
        (["edit", "Анна", "+7916", "--note", "x"], "Several contacts"),
        (["remove", "Анна", "9160000002", "--yes"], "no contact"),
        (["add", "Анна", "pager:5"], "not a kind of contact"),
    ],
)
def test_refusals_change_nothing(db: Path, words: list[str], said: str) -> None:
    answer(db, "clients", "contact", "add", "Анна", "mobile:89161111111")
    before = contacts(db)
    assert said in refusal(db, "clients", "contact", *words)
    assert contacts(db) == before


def test_nothing_to_change_is_wrong_usage(db: Path) -> None:
    assert run_cli("clients", "contact", "edit", "Анна", "1", db=db)[0] == 2
    assert run_cli("clients", "contact", "edit", "Анна", "1", "--note", "", db=db)[0] == 1


def test_removal_is_asked_for(db: Path) -> None:
    assert "would be removed: mobile +7 916 000-00-01" in refusal(db, "clients", "contact", "remove", "Анна", "1")
    assert answer(db, "clients", "contact", "remove", "Анна", "1", "--dry-run") == {"id": 1, "client_id": 1}
    assert len(contacts(db)) == 1
    assert answer(db, "clients", "contact", "remove", "Анна", "8916 0000001", "--yes") == {"id": 1, "client_id": 1}
    assert contacts(db) == []
    assert len(contacts(db, "Борис")) == 1
