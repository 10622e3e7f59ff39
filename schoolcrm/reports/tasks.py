"""The list of tasks (R55)."""

from collections.abc import Iterable, Sequence
from datetime import date

from schoolcrm.core.language import _, translated
from schoolcrm.core.office.tasks import Task
from schoolcrm.core.office.words import TASK_STATES
from schoolcrm.core.rules.dates import Period
from schoolcrm.core.rules.tasks import is_overdue
from schoolcrm.reports.table import Column, Fact, Kind, Table

_ALL_TIME = Period(None, None)


def tasks_table(
    tasks: Iterable[Task],
    today: date,
    *,
    client: str = "",
    states: Sequence[str] = (),
    due: Period = _ALL_TIME,
) -> Table:
    """Return the tasks as a table; `overdue`: still to be done, its day is over."""
    words = translated(TASK_STATES)
    parameters = [Fact("client", _("Client"), Kind.TEXT, client)] if client else []
    if states:
        parameters.append(Fact("state", _("State"), Kind.LIST, list(states), words=words, items=Kind.CODE))
    if due != _ALL_TIME:
        parameters.append(Fact("due", _("Due"), Kind.PERIOD, due))
    return Table(
        report="tasks",
        title=_("Tasks"),
        parameters=parameters,
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("due", _("Due"), Kind.DATE),
            Column("state", _("State"), Kind.CODE, words=words),
            Column("overdue", _("Overdue"), Kind.BOOL),
            Column("client_id", _("Client no."), Kind.INTEGER, hidden=True),
            Column("client", _("Client")),
            Column("text", _("Text")),
            Column("created", _("Created"), Kind.DATE),
            Column("done", _("Done"), Kind.DATE),
        ),
        rows=[
            (
                *(task.id, task.due_on, task.state, is_overdue(task.state, task.due_on, today)),
                *(task.client_id, task.client, task.text, task.created_on, task.done_on),
            )
            for task in tasks
        ],
    )
