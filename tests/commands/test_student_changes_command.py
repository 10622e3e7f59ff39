"""`students edit` and `students subject` (R50), and what the card tells of contracts and freezes (R51)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from answers import answer, refusal
from builders import add_client, make_school, run_cli, writing_school


@pytest.fixture
def school(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path, date(2026, 9, 1)) as school:
        add_client(school, "Анна Иванова", student="Пётр Иванов")
    return path


def card(path: Path) -> dict[str, Any]:
    return dict(answer(path, "students", "show", "1")["rows"][0])


def test_r50_what_is_told_changes_and_the_rest_stays(school: Path) -> None:
    answer(
        school, "students", "edit", "Пётр", "--birthday", "17.09.2016", "--note", "левша", "--teacher", "Ольга", "--new"
    )
    answer(school, "students", "edit", "Пётр", "--name", "Пётр Смирнов", "--subject", "Робототехника:2", "--new")
    known = card(school)
    assert (known["name"], known["birthday"], known["note"]) == ("Пётр Смирнов", "2016-09-17", "левша")
    assert known["responsible_teacher"] == ["Ольга"]
    assert known["subjects"] == [{"subject": "Робототехника", "level": "2"}]
    answer(school, "students", "edit", "Пётр", "--unset", "note", "--unset", "teacher", "--teacher", "Инна", "--new")
    known = card(school)
    assert (known["note"], known["responsible_teacher"], known["birthday"]) == (None, ["Инна"], "2016-09-17")


def test_r50_own_fields_are_set_and_emptied(school: Path) -> None:
    answer(school, "fields", "add", "Школа", "--type", "number", "--of", "student")
    answer(school, "students", "edit", "Пётр", "--field", "Школа=57")
    assert card(school)["field.Школа"] == 57
    assert "57-я" in refusal(school, "students", "edit", "Пётр", "--field", "Школа=57-я")
    answer(school, "students", "edit", "Пётр", "--unset", "field.Школа")
    assert card(school)["field.Школа"] is None


def test_r50_subjects_with_their_levels(school: Path) -> None:
    answer(school, "students", "subject", "Пётр", "Английский", "A1", "--new")
    answer(school, "students", "subject", "Пётр", "Английский", "A2", "--new")
    answer(school, "students", "subject", "Пётр", "Английский")
    assert card(school)["subjects"] == [{"subject": "Английский", "level": "A2"}]
    answer(school, "students", "subject", "Пётр", "Английский", "--remove")
    assert card(school)["subjects"] == []
    assert "does not learn" in refusal(school, "students", "subject", "Пётр", "Английский", "--remove")
    assert "hint:" in refusal(school, "students", "subject", "Пётр", "Неизвестный")


def test_nothing_to_change_and_unknown_fields_are_refused(school: Path) -> None:
    refusal(school, "students", "edit", "Пётр", code=2)
    assert "name" in refusal(school, "students", "edit", "Пётр", "--unset", "name")
    assert "Нет Такого" in refusal(school, "students", "edit", "Нет Такого", "--note", "x")
    assert "31.02.2016" in refusal(school, "students", "edit", "Пётр", "--birthday", "31.02.2016")


def test_r51_the_card_tells_of_contracts_and_freezes(school: Path) -> None:
    answer(
        school,
        "contracts",
        "add",
        "Анна",
        "--number",
        "17/26",
        "--amount",
        "5000",
        "--to",
        "2026-12-31",
        "--pay-day",
        "5",
    )
    answer(school, "subscription", "freeze", "Пётр", "--from", "2026-09-10", "--to", "2026-09-16", "--reason", "болеет")
    row = answer(school, "clients", "show", "Анна")["rows"][0]
    (contract,) = row["contracts"]
    assert (contract["number"], contract["amount"], contract["ends"], contract["pay_day"]) == (
        "17/26", "5000.00", "2026-12-31", 5,
    )  # fmt: skip
    (freeze,) = row["freezes"]
    assert (freeze["student"], freeze["from"], freeze["to"], freeze["days"], freeze["state"], freeze["excused"]) == (
        "Пётр Иванов", "2026-09-10", "2026-09-16", 7, "coming", False,
    )  # fmt: skip
    _code, out, _err = run_cli("clients", "show", "Анна", db=school, today="2026-09-01", lang="en")
    assert "17/26 (no. 1)" in out
    assert "to pay by day 5" in out
    assert "Пётр Иванов · болеет · coming" in out
