"""Worked examples of charging and balances (R30–R39), through the commands of a school."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, add_group, add_schedule, hold, join, make_school, student_of, writing_school

CLIENT, STUDENT, GROUP = "Анна Иванова", "Петя Иванов", "Робо 1"
FIRST = date(2026, 9, 1)  # a Tuesday


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A school with one client, whose child is in a group that meets on Tuesdays from 1 September 2026."""
    path = make_school(tmp_path)
    with writing_school(path, FIRST) as school:
        student = student_of(school, add_client(school, CLIENT, student=STUDENT))
        group = add_group(school, GROUP, "Робототехника")
        join(school, group, student, FIRST)
        add_schedule(school, group_id=group, days="tue", first_on=FIRST)
    return path


def sell(db: Path, kind: str, price: str, *options: str, sale: tuple[str, ...] = (), today: str = "2026-09-01") -> int:
    """Add a plan and sell it to the student; return the subscription's id."""
    name = f"{kind} {price} {' '.join(options)}"
    answer(db, "subscription", "plans", "add", name, "--kind", kind, "--price", price, *options)
    return int(answer(db, "subscription", "sell", STUDENT, name, *sale, today=today)["id"])


def attend(db: Path, *days: date, reason: str | None = None) -> None:
    """Hold the group's lessons of those days, in that order; the student comes, or is absent for the reason."""
    with writing_school(db, max(days)) as school:
        for day in days:
            if reason:
                hold(school, 1, day, absent={1: reason})
            else:
                hold(school, 1, day, present=[1])


def tuesdays(count: int) -> list[date]:
    return [FIRST + timedelta(weeks=week) for week in range(count)]


def expenses(db: Path) -> list[str]:
    return column(db, "expense", "report", "reconciliation", CLIENT, "--period", "all")


def balance(db: Path) -> str:
    return str(column(db, "balance", "clients", "list")[0])


def test_r31_4000_over_9_lessons_held(db: Path) -> None:
    sell(db, "package", "4000", "--lessons", "9")
    attend(db, *tuesdays(9))
    assert expenses(db) == ["444.44"] * 8 + ["444.48"]
    assert balance(db) == "-4000.00"


def test_r31_2000_over_3_lessons_the_first_marked_last(db: Path) -> None:
    sell(db, "package", "2000", "--lessons", "3")
    first, second, third = tuesdays(3)
    attend(db, second, third)
    assert expenses(db) == ["666.66", "666.66"]
    attend(db, first)
    assert expenses(db) == ["666.66", "666.66", "666.68"]


def test_r31_a_month_is_divided_by_its_lessons_held_and_planned(db: Path) -> None:
    sell(db, "month", "4000")
    attend(db, *tuesdays(2))
    assert expenses(db) == ["800.00", "800.00"]  # 1, 8, 15, 22, 29 September
    attend(db, FIRST, reason="УП")
    assert expenses(db) == ["0.00", "800.00"]


def test_r31_lessons_that_passed_unheld_count_in_the_forecast_of_a_month(db: Path) -> None:
    sell(db, "month", "4000")
    charges = column(db, "charge", "report", "forecast", CLIENT, "--to", "2026-09-30", today="2026-09-08")
    assert charges == ["800.00"] * 4  # 8, 15, 22, 29; the 1st was not held


def test_r31_a_forecast_that_ends_within_a_month_shares_its_price_among_all_its_lessons(db: Path) -> None:
    sell(db, "month", "4000")
    for last, count in (("2026-09-08", 2), ("2026-09-14", 2), ("2026-09-30", 5)):
        assert column(db, "charge", "report", "forecast", CLIENT, "--to", last) == ["800.00"] * count
    halves = [("2026-09-01", "2026-09-14", "1600.00"), ("2026-09-15", "2026-09-30", "2400.00")]
    for first, last, amount in halves:
        assert answer(db, "contracts", "add", CLIENT, "--from", first, "--to", last)["amount"] == amount


