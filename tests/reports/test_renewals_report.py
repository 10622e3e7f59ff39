"""`report renewals` and the field next_purchase (R13)."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from answers import answer, column, refusal
from builders import add_client, add_plan, add_student, make_school, run_cli, sell_plan, student_of, writing_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schoolcrm.core.rules.renewals import Rhythm, next_renewal
from schoolcrm.reports.renewals import find_renewals

START = date(2026, 1, 10)
EXAMPLE = (START, date(2026, 2, 10), date(2026, 3, 12))
TODAY = "2026-04-01"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make_school(tmp_path)


def bought(school: Any, client_id: int, *days: date, **details: Any) -> None:
    plan = school.db.execute("SELECT id FROM plan").fetchone()
    plan_id = plan[0] if plan else add_plan(school, "package", 4000_00, 4)
    for day in days:
        sell_plan(school, student_of(school, client_id), plan_id, day, **details)


def add_buyer(path: Path, name: str, *days: date) -> int:
    with writing_school(path, START) as school:
        client_id = add_client(school, name)
        bought(school, client_id, *days)
    return int(client_id)


def test_r13_worked_example_in_the_report(db: Path) -> None:
    client_id = add_buyer(db, "Анна Иванова", *EXAMPLE)
    found = answer(db, "report", "renewals", today=TODAY)
    assert [each["key"] for each in found["columns"]] == [
        "client_id", "client", "last_purchase", "interval_days", "expected",
    ]  # fmt: skip
    assert found["rows"] == [
        {
            "client_id": client_id,
            "client": "Анна Иванова",
            "last_purchase": "2026-03-12",
            "interval_days": 30.5,
            "expected": "2026-04-11",
        }
    ]
    assert found["parameters"] == {
        "today": TODAY,
        "interval_longest_days": 0,
        "interval_drop_extremes": False,
        "interval_look_back_days": 0,
        "interval_forget_days": 0,
    }
    assert column(db, "next_purchase", "clients", "list", "--columns", "next_purchase", today=TODAY) == ["2026-04-11"]


def test_r13_what_is_a_purchase(db: Path) -> None:
    """The family's sales together and the imported last purchase; neither trials nor sales taken back."""
    with writing_school(db, START) as school:
        client_id = add_client(school, "Анна", student="Маша")
        brother = add_student(school, client_id, "Петя")
        bought(school, client_id, START)
        bought(school, client_id, START + timedelta(days=3), trial=True)
        plan_id = school.db.execute("SELECT id FROM plan").fetchone()[0]
        sell_plan(school, brother, plan_id, EXAMPLE[1], sold_on=START)
        sell_plan(school, brother, plan_id, EXAMPLE[1], sold_on=EXAMPLE[1])
        taken_back = sell_plan(school, brother, plan_id, EXAMPLE[1] + timedelta(days=1))
        school.db.execute("UPDATE subscription SET deleted_on = sold_on WHERE id = ?", (taken_back,))
        school.db.execute("UPDATE client SET last_purchase_on = ?", (EXAMPLE[2].isoformat(),))
    assert column(db, "interval_days", "report", "renewals", today=TODAY) == [30.5]
    assert column(db, "next_purchase", "clients", "list", "--columns", "next_purchase", today=TODAY) == ["2026-04-11"]


def test_r13_who_is_listed_and_in_what_order(db: Path) -> None:
    add_buyer(db, "Яна", START, START + timedelta(days=30))
    add_buyer(db, "Борис", START, START + timedelta(days=30))
    add_buyer(db, "Вера", START, START + timedelta(days=10))
    add_buyer(db, "Once", START)
    add_buyer(db, "Nothing")
    archived, deleted = (add_buyer(db, name, *EXAMPLE) for name in ("Archived", "Deleted"))
    with writing_school(db, START) as school:
        school.db.execute("UPDATE client SET archived_on = '2026-03-13' WHERE id = ?", (archived,))
        school.db.execute(
            "UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'deleted') WHERE id = ?", (deleted,)
        )
    assert column(db, "client", "report", "renewals", today=TODAY) == ["Вера", "Борис", "Яна"]
    listed = answer(db, "clients", "list", "--columns", "name,next_purchase", "--sort", "next_purchase", today=TODAY)
    assert [(row["name"], row["next_purchase"]) for row in listed["rows"]] == [
        ("Вера", "2026-01-30"),
        ("Борис", "2026-03-11"),
        ("Яна", "2026-03-11"),
        ("Nothing", None),
        ("Once", None),
    ]
    assert column(db, "name", "clients", "list", "next_purchase:2026-03-01..", today=TODAY) == ["Борис", "Яна"]


