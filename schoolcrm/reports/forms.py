"""The list of the school's print forms, and the placeholders they may have (R42)."""

from collections.abc import Iterable, Sequence

from schoolcrm.core.language import _, translated
from schoolcrm.core.office.print_forms import PrintForm
from schoolcrm.core.office.words import PURPOSES
from schoolcrm.reports.printing.placeholders import LIST, Placeholder
from schoolcrm.reports.printing.texts import text_of
from schoolcrm.reports.table import Column, Fact, Kind, Table


def forms_table(forms: Iterable[PrintForm]) -> Table:
    """Return the forms as a table; size in bytes."""
    return Table(
        report="forms",
        title=_("Print forms"),
        columns=(
            Column("id", _("No."), Kind.INTEGER),
            Column("name", _("Name")),
            Column("for", _("Used for"), Kind.CODE, words=translated(PURPOSES)),
            Column("format", _("Format")),
            Column("size", _("Size in bytes"), Kind.INTEGER),
            Column("added", _("Added"), Kind.DATE),
            Column("sha256", _("Checksum"), hidden=True),
        ),
        rows=[
            (form.id, form.name, form.used_for, form.format, form.size, form.added_on, form.sha256) for form in forms
        ],
    )


def placeholders_table(placeholders: Sequence[Placeholder], used_for: str, language: str) -> Table:
    """Return what forms may ask for, with invented values as they would be printed in that language."""
    notes = [
        _("In a form a placeholder is written like {placeholder}.").format(placeholder="{{ client.name }}"),
        _("Where it may be empty: {condition}.").format(condition="{% if client.email %}…{% endif %}"),
    ]
    lists = list(dict.fromkeys(one.key.partition(LIST)[0] for one in placeholders if LIST in one.key))
    for name in lists:
        loop = f"{{% for each in {name} %}}{{{{ each.{_first_of(placeholders, name)} }}}}{{% endfor %}}"
        notes.append(_("Of a list, {name}, each is named in turn: {loop}.").format(name=name + LIST, loop=loop))
    return Table(
        report="form-placeholders",
        title=_("Placeholders of forms"),
        parameters=[Fact("for", _("Used for"), Kind.CODE, used_for, words=translated(PURPOSES))],
        columns=(
            Column("placeholder", _("Placeholder")),
            Column("meaning", _("Stands for")),
            Column("example", _("For example")),
        ),
        rows=[(one.key, _(one.meaning), text_of(one.example, language) or None) for one in placeholders],
        notes=notes,
    )


def _first_of(placeholders: Sequence[Placeholder], name: str) -> str:
    key = next(one.key for one in placeholders if one.key.startswith(name + LIST))
    return "name" if f"{name}{LIST}.name" in {one.key for one in placeholders} else key.rpartition(".")[2]
