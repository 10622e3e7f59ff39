"""Automations at the end of an operation (R56)."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from builders import add_client, make_school, reading_school, writing_school
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.office.automation import (
    Action,
    add_automation,
    automations,
    find_runs,
    kept,
    read_due,
    remove_automation,
)
from schoolcrm.core.office.automation_firing import fire
from schoolcrm.core.office.messages import find_messages
from schoolcrm.core.office.tasks import find_tasks
from schoolcrm.core.people.bulk import Settings
from schoolcrm.core.people.contacts import add_contacts, read_contact
from schoolcrm.core.people.custom_fields import add_field, find_field, remove_field, set_values
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.statuses.catalogue import find_status
from schoolcrm.core.statuses.change import set_status
from schoolcrm.core.statuses.recompute import recompute

TODAY = date(2026, 9, 1)
ALL = Period(None, None)
TASK = Action("task", text="Call")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path, "en")
    with writing_school(path) as school:
        add_contacts(school, add_client(school, "Anna"), [read_contact("email:anna@example.org")])
        add_client(school, "Boris")
    return path


def status(school: Any, name: str) -> str:
    return str(find_status(school.db, name))


def outcomes(school: Any) -> list[tuple[int, str, str]]:
    return [(run.automation_id, run.client, run.outcome) for run in reversed(find_runs(school.db, ALL))]


def test_r56_a_status_sets_a_field_adds_a_task_and_queues_a_message(path: Path) -> None:
    with writing_school(path) as school:
        school.db.execute("UPDATE client SET studies = 1")
        refused = status(school, "refused")
        add_automation(school, "status", refused, Action("set", set_field="studies", set_value="0"))
        add_automation(school, "status", refused, Action("task", text="Ask why", due="+3d"))
        add_automation(school, "status", refused, Action("message", text="Bye, {name}", channel="email"))
    with writing_school(path) as school:
        set_status(school, [1, 2], find_status(school.db, "refused"))
        fire(school)
    with reading_school(path) as school:
        assert school.db.execute("SELECT studies FROM client").fetchall() == [(0,), (0,)]
        tasks = find_tasks(school.db, TODAY)
        assert [(task.client, task.text, task.due_on) for task in tasks] == [
            ("Anna", "Ask why", date(2026, 9, 4)),
            ("Boris", "Ask why", date(2026, 9, 4)),
        ]
        assert [message.text for message in find_messages(school.db)] == ["Bye, Anna"]
        assert sorted(outcomes(school)) == [
            (1, "Anna", "done"),
            (1, "Boris", "done"),
            (2, "Anna", "done"),
            (2, "Boris", "done"),
            (3, "Anna", "done"),
            (3, "Boris", "failed"),
        ]


def test_r56_what_was_there_before_or_came_and_went_sets_nothing_off(path: Path) -> None:
    with writing_school(path) as school:
        add_automation(school, "status", status(school, "new"), TASK)
        add_automation(school, "manager", "Olga", TASK)
    with writing_school(path) as school:
        set_status(school, [1], find_status(school.db, "refused"))
        set_status(school, [1], find_status(school.db, "new"))
        school.db.execute("UPDATE client SET manager = 'Olga' WHERE id = 1")
        school.db.execute("UPDATE client SET manager = 'Anna' WHERE id = 1")
        assert fire(school) == []


def test_r56_a_new_client_takes_its_values(path: Path) -> None:
    with writing_school(path) as school:
        add_automation(school, "status", status(school, "new"), TASK)
    with writing_school(path) as school:
        number = add_client(school, "Vera")
        (done,) = fire(school)
        assert (done.client_ids, done.outcomes) == ([number], {number: ("done", None)})


def test_r56_a_recompute_sets_them_off(path: Path) -> None:
    with writing_school(path) as school:
        add_automation(school, "status", status(school, "refused"), TASK)
        school.db.execute("UPDATE client SET last_visit_on = '2025-01-01' WHERE id = 2")
        set_status(school, [2], find_status(school.db, "bought"), reason="import")
        school.db.execute("UPDATE status_change SET on_date = '2025-01-01'")
    with writing_school(path) as school:
        changed = {change.client_id for change in recompute(school).changes if change.scale == "funnel"}
        assert changed == {client_id for done in fire(school) for client_id in done.client_ids} == {2}


def test_r56_a_field_of_the_schools_own(path: Path) -> None:
    with writing_school(path) as school:
        add_field(school, "client", "Возраст группы", type="choice", choices=["Младшая", "Старшая"])
        own = find_field(school.db, "client", "Возраст группы")
        field, value = kept(Settings(custom={own: "Старшая"}))
        add_automation(school, field, value, TASK)
        add_automation(school, "manager", "Olga", Action("set", set_field=field, set_value="Младшая"))
    with writing_school(path) as school:
        set_values(school, "client", 1, {own: "Старшая"})
        school.db.execute("UPDATE client SET manager = 'olga' WHERE id = 2")
        assert [(done.automation.id, done.client_ids) for done in fire(school)] == [(1, [1]), (2, [2])]
    with writing_school(path) as school:
        assert school.db.execute("SELECT client_id, value FROM client_field").fetchall() == [
            (1, "Старшая"),
            (2, "Младшая"),
        ]
        remove_field(school, "client", own.id)
        assert automations(school.db) == []


def test_r56_what_fails_is_taken_back_logged_and_holds_nothing_up(path: Path) -> None:
    with writing_school(path) as school:
        add_automation(school, "manager", "Olga", Action("set", set_field="source", set_value="77"))
        add_automation(school, "manager", "Olga", Action("message", text="{field.Gone}", channel="email"))
        add_automation(school, "manager", "Olga", TASK)
    with writing_school(path) as school:
        school.db.execute("UPDATE client SET manager = 'Olga' WHERE id = 1")
        fire(school)
    with reading_school(path) as school:
        assert outcomes(school) == [(1, "Anna", "failed"), (2, "Anna", "failed"), (3, "Anna", "done")]
        assert school.db.execute("SELECT manager FROM client WHERE id = 1").fetchone() == ("Olga",)


def test_r56_a_deleted_status_gives_way_to_the_automatic_one(path: Path) -> None:
    with writing_school(path) as school:
        (number,) = school.db.execute(
            "INSERT INTO status (scale, base, name, name_key, automatic, deleted_on)"
            " VALUES ('funnel', 'reserve', 'Old', 'old', 0, '2026-01-01') RETURNING id"
        ).fetchone()
        add_automation(school, "manager", "Olga", Action("set", set_field="status", set_value=str(number)))
    with writing_school(path) as school:
        school.db.execute("UPDATE client SET manager = 'Olga' WHERE id = 1")
        fire(school)
        (now,) = school.db.execute("SELECT status_id FROM client WHERE id = 1").fetchone()
        assert now == find_status(school.db, "reserve")
        (note,) = school.db.execute("SELECT note FROM status_change WHERE to_id = ?", (now,)).fetchone()
        assert note


def test_r56_the_same_twice_or_on_itself_is_refused_and_removed_ones_rest(path: Path) -> None:
    with writing_school(path) as school:
        add_automation(school, "manager", "Olga", TASK)
        with pytest.raises(Refused, match="Automation 1 does so already"):
            add_automation(school, "manager", "Olga", TASK)
        with pytest.raises(Refused, match='"manager"'):
            add_automation(school, "manager", "Olga", Action("set", set_field="manager", set_value="Anna"))
        remove_automation(school, 1)
    with writing_school(path) as school:
        school.db.execute("UPDATE client SET manager = 'Olga' WHERE id = 1")
        assert fire(school) == []


def test_the_day_of_a_task_is_counted_from_its_making() -> None:
    assert read_due("+3D", TODAY) == "+3d"
    with pytest.raises(BadValue, match="same day"):
        read_due("2026-12-31", TODAY)
    with pytest.raises(BadValue, match="before the day"):
        read_due("-1d", TODAY)


FIELDS = ("manager", "colour", "note")
SETS = st.tuples(st.sampled_from(FIELDS), st.sampled_from("ab"), st.sampled_from(FIELDS), st.sampled_from("ab")).filter(
    lambda one: one[0] != one[2]
)
VALUES = st.fixed_dictionaries(dict.fromkeys(FIELDS, st.sampled_from("ab")))


@given(rules=st.lists(SETS, unique=True, max_size=6), before=VALUES, after=VALUES)
@settings(max_examples=25, deadline=None)
def test_r56_one_step_deep_in_order_and_no_loops(
    rules: list[tuple[str, str, str, str]], before: dict[str, str], after: dict[str, str]
) -> None:
    """What automations set counts for nobody: the result is the operation's own changes, then each rule once."""
    set_off = [rule for rule in rules if after[rule[0]] == rule[1] != before[rule[0]]]
    expected = after | {target: told for _field, _value, target, told in set_off}
    update = "UPDATE client SET manager = :manager, colour = :colour, note = :note WHERE id = 1"
    with TemporaryDirectory() as folder:
        path = make_school(Path(folder), "en")
        with writing_school(path) as school:
            add_client(school, "Anna")
            school.db.execute(update, before)
            for field, value, target, told in rules:
                add_automation(school, field, value, Action("set", set_field=target, set_value=told))
        with writing_school(path) as school:
            school.db.execute(update, after)
            fire(school)
            now = school.db.execute("SELECT manager, colour, note FROM client WHERE id = 1").fetchone()
            assert dict(zip(FIELDS, now, strict=True)) == expected
