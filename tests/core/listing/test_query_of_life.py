"""What a query finds of people who were deleted, or whose visits came with an import (R7, R8)."""

from datetime import date
from pathlib import Path

import pytest
from builders import TODAY, add_client, add_group, hold, join, make_school, student_of, writing_school
from query_school import found

from schoolcrm.core.listing.rows import Wish, list_rows
from schoolcrm.core.listing.student_fields import STUDENTS


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (["status:deleted"], {"Ушла"}),
        (["status:=Удалён"], {"Ушла"}),
        (["base:deleted"], {"Ушла"}),
        (["status:deleted,new"], {"Ушла", "Здесь"}),
        (["^status:deleted"], {"Здесь"}),
        (["status:н"], {"Здесь"}),
        (["is:archived", "status:deleted"], set()),
    ],
)
def test_r7_deleted_clients_are_found_by_their_status(tmp_path: Path, query: list[str], names: set[str]) -> None:
    with writing_school(make_school(tmp_path)) as school:
        add_client(school, "Здесь")
        add_client(school, "Ушла", status="deleted")
        assert found(school, *query) == names
        listing = list_rows(school.db, TODAY, STUDENTS, Wish(query=query, columns=["name"]))
        assert {name for (name,) in listing.rows} == names


def test_r8_an_imported_last_visit_stands_until_there_is_a_visit(tmp_path: Path) -> None:
    with writing_school(make_school(tmp_path)) as school:
        student = student_of(school, add_client(school, "Анна"))
        school.db.execute("UPDATE client SET last_visit_on = '2026-05-20'")
        wish = Wish(query=["last_visit:2026-05"], columns=["last_visit"])
        assert list_rows(school.db, TODAY, STUDENTS, wish).rows == [("2026-05-20",)]
        group = add_group(school, "Робо 1", "Робототехника")
        join(school, group, student, date(2026, 8, 1))
        hold(school, group, date(2026, 8, 4), present=[student])
        assert list_rows(school.db, TODAY, STUDENTS, Wish(columns=["last_visit"])).rows == [("2026-08-04",)]
