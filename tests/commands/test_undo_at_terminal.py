"""`undo` and `redo` at a terminal: shown first, asked for, nothing held; any way out changes nothing (R54)."""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import TODAY, add_client, make_school, writing_school

if TYPE_CHECKING:
    from person_at_terminal import Person

pytest.importorskip("termios")
Sits = Callable[..., "Person"]
QUESTION = r"Do it\? \[y/N\]"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A school with one client, recorded by the second operation."""
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        add_client(school, "Анна Иванова")
    return path


@pytest.fixture
def sits() -> Iterator[Sits]:
    from person_at_terminal import Person

    people: list[Person] = []

    def sit_down(db: Path, *words: str) -> "Person":
        people.append(Person(db, *words))
        return people[-1]

    yield sit_down
    for person in people:
        person.leaves()


def clients(db: Path) -> int:
    with closing(sqlite3.connect(db)) as school:
        return int(school.execute("SELECT count(*) FROM client").fetchone()[0])


def test_undo_shows_what_it_would_do_and_a_yes_does_it(db: Path, sits: Sits) -> None:
    person = sits(db, "undo")
    person.sees(QUESTION)
    assert "Operation 2 would be undone: " in person.screen
    assert "client, student" in person.screen
    person.types("y\n")
    assert person.ends() == 0
    assert "Operation 2 is undone" in person.screen
    assert clients(db) == 0
    again = sits(db, "redo")
    again.sees(QUESTION)
    assert "Operation 2 would be done again" in again.screen
    again.types("да\n")
    assert again.ends() == 0
    assert clients(db) == 1


@pytest.mark.parametrize("answer", ["n\n", "\n", "yep\n"])
def test_any_answer_but_yes_changes_nothing(db: Path, sits: Sits, answer: str) -> None:
    before = db.read_bytes()
    person = sits(db, "undo")
    person.sees(QUESTION)
    person.types(answer)
    assert person.ends() == 1
    assert "Nothing was changed." in person.screen
    assert "error:" not in person.screen
    assert db.read_bytes() == before


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_who_goes_away_from_the_question_changes_nothing(db: Path, sits: Sits, keys: str) -> None:
    before = db.read_bytes()
    person = sits(db, "undo")
    person.sees(QUESTION)
    person.types(keys)
    assert person.ends() == 130
    assert "Traceback" not in person.screen
    assert db.read_bytes() == before
    assert list(db.parent.glob("*-journal")) == []


def test_a_terminal_that_is_closed_changes_nothing(db: Path, sits: Sits) -> None:
    before = db.read_bytes()
    person = sits(db, "undo")
    person.sees(QUESTION)
    person.sends(signal.SIGTERM)
    assert person.ends() != 0
    assert db.read_bytes() == before


def test_others_write_while_the_question_stands_and_it_is_looked_at_again(db: Path, sits: Sits) -> None:
    person = sits(db, "undo")
    person.sees(QUESTION)
    with writing_school(db, TODAY) as school:
        school.db.execute("UPDATE client SET note = 'новое'")
    person.types("y\n")
    person.sees(r"Operation 3 would be undone[^?]*" + QUESTION)  # the last operation is another one now
    person.types("y\n")
    assert person.ends() == 0
    assert clients(db) == 1


def test_what_others_wrote_meanwhile_stands_in_the_way_of_an_earlier_one(db: Path, sits: Sits) -> None:
    person = sits(db, "undo", "--op", "2")
    person.sees(QUESTION)
    with writing_school(db, TODAY) as school:
        school.db.execute("UPDATE client SET note = 'новое'")
    person.types("y\n")
    assert person.ends() == 1
    assert "something later rests on it" in person.screen
    assert clients(db) == 1
