"""A student goes to another client: charges follow, payments stay with who paid (R53)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    writing_school,
)

from schoolcrm.core.errors import Refused
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.moves import move_student
from schoolcrm.core.statuses import trials
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Анна (1) with Петя, Борис (2) with Олег."""
    with writing_school(make_school(tmp_path)) as school:
        add_client(school, "Анна", student="Петя")
        add_client(school, "Борис", student="Олег")
        yield school


def base(school: Any, client_id: int) -> str:
    query = "SELECT base FROM client JOIN status ON status.id = status_id WHERE client.id = ?"
    return str(school.db.execute(query, (client_id,)).fetchone()[0])


def test_r53_charges_follow_the_student_and_payments_stay(school: Any) -> None:
    group_id = add_group(school, "Робо")
    add_schedule(school, group_id=group_id, days="tue", first_on=date(2026, 8, 1))
    join(school, group_id, 1, date(2026, 8, 1))
    sell_plan(school, 1, add_plan(school, "lesson", 700_00), date(2026, 8, 1))
    hold(school, group_id, date(2026, 8, 4), [1])
    pay(school, 1, 1000_00, TODAY, student_id=1)
    pay(school, 2, 50_00, TODAY)
    moved = move_student(school, 1, 2)
    assert (moved.origin_balance, moved.target_balance) == (1000_00, -650_00)
    assert (balance(school.db, 1), balance(school.db, 2)) == (1000_00, -650_00)
    assert (moved.payments, moved.payments_sum) == (1, 1000_00)
    assert school.db.execute("SELECT client_id FROM payment ORDER BY id").fetchall() == [(1,), (2,)]
    assert school.db.execute("SELECT client_id FROM student").fetchall() == [(2,), (2,)]


def test_r7_who_was_for_the_administrator_is_a_new_client(school: Any) -> None:
    set_status(school, [2], find_status(school.db, "for-admin"))
    move_student(school, 1, 2)
    assert base(school, 2) == "new"


def test_r12_the_booking_of_the_student_goes_along(school: Any) -> None:
    trials.book(school, 1, date(2026, 9, 5), student_id=1)
    moved = move_student(school, 1, 2)
    assert moved.cancelled_on is None
    assert trials.open_booking(school.db, 1) is None
    assert (base(school, 1), base(school, 2)) == ("new", "trial-booked")
    booking = trials.open_booking(school.db, 2)
    assert booking is not None
    assert booking.on == date(2026, 9, 5)


def test_r12_a_booking_that_is_not_the_students_stays(school: Any) -> None:
    trials.book(school, 1, date(2026, 9, 5))
    move_student(school, 1, 2)
    assert trials.open_booking(school.db, 1) is not None
    assert (base(school, 1), base(school, 2)) == ("trial-booked", "new")


def test_r12_no_second_trial_comes_with_a_student(school: Any) -> None:
    trials.record_attended(school, 2, date(2026, 8, 1))
    trials.book(school, 1, date(2026, 9, 5), student_id=1)
    assert move_student(school, 1, 2).cancelled_on == date(2026, 9, 5)
    assert (base(school, 1), base(school, 2)) == ("new", "trial-done")
    assert trials.open_booking(school.db, 2) is None


def test_r53_refused_where_it_makes_no_sense(school: Any) -> None:
    with pytest.raises(Refused, match="already"):
        move_student(school, 1, 1)
    archive_clients(school, [2])
    for student_id, client_id in ((1, 2), (2, 1)):
        with pytest.raises(Refused, match="Борис is archived"):
            move_student(school, student_id, client_id)
    assert school.db.execute("SELECT client_id FROM student").fetchall() == [(1,), (2,)]
