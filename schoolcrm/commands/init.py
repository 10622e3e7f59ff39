"""`schoolcrm init`: create the school's database."""

from typing import Annotated

import typer

from schoolcrm.commands.session import Session, done, say
from schoolcrm.core.language import _, current_language
from schoolcrm.core.rules.settings import SETTINGS, currency_code
from schoolcrm.lazy import Changing, single

app = single()

USUAL_CURRENCY = SETTINGS["currency"].default


@app.command(cls=Changing, help=_("Create the school's database, with statuses and lists to start from."))
def init(
    ctx: typer.Context,
    currency: Annotated[
        str, typer.Option("--currency", metavar="CODE", help=_("Currency of all sums."))
    ] = USUAL_CURRENCY,
    demo: Annotated[
        bool,
        typer.Option("--demo", help=_("With a sample school in it, to try the program on: people, lessons, money.")),
    ] = False,
) -> None:
    from schoolcrm.core.store.database import require_no_file
    from schoolcrm.core.store.defaults import new_database

    session: Session = ctx.obj
    code = currency_code(currency)
    require_no_file(session.path)
    if demo:
        from schoolcrm.commands.sample_school import make_sample

        make_sample(ctx, code)
        return
    if not session.dry_run:
        new_database(session.path, session.user, current_language(), code)
    done(
        ctx,
        _("The school's database is ready: {path} ({currency}).").format(path=session.path, currency=code),
        path=str(session.path),
        currency=code,
        language=current_language(),
    )
    if not (session.result_format or session.dry_run):
        say(ctx, _("Next: 'schoolcrm import-csv FILE' moves your clients in from a table,"))
        say(ctx, _("or 'schoolcrm clients add NAME' records the first one by hand."))
