"""`schoolcrm catalog`: the lists the school edits. Every list has the same commands, made when it is named."""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.main import get_command as build_command

from schoolcrm.commands.new_entries import New, entry_named
from schoolcrm.commands.session import choose, done, reading, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, SchoolGroup, Showing, group

KINDS = {
    "subjects": _("Subjects."),
    "levels": _("Levels of knowledge."),
    "locations": _("Buildings."),
    "rooms": _("Rooms, each in a location or in none."),
    "teachers": _("Teachers."),
    "lesson-types": _("Types of lessons."),
    "absence-reasons": _("Reasons of absence, and what a missed lesson costs with them."),
    "sources": _("Where clients come from."),
    "accounts": _("Payment accounts: cash, card…"),
}


class Catalogues(SchoolGroup):
    """The group of all lists; the commands of one are made when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the kinds of lists."""
        return list(KINDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the group of commands of one list, None if there is no such list."""
        if cmd_name not in KINDS:
            return None
        command = build_command(_app_of(cmd_name))
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Catalogues,
    help=_("Lists the school edits: subjects, teachers, rooms…"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def catalog() -> None: ...


Name = Annotated[str, typer.Argument(metavar="NAME", help=_("The name."))]
Entry = Annotated[str, typer.Argument(metavar="ENTRY", help=_("The entry: name, part of it, or number."))]
EvenSo = Annotated[bool, typer.Option("--even-so", help=_("Even if there is one of nearly the same name."))]
Short = Annotated[str, typer.Option("--short", help=_("Short name for the journal."))]
Location = Annotated[str, typer.Option("--location", help=_("Where the room is."))]
Excused = Annotated[bool, typer.Option("--excused", help=_("The absence is excused."))]
Charged = Annotated[
    str, typer.Option("--charged", metavar="PERCENT", help=_("Share of the lesson's price that is charged."))
]


def _app_of(kind: str) -> typer.Typer:
    app = group(KINDS[kind])
    makers: dict[str, Callable[..., None]] = {"rooms": _add_room, "absence-reasons": _add_reason}
    app.command("add", cls=Changing, help=_("Add an entry."))(makers.get(kind) or _add_to(kind))
    if kind == "rooms":
        app.command("edit", cls=Changing, help=_("Say where a room is."))(_edit_room)
    if kind == "absence-reasons":
        app.command("edit", cls=Changing, help=_("Change an absence reason; marks made before stay."))(_edit_reason)
    app.command("list", cls=Showing, help=_("The entries by name."))(_list_of(kind))
    app.command("rename", cls=Changing, help=_("Give an entry another name."))(_rename_in(kind))
    app.command("archive", cls=Changing, help=_("Put an entry away: what uses it keeps it."))(_archive_in(kind))
    return app


def _add_to(kind: str) -> Callable[..., None]:
    def add(ctx: typer.Context, name: Name, even_so: EvenSo = False) -> None:
        _add(ctx, kind, name, even_so=even_so)

    return add


def _add_room(
    ctx: typer.Context,
    name: Name,
    location: Location = "",
    new: New = False,
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.core.learning.catalogues import add_entry, entry_name

    with writing(ctx) as school:
        location_id = entry_named(school, "locations", location, new=new)
        details = {} if location_id is None else {"location_id": location_id}
        number = add_entry(school, "rooms", name, even_so=even_so, **details)
        name = entry_name(school.db, "rooms", number)
    _say_added(ctx, number, name)


def _add_reason(
    ctx: typer.Context,
    name: Name,
    short: Short = "",
    excused: Excused = False,
    charged: Charged = "",
    even_so: EvenSo = False,
) -> None:
    from schoolcrm.core.learning.absence_reasons import read_percent

    share = read_percent(charged) if charged else None
    _add(ctx, "absence-reasons", name, even_so=even_so, short=short, excused=excused, charged=share)


def _add(ctx: typer.Context, kind: str, name: str, *, even_so: bool, **details: Any) -> None:
    from schoolcrm.core.learning.catalogues import add_entry, entry_name

    with writing(ctx) as school:
        number = add_entry(school, kind, name, even_so=even_so, **details)
        name = entry_name(school.db, kind, number)
    _say_added(ctx, number, name)


def _say_added(ctx: typer.Context, number: int, name: str) -> None:
    done(ctx, _("No. {id} added: {name}.").format(id=number, name=name), id=number, name=name)


def _edit_room(
    ctx: typer.Context,
    room: Entry,
    location: Location,
    new: New = False,
) -> None:
    from schoolcrm.core.errors import BadValue
    from schoolcrm.core.learning.catalogues import find_entry, set_location

    with writing(ctx) as school:
        number = choose(find_entry, school.db, "rooms", room)
        location_id = entry_named(school, "locations", location, new=new)
        if location_id is None:
            raise BadValue(_("A name is missing."), _("Give the name of a location: --location NAME."))
        set_location(school, number, location_id)
    done(ctx, _("No. {id} changed.").format(id=number), id=number)


def _edit_reason(
    ctx: typer.Context,
    reason: Entry,
    short: Short = "",
    excused: Excused = False,
    not_excused: Annotated[bool, typer.Option("--not-excused", help=_("The absence is not excused."))] = False,
    charged: Charged = "",
) -> None:
    from schoolcrm.core.learning.absence_reasons import edit_reason, read_percent
    from schoolcrm.core.learning.catalogues import find_entry

    if excused and not_excused:
        raise WrongUsage(_("--excused can't stand beside --not-excused."), _("Give one of the two."))
    with writing(ctx) as school:
        number = choose(find_entry, school.db, "absence-reasons", reason)
        edit_reason(
            school,
            number,
            short=short or None,
            excused=excused if excused or not_excused else None,
            charged=read_percent(charged) if charged else None,
        )
    done(ctx, _("No. {id} changed.").format(id=number), id=number)


def _list_of(kind: str) -> Callable[..., None]:
    def list_(
        ctx: typer.Context,
        archived: Annotated[bool, typer.Option("--archived", help=_("Only those in the archive."))] = False,
        everything: Annotated[bool, typer.Option("--all", help=_("Those in the archive too."))] = False,
    ) -> None:
        from schoolcrm.reports.catalogues import catalogue_table, find_entries

        with reading(ctx) as school:
            rows = find_entries(school.db, kind, archived=None if everything else archived)
        show(ctx, catalogue_table(kind, rows, show_archived=archived or everything))

    return list_


def _rename_in(kind: str) -> Callable[..., None]:
    def rename(
        ctx: typer.Context,
        entry: Entry,
        name: Annotated[str, typer.Argument(metavar="NAME", help=_("The new name."))],
        even_so: EvenSo = False,
    ) -> None:
        from schoolcrm.core.learning.catalogues import find_entry, rename_entry

        with writing(ctx) as school:
            number = choose(find_entry, school.db, kind, entry)
            rename_entry(school, kind, number, name, even_so=even_so)
        done(ctx, _("No. {id} is now called {name}.").format(id=number, name=name), id=number, name=name)

    return rename


def _archive_in(kind: str) -> Callable[..., None]:
    def archive(ctx: typer.Context, entry: Entry) -> None:
        from schoolcrm.core.learning.catalogues import archive_entry, entry_name, find_entry

        with writing(ctx) as school:
            number = choose(find_entry, school.db, kind, entry)
            archive_entry(school, kind, number)
            name = entry_name(school.db, kind, number)
        done(ctx, _("No. {id} is in the archive now: {name}.").format(id=number, name=name), id=number)

    return archive
