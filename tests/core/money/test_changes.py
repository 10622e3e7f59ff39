"""Subscriptions changed after the sale: taken back, closed early, extended, moved to a sibling (R7, R31, R41)."""

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

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.learning.groups import leave
from schoolcrm.core.money.changes import (
    close_subscription,
    delete_subscription,
    extend_subscription,
    move_subscription,
    sold_subscription,
)
from schoolcrm.core.money.ledger import balance, balances

FIRST = date(2026, 9, 1)
PETYA, MASHA, STRANGER = 1, 2, 3


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Анна with Петя and Маша, both in the group of Tuesdays and Fridays; another client's student."""
    with writing_school(make_school(tmp_path), date(2026, 9, 30)) as school:
        assert add_client(school, "Анна", student="Петя") == 1
        assert add_student(school, 1, "Маша") == MASHA
        add_client(school, "Борис", student="Олег")
        school.db.execute("UPDATE client SET trial_spent = 1")
        group = add_group(school, "Робо")
        for student in (PETYA, MASHA):
            join(school, group, student, FIRST)
        add_schedule(school, group_id=group, days="tue,fri", first_on=FIRST, last_on=date(2026, 12, 31))
        yield school


def came(school: Any, student: int, *days: int) -> None:
    other = MASHA if student == PETYA else PETYA
    for day in days:
        hold(school, 1, date(2026, 9, day), [student], {other: "УП"})


def charges(school: Any, student: int = PETYA) -> list[int]:
    rows = school.db.execute("SELECT charge FROM mark WHERE student_id = ? AND attended ORDER BY on_date", (student,))
    return [charge for (charge,) in rows]


def upfront(school: Any) -> list[tuple[str, int]]:
    return list(school.db.execute("SELECT on_date, amount FROM upfront_charge ORDER BY on_date"))


def base(school: Any) -> str:
    query = "SELECT base FROM client JOIN status ON status.id = client.status_id WHERE client.id = 1"
    return str(school.db.execute(query).fetchone()[0])


# Deleting -------------------------------------------------------------------------------------------------


def test_r41_marks_of_a_deleted_subscription_keep_their_charges_and_payments_stay(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "package", 4000_00, 9), FIRST)
    pay(school, 1, 1000_00, FIRST, subscription_id=number)
    came(school, PETYA, 1, 4)
    taken = delete_subscription(school, number)
    assert (taken.marks, taken.kept, taken.returned) == (2, 888_88, 0)
    assert charges(school) == [444_44, 444_44]
    assert balance(school.db, 1) == 1000_00 - 888_88
    assert school.db.execute("SELECT count(*) FROM mark WHERE subscription_id = ?", (number,)).fetchone() == (2,)


def test_r41_a_deleted_subscription_pays_no_more_and_later_marks_leave_its_charges_alone(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "package", 2000_00, 3), FIRST)
    came(school, PETYA, 4, 8)
    delete_subscription(school, number)
    came(school, PETYA, 11)
    hold(school, 1, date(2026, 9, 4), absent={PETYA: "УП"})
    rows = school.db.execute("SELECT basis, charge FROM mark WHERE student_id = 1 ORDER BY on_date").fetchall()
    assert rows == [("none", 0), ("paid", 666_66), ("none", 0)]


def test_r41_what_the_sale_charged_upfront_is_taken_back(school: Any) -> None:
    plan = add_plan(school, "month", 3000_00, billing="upfront", length_months=2)
    number = sell_plan(school, PETYA, plan, FIRST)
    came(school, PETYA, 1)
    assert balance(school.db, 1) == -6000_00
    assert delete_subscription(school, number).returned == 6000_00
    assert (balance(school.db, 1), upfront(school)) == (0, [])


def test_r7_the_only_purchase_deleted_brings_the_status_before_the_sale_back(school: Any) -> None:
    plan = add_plan(school, "lesson", 700_00)
    numbers = [sell_plan(school, PETYA, plan, FIRST), sell_plan(school, MASHA, plan, FIRST)]
    delete_subscription(school, numbers[1])
    assert base(school) == "bought"
    delete_subscription(school, numbers[0])
    assert base(school) == "new"
    assert school.db.execute("SELECT count(*) FROM purchase").fetchone() == (0,)


