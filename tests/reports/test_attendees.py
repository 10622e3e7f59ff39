"""Attendees of a period (§5): who came, how often, absences by reason."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_entry, add_plan, add_student, make_school, sell_plan, student_of, writing_school
from lesson_records import archive, delete_client, held, insert, mark, reason_id, type_id, visit

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.attendees import Choice, attendees_table, choice_facts, find_attendees
from schoolcrm.reports.filters import NO_REASON

TODAY = date(2026, 9, 30)
FIRST = date(2026, 9, 1)
SEPTEMBER = Period(FIRST, TODAY)
DAY = timedelta(days=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as here:
        yield here


def shown(school: Any, period: Period = SEPTEMBER, **choice: Any) -> list[dict[str, Any]]:
    """Return the rows of the report without the client."""
    table = attendees_table(find_attendees(school.db, period, Choice(**choice)))
    keys = [column.key for column in table.columns]
    assert keys[:3] == ["client_id", "client", "student"]
    return [dict(zip(keys[2:], row[2:], strict=True)) for row in table.rows]


def students(school: Any, **choice: Any) -> list[str]:
    return [row["student"] for row in shown(school, **choice)]


def one(school: Any, name: str, *, studies: bool = False) -> int:
    client = add_client(school, name)
    school.db.execute("UPDATE client SET studies = ? WHERE id = ?", (studies, client))
    return student_of(school, client)


@pytest.fixture
def month(school: Any) -> Any:
    """Анна came twice, missed for УП and without a reason, and had a group lesson; Борис only missed."""
    anna, boris = one(school, "Анна", studies=True), one(school, "Борис")
    visit(school, anna, FIRST)
    visit(school, anna, FIRST + DAY)
    visit(school, anna, FIRST + 2 * DAY, attended=False, reason_id=reason_id(school, "УП"))
    visit(school, anna, TODAY, attended=False)
    lesson = held(school, anna, TODAY, time="09:00", lesson_type_id=type_id(school, "group"))
    mark(school, anna, lesson)
    visit(school, boris, TODAY, attended=False, reason_id=reason_id(school, "НП"))
    visit(school, boris, FIRST - DAY)
    return school


def test_columns_are_the_types_and_reasons_that_occur(month: Any) -> None:
    assert shown(month) == [
        {
            "student": "Анна",
            "Групповое": 1,
            "Индивидуальное": 2,
            "Индивидуальное:УП": 1,
            "Индивидуальное:НП": 0,
            "Индивидуальное:-": 1,
        },
        {
            "student": "Борис",
            "Групповое": 0,
            "Индивидуальное": 0,
            "Индивидуальное:УП": 0,
            "Индивидуальное:НП": 1,
            "Индивидуальное:-": 0,
        },
    ]


def test_totals_stand_under_their_columns(month: Any) -> None:
    table = attendees_table(find_attendees(month.db, SEPTEMBER))
    assert {fact.key: fact.value for fact in table.totals} == {
        "Групповое": 1,
        "Индивидуальное": 2,
        "Индивидуальное:УП": 1,
        "Индивидуальное:НП": 1,
        "Индивидуальное:-": 1,
    }


def test_presence_and_reasons_narrow(month: Any) -> None:
    assert shown(month, presence="attended") == [{"student": "Анна", "Групповое": 1, "Индивидуальное": 2}]
    assert [list(row.values()) for row in shown(month, presence="absent")] == [["Анна", 1, 0, 1], ["Борис", 0, 1, 0]]
    excused = [reason_id(month, "УП")]
    assert shown(month, presence="absent", reason_ids=excused) == [{"student": "Анна", "Индивидуальное:УП": 1}]
    assert shown(month, reason_ids=excused) == [
        {"student": "Анна", "Групповое": 1, "Индивидуальное": 2, "Индивидуальное:УП": 1}
    ]
    assert shown(month, reason_ids=[NO_REASON]) == [
        {"student": "Анна", "Групповое": 1, "Индивидуальное": 2, "Индивидуальное:-": 1}
    ]
    types = [type_id(month, "group")]
    assert shown(month, lesson_type_ids=types) == [{"student": "Анна", "Групповое": 1}]


def test_clients_leads_and_everybody(month: Any) -> None:
    assert students(month) == ["Анна", "Борис"]
    assert students(month, who="clients") == ["Анна"]
    assert students(month, who="leads") == ["Борис"]


def test_active_as_the_school_understands_it(school: Any) -> None:
    for name, studies in (("Анна", True), ("Борис", False), ("Вера", True), ("Глеб", False)):
        student = one(school, name, studies=studies)
        sold = sell_plan(school, student, add_plan(school, "lesson", 700_00, name=name), FIRST, sold_on=FIRST)
        if name != "Вера":
            visit(school, student, FIRST, subscription_id=sold, basis="paid", price=5, charge=5 * (name == "Борис"))
        else:
            visit(school, student, FIRST, attended=False, subscription_id=sold, basis="paid", price=5, charge=5)
        school.db.execute("UPDATE client SET studies = ? WHERE id = ?", (studies, student))
    upfront = one(school, "Дина")
    sold = sell_plan(school, upfront, add_plan(school, "lesson", 1, name="Сразу"), FIRST)
    visit(school, upfront, FIRST, subscription_id=sold, basis="upfront")
    school.db.execute("UPDATE client SET studies = 0 WHERE name = 'Дина'")
    assert students(school, who="active") == ["Анна"]
    school.db.execute("INSERT INTO setting VALUES ('active_definition', 'paid') ON CONFLICT DO UPDATE SET value='paid'")
    assert students(school, who="active") == ["Борис", "Дина"]


def test_a_client_is_active_by_any_of_the_children(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    school.db.execute("UPDATE client SET studies = 1")
    visit(school, student_of(school, client), FIRST)
    visit(school, add_student(school, client, "Маша"), FIRST, attended=False)
    visit(school, student_of(school, client), FIRST - DAY)
    assert students(school, who="active") == ["Маша", "Петя"]


def test_lessons_are_chosen_by_subject_teacher_and_location(school: Any) -> None:
    location = add_entry(school, "locations", "Центр")
    room = add_entry(school, "rooms", "101", location_id=location)
    subject, teacher = add_entry(school, "subjects", "Роботы"), add_entry(school, "teachers", "Ольга")
    anna, boris = one(school, "Анна"), one(school, "Борис")
    mark(school, anna, held(school, anna, FIRST, subject_id=subject, teacher_id=teacher, room_id=room))
    visit(school, boris, FIRST)
    for choice in ("subject_ids", "teacher_ids", "location_ids"):
        wanted = {"subject_ids": subject, "teacher_ids": teacher, "location_ids": location}[choice]
        assert students(school, **{choice: [wanted]}) == ["Анна"]
        assert students(school, **{choice: [wanted + 1]}) == []
        assert students(school, **{choice: [wanted, wanted + 1]}) == ["Анна"]


def test_the_responsible_teacher_is_the_students_own(month: Any) -> None:
    teacher = add_entry(month, "teachers", "Ольга")
    assert students(month, responsible_id=teacher) == []
    insert(month, "student_teacher", {"student_id": 2, "teacher_id": teacher})
    assert students(month, responsible_id=teacher) == ["Борис"]


def test_an_archived_teacher_is_shown_as_such(school: Any) -> None:
    first, second = add_entry(school, "teachers", "Ольга"), add_entry(school, "teachers", "Павел")
    archive(school, "teacher", first)
    facts = choice_facts(school.db, Choice(teacher_ids=[first, second], responsible_id=first))
    assert {fact.key: fact.value for fact in facts} == {
        "teachers": ["Ольга (deleted)", "Павел"],
        "responsible": ["Ольга (deleted)"],
    }


def test_r7_archived_clients_are_in_it_unless_skipped_and_deleted_ones_never(month: Any) -> None:
    archive(month, "client", 1)
    archive(month, "student", 2)
    assert students(month) == ["Анна", "Борис"]
    assert students(month, skip_archived=True) == ["Борис"]
    delete_client(month, 1)
    assert students(month) == ["Борис"]


@pytest.mark.parametrize("choice", [{"who": "nobody"}, {"presence": "late"}])
def test_an_unknown_choice_is_refused(school: Any, choice: dict[str, str]) -> None:
    with pytest.raises(BadValue, match=next(iter(choice.values()))):
        find_attendees(school.db, SEPTEMBER, Choice(**choice))


def test_the_head_says_what_was_asked(school: Any) -> None:
    choice = Choice(reason_ids=[NO_REASON], subject_ids=[add_entry(school, "subjects", "Роботы")], skip_archived=True)
    table = attendees_table(find_attendees(school.db, SEPTEMBER, choice), choice_facts(school.db, choice))
    assert {fact.key: fact.value for fact in table.parameters} == {
        "period": SEPTEMBER,
        "who": "all",
        "presence": "both",
        "subjects": ["Роботы"],
        "reasons": ["without a reason"],
        "skip_archived": True,
    }
