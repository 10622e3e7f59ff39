"""Contracts from the command line (R42, R9): recorded, counted, terminated, listed and reported."""

import json
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
    reading_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

FIRST = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Anna's Peter learns on Tuesdays for 700 a lesson; the first lesson, of 1 September, was held."""
    path = make_school(tmp_path)
    with writing_school(path, FIRST) as school:
        client_id = add_client(school, "Анна Иванова", student="Пётр Иванов")
        student_id = student_of(school, client_id)
        group_id = add_group(school, "Робо 1")
        join(school, group_id, student_id, FIRST)
        add_schedule(school, group_id=group_id, days="tue", time="10:00", first_on=FIRST)
        plan_id = add_plan(school, "lesson", 70_000)
        sell_plan(school, student_id, plan_id, FIRST)
        hold(school, group_id, FIRST, present=[student_id])
    return path


def command(path: Path, *arguments: str, today: str = "2026-09-02") -> tuple[int, str, str]:
    return run_cli(*arguments, db=path, today=today, lang="en")


def made(path: Path, *arguments: str, today: str = "2026-09-02") -> dict[str, Any]:
    code, out, err = command(path, *arguments, "--format", "json", today=today)
    assert code == 0, err
    return json.loads(out)


def refused(path: Path, *arguments: str, today: str = "2026-09-02") -> str:
    code, out, err = command(path, *arguments, today=today)
    assert (code, out) == (1, "")
    assert "hint: " in err
    return err


def test_r42_auto_counts_held_and_scheduled_lessons_with_their_charges(school: Path) -> None:
    contract = made(
        school, "contracts", "add", "Анна", "--from", "2026-09-01", "--to", "2026-10-31", "--visits", "auto"
    )
    assert (contract["visits"], contract["amount"]) == (9, "6300.00")
    assert (contract["number"], contract["school_number"]) == ("1", 1)


def test_r42_auto_counts_lessons_of_the_past_that_were_not_yet_held(school: Path) -> None:
    contract = made(
        school, "contracts", "add", "Анна", "--from", "2026-09-01", "--to", "2026-09-30", "--visits", "auto",
        today="2026-09-20",
    )  # fmt: skip
    assert (contract["visits"], contract["amount"]) == (5, "3500.00")


def test_r42_auto_of_another_lesson_type_is_nothing(school: Path) -> None:
    period = ("--from", "2026-09-01", "--to", "2026-10-31")
    contract = made(school, "contracts", "add", "Анна", *period, "--visits", "auto", "--type", "Индивидуальное")
    assert (contract["visits"], contract["amount"]) == (0, "0.00")


@pytest.fixture
def upfront(tmp_path: Path) -> Path:
    """Anna's Peter learns on Tuesdays: 4000 upfront for 8 lessons, then months at 3000, upfront up to 15 December."""
    path = make_school(tmp_path)
    with writing_school(path, FIRST) as school:
        student_id = student_of(school, add_client(school, "Анна Иванова", student="Пётр Иванов"))
        group_id = add_group(school, "Робо 1")
        join(school, group_id, student_id, FIRST)
        add_schedule(school, group_id=group_id, days="tue", time="10:00", first_on=FIRST)
        eight = add_plan(school, "package", 400_000, 8, name="восемь", billing="upfront", stop_at_end=True)
        sell_plan(school, student_id, eight, FIRST, last_on=date(2026, 10, 31))
        months = add_plan(school, "month", 300_000, name="месяцы", billing="upfront")
        sell_plan(school, student_id, months, date(2026, 11, 1), last_on=date(2026, 12, 15))
        hold(school, group_id, FIRST, present=[student_id])
    return path


@pytest.mark.parametrize(
    ("first", "last", "visits", "amount"),
    [
        ("2026-09-01", "2026-10-31", 9, "4000.00"),  # eight paid upfront, the ninth by nothing
        ("2026-09-02", "2026-10-31", 8, "0.00"),  # charged the day before
        ("2026-09-01", "2026-11-30", 13, "7000.00"),
        ("2026-11-01", "2026-12-31", 9, "4451.61"),  # 3000, and 15 of 31 days of it
    ],
)
def test_r42_auto_has_what_was_charged_upfront_in_the_period(
    upfront: Path, first: str, last: str, visits: int, amount: str
) -> None:
    contract = made(upfront, "contracts", "add", "Анна", "--from", first, "--to", last, "--visits", "auto")
    assert (contract["visits"], contract["amount"]) == (visits, amount)


