"""What the modules of `schoolcrm subscription` share: the group its commands are added to, options, names."""

from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.new_entries import entry_named
from schoolcrm.core.language import _
from schoolcrm.lazy import group

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

app = group(_("Plans, and subscriptions sold to students."))

Subjects = Annotated[list[str], typer.Option("--subject", help=_("Only these subjects; repeatable."))]
Types = Annotated[list[str], typer.Option("--type", help=_("Only these lesson types; repeatable."))]


def entries_named(school: "WritableSchool", kind: str, names: list[str], *, new: bool) -> list[int]:
    """Return the ids of the catalogue entries named, each once, adding unknown ones with `new`."""
    numbers = (entry_named(school, kind, name, new=new) for name in names)
    return list(dict.fromkeys(number for number in numbers if number is not None))
