"""`schoolcrm students`: those who attend lessons."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import (
    Archived,
    Birthday,
    Columns,
    Days,
    Everything,
    Limit,
    Note,
    Offset,
    OwnFields,
    Query,
    Sex,
    Sort,
    chosen_format,
    wish_of,
)
from schoolcrm.commands.session import choose, done, reading, say, show, writing
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Students: those who attend lessons."))


@app.command(cls=Changing, help=_("Add a student to a client."))
def add(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(metavar="CLIENT", help=_("The client who pays: id, name or phone."))],
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the student."))],
    birthday: Birthday = "",
    sex: Sex = "",
    note: Note = "",
    teacher: Annotated[
        list[str], typer.Option("--teacher", metavar="NAME", help=_("A responsible teacher; repeatable."))
    ] = [],  # noqa: B006
    subject: Annotated[
        list[str],
        typer.Option("--subject", metavar="SUBJECT[:LEVEL]", help=_("A subject, with the level; repeatable.")),
    ] = [],  # noqa: B006
    own: OwnFields = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.listing.student_fields import STUDENTS
    from schoolcrm.core.people.custom_fields import parse_assignments, read_values
    from schoolcrm.core.people.facts import read_facts
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.people.students import NewStudent, add_student, namesakes
    from schoolcrm.reports.names import client_name

    texts = {"name": name, "birthday": birthday, "sex": sex, "note": note}
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client)
        facts = read_facts(STUDENTS, texts, school.today, new=True)
        custom = read_values(school.db, "student", parse_assignments(own), school.today)
        teachers = [entry_named(school, "teachers", each, new=new) for each in teacher]
        student = NewStudent(facts, _subjects(school, subject, new=new), [each for each in teachers if each], custom)
        twice = namesakes(school.db, client_id, facts["name"])
        number = add_student(school, client_id, student)
        payer = client_name(school.db, client_id)
    if twice:
        say(ctx, _("warning: {client} has a student {name} already.").format(client=payer, name=facts["name"]))
    message = _("Student {id} added to {client}: {name}.").format(id=number, client=payer, name=facts["name"])
    done(ctx, message, id=number, client_id=client_id)


@app.command("list", cls=Showing, help=_("Students, by name: those who answer to all terms of the query."))
def list_(
    ctx: typer.Context,
    query: Query = [],  # noqa: B006
    columns: Columns = "",
    sort: Sort = "",
    limit: Limit = 0,
    offset: Offset = 0,
    archived: Archived = False,
    everything: Everything = False,
) -> None:
    from schoolcrm.reports.students import find_students, students_table

    wish = wish_of(query, columns, sort, limit=limit, offset=offset, archived=archived, everything=everything)
    with reading(ctx) as school:
        listing = find_students(school.db, school.today, wish)
    show(ctx, students_table(listing, wish))


@app.command("show", cls=Showing, help=_("Everything about one student."))
def show_(
    ctx: typer.Context,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help=_("The student: id, name, or part of it."))],
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


def _subjects(school: "WritableSchool", texts: list[str], *, new: bool) -> list[tuple[int, int | None]]:
    """Return the subjects and levels of SUBJECT or SUBJECT:LEVEL."""
    pairs: dict[int, int | None] = {}
    for text in texts:
        subject, _colon, level = text.partition(":")
        subject_id = entry_named(school, "subjects", subject.strip(), new=new)
        if subject_id is not None:
            pairs[subject_id] = entry_named(school, "levels", level.strip(), new=new)
    return list(pairs.items())