def test_r42_auto_of_a_lesson_type_has_what_pays_its_lessons_upfront(upfront: Path) -> None:
    period = ("--from", "2026-09-01", "--to", "2026-10-31", "--visits", "auto")
    for kind, told in (("Групповое", (9, "4000.00")), ("Индивидуальное", (0, "0.00"))):
        contract = made(upfront, "contracts", "add", "Анна", *period, "--type", kind)
        assert (contract["visits"], contract["amount"]) == told


def test_r42_auto_leaves_out_what_a_deleted_sale_charged_upfront(upfront: Path) -> None:
    made(upfront, "subscription", "delete", "1", "--yes")
    contract = made(upfront, "contracts", "add", "Анна", "--from", "2026-09-01", "--to", "2026-10-31")
    assert contract["amount"] == "0.00"


def test_running_numbers_and_numbers_of_their_own(school: Path) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "100")
    made(school, "contracts", "add", "Анна", "--amount", "200", "--number", "17/26")
    rows = made(school, "contracts", "list")["rows"]
    assert [(row["id"], row["number"], row["school_number"]) for row in rows] == [(1, "1", 1), (2, "17/26", 2)]


def test_r42_sums_of_all_contracts_and_what_is_left(school: Path) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "1000")
    made(school, "contracts", "add", "Анна", "--amount", "500.50")
    with writing_school(school, FIRST) as opened:
        pay(opened, 1, 200_000, FIRST)
        pay(opened, 1, 30_000, FIRST, kind="refund", even_so=True)
        pay(opened, 1, 5_000, FIRST, kind="goods")
        pay(opened, 1, 7_000, FIRST, kind="adjustment")
    (row,) = made(school, "clients", "list", "Анна", "--columns", "contracts_total,contracts_left")["rows"]
    assert (row["contracts_total"], row["contracts_left"]) == ("1500.50", "199.50")


@pytest.mark.parametrize(
    ("by", "expected"),
    [("start", ["2"]), ("end", ["1"]), ("in-force", ["1", "2", "3"])],
)
def test_report_by_start_by_end_and_in_force(school: Path, by: str, expected: list[str]) -> None:
    made(school, "contracts", "add", "Анна", "--from", "2026-08-01", "--to", "2026-09-10", "--amount", "100")
    made(school, "contracts", "add", "Анна", "--from", "2026-09-20", "--to", "2026-12-31", "--amount", "200")
    made(school, "contracts", "add", "Анна", "--from", "2026-01-01", "--amount", "400.40")
    made(school, "contracts", "add", "Анна", "--from", "2027-01-01", "--amount", "800")
    report = made(school, "report", "contracts", "--by", by, "--period", "2026-09")
    assert [row["number"] for row in report["rows"]] == expected
    sums = {"1": 10_000, "2": 20_000, "3": 40_040}
    total = sum(sums[number] for number in expected)
    assert report["totals"] == {"amount": f"{total // 100}.{total % 100:02}"}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("number", [1, 2, 3]), ("client", [3, 1, 2]), ("amount", [2, 1, 3]), ("signed", [2, 1, 3])],
)
def test_report_is_sorted(school: Path, sort: str, expected: list[int]) -> None:
    with writing_school(school, FIRST) as opened:
        add_client(opened, "Ада Яшина")
    made(school, "contracts", "add", "Анна", "--from", "2026-09-02", "--amount", "200")
    made(school, "contracts", "add", "Анна", "--from", "2026-09-01", "--amount", "300")
    made(school, "contracts", "add", "Ада", "--from", "2026-09-03", "--amount", "100")
    rows = made(school, "report", "contracts", "--sort", sort, "--period", "2026")["rows"]
    assert [row["id"] for row in rows] == expected
    assert list(rows[0])[:7] == ["id", "number", "client_id", "client", "signed", "ends", "amount"]
    assert list(rows[0])[-1] == "school_number"


def test_r7_archived_clients_are_in_the_report_unless_left_out(school: Path) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "200")
    with writing_school(school, FIRST) as opened:
        opened.db.execute("UPDATE client SET archived_on = '2026-09-01'")
    assert len(made(school, "report", "contracts")["rows"]) == 1
    assert made(school, "report", "contracts", "--skip-archived")["rows"] == []
    with writing_school(school, FIRST) as opened:
        opened.db.execute("UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'deleted')")
    assert made(school, "report", "contracts")["rows"] == []


