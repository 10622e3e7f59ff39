"""`schoolcrm discounts`: whom they are given to, how they are told and taken away, exit codes, keys."""

from datetime import date
from pathlib import Path

import pytest
from answers import answer, column, refusal
from builders import TODAY, add_client, add_plan, add_student, make_school, run_cli, sell_plan, writing_school


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Анна Иванова with Петя, who has paid 1000 upfront on credit, and Маша."""
    path = make_school(tmp_path)
    with writing_school(path, TODAY) as school:
        anna = add_client(school, "Анна Иванова", student="Петя", phone="+79161234567")
        add_student(school, anna, "Маша")
        plan = add_plan(school, "lesson", 1000_00, billing="upfront", length_days=30)
        sell_plan(school, 1, plan, date(2026, 9, 1))
    return path


def test_add_answers_with_what_it_made_and_what_it_changed(db: Path) -> None:
    made = answer(db, "discounts", "add", "Петя", "--percent", "12.5", "--note", "друг")
    assert made == {
        "id": 1,
        "client_id": 1,
        "discounts": [{"id": 1, "student_id": 1, "student": "Петя", "repriced": 1}],
        "repriced": 1,
        "balance": "-875.00",
    }
    code, out, err = run_cli("discounts", "add", "Петя", "--amount", "150", db=db)
    assert (code, out) == (0, "")
    assert "150.00" in err
    assert "-850.00" in err


def test_a_clients_name_gives_it_to_all_their_students(db: Path) -> None:
    made = answer(db, "discounts", "add", "Анна Иванова", "--percent", "10")
    assert [one["student"] for one in made["discounts"]] == ["Петя", "Маша"]
    assert column(db, "percent", "discounts", "list") == [10, 10]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("Петя",), 2),
        (("Петя", "--percent", "10", "--amount", "5"), 2),
        (("Петя", "--percent", "0"), 1),
        (("Петя", "--percent", "100.5"), 1),
        (("Петя", "--amount", "0"), 1),
        (("Петя", "--amount", "-5"), 1),
        (("Петя", "--amount", "много"), 1),
        (("Никто", "--percent", "5"), 1),
        (("Петя", "--percent", "5", "--subject", "Шахматы"), 1),
        (("Петя", "--percent", "5", "--from", "02.09.2026", "--to", "01.09.2026"), 1),
    ],
)
def test_what_can_not_be_given_is_refused_and_nothing_is_changed(db: Path, words: tuple[str, ...], code: int) -> None:
    assert run_cli("discounts", "add", *words, db=db)[0] == code
    assert column(db, "id", "discounts", "list") == []


def test_subjects_are_added_with_new(db: Path) -> None:
    answer(db, "discounts", "add", "Петя", "--percent", "5", "--subject", "Шахматы", "--new")
    assert column(db, "subjects", "discounts", "list", "Анна") == [["Шахматы"]]


def test_remove_is_asked_for_and_gives_the_charges_back(db: Path) -> None:
    answer(db, "discounts", "add", "Петя", "--percent", "10")
    assert "-900.00" in refusal(db, "discounts", "remove", "1")
    assert answer(db, "discounts", "remove", "1", "--dry-run")["balance"] == "-1000.00"
    assert column(db, "id", "discounts", "list") == [1]
    assert answer(db, "discounts", "remove", "1", "--yes") == {
        "id": 1,
        "client_id": 1,
        "student_id": 1,
        "repriced": 1,
        "balance": "-1000.00",
    }
    assert "1" in refusal(db, "discounts", "remove", "1", "--yes")


@pytest.mark.parametrize("kind", ["table", "csv", "json", "jsonl", "html", "md"])
def test_the_list_in_every_format(db: Path, kind: str) -> None:
    answer(db, "discounts", "add", "Петя", "--percent", "12.5", "--note", "друг")
    code, out, _err = run_cli("discounts", "list", "--format", kind, db=db)
    assert code == 0
    assert "12.5" in out
    assert "друг" in out


def test_the_card_shows_discounts(db: Path) -> None:
    answer(db, "discounts", "add", "Петя", "--percent", "12.5", "--from", "2026-09-01", "--note", "друг")
    code, out, _err = run_cli("clients", "show", "Анна", db=db)
    assert code == 0
    assert "12.5 % (no. 1)" in out
    (card,) = answer(db, "clients", "show", "Анна")["rows"]
    assert card["discounts"] == [
        {
            "id": 1,
            "student_id": 1,
            "student": "Петя",
            "percent": 12.5,
            "amount": None,
            "first": "2026-09-01",
            "last": None,
            "subjects": [],
            "lesson_types": [],
            "note": "друг",
            "state": "running",
        }
    ]
