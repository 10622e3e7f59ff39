"""The morning screen: what needs doing, each line with the command that does it (cli.md §2)."""

import json
import shlex
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

TUESDAY = date(2026, 9, 15)


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Robo 1 meets on Tuesdays; Anna has paid one lesson of 700, Vera (not in a group) nothing at all."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 1)) as school:
        anna = add_client(school, "Анна Иванова", student="Пётр Иванов")
        vera = add_client(school, "Вера Смирнова", student="Лев Смирнов")
        group = add_group(school, "Робо 1")
        join(school, group, student_of(school, anna), date(2026, 9, 1))
        add_schedule(school, group_id=group, days="tue", time="10:00", first_on=date(2026, 9, 1))
        plan = add_plan(school, "lesson", 70_000)
        sell_plan(school, student_of(school, anna), plan, date(2026, 9, 1))
        sell_plan(school, student_of(school, vera), plan, date(2026, 9, 1), last_on=date(2026, 9, 2))
        school.db.execute("UPDATE student SET birthday = '2016-09-17' WHERE name = 'Лев Смирнов'")
        hold(school, group, date(2026, 9, 1), present=[student_of(school, anna)])
        pay(school, anna, 70_000, date(2026, 9, 1))
    return path


def rows(path: Path, *words: str, today: date = TUESDAY) -> list[dict[str, Any]]:
    code, out, err = run_cli("today", "--format", "json", db=path, today=today.isoformat(), lang="en")
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads(out)["rows"]
    return [row for row in found if not words or row["topic"] in words]


def test_every_line_with_a_command_names_one_that_runs(school: Path) -> None:
    commands = [row["command"] for row in rows(school) if row["command"]]
    assert commands
    for command in commands:
        words = shlex.split(command.replace("SUM", "1"))
        assert words[0] == "schoolcrm"
        more = ["--all-present"] if words[1:3] == ["lessons", "hold"] else []
        code, _out, err = run_cli(*words[1:], *more, db=school, today=TUESDAY.isoformat(), lang="en")
        assert code == 0, f"{command}: {err}"


def test_lessons_of_today_and_those_not_yet_held(school: Path) -> None:
    today, unheld = rows(school, "lessons", "unheld")
    assert (today["date"], today["time"], today["what"], today["count"]) == ("2026-09-15", "10:00", "Робо 1", 1)
    assert today["command"] == "schoolcrm lessons hold 'Робо 1' 2026-09-15 --at 10:00"
    assert (unheld["date"], unheld["command"]) == (
        "2026-09-08",
        "schoolcrm lessons hold 'Робо 1' 2026-09-08 --at 10:00",
    )


def test_a_held_lesson_needs_no_command(school: Path) -> None:
    with writing_school(school, TUESDAY) as opened:
        hold(opened, 1, TUESDAY, present=[1])
    (row,) = rows(school, "lessons")
    assert (row["what"], row["command"]) == ("Робо 1: held", None)


def test_who_pays_and_who_owes(school: Path) -> None:
    (row,) = rows(school, "who-pays")
    assert (row["what"], row["count"], row["amount"]) == ("Анна Иванова", 0, "0.00")
    assert rows(school, "debtors") == []
    with writing_school(school, TUESDAY) as opened:
        hold(opened, 1, TUESDAY, present=[1])
    (row,) = rows(school, "debtors")
    assert (row["count"], row["amount"], row["command"]) == (1, "700.00", "schoolcrm report debtors")


def test_new_applications_newest_first_and_no_more_than_ten_lines(school: Path) -> None:
    with writing_school(school, TUESDAY) as opened:
        for number in range(12):
            add_client(opened, f"Новая {number:02}")
    found = rows(school, "applications")
    assert [row["what"] for row in found[:2]] == ["Новая 11", "Новая 10"]
    assert len(found) == 10
    assert (found[-1]["what"], found[-1]["count"]) == ("… and 3 more", 3)
    assert found[-1]["command"].startswith("schoolcrm clients list base:new,for-admin")


def test_birthdays_of_the_week(school: Path) -> None:
    (row,) = rows(school, "birthdays")
    assert (row["date"], row["what"]) == ("2026-09-17", "Лев Смирнов, 10")
    assert rows(school, "birthdays", today=date(2026, 9, 18)) == []


def test_birthdays_across_the_new_year(school: Path) -> None:
    with writing_school(school, TUESDAY) as opened:
        opened.db.execute("UPDATE student SET birthday = '2016-01-02' WHERE name = 'Лев Смирнов'")
    (row,) = rows(school, "birthdays", today=date(2026, 12, 28))
    assert (row["date"], row["what"]) == ("2027-01-02", "Лев Смирнов, 11")


def test_statuses_due_to_change(school: Path) -> None:
    assert rows(school, "statuses") == []
    found = rows(school, "statuses", today=date(2027, 9, 1))
    assert [row["command"] for row in found] == ["schoolcrm status recompute"] * len(found)
    assert sum(row["count"] for row in found) == 3  # both asleep, and Vera refused: Anna's subscription is open


def test_a_backup_that_is_missing_or_old(school: Path) -> None:
    (row,) = rows(school, "backup")
    assert (row["date"], row["what"], row["command"]) == (None, "There is no backup yet.", "schoolcrm db backup")
    backups = school.parent / "backups"
    backups.mkdir()
    (backups / "other-20260914-120000.db").touch()
    (backups / "school-20260901-120000-day.db").touch()
    (row,) = rows(school, "backup")
    assert (row["date"], row["what"]) == ("2026-09-01", "14 days ago")
    (backups / "school-20260908-120000.db").touch()
    assert rows(school, "backup") == []
    (row,) = rows(school, "backup", today=date(2026, 9, 16))
    assert (row["date"], row["what"]) == ("2026-09-08", "8 days ago")


def test_without_a_command_it_is_the_morning_screen(school: Path) -> None:
    bare = run_cli(db=school, today=TUESDAY.isoformat(), lang="en")
    assert bare == run_cli("today", db=school, today=TUESDAY.isoformat(), lang="en")
    assert "Lessons today" in bare[1]


def test_without_a_database_it_says_what_to_run(tmp_path: Path) -> None:
    code, out, err = run_cli(db=tmp_path / "none.db", lang="en")
    assert (code, out) == (1, "")
    assert "schoolcrm init" in err


def test_an_empty_school_has_nothing_to_do(tmp_path: Path) -> None:
    code, out, _err = run_cli("today", db=make_school(tmp_path), today="2026-09-01", lang="en")
    assert code == 0
    assert "Nothing is waiting" in out