def stage(path: Path) -> str:
    with reading_school(path, FIRST) as opened:
        query = "SELECT base FROM client JOIN status ON status.id = client.stage_id WHERE client.id = 1"
        return str(opened.db.execute(query).fetchone()[0])


def test_r9_former_from_the_termination_of_the_last_running_contract_until_a_purchase(school: Path) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "200", "--from", "2026-09-01")
    made(school, "contracts", "add", "Анна", "--amount", "300", "--from", "2026-09-01")
    made(school, "contracts", "terminate", "1", today="2026-09-03")
    assert stage(school) == "active"
    ended = made(school, "contracts", "terminate", "2", today="2026-09-04")
    assert ended["terminated"] == "2026-09-04"
    assert stage(school) == "former"
    made(school, "status", "recompute", today="2026-09-05")
    assert stage(school) == "former"
    made(school, "subscription", "sell", "Пётр", "1", today="2026-09-06")
    assert stage(school) == "active"
    made(school, "status", "recompute", today="2026-09-06")
    assert stage(school) == "active"


def test_a_termination_is_taken_back(school: Path) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "200")
    made(school, "contracts", "terminate", "1")
    assert "terminated on 2026-09-02" in refused(school, "contracts", "terminate", "1")
    made(school, "contracts", "edit", "1", "--unset", "terminated")
    assert made(school, "contracts", "list")["rows"][0]["terminated"] is None
    made(school, "status", "recompute")
    assert stage(school) == "active"


def test_editing_counts_auto_anew_and_keeps_the_rest(school: Path) -> None:
    period = ("--from", "2026-09-01", "--to", "2026-09-30")
    made(school, "contracts", "add", "Анна", *period, "--visits", "auto", "--pay-day", "5", "--terms", "кратко")
    changed = made(school, "contracts", "edit", "1", "--to", "2026-10-31")
    assert (changed["visits"], changed["amount"]) == (9, "6300.00")
    (row,) = made(school, "contracts", "list")["rows"]
    assert (row["pay_day"], row["terms"]) == (5, "кратко")
    made(school, "contracts", "edit", "1", "--unset", "terms", "--unset", "visits", "--amount", "12,50")
    (row,) = made(school, "contracts", "list")["rows"]
    assert (row["terms"], row["visits"], row["amount"]) == (None, None, "12.50")


def test_deleting_asks(school: Path) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "200")
    assert "would be deleted" in refused(school, "contracts", "delete", "1")
    made(school, "contracts", "delete", "1", "--yes")
    assert made(school, "contracts", "list")["rows"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "Анна"], "Without a last day"),
        (["add", "Анна", "--amount", "100", "--pay-day", "32"], "32 is no day of the month"),
        (["add", "Анна", "--amount", "100", "--from", "2026-09-10", "--to", "2026-09-09"], "before its first day"),
        (["add", "Анна", "--amount", "-5"], "less than 0"),
        (["add", "Анна", "--amount", "сто"], "сто"),
        (["add", "Анна", "--visits", "много"], "много"),
        (["add", "Никто", "--amount", "100"], "Никто"),
        (["terminate", "77"], "77"),
        (["edit", "1", "--unset", "client"], "client"),
        (["terminate", "1", "--on", "2026-08-01"], "before the contract's first day"),
        (["terminate", "1", "--on", "2027-01-01"], "ended by itself"),
    ],
)
def test_bad_input_is_one_sentence_with_a_hint(school: Path, arguments: list[str], said: str) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "1", "--from", "2026-09-01", "--to", "2026-12-31")
    assert said in refused(school, "contracts", *arguments)
    assert len(made(school, "contracts", "list")["rows"]) == 1


def test_r42_the_sums_are_columns_of_the_list(school: Path) -> None:
    made(school, "contracts", "add", "Анна", "--amount", "1000")
    made(school, "payments", "add", "Анна", "300")
    listed = made(school, "clients", "list", "--columns", "name,contracts_total,contracts_left")
    assert listed["rows"] == [{"name": "Анна Иванова", "contracts_total": "1000.00", "contracts_left": "-700.00"}]
    assert len(made(school, "clients", "list", "contracts_left:..-1")["rows"]) == 1
    assert made(school, "clients", "list", "contracts_left:0..")["rows"] == []
