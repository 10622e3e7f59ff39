"""`schoolcrm forms`: the school's own print forms of contracts and subscriptions (R42)."""

from pathlib import Path
from typing import Annotated

import typer

from schoolcrm.commands.file_content import content_of_file
from schoolcrm.commands.session import choose, confirm, done, reading, show, writing
from schoolcrm.core.errors import WrongUsage
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing, Showing, group

app = group(_("The school's own print forms, docx and html."))

FormName = Annotated[str, typer.Argument(metavar="FORM", help=_("The form: its number, its name, or a part of it."))]


@app.command(cls=Changing, help=_("Add a form; it is tried out on invented values first."))
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("What the form is called."))],
    path: Annotated[str, typer.Argument(metavar="FILE", help=_("A template, .docx or .html."))],
    purpose: Annotated[
        str, typer.Option("--for", metavar="contract|subscription", help=_("What the form is printed of."))
    ] = "",
) -> None:
    from schoolcrm.core.office.print_forms import (
        LARGEST,
        add_form,
        format_of,
        read_form_name,
        read_purpose,
        require_small,
    )
    from schoolcrm.core.office.words import PURPOSES
    from schoolcrm.reports.printing.forms import rehearse

    if not purpose:
        raise WrongUsage(_("It is not said what the form is for."), _("Say it: --for contract or --for subscription."))
    used_for, source = read_purpose(purpose), Path(path).expanduser()
    format = format_of(source.name)
    content = content_of_file(source, LARGEST)
    with reading(ctx) as school:
        known_as = read_form_name(school.db, name)
        require_small(known_as, len(content))
        rehearse(school.db, known_as, used_for, format, content)
    with writing(ctx) as school:
        form = add_form(school, name, used_for, format, content)
    message = _("Form {id} added: {name}, for a {purpose}, {format}.").format(
        id=form.id, name=form.name, purpose=_(PURPOSES[used_for]), format=format
    )
    facts = {"id": form.id, "name": form.name, "for": used_for, "format": format, "size": form.size}
    done(ctx, message, **facts, sha256=form.sha256)


@app.command("list", cls=Showing, help=_("The forms there are, with their numbers."))
def list_(ctx: typer.Context) -> None:
    from schoolcrm.core.office.print_forms import forms_of
    from schoolcrm.reports.forms import forms_table

    with reading(ctx) as school:
        forms = forms_of(school.db)
    show(ctx, forms_table(forms))


@app.command(cls=Showing, help=_("The placeholders that a form may have, each with an example."))
def fields(
    ctx: typer.Context,
    purpose: Annotated[
        str, typer.Argument(metavar="contract|subscription", help=_("What the form is printed of."))
    ] = "contract",
) -> None:
    from schoolcrm.core.office.print_forms import read_purpose
    from schoolcrm.core.store.database import setting
    from schoolcrm.reports.forms import placeholders_table
    from schoolcrm.reports.printing.own_fields import placeholders_of

    used_for = read_purpose(purpose)
    with reading(ctx) as school:
        placeholders = placeholders_of(school.db, used_for)
        language = setting(school.db, "language")
    show(ctx, placeholders_table(placeholders, used_for, language))


@app.command(cls=Changing, help=_("Take a form away; undo brings it back."))
def remove(ctx: typer.Context, form: FormName) -> None:
    from schoolcrm.core.office.print_forms import find_form, get_form, remove_form

    with writing(ctx) as school:
        kept = get_form(school.db, choose(find_form, school.db, form))
        confirm(ctx, _("The form {name} would be removed.").format(name=kept.name))
        remove_form(school, kept.id)
    done(ctx, _("Form {id} removed: {name}.").format(id=kept.id, name=kept.name), id=kept.id)
