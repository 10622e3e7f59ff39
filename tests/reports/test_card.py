"""The card of a client (R51)."""

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
    add_student,
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

from schoolcrm.core.errors import BadValue
from schoolcrm.core.money.payments import void_payment
from schoolcrm.reports.card import find_card


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_school(tmp_path_factory.mktemp("card"))
    with writing_school(path) as school:
        anna = add_client(school, "Анна Иванова", student="Пётр", phone="+79161234567")
        petr, masha = student_of(school, anna), add_student(school, anna, "Маша")
        group = add_group(school, "Робо 1", "Робототехника")
        add_schedule(school, group_id=group, days="tue", first_on=date(2026, 8, 1))
        for student in (petr, masha):
            join(school, group, student, date(2026, 8, 1))
        sell_plan(school, petr, add_plan(school, "package", 400000, 4, name="Четыре"), date(2026, 8, 1))
        own = sell_plan(
            school, masha, add_plan(school, "lesson", 50000, name="Разовый"), date(2026, 8, 1), separate=True
        )
        pay(school, anna, 300000, date(2026, 8, 1))
        pay(school, anna, 50000, date(2026, 8, 2), subscription_id=own)
        pay(school, anna, 10000, date(2026, 8, 3), kind="refund")
        void_payment(school, pay(school, anna, 77700, date(2026, 8, 3)), "по ошибке")
        hold(school, group, date(2026, 8, 4), present=[petr, masha])
        hold(school, group, date(2026, 8, 25), present=[petr], absent={masha: "НП"})
        add_client(school, "Без учеников")
        school.db.execute("DELETE FROM student WHERE client_id = 2")
    return path


def show(path: Path, *words: str, lang: str = "en") -> str:
    code, out, err = run_cli("clients", "show", *words, db=path, lang=lang)
    assert (code, err) == (0, "")
    return out


def record(path: Path, *words: str) -> dict[str, Any]:
    (row,) = json.loads(show(path, *words, "--format", "json"))["rows"]
    return dict(row)


def test_json_has_everything(path: Path) -> None:
    card = record(path, "Анна", "--days", "10")
    assert (card["balance"], card["debt"], card["lessons_left"], card["expires"]) == ("400.00", "500.00", 0, None)
    assert (card["lessons_registered"], card["lessons_attended"]) == (4, 3)
    assert (card["payments_count"], card["payments_sum"]) == (3, "3400.00")
    assert card["accounts"] == [
        {"subscription_id": None, "balance": "900.00"},
        {"subscription_id": 2, "balance": "-500.00"},
    ]
    assert (card["base"], card["stage"], card["last_visit"], card["trial"]) == ("bought", "active", "2026-08-25", None)
    assert [(student["name"], student["groups"]) for student in card["students"]] == [
        ("Маша", ["Робо 1"]),
        ("Пётр", ["Робо 1"]),
    ]
    assert [(sub["plan"], sub["student"], sub["price"], sub["separate"]) for sub in card["subscriptions"]] == [
        ("Разовый", "Маша", "500.00", True),
        ("Четыре", "Пётр", "4000.00", False),
    ]
    assert [(visit["date"], visit["student"], visit["state"]) for visit in card["visits"]] == [
        ("2026-08-25", "Пётр", "attended"),
        ("2026-08-25", "Маша", "missed"),
    ]
    assert {visit["date"] for visit in card["next_lessons"]} == {"2026-09-01", "2026-09-08"}


