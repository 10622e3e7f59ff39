"""R66: lessons with attendance from a file are put together and held, so that charges follow (R23, R31–R33)."""

import csv
import json
import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    dump,
    join,
    make_school,
    reading_school,
    run_cli,
    sell_plan,
    writing_school,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused
from schoolcrm.core.importing.lesson_fields import Presence, lesson_readers
from schoolcrm.core.importing.lessons import LESSONS, ImportedLessons, import_lessons
from schoolcrm.core.importing.transfer import TableFile, Wishes

TODAY = date(2026, 9, 1)
BEGAN = date(2026, 6, 1)
HEAD = ["Дата", "Время", "Группа", "Ученик", "Посещение", "Причина", "Тема"]


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Two members of a group that meets on Mondays, and one who is in none."""
    path = make_school(tmp_path)
    with writing_school(path, BEGAN) as open_school:
        for name in ("Пётр Иванов", "Ева Ли", "Лев Ким"):
            add_client(open_school, name)
        open_school.db.execute("UPDATE client SET trial_spent = 1")
        group = add_group(open_school, "Робо 1")
        add_schedule(open_school, group_id=group, first_on=BEGAN)
        for student in (1, 2):
            join(open_school, group, student, BEGAN)
        sell_plan(open_school, 1, add_plan(open_school, "lesson", 70000), BEGAN)
    return path


def row(student: str, attended: str = "да", **cells: str) -> list[str]:
    filled = {"on": "03.08.2026", "group": "Робо 1", **cells, "student": student, "attended": attended}
    return [filled.get(key, "") for key in ("on", "time", "group", "student", "attended", "reason", "topic")]


def bring(school: Path, rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD, **wishes: Any) -> ImportedLessons:
    path = school.with_name("l.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *rows])
    return import_lessons(school, TableFile(LESSONS, path, Wishes(**wishes)), TODAY, user="olga")


def rows_of(school: Path, query: str) -> list[tuple[Any, ...]]:
    with reading_school(school) as open_school:
        return open_school.db.execute(query).fetchall()


MARKS = "SELECT student_id, on_date, attended, reason_id, basis, charge FROM mark ORDER BY on_date, student_id"


def test_r66_rows_of_one_lesson_are_put_together_and_charged(school: Path) -> None:
    rows = [
        row("Иванов Пётр", "был", on="10.08.2026"),
        row("Ева Ли", "УП", on="10.08.2026"),
        row("Ева Ли", "нет", reason="НП"),
        row("Пётр Иванов", "+", topic="Колёса"),
    ]
    imported = bring(school, rows)
    assert (imported.lessons, imported.marks, imported.charged, imported.skipped) == (2, 4, 140000, 0)
    assert rows_of(school, MARKS) == [
        (1, "2026-08-03", 1, None, "paid", 70000),
        (2, "2026-08-03", 0, 2, "none", 0),
        (1, "2026-08-10", 1, None, "paid", 70000),
        (2, "2026-08-10", 0, 1, "none", 0),
    ]
    assert rows_of(school, "SELECT time, state, topic, schedule_id FROM lesson ORDER BY on_date") == [
        ("18:00", "held", "Колёса", 1),
        ("18:00", "held", None, 1),
    ]


def test_r31_lessons_are_held_in_the_order_of_their_days(school: Path) -> None:
    with writing_school(school, BEGAN) as open_school:
        sell_plan(open_school, 2, add_plan(open_school, "package", 200000, 3), BEGAN)
    days = ["17.08.2026", "03.08.2026", "24.08.2026", "10.08.2026"]
    rows = [row(name, on=day) for day in days for name in ("Пётр Иванов", "Ева Ли")]
    assert bring(school, rows).lessons == 4
    assert rows_of(school, "SELECT charge, basis FROM mark WHERE student_id = 2 ORDER BY on_date") == [
        (66666, "paid"),
        (66666, "paid"),
        (66668, "paid"),
        (66666, "over"),
    ]


def test_r66_the_same_file_twice_changes_nothing(school: Path) -> None:
    rows = [
        row("Пётр Иванов"),
        row("Ева Ли", "нет"),
        row("Лев Ким", group="", time="15:00–16:00", on="04.08.2026"),
        row("Лев Ким", group="", on="05.08.2026"),
        row("Лев Ким"),
        row("Лев Ким"),
    ]
    imported = bring(school, rows)
    assert (imported.lessons, imported.marks, imported.skipped) == (3, 5, 1)
    before = dump(school)
    again = bring(school, rows)
    assert (again.lessons, again.marks, again.skipped) == (0, 0, 6)
    assert dump(school) == before


def test_r66_a_row_more_is_added_to_the_lesson_that_is_there(school: Path) -> None:
    rows = [row("Пётр Иванов"), row("Ева Ли", "нет")]
    bring(school, rows)
    imported = bring(school, [*rows, row("Лев Ким")])
    assert (imported.lessons, imported.marks, imported.skipped) == (0, 1, 2)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row("Никто Никак")], "No student is called"),
        ([row("Пётр Иванов", "наверное")], "neither that the student came"),
        ([row("Пётр Иванов", "")], "does not say: present or absent"),
        ([row("Пётр Иванов", "да", reason="УП")], "came, and why not"),
        ([row("Пётр Иванов", "НП", reason="УП")], "two reasons"),
        ([row("Пётр Иванов", "нет", reason="ЛЕНЬ")], 'No reason of absence is called "ЛЕНЬ"'),
        ([row("Пётр Иванов", group="Робо 11")], "did you mean: Робо 1"),
        ([row("Пётр Иванов", on="02.09.2026")], "in the future"),
        ([row("Пётр Иванов", time="25:00")], "not a time"),
        ([row("")], "student's name is missing"),
        ([row("Пётр Иванов")], "Nothing is said about: Ева Ли"),
        ([row("Пётр Иванов"), row("Ева Ли"), row("Ева Ли", "нет")], "different things"),
        ([row("Пётр Иванов", topic="А"), row("Ева Ли", topic="Б")], "different topics"),
    ],
)
def test_r66_what_can_not_be_done_rejects_its_rows(school: Path, rows: list[list[str]], reason: str) -> None:
    good = [row("Пётр Иванов", on="10.08.2026"), row("Ева Ли", on="10.08.2026")]
    before = dump(school)
    with pytest.raises(Refused, match="No row of"):
        bring(school, rows)
    assert dump(school) == before
    imported = bring(school, [*rows, *good])
    assert (imported.lessons, imported.marks) == (1, 2)
    assert reason in imported.transferred.reasons[0][1]
    assert len(imported.transferred.reasons) == len(rows)
    assert rows_of(school, "SELECT count(*) FROM lesson") == [(1,)]


def test_rejected_lessons_do_not_disturb_those_around_them(school: Path) -> None:
    rows = []
    for day in ("03.08.2026", "10.08.2026", "17.08.2026", "24.08.2026"):
        rows += [row("Пётр Иванов", on=day)] + ([row("Ева Ли", on=day)] if day.startswith(("10", "24")) else [])
    imported = bring(school, rows)
    assert (imported.lessons, imported.marks, len(imported.transferred.reasons)) == (2, 4, 2)
    assert [line for line, _reason in imported.transferred.reasons] == [2, 5]
    assert imported.transferred.rejects is not None
    mended = [row("Пётр Иванов"), row("Ева Ли"), row("Пётр Иванов", on="17.08.2026"), row("Ева Ли", on="17.08.2026")]
    assert bring(school, mended).lessons == 2
    with sqlite3.connect(school) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


@pytest.mark.parametrize("wishes", [{"strict": True}, {"dry_run": True}])
def test_r65_strict_and_dry_run_write_nothing(school: Path, wishes: dict[str, bool]) -> None:
    before = dump(school)
    rows = [row("Пётр Иванов"), row("Ева Ли"), row("Пётр Иванов", on="10.08.2026")]
    if "strict" in wishes:
        with pytest.raises(Refused, match="Ева Ли"):
            bring(school, rows, **wishes)
    else:
        assert bring(school, rows, **wishes).lessons == 1
    assert dump(school) == before


def test_r23_lessons_after_today_are_let_in_when_asked(school: Path) -> None:
    rows = [row("Пётр Иванов", on="07.09.2026"), row("Ева Ли", on="07.09.2026")]
    assert bring(school, rows, even_so=True).lessons == 1


@pytest.mark.parametrize(
    ("text", "presence"),
    [
        ("Была", Presence(True)),
        ("1", Presence(True)),
        ("н", Presence(False)),
        ("Не пришёл", Presence(False)),
        ("Н/Б", Presence(False)),
        ("отсутствует", Presence(False)),
        ("явился", Presence(True)),
        ("absent", Presence(False)),
        ("нп", Presence(False, 2)),
    ],
)
def test_who_came_is_said_in_many_ways(school: Path, text: str, presence: Presence) -> None:
    with reading_school(school) as open_school:
        read = lesson_readers(open_school.db, TODAY, even_so=False)["attended"]
        assert read(text) == presence


def test_the_command_says_what_it_did(school: Path, tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text(
        "date,group,student,attended\n2026-08-03,Робо 1,Пётр Иванов,yes\n2026-08-03,Робо 1,Ева Ли,no\n"
        "2026-08-03,Робо 1,Никто,no\n",
        "utf-8",
    )
    code, out, err = run_cli("lessons", "import", str(file), "--format", "json", db=school)
    assert (code, "group → group" in err) == (3, True)
    made = json.loads(out)
    assert (made["lessons"], made["marks"], made["charged"], made["rejected"]) == (1, 2, "700.00", 1)
    assert rows_of(school, "SELECT command FROM operation ORDER BY id DESC LIMIT 1") == [("lessons import",)]


CELLS = {
    "on": ["03.08.2026", "03.08.2026", "10.08.2026", "11.08.2026", "", "x"],
    "time": ["", "18:00", "9:00", "25:00"],
    "group": ["Робо 1", "Робо 1", "", "Робо 2"],
    "reason": ["", "", "УП", "НП"],
    "topic": ["", "А", "Б"],
}
ROWS = st.builds(
    lambda student, attended, cells: row(student, attended, **cells),
    st.sampled_from(["Пётр Иванов", "Ева Ли", "Лев Ким", "Никто", "\x00"]),
    st.sampled_from(["да", "нет", "УП", "", "ой"]),
    st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CELLS.items()}),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=6))
def test_any_rows_end_in_lessons_rejects_or_one_refusal(tmp_path: Path, rows: list[list[str]]) -> None:
    """And what was imported once is not imported again."""
    school = make_school(tmp_path)
    with writing_school(school, BEGAN) as open_school:
        for name in ("Пётр Иванов", "Ева Ли", "Лев Ким"):
            add_client(open_school, name)
        join(open_school, add_group(open_school, "Робо 1"), 1, BEGAN)
        sell_plan(open_school, 1, add_plan(open_school, "package", 200000, 3), BEGAN)
    file = tmp_path / "any.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([HEAD, *rows])
    assert run_cli("lessons", "import", str(file), db=school)[0] in (0, 1, 3)
    marks = rows_of(school, MARKS)
    run_cli("lessons", "import", str(file), db=school)
    assert set(marks) <= set(rows_of(school, MARKS))
    with sqlite3.connect(school) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()
