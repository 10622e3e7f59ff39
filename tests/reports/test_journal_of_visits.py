"""The journal of visits: states, grouping, filters, optional columns, totals and legend."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_entry,
    add_group,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    student_of,
    writing_school,
)
from hypothesis import given, settings
from ledger_world import FIRST, HISTORIES, LAST, Event, world

from schoolcrm.core.errors import BadValue
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.journal import LEGEND, Journal, journal_table, read_journal

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))
TODAY = date(2026, 9, 20)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """The client 1: Петя in the group 1 (Роботы, Tuesdays), Маша with lessons of her own on Saturdays."""
    with writing_school(make_school(tmp_path), TODAY) as school:
        client = add_client(school, "Анна", student="Петя")
        masha = add_student(school, client, "Маша")
        add_group(school, "Робо", "Роботы")
        join(school, 1, student_of(school, client), FIRST)
        add_schedule(school, group_id=1, days="tue", first_on=FIRST)
        add_schedule(school, student_id=masha, days="sat", time="10:00", first_on=FIRST)
        yield school


def journal(school: Any, period: Period = SEPTEMBER, **how: Any) -> Journal:
    return read_journal(school.db, 1, period, TODAY, **how)


def rows(found: Journal, *keys: str, shown: tuple[str, ...] = ("topic", "reason")) -> list[tuple[Any, ...]]:
    table = journal_table(found, shown)
    places = [next(at for at, column in enumerate(table.columns) if column.key == key) for key in keys]
    return [tuple(row[at] for at in places) for row in table.rows]


def totals(found: Journal) -> dict[str, int]:
    return {fact.key: fact.value for fact in journal_table(found).totals}


def test_each_lesson_of_the_period_in_its_state(school: Any) -> None:
    hold(school, 1, date(2026, 9, 1), present=[1])
    hold(school, 1, date(2026, 9, 8), absent={1: "УП"})
    school.db.execute("UPDATE lesson SET topic = 'Моторы' WHERE id = 1")
    school.db.execute("UPDATE mark SET homework_grade = '5' WHERE lesson_id = 1")
    school.db.execute(
        "INSERT INTO lesson (group_id, on_date, time, minutes, state, lesson_type_id, schedule_id, occurrence_on)"
        " VALUES (1, '2026-09-15', '18:00', 60, 'cancelled', 1, 1, '2026-09-15')"
    )
    found = journal(school, student_id=1)
    assert rows(found, "date", "student", "state", "grade", "topic", "reason", "lesson_type", "subject") == [
        (date(2026, 9, 1), "Петя", "attended", "5", "Моторы", None, "Групповое", "Роботы"),
        (date(2026, 9, 8), "Петя", "missed", None, None, "Уважительная причина", "Групповое", "Роботы"),
        (date(2026, 9, 15), "Петя", "cancelled", None, None, None, "Групповое", None),
        (date(2026, 9, 22), "Петя", "planned", None, None, None, "Групповое", "Роботы"),
        (date(2026, 9, 29), "Петя", "planned", None, None, None, "Групповое", "Роботы"),
    ]
    assert totals(found) == {"planned": 2, "attended": 1, "missed": 1, "cancelled": 1}
    assert list(journal_table(found).notes) == list(LEGEND.values())


def test_the_columns_of_the_contract_come_in_its_order(school: Any) -> None:
    keys = [column.key for column in journal_table(journal(school)).columns]
    contract = "date student state grade topic reason lesson_type subject"
    assert " ".join(key for key in keys if key in contract.split()) == contract


def test_it_is_grouped_by_lesson_type_subject_or_not(school: Any) -> None:
    def order(grouping: str) -> list[str]:
        return [student for (student,) in rows(journal(school, grouping=grouping), "student")]

    assert order("lesson-type") == ["Петя"] * 5 + ["Маша"] * 4
    assert order("subject") == ["Маша"] * 4 + ["Петя"] * 5  # no subject comes first
    assert order("none") == ["Петя", "Маша"] * 4 + ["Петя"]
    tables = {one: journal_table(journal(school, grouping=one)) for one in ("lesson-type", "subject", "none")}
    sections = [table.sections.column if table.sections else None for table in tables.values()]
    assert sections == ["lesson_type", "subject", None]
    with pytest.raises(BadValue, match="month"):
        journal(school, grouping="month")


def test_it_is_filtered_by_student_subject_and_lesson_type(school: Any) -> None:
    chess = add_entry(school, "subjects", "Шахматы")
    individual = school.db.execute("SELECT id FROM lesson_type WHERE code = 'individual'").fetchone()[0]
    assert totals(journal(school, student_id=2))["planned"] == 4
    assert totals(journal(school, subject_ids=[1, chess]))["planned"] == 5
    assert totals(journal(school, subject_ids=[chess]))["planned"] == 0
    found = journal(school, lesson_type_ids=[individual])
    assert totals(found)["planned"] == 4
    facts = {fact.key: fact.value for fact in journal_table(found).parameters}
    assert facts["lesson_types"] == ["Индивидуальное"]
    assert facts["group_by"] == "lesson-type"


def test_topic_reason_and_note_are_shown_on_demand(school: Any) -> None:
    hold(school, 1, date(2026, 9, 1), present=[1])
    school.db.execute("UPDATE lesson SET note = 'пришёл директор'")
    found = journal(school, Period(FIRST, FIRST))
    assert rows(found, "note", shown=("note",)) == [("пришёл директор",)]
    school.db.execute("UPDATE mark SET note = 'молодец'")
    assert rows(journal(school, Period(FIRST, FIRST)), "note", shown=("note",)) == [("молодец",)]

    def visible(*shown: str) -> set[str]:
        return {column.key for column in journal_table(found, shown).columns if not column.hidden}

    assert visible("topic", "reason") - visible() == {"topic", "reason"}
    assert visible("note") - visible() == {"note"}
    with pytest.raises(BadValue, match="grade"):
        journal_table(found, ["grade"])


def test_a_guest_sees_the_lesson_once_it_is_held(school: Any) -> None:
    other = add_client(school, "Борис", student="Яна")
    hold(school, 1, FIRST, present=[1, student_of(school, other)])
    found = read_journal(school.db, other, SEPTEMBER, TODAY)
    assert rows(found, "date", "state") == [(FIRST, "attended")]


def test_open_periods_reach_from_the_beginning_to_a_year_ahead(school: Any) -> None:
    everything = rows(journal(school, Period(None, None), student_id=1), "date")
    assert (everything[0], everything[-1]) == ((FIRST,), (date(2027, 9, 14),))
    later = rows(journal(school, Period(date(2028, 1, 1), None), student_id=1), "date")
    assert (later[0], later[-1]) == ((date(2028, 1, 4),), (date(2028, 12, 26),))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("journal"))


@settings(max_examples=20, deadline=None)
@given(history=HISTORIES)
def test_it_holds_every_mark_and_every_lesson_still_planned(path: Path, history: list[Event]) -> None:
    with world(path) as here:
        for event in history:
            here.happen(event)
        names = dict(here.school.db.execute("SELECT id, name FROM student"))
        for client in here.clients:
            theirs = [one for one, owner in here.oracle.client_of.items() if owner == client]
            expected = [
                (mark.lesson.on, mark.lesson.time, names[mark.student], "attended" if mark.attended else "missed")
                for mark in here.oracle.marks.values()
                if mark.student in theirs
            ]
            expected += [
                (one.on, one.time, names[student], "planned") for student in theirs for one in here.planned(student)
            ]
            found = read_journal(
                here.school.db, client, Period(FIRST, LAST + timedelta(days=9)), FIRST, grouping="none"
            )
            told = [(visit.on, visit.time, visit.student, visit.state) for visit in found.visits]
            assert sorted(one for one in told if one[3] != "cancelled") == sorted(expected)
