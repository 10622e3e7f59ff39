"""Lists of clients and of students, and the filters saved for them: `clients list`, `students filters`…"""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from schoolcrm.commands.people_options import (
    Archived,
    Columns,
    DryRun,
    Everything,
    Limit,
    Offset,
    Query,
    Replace,
    Save,
    Saved,
    Sort,
    chosen_format,
    wish_of,
)
from schoolcrm.commands.session import confirm, done, reading, say, show, writing
from schoolcrm.core.errors import BadValue, WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import date

    from schoolcrm.core.listing.fields import Registry
    from schoolcrm.core.listing.rows import Listing, Wish
    from schoolcrm.reports.table import Table

FilterName = Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the saved filter."))]


class _Kind(NamedTuple):
    """One kind of list: its fields, how its rows are found, and the table they make."""

    registry: "Registry"
    find: "Callable[[sqlite3.Connection, date, Wish], Listing]"
    table: "Callable[[Listing, Wish], Table]"


def _clients() -> _Kind:
    from schoolcrm.core.listing.client_fields import CLIENTS
    from schoolcrm.reports.clients import clients_table, find_clients

    return _Kind(CLIENTS, find_clients, clients_table)


def _students() -> _Kind:
    from schoolcrm.core.listing.student_fields import STUDENTS
    from schoolcrm.reports.students import find_students, students_table

    return _Kind(STUDENTS, find_students, students_table)


def _list_of(kind: "Callable[[], _Kind]") -> "Callable[..., None]":
    """Return the command that prints the people of a kind who answer to the query (R52)."""

    def list_(
        ctx: typer.Context,
        query: Query = [],  # noqa: B006
        columns: Columns = "",
        sort: Sort = "",
        limit: Limit = 0,
        offset: Offset = 0,
        saved: Saved = "",
        save: Save = "",
        yes: Replace = False,
        dry_run: DryRun = False,
        archived: Archived = False,
        everything: Everything = False,
    ) -> None:
        ctx.obj.yes, ctx.obj.dry_run = yes, dry_run
        wish = wish_of(query, columns, sort, limit=limit, offset=offset, archived=archived, everything=everything)
        _list(ctx, kind(), wish, saved=saved, save=save)

    return list_


list_clients, list_students = _list_of(_clients), _list_of(_students)


def _list(ctx: typer.Context, kind: _Kind, wish: "Wish", *, saved: str, save: str) -> None:
    """Fetch, keep the filter if asked to, print: a filter that can't be made is never kept."""
    listing, wish = _find(ctx, kind, wish, saved)
    if save:
        _keep(ctx, kind.registry.entity, save, wish)
    show(ctx, kind.table(listing, wish))


def _find(ctx: typer.Context, kind: _Kind, wish: "Wish", saved: str) -> "tuple[Listing, Wish]":
    """Return the list, and what was asked for with the saved filter in it."""
    with reading(ctx) as school:
        if not saved:
            return kind.find(school.db, school.today, wish), wish
        from schoolcrm.core.listing.saved_filters import find_saved, refuse_unusable

        kept = find_saved(school.db, kind.registry.entity, saved)
        wish = kept.widened(wish)
        try:
            return kind.find(school.db, school.today, wish), wish
        except BadValue:
            refuse_unusable(school.db, school.today, kind.registry, kept)
            raise


def _keep(ctx: typer.Context, entity: str, save: str, wish: "Wish") -> None:
    """Save the filter; one of that name is replaced with --yes or on a terminal's yes."""
    from schoolcrm.core.listing.saved_filters import SavedFilter, filter_name, save_filter, saved_as

    chosen_format(ctx)  # refuses a format that is none before anything is written
    if wish.scope != "visible":
        raise WrongUsage(
            _("A saved filter keeps terms, columns and sort keys, neither --archived nor --all."),
            _("The term is:archived can be kept; --all is given with --saved."),
        )
    if not (wish.query or wish.columns or wish.sort):
        raise WrongUsage(
            _("There is nothing to save: no term, no column, no sort key."),
            _("For example: schoolcrm {entity}s list is:debtor --sort -debt --save 'Debtors'.").format(entity=entity),
        )
    filter_ = SavedFilter(filter_name(save), list(wish.query), list(wish.columns), list(wish.sort))
    with writing(ctx) as school:
        former = saved_as(school.db, entity, filter_.name)
        if former not in (None, filter_):
            confirm(ctx, _('The saved filter "{name}" would be replaced.').format(name=former.name))
        save_filter(school, entity, filter_)
    if not ctx.obj.dry_run:
        way = _("Saved as \"{name}\": 'schoolcrm {entity}s list --saved NAME' uses it.")
        say(ctx, way.format(name=filter_.name, entity=entity))
        return
    message = _('It would be saved as "{name}".').format(name=filter_.name)
    if former not in (None, filter_):
        message = _('The saved filter "{name}" would be replaced.').format(name=former.name)
    say(ctx, _("{message} (nothing was changed: --dry-run)").format(message=message))


def filters_app(entity: str) -> typer.Typer:
    """Return the group of commands about the saved filters of clients ("client") or students ("student")."""
    app = group(_("Filters saved with --save: list and remove them."))

    @app.command("list", cls=Showing, help=_("The saved filters: terms, columns, sort keys."))
    def list_(ctx: typer.Context) -> None:
        from schoolcrm.core.listing.saved_filters import saved_filters
        from schoolcrm.reports.saved_filters import saved_filters_table

        with reading(ctx) as school:
            found = saved_filters(school.db, entity)
        show(ctx, saved_filters_table(found))

    @app.command(cls=Changing, help=_("Remove a saved filter."))
    def remove(ctx: typer.Context, name: FilterName) -> None:
        from schoolcrm.core.listing.saved_filters import remove_saved, saved_id

        with writing(ctx) as school:
            number = saved_id(school.db, entity, name)
            removed = remove_saved(school, entity, name)
            confirm(ctx, _('The saved filter "{name}" would be removed.').format(name=removed.name))
        message = _('The saved filter "{name}" is removed.').format(name=removed.name)
        done(ctx, message, id=number, name=removed.name)

    return app
