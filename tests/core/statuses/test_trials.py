"""The trial booked on the client, recorded by hand, cancelled (R12a), and what that moves (R7)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import add_client, add_group, add_student, make_school, student_of, writing_school
from status_facts import add_status, base_of, history_of, sold, status_id

from schoolcrm.core.errors import BadValue, NotFound, Refused
from schoolcrm.core.learning.attendance import Attendance, mark_students
from schoolcrm.core.statuses import events
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.trials import (
    Trial,
    book,
    cancel,
    open_booking,
    record_attended,
    require_free_trial,
    trial_used,
)

TODAY = date(2026, 9, 1)
LATER, EARLIER = TODAY + timedelta(days=9), TODAY - timedelta(days=9)
WAITING = ["for-admin", "new", "in-work", "group-search", "reserve", "refused"]


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path), TODAY) as school:
        yield school


def states(school: Any) -> list[str]:
    return [state for (state,) in school.db.execute("SELECT state FROM trial ORDER BY id")]


@pytest.mark.parametrize("base", [*WAITING, "trial-booked"])
def test_r7_booked_then_cancelled_brings_the_status_before_back(school: Any, base: str) -> None:
    client = add_client(school, status=base)
    book(school, client, LATER)
    assert base_of(school, client) == "trial-booked"
    cancel(school, client)
    assert (base_of(school, client), states(school)) == (base, ["cancelled"])
    assert not trial_used(school.db, client)


@pytest.mark.parametrize("base", ["bought", "trial-done"])
def test_r7_who_bought_or_attended_stays_and_has_the_booking_all_the_same(school: Any, base: str) -> None:
    client = add_client(school, status=base)
    book(school, client, LATER)
    assert (base_of(school, client), states(school)) == (base, ["booked"])
    cancel(school, client)
    assert base_of(school, client) == base


@pytest.mark.parametrize("base", [*WAITING, "trial-booked"])
def test_r7_attended_by_hand_and_taken_back(school: Any, base: str) -> None:
    client = add_client(school, status=base)
    record_attended(school, client)
    assert (base_of(school, client), trial_used(school.db, client)) == ("trial-done", True)
    cancel(school, client)
    assert (base_of(school, client), trial_used(school.db, client)) == (base, False)


def test_r7_booked_attended_and_taken_back_is_the_status_before_booking(school: Any) -> None:
    client = add_client(school, status="reserve")
    book(school, client, EARLIER)
    record_attended(school, client)
    cancel(school, client)
    moves = [row[1:] for row in history_of(school, client) if row[0] == "funnel"][1:]
    assert moves == [
        ("reserve", "trial-booked", "trial"),
        ("trial-booked", "trial-done", "trial"),
        ("trial-done", "trial-booked", "trial-missed"),
        ("trial-booked", "reserve", "trial-missed"),
    ]


def test_r7_attended_by_who_has_bought_only_ends_a_booking(school: Any) -> None:
    client = add_client(school)
    events.subscription_sold(school, client, sold(school, client, EARLIER))
    set_status(school, [client], status_id(school, "reserve"))
    record_attended(school, client, EARLIER)
    assert (base_of(school, client), trial_used(school.db, client)) == ("reserve", True)
    cancel(school, client)
    book(school, client, EARLIER)
    record_attended(school, client)
    assert (base_of(school, client), trial_used(school.db, client)) == ("trial-done", True)


def test_r6_a_status_set_by_hand_in_the_meantime_stays(school: Any) -> None:
    client = add_client(school)
    book(school, client, LATER)
    set_status(school, [client], status_id(school, "in-work"))
    cancel(school, client)
    assert base_of(school, client) == "in-work"
    book(school, client, LATER)
    set_status(school, [client], status_id(school, "reserve"))
    set_status(school, [client], status_id(school, "trial-booked"))
    cancel(school, client)
    assert base_of(school, client) == "trial-booked"


def test_r7_a_sale_taken_back_passes_over_to_the_booking_before(school: Any) -> None:
    client = add_client(school, status="in-work")
    book(school, client, LATER)
    number = sold(school, client, TODAY)
    events.subscription_sold(school, client, number)
    school.db.execute("UPDATE subscription SET deleted_on = '2026-09-01' WHERE id = ?", (number,))
    events.sale_withdrawn(school, client, number)
    assert base_of(school, client) == "trial-booked"
    cancel(school, client)
    assert base_of(school, client) == "in-work"


def test_r5_r7_a_status_before_that_was_deleted_has_the_automatic_one_of_its_base_in_its_place(school: Any) -> None:
    client = add_client(school)
    own = add_status(school, "in-work", "Думает")
    set_status(school, [client], own)
    book(school, client, LATER)
    school.db.execute("UPDATE status SET deleted_on = '2026-09-01' WHERE id = ?", (own,))
    cancel(school, client)
    row = school.db.execute("SELECT status_id FROM client WHERE id = ?", (client,)).fetchone()
    assert row == (status_id(school, "in-work"),)


def test_r12_one_open_booking_that_is_moved_with_one_change_of_status(school: Any) -> None:
    client = add_client(school)
    group = add_group(school, "Робо")
    student = student_of(school, client)
    first = book(school, client, LATER, group_id=group)
    again = book(school, client, LATER)
    moved = book(school, client, TODAY, student_id=student)
    assert (first.moved_from, again.moved_from, moved.moved_from) == (None, None, LATER)
    assert open_booking(school.db, client) == moved.trial == Trial(1, TODAY, group, student, "booked", None)
    assert [row[2] for row in history_of(school, client) if row[3] == "trial"] == ["trial-booked"]


def test_r7_booked_anew_after_a_refusal_by_silence(school: Any) -> None:
    client = add_client(school)
    book(school, client, EARLIER)
    set_status(school, [client], status_id(school, "refused"), reason="refusal-rule")
    book(school, client, LATER)
    assert base_of(school, client) == "trial-booked"
    cancel(school, client)
    assert base_of(school, client) == "refused"


@pytest.mark.parametrize(
    ("booked_on", "said", "attended_on"),
    [
        (None, None, TODAY),
        (None, EARLIER, EARLIER),
        (EARLIER, None, EARLIER),
        (LATER, None, TODAY),
        (LATER, EARLIER, EARLIER),
    ],
)
def test_r12_the_day_attended(school: Any, booked_on: date | None, said: date | None, attended_on: date) -> None:
    client = add_client(school)
    if booked_on:
        book(school, client, booked_on)
    recorded = record_attended(school, client, said)
    assert (recorded.trial.on, states(school)) == (attended_on, ["attended"])


def test_r23_a_trial_after_today_is_attended_only_even_so(school: Any) -> None:
    client = add_client(school)
    with pytest.raises(Refused, match="2026-09-10 is after today"):
        record_attended(school, client, LATER)
    assert record_attended(school, client, LATER, even_so=True).trial.on == LATER


def test_r12_a_second_free_trial_is_refused_and_says_when_the_first_was(school: Any) -> None:
    client = add_client(school, "Анна Иванова")
    record_attended(school, client, EARLIER)
    for attempt in (
        lambda: book(school, client, LATER),
        lambda: record_attended(school, client),
        lambda: require_free_trial(school.db, client),
    ):
        with pytest.raises(Refused, match="Анна Иванова has used up the free trial lesson: attended on 2026-08-23"):
            attempt()
    cancel(school, client)
    require_free_trial(school.db, client)


def test_r62_an_imported_client_may_have_used_it_up(school: Any) -> None:
    client = add_client(school)
    school.db.execute("UPDATE client SET trial_spent = 1")
    assert trial_used(school.db, client)
    with pytest.raises(Refused, match="imported"):
        book(school, client, LATER)


def test_r12_a_mark_uses_it_up_for_the_whole_family(school: Any) -> None:
    client = add_client(school)
    other = add_student(school, client, "Маша")
    lesson = trial_lesson(school, other)
    assert trial_used(school.db, client)
    assert not trial_used(school.db, client, lesson)
    assert not trial_used(school.db, client, lesson, other)
    assert trial_used(school.db, client, lesson, student_of(school, client))
    with pytest.raises(Refused, match="attended on 2026-08-23"):
        book(school, client, LATER)
    with pytest.raises(Refused, match="is the mark of a lesson: 2026-08-23") as refusal:
        cancel(school, client)
    assert f"lessons mark {lesson} STUDENT absent" in refusal.value.hint


def test_r12_nothing_or_another_one_to_cancel(school: Any) -> None:
    client = add_client(school, "Анна")
    with pytest.raises(NotFound, match="Анна has no trial lesson booked"):
        cancel(school, client)
    group = add_group(school, "Робо")
    book(school, client, LATER, group_id=group)
    for told in ({"on": TODAY}, {"group_id": group + 1}, {"student_id": student_of(school, client)}):
        with pytest.raises(BadValue, match="2026-09-10 · Робо"):
            cancel(school, client, **told)
    cancel(school, client, LATER, group_id=group)


def test_r7_deleted_and_archived_clients_take_part_in_nothing(school: Any) -> None:
    deleted = add_client(school, "Анна", status="deleted")
    archived = add_client(school, "Олег")
    school.db.execute("UPDATE client SET archived_on = '2026-08-31' WHERE id = ?", (archived,))
    for client, sentence in ((deleted, "Анна is deleted"), (archived, "Олег is archived")):
        for operation in (book, record_attended):
            with pytest.raises(Refused, match=sentence):
                operation(school, client, TODAY)
    assert states(school) == []


def trial_lesson(school: Any, student: int) -> int:
    """Write a lesson of the type trial, nine days ago, that the student attends; return its id."""
    row = school.db.execute(
        "INSERT INTO lesson (student_id, on_date, time, minutes, state, lesson_type_id)"
        " SELECT ?, ?, '18:00', 60, 'held', id FROM lesson_type WHERE code = 'trial' RETURNING id",
        (student, EARLIER.isoformat()),
    )
    lesson = int(row.fetchone()[0])
    mark_students(school, lesson, [Attendance(student, attended=True)])
    return lesson
