"""The stages of loyalty (R9)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.loyalty import (
    Purchases,
    Thresholds,
    count_purchases,
    sleeping_from,
    stage_after_sale,
    stage_due,
)

USUAL = Thresholds()
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def test_r9_worked_example() -> None:
    purchases = Purchases(3, date(2026, 3, 12))
    assert stage_due(purchases, date(2026, 3, 12), USUAL) == "regular"
    assert stage_due(purchases, date(2026, 9, 8), USUAL) == "regular"
    assert stage_due(purchases, date(2026, 9, 9), USUAL) == "sleeping"
    assert sleeping_from(purchases, USUAL) == date(2026, 9, 9)


@pytest.mark.parametrize(
    ("made", "stage"), [(0, "newcomer"), (1, "active"), (2, "active"), (3, "regular"), (9, "regular")]
)
def test_r9_by_number_of_purchases(made: int, stage: str) -> None:
    last_on = date(2026, 3, 12) if made else None
    assert stage_due(Purchases(made, last_on), date(2026, 3, 13), USUAL) == stage


def test_r9_both_numbers_are_settings() -> None:
    purchases = Purchases(2, date(2026, 3, 12))
    assert stage_due(purchases, date(2026, 3, 13), Thresholds(2, 180)) == "regular"
    assert stage_due(purchases, date(2026, 3, 22), Thresholds(2, 10)) == "regular"
    assert stage_due(purchases, date(2026, 3, 23), Thresholds(2, 10)) == "sleeping"


def test_r9_an_imported_last_purchase_counts_as_one() -> None:
    sold, imported = date(2026, 3, 12), date(2025, 1, 1)
    assert count_purchases(0, None, None) == Purchases(0, None)
    assert count_purchases(0, None, imported) == Purchases(1, imported)
    assert count_purchases(2, sold, imported) == Purchases(3, sold)
    assert count_purchases(2, imported, sold) == Purchases(3, sold)


def test_r9_only_the_first_purchase_changes_the_stage_at_once() -> None:
    assert stage_after_sale("newcomer", Purchases(1, date(2026, 1, 1))) == "active"
    assert stage_after_sale("regular", Purchases(1, date(2026, 1, 1))) == "active"
    assert stage_after_sale("active", Purchases(3, date(2026, 1, 1))) == "active"
    assert stage_after_sale("sleeping", Purchases(2, date(2026, 1, 1))) == "sleeping"


@pytest.mark.parametrize("made", [0, 1, 3])
def test_r9_former_from_the_day_of_termination_whatever_was_bought_before(made: int) -> None:
    purchases = Purchases(made, date(2026, 3, 1) if made else None)
    assert stage_due(purchases, date(2026, 3, 11), USUAL, date(2026, 3, 12)) != "former"
    assert stage_due(purchases, date(2026, 3, 12), USUAL, date(2026, 3, 12)) == "former"
    assert stage_due(purchases, date(2030, 3, 12), USUAL, date(2026, 3, 12)) == "former"


def test_r9_a_purchase_of_a_former_client_is_active_at_once_unless_dated_before_the_termination() -> None:
    assert stage_after_sale("former", Purchases(5, date(2026, 1, 1))) == "active"
    assert stage_after_sale("former", Purchases(5, date(2026, 1, 1)), terminated=True) == "former"
    assert stage_after_sale("newcomer", Purchases(1, date(2026, 1, 1)), terminated=True) == "newcomer"


@given(DAYS, st.integers(1, 20), st.integers(1, 400))
def test_r9_asleep_from_the_day_said_and_not_before(last_on: date, made: int, days: int) -> None:
    purchases, thresholds = Purchases(made, last_on), Thresholds(3, days)
    first = sleeping_from(purchases, thresholds)
    assert first is not None
    assert stage_due(purchases, first, thresholds) == "sleeping"
    assert stage_due(purchases, first - timedelta(days=1), thresholds) != "sleeping"
