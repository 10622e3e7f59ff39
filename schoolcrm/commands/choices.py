"""Several records answer to a name: a person on a terminal picks one."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from schoolcrm.commands.questions import answer, ask_line, can_ask
from schoolcrm.core.errors import Ambiguous, Declined
from schoolcrm.core.language import _
from schoolcrm.core.rules.safetext import one_line

T = TypeVar("T")


def choose(find: Callable[..., T], *arguments: Any, **settings: Any) -> T:
    """Call a finder; when several records answer to the name, let a person on a terminal pick one.

    The finder takes the name last and raises Ambiguous with candidates; off a terminal that stands.
    """
    try:
        return find(*arguments, **settings)
    except Ambiguous as error:
        if not error.candidates or not can_ask():
            raise
        ambiguous = error
    picked = answer((find.__name__, arguments[-1]), lambda: _pick(ambiguous))
    return find(*arguments[:-1], picked, **settings)


def _pick(error: Ambiguous) -> str:
    sys.stderr.write(one_line(error.sentence) + "\n")
    ids = [record_id for record_id, _label in error.candidates]
    for number, (record_id, label) in enumerate(error.candidates, start=1):
        sys.stderr.write(f"  {number}. {one_line(label)} ({_named(record_id)})\n")
    while typed := ask_line(_("Which one? Number, or Enter for none:")):
        for number, record_id in enumerate(ids, start=1):
            if typed.rstrip(".") == str(number):
                return str(record_id)
        sys.stderr.write(
            one_line(_("{value} is not in the list: 1 to {most}.").format(value=typed, most=len(ids))) + "\n"
        )
    raise Declined(_("Nothing was chosen."))


def _named(record_id: int | str) -> str:
    return f"id {record_id}" if isinstance(record_id, int) else record_id
