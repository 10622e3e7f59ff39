"""The rules of the funnel: names of bases (R1), events (R7), refusal (R8)."""

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from schoolcrm.core.rules.status import (
    BACK,
    FUNNEL,
    LOYALTY,
    MOVES,
    REFUSABLE,
    REFUSABLE_STRICTLY,
    Event,
    Silence,
    Skip,
    base_after,
    base_named,
    first_base,
    last_silent_day,
    latest,
    refusal_due,
    refusal_starts_on,
    skip_reason,
    split_scale,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 24)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("bought", ("funnel", "bought")),
        ("for-admin", ("funnel", "for-admin")),
        ("Trial_Done", ("funnel", "trial-done")),
        ("trial done", ("funnel", "trial-done")),
        ("Для администратора", ("funnel", "for-admin")),
        ("НОВЫЙ", ("funnel", "new")),
        ("New", ("funnel", "new")),
        ("В  работе", ("funnel", "in-work")),
        ("Записался на пробное", ("funnel", "trial-booked")),
        ("Записался на пробное занятие", ("funnel", "trial-booked")),
        ("Посетил пробное", ("funnel", "trial-done")),
        ("Посетил пробное занятие", ("funnel", "trial-done")),
        ("Прошел пробное занятие", ("funnel", "trial-done")),
        ("Прошёл пробное", ("funnel", "trial-done")),
        ("Подбор группы", ("funnel", "group-search")),
        ("Купил абонемент", ("funnel", "bought")),
        ("Резерв", ("funnel", "reserve")),
        ("Отказался", ("funnel", "refused")),
        ("Удалён", ("funnel", "deleted")),
        ("Удален", ("funnel", "deleted")),
        ("Рабочий", ("loyalty", "active")),
        ("Постоянный", ("loyalty", "regular")),
        ("sleeping", ("loyalty", "sleeping")),
        ("Спящий", ("loyalty", "sleeping")),
        ("Бывший", ("loyalty", "former")),
        ("Завершил", None),
        ("", None),
    ],
)
def test_r1_bases_are_named_in_both_languages_and_all_spellings(text: str, meant: tuple[str, str] | None) -> None:
    assert base_named(text) == meant


def test_r1_a_name_of_both_scales_means_the_funnel_unless_the_scale_is_said() -> None:
    assert base_named("Новый") == ("funnel", "new")
    assert base_named("Новый", "loyalty") == ("loyalty", "newcomer")
    assert base_named("Купил", "loyalty") is None
    assert split_scale("loyalty:Новый") == ("loyalty", "Новый")
    assert split_scale("этап:Новый") == ("loyalty", "Новый")
    assert split_scale("VIP: старый") == (None, "VIP: старый")
    assert split_scale("Новый") == (None, "Новый")


@pytest.mark.parametrize(("scale", "bases"), [("funnel", FUNNEL), ("loyalty", LOYALTY)])
def test_r1_every_base_is_known_by_its_code_and_its_english_name(scale: str, bases: dict[str, str]) -> None:
    assert [base_named(code, scale) for code in bases] == [(scale, code) for code in bases]
    assert [base_named(name, scale) for name in bases.values()] == [(scale, code) for code in bases]


# A row of R7's table: the event, the bases it leaves alone (None: all but the one named), where it leads.
TABLE = [
    (Event.STUDENT_ADDED, {"for-admin"}, "new"),
    (Event.TRIAL_BOOKED, set(FUNNEL) - {"bought", "trial-done", "deleted", "trial-booked"}, "trial-booked"),
    (Event.TRIAL_ATTENDED, set(FUNNEL) - {"bought", "deleted", "trial-done"}, "trial-done"),
    (Event.TRIAL_MISSED, {"trial-booked"}, BACK),
    (Event.TRIAL_WITHDRAWN, {"trial-done"}, BACK),
    (Event.SOLD, set(FUNNEL) - {"deleted", "bought"}, "bought"),
    (Event.SALE_WITHDRAWN, {"bought"}, BACK),
]


@pytest.mark.parametrize(("event", "origins", "to"), TABLE, ids=[row[0].value for row in TABLE])
@pytest.mark.parametrize("base", FUNNEL)
def test_r7_row(event: Event, origins: set[str], to: str, base: str) -> None:
    assert base_after(event, base) == (to if base in origins else None)


