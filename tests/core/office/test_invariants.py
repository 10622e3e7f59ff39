"""`db check`: nothing to say about a true school, and every kind of damage is found (R1, R2, R10, R12, R31, R36)."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_plan,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import HealthCheck, given, settings
from ledger_world import HISTORIES, Event, world

from schoolcrm.core.errors import Busy, Damaged
from schoolcrm.core.money.changes import delete_subscription
from schoolcrm.core.money.discounts import NewDiscount, add_discount, remove_discount
from schoolcrm.core.office.invariants import CHECKS, MOST_NAMED, check_school
from schoolcrm.core.people.merge import merge_clients
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.trials import book
from schoolcrm.core.store.unrecorded import without_triggers

SECOND = date(2026, 9, 2)


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Anna has used up a package of 3 lessons for 2000, Vera pays upfront, Olga is booked for a trial."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 30)) as school:
        anna, vera, olga = (add_client(school, name) for name in ("Анна", "Вера", "Ольга"))
        group = add_group(school, "Робо 1")
        for client in (anna, vera):
            join(school, group, student_of(school, client), date(2026, 9, 1))
        sell_plan(school, student_of(school, anna), add_plan(school, "package", 2_000_00, 3), date(2026, 9, 1))
        upfront = add_plan(school, "package", 4_000_00, 8, billing="upfront", separate=True)
        sell_plan(school, student_of(school, vera), upfront, date(2026, 9, 1))
        for day in (1, 2, 3):
            hold(school, group, date(2026, 9, day), present=[student_of(school, anna), student_of(school, vera)])
        pay(school, anna, 1_500_00, SECOND)
        book(school, olga, date(2026, 10, 1))
    return path


def violated(path: Path) -> set[str]:
    return {one.code for one in check_school(path) if one.found}


def damage(path: Path, *statements: str) -> None:
    """Change the file behind everybody's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        with without_triggers(db):
            for statement in statements:
                db.execute(statement)


def test_a_true_school_is_in_order_and_left_as_it_is(school: Path) -> None:
    before = school.read_bytes()
    found = check_school(school)
    assert [one.code for one in found] == [check.code for check in CHECKS]
    assert {(one.found, len(one.examples)) for one in found} == {(0, 0)}
    assert school.read_bytes() == before
    assert list(school.parent.iterdir()) == [school]


DAMAGES = [
    ("schema", "DROP VIEW account_balance"),
    ("schema", "DROP INDEX student_of_client"),
    ("schema", "ALTER TABLE client ADD COLUMN shoe_size INTEGER"),
    ("references", "DELETE FROM plan WHERE id = 1"),
    ("charges", "UPDATE mark SET charge = charge - 1 WHERE charge > 0 AND on_date = '2026-09-01'"),
    ("charges", "UPDATE mark SET charge = 5, price = 5 WHERE basis = 'upfront'"),
    ("packages", "UPDATE mark SET charge = 60000, price = 60000 WHERE charge > 0 AND on_date = '2026-09-01'"),
    ("packages", "UPDATE mark SET charge = charge + 1, price = price + 1 WHERE charge > 0 AND on_date = '2026-09-01'"),
    ("balances", "UPDATE mark SET separate_id = subscription_id WHERE charge > 0 AND on_date = '2026-09-01'"),
    ("balances", "UPDATE subscription SET separate = 0 WHERE separate"),
    ("upfront", "UPDATE upfront_charge SET amount = 1"),
    ("upfront", "UPDATE upfront_charge SET on_date = '2026-09-02'"),
    ("upfront", "DELETE FROM upfront_charge"),
    ("upfront", "UPDATE subscription SET deleted_on = '2026-09-05' WHERE billing = 'upfront'"),
    ("statuses", "UPDATE status SET automatic = 0 WHERE base = 'bought'"),
    ("history", "UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'refused') WHERE id = 1"),
    ("history", "UPDATE status_change SET from_id = (SELECT id FROM status WHERE base = 'reserve') WHERE from_id > 1"),
    ("history", "DELETE FROM status_change WHERE from_id IS NULL AND client_id = 1"),
    ("history", "DELETE FROM status_change WHERE client_id = 2"),
    ("history", "UPDATE client SET stage_id = status_id"),
    ("trials", "INSERT INTO trial (client_id, on_date, state) VALUES (3, '2026-10-02', 'booked')"),
    ("journal", "UPDATE journal_state SET operation_id = 1"),
    ("journal", "INSERT INTO change (operation_id, entity, record, kind) VALUES (99, 'client', 1, 'insert')"),
    ("file", "UPDATE payment SET amount = 1"),
    ("charges", "UPDATE mark SET share = 300, charge = price * 3 WHERE charge > 0 AND on_date = '2026-09-01'"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "statement"), DAMAGES)
