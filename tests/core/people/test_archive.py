"""Into the archive and back: nothing is ended by it, and deleted clients return to the status they had (R7, R53)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    writing_school,
)

from schoolcrm.core.errors import Refused
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.people.archive import archive_clients, archive_students, restore_clients, restore_students
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status

TODAY = date(2026, 9, 10)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Анна with Петя (1) and Маша (2); Борис with Олег (3)."""
    with writing_school(make_school(tmp_path), TODAY) as school:
        add_client(school, "Анна", student="Петя")
        add_student(school, 1, "Маша")
        add_client(school, "Борис", student="Олег")
        yield school


def archived(school: Any, entity: str) -> list[int]:
    rows = school.db.execute(f"SELECT id FROM {entity} WHERE archived_on = '2026-09-10' ORDER BY id")
    return [number for (number,) in rows]


def status(school: Any, client_id: int = 1) -> str:
    query = "SELECT status.name FROM client JOIN status ON status.id = client.status_id WHERE client.id = ?"
    return str(school.db.execute(query, (client_id,)).fetchone()[0])


def test_r53_clients_go_to_the_archive_and_come_back_as_they_were(school: Any) -> None:
    add_group(school, "Робо")
    join(school, 1, 1, TODAY)
    gone = archive_clients(school, [1, 2, 1])
    assert [(one.id, one.name, one.is_settled) for one in gone] == [(1, "Анна", True), (2, "Борис", True)]
    assert (archived(school, "client"), archived(school, "student")) == ([1, 2], [])
    assert [one.name for one in restore_clients(school, [2, 1])] == ["Борис", "Анна"]
    assert archived(school, "client") == []
    assert school.db.execute("SELECT last_on FROM membership").fetchall() == [(None,)]


def test_r7_what_is_not_settled_is_told(school: Any) -> None:
    plan = add_plan(school, "lesson", 700_00, billing="upfront")
    sell_plan(school, 1, plan, TODAY, separate=True)
    sell_plan(school, 2, plan, date(2026, 8, 1), last_on=date(2026, 9, 9), price=0)
    pay(school, 1, 100_00, TODAY)
    (one,) = archive_clients(school, [1])
    assert (one.balance, one.debt, one.subscriptions) == (-600_00, 700_00, 1)
    (child,) = archive_students(school, [2])
    assert (child.balance, child.debt, child.subscriptions) == (-600_00, 700_00, 0)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (archive_clients, archive_clients, "already"),
        (restore_clients, restore_clients, "neither in the archive nor deleted"),
        (archive_students, archive_students, "already"),
        (restore_students, restore_students, "not in the archive"),
    ],
)
def test_r53_what_is_done_already_is_refused(school: Any, first: Any, then: Any, said: str) -> None:
    if "archive_" in first.__name__:
        first(school, [1])
    with pytest.raises(Refused, match=said):
        then(school, [1])


@pytest.mark.parametrize("earlier", ["in-work", "group-search", "bought"])
def test_r7_a_deleted_client_returns_to_the_status_before(school: Any, earlier: str) -> None:
    set_status(school, [1], find_status(school.db, earlier))
    was = status(school)
    set_status(school, [1], find_status(school.db, "deleted"))
    restore_clients(school, [1])
    assert status(school) == was
    row = school.db.execute("SELECT reason FROM status_change ORDER BY id DESC LIMIT 1").fetchone()
    assert row == ("hand",)


def test_r7_moves_among_deleted_statuses_are_passed_over(school: Any) -> None:
    """The school's own second status of that base is no status from before."""
    set_status(school, [1], find_status(school.db, "in-work"))
    was = status(school)
    school.db.execute(
        "INSERT INTO status (scale, base, name, name_key, automatic) VALUES ('funnel', 'deleted', 'Дубль', 'дубль', 0)"
    )
    set_status(school, [1], find_status(school.db, "deleted"))
    set_status(school, [1], find_status(school.db, "Дубль"))
    restore_clients(school, [1])
    assert status(school) == was


def test_r5_a_status_that_is_gone_has_the_automatic_one_of_its_base(school: Any) -> None:
    school.db.execute(
        "INSERT INTO status (id, scale, base, name, name_key, automatic)"
        " VALUES (99, 'funnel', 'in-work', 'Звоним', 'звоним', 0)"
    )
    set_status(school, [1], 99)
    set_status(school, [1], find_status(school.db, "deleted"))
    school.db.execute("UPDATE status SET deleted_on = '2026-09-10' WHERE id = 99")
    restore_clients(school, [1])
    assert status(school) == "В работе"


def test_r7_one_recorded_as_deleted_is_new(school: Any) -> None:
    client = add_client(school, "Вера", status="deleted")
    archive_clients(school, [client])
    restore_clients(school, [client])
    assert (status(school, client), archived(school, "client")) == ("Новый", [])


def test_a_student_of_an_archived_client_stays_out_of_sight(school: Any) -> None:
    archive_students(school, [1])
    archive_clients(school, [1])
    assert [one.hidden_by for one in restore_students(school, [1])] == ["Анна"]
    with pytest.raises(Refused) as refusal:
        restore_students(school, [1])
    assert "Анна" in refusal.value.hint


def test_r31_lessons_planned_no_more_leave_the_month_to_those_held_and_come_back(school: Any) -> None:
    group = add_group(school, "Робо")
    join(school, group, 3, date(2026, 9, 1))
    add_schedule(school, group_id=group, days="mon,thu", first_on=date(2026, 9, 1))
    school.db.execute("UPDATE client SET trial_spent = 1")
    sell_plan(school, 3, add_plan(school, "month", 800_00), date(2026, 9, 1))
    for day in (3, 7):
        hold(school, group, date(2026, 9, day), [3])
    planned = balance(school.db, 2)
    assert planned == -200_00
    for archive, restore, number in (
        (archive_clients, restore_clients, 2),
        (archive_students, restore_students, 3),
    ):
        archive(school, [number])
        assert balance(school.db, 2) == -800_00
        restore(school, [number])
        assert balance(school.db, 2) == planned