@pytest.mark.parametrize("terms", [{"trial": True}, {"origin": "import"}])
def test_r7_a_deleted_trial_or_import_moves_no_status(school: Any, terms: dict[str, Any]) -> None:
    school.db.execute("UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'bought') WHERE id = 1")
    number = sell_plan(school, PETYA, add_plan(school, "lesson", 700_00), FIRST, **terms)
    delete_subscription(school, number)
    assert base(school) == "bought"


def test_r41_nothing_is_done_twice_or_to_what_is_not_there(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "package", 100_00, 2), FIRST, last_on=date(2026, 12, 31))
    delete_subscription(school, number)
    for change in (
        lambda: delete_subscription(school, number),
        lambda: close_subscription(school, number, FIRST),
        lambda: extend_subscription(school, number, days=1),
        lambda: move_subscription(school, number, MASHA),
    ):
        with pytest.raises(Refused, match=f"{number} is deleted"):
            change()
    with pytest.raises(NotFound, match="99"):
        delete_subscription(school, 99)


def test_r31_a_deleted_subscription_leaves_its_lessons_to_the_month_beside_it(school: Any) -> None:
    """Nine lessons in September: the package, of its own balance, took two of the month plan's."""
    sell_plan(school, PETYA, add_plan(school, "month", 900_00), FIRST)
    package = sell_plan(school, PETYA, add_plan(school, "package", 200_00, 2, separate=True), date(2026, 9, 8))
    came(school, PETYA, 1)
    assert charges(school) == [900_00 // 7]
    delete_subscription(school, package)
    assert charges(school) == [100_00]


# Closing --------------------------------------------------------------------------------------------------


def test_r31_a_month_closed_early_costs_its_covered_days(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "month", 3000_00), FIRST)
    came(school, PETYA, 1, 4)
    closed = close_subscription(school, number, date(2026, 9, 15))
    assert (closed.last_on, sold_subscription(school.db, number).last_on) == (date(2026, 9, 15),) * 2
    assert charges(school) == [300_00, 300_00]  # 1500.00 over the 5 lessons up to the 15th
    came(school, PETYA, 15)
    hold(school, 1, date(2026, 9, 18), [PETYA], {MASHA: "УП"})
    assert charges(school) == [300_00, 300_00, 300_00, 0]


def test_r41_closed_upfront_takes_back_the_months_not_begun(school: Any) -> None:
    plan = add_plan(school, "month", 3000_00, billing="upfront")
    number = sell_plan(school, PETYA, plan, FIRST, last_on=date(2026, 11, 30))
    close_subscription(school, number, date(2026, 10, 10))
    assert upfront(school) == [("2026-09-01", 3000_00), ("2026-10-01", 967_74)]
    package = sell_plan(school, PETYA, add_plan(school, "package", 800_00, 4, billing="upfront"), FIRST)
    close_subscription(school, package, FIRST)
    assert balance(school.db, 1) == -(3000_00 + 967_74 + 800_00)


def test_r41_lessons_after_the_last_day_are_named(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "package", 800_00, 4), FIRST)
    came(school, PETYA, 1, 4, 8)
    with pytest.raises(Refused, match=r"2026-09-04 18:00 Петя, 2026-09-08 18:00 Петя"):
        close_subscription(school, number, date(2026, 9, 3))
    assert sold_subscription(school.db, number).last_on is None
    close_subscription(school, number, date(2026, 9, 8))


@pytest.mark.parametrize(("day", "said"), [(date(2026, 8, 31), "begins on"), (date(2026, 9, 30), "ends on")])
def test_r41_a_day_outside_the_subscription_is_refused(school: Any, day: date, said: str) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "lesson", 1), FIRST, last_on=date(2026, 9, 30))
    with pytest.raises(Refused, match=said):
        close_subscription(school, number, day)


def test_r25_an_end_set_by_hand_is_not_moved_back_with_the_freeze(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "lesson", 1), FIRST, last_on=date(2026, 9, 30))
    school.db.execute("INSERT INTO freeze VALUES (1, 1, NULL, '2026-09-10', '2026-09-16', 1, NULL)")
    school.db.execute("INSERT INTO freeze_extension VALUES (1, ?, 7)", (number,))
    extend_subscription(school, number, days=1)
    assert school.db.execute("SELECT count(*) FROM freeze_extension").fetchone() == (1,)
    close_subscription(school, number, date(2026, 9, 20))
    assert school.db.execute("SELECT count(*) FROM freeze_extension").fetchone() == (0,)


