"""Marks: the one free trial (R12b), shares of absences (R20), what a mark moves (R7)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_student,
    hold,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import Refused
from schoolcrm.core.learning.attendance import Attendance, mark_students
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status

FIRST = date(2026, 9, 1)
WEEK = timedelta(weeks=1)
PETYA, MASHA = 1, 2


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The client 1, who bought nothing, with two children in the group 1."""
    with writing_school(make_school(tmp_path), FIRST + 8 * WEEK) as school:
        client = add_client(school, "Анна", student="Петя")
        assert (student_of(school, client), add_student(school, client, "Маша")) == (PETYA, MASHA)
        add_group(school, "Робо", "Роботы")
        for student in (PETYA, MASHA):
            join(school, 1, student, FIRST)
        yield school


def mark(school: Any, week: int, petya: str | None = "here", masha: str | None = "УП") -> dict[int, tuple[str, int]]:
    """Hold the lesson of that week; "here", a reason, or None: missed without one. Return basis and charge."""
    told = {PETYA: petya, MASHA: masha}
    here = [student for student, how in told.items() if how == "here"]
    hold(school, 1, FIRST + week * WEEK, present=here, absent={one: told[one] for one in told if one not in here})
    return marks(school, week)


def mark_anew(school: Any, week: int, student: int, reason: str | None = "here") -> dict[int, tuple[str, int]]:
    if reason == "here":
        hold(school, 1, FIRST + week * WEEK, present=[student])
    else:
        hold(school, 1, FIRST + week * WEEK, absent={student: reason})
    return marks(school, week)


def marks(school: Any, week: int) -> dict[int, tuple[str, int]]:
    day = (FIRST + week * WEEK).isoformat()
    rows = school.db.execute("SELECT student_id, basis, charge FROM mark WHERE on_date = ?", (day,))
    return {student: (basis, charge) for student, basis, charge in rows}


def base(school: Any) -> str:
    (code,) = school.db.execute("SELECT base FROM client JOIN status ON status.id = client.status_id").fetchone()
    return str(code)


def sell(school: Any, student: int = PETYA, **how: Any) -> int:
    count = school.db.execute("SELECT count(*) FROM plan").fetchone()[0]
    return sell_plan(school, student, add_plan(school, "lesson", 700_00, name=f"план {count}"), FIRST, **how)


# The trial


def test_r12_the_first_attended_mark_is_free_the_next_is_not(school: Any) -> None:
    assert mark(school, 0)[PETYA] == ("trial", 0)
    assert base(school) == "trial-done"
    assert mark(school, 1)[PETYA] == ("none", 0)


def test_r12_a_siblings_first_mark_is_an_ordinary_lesson_even_at_the_same_lesson(school: Any) -> None:
    assert mark(school, 0, "here", "here") == {PETYA: ("trial", 0), MASHA: ("none", 0)}
    assert mark(school, 1, "УП", "here")[MASHA] == ("none", 0)


@pytest.mark.parametrize("reason", ["УП", "НП", None])
def test_r12_an_absence_does_not_use_the_trial_up(school: Any, reason: str | None) -> None:
    assert mark(school, 0, reason)[PETYA] == ("none", 0)
    assert base(school) == "new"
    assert mark(school, 1)[PETYA] == ("trial", 0)


def test_r12_the_mark_made_anew_as_absent_takes_the_trial_back(school: Any) -> None:
    mark(school, 0)
    assert mark_anew(school, 0, PETYA, "УП")[PETYA] == ("none", 0)
    assert base(school) == "new"
    assert mark(school, 1, "УП", "here")[MASHA] == ("trial", 0)
    assert mark_anew(school, 0, PETYA)[PETYA] == ("none", 0)  # the trial is the sister's by now


def test_r12_the_trial_stays_free_when_it_is_marked_again_after_a_sale(school: Any) -> None:
    mark(school, 0)
    sell(school)
    assert mark_anew(school, 0, PETYA)[PETYA] == ("trial", 0)
    assert mark_anew(school, 0, PETYA, "НП")[PETYA] == ("paid", 700_00)
    assert base(school) == "bought"


def test_r12_who_has_bought_gets_none_nor_who_spent_it_before_the_move_here(school: Any) -> None:
    sell(school, MASHA)
    assert mark(school, 0, "here", "here") == {PETYA: ("none", 0), MASHA: ("paid", 700_00)}
    other = add_client(school, "Борис", student="Яна")
    yana = student_of(school, other)
    join(school, 1, yana, FIRST)
    school.db.execute("UPDATE client SET trial_spent = 1 WHERE id = ?", (other,))
    assert mark_anew(school, 0, yana)[yana] == ("none", 0)


