"""`schoolcrm tasks`: what is to be done for clients (R55)."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.asked import client_asked
from schoolcrm.commands.people_options import ClientName
from schoolcrm.commands.periods import From, To, period_of
from schoolcrm.commands.session import choose, done, optional_day, reading, show, writing
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from schoolcrm.core.office.tasks import Task
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Tasks: what is to be done for clients."))

Tasks = Annotated[
    list[str], typer.Argument(metavar="TASK...", help=_("Tasks: number, part of the text, or the client's name."))
]


@app.command(cls=Changing, help=_("Note what is to be done for a client."))
def add(
    ctx: typer.Context,
    client: ClientName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_("What is to be done."))],
    due: Annotated[str, typer.Option("--due", metavar="DATE", help=_("By which day; default: none."))] = "",
) -> None:
    from schoolcrm.core.office.tasks import add_task, get_task
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.rules.dates import human_date

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client)
        task = get_task(school.db, add_task(school, client_id, text, optional_day(school, due)))
    if task.due_on:
        message = _("Task {id} for {client}, due on {day}: {text}.")
    else:
        message = _("Task {id} for {client}: {text}.")
    told = message.format(
        id=task.id, client=task.client, text=task.text, day=human_date(task.due_on) if task.due_on else ""
    )
    done(ctx, told, id=task.id, client_id=client_id, due=task.due_on, state=task.state)


@app.command("list", cls=Showing, help=_("Tasks: coming ones by day, overdue after them, then done and archived."))
def list_(
    ctx: typer.Context,
    client: Annotated[str, typer.Option("--client", metavar="CLIENT", help=_("Only this client's."))] = "",
    state: Annotated[
        list[str], typer.Option("--state", metavar="STATE", help=_("Only these: open, done, archived; repeatable."))
    ] = [],  # noqa: B006
    first: From = "",
    last: To = "",
    period: Annotated[
        str,
        typer.Option("--due", "--period", metavar="PERIOD", help=_("Due in it: 2026-09, this-week, tomorrow, all…")),
    ] = "",
) -> None:
    from schoolcrm.core.office.tasks import Wanted, find_tasks, read_state
    from schoolcrm.reports.tasks import tasks_table

    states = [read_state(each) for each in state]
    with reading(ctx) as school:
        span = period_of(school, first, last, period, default="all")
        client_id, name = client_asked(school, client)
        tasks = find_tasks(school.db, school.today, Wanted(client_id, states, span))
        today = school.today
    show(ctx, tasks_table(tasks, today, client=name, states=states, due=span))


@app.command("done", cls=Changing, help=_("Mark tasks as done today."))
def finish(ctx: typer.Context, tasks: Tasks) -> None:
    from schoolcrm.core.office.tasks import finish_tasks

    texts = _move(ctx, finish_tasks, tasks)
    _tell(ctx, texts, ngettext("{count} task done: {names}.", "{count} tasks done: {names}.", len(texts)))


@app.command(cls=Changing, help=_("Put tasks away, done or given up; they stay in the list."))
def archive(ctx: typer.Context, tasks: Tasks) -> None:
    from schoolcrm.core.office.tasks import archive_tasks

    texts = _move(ctx, archive_tasks, tasks)
    _tell(ctx, texts, ngettext("{count} task archived: {names}.", "{count} tasks archived: {names}.", len(texts)))


def _move(
    ctx: typer.Context, move: "Callable[[WritableSchool, Iterable[int]], list[Task]]", tasks: list[str]
) -> dict[int, str]:
    """Let the operation have the tasks named, and return their texts by their numbers."""
    from schoolcrm.core.office.tasks import find_task

    with writing(ctx) as school:
        moved = move(school, [choose(find_task, school.db, task) for task in tasks])
    return {task.id: task.text for task in moved}


def _tell(ctx: typer.Context, texts: dict[int, str], message: str) -> None:
    ids = list(texts)
    done(ctx, message.format(count=len(ids), names="; ".join(texts.values())), id=ids[0], ids=ids)
