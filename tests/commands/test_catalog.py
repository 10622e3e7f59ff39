"""`schoolcrm catalog`."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import make_school, reading_school, run_cli


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def listed(path: Path, kind: str, *options: str) -> list[dict[str, Any]]:
    code, out, err = run_cli("catalog", kind, "list", *options, "--format", "json", db=path)
    assert (code, err) == (0, "")
    return list(json.loads(out)["rows"])


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize(
    "kind",
    ["subjects", "levels", "locations", "rooms", "teachers", "lesson-types", "absence-reasons", "sources", "accounts"],
)  # fmt: skip
def test_every_catalogue_has_the_same_commands(path: Path, kind: str, lang: str) -> None:
    before = len(listed(path, kind))
    code, out, _err = run_cli("catalog", kind, "add", "Новая запись", "--format", "json", db=path, lang=lang)
    made = json.loads(out)
    assert (code, made["name"]) == (0, "Новая запись")
    assert run_cli("catalog", kind, "rename", "новая", "Другая", db=path, lang=lang)[0] == 0
    assert [row["name"] for row in listed(path, kind) if row["id"] == made["id"]] == ["Другая"]
    assert run_cli("catalog", kind, "archive", "Другая", db=path, lang=lang)[0] == 0
    assert len(listed(path, kind)) == before
    (archived,) = listed(path, kind, "--archived")
    assert (archived["id"], archived["archived"]) == (made["id"], "2026-09-01")
    assert len(listed(path, kind, "--all")) == before + 1
    code, _out, err = run_cli("catalog", kind, "archive", "Другая", db=path, lang="en")
    assert code == 1
    assert f"hint: Другая (id {made['id']}) is in the archive." in err


def test_a_nearly_same_name_is_offered(path: Path) -> None:
    run_cli("catalog", "subjects", "add", "Математика", db=path)
    code, out, err = run_cli("catalog", "subjects", "add", "Матиматика", db=path)
    assert (code, out) == (1, "")
    assert err == (
        'error: There is an entry "Математика" already, nearly the same as "Матиматика".\n'
        "hint: Use that one, or repeat with --even-so to have both.\n"
    )
    assert run_cli("catalog", "subjects", "add", "Матиматика", "--even-so", db=path)[0] == 0


def test_a_room_in_a_location_used_for_the_first_time(path: Path) -> None:
    code, _out, err = run_cli("catalog", "rooms", "add", "101", "--location", "Ленина 1", db=path)
    assert code == 1
    assert err == 'error: No location is called "Ленина 1".\nhint: Repeat with --new to add it.\n'
    assert listed(path, "rooms") == []
    assert run_cli("catalog", "rooms", "add", "101", "--location", "Ленина 1", "--new", db=path)[0] == 0
    run_cli("catalog", "locations", "add", "Садовая", db=path)
    run_cli("catalog", "rooms", "edit", "101", "--location", "садовая", db=path)
    assert listed(path, "rooms") == [{"id": 1, "name": "101", "location": "Садовая", "archived": None}]


def test_absence_reasons_have_a_share(path: Path) -> None:
    given = ("Карантин", "--short", "К", "--excused", "--charged", "50%")
    assert run_cli("catalog", "absence-reasons", "add", *given, db=path)[0] == 0
    assert run_cli("catalog", "absence-reasons", "edit", "к", "--charged", "30", "--not-excused", db=path)[0] == 0
    (row,) = [row for row in listed(path, "absence-reasons") if row["short"] == "К"]
    assert (row["name"], row["excused"], row["charged"]) == ("Карантин", False, 0.3)
    code, _out, err = run_cli("catalog", "absence-reasons", "edit", "к", "--charged", "300", db=path)
    assert (code, err) == (
        1, 'error: "300" is not a share in percent.\nhint: Give a whole number from 0 to 100.\n',
    )  # fmt: skip
    assert run_cli("catalog", "absence-reasons", "edit", "к", "--excused", "--not-excused", db=path)[0] == 2


def test_what_the_program_works_with_is_not_archived(path: Path) -> None:
    code, _out, err = run_cli("catalog", "lesson-types", "archive", "Пробное", db=path)
    assert (code, err.splitlines()[0]) == (
        1, "error: The lesson type \"Пробное\" can't be archived: the program itself works with it.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("rom", "list"), 2, "rooms"),
        (("rooms", "lst"), 2, "list"),
        (("rooms", "add"), 2, "NAME"),
        (("rooms", "add", " "), 1, "NAME is empty"),
        (("rooms", "rename", "нет", "да"), 1, '"нет"'),
        (("rooms", "archive", ""), 1, "is empty"),
        (("rooms", "archive", "999"), 1, '"999"'),
    ],
)
def test_what_is_refused(path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    before = path.read_bytes()
    refused, out, err = run_cli("catalog", *words, db=path)
    assert (refused, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert path.read_bytes() == before


def test_dry_run_adds_nothing(path: Path) -> None:
    before = path.read_bytes()
    assert run_cli("catalog", "teachers", "add", "Пётр", "--dry-run", db=path)[0] == 0
    assert path.read_bytes() == before


def test_every_catalogue_is_in_the_help(path: Path) -> None:
    _code, out, _err = run_cli("catalog", db=path)
    with reading_school(path):
        assert all(kind in out for kind in ("subjects", "lesson-types", "absence-reasons", "accounts"))
