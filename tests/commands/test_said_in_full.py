"""What a tester found said wrongly or not at all: values refused by name, notes, headings."""

from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import (
    add_client,
    add_group,
    add_plan,
    add_schedule,
    hold,
    join,
    make_school,
    reading_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Petya and Masha of two clients meet on Tuesdays; Petya has a package of 3 for 2000 until the end of September."""
    path = make_school(tmp_path)
    with writing_school(path) as school:
        group = add_group(school, "Робо 1")
        add_schedule(school, group_id=group, days="tue")
        for client, student in (("Анна", "Петя"), ("Вера", "Маша")):
            join(school, group, student_of(school, add_client(school, client, student=student)), school.today)
        plan = add_plan(school, "package", 200_000, 3)
        sell_plan(school, 1, plan, school.today, last_on=school.today.replace(day=30))
    return path


def told(path: Path, *words: str, lang: str = "en") -> str:
    code, _out, err = run_cli(*words, db=path, today="2026-09-01", lang=lang)
    assert code == 0, err
    return err.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("groups edit 1 --limit -1", "-1"),
        ("subscription extend 1 --days 0", "0 days"),
        ("subscription extend 1 --days -3", "-3 days"),
        ("report ltv --top 0", "0 clients"),
        ("lessons edit 1 --minutes 0", "0 minutes"),
        ("lessons plan 1 --on 2026-09-10 --at 18:00 --minutes 0", "0 minutes"),
        ("contracts add Анна --amount 1 --pay-day 0", "0 is no day"),
        ("contracts edit 1 --pay-day 0", "0 is no day"),
    ],
)
def test_a_value_that_stood_for_not_given_is_refused_by_name(db: Path, words: str, value: str) -> None:
    answer(db, "contracts", "add", "Анна", "--amount", "1")
    answer(db, "lessons", "hold", "1", "--all-present")
    assert value in refusal(db, *words.split())


@pytest.mark.parametrize("words", [("lessons", "plan"), ("lessons", "edit"), ("contracts", "add"), ("report", "ltv")])
def test_help_hides_the_zero_that_means_not_given(db: Path, words: tuple[str, ...]) -> None:
    _code, out, _err = run_cli(*words, "--help", db=db)
    assert "default: 0" not in out


def test_a_mark_tells_its_charge_as_money(db: Path) -> None:
    told(db, "lessons", "hold", "1", "--all-present")
    line = told(db, "lessons", "mark", "1", "Петя", "absent", lang="ru")
    assert "666,66" in line


def test_r23_one_mark_of_a_lesson_not_held_says_to_hold_it(db: Path) -> None:
    said = refusal(db, "lessons", "mark", "Робо", "Петя", "present")
    assert "2026-09-01 18:00 is not held yet" in said
    assert "Маша" in said
    assert "schoolcrm lessons hold 'Робо 1' 2026-09-01 --at 18:00" in said
    assert "--present" not in said


def test_r9_a_termination_and_its_end_tell_the_stage_and_set_it_at_once(db: Path) -> None:
    answer(db, "contracts", "add", "Анна", "--amount", "200")
    assert '; the stage is now "Бывший".' in told(db, "contracts", "terminate", "1")
    assert '; the stage is now "Рабочий".' in told(db, "contracts", "edit", "1", "--unset", "Terminated")
    with reading_school(db) as school:
        stage = "SELECT base FROM client JOIN status ON status.id = client.stage_id WHERE client.id = 1"
        assert school.db.execute(stage).fetchone() == ("active",)
    assert answer(db, "contracts", "list")["rows"][0]["terminated"] is None
    assert "stage" not in told(db, "contracts", "edit", "1", "--amount", "300")


def test_r9_a_stage_by_hand_stays_when_a_termination_is_taken_back(db: Path) -> None:
    answer(db, "contracts", "add", "Анна", "--amount", "200")
    answer(db, "contracts", "terminate", "1")
    answer(db, "status", "set", "loyalty:sleeping", "Анна")
    assert "stage" not in told(db, "contracts", "edit", "1", "--unset", "terminated")


def test_a_second_contract_with_the_same_number_is_a_warning(db: Path) -> None:
    assert "warning" not in told(db, "contracts", "add", "Анна", "--amount", "1", "--number", "7/26")
    warning = "warning: The number 7/26 is also that of the contract 1 of Анна, from 2026-09-01."
    assert warning in told(db, "contracts", "add", "Вера", "--amount", "1", "--number", "7/26")
    answer(db, "contracts", "add", "Вера", "--amount", "1")
    assert warning in told(db, "contracts", "edit", "3", "--number", "7/26")
    assert len(column(db, "id", "contracts", "list")) == 3


def test_r22_a_holiday_that_overlaps_another_names_it(db: Path) -> None:
    assert "Other holidays" not in told(
        db, "schedule", "holiday", "add", "2026-09-07", "--to", "2026-09-09", "--name", "Ё"
    )
    said = told(db, "schedule", "holiday", "add", "2026-09-08", "--to", "2026-09-12")
    assert 'Other holidays have some of its days too: 2026-09-07 – 2026-09-09 "Ё".' in said
    assert len(column(db, "id", "schedule", "holiday", "list")) == 2


def test_r22_a_lesson_held_on_a_holiday_names_it(db: Path) -> None:
    told(db, "schedule", "holiday", "add", "2026-09-01", "--name", "День знаний")
    said = told(db, "lessons", "hold", "Робо", "--all-present")
    assert 'The lesson falls on a holiday: 2026-09-01 "День знаний".' in said
    assert "holiday" not in told(db, "lessons", "hold", "Робо", "2026-08-31", "--present", "Петя")


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(
    "words",
    [
        ("subscription", "show", "1"),
        ("subscription", "list"),
        ("report", "contracts", "--period", "2026"),
    ],
)
def test_no_two_headings_of_a_table_are_the_same(db: Path, words: tuple[str, ...], lang: str) -> None:
    with writing_school(db) as school:
        hold(school, 1, school.today, present=[1, 2])
    answer(db, "contracts", "add", "Анна", "--amount", "1")
    code, out, err = run_cli(*words, "--format", "csv", db=db, lang=lang)
    assert code == 0, err
    headings = out.splitlines()[0].split(";" if ";" in out.splitlines()[0] else ",")
    assert len(headings) == len(set(headings))


def test_r38_the_lessons_of_a_subscription_by_money_are_headed_so(db: Path) -> None:
    for words in (("show", "1"), ("list",)):
        _code, out, _err = run_cli("subscription", *words, "--format", "html", db=db)
        assert "Lessons the money covers" in out
        assert "Lessons left" not in out
