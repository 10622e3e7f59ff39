"""`schoolcrm clients trial`: the one free trial lesson of a client."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from schoolcrm.commands.asked import record_asked
from schoolcrm.commands.lessons_group import EvenSo
from schoolcrm.commands.people_options import ClientRef
from schoolcrm.commands.session import choose, done, optional_day, say, writing
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, group

if TYPE_CHECKING:
    from schoolcrm.core.statuses.trials import Trial
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("The free trial lesson of a client: one, whichever child comes."))

Group = Annotated[str, typer.Option("--group", metavar="GROUP", help=_("The group whose lesson it is."))]
Student = Annotated[str, typer.Option("--student", metavar="STUDENT", help=_("Which student of the client comes."))]


@app.command(cls=Changing, help=_("Set the day of the trial lesson; one booked already is moved to that day."))
def book(
    ctx: typer.Context,
    client: ClientRef,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Day of the lesson; default: today."))] = "",
    group: Group = "",
    student: Student = "",
) -> None:
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.core.statuses import trials

    with writing(ctx) as school:
        client_id, told = _read(school, client, group, student)
        recorded = trials.book(school, client_id, optional_day(school, on) or school.today, **told)
        made = _made(school, client_id, recorded.trial)
        warnings = _doubts(school, recorded.trial)
    for warning in warnings:
        say(ctx, _("warning: {sentence}").format(sentence=warning))
    if recorded.moved_from is None:
        message = _("Trial lesson {id} booked for {client}: {trial}.").format_map(made)
    else:
        message = _("Trial lesson {id} of {client} moved from {day}: {trial}.").format(
            day=human_date(recorded.moved_from), **made
        )
    _tell(ctx, message, made, moved_from=recorded.moved_from)


@app.command(cls=Changing, help=_("Record that the trial lesson was attended, booked before or not."))
def attended(
    ctx: typer.Context,
    client: ClientRef,
    on: Annotated[
        str,
        typer.Option(
            "--on", metavar="DATE", help=_("Day of the lesson; default: the day it was booked for, or today.")
        ),
    ] = "",
    group: Group = "",
    student: Student = "",
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.core.statuses import trials

    with writing(ctx) as school:
        client_id, told = _read(school, client, group, student)
        recorded = trials.record_attended(school, client_id, optional_day(school, on), even_so=even_so, **told)
        made = _made(school, client_id, recorded.trial)
    message = _("Trial lesson {id} of {client} attended: {trial}.").format_map(made)
    _tell(ctx, message, made, moved_from=recorded.moved_from)


@app.command(cls=Changing, help=_("Cancel the trial lesson that is booked, or one recorded as attended by mistake."))
def cancel(
    ctx: typer.Context,
    client: ClientRef,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Only if it is the one of that day."))] = "",
    group: Annotated[str, typer.Option("--group", metavar="GROUP", help=_("Only if it is in that group."))] = "",
    student: Annotated[
        str, typer.Option("--student", metavar="STUDENT", help=_("Only if that student was to come."))
    ] = "",
) -> None:
    from schoolcrm.core.statuses import trials

    with writing(ctx) as school:
        client_id, told = _read(school, client, group, student)
        cancelled = trials.cancel(school, client_id, optional_day(school, on), **told)
        made = _made(school, client_id, cancelled._replace(state="cancelled"))
    _tell(ctx, _("Trial lesson {id} of {client} cancelled: {trial}.").format_map(made), made)


def _doubts(school: "WritableSchool", trial: "Trial") -> list[str]:
    """Return what may be wrong with a booking: the day is over, or the group has no lesson then."""
    from schoolcrm.core.learning.timetable import planned_lessons
    from schoolcrm.core.rules.dates import human_date

    doubts = []
    if trial.on < school.today:
        doubts.append(
            _("{day} is over; 'schoolcrm clients trial attended' records who came.").format(day=human_date(trial.on))
        )
    if trial.group_id is not None:
        lessons = planned_lessons(school.db, first=trial.on, last=trial.on, group_id=trial.group_id)
        if all(lesson.state == "cancelled" for lesson in lessons):
            doubts.append(_("the group has no lesson on {day}.").format(day=human_date(trial.on)))
    return doubts


def _read(school: "WritableSchool", client: str, group: str, student: str) -> tuple[int, dict[str, int | None]]:
    """Return the client, and the group and the student named; raises NotFound, Ambiguous, Refused."""
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.own_students import find_student_of
    from schoolcrm.core.people.references import find_client

    client_id = choose(find_client, school.db, client)
    return client_id, {
        "group_id": record_asked(find_group, school, group),
        "student_id": choose(find_student_of, school.db, client_id, student) if student else _child(school, client),
    }


def _child(school: "WritableSchool", ref: str) -> int | None:
    """Return the student by whose own name the client was called; None: it was the client's, or a part of one."""
    from schoolcrm.core.rules.names import fold

    query = (
        "SELECT student.id FROM student JOIN visible_client AS client ON client.id = student.client_id"
        " WHERE student.name_key = :name AND client.name_key <> :name AND student.archived_on IS NULL"
    )
    found = school.db.execute(query, {"name": fold(ref)}).fetchall()
    return int(found[0][0]) if len(found) == 1 else None


def _made(school: "WritableSchool", client_id: int, trial: "Trial") -> dict[str, Any]:
    """Return what was written for programs, with the client's name and the trial in words."""
    from schoolcrm.core.statuses.trials import describe
    from schoolcrm.core.store.cells import client_name

    facts = {
        "id": trial.id,
        "client_id": client_id,
        "state": trial.state,
        "on": trial.on,
        "group_id": trial.group_id,
        "student_id": trial.student_id,
    }
    return facts | {"client": client_name(school.db, client_id), "trial": describe(school.db, trial)}


def _tell(ctx: typer.Context, message: str, made: dict[str, Any], **more: Any) -> None:
    done(ctx, message, **{key: value for key, value in made.items() if key not in ("client", "trial")}, **more)
