"""Worked examples of the four reports, through the commands of a school."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import add_client, add_group, add_schedule, join, make_school, student_of, writing_school

CLIENT, STUDENT, GROUP = "Анна Иванова", "Петя Иванов", "Робо 1"
FIRST = date(2026, 9, 5)  # a Saturday


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A client whose child is in a group that meets on Saturdays from 5 September 2026."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 8, 31)) as school:
        student = student_of(school, add_client(school, CLIENT, student=STUDENT))
        group = add_group(school, GROUP)
        join(school, group, student, date(2026, 8, 31))
        add_schedule(school, group_id=group, days="sat", first_on=FIRST)
    return path


def pay(db: Path, amount: str, on: str, *options: str) -> None:
    answer(db, "payments", "add", CLIENT, amount, "--on", on, *options, today=on)


def sell(db: Path, price: str, first: str, *options: str) -> None:
    name = f"Занятие {price}"
    answer(db, "subscription", "plans", "add", name, "--kind", "lesson", "--price", price)
    answer(db, "subscription", "sell", STUDENT, name, "--from", first, *options, today="2026-08-31")


def hold(db: Path, on: str, *who: str) -> None:
    answer(db, "lessons", "hold", GROUP, on, *(who or ("--all-present",)), today=on)


def test_reconciliation_of_500_to_2870(db: Path) -> None:
    pay(db, "500", "2026-08-31")
    sell(db, "700", "2026-08-31", "--to", "2026-09-05")
    sell(db, "630", "2026-09-06")
    pay(db, "4000", "2026-09-03")
    hold(db, "2026-09-05")
    hold(db, "2026-09-12")
    hold(db, "2026-09-19", "--absent", "Петя:УП")
    pay(db, "300", "2026-09-20", "--kind", "refund")
    report = answer(db, "report", "reconciliation", CLIENT, "--period", "2026-09")
    keys = ("date", "kind", "income", "expense", "balance")
    assert [tuple(row[key] for key in keys) for row in report["rows"]] == [
        ("2026-09-03", "income", "4000.00", None, "4500.00"),
        ("2026-09-05", "lesson", None, "700.00", "3800.00"),
        ("2026-09-12", "lesson", None, "630.00", "3170.00"),
        ("2026-09-19", "lesson", None, "0.00", "3170.00"),
        ("2026-09-20", "refund", None, "300.00", "2870.00"),
    ]
    assert "УП" in report["rows"][3]["operation"]
    assert report["totals"] == {"opening": "500.00", "income": "4000.00", "expense": "1630.00", "closing": "2870.00"}
    from_the_payment = answer(db, "report", "reconciliation", CLIENT, "--from", "2026-09-03", "--to", "2026-09-20")
    assert from_the_payment["totals"] == report["totals"]


def test_reconciliation_of_one_day_goods_adjustments_and_voided_payments(db: Path) -> None:
    sell(db, "700", "2026-08-31")
    hold(db, "2026-09-05")
    pay(db, "100", "2026-09-05", "--kind", "goods")
    pay(db, "-50", "2026-09-05", "--kind", "adjustment")
    pay(db, "60", "2026-09-05", "--kind", "goods", "--from-balance")
    pay(db, "9999", "2026-09-05")
    answer(db, "payments", "void", "4", "--reason", "ошибка")
    rows = answer(db, "report", "reconciliation", CLIENT, "--period", "2026-09")["rows"]
    assert [(row["kind"], row["income"], row["expense"]) for row in rows] == [
        ("goods", None, None),
        ("adjustment", None, "50.00"),
        ("goods", None, "60.00"),
        ("lesson", None, "700.00"),
    ]


def test_forecast_of_8_lessons_at_700_with_1500_paid(db: Path) -> None:
    sell(db, "700", "2026-08-31")
    pay(db, "1500", "2026-08-31")
    words = ("report", "forecast", CLIENT, "--from", "2026-09-05", "--to", "2026-10-24")
    report = answer(db, *words, today="2026-09-05")
    assert [row["charge"] for row in report["rows"]] == ["700.00"] * 8
    assert [report["rows"][0]["date"], report["rows"][-1]["balance"]] == ["2026-09-05", "-4100.00"]
    assert report["totals"] == {"balance_now": "1500.00", "charges": "5600.00", "to_pay": "4100.00"}
    hold(db, "2026-09-05")  # today's lesson is in the forecast until it is held
    held = answer(db, *words, today="2026-09-05")
    assert held["totals"] == {"balance_now": "800.00", "charges": "4900.00", "to_pay": "4100.00"}
    assert "2026-09-05" in refusal(db, *words, today="2026-09-06")


def test_journal_counts_planned_attended_missed_and_cancelled(db: Path) -> None:
    hold(db, "2026-09-05", "--all-present", "--topic", "Моторы")
    hold(db, "2026-09-12", "--absent", "Петя:НП")
    with writing_school(db, FIRST) as school:
        school.db.execute(
            "INSERT INTO lesson (group_id, on_date, time, minutes, state, lesson_type_id, schedule_id, occurrence_on)"
            " VALUES (1, '2026-09-19', '18:00', 60, 'cancelled', 1, 1, '2026-09-19')"
        )
    report = answer(db, "report", "journal", CLIENT, "--period", "2026-09", today="2026-09-20")
    assert [(row["date"], row["state"]) for row in report["rows"]] == [
        ("2026-09-05", "attended"),
        ("2026-09-12", "missed"),
        ("2026-09-19", "cancelled"),
        ("2026-09-26", "planned"),
    ]
    assert report["totals"] == {"planned": 1, "attended": 1, "missed": 1, "cancelled": 1}
    assert report["rows"][0]["topic"] == "Моторы"
    assert report["rows"][1]["reason"] == "Неуважительная причина"


def test_debtors_a_debt_is_as_old_as_the_account_is_below_zero(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    days = {0: "2026-12-01", 30: "2026-11-01", 31: "2026-10-31", 60: "2026-10-02", 61: "2026-10-01", 90: "2026-09-02"}
    days[91] = "2026-09-01"
    for number, (age, day) in enumerate(days.items()):
        answer(path, "clients", "add", f"Клиент {age}")
        words = ("payments", "add", str(number + 1), f"-{10**number}", "--kind", "adjustment", "--on", day)
        answer(path, *words, today=day)
    report = answer(path, "report", "debtors", "--as-of", "2026-12-01", today="2026-12-15")
    assert {row["client"]: row["days"] for row in report["rows"]} == {f"Клиент {age}": age for age in days}
    assert report["totals"] == {
        "clients": 7,
        "debt": "1111111.00",
        "age_0_30": "11.00",
        "age_31_60": "1100.00",
        "age_61_90": "110000.00",
        "age_over_90": "1000000.00",
    }
    early = answer(path, "report", "debtors", "--as-of", "2026-10-01", today="2026-12-15")
    assert [(row["client"], row["days"]) for row in early["rows"]] == [
        ("Клиент 91", 30),
        ("Клиент 90", 29),
        ("Клиент 61", 0),
    ]


def test_debtors_a_debt_paid_and_made_anew_is_young(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    answer(path, "clients", "add", CLIENT)
    for amount, on in (("-100", "2026-01-10"), ("100", "2026-02-10"), ("-5", "2026-03-10")):
        answer(path, "payments", "add", "1", amount, "--kind", "adjustment", "--on", on, today=on)
    assert column(path, "since", "report", "debtors", today="2026-04-01") == ["2026-03-10"]
