"""The roll call of `schoolcrm lessons hold`, by the installed command at a pseudo-terminal."""

import io
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    join,
    make_school,
    pay,
    reading_school,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.commands.roll_call import call_roll
from schoolcrm.commands.session import Session
from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.lesson_lookup import lesson_of_group
from schoolcrm.core.learning.lessons import expected_students

if TYPE_CHECKING:
    from person_at_terminal import Person

pytest.importorskip("termios")

LEGEND = "Enter, space, + or y: came · -: missed · <: one back · q: write nothing"


Sits = Callable[[Path], "Person"]


@pytest.fixture
def sits() -> Iterator[Sits]:
    from person_at_terminal import Person

    people: list[Person] = []

    def sit_down(db: Path) -> "Person":
        people.append(Person(db, "lessons", "hold", "Робо 1"))
        people[-1].sees(r"1/\d+ .* lessons left +-?\d+:")
        return people[-1]

    yield sit_down
    for person in people:
        person.leaves()


def school_of(folder: Path, count: int) -> Path:
    """The group Робо 1 on Tuesdays with students 01, 02 …"""
    path = make_school(folder)
    with writing_school(path, TODAY) as school:
        group = add_group(school, "Робо 1", "Роботы")
        add_schedule(school, group_id=group, days="tue", first_on=TODAY)
        for number in range(1, count + 1):
            client = add_client(school, f"Родитель {number:02}", student=f"Ученик {number:02}")
            join(school, group, student_of(school, client), TODAY)
    return path


@pytest.fixture
def three(tmp_path: Path) -> Path:
    return school_of(tmp_path, 3)


def marks(db: Path) -> list[str]:
    """Return what is written about each student: came, missed, or the reason."""
    with reading_school(db) as school:
        rows = school.db.execute(
            "SELECT iif(mark.attended, 'came', ifnull(absence_reason.short, 'missed')) FROM mark"
            " JOIN student ON student.id = mark.student_id"
            " LEFT JOIN absence_reason ON absence_reason.id = mark.reason_id ORDER BY student.name"
        )
        return [word for (word,) in rows]


def test_fifteen_students_take_fifteen_keys_typed_ahead(tmp_path: Path, sits: Sits) -> None:
    db = school_of(tmp_path, 15)
    person = sits(db)
    person.types("+y \r-12YY++-21\n")
    assert person.ends() == 0
    words = [*["came"] * 4, "missed", "УП", "НП", *["came"] * 4, "missed", "НП", "УП", "came"]
    assert person.answers() == words
    assert marks(db) == words
    assert "9 students came" in person.screen


def test_r38_balance_and_lessons_left_of_the_client_stand_beside_each_name(tmp_path: Path, sits: Sits) -> None:
    db = school_of(tmp_path, 3)
    with writing_school(db, TODAY) as school:
        school.db.execute("UPDATE client SET trial_spent = 1")
        sell_plan(school, 1, add_plan(school, "lesson", 25_00), TODAY)
        pay(school, 1, 200_00, TODAY)
        pay(school, 3, 10_00, TODAY, kind="refund", even_so=True)
        join(school, 1, add_student(school, 1, "Ученик 04"), TODAY)
    person = sits(db)
    person.types("++++")
    assert person.ends() == 0
    assert [" ".join(line.split()) for line in person.screen.splitlines() if "/4 " in line] == [
        "1/4 Ученик 01 balance 200.00 · lessons left 8: came",
        "2/4 Ученик 02 balance 0.00 · lessons left 0: came",
        "3/4 Ученик 03 balance -10.00 · lessons left 0: came",
        "4/4 Ученик 04 balance 200.00 · lessons left 8: came",
    ]


def test_one_back_asks_again_about_the_one_before(three: Path, sits: Sits) -> None:
    person = sits(three)
    keys = ["<", ",", "\x7f", "\b", "\x1b[D", "\x1bOD", "Б"]
    for back in keys:
        person.types(f"{back}++{back}{back}")
    person.types("-1-")
    assert person.ends() == 0
    assert person.answers() == ["", "came", "came", "one back", "one back"] * len(keys) + ["missed", "УП", "missed"]
    assert marks(three) == ["missed", "УП", "missed"]


@pytest.mark.parametrize(
    ("keys", "code", "said"),
    [
        ("q", 1, "error: Nothing was written."),
        ("Й", 1, "error: Nothing was written."),
        ("\x03", 130, "Interrupted; nothing was changed by the step that was running."),
        ("\x04", 130, "Interrupted; nothing was changed by the step that was running."),
        ("/у\x03", 130, "Interrupted; nothing was changed by the step that was running."),
    ],
)
def test_giving_up_writes_nothing(three: Path, sits: Sits, keys: str, code: int, said: str) -> None:
    person = sits(three)
    person.types("++")
    person.sees(r"3/3 .*:")
    person.types(keys)
    assert person.ends() == code
    assert person.screen.splitlines()[-1] == said
    assert marks(three) == []


