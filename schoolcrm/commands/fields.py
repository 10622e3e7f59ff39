"""`schoolcrm fields`: what the school itself wants to know of clients, students and lessons."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.session import confirm, done, reading, show, writing
from schoolcrm.core.errors import BadValue, NotFound, WrongUsage
from schoolcrm.core.language import _, ngettext
from schoolcrm.lazy import Changing, Showing, group

if TYPE_CHECKING:
    import sqlite3

app = group(_("Fields of the school's own, of clients, students and lessons."))

FieldName = Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the field."))]
Choices = Annotated[
    list[str], typer.Option("--choice", metavar="NAME", help=_("One of what can be chosen; repeatable."))
]
_OF = "client|student|lesson"


@app.command(cls=Changing, help=_("Add a field; it is then a column, a filter and a sort key as field.NAME."))
def add(
    ctx: typer.Context,
    name: FieldName,
    type: Annotated[
        str, typer.Option("--type", metavar="text|number|date|bool|choice", help=_("What it holds."))
    ] = "text",
    of: Annotated[str, typer.Option("--of", metavar=_OF, help=_("Whose field it is."))] = "client",
    choice: Choices = [],  # noqa: B006
) -> None:
    from schoolcrm.core.listing.fields import plain_name
    from schoolcrm.core.people.custom_fields import ENTITIES, add_field, find_field

    with writing(ctx) as school:
        number = add_field(school, of, name, type=type, choices=choice)
        made = find_field(school.db, of, name)
    message = _("Field {id} of {entity} added: {name}.")
    if plain_name(made.name) != made.name:
        message = _('Field {id} of {entity} added: {name}. In queries and options it is written "{plain}".')
    message = message.format(id=number, entity=_(ENTITIES[of]), name=made.name, plain=plain_name(made.name))
    done(ctx, message, id=number, of=of, name=made.name, type=made.type, choices=list(made.choices))


@app.command("list", cls=Showing, help=_("The school's own fields, and how many records have a value."))
def list_(
    ctx: typer.Context,
    of: Annotated[str, typer.Option("--of", metavar=_OF, help=_("Only fields of these."))] = "",
) -> None:
    from schoolcrm.reports.fields import fields_table, find_fields

    _require_entity(of)
    with reading(ctx) as school:
        rows = find_fields(school.db, of)
    show(ctx, fields_table(rows))


@app.command(cls=Changing, help=_("Remove a field with all its values."))
def remove(
    ctx: typer.Context,
    name: FieldName,
    of: Annotated[str, typer.Option("--of", metavar=_OF, help=_("Whose field is meant, if there are several."))] = "",
) -> None:
    from schoolcrm.core.people.custom_fields import ENTITIES, count_values, find_field, remove_field

    _require_entity(of)
    with writing(ctx) as school:
        entity = of or _only_entity(school.db, name)
        field = find_field(school.db, entity, name)
        values = count_values(school.db, entity, field.id)
        statement = ngettext(
            'The field "{name}" of {entity} would be removed, with its value in {count} record.',
            'The field "{name}" of {entity} would be removed, with its values in {count} records.',
            values,
        )
        confirm(ctx, statement.format(name=field.name, entity=_(ENTITIES[entity]), count=values))
        remove_field(school, entity, field.id)
    message = ngettext(
        'The field "{name}" is removed, with its value in {count} record.',
        'The field "{name}" is removed, with its values in {count} records.',
        values,
    )
    done(ctx, message.format(name=field.name, count=values), id=field.id, of=entity, name=field.name, values=values)


def _require_entity(of: str) -> None:
    from schoolcrm.core.people.custom_fields import ENTITIES

    if of and of not in ENTITIES:
        raise BadValue(
            _('--of can\'t be "{value}".').format(value=of),
            _("Choose from: {names}.").format(names=", ".join(ENTITIES)),
        )


def _only_entity(db: "sqlite3.Connection", name: str) -> str:
    """Return what has a field of that name; NotFound, or WrongUsage if several have one."""
    from schoolcrm.core.listing.lookup import quoted
    from schoolcrm.core.people.custom_fields import ENTITIES, entities_with, fields_of
    from schoolcrm.core.rules.names import closest, did_you_mean

    having = entities_with(db, name)
    if len(having) == 1:
        return having[0]
    if having:
        raise WrongUsage(
            _("Several have a field {name}: {entities}.").format(
                name=quoted(name), entities=", ".join(_(ENTITIES[entity]) for entity in having)
            ),
            _("Say which one with --of {codes}.").format(codes="|".join(having)),
        )
    known = [field.name for entity in ENTITIES for field in fields_of(db, entity)]
    raise NotFound(
        _("There is no field {name}.").format(name=quoted(name)),
        did_you_mean(closest(name, known)) or _("'schoolcrm fields list' shows all."),
    )