def test_each_damage_is_found(school: Path, code: str, statement: str) -> None:
    damage(school, statement)
    assert code in violated(school)


@pytest.fixture
def halved(school: Path) -> Path:
    """Dora missed a lesson of 55.65 at 10 % off, which costs half then: 25.0425, of the rounded price 25.045."""
    with writing_school(school, date(2026, 9, 30)) as writing:
        add_entry(writing, "absence-reasons", "Болезнь", short="Б", charged=50)
        dora = student_of(writing, add_client(writing, "Дора"))
        group = add_group(writing, "Робо 2")
        join(writing, group, dora, date(2026, 9, 1))
        sell_plan(writing, dora, add_plan(writing, "lesson", 55_65), date(2026, 9, 1))
        add_discount(writing, dora, NewDiscount(percent=1000, last_on=date(2026, 9, 5)))
        hold(writing, group, date(2026, 9, 5), absent={dora: "Б"})
    return school


HALVED = "UPDATE mark SET charge = {charge} WHERE share = 50"


def test_r31_the_exact_charge_of_a_discounted_absence_and_that_of_former_versions(halved: Path) -> None:
    with closing(sqlite3.connect(halved)) as db:
        assert db.execute("SELECT price, charge FROM mark WHERE share = 50").fetchall() == [(50_09, 25_04)]
    assert violated(halved) == set()
    damage(halved, HALVED.format(charge=25_05))
    assert violated(halved) == set()


@pytest.mark.parametrize(
    "statements",
    [
        [HALVED.format(charge=25_03)],
        [HALVED.format(charge=25_06)],
        ["UPDATE mark SET price = 5008 WHERE share = 50", HALVED.format(charge=25_05)],
        ["DELETE FROM discount"],
        ["UPDATE discount SET last_on = '2026-09-04'"],
        ["UPDATE discount SET percent = 1010"],
        ["UPDATE discount SET percent = NULL, amount = 556"],
        ["UPDATE subscription SET kind = 'month' WHERE kind = 'lesson'"],
        ["UPDATE subscription SET deleted_on = '2026-09-05'", HALVED.format(charge=25_03)],
    ],
)
def test_r31_any_other_charge_of_a_discounted_absence_is_damage(halved: Path, statements: list[str]) -> None:
    damage(halved, *statements)
    assert "charges" in violated(halved)


def test_r41_a_deleted_subscription_keeps_the_charge_of_a_discount_that_is_gone(halved: Path) -> None:
    with writing_school(halved, date(2026, 9, 30)) as school:
        (number,) = school.db.execute("SELECT id FROM subscription WHERE kind = 'lesson'").fetchone()
        delete_subscription(school, number)
        remove_discount(school, 1)
        assert school.db.execute("SELECT charge FROM mark WHERE share = 50").fetchall() == [(25_04,)]
    assert violated(halved) == set()


def test_r31_a_price_that_no_lesson_of_an_unfinished_package_has(school: Path) -> None:
    damage(school, "DELETE FROM mark WHERE on_date = '2026-09-03' AND charge > 0")
    assert "packages" not in violated(school)
    damage(school, "UPDATE mark SET charge = charge + 1, price = price + 1 WHERE charge > 0 AND on_date = '2026-09-01'")
    assert violated(school) == {"packages"}


