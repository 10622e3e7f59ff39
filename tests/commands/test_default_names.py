"""What every school begins with answers to its code and to its name in either language (R20, R23, R37)."""

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
    join,
    make_school,
    reading_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import NotFound
from schoolcrm.core.learning.catalogues import add_entry, archive_entry, entry_name, find_entry, rename_entry

FIRST = date(2026, 9, 1)
TYPES = ("Individual", "individual", "INDIVIDUAL", "Индивидуальное")
CASH = ("cash", "Cash", "Наличные", "наличные")
EXCUSED = ("EA", "ea", "Excused absence", "УП", "уп", "Уважительная причина")
SHOWN = {
    "ru": {"type": "Индивидуальное", "account": "Наличные", "reason": "УП"},
    "en": {"type": "Individual", "account": "Cash", "reason": "EA"},
}


@pytest.fixture(params=["ru", "en"])
def language(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path, language: str) -> Path:
    """Robo meets on Tuesdays; Anna is in it and pays 100.00 a lesson."""
    made = make_school(tmp_path, language)
    with writing_school(made, FIRST) as school:
        anna = add_client(school, "Anna", student="Peter")
        robo = add_group(school, "Robo")
        join(school, robo, student_of(school, anna), FIRST)
        add_schedule(school, group_id=robo, days="tue", time="10:00", first_on=FIRST)
        sell_plan(school, student_of(school, anna), add_plan(school, "lesson", 10_000), FIRST)
    return made


def command(path: Path, *arguments: str) -> str:
    code, out, err = run_cli(*arguments, db=path, today="2026-09-30", lang="en")
    assert code == 0, err
    return out


def table(path: Path, *arguments: str) -> dict[str, Any]:
    return dict(json.loads(command(path, *arguments, "--format", "json")))


def one(path: Path, query: str) -> Any:
    with reading_school(path) as school:
        return school.db.execute(query).fetchone()[0]


def count(path: Path, name: str) -> int:
    return int(one(path, f"SELECT count(*) FROM {name}"))


@pytest.mark.parametrize("name", EXCUSED)
def test_r23_an_absence_names_a_default_reason_in_either_language(path: Path, language: str, name: str) -> None:
    shown = SHOWN[language]["reason"]
    query = "SELECT absence_reason.short FROM mark JOIN absence_reason ON absence_reason.id = mark.reason_id"
    command(path, "lessons", "hold", "Robo", "2026-09-01", "--absent", f"Peter:{name}")
    assert one(path, query) == shown
    command(path, "lessons", "mark", "1", "Peter", "present")
    command(path, "lessons", "mark", "1", "Peter", "absent", "--reason", name)
    assert one(path, query) == shown
    assert one(path, "SELECT sum(charge) FROM mark") == 0


@pytest.mark.parametrize("name", ["НП", "UA"])
def test_r20_reports_take_a_default_reason_and_show_the_schools_name(path: Path, language: str, name: str) -> None:
    own = {"ru": ("НП", "Неуважительная причина"), "en": ("UA", "Unexcused absence")}[language]
    for day in ("2026-09-01", "2026-09-08", "2026-09-15"):
        command(path, "lessons", "hold", "Robo", day, "--absent", f"Peter:{name}")
    attendees = table(path, "report", "attendees", "--reason", name, "--period", "2026-09")
    assert attendees["parameters"]["reasons"] == [own[1]]
    assert own[0] in json.dumps(attendees["rows"], ensure_ascii=False)
    assert len(table(path, "report", "at-risk", "--reason", name)["rows"]) == 1


