"""`schoolcrm clients page`: the personal page as a file (R40)."""

from pathlib import Path
from typing import Annotated

import typer

from schoolcrm.commands.people_options import ClientRef
from schoolcrm.commands.session import choose, reading, say
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _

_ENDINGS = ("", ".html", ".htm")


def page(
    ctx: typer.Context,
    client: ClientRef,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE|FOLDER", help=_("Where to: a file, or a folder that is there.")),
    ] = "",
) -> None:
    """Write the page, readable by its owner alone, in the school's language."""
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name
    from schoolcrm.reports.personal_page import personal_page
    from schoolcrm.reports.writers.destination import new_file

    if not output:
        raise WrongUsage(_("It is not said where the page goes."), _("Name a file: -o page.html"))
    target = Path(output).expanduser()
    if target.suffix.lower() not in _ENDINGS and not target.is_dir():
        raise WrongUsage(
            _("The page is HTML, which {file} can't be by its ending.").format(file=target),
            _("Let the name end in .html."),
        )
    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        html = personal_page(school.db, client_id, school.today)
        name = client_name(school.db, client_id)
    file = target / f"{client_id}.html" if target.is_dir() else target
    with new_file(file) as stream:
        stream.write(html.encode("utf-8"))
    say(ctx, _("The page of {client} is written to {file}.").format(client=name, file=file))
