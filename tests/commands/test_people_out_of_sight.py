"""Archived and deleted people are in no list about now and take part in nothing; their money stays (R7, R53)."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, refusal
from builders import (
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    pay,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

SEPTEMBER = date(2026, 9, 1)
AWAY = ("Зара", "Дора", "Юля")
CHILDREN = ("Захар", "Давид", "Юра")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Зара is archived, Дора deleted, Юля's only student Юра archived; Анна is here. All are in debt."""
    path = make_school(tmp_path_factory.mktemp("away"))
    with writing_school(path, date(2026, 9, 10)) as school:
        add_entry(school, "teachers", "Ольга")
        group = add_group(school, "Робо", subject="Роботы", size_limit=4)
        add_schedule(school, group_id=group, days="thu", first_on=SEPTEMBER)
        plan = add_plan(school, "lesson", 700_00, name="Разовый")
        students = []
        for number, (name, child) in enumerate(zip(("Анна", *AWAY), ("Алёша", *CHILDREN), strict=True)):
            client = add_client(school, name, student=child, phone=f"+7916000000{number}")
            student = student_of(school, client)
            join(school, group, student, SEPTEMBER)
            add_schedule(school, student_id=student, days="fri", time=f"1{number}:00", first_on=SEPTEMBER)
            sell_plan(school, student, plan, SEPTEMBER)
            pay(school, client, 1_00, SEPTEMBER)
            students.append(student)
        hold(school, group, date(2026, 9, 3), students)
        hold(school, group, date(2026, 9, 10), absent=dict.fromkeys(students))
    answer(path, "clients", "archive", "Зара", today="2026-09-10")
    answer(path, "status", "set", "deleted", "Дора", today="2026-09-10")
    answer(path, "students", "archive", "Юра", today="2026-09-10")
    return path


@pytest.mark.parametrize(
    "words",
    [
        "clients list",
        "clients list is:debtor",
        "students list",
        "groups list",
        "groups show Робо",
        "schedule list --period 2026-09",
        "schedule list --lines",
        "schedule clashes --period 2026-09",
        "lessons list --unheld --period 2026-09",
        "subscription list",
        "subscription list --state all",
        "subscription freezes",
        "discounts list",
        "report schedule --period 2026-09",
        "report debtors",
        "report at-risk --misses 1",
        "report who-pays --on 2026-09-11",
        "report no-subscription",
        "report renewals --due-within 1000",
        "today",
    ],
)
def test_r7_they_are_in_no_list_about_now(db: Path, words: str) -> None:
    code, out, err = run_cli(*words.split(), "--format", "json", db=db, today="2026-09-11")
    assert code == 0, err
    hidden = [name for name in (*AWAY[:2], *CHILDREN) if name in out]
    assert hidden == []


@pytest.mark.parametrize("who", [("Зара", "Захар"), ("Дора", "Давид"), ("2", "2"), ("3", "3")])
@pytest.mark.parametrize(
    "words",
    [
        "subscription sell STUDENT Разовый",
        "subscription freeze STUDENT --from 2026-10-01 --to 2026-10-02",
        "subscription plans add Новый --kind lesson --price 1 && subscription sell STUDENT Новый",
        "groups join Робо STUDENT --from 2026-10-01",
        "groups transfer STUDENT Робо Робо",
        "schedule add --student STUDENT --days mon --at 10:00",
        "lessons plan --student STUDENT --on 2026-09-20 --at 10:00",
        "lessons hold Робо 2026-09-10 --present STUDENT",
        "lessons mark 2 STUDENT absent",
        "clients trial book CLIENT --on 2026-09-20",
        "clients trial attended CLIENT --on 2026-09-09",
        "students add CLIENT Новый",
        "discounts add STUDENT --percent 10",
        "contracts add CLIENT --amount 1",
    ],
)
def test_r7_they_take_part_in_nothing(db: Path, words: str, who: tuple[str, str]) -> None:
    client, student = who
    before = db.read_bytes()
    for line in words.split(" && "):
        filled = line.replace("CLIENT", client).replace("STUDENT", student)
        code, out, err = run_cli(*filled.split(), "--dry-run", db=db, today="2026-09-11")
    assert (code, out) == (1, ""), (out, err)
    assert client in err or student in err
    assert db.read_bytes() == before


def test_their_money_is_there_and_payments_go_on(db: Path) -> None:
    for name in AWAY:
        rows = answer(db, "report", "reconciliation", name, "--period", "2026-09", today="2026-09-11")["rows"]
        assert [row["operation"] for row in rows if row["kind"] == "income"]
        made = answer(db, "payments", "add", name, "5", "--dry-run", today="2026-09-11")
        assert made["balance"] == "-1394.00"
        assert answer(db, "payments", "list", name, today="2026-09-11")["rows"]


def test_an_archived_name_is_told_of_as_such(db: Path) -> None:
    assert "archived or deleted" in refusal(db, "subscription", "sell", "Захар", "Разовый")
