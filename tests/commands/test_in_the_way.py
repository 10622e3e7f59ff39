"""What stands in the way of an undo is told whole, the latest first, and what is advised works (R54)."""

import re
from pathlib import Path

import pytest
from answers import answer, column, refusal, school_after_a_sale


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A school with a client, a group of one and a package; operations 2 to 7."""
    return school_after_a_sale(tmp_path)


def test_all_that_stands_in_the_way_is_told_the_latest_first_and_the_advice_works(db: Path) -> None:
    answer(db, "clients", "add", "Борис Котов", "--student", "Вася")
    answer(db, "groups", "join", "Роботы", "Вася", "--from", "2026-09-01")
    answer(db, "lessons", "hold", "Роботы", "2026-09-07", "--all-present", today="2026-09-30")
    answer(db, "lessons", "mark", "Роботы", "Вася", "present", "--on", "2026-09-07", "--grade", "5", today="2026-09-30")
    answer(db, "payments", "add", "Борис", "500")
    answer(db, "payments", "void", "1", "--reason", "ошибка", "--yes")
    said = refusal(db, "undo", "--op", "8", "--yes")
    told = [int(number) for number in re.findall(r"(\d+) (?:groups|lessons|payments) \w+ \(", said)]
    assert told == [13, 12, 11, 10, 9]
    for number in told:
        assert f"Undo the latest first: 'schoolcrm undo --op {number}'" in refusal(db, "undo", "--op", "8", "--yes")
        answer(db, "undo", "--op", str(number), "--yes")
    answer(db, "undo", "--op", "8", "--yes")
    assert column(db, "name", "clients", "list") == ["Анна Иванова"]


def test_what_rests_on_what_stands_in_the_way_is_told_too(db: Path) -> None:
    answer(db, "lessons", "hold", "Роботы", "2026-09-07", "--all-present", today="2026-09-30")
    for latest in (8, 7):
        said = refusal(db, "undo", "--op", "6", "--yes")
        assert "7 subscription sell (" in said
        assert f"Undo the latest first: 'schoolcrm undo --op {latest}'" in said
        answer(db, "undo", "--op", str(latest), "--yes")
    answer(db, "undo", "--op", "6", "--yes")


def test_what_stands_in_the_way_is_told_with_the_people_it_is_about(db: Path) -> None:
    answer(db, "lessons", "hold", "Роботы", "2026-09-07", "--all-present", today="2026-09-30")
    student, client = column(db, "name", "students", "list")[0], column(db, "name", "clients", "list")[0]
    said = refusal(db, "undo", "--op", "2", "--yes")
    assert re.search(rf"8 lessons hold \(mark [\d/]+: {student}", said)
    assert re.search(rf"7 subscription sell \(client 1: {client}, ", said)
    assert re.search(rf"groups join \(place in a group 1: {student}\)", said)


def test_of_very_many_operations_in_the_way_the_latest_are_told(db: Path) -> None:
    for number in range(12):
        answer(db, "clients", "edit", "Анна", "--note", str(number))
    said = refusal(db, "undo", "--op", "2", "--yes")
    assert "In the way: 19 clients edit (client 1: Анна Иванова)" in said
    assert "and 4 more operations" in said
    assert "undo --op 19" in said


def test_r53_nobody_is_told_to_undo_a_purge(db: Path) -> None:
    answer(db, "clients", "add", "Борис Котов", "--phone", "89160000001")
    answer(db, "payments", "add", "Борис", "500")
    answer(db, "clients", "archive", "Борис")
    answer(db, "clients", "purge", "Борис", "--yes")
    said = refusal(db, "undo", "--op", "8", "--yes")
    assert "Operation 11 (clients purge) can never be undone." in said
    assert "Undo the latest first" not in said
