"""`clients purge`: people forgotten for good, those too of whom only the history tells."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.backups import back_up_before
from schoolcrm.commands.session import choose, confirm, done, reading, say, writing
from schoolcrm.core.errors import NotFound, Refused, SchoolError, WrongUsage
from schoolcrm.core.language import _, ngettext

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from schoolcrm.core.people.purge import Purged
    from schoolcrm.core.people.taken_back import TakenBack
    from schoolcrm.core.store.database import School

AT_ONCE = 2_000
"""Clients who were taken back that one operation purges: others can write between two of them."""

_MOST_NAMED = 5

Clients = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CLIENT", help=_("Clients of the archive, or added and taken back: id, name, part of it, or phone.")
    ),
]
Undone = Annotated[
    bool,
    typer.Option(
        "--undone",
        help=_("All who were added or imported and taken back with undo: only the history still tells of them."),
    ),
]


def purge(ctx: typer.Context, clients: Clients = None, undone: Undone = False) -> None:
    """Purge clients from the archive, or from the history, for good."""
    from schoolcrm.core.store.backup import PURGE

    if undone == bool(clients):
        raise WrongUsage(
            _("Say whom to purge: clients, or --undone."), _("'schoolcrm clients purge --help' tells the difference.")
        )
    with reading(ctx) as school:
        meant, taken = _everybody_undone(school) if undone else _meant(school, clients or [])
        statement = _statement(school, meant, taken)
    if ctx.obj.dry_run:
        say(ctx, statement)
    confirm(ctx, statement)
    if not ctx.obj.dry_run:
        back_up_before(ctx.obj.path, PURGE)
    purged = _purge_undone(ctx, taken) if undone else _purge_named(ctx, clients or [], meant, taken)
    if not ctx.obj.dry_run:
        _wipe(ctx, ctx.obj.path)
    _tell(ctx, purged, [one.id for one in taken])


def _purge_named(
    ctx: typer.Context, clients: "Sequence[str]", meant: list[int], taken: "list[TakenBack]"
) -> "list[Purged]":
    """Purge them in one operation; return what became of those of the archive."""
    from schoolcrm.core.people.purge import purge_clients, purge_taken_back

    with writing(ctx) as school:
        if _meant(school, clients) != (meant, taken):
            raise Refused(
                _("Somebody else has changed clients of these names meanwhile."), _("Nothing was changed; look again.")
            )
        purged = purge_clients(school, meant) if meant else []
        if taken:
            purge_taken_back(school, taken)
    return purged


def _purge_undone(ctx: typer.Context, taken: "Sequence[TakenBack]") -> "list[Purged]":
    """Purge all who are taken back, a part in each operation; whoever is back meanwhile is left alone."""
    from schoolcrm.core.people.purge import purge_taken_back
    from schoolcrm.core.people.taken_back import taken_back

    for begin in range(0, len(taken), AT_ONCE):
        part = taken[begin : begin + AT_ONCE]
        with writing(ctx) as school:
            still = set(taken_back(school.db, [one.id for one in part]))
            purge_taken_back(school, [one for one in part if one in still])
    return []


def _meant(school: "School", clients: "Sequence[str]") -> "tuple[list[int], list[TakenBack]]":
    """Return the clients named: those of the archive, and those only the journal tells of; Refused for others."""
    from schoolcrm.core.people.purge import require_archived
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.people.taken_back import find_taken_back, taken_back

    archived: dict[int, None] = {}
    gone: set[int] = set()
    for name in clients:
        try:
            archived[choose(find_client, school.db, name, archived_first=True)] = None
        except NotFound as error:
            try:
                gone.add(choose(find_taken_back, school.db, name))
            except NotFound:
                raise error from None
    require_archived(school.db, archived)
    return list(archived), taken_back(school.db, gone) if gone else []


def _everybody_undone(school: "School") -> "tuple[list[int], list[TakenBack]]":
    from schoolcrm.core.people.taken_back import all_taken_back

    taken = all_taken_back(school.db)
    if not taken:
        raise NotFound(
            _("Nobody was added and taken back of whom the history still tells."),
            _("'schoolcrm history' shows what was done."),
        )
    return [], taken


def _statement(school: "School", ids: "Sequence[int]", taken: "Sequence[TakenBack]") -> str:
    told = [_archived_statement(school, ids)] if ids else []
    if taken:
        told.append(_taken_back_statement(school.db, taken))
    return " ".join(told)


def _archived_statement(school: "School", ids: "Sequence[int]") -> str:
    from schoolcrm.core.people.purge import keeping_money
    from schoolcrm.core.people.references import client_label

    names = "; ".join(f"{number} {client_label(school.db, number)}" for number in ids)
    statement = ngettext(
        "{count} client would be purged for good, with students, contacts, notes and their history: {names}. Of"
        " {kept} there are payments, charges or contracts, which stay without the person. Nothing can undo it;"
        " backups made before still hold the person.",
        "{count} clients would be purged for good, with students, contacts, notes and their history: {names}. Of"
        " {kept} there are payments, charges or contracts, which stay without the person. Nothing can undo it;"
        " backups made before still hold the people.",
        len(ids),
    )
    return statement.format(count=len(ids), names=names, kept=len(keeping_money(school.db, ids)))


def _taken_back_statement(db: "sqlite3.Connection", taken: "Sequence[TakenBack]") -> str:
    from schoolcrm.reports.history_words import human_moment

    each = _("{id} {name} (operation {number}, {command}; taken back {moment})")
    names = [
        each.format(
            id=one.id, name=one.name, number=one.made, command=one.command, moment=human_moment(db, one.taken_back_at)
        )
        for one in taken[:_MOST_NAMED]
    ]
    if len(taken) > _MOST_NAMED:
        names.append("…")
    statement = ngettext(
        "{count} client was added and taken back, only the history tells of them: {names}. The history would"
        " forget them for good, with students, contacts, payments and notes, and what was taken back could not be done"
        " again; backups made before still hold the person.",
        "{count} clients were added and taken back, only the history tells of them: {names}. The history would"
        " forget them for good, with students, contacts, payments and notes, and what was taken back could not be done"
        " again; backups made before still hold the people.",
        len(taken),
    )
    return statement.format(count=len(taken), names="; ".join(names))


def _wipe(ctx: typer.Context, path: "Path") -> None:
    """Clear the file of second copies; what could not be done, and what lies beside the file, is told."""
    from schoolcrm.core.store.backup import find_backups
    from schoolcrm.core.store.redaction import wipe_free_space

    try:
        wipe_free_space(path)
    except SchoolError as error:
        say(ctx, _("warning: the file was not written anew, traces may be left in it: {reason}").format(reason=error))
        say(ctx, _("Run 'schoolcrm db compact' when nobody else is working with it."))
    for copy in sorted(path.parent.glob(f"{path.name}.before-*")):
        say(ctx, _("warning: {file} was made before the last update and still holds the person.").format(file=copy))
    for copy in sorted(path.parent.glob(f"{path.name}.replaced-*")):
        say(ctx, _("warning: {file} was replaced by a backup and still holds the person.").format(file=copy))
    backups = find_backups(path)
    if backups:
        sentence = ngettext(
            "{count} backup in {folder} was made before and still holds the person.",
            "{count} backups in {folder} were made before and still hold the person.",
            len(backups),
        )
        say(ctx, sentence.format(count=len(backups), folder=backups[0].parent))
    _tell_other_copies(ctx, path, backups)


def _tell_other_copies(ctx: typer.Context, path: "Path", told: "Sequence[Path]") -> None:
    from schoolcrm.core.store.copies import find_copies

    copies = [copy for copy in find_copies(path) if copy not in told]
    if not copies:
        return
    named = ", ".join(map(str, copies[:_MOST_NAMED]))
    if len(copies) > _MOST_NAMED:
        named += ", …"
    sentence = ngettext(
        "warning: {count} copy made earlier may still hold the person: {files}.",
        "warning: {count} copies made earlier may still hold the person: {files}.",
        len(copies),
    )
    say(ctx, sentence.format(count=len(copies), files=named))


def _tell(ctx: typer.Context, purged: "Sequence[Purged]", taken_back: list[int]) -> None:
    anonymous = [one.id for one in purged if one.is_anonymous]
    deleted = [one.id for one in purged if not one.is_anonymous]
    ids = [*(one.id for one in purged), *taken_back]
    sentences = []
    if purged:
        sentence = ngettext(
            "{count} client purged; of {anonymous} the money stays, without the person.",
            "{count} clients purged; of {anonymous} the money stays, without the person.",
            len(purged),
        )
        sentences.append(sentence.format(count=len(purged), anonymous=len(anonymous)))
    if taken_back:
        sentence = ngettext(
            "The history has forgotten {count} client who was taken back.",
            "The history has forgotten {count} clients who were taken back.",
            len(taken_back),
        )
        sentences.append(sentence.format(count=len(taken_back)))
    extra = {"taken_back": taken_back} if taken_back else {}
    one = ids[0] if len(ids) == 1 else None
    done(ctx, " ".join(sentences), id=one, ids=ids, anonymous=anonymous, deleted=deleted, **extra)
