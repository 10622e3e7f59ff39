"""`schoolcrm schedule edit`."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import (
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    run_cli,
    sell_plan,
    student_of,
)
from builders import writing_school as writing


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A group on Tuesdays and one on Thursdays, with one student and teacher."""
    path = make_school(tmp_path)
    with writing(path) as school:
        teacher = add_entry(school, "teachers", "Илья")
        student = student_of(school, add_client(school, "Анна", student="Петя"))
        for name, days in (("Робо", "tue"), ("Шахматы", "thu")):
            group = add_group(school, name, teacher_id=teacher)
            join(school, group, student, school.today)
            add_schedule(school, group_id=group, days=days, teacher_id=teacher)
    return path


def test_r22_a_change_names_the_new_line_and_warns_of_clashes(db: Path) -> None:
    words = ("schedule", "edit", "Робо", "--on", "2026-09-15", "--days", "thu", "--at", "17:30")
    code, out, err = run_cli(*words, "--format", "json", db=db)
    assert (code, out) == (0, '{"id": 3, "former_id": 1, "first_on": "2026-09-15", "changed": true, "operation": 3}\n')
    assert err.splitlines() == [
        'warning: "Илья" teaches twice at once on 2026-09-17: "Робо" at 17:30 and "Шахматы" at 18:00.',
        'warning: "Петя" is in two places on 2026-09-17: "Робо" at 17:30 and "Шахматы" at 18:00.',
    ]
    dates = column(db, "date", "schedule", "list", "--group", "Робо", "--period", "2026-09")
    assert dates == ["2026-09-01", "2026-09-08", "2026-09-17", "2026-09-24"]
    assert run_cli("undo", "--yes", db=db)[0] == 0
    assert len(column(db, "date", "schedule", "list", "--group", "Робо", "--period", "2026-09")) == 5
    assert column(db, "to", "schedule", "list", "--lines") == [None, None]


def test_r31_month_plans_are_priced_anew(db: Path) -> None:
    with writing(db) as school:
        sell_plan(school, 1, add_plan(school, "month", 400_000), school.today)
        hold(school, 1, school.today, present=[1])
    assert answer(db, "clients", "show", "Анна")["rows"][0]["balance"] == "-444.44"
    code, _out, err = run_cli("schedule", "edit", "1", "--on", "2026-09-08", "--days", "tue,wed", db=db)
    assert code == 0
    assert err.startswith("Lessons held this month are priced anew: the balance of Анна was -444.44 and is -307.69.\n")
    assert answer(db, "undo", "--yes")
    assert answer(db, "clients", "show", "Анна")["rows"][0]["balance"] == "-444.44"


def test_unset_unchanged_and_nothing_at_all(db: Path) -> None:
    made = answer(db, "schedule", "edit", "1", "--unset", "teacher", "--unset", "to")
    assert made == {"id": 1, "former_id": None, "first_on": "2026-09-01", "changed": True}
    assert column(db, "teacher", "schedule", "list", "--lines") == [None, "Илья"]
    history = column(db, "op", "history")
    code, _out, err = run_cli("schedule", "edit", "1", "--at", "18:00", db=db)
    assert (code, err) == (
        0,
        "Line 1 of the schedule is so already: Робо, Tue 18:00 (60 min); nothing was changed.\n",
    )
    assert column(db, "op", "history") == history
    assert run_cli("schedule", "edit", "1", db=db)[0] == 2
    assert run_cli("schedule", "edit", "1", "--room", "", db=db)[0] == 1


def test_refusals_name_the_value(db: Path) -> None:
    edit = ("schedule", "edit", "1")
    assert "can't take 0 minutes" in refusal(db, *edit, "--minutes", "0")
    assert "every 0 weeks" in refusal(db, *edit, "--every", "0")
    assert "2026-08-31" in refusal(db, *edit, "--at", "19:00", "--on", "2026-08-31")
    assert '"days"' in refusal(db, *edit, "--unset", "days")
    assert "--new" in refusal(db, *edit, "--room", "777")
    assert "line 9" in refusal(db, "schedule", "edit", "9", "--at", "19:00")
