"""The list of sold subscriptions: lessons left, state, and what burnt (R34, R38)."""

import json
from datetime import date
from pathlib import Path

import pytest
from builders import (
    add_client,
    add_group,
    add_plan,
    hold,
    join,
    make_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)


@pytest.mark.parametrize(("burn", "burnt", "burnt_sum"), [(True, 1, "666.68"), (False, None, None)])
def test_r34_burnt_lessons_and_their_sum_are_counted(
    tmp_path: Path, burn: bool, burnt: int | None, burnt_sum: str | None
) -> None:
    """Of 3 lessons for 2000 two cost 666.66; the third, unused at the end, burnt with its 666.68."""
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 30)) as school:
        student = student_of(school, add_client(school))
        group = add_group(school, "Робо 1")
        join(school, group, student, date(2026, 9, 1))
        plan = add_plan(school, "package", 200000, lessons=3, burn=burn)
        sell_plan(school, student, plan, date(2026, 9, 1), last_on=date(2026, 9, 30))
        hold(school, group, date(2026, 9, 5), [student])
        hold(school, group, date(2026, 9, 12), [student])
    (row,) = listed(path, "2026-10-01")["rows"]
    assert (row["state"], row["lessons_left"], row["burnt"]) == ("ended", 0, burnt)
    assert row["burnt_sum"] == burnt_sum
    (row,) = listed(path, "2026-09-30")["rows"]
    assert (row["state"], row["burnt"]) == ("running", None)


def test_r34_r35_what_burnt_is_worth_what_it_would_have_cost(tmp_path: Path) -> None:
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 30)) as school:
        student = student_of(school, add_client(school))
        plan = add_plan(school, "package", 200000, lessons=3, burn=True)
        sell_plan(school, student, plan, date(2026, 9, 1), last_on=date(2026, 9, 30))
        school.db.execute("INSERT INTO discount (student_id, percent) VALUES (?, 1000)", (student,))
    (row,) = listed(path, "2026-10-01")["rows"]
    assert (row["burnt"], row["burnt_sum"]) == (3, "1800.00")


@pytest.mark.parametrize("billing", ["by-lesson", "upfront"])
@pytest.mark.parametrize("for_chess_only", [True, False])
def test_r34_r35_what_burnt_knows_a_limited_discount(tmp_path: Path, billing: str, for_chess_only: bool) -> None:
    """Of 4 lessons for 1000 less 100 one was held; with what the other three burnt it makes 900 (R31)."""
    path = make_school(tmp_path)
    terms = ("--burn", "--length", "5d", "--billing", billing, *(("--subject", "Шахматы") if for_chess_only else ()))
    for words in (
        ("clients", "add", "Анна", "--student", "Петя"),
        ("groups", "add", "Шахматы", "--subject", "Шахматы", "--new"),
        ("groups", "join", "Шахматы", "Петя", "--from", "2026-09-01"),
        ("subscription", "plans", "add", "Четыре", "--kind", "package", "--price", "1000", "--lessons", "4", *terms),
        ("discounts", "add", "Петя", "--amount", "100", "--subject", "Шахматы"),
        ("subscription", "sell", "Петя", "Четыре", "--from", "2026-09-01"),
        ("lessons", "plan", "Шахматы", "--on", "2026-09-02", "--at", "18:00"),
        ("lessons", "hold", "Шахматы", "2026-09-02", "--all-present"),
    ):
        code, _out, err = run_cli(*words, db=path, today="2026-09-02")
        assert code == 0, err
    (row,) = listed(path, "2026-09-30")["rows"]
    covers_all = billing == "upfront" and not for_chess_only  # then the sale itself had no discount
    assert (row["burnt"], row["burnt_sum"]) == (3, "750.00" if covers_all else "675.00")


def listed(path: Path, today: str) -> dict[str, list[dict[str, object]]]:
    code, out, _err = run_cli("subscription", "list", "--format", "json", db=path, today=today)
    assert code == 0
    return json.loads(out)  # type: ignore[no-any-return]