def test_r34_a_package_that_stops_leaves_the_lessons_to_one_that_does_not(db: Path) -> None:
    sell(db, "package", "100", "--lessons", "1", "--stop-at-end", sale=("--to", "2026-09-20"))
    sell(db, "package", "300", "--lessons", "1", sale=("--to", "2026-09-30"))
    attend(db, *tuesdays(3))
    assert expenses(db) == ["100.00", "300.00", "300.00"]


def test_r41_lessons_of_a_deleted_subscription_keep_their_charges_and_say_so(db: Path) -> None:
    number = sell(db, "lesson", "700")
    attend(db, FIRST)
    answer(db, "subscription", "delete", str(number), "--yes")
    (operation,) = column(db, "operation", "report", "reconciliation", CLIENT, "--period", "all")
    assert "Занятие" in operation or "Lesson" in operation
    assert expenses(db) == ["700.00"]
    assert "subscription deleted" in operation or "абонемент удалён" in operation


def test_r31_upfront_charges_at_the_sale_and_lessons_nothing(db: Path) -> None:
    sell(db, "month", "3000", "--billing", "upfront", sale=("--from", "2026-09-16", "--to", "2026-10-31"))
    attend(db, tuesdays(4)[3])
    rows = answer(db, "report", "reconciliation", CLIENT, "--period", "all")["rows"]
    assert [(row["date"], row["kind"], row["expense"]) for row in rows] == [
        ("2026-09-16", "upfront", "1500.00"),  # 15 of 30 days
        ("2026-09-22", "lesson", "0.00"),
        ("2026-10-01", "upfront", "3000.00"),
    ]


def test_r33_without_a_subscription_a_lesson_costs_nothing_until_reprice(db: Path) -> None:
    sell(db, "package", "1000", "--lessons", "1", "--stop-at-end")
    attend(db, *tuesdays(3))
    assert expenses(db) == ["1000.00", "0.00", "0.00"]
    sell(db, "lesson", "700", sale=("--from", "2026-09-01"))
    assert expenses(db) == ["1000.00", "0.00", "0.00"]
    sell(db, "lesson", "600", sale=("--from", "2026-09-15", "--reprice"))
    assert expenses(db) == ["1000.00", "0.00", "700.00"]  # R32: of two that fit, the one that began earlier


def test_r34_a_used_up_package_goes_on_into_debt_at_the_same_price(db: Path) -> None:
    sell(db, "package", "2000", "--lessons", "3")
    attend(db, *tuesdays(3))
    words = ("lessons", "hold", GROUP, "2026-09-22", "--all-present")
    (mark,) = answer(db, *words, today="2026-09-22")["marks"]
    assert (mark["basis"], mark["charge"]) == ("over", "666.66")
    assert balance(db) == "-2666.66"


def test_r36_general_3100_and_separate_minus_8000(db: Path) -> None:
    answer(db, "payments", "add", CLIENT, "3100")
    number = sell(db, "package", "8000", "--lessons", "8", "--billing", "upfront", "--separate")
    report = answer(db, "report", "debtors")
    (row,) = report["rows"]
    assert (row["balance"], row["debt"]) == ("-4900.00", "8000.00")
    assert report["totals"]["debt"] == "8000.00"
    answer(db, "payments", "add", CLIENT, "8000", "--subscription", str(number))
    assert answer(db, "report", "debtors")["rows"] == []
    assert balance(db) == "3100.00"


def test_r37_each_kind_of_payment_moves_the_balance_its_way(db: Path) -> None:
    for words, left in (
        (("1000",), "1000.00"),
        (("300", "--kind", "refund"), "700.00"),
        (("-50", "--kind", "adjustment"), "650.00"),
        (("200", "--kind", "goods"), "650.00"),
        (("200", "--kind", "goods", "--from-balance"), "450.00"),
    ):
        assert answer(db, "payments", "add", CLIENT, *words)["balance"] == left
    assert "450.01" in refusal(db, "payments", "add", CLIENT, "450.01", "--kind", "refund")
    refused_on = answer(db, "payments", "add", CLIENT, "450.01", "--kind", "refund", "--even-so")
    assert refused_on["balance"] == "-0.01"
    assert "--even-so" in refusal(db, "payments", "add", CLIENT, "5", "--on", "2026-09-02")


