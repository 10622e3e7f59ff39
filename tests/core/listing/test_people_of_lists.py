"""Who is found by teachers, by the days of subscriptions and by the ready filters (R52)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_phone,
    add_plan,
    add_schedule,
    add_student,
    join,
    make_school,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import BadValue
from schoolcrm.core.listing.client_fields import CLIENTS
from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS
from schoolcrm.core.people.custom_fields import add_field, find_field, set_values


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as school:
        yield school


def found(school: Any, *query: str, registry: Any = CLIENTS, **wish: Any) -> list[str]:
    listing = list_rows(school.db, TODAY, registry, Wish(query=query, columns=["name"], **wish))
    return [name for (name,) in listing.rows]


def test_r52_teacher_is_of_the_schedule_or_responsible_and_responsible_only_the_latter(school: Any) -> None:
    kim, lee = add_entry(school, "teachers", "Ким"), add_entry(school, "teachers", "Ли")
    answered_for, taught_alone, of_group, of_schedule = (
        student_of(school, add_client(school, name)) for name in ("Анна", "Борис", "Вера", "Галя")
    )
    school.db.execute("INSERT INTO student_teacher VALUES (?, ?)", (answered_for, kim))
    add_schedule(school, student_id=taught_alone, days="mon", teacher_id=kim)
    by_group = add_group(school, "Робо", teacher_id=kim)
    join(school, by_group, of_group, TODAY)
    by_line = add_group(school, "Шахматы", teacher_id=lee)
    add_schedule(school, group_id=by_line, days="tue", teacher_id=kim)
    join(school, by_line, of_schedule, TODAY)
    for registry in (CLIENTS, STUDENTS):
        assert found(school, "teacher:ким", registry=registry) == ["Анна", "Борис", "Вера", "Галя"]
        assert found(school, "responsible_teacher:ким", registry=registry) == ["Анна"]
        assert found(school, "teacher:ли", registry=registry) == []
        assert found(school, "^teacher:ким", registry=registry) == []


def test_r52_subscription_end_is_an_overlap(school: Any) -> None:
    plan = add_plan(school, "lesson", 100000)
    for name, last_on in (
        ("Годовая", date(2025, 1, 22)),
        ("Ушедшая", date(2024, 4, 11)),
        ("Крайняя", date(2024, 4, 12)),
        ("Вечная", None),
    ):
        student = student_of(school, add_client(school, name))
        sell_plan(school, student, plan, date(2024, 1, 22), last_on=last_on)
    late = student_of(school, add_client(school, "Поздняя"))
    sell_plan(school, late, plan, date(2024, 4, 22))
    asked = "subscription_end:2024-04-12..2024-04-21"
    for registry in (CLIENTS, STUDENTS):
        assert found(school, asked, registry=registry) == ["Вечная", "Годовая", "Крайняя"]
        assert found(school, "subscription_end:12.04.2024..21.04.2024", registry=registry) == found(
            school, asked, registry=registry
        )
        assert found(school, "subscription_end:..2024-03", registry=registry) == [
            "Вечная", "Годовая", "Крайняя", "Ушедшая"
        ]  # fmt: skip
        assert found(school, f"^{asked}", registry=registry) == ["Поздняя", "Ушедшая"]


def test_r52_ready_filters(school: Any) -> None:
    anna, boris = add_client(school, "Анна", phone="89161234567"), add_client(school, "Борис")
    add_phone(school, boris, "+7 916 123-45-67")
    vera = add_client(school, "Вера", status="bought")
    gone = add_client(school, "Архивная")
    school.db.execute("UPDATE client SET archived_on = '2026-08-01' WHERE id = ?", (gone,))
    child = student_of(school, anna)
    school.db.execute("UPDATE student SET birthday = '2018-09-30' WHERE id = ?", (child,))
    school.db.execute("UPDATE client SET studies = 1 WHERE id = ?", (vera,))
    group = add_group(school, "Робо")
    join(school, group, child, date(2026, 8, 1), TODAY)
    join(school, group, student_of(school, boris), date(2026, 8, 1), date(2026, 8, 31))
    sell_plan(school, child, add_plan(school, "lesson", 100000), date(2026, 8, 1))
    sell_plan(
        school, student_of(school, vera), add_plan(school, "month", 5), date(2026, 7, 1), last_on=date(2026, 8, 31)
    )
    school.db.execute(
        "INSERT INTO payment (client_id, kind, on_date, amount, effect) VALUES (?, 'adjustment', '2026-07-05', -5, -5)",
        (boris,),
    )
    answers = {
        "grouped": ["Анна"],
        "ungrouped": ["Борис", "Вера"],
        "birthday": ["Анна"],
        "archived": ["Архивная"],
        "debtor": ["Борис"],
        "unsubscribed": ["Борис", "Вера"],
        "duplicate": ["Анна", "Борис"],
        "lead": ["Анна", "Борис"],
    }
    leads = found(school, "lead:yes")
    for flag, names in answers.items():
        expected = leads if flag == "lead" else names
        assert found(school, f"is:{flag}") == expected, flag
        assert found(school, f"is:{flag}", registry=STUDENTS) == expected, flag
    assert set(CLIENTS.flags) == set(STUDENTS.flags) == set(answers)


def test_ages_are_sorted_as_numbers_by_the_youngest(school: Any) -> None:
    for name, births in (("Анна", ["2016-01-01"]), ("Борис", ["2017-01-01", "2019-01-01"]), ("Вера", ["2018-01-01"])):
        client = add_client(school, name)
        school.db.execute("UPDATE student SET birthday = ? WHERE client_id = ?", (births[0], client))
        for born in births[1:]:
            school.db.execute(
                "UPDATE student SET birthday = ? WHERE id = ?", (born, add_student(school, client, "мл."))
            )
    add_client(school, "Ёлка")
    assert found(school, sort=["age"]) == ["Борис", "Вера", "Анна", "Ёлка"]
    assert found(school, sort=["-age"]) == ["Анна", "Вера", "Борис", "Ёлка"]


def test_a_choice_is_found_by_its_name_or_part_and_sorted_as_the_school_has_put_it(school: Any) -> None:
    add_field(school, "client", "Смена", type="choice", choices=["Утро", "День", "Утро и день"])
    shift = find_field(school.db, "client", "Смена")
    for name, value in (("Анна", "День"), ("Борис", "Утро"), ("Вера", "Утро и день")):
        set_values(school, "client", add_client(school, name), {shift: value})
    add_client(school, "Галя")
    assert found(school, "field.смена:утро") == ["Борис"]
    assert found(school, "field.смена:де") == ["Анна", "Вера"]
    assert found(school, "field.смена:=Утро и день") == ["Вера"]
    assert found(school, "field.смена:день,утро") == ["Анна", "Борис"]
    assert found(school, "field.смена:") == ["Галя"]
    assert found(school, sort=["field.смена"]) == ["Борис", "Анна", "Вера", "Галя"]
    assert found(school, sort=["-field.смена"]) == ["Вера", "Анна", "Борис", "Галя"]
    for term in ("field.смена:ночь", "field.смена:=Утр"):
        with pytest.raises(BadValue, match="is not one of the choices") as caught:
            found(school, term)
        assert caught.value.hint == "Choose from: Утро, День, Утро и день."


@pytest.mark.parametrize("written", ["field.Сделка этап", "field.сделка   этап", "FIELD.Сделка этап"])
def test_an_own_field_with_signs_in_its_name_is_written_without_them(school: Any, written: str) -> None:
    add_field(school, "client", "Сделка: этап")
    stage = find_field(school.db, "client", "сделка этап")
    set_values(school, "client", add_client(school, "Анна"), {stage: "Договор"})
    add_client(school, "Борис")
    assert found(school, f"{written}:договор", sort=[f"-{written}"]) == ["Анна"]
    (field,) = list_rows(school.db, TODAY, CLIENTS, Wish(columns=[written])).fields
    assert (field.key, field.label) == ("field.Сделка: этап", "Сделка: этап")
