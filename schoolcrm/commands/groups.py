"""`schoolcrm groups`: groups and who learns in them."""

from typing import Annotated

import typer

from schoolcrm.commands.clash_warnings import clashes_of_member, warn
from schoolcrm.commands.freeze_options import Excused, FirstDay, LastDay, Reason, freeze_json, say_ends
from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.people_options import given
from schoolcrm.commands.repriced import say_balances, telling_balances
from schoolcrm.commands.session import choose, day, done, optional_day, reading, say, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

app = group(_("Groups and who learns in them."))

GroupName = Annotated[str, typer.Argument(metavar="GROUP", help=_("The group: name, part of it, or number."))]
StudentName = Annotated[str, typer.Argument(metavar="STUDENT", help=_("The student: name, part of it, or number."))]
Subject = Annotated[str, typer.Option("--subject", help=_("What it learns."))]
Level = Annotated[str, typer.Option("--level", help=_("Level of the group."))]
Teacher = Annotated[str, typer.Option("--teacher", help=_("Who teaches it."))]
Room = Annotated[str, typer.Option("--room", help=_("Where it meets."))]
OverLimit = Annotated[bool, typer.Option("--over-limit", help=_("Even if the group is full."))]


@app.command(cls=Changing, help=_("Add a group."))
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the group."))],
    subject: Subject = "",
    level: Level = "",
    teacher: Teacher = "",
    room: Room = "",
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


@app.command(cls=Changing, help=_("Change what is known about a group; what isn't named stays."))
def edit(
    ctx: typer.Context,
    group: GroupName,
    name: Annotated[str, typer.Option("--name", help=_("Another name."))] = "",
    subject: Subject = "",
    level: Level = "",
    teacher: Teacher = "",
    room: Room = "",
    limit: Annotated[
        int, typer.Option("--limit", help=_("Most members at once; 0: any number."), show_default=False)
    ] = -1,
    unset: Annotated[
        list[str],
        typer.Option("--unset", metavar="FIELD", help=_("Empty subject, level, teacher, room or limit; repeatable.")),
    ] = [],  # noqa: B006
    new: New = False,
) -> None:
    from schoolcrm.core.learning.group_changes import edit_group, emptied
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.store.cells import group_name

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group, include_archived=True)
        facts = emptied(unset) | ({"name": name} if name else {})
        for column, kind, text in (
            ("subject_id", "subjects", subject),
            ("level_id", "levels", level),
            ("teacher_id", "teachers", teacher),
            ("room_id", "rooms", room),
        ):
            facts |= {column: entry_named(school, kind, text, new=new)} if text else {}
        facts |= {"size_limit": limit or None} if given(ctx, "limit") else {}
        if not facts:
            raise WrongUsage(_("There is nothing to change."), _("Say what: --name, --teacher, --limit, --unset…"))
        with telling_balances(school) as repriced:
            lines = edit_group(school, group_id, facts)
        known_as = group_name(school.db, group_id)
    if lines:
        sentence = ngettext(
            "{count} line of the schedule follows the group.", "{count} lines of the schedule follow the group.", lines
        )
        say(ctx, sentence.format(count=lines))
    say_balances(ctx, repriced)
    done(ctx, _("Group {id} changed: {name}.").format(id=group_id, name=known_as), id=group_id, lines=lines)


@app.command(cls=Changing, help=_("Put a group in the archive: it has no lessons from today on."))
def archive(ctx: typer.Context, group: GroupName) -> None:
    from schoolcrm.core.learning.group_changes import archive_group
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.store.cells import group_name

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group, include_archived=True)
        with telling_balances(school) as repriced:
            members = archive_group(school, group_id)
        name = group_name(school.db, group_id)
    if members:
        sentence = ngettext(
            "warning: {count} student is a member still.", "warning: {count} students are members still.", len(members)
        )
        say(ctx, sentence.format(count=len(members)))
    say_balances(ctx, repriced)
    message = _("The group {name} is in the archive.")
    done(ctx, message.format(name=name), id=group_id, members=members)


@app.command(cls=Changing, help=_("Take a group out of the archive, with its members and schedule."))
def restore(ctx: typer.Context, group: GroupName) -> None:
    from schoolcrm.core.learning.group_changes import restore_group
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.store.cells import group_name

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group, include_archived=True)
        with telling_balances(school) as repriced:
            restore_group(school, group_id)
        name = group_name(school.db, group_id)
    say_balances(ctx, repriced)
    done(ctx, _("The group {name} is back.").format(name=name), id=group_id)


