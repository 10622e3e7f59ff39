"""The forecast: what coming lessons cost is what holding them charges; how far the money reaches agrees with it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import (
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
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_oracle import Marked, Oracle
from ledger_world import FIRST, HISTORIES, LAST, PRESENT, Event, World, world

from schoolcrm.core.errors import BadValue
from schoolcrm.core.money.coverage import client_coverage
from schoolcrm.core.money.ledger import balances
from schoolcrm.core.rules.dates import Period, month_of
from schoolcrm.reports.forecast import Forecast, forecast, forecast_period, forecast_table, period_from_today

SATURDAY = date(2026, 9, 5)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), date(2026, 12, 31)) as school:
        yield school


def told(found: Forecast, *keys: str) -> list[tuple[Any, ...]]:
    table = forecast_table(found)
    places = [next(at for at, column in enumerate(table.columns) if column.key == key) for key in keys]
    return [tuple(row[at] for at in places) for row in table.rows]


def test_8_lessons_at_700_with_1500_cost_5600_and_4100_is_to_pay(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    student, group = student_of(school, client), add_group(school, "Робо")
    join(school, group, student, FIRST)
    add_schedule(school, group_id=group, days="sat", first_on=FIRST)
    sell_plan(school, student, add_plan(school, "lesson", 700_00), FIRST)
    pay(school, client, 1500_00, FIRST)
    found = forecast(school.db, client, Period(SATURDAY, SATURDAY + timedelta(weeks=7)), SATURDAY)
    assert (len(found.rows), found.balance_now, found.charges, found.to_pay) == (8, 1500_00, 5600_00, 4100_00)
    assert told(found, "date", "charge", "balance")[::7] == [
        (SATURDAY, 700_00, 800_00),
        (SATURDAY + timedelta(weeks=7), 700_00, -4100_00),
    ]
    hold(school, group, SATURDAY, present=[student])
    after = forecast(school.db, client, Period(SATURDAY, SATURDAY + timedelta(weeks=7)), SATURDAY)
    assert (len(after.rows), after.balance_now, after.to_pay) == (7, 800_00, 4100_00)


def test_a_row_says_where_and_what_and_who(school: Any) -> None:
    centre = add_entry(school, "locations", "Центр")
    room = add_entry(school, "rooms", "Класс 5", location_id=centre)
    client = add_client(school, "Анна", student="Петя")
    petya, masha = student_of(school, client), add_student(school, client, "Маша")
    group = add_group(school, "Робо", "Роботы", room_id=room)
    join(school, group, petya, FIRST)
    add_schedule(school, group_id=group, days="sat", minutes=90, first_on=FIRST)
    add_schedule(school, student_id=masha, days="sat", time="10:30", minutes=45, first_on=FIRST)
    found = forecast(school.db, client, Period(SATURDAY, SATURDAY), SATURDAY)
    assert forecast_table(found).rows == [
        (SATURDAY, "10:30", "Маша", None, 45, None, None, None, 0, 0, "none"),
        (SATURDAY, "18:00", "Петя", "Робо", 90, "Роботы", "Центр", "Класс 5", 0, 0, "none"),
    ]
    only = forecast(school.db, client, Period(SATURDAY, SATURDAY), SATURDAY, student_id=petya)
    assert told(only, "student") == [("Петя",)]
    assert only.student == "Петя"


def test_r36_to_pay_is_per_account_and_counts_old_debts(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    student = student_of(school, client)
    add_schedule(school, student_id=student, days="sat", first_on=FIRST)
    chess = add_entry(school, "subjects", "Шахматы")
    sell_plan(school, student, add_plan(school, "lesson", 700_00), FIRST)
    sell_plan(
        school,
        student,
        add_plan(school, "lesson", 8000_00, billing="upfront", separate=True, subject_ids=[chess]),
        FIRST,
    )
    pay(school, client, 3100_00, FIRST)
    found = forecast(school.db, client, Period(SATURDAY, SATURDAY + timedelta(weeks=1)), SATURDAY)
    assert (found.balance_now, found.charges, found.to_pay) == (-4900_00, 1400_00, 8000_00)
    longer = forecast(school.db, client, Period(SATURDAY, SATURDAY + timedelta(weeks=4)), SATURDAY)
    assert (longer.charges, longer.to_pay) == (3500_00, 8400_00)


def test_a_later_first_day_leaves_lessons_out_but_they_use_up_the_package(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    student = student_of(school, client)
    add_schedule(school, student_id=student, days="sat", first_on=FIRST)
    sell_plan(school, student, add_plan(school, "package", 2000_00, 3), FIRST)
    week = timedelta(weeks=1)
    found = forecast(school.db, client, Period(SATURDAY + week, SATURDAY + 3 * week), SATURDAY)
    assert told(found, "date", "charge") == [
        (SATURDAY + week, 666_66),
        (SATURDAY + 2 * week, 666_68),
        (SATURDAY + 3 * week, 666_66),  # R34: into debt
    ]


def test_a_later_first_day_begins_with_the_balance_expected_then(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    petya, masha = student_of(school, client), add_student(school, client, "Маша")
    plan = add_plan(school, "lesson", 700_00)
    for student, time in ((petya, "18:00"), (masha, "19:00")):
        add_schedule(school, student_id=student, days="sat", time=time, first_on=FIRST)
        sell_plan(school, student, plan, FIRST)
    pay(school, client, 1500_00, FIRST)
    week = timedelta(weeks=1)
    found = forecast(school.db, client, Period(SATURDAY + week, SATURDAY + week), SATURDAY)
    assert (found.balance_now, found.balance_from) == (1500_00, 100_00)
    assert told(found, "balance") == [(-600_00,), (-1300_00,)]
    assert (found.charges, found.to_pay) == (1400_00, 1300_00)
    table = forecast_table(found)
    assert [(fact.key, fact.label, fact.value) for fact in table.head] == [
        ("balance_now", "Balance now", 1500_00),
        ("balance_from", "Balance on 2026-09-12", 100_00),
    ]
    only = forecast(school.db, client, Period(SATURDAY + week, SATURDAY + week), SATURDAY, student_id=masha)
    assert (only.balance_from, told(only, "balance"), only.to_pay) == (100_00, [(-600_00,)], 600_00)
    assert forecast(school.db, client, Period(SATURDAY, SATURDAY + week), SATURDAY).balance_from is None


def test_r36_with_a_separate_balance_each_lesson_names_its_account(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    student, chess = student_of(school, client), add_entry(school, "subjects", "Шахматы")
    add_schedule(school, student_id=student, days="sat", first_on=FIRST)
    add_schedule(school, student_id=student, days="sat", time="19:00", first_on=FIRST, subject_id=chess)
    sell_plan(school, student, add_plan(school, "lesson", 700_00), FIRST)
    pay(school, client, 1500_00, FIRST)
    alone = forecast(school.db, client, Period(SATURDAY, SATURDAY), SATURDAY)
    assert (alone.accounts, [column.key for column in forecast_table(alone).columns][-1]) == ([], "basis")
    separate = add_plan(school, "lesson", 500_00, separate=True, subject_ids=[chess])
    number = sell_plan(school, student, separate, FIRST)
    found = forecast(school.db, client, Period(SATURDAY, SATURDAY), SATURDAY)
    assert told(found, "charge", "account") == [(700_00, "general"), (500_00, str(number))]
    assert forecast_table(found).columns[-1].words == {"general": "general", str(number): f"subscription {number}"}
    assert found.to_pay == 500_00


def test_archived_students_have_no_lessons_to_come(school: Any) -> None:
    client = add_client(school, "Анна", student="Петя")
    add_schedule(school, student_id=student_of(school, client), days="sat", first_on=FIRST)
    school.db.execute("UPDATE student SET archived_on = '2026-09-01'")
    assert forecast(school.db, client, Period(SATURDAY, LAST), SATURDAY).rows == []


def test_the_usual_period_is_today_to_the_end_of_next_month() -> None:
    assert forecast_period(date(2026, 1, 31)) == Period(date(2026, 1, 31), date(2026, 2, 28))
    assert forecast_period(date(2026, 12, 5)) == Period(date(2026, 12, 5), date(2027, 1, 31))


def test_of_a_running_period_the_rest_is_meant() -> None:
    september, today = Period(date(2026, 9, 1), date(2026, 9, 30)), date(2026, 9, 12)
    assert period_from_today(september, today, named=True) == Period(today, date(2026, 9, 30))
    assert period_from_today(september, today, named=False) == september
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    assert period_from_today(october, today, named=True) == october
    assert period_from_today(Period(None, None), today, named=True) == Period(today, date(2026, 10, 31))
    assert period_from_today(Period(date(2027, 3, 5), None), today, named=False).last == date(2027, 4, 30)


@pytest.mark.parametrize(
    ("first", "last", "day"),
    [("2026-09-04", "2026-09-30", "2026-09-04"), ("2026-09-10", "2026-09-09", "2026-09-09")],
)
def test_it_begins_not_before_today_and_ends_after_it_begins(school: Any, first: str, last: str, day: str) -> None:
    client = add_client(school)
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    with pytest.raises(BadValue, match=day):
        forecast(school.db, client, period, SATURDAY)


# Against the oracle -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("forecast"))


def hold_all(here: World, first: date = FIRST, last: date = LAST) -> None:
    """Hold the lessons of those days that wait to be held, all members present."""
    for owner, lesson in here.lessons:
        if first <= lesson.on <= last and (owner, lesson) not in here.held:
            here.hold(owner, lesson, dict.fromkeys(here.members(owner, lesson.on), PRESENT))


def real_charge(here: World, on: date, time: str, name: str) -> int:
    (charge,) = here.school.db.execute(
        "SELECT mark.charge FROM mark JOIN lesson ON lesson.id = mark.lesson_id"
        " JOIN student ON student.id = mark.student_id"
        " WHERE lesson.on_date = ? AND lesson.time = ? AND student.name = ?",
        (on.isoformat(), time, name),
    ).fetchone()
    return int(charge)


@settings(max_examples=60, deadline=None)
@given(history=HISTORIES, today=st.dates(FIRST, LAST), skipped=st.booleans(), later=st.integers(0, 40))
def test_the_forecast_is_what_holding_the_lessons_then_charges(
    path: Path, history: list[Event], today: date, skipped: bool, later: int
) -> None:
    """Lessons that were never held count in the month they were planned in, so with them only that month is sure."""
    with world(path) as here:
        for event in history:
            here.happen(event)
        last = month_of(today).last or LAST if skipped else LAST
        if not skipped:
            hold_all(here, last=today - timedelta(days=1))
        first = min(today + timedelta(days=later), last)
        found = [forecast(here.school.db, client, Period(first, last), today) for client in here.clients]
        rows = [row for one in found for row in told(one, "date", "time", "student", "charge")]
        waiting = [lesson for student in here.students for lesson in here.planned(student)]
        assert len(rows) == sum(first <= lesson.on <= last for lesson in waiting)
        eve = first - timedelta(days=1)
        sooner = [forecast(here.school.db, client, Period(today, max(eve, today)), today) for client in here.clients]
        hold_all(here, today, last)
        for before, one in zip(sooner, found, strict=True):
            taken = sum(real_charge(here, *row) for row in told(before, "date", "time", "student"))
            assert one.balance_from == (one.balance_now - taken if first > today else None)
        assert rows == [(on, time, name, real_charge(here, on, time, name)) for on, time, name, _charge in rows]
        for one in found:
            assert one.charges == sum(charge for (charge,) in told(one, "charge"))
            begin = one.balance_now if one.balance_from is None else one.balance_from
            assert told(one, "balance")[-1:] == [(begin - one.charges,)] * bool(one.rows)


@settings(max_examples=60, deadline=None)
@given(history=HISTORIES, today=st.dates(FIRST, LAST))
def test_r39_lessons_left_and_expires_agree_with_walking_the_forecast(
    path: Path, history: list[Event], today: date
) -> None:
    with world(path) as here:
        for event in history:
            here.happen(event)
        hold_all(here, last=today - timedelta(days=1))
        money = {client: balances(here.school.db, client) for client in here.clients}
        coverage = {client: client_coverage(here.school.db, client, today) for client in here.clients}
        held_before = set(here.oracle.marks)
        hold_all(here)
        for client in here.clients:
            came = [mark for key, mark in here.oracle.marks.items() if key not in held_before]
            theirs = [mark for mark in came if here.oracle.client_of[mark.student] == client]
            lessons, expires_on = walked(here.oracle, theirs, money[client])
            assert (coverage[client].lessons, coverage[client].expires_on) == (lessons, expires_on)


def walked(oracle: Oracle, marks: list[Marked], money: dict[int, int]) -> tuple[int, date | None]:
    """R39, with the charges that holding the lessons made."""
    charges, short = oracle.charges(), set()
    lessons, expires_on = 0, None
    for mark in sorted(marks, key=lambda mark: (mark.lesson.moment, mark.student)):
        basis, charge = charges[mark.student, mark.lesson.moment]
        if mark.payer is None or (basis == "over" and not charge):  # R38: a used-up package holds no lessons
            continue
        account = mark.payer.id if mark.payer.separate else 0
        if account in short or money.get(account, 0) < charge:
            short.add(account)
        else:
            money[account] = money.get(account, 0) - charge
            lessons, expires_on = lessons + 1, mark.lesson.on
    return lessons, expires_on
