"""`schoolcrm clients trial`, and the trial on the card and in the list (R12)."""

from pathlib import Path
from typing import Any

import answers
import pytest
from builders import add_client, add_group, add_student, make_school, run_cli, writing_school


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        client = add_client(school, "Anna Ivanova", student="Petya Ivanov")
        add_student(school, client, "Masha Ivanova")
        add_student(school, add_client(school, "Oleg Smirnov", student="Masha Smirnova"), "Yana")
        add_group(school, "Robots")
    return path


def run(path: Path, *arguments: str) -> tuple[int, str]:
    code, out, err = run_cli("clients", *arguments, db=path)
    return code, out + err


def answer(path: Path, *arguments: str) -> Any:
    return answers.answer(path, "clients", *arguments)


def test_r12_booked_moved_attended_cancelled(path: Path) -> None:
    booked = run(path, "trial", "book", "Petya", "--on", "10.09.2026", "--group", "rob", "--student", "masha")
    assert booked == (
        0,
        "warning: the group has no lesson on 2026-09-10.\n"
        "Trial lesson 1 booked for Anna Ivanova: 2026-09-10 · Robots · Masha Ivanova.\n",
    )
    moved = run(path, "trial", "book", "Anna", "--on", "2026-08-31")
    assert moved == (
        0,
        "warning: 2026-08-31 is over; 'schoolcrm clients trial attended' records who came.\n"
        "warning: the group has no lesson on 2026-08-31.\n"
        "Trial lesson 1 of Anna Ivanova moved from 2026-09-10: 2026-08-31 · Robots · Masha Ivanova.\n",
    )
    attended = run(path, "trial", "attended", "Anna")
    assert attended == (0, "Trial lesson 1 of Anna Ivanova attended: 2026-08-31 · Robots · Masha Ivanova.\n")
    code, told = run(path, "trial", "book", "Anna")
    assert (code, told.splitlines()[0]) == (
        1,
        "error: Anna Ivanova has used up the free trial lesson: attended on 2026-08-31.",
    )
    assert run(path, "trial", "cancel", "Anna", "--student", "Masha", "--on", "31.8.26", "--group", "Robots")[0] == 0
    code, told = run(path, "trial", "cancel", "Anna")
    assert (code, told.splitlines()[0]) == (1, "error: Anna Ivanova has no trial lesson booked.")


def test_r12_what_programs_get(path: Path) -> None:
    place = {"client_id": 1, "group_id": 1, "student_id": 2}
    assert answer(path, "trial", "book", "1", "--group", "Robots", "--student", "Masha") == place | {
        "id": 1, "state": "booked", "on": "2026-09-01", "moved_from": None,
    }  # fmt: skip
    assert answer(path, "trial", "attended", "1", "--on", "yesterday") == place | {
        "id": 1, "state": "attended", "on": "2026-08-31", "moved_from": "2026-09-01",
    }  # fmt: skip
    assert answer(path, "trial", "cancel", "1") == place | {"id": 1, "state": "cancelled", "on": "2026-08-31"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("book", "Nobody"), 'No client is called "Nobody".'),
        (("book", "Anna", "--on", "31.02.2026"), "31.02.2026"),
        (("book", "Anna", "--group", "Chess"), 'No group is called "Chess".'),
        (("book", "Anna", "--student", "Yana"), '"Yana" is no student of Anna Ivanova.'),
        (("attended", "Anna", "--on", "tomorrow"), "The trial lesson of 2026-09-02 is after today."),
        (("cancel", "Anna"), "Anna Ivanova has no trial lesson booked."),
    ],
)
def test_bad_input_is_one_sentence_and_a_hint(path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    code, told = run(path, "trial", *arguments)
    assert code == 1
    assert sentence in told.splitlines()[0]
    assert told.splitlines()[1].startswith("hint: ")


def test_even_so_and_dry_run(path: Path) -> None:
    assert run(path, "trial", "attended", "Anna", "--on", "tomorrow", "--even-so", "--dry-run")[0] == 0
    assert answer(path, "show", "Anna")["rows"][0]["trial"] is None


def test_r51_r12_the_card_and_the_list_tell_of_it(path: Path) -> None:
    run(path, "trial", "book", "Anna", "--on", "2026-09-10", "--group", "Robots")
    assert "Trial lesson booked: 2026-09-10 · Robots\n" in run(path, "show", "Anna")[1]
    card = answer(path, "show", "Anna")["rows"][0]
    assert (card["trial"], card["trial_booked"], card["trial_group"]) == (None, "2026-09-10", "Robots")
    run(path, "trial", "attended", "Anna", "--on", "2026-08-30")
    assert "Trial lesson: 2026-08-30\n" in run(path, "show", "Anna")[1]
    card = answer(path, "show", "Anna")["rows"][0]
    assert (card["trial"], card["trial_booked"], card["trial_group"]) == ("2026-08-30", None, None)
    listed = answer(path, "list", "--columns", "name,trial", "trial:2026-08-30")
    assert listed["rows"] == [{"name": "Anna Ivanova", "trial": "2026-08-30"}]
