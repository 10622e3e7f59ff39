"""The catalogue of plans, and naming plans and subscriptions (R30)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_plan, add_student, make_school, sell_plan, student_of, writing_school

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound, Refused
from schoolcrm.core.money.plans import Offer, check_offer, parse_length
from schoolcrm.core.money.references import find_plan, find_subscription

FIRST = date(2026, 9, 1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), FIRST) as school:
        yield school


@pytest.mark.parametrize(
    ("offer", "message"),
    [
        (Offer("  ", "lesson", 1), "name"),
        (Offer("А", "weekly", 1), "weekly"),
        (Offer("А", "lesson", 1, billing="never"), "never"),
        (Offer("А", "lesson", -1), "below 0"),
        (Offer("А", "package", 1), "number of its lessons"),
        (Offer("А", "package", 1, lessons=0), "number of its lessons"),
        (Offer("А", "package", 1, lessons=-3), "number of its lessons"),
        (Offer("А", "month", 1, lessons=8), "Only a package"),
    ],
)
def test_terms_that_do_not_fit_together_are_refused(offer: Offer, message: str) -> None:
    with pytest.raises(BadValue, match=message):
        check_offer(offer)


def test_a_name_is_tidied_and_taken_once(school: Any) -> None:
    number = add_plan(school, "package", 4000_00, 8, name="  Пакет   Восемь ")
    assert school.db.execute("SELECT id, name FROM plan").fetchall() == [(number, "Пакет Восемь")]
    with pytest.raises(Refused, match="пакет восемь"):
        add_plan(school, "lesson", 1, name="пакет восемь")


@pytest.mark.parametrize(
    ("text", "length"),
    [("", (None, None)), ("30d", (30, None)), ("1m", (None, 1)), ("12 М", (None, 12)), ("7Д", (7, None))],
)
def test_r30_a_length_is_days_or_months(text: str, length: tuple[int | None, int | None]) -> None:
    assert parse_length(text) == length


@pytest.mark.parametrize("text", ["30", "d", "0d", "-1m", "1y", "1.5m", "٣d", "m1"])
def test_other_lengths_are_refused(text: str) -> None:
    with pytest.raises(BadValue, match=text):
        parse_length(text)


def test_a_plan_is_named_by_id_name_or_part_of_it(school: Any) -> None:
    eight, four = add_plan(school, "package", 8, 8, name="Пакет 8"), add_plan(school, "package", 4, 4, name="Пакет 4")
    assert [find_plan(school.db, ref) for ref in (str(eight), "пакет 8", "8", "4 ПАК")] == [eight, eight, eight, four]
    with pytest.raises(Ambiguous):
        find_plan(school.db, "пакет")
    with pytest.raises(NotFound):
        find_plan(school.db, "Абонемент")


def test_a_subscription_is_named_by_id_student_or_plan(school: Any) -> None:
    anna, boris = add_client(school, "Анна", student="Петя"), add_client(school, "Борис", student="Яна")
    plan = add_plan(school, "lesson", 1, name="Разовый")
    petya = sell_plan(school, student_of(school, anna), plan, FIRST)
    yana = sell_plan(school, student_of(school, boris), plan, FIRST)
    assert [find_subscription(school.db, ref) for ref in (str(yana), "петя", "ян")] == [yana, petya, yana]
    with pytest.raises(Ambiguous) as caught:
        find_subscription(school.db, "Разовый")
    assert [number for number, _label in caught.value.candidates] == [petya, yana]
    assert find_subscription(school.db, "Разовый", client_id=boris) == yana
    with pytest.raises(NotFound):
        find_subscription(school.db, str(petya), client_id=boris)


def test_a_deleted_subscription_is_found_on_demand(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    add_student(school, client, "Маша")
    number = sell_plan(school, student_of(school, client), add_plan(school, "lesson", 1), FIRST)
    school.db.execute("UPDATE subscription SET deleted_on = '2026-09-01'")
    with pytest.raises(NotFound):
        find_subscription(school.db, str(number))
    assert find_subscription(school.db, "Петя", include_deleted=True) == number
