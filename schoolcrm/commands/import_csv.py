"""`schoolcrm import-csv`: move an existing client base in from CSV or Excel (R60–R65)."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.failures import note_change
from schoolcrm.commands.session import Session, done, say
from schoolcrm.core.errors import ExitCode, WrongUsage
from schoolcrm.core.language import _, current_language, ngettext
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.lazy import Changing, single

if TYPE_CHECKING:
    from schoolcrm.core.importing.clients import ClientFile, Imported, Progress
    from schoolcrm.core.importing.headings import Column, CustomField

_SHOWN = 10  # of reasons on a terminal, and of the names of new groups

app = single()


@app.command(
    cls=Changing, help=_("Move an existing client base in from CSV or Excel; makes the database if there is none.")
)
def import_csv(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("A CSV or XLSX file, headings in its first row."))],
    assignment: Annotated[
        list[str], typer.Option("--map", metavar="HEADING=FIELD", help=_("What a heading means; repeatable."))
    ] = [],  # noqa: B006
    new_fields: Annotated[
        bool, typer.Option("--new-fields", help=_("Make fields of your own out of unknown headings."))
    ] = False,
    on_duplicate: Annotated[
        str, typer.Option("--on-duplicate", metavar="skip|create|fail", help=_("What to do with people already there."))
    ] = "skip",
    strict: Annotated[bool, typer.Option("--strict", help=_("Write nothing if any row is bad."))] = False,
    encoding: Annotated[str, typer.Option("--encoding", help=_("Instead of the recognised one: utf-8, cp1251…"))] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help=_("Instead of the recognised one."))] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=_("Which sheet of a workbook."))] = "",
) -> None:
    from schoolcrm.core.importing.clients import ClientFile, RowsRefused, Wishes, import_clients
    from schoolcrm.core.importing.headings import parse_assignments

    session: Session = ctx.obj
    wishes = Wishes(
        encoding=encoding or None,
        delimiter=delimiter or None,
        sheet=sheet or None,
        assignments=parse_assignments(assignment),
        new_fields=new_fields,
        on_duplicate=_known_choice(on_duplicate),
        strict=strict,
        dry_run=session.dry_run,
    )
    began = monotonic()
    opened = ClientFile(Path(file), wishes, _known_fields(session))
    _say_recognised(ctx, opened)
    with _database(ctx) as path, _progress(ctx) as progress:
        try:
            imported = import_clients(path, opened, session.given_today, user=session.user, progress=progress)
        except RowsRefused as refusal:
            if len(refusal.reasons) > 1:
                _say_reasons(ctx, refusal.reasons)
            raise
    if not session.dry_run:
        note_change()
    _report(ctx, imported, monotonic() - began)
    if imported.tally.rejected:
        raise typer.Exit(ExitCode.PARTIAL)


def _known_choice(on_duplicate: str) -> str:
    from schoolcrm.core.importing.plan import ON_DUPLICATE

    if on_duplicate in ON_DUPLICATE:
        return on_duplicate
    raise WrongUsage(
        _("--on-duplicate can't be «{value}».").format(value=on_duplicate),
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
    from schoolcrm.core.store.defaults import new_database

    session: Session = ctx.obj
    if session.path.exists():
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


@contextmanager
def _progress(ctx: typer.Context) -> "Iterator[Progress | None]":
    """Show how many rows were read, on a terminal only."""
    if ctx.obj.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_("Rows read"), total=None)
        yield lambda count: bar.update(task, completed=count)


def _say_recognised(ctx: typer.Context, file: "ClientFile") -> None:
    """Say how the file was understood before anything is written: how it is written, what each column fills."""
    source = file.source
    if source.kind == "xlsx":
        say(ctx, _("{file}: workbook, sheet «{sheet}»").format(file=source.path.name, sheet=source.sheet))
    else:
        say(
            ctx,
            _("{file}: encoding {encoding}, delimiter {delimiter}").format(
                file=source.path.name,
                encoding=source.encoding,
                delimiter=_("tab") if source.delimiter == "\t" else f"«{source.delimiter}»",
            ),
        )
    for column in file.headings.columns:
        say(ctx, f"  {column.heading or '—'} → {_meaning(column)}")


def _meaning(column: "Column") -> str:
    """Return what becomes of a column, in words."""
    from schoolcrm.core.importing.fields import CLIENT_FIELDS
    from schoolcrm.core.importing.headings import Fate

    if column.fate is Fate.FIELD:
        label = _(CLIENT_FIELDS.fields[column.target].label)
        return f"{label} ({column.whose})" if column.whose else label
    words = {
        Fate.CUSTOM: _("own field «{name}»"),
        Fate.NEW: _("new own field «{name}»"),
        Fate.IGNORED: _("left out, as you said"),
        Fate.LATER: _("left out: contracts can't be imported yet"),
        Fate.REASON: _("left out: reasons of an earlier import"),
        Fate.UNKNOWN: _("NOT IMPORTED: unknown heading; name it with --map, or keep it with --new-fields"),
        Fate.NAMELESS: _("left out: a column without a heading"),
    }
    return words[column.fate].format(name=column.target)


def _say_reasons(ctx: typer.Context, reasons: Sequence[tuple[int, str]]) -> None:
    """Say why rows were rejected: all, but the first ones on a terminal, where a file of them is beside the input."""
    shown = len(reasons) if ctx.obj.dry_run or not sys.stderr.isatty() else _SHOWN
    for line, reason in reasons[:shown]:
        say(ctx, _("row {line} rejected: {reason}").format(line=line, reason=reason))
    more = len(reasons) - shown
    if more > 0:
        say(ctx, ngettext("… and {count} more", "… and {count} more", more).format(count=more))


def _say_rejected(count: int, rejects: Path | None) -> None:
    """Say in one line, though -q asks for silence, that rows were not imported: that is an error."""
    if rejects is None:
        sentence = ngettext("{count} row was rejected.", "{count} rows were rejected.", count)
    else:
        sentence = ngettext(
            "{count} row was rejected; it is in {file}.", "{count} rows were rejected; they are in {file}.", count
        )
    sys.stderr.write(one_line(sentence.format(count=count, file=rejects)) + "\n")


def _report(ctx: typer.Context, imported: "Imported", seconds: float) -> None:
    """Say what was done, and of rejected rows which and why."""
    from schoolcrm.core.rules.money import human_money, machine_money
    from schoolcrm.reports.writers.cells import decimal_mark

    tally = imported.tally
    _say_reasons(ctx, imported.reasons)
    if imported.rejects is not None:
        say(ctx, _("Rejected rows with their reasons: {file}").format(file=imported.rejects))
    if ctx.obj.quiet and tally.rejected:
        _say_rejected(tally.rejected, imported.rejects)
    if tally.group_names:
        names = ", ".join(tally.group_names[:_SHOWN]) + (", …" if tally.groups > _SHOWN else "")
        say(ctx, _("New groups: {names}").format(names=names))
    facts = (
        (_("clients"), tally.clients),
        (_("students"), tally.students),
        (_("families with several students"), len(tally.families)),
        (_("new groups"), tally.groups),
        (_("subscriptions"), tally.subscriptions),
        (_("opening balances"), f"{tally.balances} ({human_money(tally.balance)})"),
        (_("skipped, already there"), tally.skipped),
        (_("rejected"), tally.rejected),
        (_("empty and total rows"), imported.passed_over),
    )
    summary = "; ".join(f"{label}: {value}" for label, value in facts)
    done(
        ctx,
        _("Imported in {seconds} s: {summary}.").format(seconds=decimal_mark(f"{seconds:.1f}"), summary=summary),
        clients=tally.clients,
        students=tally.students,
        families=len(tally.families),
        groups=tally.groups,
        subscriptions=tally.subscriptions,
        balances=tally.balances,
        balance=machine_money(tally.balance),
        skipped=tally.skipped,
        rejected=tally.rejected,
        rejects=imported.rejects,
        seconds=round(seconds, 1),
    )
