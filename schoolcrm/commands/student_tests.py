"""`schoolcrm students test`: results of tests (R55)."""

from typing import Annotated

import typer

from schoolcrm.commands.asked import record_asked
from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import StudentName
from schoolcrm.commands.session import choose, day, done, reading, show, writing
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

app = group(_("Results of tests."))


@app.command(cls=Changing, help=_("Record the result of a student's test."))
def add(
    ctx: typer.Context,
    student: StudentName,
    result: Annotated[str, typer.Argument(metavar="RESULT", help=_("The score: 87 or 4.5."))],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Day of the test; default: today."))] = "",
    subject: Annotated[str, typer.Option("--subject", help=_("Subject; default: the group's."))] = "",
    study_group: Annotated[str, typer.Option("--group", help=_("The group that took the test."))] = "",
    teacher: Annotated[str, typer.Option("--teacher", help=_("Teacher; default: the group's."))] = "",
    note: Annotated[str, typer.Option("--note", help=_("Note."))] = "",
    new: New = False,
    even_so: Annotated[bool, typer.Option("--even-so", help=_("Also for a day after today."))] = False,
) -> None:
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.learning.test_results import Result, add_result, parse_score
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.dates import human_date
    from schoolcrm.reports.names import names_of

    score = parse_score(result)
    with writing(ctx) as school:
        student_id = choose(find_student, school.db, student)
        made = Result(
            student_id,
            score,
            day(school, on),
            subject_id=entry_named(school, "subjects", subject, new=new),
            group_id=record_asked(find_group, school, study_group),
            teacher_id=entry_named(school, "teachers", teacher, new=new),
            note=note,
        )
        number = add_result(school, made, even_so=even_so)
        name = names_of(school.db, "student", [student_id])[student_id]
    message = _("Test result {id} recorded: {student}, {result}, {day}.").format(
        id=number, student=name, result=result.strip(), day=human_date(made.on)
    )
    done(ctx, message, id=number, student_id=student_id)


@app.command("list", cls=Showing, help=_("Test results of a student or of all, newest first."))
def list_(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(metavar="[STUDENT]", help=_("The student; default: all."))] = "",
) -> None:
    from schoolcrm.core.people.references import find_student
    from schoolcrm.reports.names import names_of
    from schoolcrm.reports.test_results import find_results, results_table

    with reading(ctx) as school:
        student_id = record_asked(find_student, school, student, include_archived=True)
        rows = find_results(school.db, student_id)
        name = "" if student_id is None else names_of(school.db, "student", [student_id])[student_id]
    show(ctx, results_table(rows, name))
