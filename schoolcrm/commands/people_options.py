"""Options that commands about clients and about students share."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _

if TYPE_CHECKING:
    from schoolcrm.core.listing.rows import Wish
    from schoolcrm.reports.writers import Format

_ANY_CLIENT = _("Client, or a student of theirs: id, name, part of it, or phone.")
ClientName = Annotated[str, typer.Argument(metavar="CLIENT", help=_ANY_CLIENT)]
ClientRef = Annotated[str, typer.Argument(metavar="REF", help=_ANY_CLIENT)]
StudentName = Annotated[str, typer.Argument(metavar="STUDENT", help=_("The student: id, name, or part of it."))]
Birthday = Annotated[str, typer.Option("--birthday", metavar="DATE", help=_("Day of birth."))]
Sex = Annotated[str, typer.Option("--sex", metavar="f|m", help=_("Sex."))]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=_("A note."))]
OwnFields = Annotated[
    list[str], typer.Option("--field", metavar="NAME=VALUE", help=_("A field the school has added; repeatable."))
]
Unset = Annotated[
    list[str], typer.Option("--unset", metavar="FIELD", help=_("Empty a field, before others are set; repeatable."))
]
Query = Annotated[
    list[str],
    typer.Argument(
        metavar="[QUERY]...",
        help=_(
            "Terms, all must hold: a word, field:value, field:a,b (a comma itself: \\,), field:a..b, ^term, is:debtor…"
        ),
    ),
]
Columns = Annotated[str, typer.Option("--columns", metavar="A,B", help=_("Which columns, in which order."))]
Sort = Annotated[str, typer.Option("--sort", metavar="A,-B", help=_("Sort by these fields; with a minus, downwards."))]
Limit = Annotated[int, typer.Option("--limit", metavar="N", help=_("At most so many rows; 0: all."))]
Offset = Annotated[int, typer.Option("--offset", metavar="N", help=_("Leave out so many rows at the beginning."))]
Saved = Annotated[str, typer.Option("--saved", metavar="NAME", help=_("Begin with a saved filter."))]
Save = Annotated[
    str, typer.Option("--save", metavar="NAME", help=_("Keep the terms, columns and sort keys under a name."))
]
Replace = Annotated[bool, typer.Option("--yes", "-y", help=_("With --save: replace a filter of that name."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("With --save: say what would be saved, and save nothing."))]
Archived = Annotated[bool, typer.Option("--archived", help=_("Only those in the archive."))]
Everything = Annotated[bool, typer.Option("--all", help=_("Archived and deleted ones too."))]
Days = Annotated[int, typer.Option("--days", metavar="7..360", help=_("Lessons of so many days around today."))]


def wish_of(
    query: list[str], columns: str, sort: str, *, limit: int, offset: int, archived: bool, everything: bool
) -> "Wish":
    """Return what a list is asked for; WrongUsage for options that exclude one another."""
    from schoolcrm.core.listing.rows import Wish

    if archived and everything:
        raise WrongUsage(_("--archived and --all exclude one another."), _("Give one of them."))
    scope = "archived" if archived else "all" if everything else "visible"
    return Wish(query, _split(columns), _split(sort), limit, offset, scope)


def given(ctx: typer.Context, parameter: str) -> bool:
    """Tell whether the command line names the parameter, whatever its value: 0 may be meant."""
    source = ctx.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def chosen_format(ctx: typer.Context) -> "Format":
    """Return the format that the output will have."""
    from pathlib import Path

    from schoolcrm.reports.writers import Output, format_of

    session = ctx.obj
    file = Path(session.output) if session.output else None
    return format_of(Output(session.table_format or None, file, session.excel, session.usual_format or "table"))
