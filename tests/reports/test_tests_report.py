"""Test results of a period (§5, R55): averages, order, filters, archived teachers."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_entry, add_group, make_school, student_of, writing_school
from hypothesis import given
from hypothesis import strategies as st
from lesson_records import archive, delete_client

from schoolcrm.core.errors import BadValue
from schoolcrm.core.learning.test_results import Result, add_result
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.tests import Choice, average_score, choice_facts, find_tests, plain_score, table_of_tests

TODAY = date(2026, 9, 30)
FIRST = date(2026, 9, 1)
SEPTEMBER = Period(FIRST, TODAY)
DAY = timedelta(days=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Анна: 4.5 in robots of the group (Ольга) and 87; Борис: 3 in August and 4 in September."""
    with writing_school(make_school(tmp_path), TODAY) as here:
        teacher = add_entry(here, "teachers", "Ольга")
        group = add_group(here, "Робо 1", "Роботы", teacher_id=teacher)
        anna, boris = (student_of(here, add_client(here, name, student=f"{name} мл.")) for name in ("Анна", "Борис"))
        add_result(here, Result(anna, 450, TODAY, group_id=group))
        add_result(here, Result(anna, 8700, FIRST))
        add_result(here, Result(boris, 300, FIRST - DAY))
        add_result(here, Result(boris, 400, FIRST + DAY))
        yield here


def results(school: Any, period: Period = SEPTEMBER, **choice: Any) -> list[Any]:
    wanted = Choice(**choice)
    table = table_of_tests(find_tests(school.db, period, wanted), period, wanted)
    at = [column.key for column in table.columns].index("result")
    return [row[at] for row in table.rows]


def test_rows_averages_and_the_groups_subject_and_teacher(school: Any) -> None:
    table = table_of_tests(find_tests(school.db, SEPTEMBER), SEPTEMBER, Choice())
    keys = "client student subject group teacher date result client_average"
    assert [column.key for column in table.columns] == keys.split()
    assert table.rows == [
        ("Анна", "Анна мл.", None, None, None, "2026-09-01", 87, 45.75),
        ("Анна", "Анна мл.", "Роботы", "Робо 1", "Ольга", "2026-09-30", 4.5, 45.75),
        ("Борис", "Борис мл.", None, None, None, "2026-09-02", 4, 4),
    ]
    assert [(fact.key, fact.value) for fact in table.totals] == [("average", 31.83)]


def test_namesakes_have_averages_of_their_own(school: Any) -> None:
    other = student_of(school, add_client(school, "Борис"))
    add_result(school, Result(other, 200, TODAY))
    table = table_of_tests(find_tests(school.db, SEPTEMBER), SEPTEMBER, Choice())
    assert [(row[0], row[-1]) for row in table.rows][2:] == [("Борис", 4), ("Борис", 2)]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("client", [87, 4.5, 4]),
        ("-client", [4, 87, 4.5]),
        ("date", [87, 4, 4.5]),
        ("-date", [4.5, 4, 87]),
        ("result", [4, 4.5, 87]),
        ("-result", [87, 4.5, 4]),
    ],
)
def test_the_order_is_chosen(school: Any, sort: str, expected: list[float]) -> None:
    assert results(school, sort=sort) == expected


def test_an_unknown_order_is_refused(school: Any) -> None:
    with pytest.raises(BadValue, match="teacher"):
        find_tests(school.db, SEPTEMBER, Choice(sort="teacher"))


def test_period_group_teacher_and_subject_narrow(school: Any) -> None:
    assert results(school, Period(None, FIRST)) == [87, 3]
    for choice in ("group_id", "teacher_id", "subject_id"):
        assert results(school, **{choice: 1}) == [4.5]
        assert results(school, **{choice: 2}) == []


def test_an_archived_teacher_is_shown_as_such_in_rows_and_head(school: Any) -> None:
    archive(school, "teacher", 1)
    choice = Choice(group_id=1, teacher_id=1, subject_id=1, sort="-date", skip_archived=True)
    table = table_of_tests(find_tests(school.db, SEPTEMBER, choice), SEPTEMBER, choice, choice_facts(school.db, choice))
    assert [row[4] for row in table.rows] == ["Ольга (deleted)"]
    assert {fact.key: fact.value for fact in table.parameters} == {
        "period": SEPTEMBER,
        "group": "Робо 1",
        "teacher": ["Ольга (deleted)"],
        "subject": ["Роботы"],
        "sort": "-date",
        "skip_archived": True,
    }


def test_r7_archived_clients_are_in_it_unless_skipped_and_deleted_ones_never(school: Any) -> None:
    archive(school, "client", 2)
    assert results(school) == [87, 4.5, 4]
    assert results(school, skip_archived=True) == [87, 4.5]
    delete_client(school, 2)
    assert results(school) == [87, 4.5]


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_an_average_lies_within_half_a_hundredth(scores: list[int]) -> None:
    average = average_score(scores)
    assert average is not None
    assert -len(scores) < 2 * (average * len(scores) - sum(scores)) <= len(scores)
    assert plain_score(average) == average / 100


def test_there_is_no_average_of_nothing() -> None:
    assert average_score([]) is None
    assert plain_score(None) is None
    assert (average_score([1, 2]), plain_score(450), plain_score(8700)) == (2, 4.5, 87)
