"""`clients archive|restore`, `students archive|restore`: people put in the archive and taken out of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.session import choose, done, say, writing
from schoolcrm.core.language import _, ngettext

if TYPE_CHECKING:
    from schoolcrm.core.people.archive import Archived, Restored

Clients = Annotated[
    list[str], typer.Argument(metavar="CLIENT", help=_("Clients: id, name, part of it, or phone of each."))
]
Students = Annotated[
    list[str], typer.Argument(metavar="STUDENT", help=_("Students: id, name, or part of it, of each."))
]


def archive_clients(ctx: typer.Context, clients: Clients) -> None:
    """Put clients in the archive."""
    from schoolcrm.core.people import archive
    from schoolcrm.core.people.references import find_client

    with writing(ctx) as school:
        ids = [choose(find_client, school.db, name, include_archived=True) for name in clients]
        gone = archive.archive_clients(school, ids)
    _warn(ctx, gone)
    message = ngettext(
        "{count} client is in the archive: {names}.", "{count} clients are in the archive: {names}.", len(gone)
    )
    _done(ctx, message, gone)


def restore_clients(ctx: typer.Context, clients: Clients) -> None:
    """Take clients out of the archive, or bring back deleted ones."""
    from schoolcrm.core.people import archive
    from schoolcrm.core.people.references import find_client

    with writing(ctx) as school:
        ids = [choose(find_client, school.db, name, archived_first=True) for name in clients]
        back = archive.restore_clients(school, ids)
    _done(ctx, ngettext("{count} client is back: {names}.", "{count} clients are back: {names}.", len(back)), back)


def archive_students(ctx: typer.Context, students: Students) -> None:
    """Put students in the archive."""
    from schoolcrm.core.people import archive
    from schoolcrm.core.people.references import find_student

    with writing(ctx) as school:
        ids = [choose(find_student, school.db, name, include_archived=True) for name in students]
        gone = archive.archive_students(school, ids)
    _warn(ctx, gone)
    message = ngettext(
        "{count} student is in the archive: {names}.", "{count} students are in the archive: {names}.", len(gone)
    )
    _done(ctx, message, gone)


def restore_students(ctx: typer.Context, students: Students) -> None:
    """Take students out of the archive."""
    from schoolcrm.core.people import archive
    from schoolcrm.core.people.references import find_student

    with writing(ctx) as school:
        ids = [choose(find_student, school.db, name, archived_first=True) for name in students]
        back = archive.restore_students(school, ids)
    for one in back:
        if one.hidden_by is not None:
            say(
                ctx,
                _("warning: {student} stays out of sight: the client {client} is archived or deleted.").format(
                    student=one.name, client=one.hidden_by
                ),
            )
    _done(ctx, ngettext("{count} student is back: {names}.", "{count} students are back: {names}.", len(back)), back)


def _warn(ctx: typer.Context, gone: "Sequence[Archived]") -> None:
    """Say, in a line each, what is not settled: archiving ends nothing by itself."""
    from schoolcrm.core.rules.money import human_money

    for one in gone:
        if not one.is_settled:
            sentence = ngettext(
                "warning: {name}: balance {balance}, debt {debt}, {count} subscription not ended.",
                "warning: {name}: balance {balance}, debt {debt}, {count} subscriptions not ended.",
                one.subscriptions,
            )
            told = {"balance": human_money(one.balance), "debt": human_money(one.debt), "count": one.subscriptions}
            say(ctx, sentence.format(name=one.name, **told))


def _done(ctx: typer.Context, message: str, people: "Sequence[Archived | Restored]") -> None:
    ids = [one.id for one in people]
    names = ", ".join(one.name for one in people)
    done(ctx, message.format(count=len(people), names=names), id=ids[0] if len(ids) == 1 else None, ids=ids)