def test_r37_a_voided_payment_stays_with_its_reason(db: Path) -> None:
    number = answer(db, "payments", "add", CLIENT, "1000")["id"]
    answer(db, "payments", "void", str(number), "--reason", "ошибка")
    assert balance(db) == "0.00"
    (row,) = answer(db, "payments", "list")["rows"]
    assert (row["amount"], row["voided"]) == ("1000.00", "2026-09-01")
    assert "ошибка" in row["note"]
    refusal(db, "payments", "void", str(number), "--reason", "ещё раз")


@pytest.mark.parametrize(("paid", "left"), [("200", 8), ("3952.50", 158), ("24.99", 0)])
def test_r38_lessons_left_at_25(db: Path, paid: str, left: int) -> None:
    sell(db, "lesson", "25")
    answer(db, "payments", "add", CLIENT, paid)
    assert column(db, "lessons_left", "clients", "list", "--columns", "lessons_left") == [left]
    assert column(db, "lessons_left", "subscription", "list") == [left]


def test_r38_a_debt_is_lessons_below_0_of_the_subscription(db: Path) -> None:
    sell(db, "lesson", "25")
    answer(db, "payments", "add", CLIENT, "-25.01", "--kind", "adjustment")
    assert column(db, "lessons_left", "subscription", "list") == [-2]
    assert column(db, "lessons_left", "clients", "list", "--columns", "lessons_left") == [0]


def test_r39_200_at_25_weekly_from_06_04_2021_expires_on_25_05_2021(tmp_path: Path) -> None:
    path, today = make_school(tmp_path), "2021-04-01"
    with writing_school(path, date(2021, 4, 1)) as school:
        student = student_of(school, add_client(school, CLIENT, student=STUDENT))
        add_schedule(school, student_id=student, days="tue", first_on=date(2021, 4, 6))
    sell(path, "lesson", "25", today=today)
    wanted = ("clients", "list", "--columns", "lessons_left,expires")
    assert answer(path, *wanted, today=today)["rows"] == [{"lessons_left": 0, "expires": None}]
    answer(path, "payments", "add", CLIENT, "200", today=today)
    assert answer(path, *wanted, today=today)["rows"] == [{"lessons_left": 8, "expires": "2021-05-25"}]


def test_r39_at_the_end_of_the_schedule_it_stops_and_says_so(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path, FIRST) as school:
        student = student_of(school, add_client(school, CLIENT, student=STUDENT))
        add_schedule(school, student_id=student, days="tue", first_on=FIRST, last_on=date(2026, 9, 15))
    sell(path, "lesson", "25")
    answer(path, "payments", "add", CLIENT, "200")
    (card,) = answer(path, "clients", "show", CLIENT)["rows"]
    assert (card["lessons_left"], card["expires"], card["schedule_ended"]) == (3, "2026-09-15", True)


def test_r30_a_plan_says_how_long_and_the_sale_may_say_otherwise(db: Path) -> None:
    answer(db, "catalog", "subjects", "add", "Танцы")
    sell(db, "package", "6000", "--lessons", "8", "--length", "30d")
    sell(db, "lesson", "700", "--length", "4m", "--subject", "Робототехника")
    sell(db, "lesson", "500", sale=("--price", "450", "--subject", "Танцы", "--to", "2026-09-30"))  # R41a
    rows = answer(db, "subscription", "list")["rows"]
    assert [(row["price"], row["last"]) for row in rows] == [
        ("450.00", "2026-09-30"),
        ("700.00", "2026-12-31"),
        ("6000.00", "2026-09-30"),
    ]


def test_r32_the_narrower_cover_pays_before_the_earlier_end(db: Path) -> None:
    answer(db, "catalog", "subjects", "add", "Танцы")
    sell(db, "package", "6000", "--lessons", "8", sale=("--to", "2026-09-30"))
    sell(db, "lesson", "700", "--subject", "Робототехника")
    sell(db, "lesson", "450", "--subject", "Танцы", sale=("--to", "2026-09-01"))
    attend(db, FIRST)
    assert expenses(db) == ["700.00"]
