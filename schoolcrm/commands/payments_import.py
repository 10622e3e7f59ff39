"""`schoolcrm payments import`: payments from CSV or Excel (R66)."""

from time import monotonic
from typing import Annotated

import typer

from schoolcrm.commands.file_import import (
    Delimiter,
    Encoding,
    File,
    Map,
    Mapping,
    SaveMapping,
    Sheet,
    Strict,
    bring_in,
    open_file,
    say_done,
)
from schoolcrm.commands.new_entries import New
from schoolcrm.commands.session import say
from schoolcrm.core.language import _

EvenSo = Annotated[bool, typer.Option("--even-so", help=_("Also after today, or a refund above the balance."))]


def import_(
    ctx: typer.Context,
    file: File,
    assignment: Map = [],  # noqa: B006
    mapping: Mapping = "",
    save_mapping: SaveMapping = "",
    strict: Strict = False,
    new: New = False,
    even_so: EvenSo = False,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    sheet: Sheet = "",
) -> None:
    """Bring the file of payments in and say what was done."""
    from schoolcrm.core.importing.payments import PAYMENTS, import_payments
    from schoolcrm.core.rules.money import human_money, machine_money

    began = monotonic()
    opened = open_file(ctx, PAYMENTS, **ctx.params)
    imported = bring_in(ctx, opened, import_payments)
    if imported.accounts:
        say(ctx, _("New payment accounts: {names}").format(names=", ".join(imported.accounts)))
    facts = (
        (_("payments"), f"{imported.payments} ({human_money(imported.amount)})"),
        (_("skipped, already there"), imported.skipped),
        (_("empty and total rows"), imported.passed_over),
    )
    made = {"payments": imported.payments, "amount": machine_money(imported.amount), "skipped": imported.skipped}
    say_done(ctx, began, imported.transferred, facts, **made)
