"""`schoolcrm students`: those who attend lessons."""

from typing import Annotated

import typer

from schoolcrm.commands import people_lists, student_changes
from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import (
    Birthday,
    Days,
    Note,
    OwnFields,
    Sex,
    StudentName,
    chosen_format,
)
from schoolcrm.commands.session import choose, done, reading, say, show, writing
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, elsewhere, group

app = group(_("Students: those who attend lessons."))
app.add_typer(elsewhere("student_tests", "app"), name="test")
app.add_typer(people_lists.filters_app("student"), name="filters")


@app.command(cls=Changing, help=_("Add a student to a client."))
def add(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(metavar="CLIENT", help=_("The client who pays: id, name or phone."))],
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the student."))],
    birthday: Birthday = "",
    sex: Sex = "",
    note: Note = "",
    teacher: student_changes.Teachers = [],  # noqa: B006
    subject: student_changes.Subjects = [],  # noqa: B006
    own: OwnFields = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.listing.student_fields import STUDENTS
    from schoolcrm.core.people.custom_fields import told_values
    from schoolcrm.core.people.facts import read_facts
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.people.students import NewStudent, add_student, namesakes
    from schoolcrm.core.store.cells import client_name

    texts = {"name": name, "birthday": birthday, "sex": sex, "note": note}
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client)
        facts = read_facts(STUDENTS, texts, school.today, new=True)
        custom = told_values(school.db, "student", own, [], school.today)
        teachers = [entry_named(school, "teachers", each, new=new) for each in teacher]
        student = NewStudent(
            facts, student_changes.subjects_named(school, subject, new=new), [each for each in teachers if each], custom
        )
        twice = namesakes(school.db, client_id, facts["name"])
        number = add_student(school, client_id, student)
        payer = client_name(school.db, client_id)
    if twice:
        say(ctx, _("warning: {client} has a student {name} already.").format(client=payer, name=facts["name"]))
    message = _("Student {id} added to {client}: {name}.").format(id=number, client=payer, name=facts["name"])
    done(ctx, message, id=number, client_id=client_id)


app.command("edit", cls=Changing, help=_("Change what is known about a student; what isn't named stays."))(
    student_changes.edit_student
)
app.command("subject", cls=Changing, help=_("Write which subject a student learns, at which level."))(
    student_changes.student_subject
)


app.command("list", cls=Showing, help=_("Students, by name: those who answer to all terms of the query."))(
    people_lists.list_students
)


@app.command("show", cls=Showing, help=_("Everything about one student."))
def show_(
    ctx: typer.Context,
    student: StudentName,
    days: Days = 30,
) -> None:
    from schoolcrm.core.people.references import find_student
    from schoolcrm.reports.students import find_student_card
    from schoolcrm.reports.writers import Format

    with reading(ctx) as school:
        student_id = choose(find_student, school.db, student, include_archived=True)
        card, visits = find_student_card(school.db, student_id, school.today, days)
    chosen = chosen_format(ctx)
    if chosen in (Format.JSON, Format.JSONL, Format.CSV):
        from schoolcrm.reports.card_record import student_record

        show(ctx, student_record(card, visits, nested=chosen is not Format.CSV))
    else:
        from schoolcrm.reports.card_page import student_page

        show(ctx, student_page(card, visits, days))


app.command("archive", cls=Changing, help=_("Put students in the archive: out of sight; what was held stays."))(
    elsewhere("people_archive", "archive_students")
)
app.command("restore", cls=Changing, help=_("Take students out of the archive."))(
    elsewhere("people_archive", "restore_students")
)
app.command("move", cls=Changing, help=_("Give a student to another client, with all lessons and subscriptions."))(
    elsewhere("client_merging", "move_student")
)
