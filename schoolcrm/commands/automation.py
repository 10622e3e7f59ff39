"""`schoolcrm automation`: what is done by itself when a client's field takes a value (R56)."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.asked import OneClient, client_asked
from schoolcrm.commands.periods import From, PeriodName, To, period_of
from schoolcrm.commands.session import choose, confirm, done, reading, show, writing
from schoolcrm.core.errors import BadValue, WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.office.automation import Action, Automation
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("What is done by itself when a field takes a value."))

When = Annotated[
    str,
    typer.Option(
        "--when", metavar="FIELD=VALUE", help=_("The field and the value it takes: status, studies, field.NAME…")
    ),
]
SetField = Annotated[
    str, typer.Option("--set", metavar="FIELD=VALUE", help=_("Set another field; an empty value empties it."))
]
Task = Annotated[str, typer.Option("--task", metavar="TEXT", help=_("Add a task to the client."))]
Due = Annotated[str, typer.Option("--due", metavar="DAY", help=_("By when the task is to be done: +3d, +2w, mon."))]
Message = Annotated[
    str, typer.Option("--message", metavar="TEXT", help=_("Queue a message; {name}, {balance}… in its text."))
]
Channel = Annotated[
    str, typer.Option("--channel", metavar="email|sms", help=_("By which way the message goes; default: email."))
]
Subject = Annotated[
    str, typer.Option("--subject", metavar="TEXT", help=_("Subject line of an email; default: a general one."))
]
Run = Annotated[
    str,
    typer.Option("--run", metavar="NAME", help=_("Run the command of that name in [commands] of your settings file.")),
]


@app.command(cls=Changing, help=_("Say what is to be done when a field of a client takes a value."))
def add(
    ctx: typer.Context,
    when: When,
    set_: SetField = "",
    task: Task = "",
    due: Due = "",
    message: Message = "",
    channel: Channel = "",
    subject: Subject = "",
    run: Run = "",
) -> None:
    from schoolcrm.core.office.automation import add_automation, get_automation

    _require_one({"--set": set_, "--task": task, "--message": message, "--run": run})
    _require_fitting(task, due, message, channel, subject)
    with writing(ctx) as school:
        field, value = _read_condition(school, when)
        if set_:
            does = _set(school, set_)
        elif task:
            does = _task(school, task, due)
        else:
            does = _message(school, message, channel, subject) if message else _run(run)
        one = get_automation(school.db, add_automation(school, field, value, does))
        told = _told(school, one)
    done(ctx, _("Automation {id}: {what}.").format(id=one.id, what=told), id=one.id, action=does.action)


@app.command("list", cls=Showing, help=_("The automations in force."))
def list_(ctx: typer.Context) -> None:
    from schoolcrm.core.office.automation import Words, automations
    from schoolcrm.reports.automation import automations_table

    with reading(ctx) as school:
        table = automations_table(automations(school.db), Words(school.db))
    show(ctx, table)


@app.command(cls=Changing, help=_("Take an automation out of force; what it did stays in the log."))
def remove(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help=_("The automation's number."))],
) -> None:
    from schoolcrm.core.office.automation import remove_automation

    with writing(ctx) as school:
        one = remove_automation(school, number)
        told = _told(school, one)
        confirm(ctx, _("Automation {id} would be removed: {what}.").format(id=number, what=told))
    done(ctx, _("Automation {id} is removed: {what}.").format(id=number, what=told), id=number)


@app.command(cls=Showing, help=_("What automations did, for a client or for all, the latest first."))
def log(
    ctx: typer.Context,
    client: OneClient = "",
    first: From = "",
    last: To = "",
    period: PeriodName = "",
) -> None:
    from schoolcrm.core.office.automation import find_runs
    from schoolcrm.reports.automation import runs_table

    with reading(ctx) as school:
        span = period_of(school, first, last, period, default="all")
        client_id, name = client_asked(school, client)
        runs = find_runs(school.db, span, client_id)
    show(ctx, runs_table(runs, span, client=name))


def _require_one(actions: dict[str, str]) -> None:
    given = [name for name, text in actions.items() if text]
    if len(given) != 1:
        known = ", ".join(actions)
        sentence = _("Say what is to be done: one of {names}.") if not given else _("Only one of {names} can be given.")
        raise WrongUsage(
            sentence.format(names=", ".join(given) or known),
            _("For example: schoolcrm automation add --when status=refused --task 'Ask why' --due +3d"),
        )


def _require_fitting(task: str, due: str, message: str, channel: str, subject: str) -> None:
    if due and not task:
        raise WrongUsage(_("Only a task has a day: --due needs --task."), _("Add --task, or leave --due out."))
    if (channel or subject) and not message:
        raise WrongUsage(
            _("--channel and --subject are of a message."), _("Add --message, or leave --channel and --subject out.")
        )


def _read_condition(school: "WritableSchool", text: str) -> tuple[str, str]:
    from schoolcrm.core.people.bulk import read_assignments

    try:
        read_assignments(school.db, [text])
    except BadValue as error:
        name, equals, _value = text.partition("=")
        if equals and name.strip():
            from schoolcrm.core.listing.lookup import quoted

            sentence = _("No automation can wait for the field {name}.").format(name=quoted(name))
            raise BadValue(sentence, error.hint) from error
        raise
    return _read_setting(school, text)


def _read_setting(school: "WritableSchool", text: str) -> tuple[str, str]:
    """Return the field and the value of FIELD=VALUE as they are kept."""
    from schoolcrm.core.learning.catalogues import find_entry
    from schoolcrm.core.office.automation import kept
    from schoolcrm.core.people import bulk
    from schoolcrm.core.statuses.catalogue import find_status

    assignments = bulk.read_assignments(school.db, [text])
    bulk.refuse_emptying(assignments)
    ((key, value),) = assignments.items()
    scale = bulk.SCALES.get(key)
    statuses = {key: choose(find_status, school.db, value, scale=scale)} if scale else {}
    is_source = key == bulk.SOURCE and value
    source_id = choose(find_entry, school.db, "sources", value) if is_source else None
    today = school.today
    return kept(bulk.read_settings(school.db, assignments, today, source_id=source_id, status_ids=statuses))


def _set(school: "WritableSchool", text: str) -> "Action":
    from schoolcrm.core.office.automation import Action

    field, value = _read_setting(school, text)
    return Action("set", set_field=field, set_value=value)


def _task(school: "WritableSchool", text: str, due: str) -> "Action":
    from schoolcrm.core.office.automation import Action, read_due
    from schoolcrm.core.rules.personal import read_note

    told = read_note(text)
    if not told:
        raise BadValue(_("The text of the task is missing."), _("Say what is to be done: 'Call back'."))
    return Action("task", text=told, due=read_due(due, school.today) if due else None)


def _message(school: "WritableSchool", text: str, channel: str, subject: str) -> "Action":
    from schoolcrm.core.office.automation import Action
    from schoolcrm.core.office.mailing import write_mailing
    from schoolcrm.core.office.messages import SENDABLE, read_channel, read_subject

    way = read_channel(channel or "email", SENDABLE)
    if subject and way == "sms":
        raise WrongUsage(_("An sms has no subject line."), _("Leave --subject out."))
    write_mailing(school.db, school.today, ["id:0"], channel=way, template=text, subject=subject)
    return Action("message", text=text, channel=way, subject=read_subject(subject))


def _run(name: str) -> "Action":
    from schoolcrm.commands.automated import named_command
    from schoolcrm.core.office.automation import Action

    named_command(name)
    return Action("run", text=name)


def _told(school: "WritableSchool", one: "Automation") -> str:
    from schoolcrm.core.office.automation import Words
    from schoolcrm.core.office.words import ACTIONS

    words = Words(school.db)
    return _("when {condition}: {action}: {what}").format(
        condition=words.condition(one), action=_(ACTIONS[one.does.action]), what=words.what(one.does)
    )