def test_killed_the_command_gives_the_terminal_back(three: Path, sits: Sits) -> None:
    person = sits(three)
    person.sends(signal.SIGTERM)
    assert person.ends() == -signal.SIGTERM
    assert marks(three) == []


def test_continued_after_ctrl_z_the_question_is_put_again(three: Path, sits: Sits) -> None:
    """Nobody could continue the command of this pseudo-terminal, so that the system lets it run on at once."""
    person = sits(three)
    person.sends(signal.SIGTSTP)
    person.sees(r"1/3 .*:\s+1/3 .*:")
    person.types("+++")
    assert person.ends() == 0
    assert person.answers() == ["", "came", "came", "came"]


def test_a_key_that_means_nothing_is_answered_with_the_legend_once_a_question(three: Path, sits: Sits) -> None:
    person = sits(three)
    keys = ["x", "3", "0", "ч", "\t", "\x1b[15~", "\x1b[A", "\x1bOP", "\x1b[[D", "\x1by"]
    person.types("".join(keys) + "+-")
    person.sees(r"3/3 .*:")
    assert person.screen.count(LEGEND) == 1 + 1
    assert person.screen.count("no such key") == len(keys) - 1
    person.types("+")
    assert person.ends() == 0
    assert "Missed for a reason: 1 УП · 2 НП · / by its name" in person.screen.splitlines()
    assert marks(three) == ["came", "missed", "came"]


def test_letters_on_a_russian_keyboard(three: Path, sits: Sits) -> None:
    """A letter that begins a reason is that reason, even on the key of y: what it costs is not to be guessed."""
    with writing_school(three) as school:
        school.db.execute("UPDATE absence_reason SET short = 'X1', short_key = 'x1' WHERE id = 1")
    person = sits(three)
    person.types("нч")
    person.sees(r"3/3 .*:")
    person.types("й")
    assert person.ends() == 1
    assert person.answers() == ["НП", "X1", ""]
    with writing_school(three) as school:
        school.db.execute("UPDATE absence_reason SET archived_on = '2026-09-01' WHERE id = 2")
    person = sits(three)
    person.types("н+++")  # where no reason begins with н it means nothing: in a register it stands for absent
    assert person.ends() == 0
    assert person.screen.count(LEGEND) == 2
    assert marks(three) == ["came", "came", "came"]


def test_more_than_nine_reasons_by_letters_or_by_name(tmp_path: Path, sits: Sits) -> None:
    db = school_of(tmp_path, 7)
    with writing_school(db) as school:
        for short in ("А3", "А4", "А5", "А6", "А7", "А8", "А9", "ВП", "ВПР", "ВЦ", "Ёлка"):
            add_entry(school, "absence-reasons", f"Причина {short}", short=short)
    person = sits(db)
    assert "9 А9 · by first letters ВП, ВПР, ВЦ, Ёлка · / by its name" in person.screen
    person.types("9вцВП\nвПРе/причина впр\r/2\n")
    assert person.ends() == 0
    assert marks(db) == ["А9", "ВЦ", "ВП", "ВПР", "Ёлка", "ВПР", "НП"]
    assert person.answers()[-1] == "НП"


def test_letters_that_lead_nowhere_ask_again(tmp_path: Path, sits: Sits) -> None:
    db = school_of(tmp_path, 1)
    with writing_school(db) as school:
        add_entry(school, "absence-reasons", "Уехал", short="УЕ")
    person = sits(db)
    person.types("ук")
    person.types("у\n")
    person.types("у\x7f")
    person.types("/нету\r")
    person.types("/\r")
    person.types("/\x7f")
    person.types("уе")
    assert person.ends() == 0
    assert person.screen.count(LEGEND) == 2
    assert person.screen.count("no such key") == 2
    assert 'No absence reason is called "нету"' in person.screen
    assert marks(db) == ["УЕ"]


def test_while_a_person_thinks_others_write(three: Path, sits: Sits) -> None:
    person = sits(three)
    person.types("+")
    person.sees(r"2/3 .*:")
    with writing_school(three) as school:
        add_client(school, "Кто-то ещё")
    person.types("++")
    assert person.ends() == 0
    assert len(marks(three)) == 3


def test_without_single_keys_it_is_answered_by_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = school_of(tmp_path, 6)
    context = typer.Context(typer.main.get_command(_app()))
    context.obj = Session(db, today_text="2026-09-01", given_user="", usual_format="", quiet=False, debug=False)
    with reading_school(db) as school:
        lesson = lesson_of_group(school.db, 1, TODAY, "").lesson
        members = expected_students(school.db, lesson)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n-\n<\n1\nнп\n/\nуп\n+\ny\n"))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    answers = [(True, None), (False, 1), (False, 2), (False, 1), (True, None), (True, None)]
    assert call_roll(context, lesson, members) == [
        Attendance(student_id, *answer) for student_id, answer in enumerate(answers, start=1)
    ]


def _app() -> typer.Typer:
    app = typer.Typer()
    app.command()(lambda: None)
    return app
