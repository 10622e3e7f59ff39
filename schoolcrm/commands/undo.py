"""`schoolcrm undo`: the last operation taken back, or an earlier one."""

from typing import Annotated

import typer

from schoolcrm.commands.taking_back import take_back, tell
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, single

app = single()


@app.command(cls=Changing, help=_("Take back your last operation whole, or an earlier one by its number."))
def undo(
    ctx: typer.Context,
    op: Annotated[
        int | None,
        typer.Option("--op", metavar="N", help=_("Number of the operation, as 'schoolcrm history' shows it.")),
    ] = None,
) -> None:
    from schoolcrm.core.office.undoing import choose_undo

    undoing, number = take_back(ctx, lambda db: choose_undo(db, ctx.obj.user, op))
    message = _("Operation {number} is undone: {command}. 'schoolcrm redo' does it again.").format(
        number=undoing.operation.id, command=undoing.operation.command
    )
    tell(ctx, message, undoing, number)
