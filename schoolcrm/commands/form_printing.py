"""`schoolcrm contracts print` and `schoolcrm subscription print`: the school's own forms, filled in (R42)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.contracts_group import Ref
from schoolcrm.commands.session import choose, reading, say
from schoolcrm.core.errors import Refused, WrongUsage
from schoolcrm.core.language import _

if TYPE_CHECKING:
    from schoolcrm.core.office.print_forms import PrintForm
    from schoolcrm.core.store.database import School

Forms = Annotated[
    list[str], typer.Option("--form", metavar="FORM", help=_("The form: its number or name; repeatable."))
]
Output = Annotated[
    str,
    typer.Option("--output", "-o", metavar="FILE|FOLDER", help=_("Where to: a file, or a folder that is there.")),
]
_NOT_IN_NAMES = '/\\:*?"<>|'


def print_contract(ctx: typer.Context, contract: Ref, form: Forms = [], output: Output = "") -> None:  # noqa: B006
    """Fill forms of a contract; nothing is changed."""
    from schoolcrm.core.money.contracts import contract_of, find_contract

    def named(school: "School") -> tuple[int, str]:
        number = choose(find_contract, school.db, contract)
        return number, contract_of(school.db, number).called

    _print(ctx, "contract", named, form, output)


def print_subscription(
    ctx: typer.Context,
    subscription: Annotated[str, typer.Argument(help=_("Subscription: id, student or plan."))],
    form: Forms = [],  # noqa: B006
    output: Output = "",
) -> None:
    """Fill forms of a subscription; nothing is changed."""
    from schoolcrm.core.money.references import find_subscription

    def named(school: "School") -> tuple[int, str]:
        number = choose(find_subscription, school.db, subscription)
        return number, str(number)

    _print(ctx, "subscription", named, form, output)


def _print(
    ctx: typer.Context, used_for: str, named: "Callable[[School], tuple[int, str]]", names: list[str], output: str
) -> None:
    """Fill all the forms first, then write them: with a form that can't be filled nothing is written."""
    from schoolcrm.core.office.print_forms import content_of_form, find_form_for, get_form
    from schoolcrm.reports.printing.forms import filled, values_of
    from schoolcrm.reports.writers.destination import new_file

    _require_told(names, output)
    target = Path(output).expanduser()
    with reading(ctx) as school:
        number, called = named(school)
        chosen = dict.fromkeys(choose(find_form_for, school.db, used_for, name) for name in names)
        forms = [get_form(school.db, form_id) for form_id in chosen]
        files = _files(forms, target, called)
        values = values_of(school, used_for, number)
        pages = [filled(school.db, form, content_of_form(school.db, form), values) for form in forms]
    for form, file, page in zip(forms, files, pages, strict=True):
        with new_file(file) as stream:
            stream.write(page)
        say(ctx, _("{form} is printed to {file}.").format(form=form.name, file=file))


def _require_told(names: list[str], output: str) -> None:
    if not names:
        raise WrongUsage(
            _("It is not said which form to print."), _("Name one: --form FORM; 'schoolcrm forms list' shows them.")
        )
    if not output:
        raise WrongUsage(_("It is not said where the form goes."), _("Name a file: -o contract.docx, or a folder."))


def _files(forms: "list[PrintForm]", target: Path, called: str) -> list[Path]:
    """Return a file for each form: the one named, or one in the folder; Refused where they don't fit."""
    from schoolcrm.core.office.print_forms import FORMATS

    if target.is_dir():
        return [target / _file_name(form, called) for form in forms]
    if len(forms) > 1:
        raise Refused(
            _("Several forms don't go into one file: {path}.").format(path=target),
            _("Name a folder that is there: -o FOLDER."),
        )
    if FORMATS.get(target.suffix.lower()) != forms[0].format:
        raise Refused(
            _("The form {form} is {format}, and {path} is not by its name.").format(
                form=forms[0].name, format=forms[0].format, path=target
            ),
            _("Let the name end in .{format}.").format(format=forms[0].format),
        )
    return [target]


def _file_name(form: "PrintForm", called: str) -> str:
    """Return «Договор 7 (form's number).docx» without what can't be in a name of a file."""
    name = f"{form.name} {called}"
    kept = "".join("_" if sign in _NOT_IN_NAMES else sign for sign in name).strip(". ")
    return f"{kept[:80]} ({form.id}).{form.format}"
