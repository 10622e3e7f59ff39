"""`schoolcrm report`: options, keys of the contract, exit codes, formats."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from answers import answer
from builders import (
    TODAY,
    add_client,
    add_entry,
    add_group,
    add_plan,
    add_schedule,
    add_student,
    hold,
    join,
    make_school,
    pay,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

KEYS = {
    "reconciliation": "date kind operation student income expense balance",
    "forecast": "date time student group minutes subject location room charge balance",
    "journal": "date student state grade topic reason lesson_type subject",
    "debtors": "client_id client phone students debt balance since days last_payment last_visit",
}
TOTALS = {
    "reconciliation": "opening income expense closing",
    "forecast": "balance_now charges to_pay",
    "journal": "planned attended missed cancelled",
    "debtors": "clients debt age_0_30 age_31_60 age_61_90 age_over_90",
}
OF_CLIENT = ("reconciliation", "forecast", "journal")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна owes 700: Петя (lessons at 700 on Tuesdays) was at one; Маша does nothing. Борис has no students to show."""
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        anna = add_client(school, "Анна Иванова", student="Петя", phone="+79161234567")
        petya = student_of(school, anna)
        add_student(school, anna, "Маша")
        add_client(school, "Борис Ли", student="Яна")
        group = add_group(school, "Робо 1", "Роботы")
        join(school, group, petya, TODAY)
        add_schedule(school, group_id=group, days="tue", first_on=TODAY)
        sell_plan(school, petya, add_plan(school, "lesson", 700_00), TODAY)
        sell_plan(
            school, petya, add_plan(school, "lesson", 1), TODAY, last_on=TODAY, subject_ids=[other_subject(school)]
        )
        hold(school, group, TODAY, present=[petya])
        pay(school, 2, 5_00, TODAY)
    return path


def other_subject(school: Any) -> int:
    """A subject that nobody learns."""
    return add_entry(school, "subjects", "Вязание")


def words_of(report: str) -> tuple[str, ...]:
    return ("report", report, "Анна") if report in OF_CLIENT else ("report", report)


@pytest.mark.parametrize("report", KEYS)
def test_json_has_the_keys_and_totals_of_the_contract(db: Path, report: str) -> None:
    told = answer(db, *words_of(report))
    assert (told["schoolcrm"], told["report"]) == (1, report)
    keys = KEYS[report].split()
    assert told["rows"]
    for row in told["rows"]:
        assert [key for key in row if key in keys] == keys
    assert list(told["totals"]) == TOTALS[report].split()
    assert [column["key"] for column in told["columns"]] == list(told["rows"][0])


@pytest.mark.parametrize("report", KEYS)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_format_is_printed_in_every_language(db: Path, tmp_path: Path, report: str, lang: str) -> None:
    for name in ("table", "csv", "jsonl", "html", "md"):
        code, out, err = run_cli(*words_of(report), "--format", name, db=db, lang=lang)
        assert (code, err) == (0, "")
        assert out.strip()
    file = tmp_path / f"{report}.xlsx"
    assert run_cli(*words_of(report), "-o", str(file), db=db, lang=lang)[0] == 0
    assert file.read_bytes().startswith(b"PK")


@pytest.mark.parametrize("report", KEYS)
def test_codes_and_keys_are_english_in_russian_too(db: Path, report: str) -> None:
    def told(lang: str) -> tuple[list[str], list[dict[str, object]]]:
        _code, out, _err = run_cli(*words_of(report), "--format", "json", db=db, lang=lang)
        parsed = json.loads(out)
        rows = [{key: value for key, value in row.items() if key != "operation"} for row in parsed["rows"]]
        return list(parsed["totals"]), rows

    assert told("ru") == told("en")


def test_csv_has_the_same_columns_as_json(db: Path) -> None:
    _code, out, _err = run_cli("report", "debtors", "--format", "csv", db=db)
    (row,) = csv.DictReader(io.StringIO(out))
    (as_json,) = answer(db, "report", "debtors")["rows"]
    assert {key: value or None for key, value in row.items()} == {
        key: value if value is None else str(value) for key, value in as_json.items()
    }


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("reconciliation",), 2, "CLIENT is missing"),
        (("reconciliation", "Зоя"), 1, "Зоя"),
        (("reconciliation", "Анна", "--student", "Яна"), 1, "Яна"),
        (("reconciliation", "Анна", "--account", "1"), 1, "1"),
        (("reconciliation", "Анна", "--account", "77"), 1, "77"),
        (("reconciliation", "Анна", "--period", "2026-09", "--to", "2026-09-05"), 2, "--period"),
        (("reconciliation", "Анна", "--from", "2026-09-05", "--to", "2026-09-01"), 1, "2026-09-05"),
        (("forecast", "Анна", "--from", "2026-08-31"), 1, "2026-08-31"),
        (("forecast", "Анна", "--period", "last-month"), 1, "2026-08-01"),
        (("journal", "Анна", "--group-by", "week"), 1, "week"),
        (("journal", "Анна", "--show", "grade"), 1, "grade"),
        (("journal", "Анна", "--subject", "Танцы"), 1, "Танцы"),
        (("debtors", "--at-least", "много"), 1, "много"),
        (("debtors", "--as-of", "32.13.2026"), 1, "32.13.2026"),
        (("debtor",), 2, "debtors"),
    ],
)
def test_what_is_refused_is_named(db: Path, words: tuple[str, ...], code: int, said: str) -> None:
    answered, out, err = run_cli("report", *words, db=db)
    assert (answered, out) == (code, "")
    assert said in err


def test_the_usual_periods(db: Path) -> None:
    def period(*words: str) -> object:
        return answer(db, "report", *words)["parameters"]["period"]

    this_month = period("reconciliation", "Анна")
    assert period("journal", "Анна") == this_month == period("journal", "Анна", "--period", "2026-09")
    assert period("forecast", "Анна") == period("forecast", "Анна", "--from", "2026-09-01", "--to", "2026-10-31")


def test_a_student_stands_for_the_client_and_narrows(db: Path) -> None:
    assert answer(db, "report", "reconciliation", "Петя")["totals"]["closing"] == "-700.00"
    assert answer(db, "report", "reconciliation", "Анна", "--student", "Маша")["rows"] == []
    assert answer(db, "report", "forecast", "Анна", "--student", "Маша")["rows"] == []
    assert answer(db, "report", "journal", "Анна", "--student", "Маша")["rows"] == []


def test_debtors_options(db: Path) -> None:
    def rows(*words: str) -> list[str]:
        return [row["client"] for row in answer(db, "report", "debtors", *words)["rows"]]

    assert (
        rows()
        == rows("--as-of", "today")
        == rows("--on", "2026-09-01")
        == rows("--at-least", "700")
        == ["Анна Иванова"]
    )
    assert rows("--at-least", "700.01") == rows("--as-of", "yesterday") == []
    with writing_school(db, TODAY) as school:
        school.db.execute("UPDATE client SET archived_on = '2026-09-01' WHERE id = 1")
    assert (rows(), rows("--archived")) == ([], ["Анна Иванова"])
    assert answer(db, "report", "reconciliation", "1")["totals"]["closing"] == "-700.00"  # what was, stays
