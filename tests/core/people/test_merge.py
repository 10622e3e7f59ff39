"""Merging two clients: everything moves, nothing is lost, the balances add up (R53)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
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
    reading_school,
    sell_plan,
    student_of,
    writing_school,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import Refused
from schoolcrm.core.money.ledger import balance, balances
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.people.contacts import add_contacts, contacts_of, read_contact
from schoolcrm.core.people.custom_fields import add_field, find_field, set_values
from schoolcrm.core.people.merge import JOINED, MOVED, find_merging, merge_clients
from schoolcrm.core.people.merged_facts import ACCESS, FILLED, LATEST
from schoolcrm.core.statuses import trials
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.facts import read_facts
from schoolcrm.core.statuses.history import find_history

JOINED_ELSEWHERE = ("id", "name", "name_key", "status_id", "stage_id", "created_on", "archived_on", "note", "passport")
"""Columns of a client that are joined in a way of their own."""


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    """Анна (1) with Петя, Аня (2) with Маша."""
    with writing_school(make_school(tmp_path, "en")) as school:
        add_client(school, "Анна", student="Петя", phone="8 916 000-00-01")
        add_client(school, "Аня", student="Маша", phone="8 916 000-00-02")
        yield school


def client(school: Any, columns: str) -> Any:
    return school.db.execute(f"SELECT {columns} FROM client WHERE id = 1").fetchone()


def put(school: Any, client_id: int, **values: Any) -> None:
    columns = ", ".join(f"{column} = ?" for column in values)
    school.db.execute(f"UPDATE client SET {columns} WHERE id = ?", (*values.values(), client_id))


def base(school: Any, client_id: int = 1) -> str:
    query = "SELECT base FROM client JOIN status ON status.id = status_id WHERE client.id = ?"
    return str(school.db.execute(query, (client_id,)).fetchone()[0])


def test_r53_the_other_is_gone_and_everything_is_there(school: Any) -> None:
    pay(school, 1, 100_00, TODAY)
    pay(school, 2, 250_00, TODAY, student_id=2)
    merged = merge_clients(school, 1, 2)
    assert (merged.id, merged.name, merged.balance) == (1, "Анна", 350_00)
    assert school.db.execute("SELECT id FROM client").fetchall() == [(1,)]
    assert school.db.execute("SELECT id, name FROM student WHERE client_id = 1").fetchall() == [
        (1, "Петя"),
        (2, "Маша"),
    ]
    assert [value for _id, _kind, value, _note in contacts_of(school.db, 1)] == ["+79160000001", "+79160000002"]
    assert "Аня" in client(school, "note")[0]


def test_r53_gaps_are_filled_and_what_differs_is_told_in_the_note(school: Any) -> None:
    sources = [add_entry(school, "sources", name) for name in ("Сайт", "Знакомые")]
    put(school, 1, note="первая", manager="Ольга", sex="f", source_id=sources[0], created_on="2026-03-01")
    put(school, 2, note="вторая", manager="Ира", sex="f", source_id=sources[1], birthday="1990-02-01", colour="red")
    put(school, 2, created_on="2025-01-31", last_visit_on="2026-01-01", trial_spent=1, studies=1)
    merged = merge_clients(school, 1, 2)
    assert client(school, "birthday, colour, manager, source_id") == ("1990-02-01", "red", "Ольга", sources[0])
    assert client(school, "created_on, last_visit_on, trial_spent, studies") == ("2025-01-31", "2026-01-01", 1, 1)
    assert merged.noted == ["Full name: Аня", "Source: Знакомые", "Manager: Ира"]
    told = "Merged with client 2 on 2026-09-01: Full name: Аня; Source: Знакомые; Manager: Ира."
    assert client(school, "note") == (f"первая\nвторая\n{told}",)


def test_r53_own_fields_win_or_fill(school: Any) -> None:
    for name, mine, theirs in (("Школа", "5", "7"), ("Рост", "", "120"), ("Класс", "2", "2")):
        add_field(school, "client", name)
        own = find_field(school.db, "client", name)
        set_values(school, "client", 1, {own: mine})
        set_values(school, "client", 2, {own: theirs})
    assert "Школа: 7" in merge_clients(school, 1, 2).noted
    rows = school.db.execute("SELECT name, value FROM client_field JOIN field ON field.id = field_id").fetchall()
    assert sorted(rows) == [("Класс", "2"), ("Рост", "120"), ("Школа", "5")]


def test_r50_passport_data_never_go_into_the_note(school: Any) -> None:
    put(school, 1, passport="4510 123456")
    put(school, 2, passport="4511 654321")
    merge_clients(school, 1, 2)
    assert client(school, "passport") == ("4510 123456; 4511 654321",)
    assert "4511" not in client(school, "note")[0]


def test_r53_doubles_of_contacts_are_dropped_their_notes_kept(school: Any) -> None:
    add_contacts(school, 1, [read_contact("mobile:89160000002:мама"), read_contact("email:a@b.de")])
    add_contacts(school, 2, [read_contact("mobile:89160000002:Анна"), read_contact("email:A@B.de:личная")])
    merge_clients(school, 1, 2)
    assert [row[1:] for row in contacts_of(school.db, 1)] == [
        ("mobile", "+79160000001", None),
        ("mobile", "+79160000002", "мама; Анна"),
        ("email", "a@b.de", "личная"),
    ]


@pytest.mark.parametrize(
    ("mine", "theirs", "after"),
    [
        ("in-work", "new", "in-work"),
        ("new", "in-work", "new"),
        ("new", "bought", "bought"),
        ("bought", "refused", "bought"),
        ("refused", "bought", "bought"),
        ("bought", "bought", "bought"),
    ],
)
@pytest.mark.parametrize("keep_first", [True, False])
def test_r53_the_status_afterwards(school: Any, mine: str, theirs: str, after: str, *, keep_first: bool) -> None:
    for number, status in ((1, mine), (2, theirs)) if keep_first else ((2, theirs), (1, mine)):
        set_status(school, [number], find_status(school.db, status))
    before = school.db.execute("SELECT count(*) FROM status_change").fetchone()[0]
    merge_clients(school, 1, 2)
    assert base(school) == after
    history = find_history(school.db, 1)
    assert len(history) >= before
    names = client(
        school, "(SELECT name FROM status WHERE id = status_id), (SELECT name FROM status WHERE id = stage_id)"
    )
    ends = {line.scale: line.to for line in reversed(history)}
    assert (ends["funnel"], ends["loyalty"]) == names
    assert after != "bought" or client(school, "studies") == (1,)


def test_r9_a_stage_set_by_hand_stays_by_hand(school: Any) -> None:
    set_status(school, [1], find_status(school.db, "loyalty:regular"))
    set_status(school, [2], find_status(school.db, "loyalty:sleeping"))
    merge_clients(school, 1, 2)
    (facts,) = read_facts(school.db, 1)
    assert facts.stage_kept_on == TODAY
    assert facts.stage_id == find_status(school.db, "loyalty:regular")


def test_r9_the_others_decision_by_hand_is_not_the_kept_clients(school: Any) -> None:
    set_status(school, [2], find_status(school.db, "loyalty:sleeping"))
    merge_clients(school, 1, 2)
    (facts,) = read_facts(school.db, 1)
    assert facts.stage_kept_on is None


def test_r12_one_booking_of_a_trial_stays(school: Any) -> None:
    trials.book(school, 1, date(2026, 9, 5))
    trials.book(school, 2, date(2026, 9, 7))
    merged = merge_clients(school, 1, 2)
    booking = trials.open_booking(school.db, 1)
    assert booking is not None
    assert booking.on == date(2026, 9, 5)
    assert merged.noted[-1] == "trial lesson booked for 2026-09-07, cancelled"
    assert school.db.execute("SELECT count(*) FROM trial WHERE client_id = 1").fetchone() == (2,)


def test_r36_separate_balances_stay_with_their_subscriptions(school: Any) -> None:
    plan = add_plan(school, "lesson", 700_00, separate=True)
    number = sell_plan(school, 2, plan, TODAY)
    pay(school, 2, 500_00, TODAY, subscription_id=number)
    pay(school, 1, 30_00, TODAY)
    merge_clients(school, 1, 2)
    assert balances(school.db, 1) == {0: 30_00, number: 500_00}


def test_r53_namesakes_stay_two_students(school: Any) -> None:
    add_student(school, 2, "петя")
    assert find_merging(school.db, 1, 2).namesakes == ["петя"]
    merge_clients(school, 1, 2)
    assert school.db.execute("SELECT count(*) FROM student WHERE client_id = 1").fetchone() == (3,)


def test_r53_refused_with_itself_and_out_of_sight(school: Any) -> None:
    with pytest.raises(Refused, match="itself"):
        merge_clients(school, 1, 1)
    archive_clients(school, [2])
    for pair in ((1, 2), (2, 1)):
        with pytest.raises(Refused, match="Аня is archived"):
            find_merging(school.db, *pair)


def test_r53_every_table_that_refers_to_a_client_is_dealt_with(school: Any) -> None:
    """A new table that refers to clients must say what a merge does with it; so must a new column of theirs."""
    tables = [name for (name,) in school.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    refer = {
        (table, key[3])
        for table in tables
        for key in school.db.execute(f'PRAGMA foreign_key_list("{table}")')
        if key[2] == "client"
    }
    assert refer == {(table, "client_id") for table in (*MOVED, *JOINED)}
    columns = {row[1] for row in school.db.execute("PRAGMA table_info(client)")}
    assert columns == {*FILLED, *LATEST, *ACCESS, *JOINED_ELSEWHERE}


DAYS = st.integers(1, 25).map(lambda number: date(2026, 8, number))
CLIENTS = st.fixed_dictionaries(
    {
        "children": st.lists(st.sampled_from(["Петя", "Маша", "Лев"]), max_size=2),
        "paid": st.lists(st.tuples(DAYS, st.integers(1, 10**7)), max_size=3),
        "sold": st.sampled_from([None, "lesson", "month", "package"]),
        "separate": st.booleans(),
        "billing": st.sampled_from(["by-lesson", "upfront"]),
        "lessons": st.lists(DAYS, max_size=3, unique=True),
        "status": st.sampled_from([None, "in-work", "bought", "refused"]),
        "phone": st.sampled_from(["89160000001", "89160000002", None]),
    }
)


def add_random(school: Any, told: dict[str, Any], name: str) -> int:
    client_id = add_client(school, name, phone=told["phone"])
    for child in told["children"]:
        add_student(school, client_id, child)
    student_id = student_of(school, client_id)
    group_id = add_group(school, f"Группа {name}")
    for weekday in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        add_schedule(school, group_id=group_id, days=weekday, first_on=date(2026, 8, 1))
    join(school, group_id, student_id, date(2026, 8, 1))
    if told["sold"]:
        terms = {"billing": told["billing"], "separate": told["separate"], "name": f"План {name}"}
        lessons = 2 if told["sold"] == "package" else None
        sell_plan(
            school,
            student_id,
            add_plan(school, told["sold"], 1234_56, lessons, **terms),
            date(2026, 8, 2),
            last_on=TODAY,
        )
    for day in sorted(told["lessons"]):
        hold(school, group_id, day, [student_id])
    for day, amount in told["paid"]:
        pay(school, client_id, amount, day)
    if told["status"]:
        set_status(school, [client_id], find_status(school.db, told["status"]))
    return client_id


def counted(school: Any) -> dict[str, int]:
    tables = ("student", "payment", "mark", "subscription", "upfront_charge", "membership", "trial")
    return {table: school.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


@given(first=CLIENTS, second=CLIENTS, later=st.integers(0, 40))
@settings(max_examples=15, deadline=None)
def test_r53_nothing_is_lost_whoever_is_merged(first: dict[str, Any], second: dict[str, Any], later: int) -> None:
    with TemporaryDirectory() as folder:
        path = make_school(Path(folder))
        with writing_school(path) as school:
            keep, other = add_random(school, first, "Анна"), add_random(school, second, "Борис")
        with writing_school(path, TODAY + timedelta(days=later)) as school:
            accounts = balances(school.db, keep).items() | balances(school.db, other).items()
            expected = balance(school.db, keep) + balance(school.db, other)
            before = counted(school)
            merge_clients(school, keep, other)
        with reading_school(path) as school:
            assert balance(school.db, keep) == expected
            assert counted(school) == before
            separate = {(account, sum_) for account, sum_ in accounts if account}
            assert separate <= balances(school.db, keep).items()
            owners = school.db.execute("SELECT DISTINCT client_id FROM student").fetchall()
            assert owners == [(keep,)]
            assert school.db.execute("PRAGMA foreign_key_check").fetchall() == []
