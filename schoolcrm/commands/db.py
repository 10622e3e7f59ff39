"""`schoolcrm db`: the school's file itself: what it is, checks, backups, an export and back, a copy to show."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.failures import note_change
from schoolcrm.commands.session import Session, confirm, done, reading, say, show
from schoolcrm.core.errors import Damaged, WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.core.rules.safetext import one_line
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    from schoolcrm.core.store.backup import Backup
    from schoolcrm.core.store.restoring import Contents

app = group(_("The database: backups, checks, an export and back."))


@app.command(cls=Showing, help=_("Where the database is, how big, what is in it, its last change and backup."))
def info(ctx: typer.Context) -> None:
    from schoolcrm.reports.database import file_table, find_file_facts

    with reading(ctx) as school:
        facts = find_file_facts(school.db, ctx.obj.path)
    show(ctx, file_table(facts))


@app.command(cls=Showing, help=_("Check the file, its references, and that money and statuses add up."))
def check(ctx: typer.Context) -> None:
    from schoolcrm.core.office.invariants import check_school
    from schoolcrm.core.store.database import require_file
    from schoolcrm.reports.database import checks_table

    path = ctx.obj.path
    require_file(path)
    with reading(ctx):  # an older file is brought up first
        pass
    found = check_school(path)
    show(ctx, checks_table(found, path))
    damaged = sum(bool(one.found) for one in found)
    if damaged:
        message = ngettext("{count} check of {path} has failed.", "{count} checks of {path} have failed.", damaged)
        raise Damaged(
            message.format(count=damaged, path=path),
            _("Make a copy of the file, then restore the latest sound backup, or call someone who can repair it."),
        )


@app.command(cls=Changing, help=_("Make a checked copy of the database while others work with it."))
def backup(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=_('Default: the folder "backups" beside the database.'))
    ] = "",
) -> None:
    from schoolcrm.core.store.backup import backup_folder, make_backup, require_folder
    from schoolcrm.core.store.database import require_file

    session: Session = ctx.obj
    require_file(session.path)
    target = Path(file).expanduser() if file else None
    if target is not None:
        require_folder(target)
    replaces = _asked_to_replace(ctx, target)
    if session.dry_run:
        place = target or backup_folder(session.path)
        done(ctx, _("A backup would be made: {path}").format(path=place), path=str(place))
        return
    made = make_backup(session.path, target, overwrite=replaces)
    if made.fault:
        _tell_faulty_copy(ctx, made)
    else:
        _tell_copy(ctx, made.path, made.size, made.schema)


@app.command(cls=Changing, help=_("Bring a backup back; the database it replaces is kept beside it."))
def restore(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help=_("The backup."))]) -> None:
    from schoolcrm.core.store import restoring

    session: Session = ctx.obj
    origin = Path(file).expanduser()
    statement = _restore_statement(session.path, origin, restoring.require_backup(session.path, origin))
    if session.dry_run:
        done(ctx, statement, path=str(session.path))
        return
    confirm(ctx, statement)
    restored = restoring.restore(session.path, origin)
    note_change()
    if restored.kept is not None:
        say(ctx, _("The database as it was is kept: {path}").format(path=restored.kept))
    done(
        ctx,
        _("{path} is as it was in {file}.").format(path=session.path, file=origin),
        path=str(session.path),
        kept=str(restored.kept) if restored.kept else None,
        schema=restored.schema,
    )


@app.command(cls=Changing, help=_("Write the database anew without its free space, checked before and after."))
def compact(ctx: typer.Context) -> None:
    from schoolcrm.core.store import restoring
    from schoolcrm.core.store.checking import free_bytes

    session: Session = ctx.obj
    if session.dry_run:
        with reading(ctx) as school:
            free = free_bytes(school.db)
        done(ctx, _("{bytes} bytes of the file are free.").format(bytes=free), free=free)
        return
    compacted = restoring.compact(session.path)
    note_change()
    done(
        ctx,
        _("{path}: {before} bytes before, {after} now.").format(
            path=session.path, before=compacted.before, after=compacted.after
        ),
        path=str(session.path),
        before=compacted.before,
        after=compacted.after,
    )


@app.command(cls=Changing, help=_("Write everything, history included, as CSV files into a new folder."))
def export(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help=_("A folder that is new or empty."))],
) -> None:
    from schoolcrm.core.store.export import export as write_export
    from schoolcrm.core.store.export import require_empty

    place = Path(folder).expanduser()
    require_empty(place)
    if ctx.obj.dry_run:
        done(ctx, _("The school would be written to {path}.").format(path=place), path=str(place))
        return
    with reading(ctx) as school:
        written = write_export(school.db, place)
    done(
        ctx,
        _("The school is in {path}: {tables} tables, {rows} rows.").format(
            path=place, tables=len(written.rows), rows=sum(written.rows.values())
        ),
        path=str(place),
        schema=written.schema,
        rows=written.rows,
    )


@app.command("import", cls=Changing, help=_("Make a new database, named with --db, out of an exported folder."))
def import_(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help=_("What 'schoolcrm db export' has written."))],
) -> None:
    from schoolcrm.core.store.database import require_no_file
    from schoolcrm.core.store.export import import_export, read_contents

    session: Session = ctx.obj
    place = Path(folder).expanduser()
    require_no_file(session.path)
    if session.dry_run:
        contents = read_contents(place)
    else:
        contents = import_export(session.path, place)
        note_change()
    done(
        ctx,
        _("The school of {folder} is in {path}: {rows} rows.").format(
            folder=place, path=session.path, rows=sum(contents.rows.values())
        ),
        path=str(session.path),
        schema=contents.schema,
        rows=contents.rows,
    )


@app.command(cls=Changing, help=_("Write a copy to show others: names, phones, notes are invented ones."))
def anonymise(
    ctx: typer.Context,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help=_("The copy."))] = "",
) -> None:
    from schoolcrm.core.office.anonymising import anonymise as write_copy
    from schoolcrm.core.store.database import require_file

    session: Session = ctx.obj
    if not output:
        raise WrongUsage(_("It is not said where the copy goes."), _("Name a file: schoolcrm db anonymise -o FILE."))
    require_file(session.path)
    target = Path(output).expanduser()
    replaces = _asked_to_replace(ctx, target)
    if session.dry_run:
        done(ctx, _("A copy without people would be made: {path}").format(path=target), path=str(target))
        return
    made = write_copy(session.path, target, overwrite=replaces)
    _tell_copy(ctx, made.path, made.size, made.schema)


def _asked_to_replace(ctx: typer.Context, target: Path | None) -> bool:
    """Ask before a file is replaced; return whether there is one."""
    if target is None or not target.exists():
        return False
    confirm(ctx, _("{path} is there already and would be replaced.").format(path=target))
    return True


def _tell_copy(ctx: typer.Context, path: Path, size: int, schema: int) -> None:
    """Print where the copy is: its path alone goes to stdout, for scripts."""
    if not ctx.obj.result_format:
        sys.stdout.write(f"{path}\n")
    done(ctx, _("Checked and complete: {bytes} bytes.").format(bytes=size), path=str(path), size=size, schema=schema)


def _tell_faulty_copy(ctx: typer.Context, made: "Backup") -> None:
    """Print where the copy of a damaged school is, and warn, asked to be quiet or not: it can't be brought back."""
    if not ctx.obj.result_format:
        sys.stdout.write(f"{made.path}\n")
    sys.stderr.write(one_line(_("warning: {sentence}").format(sentence=made.fault)) + "\n")
    message = _("Copied with its damage: {bytes} bytes. Run 'schoolcrm db check', and keep the earlier backups.")
    done(
        ctx,
        message.format(bytes=made.size),
        path=str(made.path),
        size=made.size,
        schema=made.schema,
        damage=made.fault,
    )


def _restore_statement(path: Path, file: Path, contents: "Contents") -> str:
    told = {"path": path, "file": file, "clients": contents.clients, "moment": _moment(contents.last_change)}
    if path.exists():
        return _(
            "{path} would be replaced by {file}: clients {clients}, last change {moment}. What was changed after that"
            " is not in it; the database as it is now is kept beside it."
        ).format(**told)
    return _("{file} would become {path}: clients {clients}, last change {moment}.").format(**told)


def _moment(text: str | None) -> str:
    from datetime import datetime

    from schoolcrm.core.rules.dates import human_date

    if text is None:
        return "—"
    moment = datetime.fromisoformat(text).astimezone()
    return f"{human_date(moment.date())} {moment:%H:%M}"
