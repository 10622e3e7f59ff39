"""`schoolcrm subscription show|list|delete|close|extend|move`, and `plans edit|archive|restore` (R30, R41)."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import (
    TODAY,
    add_client,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    run_cli,
    sell_plan,
    writing_school,
)

FIRST = date(2026, 9, 1)
LATER = "2026-09-10"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна with Петя and Маша; Петя came on 01.09 and 08.09 under the package 1, 3 lessons for 2000."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 10)) as school:
        add_client(school, "Анна", student="Петя")
        add_student(school, 1, "Маша")
        add_client(school, "Борис", student="Олег")
        school.db.execute("UPDATE client SET trial_spent = 1")
        group = add_group(school, "Робо", subject="Роботы")
        join(school, group, 1, FIRST)
        add_schedule(school, group_id=group, days="tue", first_on=FIRST)
        sell_plan(school, 1, add_plan(school, "package", 2000_00, 3, name="Три"), FIRST, last_on=date(2026, 9, 30))
        hold(school, group, FIRST, [1])
        hold(school, group, date(2026, 9, 8), [1])
    return path


def test_close_answers_with_the_subscription_and_the_balance(db: Path) -> None:
    assert answer(db, "subscription", "close", "Три", today=LATER) == {
        "id": 1,
        "client_id": 1,
        "student_id": 1,
        "first": "2026-09-01",
        "last": "2026-09-10",
        "balance": "-1333.32",
    }
    assert "2026-09-08 18:00 Петя" in refusal(db, "subscription", "close", "1", "--on", "2026-09-07", today=LATER)


def test_extend_takes_days_or_a_day(db: Path) -> None:
    assert answer(db, "subscription", "extend", "1", "--days", "7")["last"] == "2026-10-07"
    assert answer(db, "subscription", "extend", "1", "--to", "31.10.2026")["last"] == "2026-10-31"
    for words in ((), ("--days", "7", "--to", "2026-12-31")):
        code, out, err = run_cli("subscription", "extend", "1", *words, db=db)
        assert (code, out) == (2, "")
        assert "--days" in err
    assert "2026-10-31" in refusal(db, "subscription", "extend", "1", "--days", "-1")


def test_move_takes_a_student_of_the_same_client(db: Path) -> None:
    assert answer(db, "subscription", "move", "1", "Маша", today=LATER)["student_id"] == 2
    assert column(db, "student", "subscription", "show", "1", today=LATER) == ["Петя", "Петя"]
    assert "Олег" in refusal(db, "subscription", "move", "1", "Олег", today=LATER)
    assert "Маша" in refusal(db, "subscription", "move", "1", "Маша", today=LATER)


def test_delete_is_asked_for_and_leaves_the_charges(db: Path) -> None:
    said = refusal(db, "subscription", "delete", "1", today=LATER)
    assert "2 lessons keep their charges of 1,333.32" in said
    assert "--yes" in said
    assert column(db, "state", "subscription", "list", today=LATER) == ["running"]
    made = answer(db, "subscription", "delete", "1", "--yes", today=LATER)
    expected = {"id": 1, "balance": "-1333.32", "marks": 2, "kept": "1333.32", "returned": "0.00"}
    assert made | expected == made
    assert "deleted" in refusal(db, "subscription", "delete", "1", "--yes", today=LATER)
    assert "deleted" in refusal(db, "subscription", "close", "1", today=LATER)
    shown = answer(db, "subscription", "show", "1", today=LATER)
    assert shown["totals"]["charge"] == "1333.32"


def test_r41_the_journal_flags_what_a_deleted_subscription_paid(db: Path) -> None:
    words = ("report", "journal", "Анна", "--period", "2026-09")
    assert "note" not in answer(db, *words, today=LATER)["rows"][0]
    answer(db, "subscription", "delete", "1", "--yes", today=LATER)
    rows = answer(db, *words, today=LATER)["rows"]
    assert [row["note"] for row in rows if row["state"] == "attended"] == ["subscription deleted"] * 2
    assert {row["note"] for row in rows if row["state"] != "attended"} == {None}


def test_show_tells_terms_and_every_lesson(db: Path) -> None:
    code, out, _err = run_cli("subscription", "show", "Петя", db=db, today=LATER)
    assert code == 0
    for line in (
        "Plan: Три",
        "State: running",
        "Lessons used: 2",
        "Lessons the money covers: -2",
        "Charged in all: 1,333.32",
    ):
        assert line in out
    rows = answer(db, "subscription", "show", "1", today=LATER)["rows"]
    assert [(row["date"], row["group"], row["charge"]) for row in rows] == [
        ("2026-09-01", "Робо", "666.66"),
        ("2026-09-08", "Робо", "666.66"),
    ]


def test_list_by_state(db: Path) -> None:
    with writing_school(db, TODAY) as school:
        plan = add_plan(school, "lesson", 700_00)
        sell_plan(school, 2, plan, date(2026, 10, 1), sold_on=FIRST)
        sell_plan(school, 2, plan, date(2026, 8, 1), last_on=date(2026, 8, 31))
        used = sell_plan(school, 2, add_plan(school, "package", 1, 1), FIRST)
        school.db.execute("UPDATE subscription SET lessons = 1 WHERE id = ?", (used,))
        sell_plan(school, 3, plan, FIRST)
        school.db.execute("UPDATE subscription SET deleted_on = '2026-09-01' WHERE student_id = 3")
        hold(school, 1, date(2026, 9, 1), [2])

    def listed(*words: str) -> list[int]:
        return sorted(column(db, "id", "subscription", "list", *words, today=LATER))

    assert listed() == [1, 2, 3, 4]
    states = ("running", "coming", "ended", "used", "deleted")
    assert [listed("--state", state) for state in states] == [[1], [2], [3], [4], [5]]
    assert listed("--state", "all") == [1, 2, 3, 4, 5]
    assert listed("Борис") == []
    assert listed("Борис", "--state", "all") == [5]
    assert "sold out" in refusal(db, "subscription", "list", "--state", "sold out")


def test_r30_a_later_change_of_the_plan_leaves_what_was_sold_alone(db: Path) -> None:
    words = ("--price", "3000", "--lessons", "5", "--length", "1m", "--billing", "upfront", "--separate", "--burn")
    answer(db, "subscription", "plans", "edit", "Три", *words, "--name", "Пять", "--subject", "Роботы")
    (plan,) = answer(db, "subscription", "plans", "list")["rows"]
    expected = {"name": "Пять", "price": "3000.00", "lessons": 5, "length_months": 1, "billing": "upfront"}
    assert plan | expected | {"separate": True, "burn": True, "subjects": ["Роботы"], "kind": "package"} == plan
    (sold,) = answer(db, "subscription", "list")["rows"]
    assert (sold["price"], sold["lessons"], sold["billing"], sold["separate"]) == ("2000.00", 3, "by-lesson", False)
    made = answer(db, "subscription", "plans", "edit", "1", "--unset", "separate", "--unset", "subject")
    assert made == {"id": 1, "name": "Пять"}
    (plan,) = answer(db, "subscription", "plans", "list")["rows"]
    assert (plan["separate"], plan["burn"], plan["subjects"]) == (False, True, [])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--price"),
        (("--name", ""), 1, "--name"),
        (("--name", "четыре"), 1, "четыре"),
        (("--kind", "lesson"), 1, "--lessons"),
        (("--kind", "weekly"), 1, "weekly"),
        (("--unset", "lessons"), 1, "--lessons"),
        (("--unset", "name"), 1, "name"),
        (("--price", "-1"), 1, "0"),
    ],
)
def test_a_plan_that_can_not_be_is_refused(db: Path, words: tuple[str, ...], code: int, said: str) -> None:
    answer(db, "subscription", "plans", "add", "Четыре", "--kind", "lesson", "--price", "1")
    answered, out, err = run_cli("subscription", "plans", "edit", "Три", *words, db=db)
    assert (answered, out) == (code, "")
    assert said in err
    assert column(db, "kind", "subscription", "plans", "list") == ["package", "lesson"]


def test_an_archived_plan_is_not_sold_until_it_is_back(db: Path) -> None:
    assert answer(db, "subscription", "plans", "archive", "Три") == {"id": 1, "name": "Три"}
    assert answer(db, "subscription", "plans", "list")["rows"] == []
    assert "archived" in refusal(db, "subscription", "sell", "Петя", "Три")
    assert "archived already" in refusal(db, "subscription", "plans", "archive", "Три")
    assert "restore" in refusal(db, "subscription", "plans", "add", "Три", "--kind", "lesson", "--price", "1")
    assert answer(db, "subscription", "plans", "restore", "Три")["id"] == 1
    assert "not archived" in refusal(db, "subscription", "plans", "restore", "Три")
    assert answer(db, "subscription", "sell", "Петя", "Три")["id"] == 2


def test_r12_a_second_free_trial_is_not_sold(db: Path) -> None:
    assert "trial" in refusal(db, "subscription", "sell", "Маша", "Три", "--trial", "--price", "0")
    assert answer(db, "subscription", "sell", "Маша", "Три", "--trial", "--price", "1")["id"] == 2


def test_payments_may_still_name_a_deleted_subscription(db: Path) -> None:
    answer(db, "subscription", "delete", "1", "--yes", today=LATER)
    made = answer(db, "payments", "add", "Анна", "1333.32", "--subscription", "1", today=LATER)
    assert made["balance"] == "0.00"
