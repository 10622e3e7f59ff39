"""`schoolcrm clients file`: files of a client, kept in the school's database (R55)."""

from pathlib import Path
from typing import Annotated

import typer

from schoolcrm.commands.file_content import content_of_file
from schoolcrm.commands.people_options import ClientName, Note
from schoolcrm.commands.session import choose, confirm, done, reading, say, show, writing
from schoolcrm.core.errors import Refused
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, SchoolHelp, Showing, group

app = group(_("Files of a client, kept in the school's database."))

FileName = Annotated[str, typer.Argument(metavar="FILE", help=_("The file: its number, its name, or a part of it."))]


@app.command(cls=Changing, help=_("Keep a copy of a file."))
def add(
    ctx: typer.Context,
    client: ClientName,
    path: Annotated[str, typer.Argument(metavar="PATH", help=_("Where the file is."))],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help=_("Another name for it."))] = "",
    note: Note = "",
) -> None:
    from schoolcrm.core.office.client_files import add_file, human_size, largest_size
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    source = Path(path).expanduser()
    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        content = content_of_file(source, largest_size(school.db))
        file = add_file(school, client_id, name or source.name, content, note=note)
        owner = client_name(school.db, client_id)
    message = _("File {id} of {client}: {name}, {size}.").format(
        id=file.id, client=owner, name=file.name, size=human_size(file.size)
    )
    done(ctx, message, id=file.id, client_id=client_id, name=file.name, size=file.size, sha256=file.sha256)


@app.command("list", cls=Showing, help=_("The files of a client, with their numbers."))
def list_(ctx: typer.Context, client: ClientName) -> None:
    from schoolcrm.core.office.client_files import files_of
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name
    from schoolcrm.reports.client_files import files_table

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        files = files_of(school.db, client_id)
        name = client_name(school.db, client_id)
    show(ctx, files_table(files, name))


@app.command(cls=SchoolHelp, help=_("Write a file out, byte for byte as it was added."))
def get(
    ctx: typer.Context,
    client: ClientName,
    file: FileName,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="PATH", help=_("A file, or a folder; default: its own name, here.")),
    ] = "",
) -> None:
    from schoolcrm.core.office.client_files import content_of, find_file, get_file
    from schoolcrm.core.people.references import find_client
    from schoolcrm.reports.writers.destination import new_file

    with reading(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        kept = get_file(school.db, choose(find_file, school.db, client_id, file))
        content = content_of(school.db, kept)
    target = Path(output or kept.name).expanduser()
    target = target / kept.name if target.is_dir() else target
    if not output and target.exists():
        raise Refused(
            _("There is a file at {path} already.").format(path=target),
            _("Say where to, and under which name: -o PATH"),
        )
    with new_file(target) as stream:
        stream.write(content)
    say(ctx, _("{name} is written to {path}.").format(name=kept.name, path=target))


@app.command(cls=Changing, help=_("Take a file away; undo brings it back."))
def remove(ctx: typer.Context, client: ClientName, file: FileName) -> None:
    from schoolcrm.core.office.client_files import find_file, get_file, remove_file
    from schoolcrm.core.people.references import find_client
    from schoolcrm.core.store.cells import client_name

    with writing(ctx) as school:
        client_id = choose(find_client, school.db, client, include_archived=True)
        kept = get_file(school.db, choose(find_file, school.db, client_id, file))
        owner = client_name(school.db, client_id)
        confirm(ctx, _("The file {name} of {client} would be removed.").format(name=kept.name, client=owner))
        remove_file(school, kept.id)
    message = _("File {id} of {client} removed: {name}.").format(id=kept.id, client=owner, name=kept.name)
    done(ctx, message, id=kept.id, client_id=client_id)
