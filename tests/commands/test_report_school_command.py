"""`schoolcrm report` about the school and its visitors: keys of the contract, options, formats, refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
from answers import answer, column
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

KEYS = {
    "who-pays": "next_lesson client_id client lessons_left balance expires",
    "at-risk": "client_id client student misses dates",
    "no-subscription": "lesson_date client_id client student group",
    "schedule": "weekday date time minutes location room teacher subject group student",
    "attendees": "client_id client student",
    "tests": "client student subject group teacher date result",
    "ltv": "client_id client lessons payments ltv vs_average",
}
TOTALS = {"tests": ["average"], "ltv": ["lessons", "payments", "ltv", "average"]}
ON = "2026-09-22"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """On Tuesdays Петя of Анна (700 a lesson, 1400 paid) comes, Маша misses for УП, Яна of Борис was only once."""
    path = make_school(tmp_path)
    for day in (1, 8, 15, 22):
        with writing_school(path, TODAY.replace(day=day)) as school:
            if day == 1:
                found(school)
            petya, masha, yana = 1, 2, 3
            absent = {masha: "УП"} if day == 1 else {masha: "УП", yana: None}
            present = [petya, yana] if day == 1 else [petya]
            if day < 22:
                hold(school, 1, TODAY.replace(day=day), present=present, absent=absent)
    return path


def found(school: Any) -> None:
    """Make the school of the fixture."""
    from schoolcrm.core.learning.test_results import Result, add_result

    anna = add_client(school, "Анна Иванова", student="Петя", phone="+79161234567")
    masha = add_student(school, anna, "Маша")
    petya = student_of(school, anna)
    yana = student_of(school, add_client(school, "Борис Ли", student="Яна"))
    teacher = add_entry(school, "teachers", "Ольга")
    room = add_entry(school, "rooms", "101", location_id=add_entry(school, "locations", "Центр"))
    group = add_group(school, "Робо 1", "Роботы", teacher_id=teacher, room_id=room)
    for student in (petya, masha, yana):
        join(school, group, student, TODAY)
    add_schedule(school, group_id=group, days="tue", first_on=TODAY, subject_id=1, teacher_id=teacher, room_id=room)
    sell_plan(school, petya, add_plan(school, "lesson", 700_00), TODAY)
    pay(school, anna, 1400_00, TODAY)
    pay(school, 2, 300_00, TODAY, kind="goods")
    add_result(school, Result(petya, 450, TODAY, group_id=group))


def rows(db: Path, *words: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = answer(db, "report", *words, today=ON)["rows"]
    return told


@pytest.mark.parametrize("report", KEYS)
def test_json_has_the_keys_and_totals_of_the_contract(db: Path, report: str) -> None:
    told = answer(db, "report", report, today=ON)
    assert (told["schoolcrm"], told["report"]) == (1, report)
    assert told["rows"]
    keys = KEYS[report].split()
    for row in told["rows"]:
        assert [key for key in row if key in keys] == keys
    if report != "attendees":
        assert list(told["totals"]) == TOTALS.get(report, [])
    assert [each["key"] for each in told["columns"]] == list(told["rows"][0])


@pytest.mark.parametrize("report", KEYS)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_format_is_printed_in_every_language(db: Path, tmp_path: Path, report: str, lang: str) -> None:
    for name in ("table", "csv", "jsonl", "html", "md"):
        code, out, err = run_cli("report", report, "--format", name, db=db, lang=lang, today=ON)
        assert (code, err) == (0, "")
        assert out.strip()
    file = tmp_path / f"{report}.xlsx"
    assert run_cli("report", report, "-o", str(file), db=db, lang=lang, today=ON)[0] == 0
    assert file.read_bytes().startswith(b"PK")


def test_who_pays_by_day(db: Path) -> None:
    assert rows(db, "who-pays") == [
        {
            "next_lesson": "2026-09-22",
            "time": "18:00",
            "client_id": 1,
            "client": "Анна Иванова",
            "lessons_left": 0,
            "balance": "-700.00",
            "expires": None,
        },
        {
            "next_lesson": "2026-09-22",
            "time": "18:00",
            "client_id": 2,
            "client": "Борис Ли",
            "lessons_left": 0,
            "balance": "0.00",
            "expires": None,
        },
    ]
    assert rows(db, "who-pays", "--on", "tomorrow") == []
    assert len(rows(db, "who-pays", "--as-of", "2026-09-29")) == 2


def test_at_risk_options(db: Path) -> None:
    assert rows(db, "at-risk") == [
        {
            "client_id": 1,
            "client": "Анна Иванова",
            "student": "Маша",
            "misses": 3,
            "dates": ["2026-09-01", "2026-09-08", "2026-09-15"],
        }
    ]

    def students(*words: str) -> list[str]:
        return column(db, "student", "report", "at-risk", *words, today=ON)

    assert students("--misses", "2") == ["Маша", "Яна"]
    assert students("--misses", "2", "--reason", "-") == ["Яна"]
    assert students("--misses", "2", "--reason", "уп", "--reason", "-", "--status", "trial-done") == ["Яна"]
    assert students("--misses", "2", "--status", "Купил абонемент") == ["Маша"]


def test_no_subscription(db: Path) -> None:
    told = [(row["lesson_date"], row["student"], row["group"]) for row in rows(db, "no-subscription")]
    assert ("2026-09-08", "Яна", "Робо 1") in told
    assert {student for _day, student, _group in told} == {"Маша", "Яна"}


def test_schedule_options(db: Path) -> None:
    assert rows(db, "schedule", "--client", "Анна", "--period", "this-week", "--hide", "room,teacher") == [
        {
            "weekday": 2,
            "date": "2026-09-22",
            "time": "18:00",
            "minutes": 60,
            "location": "Центр",
            "subject": "Роботы",
            "group": "Робо 1",
            "student": "Маша, Петя",
        }
    ]
    for words in (("--student", "Яна"), ("--group", "Робо"), ("--teacher", "Ольга"), ("--room", "101")):
        assert len(rows(db, "schedule", *words)) == 5
    assert len(rows(db, "schedule", "--from", "2026-10-01", "--to", "2026-10-14")) == 2


def test_attendees_options(db: Path) -> None:
    assert [list(row.values())[2:] for row in rows(db, "attendees")] == [
        ["Маша", 0, 3, 0],
        ["Петя", 3, 0, 0],
        ["Яна", 1, 0, 2],
    ]
    assert list(rows(db, "attendees")[0])[3:] == ["Групповое", "Групповое:УП", "Групповое:-"]

    def students(*words: str) -> list[str]:
        return column(db, "student", "report", "attendees", *words, today=ON)

    assert students("--who", "active") == ["Маша", "Петя"]
    assert students("--who", "leads") == ["Яна"]
    assert students("--presence", "attended") == ["Петя", "Яна"]
    assert students("--presence", "absent", "--reason", "УП") == ["Маша"]
    assert students("--subject", "Роботы", "--type", "Групповое", "--location", "Центр", "--teacher", "Ольга") == [
        "Маша",
        "Петя",
        "Яна",
    ]
    assert students("--responsible", "Ольга") == students("--period", "2026-08") == []
    with writing_school(db, TODAY) as school:
        school.db.execute("UPDATE client SET archived_on = '2026-09-22' WHERE id = 2")
    assert students("--skip-archived") == ["Маша", "Петя"]


def test_tests_options(db: Path) -> None:
    assert rows(db, "tests", "--group", "Робо", "--teacher", "Ольга", "--subject", "Роботы", "--sort", "-date") == [
        {
            "client": "Анна Иванова",
            "student": "Петя",
            "subject": "Роботы",
            "group": "Робо 1",
            "teacher": "Ольга",
            "date": "2026-09-01",
            "result": 4.5,
            "client_average": 4.5,
        }
    ]
    assert rows(db, "tests", "--period", "2026-08") == []
    assert len(rows(db, "tests", "--skip-archived")) == 1


def test_ltv_options(db: Path) -> None:
    told = answer(db, "report", "ltv", today=ON)
    assert [
        (row["client"], row["lessons"], row["payments"], row["ltv"], row["vs_average"]) for row in told["rows"]
    ] == [
        ("Анна Иванова", 3, 1, "1400.00", "550.00"),
        ("Борис Ли", 1, 1, "300.00", "-550.00"),
    ]
    assert told["totals"] == {"lessons": 4, "payments": 2, "ltv": "1700.00", "average": "850.00"}

    def sums(*words: str) -> list[str]:
        return column(db, "ltv", "report", "ltv", *words, today=ON)

    assert sums("--kinds", "goods") == ["300.00", "0.00"]
    assert sums("--top", "1") == sums("--min", "300") == ["1400.00"]
    assert sums("--min", "299,99", "--skip-archived") == ["1400.00", "300.00"]
    assert sums("--period", "2026-08") == ["0.00"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("who-pays", "--on", "32.13.2026"), 1, "32.13.2026"),
        (("at-risk", "--misses", "0"), 1, "0"),
        (("at-risk", "--misses", "many"), 1, "many"),
        (("at-risk", "--reason", "Танцы"), 1, "Танцы"),
        (("at-risk", "--status", "Танцует"), 1, "Танцует"),
        (("at-risk", "--period", "2026-09"), 2, "--period"),
        (("schedule", "--hide", "time"), 1, "time"),
        (("schedule", "--room", "909"), 1, "909"),
        (("schedule", "--client", "Зоя"), 1, "Зоя"),
        (("attendees", "--who", "nobody"), 1, "nobody"),
        (("attendees", "--presence", "late"), 1, "late"),
        (("attendees", "--location", "Луна"), 1, "Луна"),
        (("attendees", "--responsible", "Зоя"), 1, "Зоя"),
        (("tests", "--sort", "teacher"), 1, "teacher"),
        (("tests", "--group", "Танцы"), 1, "Танцы"),
        (("ltv", "--kinds", "refund"), 1, "refund"),
        (("ltv", "--top", "-5"), 1, "-5"),
        (("ltv", "--min", "много"), 1, "много"),
        (("ltv", "--period", "2026-09", "--to", "2026-09-05"), 2, "--period"),
    ],
)
def test_what_is_refused_is_named(db: Path, words: tuple[str, ...], code: int, said: str) -> None:
    answered, out, err = run_cli("report", *words, db=db, today=ON)
    assert (answered, out) == (code, "")
    assert said in err


def test_keys_are_english_in_russian_too(db: Path) -> None:
    for report in KEYS:
        _code, out, _err = run_cli("report", report, "--format", "json", db=db, lang="ru", today=ON)
        assert json.loads(out)["rows"] == rows(db, report)
