"""What `undo` and `redo` have in common: shown, asked for with nothing held, done in one transaction, told."""

from typing import TYPE_CHECKING

import typer

from schoolcrm.commands.backups import back_up_the_day
from schoolcrm.commands.session import confirm, done, note_operation, say
from schoolcrm.core.language import ngettext

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from schoolcrm.core.office.undoing import Undoing
    from schoolcrm.core.store.undo import Operation


def take_back(ctx: typer.Context, choose: "Callable[[sqlite3.Connection], Operation]") -> "tuple[Undoing, int]":
    """Show what would be taken back, ask, and do it; return it with the number of the operation that did it."""
    from schoolcrm.core.office.undoing import carry_out, prepare
    from schoolcrm.core.store.transaction import operation
    from schoolcrm.core.store.undo import connection

    session = ctx.obj
    command = ctx.command_path.removeprefix("schoolcrm ")
    settings = {"user": session.user, "command": command, "dry_run": session.dry_run}
    with connection(session.path, dry_run=session.dry_run) as db:
        chosen = choose(db)
        undoing = prepare(db, chosen)
        statement = _statement(db, undoing)
        if session.dry_run:
            say(ctx, statement)
        else:
            confirm(ctx, statement)
            back_up_the_day(session.path, db)
        with operation(db, session.given_today, **settings, undoes=chosen.id) as school:
            carry_out(school, undoing)
    note_operation(session, school.kept_as)
    return undoing, school.operation_id


def _statement(db: "sqlite3.Connection", undoing: "Undoing") -> str:
    from schoolcrm.core.office.record_words import entity_name
    from schoolcrm.reports.history_words import human_moment

    counts = ", ".join(
        f"{entity_name(entity)} ×{count}" if count > 1 else entity_name(entity)
        for entity, count in undoing.counts.items()
    )
    total = sum(undoing.counts.values())
    if undoing.again:
        sentence = ngettext(
            "Operation {number} would be done again: {command}, by {user} on {at}; {total} record: {counts}.",
            "Operation {number} would be done again: {command}, by {user} on {at}; {total} records: {counts}.",
            total,
        )
    else:
        sentence = ngettext(
            "Operation {number} would be undone: {command}, by {user} on {at}; {total} record: {counts}.",
            "Operation {number} would be undone: {command}, by {user} on {at}; {total} records: {counts}.",
            total,
        )
    told = undoing.told
    at = human_moment(db, told.at)
    return sentence.format(number=told.id, command=told.command, user=told.user, at=at, total=total, counts=counts)


def tell(ctx: typer.Context, message: str, undoing: "Undoing", number: int) -> None:
    """Say what was taken back, and under which number."""
    key = "redone" if undoing.again else "undone"
    named = {key: undoing.told.id, "command": undoing.told.command, "records": sum(undoing.counts.values())}
    done(ctx, message, id=None if ctx.obj.dry_run else number, **named)
