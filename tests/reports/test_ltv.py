"""LTV of a period (§5): who is in it, what is added up, the average."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from builders import add_client, add_student, make_school, pay, student_of, unwritten_school, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_records import archive, delete_client, visit

from schoolcrm.core.errors import BadValue
from schoolcrm.core.money.payments import void_payment
from schoolcrm.core.rules.dates import Period
from schoolcrm.reports.ltv import Choice, Ltv, average_ltv, find_ltv, kinds_named, ltv_table

TODAY = date(2026, 9, 30)
FIRST = date(2026, 9, 1)
SEPTEMBER = Period(FIRST, TODAY)
DAY = timedelta(days=1)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as here:
        yield here


def studying(school: Any, name: str) -> int:
    """Record a client who studies."""
    client = add_client(school, name)
    school.db.execute("UPDATE client SET studies = 1 WHERE id = ?", (client,))
    return client


def sums(school: Any, period: Period = SEPTEMBER, **choice: Any) -> dict[str, int]:
    return {row.client: row.ltv for row in find_ltv(school.db, period, Choice(**choice))}


def test_9000_and_3000_and_0_over_3_make_an_average_of_4000(school: Any) -> None:
    for name, amount in (("Анна", 0), ("Борис", 3000_00), ("Вера", 9000_00)):
        client = studying(school, name)
        if amount:
            pay(school, client, amount, FIRST)
    table = ltv_table(find_ltv(school.db, SEPTEMBER), SEPTEMBER)
    assert [row[1:] for row in table.rows] == [
        ("Вера", 0, 1, 9000_00, 5000_00, "above"),
        ("Борис", 0, 1, 3000_00, -1000_00, "below"),
        ("Анна", 0, 0, 0, -4000_00, "below"),
    ]
    assert {fact.key: fact.value for fact in table.totals} == {
        "lessons": 0,
        "payments": 2,
        "ltv": 12000_00,
        "average": 4000_00,
    }


def test_who_does_not_study_is_there_with_a_payment_of_any_kind_in_the_period(school: Any) -> None:
    lead, returned, before, idle = (add_client(school, name) for name in ("Анна", "Борис", "Вера", "Глеб"))
    pay(school, lead, 5_00, FIRST, kind="adjustment")
    pay(school, returned, 7_00, FIRST, kind="refund", even_so=True)
    pay(school, before, 9_00, FIRST - DAY)
    voided = pay(school, idle, 1_00, FIRST)
    void_payment(school, voided, "по ошибке")
    assert sums(school) == {"Анна": 0, "Борис": 0}
    assert sums(school, Period(FIRST - DAY, FIRST - DAY)) == {"Вера": 9_00}


def test_the_chosen_kinds_are_added_up_and_refunds_take_nothing_off(school: Any) -> None:
    client = studying(school, "Анна")
    pay(school, client, 100_00, FIRST)
    pay(school, client, 30_00, TODAY, kind="goods")
    pay(school, client, 4_00, FIRST, kind="goods", from_balance=True)
    pay(school, client, 50_00, FIRST, kind="refund", even_so=True)
    pay(school, client, 9_00, FIRST, kind="adjustment")
    pay(school, client, 1000_00, TODAY + DAY, even_so=True)
    assert sums(school) == {"Анна": 134_00}
    assert sums(school, kinds=["income"]) == {"Анна": 100_00}
    assert sums(school, kinds=["goods"]) == {"Анна": 34_00}
    assert [row.payments for row in find_ltv(school.db, SEPTEMBER)] == [3]


def test_lessons_are_those_attended_in_the_period_by_all_children(school: Any) -> None:
    client = studying(school, "Анна")
    first, second = student_of(school, client), add_student(school, client, "Маша")
    for on, attended in ((FIRST - DAY, True), (FIRST, True), (FIRST + DAY, False), (TODAY, True)):
        visit(school, first, on, attended=attended)
    visit(school, second, FIRST)
    archive(school, "student", second)
    assert [row.lessons for row in find_ltv(school.db, SEPTEMBER)] == [3]
    assert [row.lessons for row in find_ltv(school.db, Period(None, None))] == [4]


def test_top_min_and_skip_archived_leave_clients_out_of_the_average_too(school: Any) -> None:
    for name, amount in (("Анна", 100), ("Борис", 200), ("Вера", 300)):
        pay(school, studying(school, name), amount, FIRST)
    studying(school, "Глеб")
    assert sums(school, least=100) == {"Вера": 300, "Борис": 200}
    assert sums(school, least=0) == {"Вера": 300, "Борис": 200, "Анна": 100}
    assert sums(school, top=1) == {"Вера": 300}
    assert average_ltv(find_ltv(school.db, SEPTEMBER, Choice(top=2))) == 250
    archive(school, "client", 3)
    assert list(sums(school)) == ["Вера", "Борис", "Анна", "Глеб"]
    assert list(sums(school, skip_archived=True)) == ["Борис", "Анна", "Глеб"]
    delete_client(school, 3)
    assert list(sums(school)) == ["Борис", "Анна", "Глеб"]


def test_the_average_is_rounded_half_up_and_absent_without_clients() -> None:
    assert average_ltv([]) is None
    assert average_ltv([Ltv(1, "", 0, 0, 1), Ltv(2, "", 0, 0, 2)]) == 2
    assert average_ltv([Ltv(1, "", 0, 0, 1), Ltv(2, "", 0, 0, 0), Ltv(3, "", 0, 0, 0)]) == 0
    assert {fact.key: fact.value for fact in ltv_table([], SEPTEMBER).totals}["average"] is None


def test_kinds_are_named_in_a_list() -> None:
    assert kinds_named("goods, Income,goods") == ["goods", "income"]
    for wrong in ("refund", "income,refund", "", " , "):
        with pytest.raises(BadValue):
            kinds_named(wrong)


def test_fewer_than_no_clients_are_refused(school: Any) -> None:
    with pytest.raises(BadValue, match="-1"):
        find_ltv(school.db, SEPTEMBER, Choice(top=-1))


def test_the_head_says_what_was_asked() -> None:
    table = ltv_table([], SEPTEMBER, Choice(["goods"], 10, 500, skip_archived=True))
    told = {fact.key: fact.value for fact in table.parameters}
    assert told == {"period": SEPTEMBER, "kinds": ["goods"], "top": 10, "min": 500, "skip_archived": True}


# The oracle ---------------------------------------------------------------------------------------------


class Paid(NamedTuple):
    """A payment of a random history: days after the first of September, kind, kopecks, voided or not."""

    day: int
    kind: str
    amount: int
    voided: bool


class Family(NamedTuple):
    """A random client."""

    studies: bool
    archived: bool
    payments: list[Paid]
    visits: dict[int, bool]


PAID = st.builds(
    Paid,
    st.integers(-2, 31),
    st.sampled_from(["income", "refund", "adjustment", "goods"]),
    st.integers(1, 500),
    st.booleans(),
)
FAMILY = st.builds(
    Family,
    st.booleans(),
    st.booleans(),
    st.lists(PAID, max_size=4),
    st.dictionaries(st.integers(-2, 31), st.booleans(), max_size=4),
)
CHOICE = st.builds(
    Choice,
    kinds=st.sampled_from([["income", "goods"], ["income"], ["goods"]]),
    top=st.none() | st.integers(1, 3),
    least=st.none() | st.integers(0, 600),
    skip_archived=st.booleans(),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("ltv"))


@settings(max_examples=60, deadline=None)
@given(families=st.lists(FAMILY, max_size=5), choice=CHOICE)
def test_ltv_equals_the_oracle(path: Path, families: list[Family], choice: Choice) -> None:
    with unwritten_school(path, TODAY) as school:
        for number, family in enumerate(families):
            happen(school, number, family)
        found = find_ltv(school.db, SEPTEMBER, choice)
        rows = expected(families, choice)
        assert [(row.client, row.lessons, row.payments, row.ltv) for row in found] == rows
        if rows:
            mean = Fraction(sum(row[3] for row in rows), len(rows))
            assert abs(Fraction(average_ltv(found) or 0) - mean) <= Fraction(1, 2)


def happen(school: Any, number: int, family: Family) -> None:
    """Record the family with its payments and visits."""
    client = add_client(school, f"Клиент {number}")
    school.db.execute("UPDATE client SET studies = ? WHERE id = ?", (family.studies, client))
    for paid in family.payments:
        written = pay(school, client, paid.amount, FIRST + paid.day * DAY, kind=paid.kind, even_so=True)
        if paid.voided:
            void_payment(school, written, "по ошибке")
    for day, attended in family.visits.items():
        visit(school, student_of(school, client), FIRST + day * DAY, attended=attended)
    if family.archived:
        archive(school, "client", client)


def expected(families: list[Family], choice: Choice) -> list[tuple[str, int, int, int]]:
    rows = []
    for number, family in enumerate(families):
        paid = [each for each in family.payments if 0 <= each.day < 30 and not each.voided]
        counted = [each.amount for each in paid if each.kind in choice.kinds]
        lessons = sum(attended for day, attended in family.visits.items() if 0 <= day < 30)
        if (family.studies or paid) and not (family.archived and choice.skip_archived):
            rows.append((f"Клиент {number}", lessons, len(counted), sum(counted)))
    if choice.least is not None:
        rows = [row for row in rows if row[3] > choice.least]
    rows.sort(key=lambda row: (-row[3], row[0]))
    return rows[: choice.top or None]