@app.command(cls=Changing, help=_("Make a student a member of a group."))
def join(
    ctx: typer.Context,
    group: GroupName,
    student: StudentName,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=_("First day; default: today."))] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help=_("Last day; default: without end."))] = "",
    over_limit: OverLimit = False,
) -> None:
    from schoolcrm.core.learning import groups
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.people.references import find_student
    from schoolcrm.core.rules.dates import human_date

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group)
        student_id = choose(find_student, school.db, student)
        first_on, last_on = day(school, first), optional_day(school, last)
        with telling_balances(school) as repriced:
            number = groups.join(school, group_id, student_id, first_on, last_on, over_limit=over_limit)
        names = groups.names_of(school.db, group_id, student_id)
        clashes = clashes_of_member(school, group_id, student_id, first_on, last_on)
    warn(ctx, clashes)
    say_balances(ctx, repriced)
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
    from schoolcrm.core.learning.members import find_member
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.rules.dates import human_date

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group)
        last_on = day(school, on)
        student_id = choose(find_member, school.db, group_id, last_on, student, include_archived=True)
        with telling_balances(school) as repriced:
            left = groups.leave(school, group_id, student_id, last_on)
        names = groups.names_of(school.db, group_id, student_id)
    say_balances(ctx, repriced)
    if left.last_on is None:
        message = _("{student} is no longer to join {group}.").format(**names)
    else:
        message = _("{student} leaves {group}; the last day is {last}.").format(**names, last=human_date(left.last_on))
    done(ctx, message, id=left.id, group_id=group_id, student_id=student_id, last_on=left.last_on)


@app.command(cls=Changing, help=_("Move a student to another group from a day on."))
def transfer(
    ctx: typer.Context,
    student: StudentName,
    source: Annotated[str, typer.Argument(metavar="FROM", help=_("The group the student leaves."))],
    target: Annotated[str, typer.Argument(metavar="TO", help=_("The group the student joins."))],
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help=_("First day in the new group; default: today."))
    ] = "",
    over_limit: OverLimit = False,
) -> None:
    from schoolcrm.core.learning.groups import names_of
    from schoolcrm.core.learning.members import find_member
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.learning.transfers import transfer as move
    from schoolcrm.core.rules.dates import human_date

    with writing(ctx) as school:
        from_id, to_id = choose(find_group, school.db, source), choose(find_group, school.db, target)
        first_on = day(school, on)
        student_id = choose(find_member, school.db, from_id, first_on, student)
        with telling_balances(school) as repriced:
            moved = move(school, student_id, from_id, to_id, first_on, over_limit=over_limit)
        names = names_of(school.db, from_id, student_id)
        new = names_of(school.db, to_id, student_id)["group"]
        clashes = clashes_of_member(school, to_id, student_id, first_on, moved.last_on)
    warn(ctx, clashes)
    say_balances(ctx, repriced)
    message = _("{student} moves from {group} to {new} on {first}.")
    done(
        ctx,
        message.format(**names, new=new, first=human_date(first_on)),
        id=moved.id,
        student_id=student_id,
        from_group_id=from_id,
        group_id=to_id,
        left_on=moved.left_on,
        first_on=first_on,
        last_on=moved.last_on,
    )


@app.command(cls=Changing, help=_("Freeze a whole group: its members have no lessons from one day to another."))
def freeze(
    ctx: typer.Context,
    group: GroupName,
    first: FirstDay,
    last: LastDay,
    excused: Excused = False,
    reason: Reason = "",
) -> None:
    from schoolcrm.core.learning.freezes import Freeze, words_of
    from schoolcrm.core.learning.freezing import freeze_group, other_groups
    from schoolcrm.core.learning.references import find_group
    from schoolcrm.core.store.cells import group_name

    with writing(ctx) as school:
        group_id = choose(find_group, school.db, group)
        wanted = Freeze(0, day(school, first), day(school, last), excused, reason, group_id)
        with telling_balances(school) as repriced:
            made = freeze_group(school, wanted)
        elsewhere = other_groups(school.db, wanted)
        name = group_name(school.db, group_id)
    if elsewhere:
        say(ctx, _("warning: members have no lessons in their other groups either: {groups}.").format(groups=elsewhere))
    sentence = ngettext(
        "{group} is frozen from {first} to {last}: {count} student.",
        "{group} is frozen from {first} to {last}: {count} students.",
        len(made),
    )
    message = sentence.format(group=name, count=len(made), **words_of(wanted))
    say_ends(ctx, made)
    say_balances(ctx, repriced)
    done(
        ctx,
        message,
        ids=[one.freeze.id for one in made],
        group_id=group_id,
        freezes=[freeze_json(one) for one in made],
    )


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