@pytest.mark.parametrize("name", ["УП", "EA"])
def test_r66_a_file_of_lessons_names_a_default_reason_in_either_language(
    path: Path, language: str, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "lessons.csv"
    file.write_text(
        "date,time,group,student,attended,reason\n"
        f"2026-09-01,10:00,Robo,Peter,absent,{name}\n2026-09-08,10:00,Robo,Peter,{name},\n",
        encoding="utf-8",
    )
    command(path, "lessons", "import", str(file), "--yes")
    assert (
        one(path, "SELECT group_concat(DISTINCT short) FROM mark JOIN absence_reason ON absence_reason.id = reason_id")
        == (SHOWN[language]["reason"])
    )
    assert count(path, "mark") == 2


@pytest.mark.parametrize("name", TYPES)
def test_r20_every_option_type_takes_a_code_and_either_language(path: Path, language: str, name: str) -> None:
    shown = SHOWN[language]["type"]
    command(path, "lessons", "plan", "--student", "Peter", "--on", "2026-09-30", "--at", "12:00", "--type", name)
    of_lesson = "SELECT lesson_type.name FROM lesson JOIN lesson_type ON lesson_type.id = lesson_type_id"
    assert one(path, of_lesson) == shown
    command(path, "schedule", "add", "--student", "Peter", "--days", "fri", "--at", "12:00", "--type", name, "--yes")
    command(path, "subscription", "plans", "add", "P", "--kind", "lesson", "--price", "5", "--type", name)
    command(path, "subscription", "sell", "Peter", "P", "--type", name)
    command(path, "discounts", "add", "Peter", "--percent", "10", "--type", name)
    command(path, "contracts", "add", "Anna", "--type", name, "--visits", "1", "--amount", "5")
    for source in ("plan_lesson_type", "subscription_lesson_type", "discount_lesson_type", "contract"):
        assert one(path, f"SELECT name FROM {source} JOIN lesson_type ON lesson_type.id = lesson_type_id") == shown
    for report in (("attendees",), ("journal", "Anna")):
        found = table(path, "report", *report, "--type", name, "--period", "2026-09")
        assert found["parameters"]["lesson_types"] == [shown]


@pytest.mark.parametrize("name", ["make-up", "Make-up", "Отработка", "trial", "Пробное", "group", "Групповое"])
def test_r20_a_query_takes_a_code_and_either_language(path: Path, name: str) -> None:
    rows = table(path, "lessons", "list", f"type:{name}", "--period", "2026-09")["rows"]
    assert len(rows) == (5 if name in ("group", "Групповое") else 0)
    assert len(table(path, "lessons", "list", f"type:={name}", "--period", "2026-09")["rows"]) == len(rows)
    others = table(path, "lessons", "list", f"^type:{name}", "--period", "2026-09")["rows"]
    assert len(others) == 5 - len(rows)


@pytest.mark.parametrize("name", CASH)
def test_r37_a_payment_names_a_default_account_in_either_language(
    path: Path, language: str, name: str, tmp_path: Path
) -> None:
    command(path, "payments", "add", "Anna", "5", "--account", name)
    command(path, "payments", "add", "Anna", "6", "--account", name, "--new")
    file = tmp_path / "payments.csv"
    file.write_text(f"client,date,amount,account\nAnna,2026-09-02,7,{name}\n", encoding="utf-8")
    command(path, "payments", "import", str(file), "--yes")
    file.write_text(f"client,date,amount,account\nAnna,2026-09-03,8,{name}\n", encoding="utf-8")
    command(path, "payments", "import", str(file), "--yes", "--new")
    rows = table(path, "payments", "list")["rows"]
    assert [row["account"] for row in rows] == [SHOWN[language]["account"]] * 4
    assert count(path, "account") == 2


def test_the_schools_own_name_goes_before_a_default_of_another_language(tmp_path: Path) -> None:
    with writing_school(make_school(tmp_path), FIRST) as school:
        for kind, name in (("accounts", "Cash"), ("lesson-types", "Trial"), ("absence-reasons", "EA")):
            own = add_entry(school, kind, name, even_so=True)
            assert find_entry(school.db, kind, name) == own
            archive_entry(school, kind, own)
            assert entry_name(school.db, kind, find_entry(school.db, kind, name)) != name


def test_a_code_stays_when_the_entry_is_renamed_and_a_renamed_account_is_no_default(tmp_path: Path) -> None:
    with writing_school(make_school(tmp_path), FIRST) as school:
        individual = find_entry(school.db, "lesson-types", "individual")
        rename_entry(school, "lesson-types", individual, "Один на один")
        for name in ("individual", "Individual", "Индивидуальное", "Один на один"):
            assert find_entry(school.db, "lesson-types", name) == individual
        rename_entry(school, "accounts", find_entry(school.db, "accounts", "cash"), "Касса")
        with pytest.raises(NotFound, match="cash"):
            find_entry(school.db, "accounts", "cash")


def test_completion_offers_the_schools_names_only(path: Path, language: str) -> None:
    from schoolcrm.core.listing.completions import names_beginning

    with reading_school(path) as school:
        other = {"ru": "en", "en": "ru"}[language]
        assert names_beginning(school.db, "lesson-types", SHOWN[other]["type"]) == []
