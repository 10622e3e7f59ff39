"""`schoolcrm redo`: the last undo taken back."""

import typer

from schoolcrm.commands.taking_back import take_back, tell
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, single

app = single()


@app.command(cls=Changing, help=_("Do again what your last undo took back."))
def redo(ctx: typer.Context) -> None:
    from schoolcrm.core.office.undoing import choose_redo

    undoing, number = take_back(ctx, lambda db: choose_redo(db, ctx.obj.user))
    message = _("Operation {number} is done again: {command}.").format(
        number=undoing.told.id, command=undoing.told.command
    )
    tell(ctx, message, undoing, number)