def test_r7_every_event_has_a_row_and_none_moves_a_deleted_client() -> None:
    assert {event for event, _origins, _to in TABLE} == set(Event) == set(MOVES)
    assert [base_after(event, "deleted") for event in Event] == [None] * len(Event)


@pytest.mark.parametrize(
    ("outside", "has_students", "base"),
    [(False, False, "new"), (False, True, "new"), (True, True, "new"), (True, False, "for-admin")],
)
def test_r7_a_new_client(outside: bool, has_students: bool, base: str) -> None:
    assert first_base(outside=outside, has_students=has_students) == base


@pytest.mark.parametrize(
    ("anchor", "last_day_kept", "first_day_refused"),
    [
        (date(2026, 1, 31), date(2026, 6, 30), date(2026, 7, 1)),
        (date(2025, 9, 30), date(2026, 2, 28), date(2026, 3, 1)),
    ],
)
def test_r8_worked_examples(anchor: date, last_day_kept: date, first_day_refused: date) -> None:
    facts = Silence("bought", bought_on=anchor)
    assert not refusal_due(facts, last_day_kept, 5)
    assert refusal_due(facts, first_day_refused, 5)
    assert refusal_starts_on(anchor, 5) == first_day_refused


@given(DAYS, MONTHS)
def test_r8_the_last_silent_day_is_the_latest_anchor_that_lies_too_far_back(today: date, months: int) -> None:
    day = last_silent_day(today, months)
    assert today > day + relativedelta(months=months)
    assert not today > day + relativedelta(days=1) + relativedelta(months=months)


@given(DAYS, st.integers(-40, 900), MONTHS, st.sampled_from(sorted(FUNNEL)), st.booleans())
def test_r8_equals_its_wording(anchor: date, days: int, months: int, base: str, strict: bool) -> None:
    today = anchor + relativedelta(days=days)
    bases = REFUSABLE_STRICTLY if strict else REFUSABLE
    due = base in bases and today > anchor + relativedelta(months=months)
    assert refusal_due(Silence(base, attended_on=anchor), today, months, strict=strict) is due
    assert (today >= refusal_starts_on(anchor, months)) == (today > anchor + relativedelta(months=months))


def test_r8_the_anchor_is_the_latest_fact_and_strictly_not_a_decision() -> None:
    early, middle, late = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
    assert Silence("bought", early, middle, late).anchor() == late
    assert Silence("bought", early, middle, late).anchor(strict=True) == middle
    assert Silence("bought", middle, early).anchor() == middle
    assert Silence("bought", None, None, late).anchor(strict=True) is None
    assert latest(None, None) is None


@pytest.mark.parametrize("base", FUNNEL)
def test_r8_the_day_of_an_open_booking_counts_only_for_the_booked_and_not_strictly(base: str) -> None:
    early, late = date(2026, 1, 1), date(2026, 2, 1)
    assert Silence(base, early, trial_on=late).anchor() == (late if base == "trial-booked" else early)
    assert Silence(base, late, trial_on=early).anchor() == late
    assert Silence(base, early, trial_on=late).anchor(strict=True) == early
    assert Silence("trial-booked", trial_on=late).anchor(strict=True) is None


def test_r8_no_anchor_no_refusal() -> None:
    assert not refusal_due(Silence("bought"), date(2099, 1, 1), 5)
    assert not refusal_due(Silence("bought", decided_on=date(2020, 1, 1)), date(2099, 1, 1), 5, strict=True)


def test_r8_bases() -> None:
    assert {"bought", "trial-booked", "trial-done", "group-search"} == REFUSABLE
    assert set(FUNNEL) - {"deleted", "refused", "for-admin"} == REFUSABLE_STRICTLY


def test_r8_the_guard_names_one_reason() -> None:
    assert skip_reason(has_money=False, has_subscription=False) is None
    assert skip_reason(has_money=True, has_subscription=True) == Skip.MONEY
    assert skip_reason(has_money=False, has_subscription=True) == Skip.SUBSCRIPTION
