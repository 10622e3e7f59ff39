"""R66: a file of lessons leaves the school as holding them one by one does, and keeps nobody from working."""

import csv
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from random import Random
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
    reading_school,
    sell_plan,
    writing_school,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused, SchoolError
from schoolcrm.core.importing.lessons import LESSONS, ImportedLessons, import_lessons
from schoolcrm.core.importing.transfer import TableFile, Wishes
from schoolcrm.core.learning.attendance import Attendance
from schoolcrm.core.learning.lesson_lookup import blank_lesson, lesson_of_group, lesson_of_student
from schoolcrm.core.learning.lessons import hold as hold_lesson
from schoolcrm.core.rules.dates import parse_date

TODAY = date(2026, 9, 1)
BEGAN = date(2026, 6, 1)
HEAD = ["Дата", "Время", "Группа", "Ученик", "Посещение", "Причина", "Тема"]


def row(student: str, attended: str, **cells: str) -> list[str]:
    filled = {**cells, "student": student, "attended": attended}
    return [filled.get(key, "") for key in ("on", "time", "group", "student", "attended", "reason", "topic")]


def bring(school: Path, rows: Sequence[Sequence[str]]) -> ImportedLessons:
    path = school.with_name("l.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEAD, *rows])
    return import_lessons(school, TableFile(LESSONS, path, Wishes()), TODAY, user="tester")


def rows_of(school: Path, query: str) -> list[tuple[Any, ...]]:
    with reading_school(school) as open_school:
        return open_school.db.execute(query).fetchall()


STUDENTS = ["Пётр Иванов", "Ева Ли", "Лев Ким", "Аня Белова"]
HELD = st.lists(
    st.tuples(
        st.sampled_from(["Робо 1", "Танцы", "Пётр Иванов", "Аня Белова"]),  # groups, or whose own lesson it is
        st.dates(date(2026, 6, 1), date(2026, 8, 31)),
        st.sampled_from(["10:00", "18:00"]),
        st.lists(st.sampled_from(["да", "да", "УП", "НП", "нет", ""]), min_size=4, max_size=4),
        st.sampled_from(["", "", "Колёса"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda lesson: lesson[:3],
)
AFTER = (
    "SELECT * FROM mark ORDER BY 1, 2, 3",
    "SELECT * FROM lesson ORDER BY id",
    "SELECT * FROM trial ORDER BY id",
    "SELECT id, status_id, stage_id, studies, trial_spent FROM client ORDER BY id",
    "SELECT id, client_id, scale, from_id, to_id, on_date, user, reason, note FROM status_change ORDER BY id",
)


def lively_school(path: Path) -> Path:
    """Four students with all kinds of plans, discounts, a freeze, a trial booked and lessons that were held before."""
    with writing_school(make_school(path), BEGAN) as school:
        for name in STUDENTS:
            add_client(school, name)
        robo, dance = add_group(school, "Робо 1"), add_group(school, "Танцы")
        add_schedule(school, group_id=robo, first_on=BEGAN)
        for group, student in ((robo, 1), (robo, 2), (robo, 3), (dance, 2), (dance, 4)):
            join(school, group, student, BEGAN)
        sell_plan(school, 1, add_plan(school, "package", 200000, 3), BEGAN)
        sell_plan(school, 1, add_plan(school, "month", 400000), BEGAN)
        sell_plan(school, 2, add_plan(school, "month", 300000), BEGAN)
        sell_plan(school, 4, add_plan(school, "lesson", 70000), BEGAN)
        school.db.execute("INSERT INTO discount (student_id, percent, first_on) VALUES (2, 10, '2026-07-01')")
        school.db.execute(
            "INSERT INTO freeze (student_id, first_on, last_on, excused) VALUES (4, '2026-07-06', '2026-07-12', 1)"
        )
    with writing_school(path / "school.db", TODAY) as school:
        hold(school, robo, date(2026, 6, 8), present=[1, 2], absent={3: "НП"})
    return path / "school.db"


def one_by_one(school: Path, rows: list[list[str]]) -> int:
    """Hold the lessons of the rows as a person would, by the days; return how many rows were refused."""
    numbers = {name: number for number, name in enumerate(STUDENTS, start=1)}
    refused = 0
    with writing_school(school, TODAY) as at:
        ids = dict(at.db.execute("SELECT name, id FROM study_group"))
        reasons = dict(at.db.execute("SELECT short, id FROM absence_reason"))

        def of(row: list[str]) -> tuple[Any, ...]:
            day, group, owner = parse_date(row[0], TODAY), ids.get(row[2]), numbers[row[3]]
            return (day, row[1], group is not None, group or 0, 0 if group else owner)

        for (day, time, _is_of_group, group, owner), told in groupby(sorted(rows, key=of), key=of):
            lines = list(told)
            at.db.execute("SAVEPOINT lesson")
            try:
                if group:
                    lesson = lesson_of_group(at.db, group, day, time).lesson
                else:
                    own = lesson_of_student(at.db, owner, day, time)
                    lesson = own or blank_lesson(at.db, day, time, student_id=owner)
                known = {
                    one
                    for (one,) in at.db.execute("SELECT student_id FROM mark WHERE lesson_id = ?", (lesson.lesson_id,))
                }
                said = [Attendance(numbers[line[3]], line[4] == "да", reasons.get(line[4])) for line in lines]
                new = [one for one in said if one.student_id not in known]
                if new:
                    hold_lesson(at, lesson, new, topic=max(line[6] for line in lines))
            except SchoolError:
                at.db.execute("ROLLBACK TO lesson")
                refused += len(lines)
            at.db.execute("RELEASE lesson")
    return refused


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HELD, st.randoms(use_true_random=False))
def test_r66_a_file_leaves_what_holding_its_lessons_one_by_one_leaves(
    tmp_path_factory: pytest.TempPathFactory, lessons: list[tuple[Any, ...]], chance: Random
) -> None:
    """Charges of R31–R35, trials and statuses included, whatever the order of the rows."""
    rows = [
        row(student, said, on=f"{on:%d.%m.%Y}", time=time, group="" if whose in STUDENTS else whose, topic=topic)
        for whose, on, time, said_of_each, topic in lessons
        for student, said in zip(STUDENTS, said_of_each, strict=True)
        if said and whose in ("Робо 1", "Танцы", student)
    ]
    assume(rows)
    chance.shuffle(rows)
    school, other = (lively_school(tmp_path_factory.mktemp(name)) for name in ("file", "desk"))
    refused = one_by_one(other, rows)
    try:
        assert len(bring(school, rows).transferred.reasons) == refused
    except Refused:
        assert refused == len(rows)
    assert [rows_of(school, query) for query in AFTER] == [rows_of(other, query) for query in AFTER]