def test_a_mark_on_another_day_and_a_second_one(school: Path) -> None:
    damage(school, "UPDATE mark SET on_date = '2026-09-05' WHERE on_date = '2026-09-01' AND student_id = 1")
    assert {"mark-dates", "references"} <= violated(school)
    columns = (
        "attended, reason_id, share, basis, price, charge, subscription_id, separate_id, grade, homework_grade, note"
    )
    damage(
        school,
        f"INSERT INTO mark SELECT student_id, '2026-09-06', lesson_id, {columns}, makes_up_id FROM mark"
        " WHERE on_date = '2026-09-02' AND student_id = 1",
    )
    assert "marks" in violated(school)


def test_a_trial_that_no_mark_bears_out(school: Path) -> None:
    damage(
        school,
        "INSERT INTO lesson (id, group_id, on_date, time, minutes, state, lesson_type_id)"
        " VALUES (99, 1, '2026-10-01', '10:00', 60, 'held', 1)",
        "UPDATE trial SET state = 'attended', lesson_id = 99",
    )
    assert violated(school) == {"trials"}


def test_a_view_that_tells_another_balance(school: Path) -> None:
    with closing(sqlite3.connect(school, isolation_level=None)) as db:
        (view,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'account_balance'").fetchone()
        db.execute("DROP VIEW account_balance")
        db.execute(view.replace("AND voided_on IS NULL", "AND payment.id <> 1"))
    schema, found = (one for one in check_school(school) if one.found)
    assert (schema.code, schema.examples, found.code) == ("schema", ["account_balance"], "balances")
    assert found.examples == ["client 1, account 0: -2,000.00, its entries sum to -500.00"]


def test_a_trigger_that_is_missing(school: Path) -> None:
    with closing(sqlite3.connect(school, isolation_level=None)) as db:
        db.execute("DROP TRIGGER journal_payment_update")
        db.execute("DROP TRIGGER change_is_final")
    (found,) = (one for one in check_school(school) if one.found)
    assert (found.code, found.examples) == ("journal", ["journal_payment_update", "change_is_final"])


def test_a_page_that_is_damaged(school: Path) -> None:
    with closing(sqlite3.connect(school)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'payment'").fetchone()
    content = bytearray(school.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    school.write_bytes(content)
    assert "file" in violated(school)
    assert school.read_bytes() == content


def test_many_violations_are_counted_and_a_few_named(school: Path) -> None:
    damage(school, "UPDATE mark SET charge = 0 WHERE charge > 0", "DELETE FROM status_change")
    found = {one.code: one for one in check_school(school)}
    assert (found["charges"].found, len(found["charges"].examples)) == (3, 3)
    assert (found["history"].found, len(found["history"].examples)) == (6, MOST_NAMED)


def test_who_was_put_together_has_two_histories_and_that_is_in_order(school: Path) -> None:
    with writing_school(school, date(2026, 9, 30)) as opened:
        (reserve,) = opened.db.execute("SELECT id FROM status WHERE base = 'reserve'").fetchone()
        set_status(opened, [3], reserve)
        merge_clients(opened, 1, 3)
    assert violated(school) == set()


def test_what_is_no_school_or_is_held_is_not_checked(school: Path, tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="not a database"):
        (tmp_path / "text.db").write_text("text" * 2000)
        check_school(tmp_path / "text.db")
    with closing(sqlite3.connect(school, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            check_school(school)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school that every random history begins with."""
    return make_school(tmp_path_factory.mktemp("school"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_random_histories_leave_every_school_in_order(empty: Path, history: list[Event]) -> None:
    with world(empty) as one:
        for event in history:
            one.happen(event)
        found = [check.code for check in CHECKS if check.code != "journal" and list(check.violations(one.school.db))]
        assert found == []