# Extending ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "last"), [({"days": 7}, date(2026, 10, 7)), ({"to": date(2026, 10, 31)}, date(2026, 10, 31))]
)
def test_r41_an_extended_subscription_is_valid_longer(school: Any, how: dict[str, Any], last: date) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "package", 800_00, 4), FIRST, last_on=date(2026, 9, 30))
    assert extend_subscription(school, number, **how).last_on == last


def test_r31_an_extended_month_covers_more_days_and_costs_more(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "month", 3000_00), FIRST, last_on=date(2026, 9, 15))
    came(school, PETYA, 1)
    assert charges(school) == [300_00]
    extend_subscription(school, number, to=date(2026, 9, 30))
    assert charges(school) == [333_33]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"days": 0}, "2026-09-30"),
        ({"days": -3}, "2026-09-27"),
        ({"to": date(2026, 9, 30)}, "2026-09-30"),
        ({"days": 10_000_000}, "10000000"),
    ],
)
def test_r41_what_is_no_extension_is_refused(school: Any, how: dict[str, Any], said: str) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "lesson", 1), FIRST, last_on=date(2026, 9, 30))
    with pytest.raises(BadValue, match=said):
        extend_subscription(school, number, **how)


def test_r41_without_an_end_there_is_nothing_to_extend(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "lesson", 1), FIRST)
    with pytest.raises(Refused, match="no last day"):
        extend_subscription(school, number, days=1)


# Moving ---------------------------------------------------------------------------------------------------


def test_r41_a_moved_package_counts_on_and_its_charges_sum_to_the_price(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "package", 2000_00, 3), FIRST)
    came(school, PETYA, 1, 4)
    move_subscription(school, number, MASHA)
    came(school, MASHA, 8)
    assert (charges(school, PETYA), charges(school, MASHA)) == ([666_66, 666_66], [666_68])
    owners = school.db.execute("SELECT DISTINCT student_id FROM mark WHERE subscription_id = ?", (number,))
    assert sorted(owners) == [(PETYA,), (MASHA,)]


def test_r41_two_at_one_lesson_of_a_moved_month_share_its_price(school: Any) -> None:
    """Both came on the 1st; of the month's price each lesson, his, hers and 8 to come, takes its part."""
    number = sell_plan(school, PETYA, add_plan(school, "month", 1000_00), FIRST)
    came(school, PETYA, 1)
    move_subscription(school, number, MASHA)
    hold(school, 1, FIRST, [MASHA])
    assert (charges(school, PETYA), charges(school, MASHA)) == ([100_00], [100_00])


def test_r36_the_separate_balance_moves_along(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "lesson", 700_00, separate=True), FIRST)
    pay(school, 1, 1000_00, FIRST, subscription_id=number)
    came(school, PETYA, 1)
    move_subscription(school, number, MASHA)
    came(school, MASHA, 4)
    assert balances(school.db, 1) == {0: 0, number: -400_00}


def test_r41_moved_only_to_a_present_sibling(school: Any) -> None:
    number = sell_plan(school, PETYA, add_plan(school, "lesson", 1), FIRST)
    for student, said in ((STRANGER, "Олег"), (PETYA, "already")):
        with pytest.raises(Refused, match=said):
            move_subscription(school, number, student)
    with pytest.raises(NotFound, match="99"):
        move_subscription(school, number, 99)
    school.db.execute("UPDATE student SET archived_on = '2026-09-01' WHERE id = ?", (MASHA,))
    with pytest.raises(Refused, match="Маша"):
        move_subscription(school, number, MASHA)


def test_r31_marks_of_the_former_student_go_by_the_lessons_of_who_has_it_now(school: Any) -> None:
    """Of nine lessons in September Маша leaves after the first: the price falls to the one that Петя came to."""
    number = sell_plan(school, PETYA, add_plan(school, "month", 900_00), FIRST)
    came(school, PETYA, 1)
    assert charges(school) == [100_00]
    move_subscription(school, number, MASHA)
    leave(school, 1, MASHA, FIRST)
    assert charges(school) == [900_00]