def test_r13_due_within_so_many_days_and_overdue(db: Path) -> None:
    add_buyer(db, "Просрочена", START, START + timedelta(days=10))
    add_buyer(db, "Анна", *EXAMPLE)

    def due(days: str) -> list[Any]:
        return column(db, "client", "report", "renewals", "--due-within", days, today=TODAY)

    assert due("10") == ["Просрочена", "Анна"]
    assert due("9") == ["Просрочена"]
    assert due("0") == ["Просрочена"]
    found = answer(db, "report", "renewals", "--due-within", "9", today=TODAY)
    assert found["parameters"]["due_within"] == 9
    for text in ("x", "3651", "1.5"):
        assert f'"{text}" is not a whole number from 0 to 3650' in refusal(
            db, "report", "renewals", "--due-within", text
        )


def test_r13_every_setting_has_its_effect_and_the_head_tells(db: Path) -> None:
    days = [START, *(START + timedelta(days=apart) for apart in (10, 30, 60, 160))]  # 10, 20, 30, 100
    add_buyer(db, "Анна", *days)
    today = (days[-1] + timedelta(days=50)).isoformat()

    def with_setting(key: str, value: str) -> list[Any]:
        assert run_cli("config", "set", key, value, db=db)[0] == 0
        found = answer(db, "report", "renewals", today=today)
        assert str(found["parameters"][key]) == {"yes": "True"}.get(value, value)
        assert run_cli("config", "unset", key, db=db)[0] == 0
        return [row["interval_days"] for row in found["rows"]]

    assert with_setting("interval_longest_days", "99") == [20]
    assert with_setting("interval_drop_extremes", "yes") == [25]
    assert with_setting("interval_look_back_days", "150") == [100]
    assert with_setting("interval_look_back_days", "149") == []
    assert with_setting("interval_forget_days", "50") == [40]
    assert with_setting("interval_forget_days", "49") == []
    assert column(db, "interval_days", "report", "renewals", today=today) == [40]


def test_r13_for_people_the_head_says_what_counts(db: Path) -> None:
    add_buyer(db, "Анна", *EXAMPLE)
    code, out, err = run_cli("report", "renewals", db=db, today=TODAY)
    assert (code, err) == (0, "")
    for piece in ("Longest interval that counts, days (0: any): 0", "30.5", "2026-04-11", "fewer than two days"):
        assert piece in out


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 400), max_size=5), st.none() | st.integers(0, 400)), min_size=1, max_size=4
    ),
    st.builds(
        Rhythm, st.sampled_from((0, 30, 100)), st.booleans(), st.sampled_from((0, 100)), st.sampled_from((0, 60))
    ),
)
def test_r13_report_and_field_agree_with_the_rule(
    tmp_path_factory: pytest.TempPathFactory, families: list[tuple[list[int], int | None]], rhythm: Rhythm
) -> None:
    path = make_school(tmp_path_factory.mktemp("school"))
    today = START + timedelta(days=400)
    expected = {}
    with writing_school(path, START) as school:
        for sales, imported in families:
            client_id = add_client(school)
            days = [START + timedelta(days=each) for each in sales]
            bought(school, client_id, *days)
            if imported is not None:
                days.append(START + timedelta(days=imported))
                school.db.execute(
                    "UPDATE client SET last_purchase_on = ? WHERE id = ?", (days[-1].isoformat(), client_id)
                )
            expected[client_id] = next_renewal(days, today, rhythm)
        values = (rhythm.longest_days, ("no", "yes")[rhythm.drop_extremes], rhythm.look_back_days, rhythm.forget_days)
        school.db.executemany(
            "INSERT INTO setting VALUES ('interval_' || ?, ?)",
            zip(("longest_days", "drop_extremes", "look_back_days", "forget_days"), map(str, values), strict=True),
        )
        found = {each.client_id: each.renewal for each in find_renewals(school.db, today, rhythm)}
    assert found == {client_id: renewal for client_id, renewal in expected.items() if renewal}
    code, out, _err = run_cli(
        "clients", "list", "--columns", "id,next_purchase", "--format", "json", db=path, today=today.isoformat()
    )
    assert code == 0
    assert {row["id"]: row["next_purchase"] for row in json.loads(out)["rows"]} == {
        client_id: renewal.expected_on.isoformat() if renewal else None for client_id, renewal in expected.items()
    }