def test_r51_the_card_has_the_regular_schedule_of_who_studies(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        anna = add_client(school, "Анна", student="Пётр")
        petr, masha = student_of(school, anna), add_student(school, anna, "Маша")
        group, other = add_group(school, "Робо 1", "Робототехника"), add_group(school, "Хор", "Пение")
        add_schedule(school, group_id=group, days="tue,thu", first_on=date(2026, 8, 1))
        add_schedule(school, group_id=other, days="mon", first_on=date(2026, 8, 1))
        add_schedule(school, student_id=petr, days="fri", first_on=date(2026, 10, 2))
        join(school, group, petr, date(2026, 8, 1))
        join(school, other, masha, date(2026, 8, 1))
        school.db.execute("UPDATE student SET archived_on = '2026-08-20' WHERE id = ?", (masha,))
    schedule = record(path, "Анна")["schedule"]
    assert [(line["group"], line["student"], line["weekdays"], line["from"], line["to"]) for line in schedule] == [
        ("Робо 1", None, [2, 4], "2026-08-01", None),
        (None, "Пётр", [5], "2026-10-02", None),
    ]
    lines = [line.split("  ", 1)[0:2] for line in show(path, "Анна").splitlines()]
    told = {line[0]: line[1].strip() for line in lines if len(line) == 2}
    assert told["Робо 1"] == "Tue Thu 18:00 (60 min) · Робототехника"
    assert told["Пётр"] == "Fri 18:00 (60 min) · from 2026-10-02"


def test_the_strip_reaches_as_far_as_asked(path: Path) -> None:
    assert len(record(path, "Анна", "--days", "7")["next_lessons"]) == 4
    states = [visit["state"] for visit in record(path, "Анна", "--days", "28")["visits"]]
    assert states == ["attended", "attended", *["planned"] * 4, "attended", "missed"]
    with reading_school(path) as school, pytest.raises(BadValue):
        find_card(school.db, 1, school.today, 361)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_people_read_facts_and_sections(path: Path, lang: str) -> None:
    lines = show(path, "Анна", lang=lang).splitlines()
    assert lines[0] == "Анна Иванова"
    assert any(line.endswith("+7 916 123-45-67") for line in lines)
    money = {"en": "-500.00", "ru": "-500,00"}[lang]
    assert any("2" in line and line.endswith(money) for line in lines)
    day = {"en": "2026-08-25 18:00", "ru": "25.08.2026 18:00"}[lang]
    assert sum(line.startswith(day) for line in lines) == 2


@pytest.mark.parametrize("form", ["csv", "jsonl", "html", "md"])
def test_a_card_goes_out_in_every_format(path: Path, form: str) -> None:
    assert "Анна Иванова" in show(path, "Анна", "--format", form)


def test_csv_is_one_row_of_machine_values(path: Path) -> None:
    heading, row = show(path, "Анна", "--format", "csv").splitlines()
    cells = dict(zip(heading.split(","), row.split(","), strict=True))
    assert (cells["balance"], cells["students"], cells["payments_sum"]) == ("400.00", "Маша; Пётр", "3400.00")


def test_a_card_written_to_a_file_takes_its_ending(path: Path, tmp_path: Path) -> None:
    for name in ("card.json", "card.html", "card.xlsx"):
        run_cli("clients", "show", "Анна", "-o", str(tmp_path / name), db=path)
    assert json.loads((tmp_path / "card.json").read_text("utf-8"))["rows"][0]["students"][0]["name"] == "Маша"
    assert (tmp_path / "card.xlsx").read_bytes()[:2] == b"PK"


def test_a_client_without_students_says_so(path: Path) -> None:
    assert "none yet" in show(path, "Без учеников")
    assert record(path, "Без учеников")["students"] == []


def test_an_archived_client_is_shown_when_named(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "school.db"
    copy.write_bytes(path.read_bytes())
    with writing_school(copy) as school:
        school.db.execute("UPDATE client SET archived_on = '2026-08-31'")
    assert record(copy, "Анна")["archived"] == "2026-08-31"
    assert run_cli("clients", "list", db=copy)[1].endswith("Nothing found.\n")


def test_r51_a_lesson_of_today_that_was_held_is_past(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "school.db"
    copy.write_bytes(path.read_bytes())
    with writing_school(copy) as school:
        hold(school, 1, date(2026, 9, 1), present=[student_of(school, 1), student_of(school, 1) + 1])
    card = record(copy, "Анна", "--days", "7")
    today = [(visit["student"], visit["state"]) for visit in card["visits"] if visit["date"] == "2026-09-01"]
    assert ("Пётр", "attended") in today
    assert "attended" not in {visit["state"] for visit in card["next_lessons"]}
    past, _next, coming = show(copy, "Анна", "--days", "7").partition("Next lessons")
    assert ("attended · Пётр" in past, "attended" in coming) == (True, False)
