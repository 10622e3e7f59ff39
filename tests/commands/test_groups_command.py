"""`schoolcrm groups`."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_student, make_school, run_cli, writing_school


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A school with two clients, one of them with two students."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        client = add_client(school, "Анна Иванова", student="Петя Иванов", phone="+79161234567")
        add_student(school, client, "Маша Иванова")
        add_client(school, "Олег Сидоров", student="Коля Сидоров")
    return path


def answer(path: Path, *words: str) -> Any:
    code, out, err = run_cli(*words, "--format", "json", db=path)
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_groups_from_adding_to_leaving(path: Path, lang: str) -> None:
    def run(*words: str) -> None:
        code, out, err = run_cli("groups", *words, db=path, lang=lang)
        assert (code, out, err.count("\n")) == (0, "", 1)

    run("add", "Робо 1", "--subject", "Роботы", "--level", "A1", "--teacher", "Пётр", "--room", "101",
        "--limit", "2", "--new")  # fmt: skip
    run("join", "робо", "Петя")
    run("join", "1", "маша", "--from", "10.09.2026", "--to", "+30d")
    run("leave", "Робо 1", "Петя", "--on", "2026-09-20")
    assert answer(path, "groups", "list")["rows"] == [
        {"id": 1, "name": "Робо 1", "subject": "Роботы", "level": "A1", "teacher": "Пётр", "room": "101",
         "members": 1, "limit": 2, "created": "2026-09-01", "archived": None},
    ]  # fmt: skip
    card = answer(path, "groups", "show", "робо 1")
    assert (card["report"], card["title"], card["totals"]["members"]) == ("group", "Робо 1", 1)
    assert [(row["student"], row["from"], row["to"], row["state"]) for row in card["rows"]] == [
        ("Петя Иванов", "2026-09-01", "2026-09-20", "current"),
        ("Маша Иванова", "2026-09-10", "2026-10-01", "coming"),
    ]


def test_ended_memberships_are_shown_as_archived(path: Path) -> None:
    run_cli("groups", "add", "Робо 1", db=path)
    run_cli("groups", "join", "Робо 1", "Петя", db=path)
    run_cli("schedule", "add", "Робо 1", "--days", "пн,чт", "--at", "18:00", db=path)
    run_cli("groups", "leave", "Робо 1", "Петя", db=path)
    code, out, _err = run_cli("groups", "show", "Робо 1", "--format", "json", db=path, today="2026-09-02")
    card = json.loads(out)
    assert (code, [row["state"] for row in card["rows"]]) == (0, ["archived"])
    assert card["totals"]["members"] == 0
    assert card["totals"]["schedule"] == ["Mon Thu 18:00 (60 min)"]


def test_a_full_group_is_joined_over_the_limit(path: Path) -> None:
    run_cli("groups", "add", "Пара", "--limit", "1", db=path)
    run_cli("groups", "join", "Пара", "Петя", db=path)
    code, _out, err = run_cli("groups", "join", "Пара", "Маша", db=path)
    assert code == 1
    assert err == 'error: The group "Пара" is full: 1 of 1.\nhint: Repeat with --over-limit to add one more.\n'
    assert answer(path, "groups", "join", "Пара", "Маша", "--over-limit")["student_id"] == 2


def test_a_subject_used_for_the_first_time_needs_new(path: Path) -> None:
    run_cli("groups", "add", "Робо 1", "--subject", "Робототехника", "--new", db=path)
    code, _out, err = run_cli("groups", "add", "Робо 2", "--subject", "Роботехника", db=path)
    assert code == 1
    assert err == (
        'error: No subject is called "Роботехника".\n'
        "hint: Did you mean: Робототехника? If it is a new one, repeat with --new.\n"
    )
    assert len(answer(path, "groups", "list")["rows"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", ""), "NAME is empty"),
        (("add", "A", "--limit", "-3"), "-3"),
        (("join", "Нет", "Петя"), '"Нет"'),
        (("join", "Робо 1", "Никто"), '"Никто"'),
        (("join", "Робо 1", "Петя", "--from", "вчерась"), "вчерась"),
        (("join", "Робо 1", "Петя", "--to", "2026-08-31"), "2026-08-31"),
        (("join", "Робо 1", "Иванов"), "Several"),
        (("leave", "Робо 1", "Коля"), "not a member"),
        (("show", "Шахматы"), '"Шахматы"'),
    ],
)
def test_what_is_refused_in_one_sentence(path: Path, words: tuple[str, ...], said: str) -> None:
    run_cli("groups", "add", "Робо 1", db=path)
    before = path.read_bytes()
    code, out, err = run_cli("groups", *words, db=path)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert said in err
    assert "Traceback" not in err
    assert path.read_bytes() == before


def test_r22_a_member_in_two_places_is_a_warning_naming_both(path: Path) -> None:
    for name, time in (("Робо 1", "18:00"), ("Шахматы", "18:30"), ("Танцы", "18:15")):
        run_cli("groups", "add", name, db=path)
        run_cli("schedule", "add", name, "--days", "thu", "--at", time, db=path)
    assert run_cli("groups", "join", "Робо 1", "Петя", db=path)[2] == "Петя Иванов is in Робо 1 from 2026-09-01.\n"
    code, _out, err = run_cli("groups", "join", "Шахматы", "Петя", "--to", "2026-09-09", db=path)
    warning = 'warning: "Петя Иванов" is in two places on 2026-09-03: "Робо 1" at 18:00 and "Шахматы" at 18:30.\n'
    assert (code, err) == (0, warning + "Петя Иванов is in Шахматы from 2026-09-01 to 2026-09-09.\n")
    code, _out, err = run_cli("groups", "join", "Танцы", "Петя", "--from", "2026-09-04", "--to", "2026-09-09", db=path)
    assert (code, "warning" in err) == (0, False)
    code, _out, err = run_cli("groups", "transfer", "Петя", "Шахматы", "Танцы", "--on", "2026-09-02", db=path)
    assert code == 1
    code, _out, err = run_cli("groups", "join", "Шахматы", "Маша", db=path)
    code, _out, err = run_cli("groups", "join", "Робо 1", "Маша", "--from", "2026-10-01", db=path)
    assert err.startswith('warning: "Маша Иванова" is in two places on 2026-10-01: "Робо 1" at 18:00 and "Шахматы"')
    left = answer(path, "groups", "leave", "Робо 1", "Петя")
    assert left == {"id": 1, "group_id": 1, "student_id": 1, "last_on": "2026-09-01", "operation": 14}
    code, _out, err = run_cli("groups", "transfer", "Маша", "Робо 1", "Танцы", "--on", "2026-10-08", db=path)
    assert err.startswith('warning: "Маша Иванова" is in two places on 2026-10-08: "Танцы" at 18:15 and "Шахматы"')
