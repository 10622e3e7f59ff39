"""`schoolcrm lessons import`: lessons with attendance from CSV or Excel (R66)."""

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
from schoolcrm.commands.lessons_group import app
from schoolcrm.core.language import _
from schoolcrm.lazy import Changing


@app.command("import", cls=Changing, help=_("Bring lessons with attendance in from CSV or Excel; they are held."))
def import_(
    ctx: typer.Context,
    file: File,
    assignment: Map = [],  # noqa: B006
    mapping: Mapping = "",
    save_mapping: SaveMapping = "",
    strict: Strict = False,
    even_so: Annotated[bool, typer.Option("--even-so", help=_("Also lessons after today."))] = False,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    sheet: Sheet = "",
) -> None:
    from schoolcrm.core.importing.lessons import LESSONS, import_lessons
    from schoolcrm.core.rules.money import human_money, machine_money

    began = monotonic()
    opened = open_file(ctx, LESSONS, **ctx.params)
    imported = bring_in(ctx, opened, import_lessons)
    facts = (
        (_("lessons"), imported.lessons),
        (_("marks"), imported.marks),
        (_("charged"), human_money(imported.charged)),
        (_("skipped, already there"), imported.skipped),
        (_("empty and total rows"), imported.passed_over),
    )
    made = {"lessons": imported.lessons, "marks": imported.marks, "charged": machine_money(imported.charged)}
    say_done(ctx, began, imported.transferred, facts, **made, skipped=imported.skipped)
