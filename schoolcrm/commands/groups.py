"""`schoolcrm groups`: groups and who learns in them."""

from typing import Annotated

import typer

from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.session import choose, day, done, optional_day, reading, show, writing
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

app = group(_("Groups and who learns in them."))

GroupName = Annotated[str, typer.Argument(metavar="GROUP", help=_("The group: name, part of it, or number."))]
StudentName = Annotated[str, typer.Argument(metavar="STUDENT", help=_("The student: name, part of it, or number."))]


@app.command(cls=Changing, help=_("Add a group."))
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the group."))],
    subject: Annotated[str, typer.Option("--subject", help=_("What it learns."))] = "",
    level: Annotated[str, typer.Option("--level", help=_("Level of the group."))] = "",
    teacher: Annotated[str, typer.Option("--teacher", help=_("Who teaches it."))] = "",
    room: Annotated[str, typer.Option("--room", help=_("Where it meets."))] = "",
    limit: Annotated[int, typer.Option("--limit", help=_("Most members at once; 0: any number."))] = 0,
    new: New = False,
) -> None:
    from schoolcrm.core.learning.groups import add_group

    with writing(ctx) as school:
        number = add_group(
            school,
            name,
            subject_id=entry_named(school, "subjects", subject, new=new),
            level_id=entry_named(school, "levels", level, new=new),
            teacher_id=entry_named(school, "teachers", teacher, new=new),
            room_id=entry_named(school, "rooms", room, new=new),
            size_limit=limit or None,
        )
    done(ctx, _("Group {id} added: {name}.").format(id=number, name=name), id=number)


@app.command(cls=Changing, help=_("Make a student a member of a group."))
def join(
    ctx: typer.Context,
    group: GroupName,
    student: StudentName,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=_("First day; default: today."))] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day; default: without end."))] = "",
    over_limit: Annotated[bool, typer.Option("--over-limit", help=_("Even if the group is full."))] = False,
) -> None:
    from schoolcrm.core.learning import groups
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.dates import human_date

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group)
        student_id = choose(find_student, school.db, student)
        first_on, last_on = day(school, first), optional_day(school, last)
        number = groups.join(school, group_id, student_id, first_on, last_on, over_limit=over_limit)
        names = groups.names_of(school.db, group_id, student_id)
    if last_on is None:
        sentence = _("{student} is in {group} from {first}.")
        message = sentence.format(**names, first=human_date(first_on))
    else:
        sentence = _("{student} is in {group} from {first} to {last}.")
        message = sentence.format(**names, first=human_date(first_on), last=human_date(last_on))
    done(ctx, message, id=number, group_id=group_id, student_id=student_id)


@app.command(cls=Changing, help=_("End a student's membership in a group; lessons held stay as they are."))
def leave(
    ctx: typer.Context,
    group: GroupName,
    student: StudentName,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=_("Last day in the group; default: today."))] = "",
) -> None:
    from schoolcrm.core.learning import groups
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.dates import human_date

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group)
        student_id = choose(find_student, school.db, student, include_archived=True)
        left = groups.leave(school, group_id, student_id, day(school, on))
        names = groups.names_of(school.db, group_id, student_id)
    if left.last_on is None:
        message = _("{student} is no longer to join {group}.").format(**names)
    else:
        message = _("{student} leaves {group}; the last day is {last}.").format(**names, last=human_date(left.last_on))
    done(ctx, message, group_id=group_id, student_id=student_id, last_on=left.last_on)


@app.command("list", cls=Showing, help=_("Groups by name, with the number of today's members."))
def list_(
    ctx: typer.Context,
    archived: Annotated[bool, typer.Option("--archived", help=_("Only groups in the archive."))] = False,
    everything: Annotated[bool, typer.Option("--all", help=_("Those in the archive too."))] = False,
) -> None:
    from schoolcrm.reports.groups import find_groups, groups_table

    with reading(ctx) as school:
        rows = find_groups(school.db, school.today, archived=None if everything else archived)
    show(ctx, groups_table(rows, show_archived=archived or everything))


@app.command("show", cls=Showing, help=_("One group: its members, with their days, and its schedule."))
def show_(ctx: typer.Context, group: GroupName) -> None:
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.reports.groups import find_group_card, group_table

    with reading(ctx) as school:
        group_id = choose(find_group, school.db, group, include_archived=True)
        card = find_group_card(school.db, group_id, school.today)
    show(ctx, group_table(card))
