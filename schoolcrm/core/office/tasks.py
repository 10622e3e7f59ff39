"""Tasks on clients: what is to be done, by when (R55)."""

import sqlite3
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from schoolcrm.core.errors import BadValue, Refused
from schoolcrm.core.language import N_, _
from schoolcrm.core.listing.lookup import Hit, Wording, lookup, read_id
from schoolcrm.core.office.words import TASK_STATES, read_code
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.names import fold
from schoolcrm.core.rules.personal import read_note
from schoolcrm.core.rules.tasks import ARCHIVED, DONE, OPEN, place_of
from schoolcrm.core.store.cells import stored_day

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

TASK = Wording(
    absent=N_("There is no task {name}."),
    several=N_("Several tasks answer to {name}."),
    advice=N_("'schoolcrm tasks list' shows the tasks with their numbers."),
    hidden=N_("{name} is in the archive."),
)
_TASKS = """
    SELECT task.id, task.client_id, client.name, task.text, task.state, task.due_on, task.done_on, task.created_on
      FROM task JOIN {clients} AS client ON client.id = task.client_id
     WHERE {wanted}
"""
_NO_MORE = {DONE: N_("Task {id} is done already."), ARCHIVED: N_("Task {id} is archived.")}


class Task(NamedTuple):
    """A task as it is kept; `state` is open, done or archived."""

    id: int
    client_id: int
    client: str
    text: str
    state: str
    due_on: date | None
    done_on: date | None
    created_on: date


class Wanted(NamedTuple):
    """Which tasks are asked for. Without a client those of visible clients; `states` empty: all of them."""

    client_id: int | None = None
    states: Collection[str] = ()
    due: Period = Period(None, None)


ALL = Wanted()


def add_task(school: "WritableSchool", client_id: int, text: str, due_on: date | None = None) -> int:
    """Note what is to be done for the client and return the task's number; BadValue for an empty text."""
    told = read_note(text)
    if not told:
        raise BadValue(_("The text of the task is missing."), _("Say what is to be done: 'Call back'."))
    return school.insert("task", client_id=client_id, text=told, due_on=due_on, state=OPEN, created_on=school.today)


def finish_tasks(school: "WritableSchool", task_ids: Iterable[int]) -> list[Task]:
    """Mark open tasks as done today and return them; Refused for one that is not open."""
    return [_move(school, number, DONE, {OPEN}) for number in dict.fromkeys(task_ids)]


def archive_tasks(school: "WritableSchool", task_ids: Iterable[int]) -> list[Task]:
    """Put tasks away, done or given up, and return them; Refused for one that is archived already."""
    return [_move(school, number, ARCHIVED, {OPEN, DONE}) for number in dict.fromkeys(task_ids)]


def _move(school: "WritableSchool", task_id: int, state: str, allowed: Collection[str]) -> Task:
    task = get_task(school.db, task_id)
    if task.state not in allowed:
        raise Refused(_(_NO_MORE[task.state]).format(id=task_id), _("'schoolcrm undo --op N' takes an operation back."))
    done_on = school.today if state == DONE else task.done_on
    school.db.execute(
        "UPDATE task SET state = ?, done_on = ? WHERE id = ?",
        (state, done_on.isoformat() if done_on else None, task_id),
    )
    return task._replace(state=state, done_on=done_on)


def get_task(db: sqlite3.Connection, task_id: int) -> Task:
    """Return the task of that number, which must be there."""
    return _task(db.execute(_TASKS.format(clients="client", wanted="task.id = ?"), (task_id,)).fetchone())


def find_tasks(db: sqlite3.Connection, today: date, wanted: Wanted = ALL) -> list[Task]:
    """Return the tasks asked for, in the order in which one looks at them (R55)."""
    conditions = {
        "task.client_id = :client": wanted.client_id is not None,
        "task.due_on >= :first": wanted.due.first is not None,
        "task.due_on <= :last": wanted.due.last is not None,
    }
    parameters = {
        "client": wanted.client_id,
        "first": wanted.due.first.isoformat() if wanted.due.first else None,
        "last": wanted.due.last.isoformat() if wanted.due.last else None,
    }
    where = " AND ".join([condition for condition, holds in conditions.items() if holds] or ["1"])
    clients = "visible_client" if wanted.client_id is None else "client"
    tasks = map(_task, db.execute(_TASKS.format(clients=clients, wanted=where), parameters))
    return in_order([task for task in tasks if not wanted.states or task.state in wanted.states], today)


def in_order(tasks: Iterable[Task], today: date) -> list[Task]:
    """Return the tasks in the order of R55; of the same place, the one noted first stands first."""
    return sorted(tasks, key=lambda task: (*place_of(task.state, task.due_on, today, closed_on=task.done_on), task.id))


def read_state(text: str) -> str:
    """Return the state of tasks that was written, in English or in the language in use; BadValue."""
    return read_code(text, TASK_STATES, N_("{value} is no state of a task."))


def find_task(db: sqlite3.Connection, ref: str) -> int:
    """Return the task named by its number, by its text or a part of it, or by its client; open ones before others.

    Raises Ambiguous, NotFound, BadValue.
    """
    tasks = [_task(row) for row in db.execute(_TASKS.format(clients="client", wanted="1"))]
    labels = {task.id: f"{task.client}: {task.text}" for task in tasks}
    words = fold(ref).split()

    def some(texts: dict[int, str]) -> list[Hit]:
        hits = [(task.id, task.state == ARCHIVED) for task in tasks if all(word in texts[task.id] for word in words)]
        is_open = {task.id for task in tasks if task.state == OPEN}
        return [hit for hit in hits if hit[0] in is_open] or hits

    return lookup(
        ref,
        (
            lambda text: [(task.id, False) for task in tasks if task.id == read_id(text)],
            lambda _text: some({task.id: fold(task.text) for task in tasks}),
            lambda _text: some({number: fold(label) for number, label in labels.items()}),
        ),
        labels=lambda ids: [(number, labels[number]) for number in ids],
        known=lambda: [task.text for task in tasks if task.state == OPEN],
        wording=TASK,
    )


def _task(row: tuple[int, int, str, str, str, str | None, str | None, str]) -> Task:
    number, client_id, client, text, state, due_on, done_on, created_on = row
    return Task(
        number, client_id, client, text, state, stored_day(due_on), stored_day(done_on), date.fromisoformat(created_on)
    )
