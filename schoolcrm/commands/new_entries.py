"""Catalogue names in other commands: one used for the first time is added with --new or on a terminal's yes."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from schoolcrm.commands.questions import answer, ask_yes, can_ask
from schoolcrm.commands.session import choose
from schoolcrm.core.errors import NotFound
from schoolcrm.core.language import _
from schoolcrm.core.rules.names import closest, did_you_mean
from schoolcrm.core.rules.safetext import one_line

if TYPE_CHECKING:
    from schoolcrm.core.store.transaction import WritableSchool

New = Annotated[bool, typer.Option("--new", help=_("Add names of subjects, teachers, rooms… used for the first time."))]


def entry_named(school: "WritableSchool", kind: str, name: str, *, new: bool) -> int | None:
    """Return the id of the catalogue's entry, None for an empty name.

    Raises NotFound, with the nearest names, for one that is not there, unless `new` or the person says yes.
    """
    from schoolcrm.core.learning.catalogues import CATALOGUES, entry_or_new

    if not name:
        return None
    try:
        return choose(entry_or_new, school, kind, name, new=new)
    except NotFound as error:
        if new or not can_ask():
            raise
        unknown, near = error, closest(name, CATALOGUES[kind].names.names(school.db))
        if not answer((kind, name), lambda: _agreed(unknown, near)):
            raise
        return entry_or_new(school, kind, name, new=True)


def entries_named(school: "WritableSchool", kind: str, names: list[str], *, new: bool) -> list[int]:
    """Return the ids of the catalogue entries named, each once, adding unknown ones with `new`."""
    numbers = (entry_named(school, kind, name, new=new) for name in names)
    return list(dict.fromkeys(number for number in numbers if number is not None))


def _agreed(error: NotFound, near: list[str]) -> bool:
    """Ask whether the unknown name is to be added; the hint, to repeat the command, is for who can't be asked."""
    sys.stderr.write(one_line(error.sentence) + "\n")
    if near:
        sys.stderr.write(one_line(did_you_mean(near)) + "\n")
    return ask_yes(_("Add it?"))
