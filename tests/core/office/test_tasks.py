"""Tasks on clients: noted, finished, put away, found by number, text or client (R55)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, add_client, make_school, writing_school

from schoolcrm.core.errors import Ambiguous, BadValue, NotFound, Refused
from schoolcrm.core.office.tasks import (
    Wanted,
    add_task,
    archive_tasks,
    find_task,
    find_tasks,
    finish_tasks,
    read_state,
)
from schoolcrm.core.people.archive import archive_clients
from schoolcrm.core.rules.dates import Period


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Any]:
    with writing_school(make_school(tmp_path)) as opened:
        add_client(opened, "Анна Иванова")
        add_client(opened, "Борис")
        yield opened


def listed(school: Any, **wanted: Any) -> list[str]:
    return [task.text for task in find_tasks(school.db, TODAY, Wanted(**wanted))]


def test_r55_tasks_come_in_the_order_in_which_one_looks_at_them(school: Any) -> None:
    for text, due_on in (
        ("overdue", date(2026, 8, 31)),
        ("without a day", None),
        ("later", date(2026, 9, 9)),
        ("done", date(2026, 9, 2)),
        ("today", TODAY),
        ("given up", date(2026, 9, 1)),
        ("long overdue", date(2026, 8, 1)),
    ):
        add_task(school, 1, text, due_on)
    finish_tasks(school, [find_task(school.db, "done")])
    archive_tasks(school, [find_task(school.db, "given up")])
    order = ["today", "later", "without a day", "long overdue", "overdue", "done", "given up"]
    assert listed(school) == order
    assert listed(school, states=["done", "archived"]) == ["done", "given up"]
    assert listed(school, due=Period(date(2026, 8, 31), TODAY), states=["open"]) == ["today", "overdue"]
    assert listed(school, client_id=2) == []


def test_tasks_of_clients_out_of_sight_are_shown_only_when_asked_for(school: Any) -> None:
    add_task(school, 1, "call")
    archive_clients(school, [1])
    assert listed(school) == []
    assert listed(school, client_id=1) == ["call"]


def test_what_was_done_stays_done(school: Any) -> None:
    number = add_task(school, 1, "  call\n back ")
    (task,) = finish_tasks(school, [number])
    assert (task.text, task.state, task.done_on) == ("call\nback", "done", TODAY)
    with pytest.raises(Refused, match=f"Task {number} is done already"):
        finish_tasks(school, [number])
    (task,) = archive_tasks(school, [number, number])
    assert (task.state, task.done_on) == ("archived", TODAY)
    with pytest.raises(Refused, match="is archived"):
        archive_tasks(school, [number])


def test_a_task_is_found_by_number_text_or_client(school: Any) -> None:
    first, second = add_task(school, 1, "Перезвонить маме"), add_task(school, 2, "Перезвонить")
    assert find_task(school.db, str(first)) == first
    assert find_task(school.db, "маме") == first
    assert find_task(school.db, "борис") == second
    with pytest.raises(Ambiguous, match="перезвонить"):
        find_task(school.db, "перезвонить")
    finish_tasks(school, [first])
    assert find_task(school.db, "перезвонить") == second
    with pytest.raises(NotFound, match="письмо"):
        find_task(school.db, "письмо")


def test_empty_texts_and_unknown_states_are_refused(school: Any) -> None:
    with pytest.raises(BadValue, match="text of the task"):
        add_task(school, 1, " \n ")
    with pytest.raises(BadValue, match='"later"'):
        read_state("later")
    assert read_state("Done") == "done"
