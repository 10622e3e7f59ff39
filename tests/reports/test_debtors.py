"""Debtors: accounts below zero, and since when (R36), against the oracle's accounts day by day."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
    add_client,
    add_group,
    add_phone,
    add_plan,
    add_student,
    hold,
    join,
    make_school,
    pay,
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ledger_oracle import Oracle
from ledger_world import FIRST, HISTORIES, LAST, Event, world

from schoolcrm.core.money.payments import void_payment
from schoolcrm.reports.debtors import bucket_of, debtors_table, find_debtors, went_below

TODAY = date(2026, 12, 1)
DAY = timedelta(days=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        yield school


def owe(school: Any, name: str, *changes: tuple[int, date]) -> int:
    """A client whose balance is adjusted by those sums on those days."""
    client = add_client(school, name)
    for amount, on in changes:
        pay(school, client, amount, on, kind="adjustment", even_so=True)
    return client


def names(school: Any, **how: Any) -> list[str]:
    return [debtor.client for debtor in find_debtors(school.db, TODAY, **how)]


def test_r36_general_3100_and_separate_minus_8000(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    sub = sell_plan(
        school, student_of(school, client), add_plan(school, "lesson", 8000_00, billing="upfront", separate=True), FIRST
    )
    pay(school, client, 3100_00, FIRST)
    (debtor,) = find_debtors(school.db, TODAY)
    assert (debtor.balance, debtor.debt, debtor.since) == (-4900_00, 8000_00, FIRST)
    pay(school, client, 5000_00, TODAY)  # the general account has more than the debt, which stays
    assert [(one.balance, one.debt) for one in find_debtors(school.db, TODAY)] == [(100_00, 8000_00)]
    pay(school, client, 8000_00, TODAY, subscription_id=sub)
    assert find_debtors(school.db, TODAY) == []


def test_a_row_says_all_that_is_needed_to_call(school: Any) -> None:
    client = add_client(school, "Анна", student="Яна")
    add_phone(school, client, "8 916 123-45-67")
    add_phone(school, client, "8 916 000-00-00")
    yana, group = student_of(school, client), add_group(school, "Робо")
    gone = add_student(school, client, "Ушёл")
    school.db.execute("UPDATE student SET archived_on = '2026-09-01' WHERE id = ?", (gone,))
    join(school, group, yana, FIRST)
    add_student(school, client, "Аня")
    sell_plan(school, yana, add_plan(school, "lesson", 700_00), FIRST)
    pay(school, client, 300_00, FIRST)
    void_payment(school, pay(school, client, 5_00, TODAY), "ошибка")
    hold(school, group, date(2026, 9, 5), present=[yana])
    hold(school, group, date(2026, 9, 8), absent={yana: "НП"})
    table = debtors_table(find_debtors(school.db, TODAY), TODAY)
    keys = "client_id client phone students debt balance since days last_payment last_visit"
    assert " ".join(column.key for column in table.columns) == keys
    assert list(table.rows) == [
        (
            client,
            "Анна",
            "+79161234567",
            "Аня, Яна",
            1100_00,
            -1100_00,
            date(2026, 9, 5),
            87,
            "2026-09-01",
            "2026-09-05",
        )
    ]


def test_an_imported_last_visit_counts(school: Any) -> None:
    client = owe(school, "Анна", (-1, FIRST))
    school.db.execute("UPDATE client SET last_visit_on = '2026-10-01'")
    assert find_debtors(school.db, TODAY)[0].last_visit_on == "2026-10-01"
    assert find_debtors(school.db, TODAY, as_of=date(2026, 9, 30))[0].last_visit_on is None
    assert client == 1


def test_the_largest_debt_comes_first_then_the_name(school: Any) -> None:
    for name, debt in (("Б", 100), ("А", 100), ("В", 300), ("Г", 200)):
        owe(school, name, (-debt, FIRST))
    assert names(school) == ["В", "Г", "А", "Б"]
    assert names(school, at_least=101) == ["В", "Г"]
    assert names(school, at_least=300) == ["В"]


def test_archived_clients_on_demand_deleted_ones_never(school: Any) -> None:
    owe(school, "Виден", (-1, FIRST))
    archived, deleted = owe(school, "В архиве", (-1, FIRST)), owe(school, "Удалён", (-1, FIRST))
    school.db.execute("UPDATE client SET archived_on = '2026-09-02' WHERE id = ?", (archived,))
    school.db.execute(
        "UPDATE client SET status_id = (SELECT id FROM status WHERE base = 'deleted') WHERE id = ?", (deleted,)
    )
    assert names(school) == ["Виден"]
    assert names(school, archived=True) == ["В архиве", "Виден"]


def test_as_of_a_day_counts_what_was_known_by_its_end(school: Any) -> None:
    owe(school, "Анна", (-100, date(2026, 9, 10)), (100, date(2026, 9, 20)), (-5, date(2026, 10, 1)))
    for day, expected in (
        (date(2026, 9, 9), []),
        (date(2026, 9, 10), [(100, date(2026, 9, 10), 0)]),
        (date(2026, 9, 19), [(100, date(2026, 9, 10), 9)]),
        (date(2026, 9, 20), []),
        (date(2026, 10, 11), [(5, date(2026, 10, 1), 10)]),
    ):
        found = find_debtors(school.db, TODAY, as_of=day)
        assert [(one.debt, one.since, one.days) for one in found] == expected


def test_all_entries_count_unless_a_day_is_given(school: Any) -> None:
    owe(school, "Анна", (-100, TODAY + 5 * DAY))
    assert [(one.debt, one.days) for one in find_debtors(school.db, TODAY)] == [(100, 0)]
    assert find_debtors(school.db, TODAY, as_of=TODAY) == []


def test_of_several_accounts_the_one_longest_below_zero_gives_the_days(school: Any) -> None:
    client = owe(school, "Анна", (-100, date(2026, 11, 1)))
    separate = add_plan(school, "lesson", 50, billing="upfront", separate=True)
    sell_plan(school, student_of(school, client), separate, date(2026, 10, 1))
    (debtor,) = find_debtors(school.db, TODAY)
    assert (debtor.debt, debtor.since, debtor.days) == (150, date(2026, 10, 1), 61)


def brief(days: dict[str, list[int]]) -> list[str]:
    return [f"{day}{int(amount > 0)}{amount}" for day, amounts in days.items() for amount in amounts]


def test_a_day_that_ends_at_zero_or_above_is_no_debt() -> None:
    for days, since in (
        ({"2026-09-03": [-1], "2026-09-01": [-5], "2026-09-02": [5], "2026-09-04": [-1]}, "2026-09-03"),
        ({"2026-09-01": [10], "2026-09-05": [-11]}, "2026-09-05"),
        ({"2026-09-01": [-10], "2026-09-05": [-11]}, "2026-09-01"),
        ({"2026-09-01": [-10], "2026-09-02": [10, -10]}, "2026-09-01"),  # never above zero at a day's end
        ({"2026-09-01": [-10], "2026-09-02": [-10, 10]}, "2026-09-01"),
        ({"2026-09-01": [-10], "2026-09-02": [20, -5, -90, 85], "2026-09-03": [-1, -100]}, "2026-09-03"),
    ):
        balance = sum(map(sum, days.values()))
        assert went_below(brief(days), balance) == since


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-50, 50).filter(bool)), min_size=1))
def test_the_debt_began_after_the_last_day_that_ended_without_one(changes: list[tuple[int, int]]) -> None:
    balance = sum(amount for _day, amount in changes)
    assume(balance < 0)
    ends = {day: sum(amount for on, amount in changes if on <= day) for day, _amount in changes}
    last = max((day for day, end in ends.items() if end >= 0), default=0)
    expected = min(day for day in ends if day > last)
    entries = [f"2026-09-{day:02}{int(amount > 0)}{amount}" for day, amount in changes]
    assert went_below(entries, balance) == f"2026-09-{expected:02}"


def test_debtors_are_the_same_however_many_are_read_at_once(school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        owe(school, f"Борис {number}", (-100, TODAY - number * DAY), (-100, TODAY))
    found = find_debtors(school.db, TODAY)
    assert [one.days for one in found] == list(range(7))
    for at_once in (1, 2, 3, 7):
        monkeypatch.setattr("schoolcrm.reports.debtors.AT_ONCE", at_once)
        assert find_debtors(school.db, TODAY) == found


def test_as_many_statements_for_many_debtors_as_for_one(school: Any) -> None:
    def statements() -> int:
        told: list[str] = []
        school.db.set_trace_callback(told.append)
        find_debtors(school.db, TODAY)
        school.db.set_trace_callback(None)
        return len(told)

    owe(school, "Анна", (-100, TODAY))
    one = statements()
    for number in range(20):
        owe(school, f"Борис {number}", (-100, TODAY))
    assert statements() == one


def test_the_ages_of_debts() -> None:
    assert [bucket_of(days) for days in (0, 30, 31, 60, 61, 90, 91, 5000)] == [
        *["age_0_30"] * 2,
        *["age_31_60"] * 2,
        *["age_61_90"] * 2,
        *["age_over_90"] * 2,
    ]


def test_the_whole_debt_falls_in_the_bucket_of_its_days(school: Any) -> None:
    owe(school, "Анна", (-100, TODAY - 91 * DAY), (-900, TODAY))
    owe(school, "Борис", (-7, TODAY - 30 * DAY))
    table = debtors_table(find_debtors(school.db, TODAY), TODAY)
    assert {fact.key: fact.value for fact in table.totals} == {
        "clients": 2,
        "debt": 1007,
        "age_0_30": 7,
        "age_31_60": 0,
        "age_61_90": 0,
        "age_over_90": 1000,
    }


def test_the_head_says_what_was_asked(school: Any) -> None:
    def told(**asked: Any) -> dict[str, Any]:
        return {fact.key: fact.value for fact in debtors_table([], TODAY, **asked).parameters}

    assert told() == {"today": TODAY}
    asked = {"as_of": FIRST, "at_least": 500_00, "archived": True}
    assert told(**asked) == {"today": TODAY, **asked}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("debtors"))


@settings(max_examples=40, deadline=None)
@given(history=HISTORIES, as_of=st.none() | st.dates(FIRST - 9 * DAY, LAST + 30 * DAY))
def test_debtors_equal_the_oracle(path: Path, history: list[Event], as_of: date | None) -> None:
    with world(path) as here:
        for event in history:
            here.happen(event)
        found = find_debtors(here.school.db, LAST, as_of=as_of)
        assert {one.client_id: (one.debt, one.balance, one.since) for one in found} == expected(here.oracle, as_of)
        if as_of is None:
            assert find_debtors(here.school.db, LAST, as_of=date.max) == [
                one._replace(days=(date.max - one.since).days) for one in found
            ]


def expected(oracle: Oracle, as_of: date | None) -> dict[int, tuple[int, int, date]]:
    """Client → debt, balance, and the day since which an account has been below zero, looked at day by day."""
    until = as_of or LAST + 400 * DAY
    found = {}
    for client, accounts in oracle.balances(until).items():
        below = [account for account, left in accounts.items() if left < 0]
        if below:
            sinces = [since(oracle, client, account, until) for account in below]
            found[client] = (-sum(accounts[account] for account in below), sum(accounts.values()), min(sinces))
    return found


def since(oracle: Oracle, client: int, account: int, until: date) -> date:
    """Walk back from the end while the account is below zero."""
    amounts: dict[date, int] = {}
    for whose, where, day, amount in oracle.entries():
        if (whose, where) == (client, account) and day <= until:
            amounts[day] = amounts.get(day, 0) + amount
    left = sum(amounts.values())
    first = max(amounts)
    for day in sorted(amounts, reverse=True):
        if left >= 0:
            break
        first = day
        left -= amounts[day]
    return first
