"""`schoolcrm import-csv`: move an existing client base in from CSV or Excel (R60–R65)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schoolcrm.commands.backups import back_up_before
from schoolcrm.commands.failures import note_change
from schoolcrm.commands.file_import import (
    SHOWN,
    Delimiter,
    Encoding,
    File,
    Map,
    Mapping,
    SaveMapping,
    Sheet,
    Strict,
    is_ask,
    say_recognised,
    say_rejected,
    say_saved,
    showing_progress,
    sum_up,
    wishes_of,
)
from schoolcrm.commands.session import Session, note_operation, say
from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _, current_language, ngettext
from schoolcrm.lazy import Changing, single

if TYPE_CHECKING:
    from schoolcrm.core.importing.clients import ClientFile, Imported
    from schoolcrm.core.importing.own_fields import CustomField

app = single()


@app.command(
    cls=Changing, help=_("Move an existing client base in from CSV or Excel; makes the database if there is none.")
)
def import_csv(
    ctx: typer.Context,
    file: File,
    assignment: Map = [],  # noqa: B006
    mapping: Mapping = "",
    save_mapping: SaveMapping = "",
    new_fields: Annotated[
        bool, typer.Option("--new-fields", help=_("Make fields of your own out of unknown headings."))
    ] = False,
    on_duplicate: Annotated[
        str,
        typer.Option(
            "--on-duplicate", metavar="skip|update|create|fail", help=_("What to do with people already there.")
        ),
    ] = "skip",
    strict: Strict = False,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    sheet: Sheet = "",
) -> None:
    from schoolcrm.core.importing.clients import import_clients

    session: Session = ctx.obj
    began = monotonic()
    _require_known_choice(on_duplicate)
    opened = _opened(ctx, **ctx.params)
    with _database(ctx) as path, showing_progress(ctx) as progress:
        imported = import_clients(path, opened, session.given_today, user=session.user, progress=progress)
    if not session.dry_run:
        note_change()
    say_saved(ctx, opened)
    _report(ctx, began, imported)


def _opened(ctx: typer.Context, file: str, **options: Any) -> "ClientFile":
    """Return the file opened and mapped, and say how it was understood; raises SchoolError.

    `file` and `options` are all that the command line says: ``**ctx.params``.
    """
    from dataclasses import replace

    from schoolcrm.commands.status_questions import meanings_of_statuses
    from schoolcrm.core.importing.clients import CLIENTS, ClientFile

    path = Path(file)
    known_fields = _known_fields(ctx.obj)
    wishes = wishes_of(ctx, CLIENTS, path, custom_fields=known_fields, **options)
    opened = ClientFile(path, wishes, known_fields)
    if any(map(is_ask, options["assignment"])) and (said := meanings_of_statuses(ctx.obj, opened)):
        opened.source.close()
        assignments = {**(wishes.assignments or {}), **said}
        opened = ClientFile(path, replace(wishes, assignments=assignments), known_fields)
    say_recognised(ctx, opened)
    return opened


def _require_known_choice(on_duplicate: str) -> None:
    from schoolcrm.core.importing.plan import ON_DUPLICATE

    if on_duplicate not in ON_DUPLICATE:
        raise BadValue(
            _('--on-duplicate can\'t be "{value}".').format(value=on_duplicate),
            _("It is one of: {known}.").format(known=", ".join(ON_DUPLICATE)),
        )


def _known_fields(session: Session) -> "list[CustomField]":
    """Return the school's own fields, which headings may name; none while there is no database."""
    from schoolcrm.core.importing.clients import client_fields
    from schoolcrm.core.store.database import reading

    if not session.path.exists():
        return []
    with reading(session.path, session.given_today) as school:
        return client_fields(school.db)


@contextmanager
def _database(ctx: typer.Context) -> Iterator[Path]:
    """Give the database to import into: the school's, made on the way and taken away again if the import fails."""
    from schoolcrm.core.store.backup import IMPORT
    from schoolcrm.core.store.defaults import new_database

    session: Session = ctx.obj
    if session.path.exists():
        if not session.dry_run:
            back_up_before(session.path, IMPORT)
        yield session.path
    elif session.dry_run:
        with TemporaryDirectory() as folder:
            path = Path(folder) / session.path.name
            new_database(path, session.user, current_language())
            yield path
    else:
        new_database(session.path, session.user, current_language())
        try:
            yield session.path
        except BaseException:
            session.path.unlink(missing_ok=True)
            raise
        say(ctx, _("A new database was made: {path}").format(path=session.path))


def _say_left_out(ctx: typer.Context, imported: "Imported") -> None:
    """Say what wasn't taken over from the file."""
    from schoolcrm.core.importing.tally import LeftOut

    left_out = imported.tally.left_out
    if count := left_out[LeftOut.BALANCE]:
        sentence = ngettext(
            "{count} opening balance was left out: the student is there already.",
            "{count} opening balances were left out: the students are there already.",
            count,
        )
        hint = _("'schoolcrm payments add CLIENT --kind adjustment' corrects a balance.")
        say(ctx, f"{sentence.format(count=count)} {hint}")
    if count := left_out[LeftOut.PAYER]:
        sentence = ngettext(
            "{count} client has another name than the file says, and keeps it.",
            "{count} clients have other names than the file says, and keep them.",
            count,
        )
        hint = _("'schoolcrm clients edit' renames one.")
        say(ctx, f"{sentence.format(count=count)} {hint}")
    if count := left_out[LeftOut.REPEATED]:
        sentence = ngettext(
            "{count} row is about a student of an earlier row: only its groups, subjects, contacts and contracts"
            " were added.",
            "{count} rows are about students of earlier rows: only their groups, subjects, contacts and contracts"
            " were added.",
            count,
        )
        say(ctx, sentence.format(count=count))
    if count := left_out[LeftOut.HIDDEN]:
        sentence = ngettext(
            "{count} row is about somebody archived or deleted, who was left as is.",
            "{count} rows are about people archived or deleted, who were left as they are.",
            count,
        )
        say(ctx, sentence.format(count=count))


def _report(ctx: typer.Context, began: float, imported: "Imported") -> None:
    """Say what was done since `began`, of rejected rows which and why; ends with exit code 3 if there are any."""
    from schoolcrm.core.rules.money import human_money, machine_money

    tally = imported.tally
    note_operation(ctx.obj, imported.operation)
    say_rejected(ctx, imported.reasons, imported.rejects)
    if tally.group_names:
        names = ", ".join(tally.group_names[:SHOWN]) + (", …" if tally.groups > SHOWN else "")
        say(ctx, _("New groups: {names}").format(names=names))
    _say_left_out(ctx, imported)
    facts = (
        (_("clients"), tally.clients),
        (_("students"), tally.students),
        (_("families with several students"), len(tally.families)),
        (_("new groups"), tally.groups),
        (_("subscriptions"), tally.subscriptions),
        (_("contracts"), tally.contracts),
        (_("opening balances"), f"{tally.balances} ({human_money(tally.balance)})"),
        (_("updated"), tally.updated),
        (_("skipped, already there"), tally.skipped),
        (_("rejected"), tally.rejected),
        (_("empty and total rows"), imported.passed_over),
    )
    sum_up(
        ctx,
        began,
        facts,
        tally.rejected,
        imported.rejects,
        clients=tally.clients,
        students=tally.students,
        families=len(tally.families),
        groups=tally.groups,
        subscriptions=tally.subscriptions,
        contracts=tally.contracts,
        balances=tally.balances,
        balance=machine_money(tally.balance),
        updated=tally.updated,
        skipped=tally.skipped,
    )
