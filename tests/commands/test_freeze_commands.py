"""`schoolcrm subscription freeze|unfreeze|freezes`, `schoolcrm groups freeze|transfer`."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, add_group, add_schedule, hold, join, make_school, run_cli, student_of
from builders import writing_school as writing

TODAY = "2026-03-12"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A group of Petya and Masha on Tuesdays and Thursdays, an empty one; Petya's package ends on 31 March 2026."""
    path = make_school(tmp_path)
    with writing(path, date(2026, 3, 1)) as school:
        group = add_group(school, "Робо")
        for name in ("Петя", "Маша"):
            join(school, group, student_of(school, add_client(school, f"Мама {name}", student=name)), school.today)
        add_schedule(school, group_id=group, days="tue,thu")
        add_group(school, "Шахматы", size_limit=1)
    answer(path, "subscription", "plans", "add", "П", "--kind", "package", "--price", "4000", "--lessons", "8")
    answer(path, "subscription", "sell", "Петя", "П", "--from", "2026-03-01", "--to", "2026-03-31", today=TODAY)
    return path


def freeze(db: Path, *words: str) -> object:
    return answer(db, "subscription", "freeze", "Петя", "--from", "2026-03-10", "--to", "2026-03-16", *words)


def test_r25_freeze_list_unfreeze(db: Path) -> None:
    made = {"id": 1, "student_id": 1, "from": "2026-03-10", "to": "2026-03-16", "days": 7, "excused": True}
    assert freeze(db, "--excused", "--reason", "болеет") == {**made, "subscriptions": [{"id": 1, "last": "2026-04-07"}]}
    assert answer(db, "subscription", "freezes", today=TODAY)["rows"] == [
        {"id": 1, "student_id": 1, "student": "Петя", "client_id": 1, "client": "Мама Петя", "from": "2026-03-10",
         "to": "2026-03-16", "days": 7, "state": "running", "excused": True, "reason": "болеет", "group": None},
    ]  # fmt: skip
    for today, state in (("2026-03-09", "coming"), ("2026-03-10", "running"), ("2026-03-16", "running"),
                         ("2026-03-17", "past")):  # fmt: skip
        assert column(db, "state", "subscription", "freezes", "Петя", today=today) == [state]
    assert answer(db, "subscription", "freezes", "Маша", today=TODAY)["rows"] == []
    assert "Freeze 1 of Петя" in refusal(db, "subscription", "unfreeze", "Петя", today=TODAY)
    undone = answer(db, "subscription", "unfreeze", "Петя", "--yes", today=TODAY)
    assert undone == {**made, "subscriptions": [{"id": 1, "last": "2026-03-31"}]}
    assert answer(db, "subscription", "freezes", today=TODAY)["rows"] == []


def test_r25_people_are_told_of_new_ends(db: Path) -> None:
    words = ("subscription", "freeze", "Петя", "--from", "2026-03-10", "--to", "2026-03-16", "--excused")
    code, out, err = run_cli(*words, db=db, today=TODAY)
    assert (code, out) == (0, "")
    assert err == (
        "Subscription 1 is valid to 2026-04-07 now.\nПетя is frozen from 2026-03-10 to 2026-03-16 (freeze 1).\n"
    )


def test_r25_conflicts(db: Path) -> None:
    freeze(db)
    assert "(freeze 1)" in refusal(
        db, "subscription", "freeze", "Петя", "--from", "2026-03-16", "--to", "2026-03-20", today=TODAY
    )
    with writing(db, date(2026, 3, 31)) as school:
        hold(school, 1, school.today, present=[1, 2])
    err = refusal(db, "subscription", "freeze", "Петя", "--from", "2026-03-31", "--to", "2026-04-01", today=TODAY)
    assert "2026-03-31 18:00 Робо" in err
    err = refusal(db, "groups", "freeze", "Робо", "--from", "2026-03-16", "--to", "2026-04-01", today=TODAY)
    assert "freeze 1" in err
    assert err.count("2026-03-31 18:00") == 2
    code, _out, err = run_cli("subscription", "freeze", "Петя", "--to", "2026-03-31", db=db)
    assert code == 2


def test_r23_a_frozen_member_is_not_waited_for(db: Path) -> None:
    freeze(db)
    held = answer(db, "lessons", "hold", "Робо", "2026-03-12", "--all-present", today=TODAY)
    assert [mark["student"] for mark in held["marks"]] == ["Маша"]


def test_r25_a_group(db: Path) -> None:
    words = ("groups", "freeze", "Робо", "--from", "2026-03-10", "--to", "2026-03-16")
    made = answer(db, *words, "--excused", "--reason", "ремонт", today=TODAY)
    assert made["ids"] == [one["id"] for one in made["freezes"]]
    assert (made["group_id"], [one["student_id"] for one in made["freezes"]]) == (1, [2, 1])
    assert made["freezes"][1]["subscriptions"] == [{"id": 1, "last": "2026-04-07"}]
    assert column(db, "group", "subscription", "freezes", today=TODAY) == ["Робо", "Робо"]
    assert column(db, "date", "schedule", "list", "--from", "2026-03-09", "--to", "2026-03-17", today=TODAY) == [
        "2026-03-17"
    ]
    assert "Шахматы" in refusal(db, "groups", "freeze", "Шахматы", "--from", "2026-03-10", "--to", "2026-03-16")


def test_r21_transfer(db: Path) -> None:
    moved = answer(db, "groups", "transfer", "Петя", "Робо", "Шахматы", "--on", "2026-03-20", today=TODAY)
    assert moved == {
        "id": 3, "student_id": 1, "from_group_id": 1, "group_id": 2, "left_on": "2026-03-19", "first_on": "2026-03-20",
        "last_on": None,
    }  # fmt: skip
    words = ("groups", "transfer", "Маша", "Робо", "Шахматы", "--on", "2026-03-25")
    assert "--over-limit" in refusal(db, *words, today=TODAY)
    assert answer(db, *words, "--over-limit", today=TODAY)["id"] == 4
    assert "in the group already" in refusal(db, *words, today=TODAY)
