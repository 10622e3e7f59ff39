"""Trials booked for a lesson: called in the roll, moved and cancelled with it (R7, R12a); filters by a stage's name."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from answers import answer
from builders import add_client, add_group, add_schedule, join, make_school, run_cli, student_of, writing_school

MONDAY = "2026-09-07"


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Robo 1 meets on Mondays, Peter belongs to it; Yana is booked for a trial on the 7th."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 1)) as school:
        anna = add_client(school, "Анна Иванова", student="Пётр Иванов")
        add_client(school, "Зоя Белова", student="Яна Белова")
        group = add_group(school, "Робо 1")
        join(school, group, student_of(school, anna), date(2026, 9, 1))
        add_schedule(school, group_id=group, days="mon", time="10:00", first_on=date(2026, 9, 1))
    made(path, "clients", "trial", "book", "Зоя", "--on", MONDAY, "--group", "Робо 1", today="2026-09-01")
    return path


def run(path: Path, *arguments: str, today: str = MONDAY) -> tuple[int, str, str]:
    return run_cli(*arguments, db=path, today=today, lang="en")


made = partial(answer, today=MONDAY)


def base_of(path: Path, client: str) -> str:
    return str(made(path, "status", "explain", client)["rows"][0]["base"])


def test_r7_cancelling_the_lesson_cancels_the_trial(school: Path) -> None:
    assert base_of(school, "Зоя") == "trial-booked"
    code, _out, err = run(school, "lessons", "cancel", "Робо 1", MONDAY)
    assert code == 0
    assert "Зоя Белова" in err
    assert base_of(school, "Зоя") == "new"


def test_r12_moving_the_lesson_moves_the_trial(school: Path) -> None:
    made(school, "lessons", "move", "Робо 1", MONDAY, "--to", "2026-09-08")
    assert made(school, "clients", "show", "Зоя")["rows"][0]["trial_booked"] == "2026-09-08"
    assert base_of(school, "Зоя") == "trial-booked"


def test_r12_who_is_booked_is_named_but_never_marked_by_all_present(school: Path) -> None:
    code, _out, err = run(school, "lessons", "hold", "Робо 1", "--all-present")
    assert code == 0
    assert "Booked for a trial at this lesson: Яна Белова" in err
    assert base_of(school, "Зоя") == "trial-booked"
    marked = made(school, "lessons", "hold", "Робо 1", MONDAY, "--present", "Яна")
    assert [(mark["student"], mark["basis"]) for mark in marked["marks"]] == [("Яна Белова", "trial")]
    assert base_of(school, "Зоя") == "trial-done"


def test_r12_a_missed_trial_is_no_lesson_without_subscription(school: Path) -> None:
    made(school, "lessons", "hold", "Робо 1", MONDAY, "--all-present", "--absent", "Яна")
    assert base_of(school, "Зоя") == "new"
    assert made(school, "report", "no-subscription")["rows"] == []


def test_a_member_of_later_waits_while_another_is_marked(school: Path) -> None:
    made(school, "lessons", "hold", "Робо 1", MONDAY, "--all-present")
    for name in ("Гость Один", "Гость Два"):
        made(school, "students", "add", "Анна", name)
        made(school, "groups", "join", "Робо 1", name, "--from", MONDAY)
    made(school, "lessons", "mark", "1", "Гость Один", "absent", "--reason", "УП")


def test_a_trial_booked_by_the_childs_name_is_the_childs(school: Path) -> None:
    with writing_school(school, date(2026, 9, 1)) as opened:
        add_client(opened, "Вера Смирнова", student="Лев Смирнов")
    booked = made(school, "clients", "trial", "book", "Лев Смирнов", "--on", "2026-09-14")
    assert booked["student_id"] == 3
    assert made(school, "clients", "trial", "book", "Вера", "--on", "2026-09-15")["student_id"] == 3


def test_r1_stages_are_filtered_by_the_schools_own_names(school: Path) -> None:
    made(school, "status", "add", "sleeping", "В отпуске")
    made(school, "status", "set", "В отпуске", "Зоя")
    made(school, "status", "set", "sleeping", "Анна")

    def found(term: str) -> list[str]:
        return [row["name"] for row in made(school, "clients", "list", term)["rows"]]

    assert found("stage:=В отпуске") == ["Зоя Белова"]
    assert found("stage:sleeping") == ["Анна Иванова", "Зоя Белова"]
    _code, _out, err = run(school, "status", "delete", "В отпуске", "--yes")
    assert "--query 'stage:=В отпуске'" in err


@pytest.mark.parametrize("name", ["loyalty:active", "funnel:Foo", "Воронка: новый"])
def test_r1_a_name_is_no_scale_and_name(school: Path, name: str) -> None:
    code, _out, err = run(school, "status", "add", "bought", name, "--even-so")
    assert code == 1
    assert "hint:" in err
