"""What the commands share that bring a file in: options, what was recognised, progress, what was rejected."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from schoolcrm.commands.backups import back_up_before
from schoolcrm.commands.failures import note_change
from schoolcrm.commands.session import Session, done, note_operation, reading, say
from schoolcrm.core.errors import ExitCode
from schoolcrm.core.language import _, ngettext, quoted
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    from schoolcrm.core.importing.headings import Column
    from schoolcrm.core.importing.own_fields import CustomField
    from schoolcrm.core.importing.transfer import Kind, Progress, RowsRefused, TableFile, Transferred, Wishes

T = TypeVar("T")

SHOWN = 10  # of reasons on a terminal
_SHOWN_ELSEWHERE = 20  # of them where a file or a dry run has all

File = Annotated[str, typer.Argument(metavar="FILE", help=_("A CSV or XLSX file, headings in its first row."))]
Map = Annotated[
    list[str],
    typer.Option(
        "--map",
        metavar="HEADING=FIELD|ask",
        help=_(
            "What a heading means; repeatable. HEADING:VALUE=OTHER: what a value under it means. ask: ask about the"
            " others."
        ),
    ),
]
Mapping = Annotated[str, typer.Option("--mapping", metavar="NAME", help=_("Use a mapping that was saved."))]
SaveMapping = Annotated[
    str, typer.Option("--save-mapping", metavar="NAME", help=_("Keep what the headings mean under a name."))
]
Strict = Annotated[bool, typer.Option("--strict", help=_("Write nothing if any row is bad."))]
Encoding = Annotated[str, typer.Option("--encoding", help=_("Instead of the recognised one: utf-8, cp1251…"))]
Delimiter = Annotated[str, typer.Option("--delimiter", help=_("Instead of the recognised one."))]
Sheet = Annotated[str, typer.Option("--sheet", help=_("Which sheet of a workbook."))]


def wishes_of(
    ctx: typer.Context,
    kind: "Kind",
    path: Path,
    *,
    assignment: Sequence[str],
    mapping: str,
    save_mapping: str,
    encoding: str,
    delimiter: str,
    sheet: str,
    custom_fields: "Sequence[CustomField]" = (),
    **others: Any,
) -> "Wishes":
    """Return what the options ask for; with ``--map ask`` a person has been asked about unclear headings.

    Raises NotFound for an unknown mapping, BadValue for what is no assignment, Refused when nobody can be asked.
    """
    from schoolcrm.core.importing.assignments import parse_assignments
    from schoolcrm.core.importing.mappings import mapping_name
    from schoolcrm.core.importing.transfer import Wishes

    wishes = Wishes(
        encoding=encoding or None,
        delimiter=delimiter or None,
        sheet=sheet or None,
        assignments=parse_assignments(text for text in assignment if not is_ask(text)),
        saved=_saved_mapping(ctx, kind, mapping) if mapping else None,
        save_as=mapping_name(save_mapping) if save_mapping else "",
        dry_run=ctx.obj.dry_run,
        **others,
    )
    return _asked(kind, path, wishes, custom_fields) if any(map(is_ask, assignment)) else wishes


def _saved_mapping(ctx: typer.Context, kind: "Kind", name: str) -> dict[str, str]:
    from schoolcrm.core.importing.mappings import find_mapping

    with reading(ctx) as school:
        return find_mapping(school.db, kind.source, name)


def _asked(kind: "Kind", path: Path, wishes: "Wishes", custom_fields: "Sequence[CustomField]") -> "Wishes":
    """Return the wishes with what a person says of the unclear headings."""
    from dataclasses import replace

    from schoolcrm.commands.heading_questions import answers_about

    answers, with_new = answers_about(kind, path, wishes, custom_fields)
    assignments = {**answers, **(wishes.assignments or {})}
    return replace(wishes, assignments=assignments, new_fields=wishes.new_fields or with_new)


def is_ask(text: str) -> bool:
    """Tell whether a ``--map`` option asks to be asked."""
    return text.strip().casefold() == "ask"


def say_recognised(ctx: typer.Context, file: "TableFile") -> None:
    """Say how the file was understood before anything is written: how it is written, what each column fills."""
    from schoolcrm.core.importing.assignments import LEFT_OUT

    source = file.source
    if source.kind == "xlsx":
        say(ctx, _('{file}: workbook, sheet "{sheet}"').format(file=source.path.name, sheet=source.sheet))
    else:
        say(
            ctx,
            _("{file}: encoding {encoding}, delimiter {delimiter}").format(
                file=source.path.name,
                encoding=source.encoding,
                delimiter=_("tab") if source.delimiter == "\t" else quoted(source.delimiter),
            ),
        )
    for column in file.headings.columns:
        say(ctx, f"  {column.heading or '—'} → {_meaning(file, column)}")
        for value, meant in column.meanings.items():
            say(ctx, f"    {quoted(value)} → {_('left out, as you said') if meant in LEFT_OUT else meant}")
    if file.lacking:
        sentence = _("The saved mapping also names headings that the file lacks: {names}.")
        say(ctx, sentence.format(names=", ".join(file.lacking)))


def _meaning(file: "TableFile", column: "Column") -> str:
    """Return what becomes of a column, in words."""
    from schoolcrm.core.importing.headings import Fate

    if column.custom and column.custom.entity == "student":
        return _('own field of the student "{name}"').format(name=column.target)
    if column.fate is Fate.FIELD:
        label = _(file.kind.table.fields[column.target].label)
        return f"{label} ({column.whose})" if column.whose else label
    unknown = _("NOT IMPORTED: unknown heading; name it with --map")
    if file.kind.table.adds_fields:
        unknown = _("NOT IMPORTED: unknown heading; name it with --map, or keep it with --new-fields")
    words = {
        Fate.CUSTOM: _('own field "{name}"'),
        Fate.NEW: _('new own field "{name}"'),
        Fate.IGNORED: _("left out, as you said"),
        Fate.REASON: _("left out: reasons of an earlier import"),
        Fate.UNKNOWN: unknown,
        Fate.NAMELESS: _("left out: a column without a heading"),
    }
    return words[column.fate].format(name=column.target)


@contextmanager
def showing_progress(ctx: typer.Context) -> "Iterator[Progress | None]":
    """Show how many rows were read, on a terminal only; of rows that were refused, say why."""
    from schoolcrm.core.importing.transfer import RowsRefused

    try:
        if ctx.obj.quiet or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(_("Rows read"), total=None)
            yield lambda count: bar.update(task, completed=count)
    except RowsRefused as refusal:
        _say_refused(ctx, refusal)
        raise


def _say_refused(ctx: typer.Context, refusal: "RowsRefused") -> None:
    if len(refusal.reasons) > 1:
        _say_reasons(ctx, refusal.reasons, refusal.rejects)


def _say_reasons(ctx: typer.Context, reasons: Sequence[tuple[int, str]], rejects: Path | None) -> None:
    """Say why rows were rejected: the first ones, and where the others are; all of them with --dry-run."""
    most = SHOWN if sys.stderr.isatty() else _SHOWN_ELSEWHERE
    shown = len(reasons) if ctx.obj.dry_run else most
    for line, reason in islice(reasons, shown):
        say(ctx, _("row {line} rejected: {reason}").format(line=line, reason=reason))
    more = len(reasons) - shown
    if more > 0:
        if rejects is not None:
            sentence = ngettext(
                "… and {count} more row; all are in {file}", "… and {count} more rows; all are in {file}", more
            )
        else:
            sentence = ngettext(
                "… and {count} more row; --dry-run shows all", "… and {count} more rows; --dry-run shows all", more
            )
        say(ctx, sentence.format(count=more, file=rejects))


def say_rejected(ctx: typer.Context, reasons: Sequence[tuple[int, str]], rejects: Path | None) -> None:
    """Say which rows were rejected, why, and where they are; in one line though -q asks for silence."""
    _say_reasons(ctx, reasons, rejects)
    if rejects is not None:
        say(ctx, _("Rejected rows with their reasons: {file}").format(file=rejects))
    if not (ctx.obj.quiet and reasons):
        return
    count = len(reasons)
    if rejects is None:
        sentence = ngettext("{count} row was rejected.", "{count} rows were rejected.", count)
    else:
        sentence = ngettext(
            "{count} row was rejected; it is in {file}.", "{count} rows were rejected; they are in {file}.", count
        )
    sys.stderr.write(one_line(sentence.format(count=count, file=rejects)) + "\n")


def open_file(ctx: typer.Context, kind: "Kind", file: str, **options: Any) -> "TableFile":
    """Return the file opened and mapped, and say how it was understood; raises SchoolError.

    `file` and `options` are the command's own parameters, all that its line says: ``**ctx.params``.
    """
    from schoolcrm.core.importing.own_fields import own_fields
    from schoolcrm.core.importing.transfer import TableFile
    from schoolcrm.core.store.database import require_file

    session: Session = ctx.obj
    require_file(session.path)
    custom_fields: list[CustomField] = []
    if kind.table.entities:
        with reading(ctx) as school:
            custom_fields = own_fields(school.db, kind.table.entities)
    wishes = wishes_of(ctx, kind, Path(file), custom_fields=custom_fields, **options)
    opened = TableFile(kind, Path(file), wishes, custom_fields)
    say_recognised(ctx, opened)
    return opened


def bring_in(ctx: typer.Context, opened: "TableFile", run: "Callable[..., T]") -> T:
    """Import the opened file, a backup made before, and return what was done."""
    from schoolcrm.core.store.backup import IMPORT

    session: Session = ctx.obj
    if not session.dry_run:
        back_up_before(session.path, IMPORT)
    with showing_progress(ctx) as progress:
        imported = run(session.path, opened, session.given_today, user=session.user, progress=progress)
    if not session.dry_run:
        note_change()
    say_saved(ctx, opened)
    return imported


def say_done(
    ctx: typer.Context, began: float, transferred: "Transferred", facts: Sequence[tuple[str, object]], **made: Any
) -> None:
    """Say what was rejected and what was done since `began`; ends with exit code 3 if a row was rejected."""
    note_operation(ctx.obj, transferred.operation)
    say_rejected(ctx, transferred.reasons, transferred.rejects)
    rejected = len(transferred.reasons)
    sum_up(ctx, began, [*facts, (_("rejected"), rejected)], rejected, transferred.rejects, **made)


def sum_up(
    ctx: typer.Context,
    began: float,
    facts: Sequence[tuple[str, object]],
    rejected: int,
    rejects: Path | None,
    **made: Any,
) -> None:
    """Say in one line what was done since `began`; ends with exit code 3 if a row was rejected."""
    from schoolcrm.reports.writers.cells import decimal_mark

    seconds = monotonic() - began
    summary = "; ".join(f"{label}: {value}" for label, value in facts)
    message = _("Imported in {seconds} s: {summary}.").format(seconds=decimal_mark(f"{seconds:.1f}"), summary=summary)
    done(ctx, message, **made, rejected=rejected, rejects=rejects, seconds=round(seconds, 1))
    if rejected:
        raise typer.Exit(ExitCode.PARTIAL)


def say_saved(ctx: typer.Context, file: "TableFile") -> None:
    """Say under which name the mapping in use was kept."""
    session: Session = ctx.obj
    if file.wishes.save_as and not session.dry_run:
        say(ctx, _('The mapping is saved as "{name}".').format(name=file.wishes.save_as))