def test_r12_an_imported_purchase_is_one(school: Any) -> None:
    school.db.execute("UPDATE client SET last_purchase_on = '2026-01-01'")
    assert mark(school, 0)[PETYA] == ("none", 0)


def test_r12_a_guest_is_in_no_group_and_has_no_trial_there(school: Any) -> None:
    guest = student_of(school, add_client(school, "Гость"))
    mark(school, 0)
    assert mark_anew(school, 0, guest)[guest] == ("none", 0)
    join(school, 1, guest, FIRST + WEEK, FIRST + WEEK)
    hold(school, 1, FIRST + WEEK, present=[guest], absent={PETYA: None, MASHA: None})
    assert marks(school, 1)[guest] == ("trial", 0)


def test_r12_who_joins_on_the_day_of_the_lesson_has_the_trial_there(school: Any) -> None:
    yana = student_of(school, add_client(school, "Борис", student="Яна"))
    join(school, 1, yana, FIRST, FIRST)
    hold(school, 1, FIRST, present=[PETYA, MASHA, yana])
    assert marks(school, 0)[yana] == ("trial", 0)


def test_r12_a_withdrawn_sale_gives_no_second_trial_but_the_first(school: Any) -> None:
    number = sell(school)
    school.db.execute("UPDATE subscription SET deleted_on = '2026-09-02' WHERE id = ?", (number,))
    assert mark(school, 0)[PETYA] == ("trial", 0)


def test_r7_a_trial_subscription_pays_for_the_trial(school: Any) -> None:
    sell(school, trial=True)
    assert mark(school, 0)[PETYA] == ("paid", 700_00)
    assert base(school) == "trial-done"
    assert mark(school, 1, "УП", "here")[MASHA] == ("none", 0)  # one trial per client
    mark_anew(school, 0, PETYA, "НП")
    assert base(school) == "new"


# Shares and statuses


def test_r20_an_absence_costs_what_its_reason_says_all_without_one(school: Any) -> None:
    add_entry(school, "absence-reasons", "Болезнь", short="Б", charged=33)
    sell(school)
    charges = [mark(school, week, reason)[PETYA][1] for week, reason in enumerate(["УП", "НП", None, "Б", "here"])]
    assert charges == [0, 700_00, 700_00, 231_00, 700_00]
    rows = school.db.execute("SELECT share FROM mark WHERE student_id = ? ORDER BY on_date", (PETYA,)).fetchall()
    assert rows == [(0,), (100,), (100,), (33,), (100,)]


def test_a_mark_keeps_its_share_when_the_reason_is_changed_later(school: Any) -> None:
    sell(school)
    mark(school, 0, "УП")
    school.db.execute("UPDATE absence_reason SET charged = 100")
    mark(school, 1, "УП")
    rows = school.db.execute("SELECT charge FROM mark WHERE student_id = ? ORDER BY on_date", (PETYA,)).fetchall()
    assert rows == [(0,), (700_00,)]


def test_marking_again_keeps_grades_and_notes(school: Any) -> None:
    mark(school, 0)
    school.db.execute("UPDATE mark SET grade = '5', homework_grade = '4', note = 'молодец'")
    mark_anew(school, 0, PETYA, "УП")
    row = school.db.execute("SELECT grade, homework_grade, note FROM mark WHERE student_id = ?", (PETYA,)).fetchone()
    assert row == ("5", "4", "молодец")


def test_r7_a_deleted_client_is_not_marked(school: Any) -> None:
    number = hold(school, 1, FIRST, present=[PETYA, MASHA])
    set_status(school, [1], find_status(school.db, "deleted"))
    with pytest.raises(Refused, match="Анна"):
        mark_students(school, number, [Attendance(PETYA, attended=False)])


def test_what_was_written_is_told_after_charging(school: Any) -> None:
    sell(school)
    number = hold(school, 1, FIRST, present=[PETYA, MASHA])
    told = mark_students(school, number, [Attendance(PETYA, attended=False), Attendance(MASHA, attended=True)])
    assert [(one.student_id, one.attended, one.reason_id, one.basis, one.charge) for one in told] == [
        (PETYA, False, None, "paid", 700_00),
        (MASHA, True, None, "none", 0),
    ]
