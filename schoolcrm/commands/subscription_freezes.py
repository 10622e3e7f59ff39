"""`schoolcrm subscription freeze|unfreeze|freezes`: periods in which a student has no lessons (R25)."""

from typing import Annotated

import typer

from schoolcrm.commands.asked import record_asked
from schoolcrm.commands.freeze_options import Excused, FirstDay, LastDay, Reason, freeze_json, say_ends
from schoolcrm.commands.repriced import say_balances, telling_balances
from schoolcrm.commands.session import choose, confirm, day, done, reading, show, writing
from schoolcrm.commands.subscription_group import app
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing


@app.command(cls=Changing, help=_("Freeze a student: no lessons, charges or misses from one day to another."))
def freeze(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help=_("Student: id or name."))],
    first: FirstDay,
    last: LastDay,
    excused: Excused = False,
    reason: Reason = "",
) -> None:
    from schoolcrm.core.learning.freezes import Freeze, words_of
    from schoolcrm.core.learning.freezing import freeze_student
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.store.cells import student_name

    with writing(ctx) as school:
        student_id = choose(find_student, school.db, student)
        wanted = Freeze(student_id, day(school, first), day(school, last), excused, reason)
        with telling_balances(school) as repriced:
            made = freeze_student(school, wanted)
        name = student_name(school.db, student_id)
    message = _("{student} is frozen from {first} to {last} (freeze {id}).")
    say_ends(ctx, [made])
    say_balances(ctx, repriced)
    done(ctx, message.format(student=name, **words_of(made.freeze)), **freeze_json(made))


@app.command(cls=Changing, help=_("Take a freeze back, and the days that it gave to subscriptions."))
def unfreeze(
    ctx: typer.Context,
    which: Annotated[
        str, typer.Argument(metavar="FREEZE|STUDENT", help=_("Its number, or the student who has only one."))
    ],
) -> None:
    from schoolcrm.core.learning.freezes import find_freeze, words_of
    from schoolcrm.core.learning.freezing import unfreeze as take_back
    from schoolcrm.core.store.cells import student_name

    with writing(ctx) as school:
        with telling_balances(school) as repriced:
            undone = take_back(school, choose(find_freeze, school.db, school.today, which))
        words = {"student": student_name(school.db, undone.freeze.student_id), **words_of(undone.freeze)}
        confirm(ctx, _("Freeze {id} of {student} from {first} to {last} would be taken back.").format(**words))
    say_ends(ctx, [undone])
    say_balances(ctx, repriced)
    done(
        ctx,
        _("Freeze {id} of {student} from {first} to {last} taken back.").format(**words),
        **freeze_json(undone),
    )


@app.command(cls=Showing, help=_("Freezes, the latest first: coming, running and past."))
def freezes(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help=_("Only this student's."))] = "",
) -> None:
    from schoolcrm.core.people.references import find_student
    from schoolcrm.reports.freezes import find_freezes, freezes_table

    with reading(ctx) as school:
        student_id = record_asked(find_student, school, student, include_archived=True)
        rows = find_freezes(school.db, school.today, student_id=student_id)
    show(ctx, freezes_table(rows))
